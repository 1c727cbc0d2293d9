"""Real feeds, other parsers' suites, the hostile bench: everything is read or refused with a reason, nothing lost."""

import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import feedparser
import pytest

from aggregator.documents import parse
from aggregator.errors import FeedError
from aggregator.model.document import Document
from aggregator.text.markup import clean

URL = "http://127.0.0.1:8097/feed"
STATED = {
    "empty", "is_page", "binary", "not_a_feed", "unreadable", "declares_entities", "too_deep", "too_many_attributes",
    "too_many_elements",
}  # fmt: skip


def bodies(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "index.csv":
            yield str(path.relative_to(folder)), path.read_bytes()


def read(body: bytes, now: datetime, content_type: str = "") -> Document | FeedError:
    try:
        return parse.read(body, {"content-type": content_type}, URL, "Asia/Jakarta", now)
    except FeedError as error:
        return error


def names(entries: Any) -> set[str]:
    return {name for entry in entries if (name := entry.get("id") or entry.get("link") or entry.get("title"))}


def test_no_item_of_a_real_feed_is_lost_or_merged(shared: Path, now: datetime) -> None:
    outcomes: Counter[str] = Counter()
    differing = []
    for name, body in bodies(shared / "corpus/feeds"):
        found = read(body, now)
        if isinstance(found, FeedError):
            outcomes[found.reason.kind] += 1
            continue
        outcomes["read"] += 1
        ours = {item.guid or item.url or item.title for item in found.items}
        theirs = names(feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries)
        if not found.format.startswith("json") and len(ours - {""}) != len(theirs):
            differing.append((name, len(ours), len(theirs)))
    print(dict(outcomes))
    assert differing == []
    assert outcomes == {"read": 374, "not_a_feed": 3, "is_page": 2}


@pytest.mark.parametrize("suite", ["feedparser", "feedvalidator"])
def test_every_case_of_a_suite_is_read_or_refused_with_a_reason(suite: str, shared: Path, now: datetime) -> None:
    outcomes = Counter(
        found.reason.kind if isinstance(found, FeedError) else "read"
        for found in (read(body, now) for _, body in bodies(shared / "corpus/suites" / suite))
    )
    print(dict(outcomes))
    assert set(outcomes) <= STATED | {"read"}
    assert outcomes["read"] >= 0.9 * outcomes.total()


class Exchange(SimpleNamespace):
    """What a case of the bench writes its answer to."""

    def reply(
        self, body: bytes = b"", *_: object, ctype: str = "application/rss+xml; charset=utf-8", **__: object
    ) -> None:
        self.body, self.ctype = body, ctype


@pytest.fixture(scope="module")
def bench(shared: Path) -> Iterator[dict[str, ModuleType]]:
    """Return the bench's modules by name; they import one another by name, so they are taken out again."""
    names = ("engine", "feeds", "cases_data", "cases_html", "oracle")
    others = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(shared / "hostile"))
    try:
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(shared / "hostile"))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(others)


SLOW = ("/size/entry-5mb", "/size/categories-20k")  # feedparser's own time; the process that reads is killed for it


def faults(case: Any, found: Document | FeedError, violations: Callable[[str], list[str]]) -> list[str]:
    """Return how a document fails the expectation of its case."""
    outcomes = {case.expect, *case.also_ok}
    if isinstance(found, FeedError):
        return [] if "rejected_with_error" in outcomes else [str(found)]
    shown = repr(found)
    titles = [text for item in found.items for text in (item.title, *item.categories)]
    wrong = [] if outcomes & {"stored_ok", "sanitized"} else ["read"]
    wrong += [html for item in found.items for html in (item.summary_html, item.content_html) if violations(html)]
    if case.polls == 1:
        wrong += [f"no {text}" for text in case.must_contain if text not in shown]
        wrong += ["too few items"] if len(found.items) < (case.min_items or 0) else []
    if case.scope == "anywhere":
        wrong += [text for text in case.must_not_contain if any(text in title for title in titles)]
    return wrong


def test_every_document_of_the_hostile_bench_comes_to_what_it_expects(bench: Any, now: datetime) -> None:
    wrong = {}
    cases = bench["engine"].REGISTRY
    for path in sorted(set(cases) - set(SLOW)):
        case, serve = cases[path]
        exchange = Exchange(path=path, canary="127.0.0.1:9", n=1, query="", headers={}, origin="http://127.0.0.1:8")
        serve(exchange)
        if found := faults(case, read(exchange.body, now, exchange.ctype), bench["oracle"].violations):
            wrong[path] = found
    assert len(cases) > 90
    assert wrong == {}


def test_no_vector_of_the_hostile_bench_survives_cleaning(bench: Any) -> None:
    html, violations = bench["cases_html"], bench["oracle"].violations
    vectors = [
        html.fill(path, i, v, "127.0.0.1:9") for path, group in html.VECTORS.items() for i, v in enumerate(group)
    ]
    assert len(vectors) > 100
    for vector in vectors:
        for raw in (vector, f"<p>before</p>{vector}<p>after</p>", escape(vector)):
            cleaned = clean(raw, URL)
            assert violations(cleaned) == [], raw
            assert clean(cleaned, URL) == cleaned
