"""Real input: the shared corpus served on loopback and polled through the real client.

Counts are checked against an independent reading by feedparser and json, not by our own parser.
"""

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from aggregator.model.poll import Outcome, Poll

SETS = ("real", "sameday", "formats")


def documents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".csv", ".md"))


def expected(body: bytes, url: str) -> tuple[set[str], int]:
    """Return the distinct `id or link or title` of a document, and the number of entries with none of the three."""
    if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        try:
            found = json.loads(body.decode("utf-8-sig"))
        except ValueError:
            return set(), 0
        entries = [{key: str(value) for key, value in one.items()} for one in found.get("items", [])]
        names = [one.get("id") or one.get("url") or one.get("title") or "" for one in entries]
    else:
        parsed = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        names = [str(one.get("id") or one.get("link") or one.get("title") or "") for one in parsed.entries]
    stripped = [name.strip() for name in names]
    return {name for name in stripped if name}, sum(1 for name in stripped if not name)


def normal(name: str) -> str:
    """Return a name as keys are compared: URL guids without scheme and trailing slash (STORIES.md section 2)."""
    return (
        re.sub(r"^https?://", "", name, flags=re.IGNORECASE).rstrip("/") if re.match("https?://", name, re.I) else name
    )


@pytest.mark.parametrize("name", SETS)
def test_every_item_that_feedparser_finds_is_found_once(newsroom: Any, shared: Path, name: str, capsys: Any) -> None:
    folder = shared / "corpus" / "feeds" / name
    ids: dict[int, tuple[Path, set[str], int]] = {}
    for number, path in enumerate(documents(folder)):
        body = path.read_bytes()
        url = newsroom.publisher.serve(f"/{number}", body)
        ids[newsroom.subscribe(url)] = (path, *expected(body, url))
    rows = {row.feed_id: row for row in newsroom.poll(*ids)}
    assert set(rows) == set(ids)
    held = keys_by_feed(newsroom)
    wrong, nameless, rejected = [], 0, []
    for feed_id, (path, names, n_nameless) in ids.items():
        row = rows[feed_id]
        nameless += n_nameless
        if row.outcome != Outcome.STORED:
            rejected.append(f"{path.relative_to(folder)}: {row.reason.kind if row.reason else row.outcome}")
            assert row.reason is not None, path
            assert row.reason.kind != "broken", path
        found, wanted = held.get(feed_id, set()), {normal(one) for one in names}
        if not len(wanted) <= len(found) <= len(wanted) + n_nameless:
            wrong.append(f"{path.relative_to(folder)}: {len(found)} held, {len(wanted)} expected ({row.reason})")
    n_items = sum(len(keys) for keys in held.values())
    with capsys.disabled():
        print(f"\n{name}: {len(ids)} documents, {n_items} items, {nameless} entries without id, link and title")
        print("\n".join(f"  rejected {line}" for line in rejected))
    assert wrong == []


def keys_by_feed(newsroom: Any) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for one in newsroom.items():
        found.setdefault(one.item.feed_id, set()).add(one.item.key)
    return found


def series(shared: Path) -> list[tuple[str, list[Path]]]:
    root = shared / "corpus" / "feeds" / "series"
    folders = [
        folder for day in ("2020-04-23", "2020-04-27") for folder in sorted((root / day).iterdir()) if folder.is_dir()
    ]
    return [(folder.name, sorted(folder.glob("*.xml"))) for folder in [*folders, root / "bloter-ko"]]


def test_a_series_replayed_in_order_keeps_each_item_once(newsroom: Any, shared: Path, capsys: Any) -> None:
    lines, wrong = [], []
    for name, snapshots in series(shared):
        path = f"/{name}"
        url = newsroom.publisher.serve(path, snapshots[0].read_bytes())
        feed_id = newsroom.subscribe(url)
        wanted: set[str] = set()
        rows: list[Poll] = []
        for snapshot in snapshots:
            body = snapshot.read_bytes()
            newsroom.publisher.serve(path, body)
            wanted |= {normal(one) for one in expected(body, url)[0]}
            newsroom.clock.turn(hours=1)
            rows += newsroom.poll(feed_id)
            assert rows[-1].outcome in (Outcome.STORED, Outcome.NOT_MODIFIED), snapshot
        mine = [one.item for one in newsroom.items() if one.item.feed_id == feed_id]
        n_new, n_updated = sum(row.n_new for row in rows), sum(row.n_updated for row in rows)
        n_revisions = sum(item.revision - 1 for item in mine)
        lines.append(f"{name}: {len(snapshots)} polls, {len(mine)} items of {len(wanted)} ids, {n_updated} edits")
        if not len(mine) == len(wanted) == n_new or n_revisions != n_updated:
            wrong.append(lines[-1] + f", {n_new} new, {n_revisions} revisions")
    with capsys.disabled():
        print("\n" + "\n".join(f"  {line}" for line in lines))
    assert wrong == []


def test_a_document_polled_twice_brings_nothing_new(newsroom: Any, shared: Path) -> None:
    """The body changes in a comment only, so that every item is read and compared again."""
    folder = shared / "corpus" / "feeds" / "real"
    ids = {}
    for number, path in enumerate(documents(folder)):
        ids[newsroom.subscribe(newsroom.publisher.serve(f"/{number}", path.read_bytes()))] = (number, path)
    first = {row.feed_id: row for row in newsroom.poll(*ids)}
    for number, path in ids.values():
        newsroom.publisher.serve(f"/{number}", path.read_bytes().rstrip() + b"\n<!-- again -->\n")
    newsroom.clock.turn(hours=1)
    wrong = [
        f"{ids[row.feed_id][1].name}: {row.n_new} new, {row.n_updated} updated"
        for row in newsroom.poll(*ids)
        if (row.n_new or row.n_updated) and first[row.feed_id].outcome == Outcome.STORED
    ]
    assert wrong == []
    assert newsroom.clock() - timedelta(hours=1) >= max(one.item.first_seen_at for one in newsroom.items())
