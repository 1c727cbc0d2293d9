"""All cases polled side by side through the command line, each judged after its own number of polls."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.hostile.bench import SECRET, Bench
from tests.hostile.judge import Case, Evidence, Output, complaints, ill_formed, recorded, unsafe_page
from tests.hostile.service import Memory, Service, free_port, memory_mb

GRACE_S = 10.0  # side by side all cases and the bench share two cores; each alone gets none
READERS = 4  # requests to the web process at a time
MAX_ITEM_PAGES = 30  # of one source
MAX_PAGES = 80  # of one list
FORMATS = {"rss": "xml", "atom": "xml", "json": "json"}

Poll = Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """How all cases came out, and what the service did as a whole."""

    complaints: dict[str, list[str]]
    shared: list[str]  # about the outputs that show the items of all sources
    idle_mb: float
    peak_mb: float
    peak_by_process: dict[str, float]
    log: str
    n_canary: int
    seconds_by_round: list[float]


def settings_for(*origins: str) -> dict[str, str]:
    """Return the settings under which one loopback server plays many hosts."""
    return {
        "KABAR__FETCH__ALLOW_ORIGINS": json.dumps(origins), "KABAR__FETCH__HOST_GAP_S": "0",
        "KABAR__FETCH__HOST_CONCURRENCY": "64",
    }  # fmt: skip


def side_by_side(bench: Bench, oracle: ModuleType, folder: Path) -> Trial:
    """Import all cases at once and poll them in rounds.

    In round k only those cases are polled that ask for k polls or more, and those that ask for just k are judged after
    it: what others need changes nobody's counts.
    """
    service = Service(folder, free_port(), settings_for(bench.origin))
    cases = {bench.origin + case["path"]: case for case in bench.cases}
    found: dict[str, list[str]] = {}
    seconds: list[float] = []
    bench.reset()
    with service.running("web"):
        ids = subscribe(service, list(cases))
        idle_mb = sum(memory_mb(bench.pid).values())
        with Memory(without=bench.pid) as memory:
            for number in range(1, max(n_polls(case) for case in cases.values()) + 1):
                left = {url: ids[url] for url, case in cases.items() if n_polls(case) >= number}
                began = time.monotonic()
                polls = poll(service, list(left.values()), is_all=number == 1)
                seconds.append(time.monotonic() - began)
                judged = {url: polls[url] for url in left if n_polls(cases[url]) == number}
                for url, seen in gather(bench, service, judged, grace_s=GRACE_S).items():
                    found[cases[url]["path"]] = complaints(cases[url], seen, oracle)
        shared = list(_about_shared(service, oracle, cases.values()))
    return Trial(found, shared, idle_mb, memory.peak_mb, memory.peak_by_process, service.log, bench.n_canary(), seconds)


def n_polls(case: Case) -> int:
    return int(case.get("polls", 1))


def subscribe(service: Service, urls: list[str]) -> dict[str, int]:
    """Import addresses and return the feed of each."""
    file = service.folder / "urls.txt"
    file.write_text("".join(f"{url}\n" for url in urls))
    added = {one["url"]: one["feed_id"] for one in service.ask("sources", "import", str(file))["added"]}
    assert set(added) == set(urls), "an address was not added"
    return added


def poll(service: Service, ids: list[int], *, is_all: bool) -> dict[str, Poll]:
    """Poll these feeds at once and return the row of each address."""
    which = ["--all"] if is_all else [part for feed_id in ids for part in ("--feed", str(feed_id))]
    return {row["url"]: row for row in service.ask("poll", *which, "--force")["polls"]}


def gather(bench: Bench, service: Service, polls: Mapping[str, Poll], *, grace_s: float = 0.0) -> dict[str, Evidence]:
    """Return what the sources of these polls came to: asked by command, over HTTP, and at the bench."""
    hits, n_canary, asked_at = bench.hits(), bench.n_canary(), bench.last_asked_at()
    log = service.log
    recorded_at = recorded(log)
    sources = {one["feeds"][0]["feed_id"]: one for one in service.ask("sources", "list")}
    items: dict[str, list[dict[str, Any]]] = {}
    for item in service.ask("items", "list", "--limit", "100000"):
        items.setdefault(item["source"], []).append(item)

    def one(url: str) -> Evidence:
        row, path = polls[url], url.removeprefix(bench.origin)
        own = items.get(row["source"], [])
        return Evidence(
            poll=row, source=sources[row["feed_id"]], items=own, outputs=outputs(service, row["source"], own), log=log,
            n_requests=hits[path], n_canary=n_canary, asked_at=asked_at[path],
            seconds=(recorded_at[row["feed_id"]] - asked_at[path]).total_seconds(), grace_s=grace_s,
        )  # fmt: skip

    with ThreadPoolExecutor(READERS) as readers:
        return dict(zip(polls, readers.map(one, polls), strict=True))


def outputs(service: Service, slug: str, items: list[dict[str, Any]]) -> list[Output]:
    """Return the public documents of a source: its page, its merged feeds, and the pages of its items."""
    found = [_output(service, f"/s/{slug}", "html")]
    for ending, kind in FORMATS.items():
        found.append(_output(service, f"/feeds/source/{slug}.{ending}?n=100", kind))
    for item in items[:MAX_ITEM_PAGES]:
        found.append(_output(service, f"/a/{item['id']}", "html", lists=False))
    return found


def everything(service: Service) -> Iterator[Output]:
    """Yield the public documents that show all sources, lists to their end, in both languages."""
    for path in ("/", "/latest", "/en/latest", "/sources", "/regions", "/feeds", "/about/publishers"):
        yield from _pages(service, path)
    for ending, kind in FORMATS.items():
        yield _output(service, f"/feeds/latest.{ending}?n=100", kind)
    for path, kind in (("catalogue.json", "json"), ("catalogue.opml", "xml"), ("sources.opml", "xml")):
        yield _output(service, f"/feeds/{path}", kind)
    yield Output("kabar sources export", "xml", service.run("sources", "export").decode())
    yield Output("kabar sources list", "json", service.run("sources", "list", "--json").decode())


def _pages(service: Service, path: str) -> Iterator[Output]:
    for _ in range(MAX_PAGES):
        page = _output(service, path, "html")
        yield page
        _, found, rest = page.text.partition('rel="next" href="')
        if not found:
            break
        path = rest.partition('"')[0].replace("&amp;", "&")


def _output(service: Service, path: str, kind: str, *, lists: bool = True) -> Output:
    status, text = service.get(path)
    return Output(path, kind, text, status, lists)


def _about_shared(service: Service, oracle: ModuleType, cases: Iterable[Case]) -> Iterator[str]:
    never = {bad for case in cases if case.get("scope") != "active_html" for bad in case["must_not_contain"]} | {SECRET}
    for output in everything(service):
        yield from ill_formed(output)
        yield from unsafe_page(output, oracle)
        yield from (f"{bad!r} in {output.name}" for bad in sorted(never) if bad in output.text)
