"""What the bench asks of each case, as functions from what a service did to the complaints about it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

from lxml import etree

Case = Mapping[str, Any]

# A service need not tell stored and sanitized apart; see the bench's README.
MEANS = {
    "stored": {"stored_ok", "sanitized"},
    "not_modified": {"not_modified"},
    "rejected": {"rejected_with_error"},
    "backed_off": {"backed_off"},
    "gone": {"gone"},
}
NORMAL_INTERVAL_S = 1800
BLOCKED = {"address_not_allowed", "scheme_not_allowed"}
FORGED = "HB-FORGED"  # a title that only a break-out makes
# What no tag of any page may hold, whatever the case: every vector of the bench calls or loads one of these.
LIVE = ("hbx(", "javascript:", "vbscript:", "data:text/html", "tracker.invalid")
_TEXT_PARTS = re.compile(r"<title>[^<]*</title>|<meta [^<>]*>")
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@dataclass(frozen=True)
class Output:
    """A public document as it was sent. `kind` is html, xml or json; `items` says that it lists this source's."""

    name: str
    kind: str
    text: str
    status: int = 200
    items: bool = True


@dataclass
class Evidence:
    """What one source came to after its last poll: that asked at `asked_at` and was recorded `seconds` later."""

    poll: Mapping[str, Any]
    source: Mapping[str, Any]
    items: list[dict[str, Any]]
    outputs: list[Output]
    log: str
    n_requests: int
    n_canary: int
    asked_at: datetime
    seconds: float
    grace_s: float  # what others that ran at the same time may have added
    rss_mb: float | None = None


def complaints(case: Case, seen: Evidence, oracle: ModuleType) -> list[str]:
    """Return what a service did wrong in a case, in words."""
    return [
        *_outcome(case, seen),
        *_counts(case, seen),
        *_delay(case, seen),
        *_costs(case, seen),
        *_forbidden(case, seen, oracle),
        *_wanted(case, seen),
        *_unsafe(seen, oracle),
        *_ill_formed(seen),
    ]


def _outcome(case: Case, seen: Evidence) -> Iterator[str]:
    outcome, kind, reason = seen.poll["outcome"], seen.poll["kind"], seen.poll["reason"]
    good = {case["expect"], *case.get("also_ok", ())}
    means = MEANS[outcome]
    if outcome == "not_modified" and seen.items:
        means = means | MEANS["stored"]  # the same body again: its items are stored, its source is healthy
    if not means & good:
        yield f"outcome {outcome} ({kind}: {reason}), wanted {' or '.join(sorted(good))}"
    feed = seen.source["feeds"][0]
    if outcome in ("rejected", "backed_off", "gone"):
        if not reason or feed["reason"] != reason:
            yield f"no reason is kept with the source: {feed['reason']!r}, the poll said {reason!r}"
        if feed["state"] == "active" and case.get("polls", 1) == 1 and seen.poll["status"] != 429:
            yield "it failed, but the feed counts as healthy"
    elif feed["state"] != "active":
        yield f"it went well, but the feed is {feed['state']}"
    if outcome == "gone" and feed["state"] != "gone":
        yield f"it is gone, but the feed is {feed['state']}"
    if case.get("blocked") and kind not in BLOCKED:
        yield f"blocked for another reason than address or scheme: {kind}: {reason}"


def _counts(case: Case, seen: Evidence) -> Iterator[str]:
    n_items = len({one["id"] for one in seen.items})
    if n_items < case.get("min_items", 0):
        yield f"{n_items} items, at least {case['min_items']} wanted"
    if n_items > case.get("max_items", n_items):
        yield f"{n_items} items, at most {case['max_items']} wanted"
    if seen.n_requests > case.get("max_requests", seen.n_requests):
        yield f"{seen.n_requests} requests, at most {case['max_requests']} allowed"
    if seen.n_canary > case.get("canary_max", 0):
        yield f"{seen.n_canary} connections to the canary"


def _delay(case: Case, seen: Evidence) -> Iterator[str]:
    delay_s = (datetime.fromisoformat(seen.poll["next_poll_at"]) - seen.asked_at).total_seconds()
    low = case.get("min_delay_s", NORMAL_INTERVAL_S if seen.poll["outcome"] == "backed_off" else 60)
    # Instants are printed in whole seconds.
    if delay_s < low - 1:
        yield f"next poll in {delay_s:.0f} s, no sooner than {low} s wanted"
    if delay_s > case.get("max_delay_s", delay_s) + 2:
        yield f"next poll in {delay_s:.0f} s, no later than {case['max_delay_s']} s wanted"


def _costs(case: Case, seen: Evidence) -> Iterator[str]:
    if seen.seconds > case["max_seconds"] + seen.grace_s:
        yield f"{seen.seconds:.1f} s from its last request to its recorded outcome, {case['max_seconds']} s allowed"
    if seen.rss_mb is not None and seen.rss_mb > case["max_rss_mb"]:
        yield f"{seen.rss_mb:.0f} MB over idle, {case['max_rss_mb']} MB allowed"


def _forbidden(case: Case, seen: Evidence, oracle: ModuleType) -> Iterator[str]:
    if case.get("scope") == "active_html":
        for name, markup in _markup(seen):
            surface = oracle.active_surface(markup).lower()
            yield from (f"{bad!r} is active in {name}" for bad in case["must_not_contain"] if bad.lower() in surface)
        return
    for bad in case["must_not_contain"]:
        yield from (f"{bad!r} in {output.name}" for output in seen.outputs if bad in decoded(output))
        if bad in json.dumps(seen.items, ensure_ascii=False) or bad in "".join(_strings(seen.items)):
            yield f"{bad!r} in the list of items"
        if bad in seen.log:
            yield f"{bad!r} in a log"


def _wanted(case: Case, seen: Evidence) -> Iterator[str]:
    """An item that another source had first is listed as a copy and shown once, so it is missed only in the list."""
    if seen.poll["outcome"] != "stored" and not case.get("min_items"):
        return
    copies = "\n".join(_strings([one for one in seen.items if one["duplicate_of"]]))
    for wanted in case["must_contain"]:
        if wanted not in "\n".join(_strings(seen.items)):
            yield f"{wanted!r} is in no item"
        elif wanted not in copies:
            shown = [output for output in seen.outputs if output.items]
            yield from (f"{wanted!r} is not in {output.name}" for output in shown if wanted not in decoded(output))


def _unsafe(seen: Evidence, oracle: ModuleType) -> Iterator[str]:
    for name, markup in _markup(seen):
        if found := oracle.violations(markup):
            yield f"unsafe HTML in {name}: {found[:3]}"
    for output in seen.outputs:
        yield from unsafe_page(output, oracle)


def unsafe_page(output: Output, oracle: ModuleType) -> Iterator[str]:
    """Yield what is live in a page's tags that no page of ours has, whatever source it shows."""
    if output.kind == "html":
        # A title and a description are text wherever they stand; the judge takes all of them for markup.
        surface = oracle.active_surface(_TEXT_PARTS.sub("", output.text)).lower()
        yield from (f"{bad!r} is active in {output.name}" for bad in LIVE if bad in surface)


def _ill_formed(seen: Evidence) -> Iterator[str]:
    for output in seen.outputs:
        yield from ill_formed(output)


def ill_formed(output: Output) -> Iterator[str]:
    """Yield what is wrong with an output as a document of its kind, forged entries included."""
    if output.status != 200:
        yield f"{output.name} answers {output.status}"
    elif output.kind == "json":
        try:
            json.loads(output.text)
        except ValueError as error:
            yield f"{output.name} is no JSON: {error}"
    elif output.kind == "xml":
        try:
            root = _xml(output.text)
        except etree.XMLSyntaxError as error:
            yield f"{output.name} is not well-formed: {error}"
            return
        if any((title.text or "").strip() == FORGED for title in root.iter("{*}title")):
            yield f"{output.name} has a forged entry"


def _xml(text: str) -> Any:
    parser = etree.XMLParser(recover=False, resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(text.encode(), parser)


def decoded(output: Output) -> str:
    """Return an output as the bench reads it: JSON decoded, the rest as sent and as a reader decodes it."""
    if output.kind == "json":
        return "\n".join(_strings(json.loads(output.text)))
    if output.kind == "xml":
        return output.text + "\n" + "\n".join(str(text) for text in _xml(output.text).itertext())
    return output.text + "\n" + _text(output.text)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _text(markup: str) -> str:
    reader = _Text()
    reader.feed(markup)
    return "".join(reader.parts)


def _markup(seen: Evidence) -> Iterator[tuple[str, str]]:
    """Yield the HTML of the source's items wherever it is handed out, with the name of the place."""
    for one in seen.items:
        yield f"summary_html of item {one['id']} {one['title'][:40]!r}", one["summary_html"]
        yield f"content_html of item {one['id']} {one['title'][:40]!r}", one["content_html"]
    for output in seen.outputs:
        if output.kind == "json" and output.status == 200 and output.items:
            for one in json.loads(output.text)["items"]:
                yield output.name, one.get("content_html", "")
        elif output.kind == "xml" and output.status == 200:
            for element in _html_elements(_xml(output.text)):
                yield output.name, element.text or ""


def _html_elements(root: Any) -> Iterable[Any]:
    yield from root.iterfind(".//item/description")
    yield from root.iter(CONTENT)
    for name in ("content", "summary", "title", "subtitle"):
        yield from (one for one in root.iter(ATOM + name) if one.get("type") == "html")


def _strings(value: Any) -> Iterator[str]:
    """Yield every string of a JSON document, names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def recorded(log: str) -> dict[int, datetime]:
    """Return when each feed's last poll was recorded, as the log has it."""
    found = re.findall(r'^\{"feed": (\d+),.*"event": "poll_done",.*"timestamp": "([^"]+)"', log, re.MULTILINE)
    return {int(feed): datetime.fromisoformat(at) for feed, at in found}
