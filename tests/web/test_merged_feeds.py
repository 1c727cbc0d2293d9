"""The merged feeds over HTTP: what an entry says, in which order, under which address, and who may keep it."""

import json
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from aggregator.desk.withdrawals import withdraw_item
from aggregator.model.document import FoundItem
from aggregator.model.source import Policy, SourceState
from aggregator.store import items, meta, sources
from tests.web.subscribed import ADDRESS, NOW, PLANTED, SPACES, Newsroom, Reader, a_newsroom, new_database

FORMATS = ("rss", "atom", "json")
FEEDS = ("latest", "region/jatim", "region/jatim/probolinggo", "source/suara-bromo")
ALL = [f"/feeds/{feed}.{ending}" for feed in FEEDS for ending in FORMATS]


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    return a_newsroom(new_database(tmp_path_factory.mktemp("press")))


@pytest.fixture
def room(press: Newsroom, tmp_path: Path) -> Iterator[Newsroom]:
    room = press.copied(tmp_path)
    yield room
    room.database.close()


@pytest.fixture
def site(room: Newsroom) -> Reader:
    return room.site()


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def as_read(site: Reader, path: str) -> list[tuple[Any, ...]]:
    """Return the entries of a feed as a reader's parser gives them: id, title, link, published, updated, source."""
    answer = site.get(path)
    if path.endswith(".json"):
        return [
            (one["id"], one["title"], one["url"], instant(one["date_published"]), instant(one["date_modified"]),
             one["_kabar"]["source"]["name"], one["content_html"], [author["name"] for author in one["authors"]])
            for one in json.loads(answer.data)["items"]
        ]  # fmt: skip
    # What is compared is what we say, so feedparser's own cleaning and resolving stay out.
    read = feedparser.parse(answer.data, sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo
    return [
        (one.id, one.title, one.link, datetime.fromtimestamp(timegm(one.published_parsed), UTC), instant(one.updated),
         one.source.title, one.content[0].value if "content" in one else one.summary, [who.name for who in one.authors])
        for one in read.entries
    ]  # fmt: skip


def entry_of(site: Reader, title: str) -> dict[str, Any]:
    found = json.loads(site.get("/feeds/latest.json").data)["items"]
    return dict(next(one for one in found if one["title"] == title))


@pytest.mark.parametrize("feed", FEEDS)
def test_the_three_formats_say_the_same(site: Reader, feed: str) -> None:
    rss, atom, as_json = (as_read(site, f"/feeds/{feed}.{ending}") for ending in FORMATS)
    assert rss
    assert rss == atom == as_json
    assert len({one[0] for one in rss}) == len(rss)


def test_the_order_is_that_of_listing(site: Reader) -> None:
    assert site.titles("/feeds/latest.rss") == [
        "Terbit dua hari lalu", "Kabar tanpa tautan", "عاجل: أمطار غزيرة", "Nelayan menunda melaut",
        "Jembatan Rejali dibuka lagi", "Panen bawang & cabai <i>lebih awal</i>",
    ]  # fmt: skip
    assert len(site.titles("/feeds/region/jatim.atom")) == 5
    assert len(site.titles("/feeds/region/jatim/probolinggo.json")) == 3
    assert site.titles("/feeds/source/pos-lombok.rss") == ["Nelayan menunda melaut"]


def test_an_item_that_comes_late_is_in_the_next_feed(room: Newsroom) -> None:
    room.items("kabar-jember", [f"berita {n}" for n in range(60)], listed_at=NOW - timedelta(minutes=5))
    site = room.site()
    assert "Terbit kemarin dulu" not in site.titles("/feeds/latest.rss")
    room.item("kabar-jember", "Terbit kemarin dulu", published_at=NOW - timedelta(days=2))
    assert site.titles("/feeds/latest.rss")[0] == "Terbit kemarin dulu"
    assert entry_of(site, "Terbit kemarin dulu")["date_published"] == "2026-03-12T05:00:00Z"


def test_a_date_ahead_is_the_instant_we_saw_it(room: Newsroom) -> None:
    room.item("suara-bromo", "Besok", listed_at=NOW, published_at=NOW + timedelta(minutes=50))
    entry = entry_of(room.site(), "Besok")
    assert entry["date_published"] == entry["date_modified"] == "2026-03-14T05:00:00Z"


@pytest.mark.parametrize("path", ALL)
def test_full_text_never_leaves(site: Reader, path: str) -> None:
    assert PLANTED not in site.get(path).text
    assert PLANTED not in site.get(path.replace(".", "/archive/2026-03-14.")).text


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Panen bawang & cabai <i>lebih awal</i>", "<p>Harga \"naik\" &amp; stok &lt; kemarin.</p>"),
        ("Jembatan Rejali dibuka lagi", "<p>Jembatan yang rusak sejak Januari kini…</p>"),  # 40 characters
        ("Nelayan menunda melaut", ""),  # link only
        ("Kabar tanpa tautan", ""),
    ],
)  # fmt: skip
def test_the_body_is_what_the_publisher_allows(site: Reader, title: str, body: str) -> None:
    content = entry_of(site, title)["content_html"]
    assert content.startswith(f"{body}<p>")
    assert content.count("<p>") == (2 if body else 1)


def test_the_body_ends_with_the_source_and_our_page(site: Reader) -> None:
    content = entry_of(site, "Panen bawang & cabai <i>lebih awal</i>")["content_html"]
    page = f"{ADDRESS}/a/1-panen-bawang-cabai-i-lebih-awal-i"
    assert content.endswith(f'<p>Sumber: Suara Bromo &amp; Tengger · <a href="{page}">halaman berita ›</a></p>')
    assert site.get("/a/1-panen-bawang-cabai-i-lebih-awal-i").status_code == 200


def test_where_only_title_and_link_are_allowed_nobody_else_is_named(site: Reader) -> None:
    assert entry_of(site, "Nelayan menunda melaut")["authors"] == [{"name": "Pos Lombok"}]
    assert entry_of(site, "Jembatan Rejali dibuka lagi")["authors"] == [
        {"name": "Endang Sastrawinata"}, {"name": "Kabar Jember"},
    ]  # fmt: skip


def test_the_link_is_the_publishers_unless_it_has_none(room: Newsroom) -> None:
    site = room.site()
    assert entry_of(site, "Panen bawang & cabai <i>lebih awal</i>")["url"] == "https://suara-bromo.example/?p=1&utm=x"
    assert entry_of(site, "Kabar tanpa tautan")["url"] == f"{ADDRESS}/a/5-kabar-tanpa-tautan"
    ours = entry_of(room.site(feed={"link_to": "site"}), "Nelayan menunda melaut")
    assert (ours["url"], ours["external_url"]) == (
        f"{ADDRESS}/a/3-nelayan-menunda-melaut",
        "https://pos-lombok.example/3",
    )


def test_only_addresses_of_the_web_are_published(room: Newsroom) -> None:
    room.source("aneh", "Aneh", site_url="javascript:alert(1)")
    room.item("aneh", "Tautan aneh", url="javascript:alert(1)")
    site = room.site()
    assert all("javascript:" not in site.get(f"/feeds/latest.{ending}").text for ending in FORMATS)
    assert entry_of(site, "Tautan aneh")["url"].startswith(f"{ADDRESS}/a/")


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("عاجل: أمطار غزيرة", "ar"),
        ("Nelayan menunda melaut", "ms"),
        ("Jembatan Rejali dibuka lagi", None),  # id-ID
        ("Kabar tanpa tautan", None),
    ],
)
def test_an_entry_names_its_language_only_where_it_differs(site: Reader, title: str, said: str | None) -> None:
    assert entry_of(site, title).get("language") == said


def test_a_malformed_language_gives_way_to_that_of_the_source(room: Newsroom) -> None:
    room.source("en", "English Desk", language="en-GB")
    room.item("en", "Malformed", language='unknown" x="')
    assert entry_of(room.site(), "Malformed")["language"] == "en-GB"


def test_regions_are_categories_of_a_vocabulary_of_ours(site: Reader) -> None:
    root = etree.fromstring(site.get("/feeds/source/kabar-jember.atom").data)
    category = root.find("a:entry/a:category", SPACES)
    assert category is not None
    said = [category.get(name) for name in ("term", "scheme", "label")]
    assert said == ["jatim/jember", f"{ADDRESS}/r/", "Jember"]


def test_another_address_changes_no_id(room: Newsroom) -> None:
    here, there = room.site(), room.site(site={"base_url": "https://kabar.example/berita"})
    for path in ALL:
        ids = [one[0] for one in as_read(here, path)]
        assert ids == [one[0] for one in as_read(there, path)]
    atom = there.get("/feeds/latest.atom").text
    assert "127.0.0.1" not in atom
    assert 'rel="self" type="application/atom+xml" href="https://kabar.example/berita/feeds/latest.atom"' in atom


def test_another_installation_has_other_ids(room: Newsroom) -> None:
    before = {one[0] for one in as_read(room.site(), "/feeds/latest.json")}
    with room.database.write() as connection:
        meta.put(connection, "installation_id", "00000000-0000-4000-8000-000000000000")
    assert not before & {one[0] for one in as_read(room.site(), "/feeds/latest.json")}


def test_a_forged_host_changes_no_byte(site: Reader) -> None:
    honest = site.get("/feeds/latest.atom").data
    assert site.get("/feeds/latest.atom", Host="evil.example").status_code == 400
    forged = site.get("/feeds/latest.atom?x=1", X_Forwarded_Host="evil.example", X_Forwarded_Proto="https")
    assert forged.data == honest


@pytest.mark.parametrize("path", ALL)
def test_the_same_content_is_the_same_bytes(room: Newsroom, path: str) -> None:
    first = room.site().get(path)
    room.clock = NOW + timedelta(hours=5)
    again = room.site().get(path)
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])


def test_an_edit_moves_updated_and_nothing_else(room: Newsroom) -> None:
    site, edited_at = room.site(), NOW + timedelta(hours=1)
    title = "Terbit dua hari lalu"
    before = entry_of(site, title)
    with room.database.write() as connection:
        item = items.by_id(connection, 6)
        assert item is not None
        found = items.held(connection, {item.feed_id: [_found_again(item)]})[item.feed_id]
        items.update(connection, [(found[0], _found_again(item, excerpt="Ralat."))], edited_at)
        meta.bump_changes(connection)
    after = entry_of(site, title)
    assert after["date_modified"] == "2026-03-14T06:00:00Z"
    assert {name for name in after if after[name] != before[name]} == {"date_modified", "content_html"}
    assert "<updated>2026-03-14T06:00:00Z</updated>" in site.get("/feeds/latest.atom").text


def _found_again(item: Any, **changes: Any) -> Any:
    """Return what a feed would say of an item that it still holds."""
    from_item = {name: getattr(item, name) for name in (
        "url", "canonical_url", "title", "summary_html", "content_html", "excerpt", "byline", "categories",
        "image_url", "language", "published_at", "date_from",
    )}  # fmt: skip
    return FoundItem(guid=item.key, date_text="", **{**from_item, **changes})


def test_an_empty_feed_is_dated_all_the_same(room: Newsroom) -> None:
    room.source("baru", "Baru")
    site = room.site()
    assert "<updated>1970-01-01T00:00:00Z</updated>" in site.get("/feeds/region/aceh.atom").text
    assert "<updated>2026-03-14T05:00:00Z</updated>" in site.get("/feeds/source/baru.atom").text  # when it was added
    assert site.titles("/feeds/region/aceh.rss") == []
    assert "prev-archive" not in site.links("/feeds/region/aceh.rss")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/feeds/region/atlantis.rss", 404),
        ("/feeds/region/atlantis/archive/2026-03-14.rss", 404),
        ("/feeds/source/nobody.atom", 404),
        ("/feeds/latest.xml", 404),
        ("/feeds/nothing/at/all", 404),
        ("/feeds/latest/archive/2026-03-15.rss", 404),  # tomorrow
        ("/feeds/latest/archive/2026-02-30.rss", 404),
        ("/feeds/latest/archive/1989-12-31.rss", 404),
        ("/feeds/latest/archive/9999-12-31.rss", 404),
        ("/feeds/latest/archive/today.rss", 404),
        ("/feeds/latest/archive/2026-W11-6.rss", 404),
        ("/feeds/latest.rss?n=0", 400),
        ("/feeds/latest.rss?n=101", 400),
        ("/feeds/latest.rss?n=-1", 400),
        ("/feeds/latest.rss?n=٣", 400),
        ("/feeds/latest.rss?n=", 400),
        ("/feeds/latest.json?before=x", 400),
        ("/feeds/latest.json?before=1-" + "9" * 30, 400),
        ("/feeds/latest/archive/2026-03-14.rss?before=1;2", 400),
    ],
)
def test_errors_are_one_line_of_text(site: Reader, path: str, code: int) -> None:
    answer = site.get(path)
    assert answer.status_code == code
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.count("\n") == 1
    assert len(answer.text) > 5


@pytest.mark.parametrize("path", ["/feeds/latest.rss?n=100&n=x&u=%00", "/feeds/latest.json?before=99999999999999999-1",
                                  "/feeds/latest.json?before=0-0", "/feeds/latest.rss?before=nonsense"])  # fmt: skip
def test_what_is_not_asked_for_is_ignored(site: Reader, path: str) -> None:
    assert site.get(path).status_code == 200


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/feeds/latest.rss", "/feeds/latest.rss"),
        ("/feeds/latest.rss?n=50&utm_source=x", "/feeds/latest.rss"),
        ("/feeds/latest.rss?n=007", "/feeds/latest.rss?n=7"),
        ("/feeds/region/jatim.rss?x=1&n=2", "/feeds/region/jatim.rss?n=2"),
    ],
)
def test_the_self_link_is_canonical(site: Reader, asked: str, canonical: str) -> None:
    assert site.links(asked)["self"] == canonical


def test_json_pages_sort_their_parameters_and_meet_every_item_once(site: Reader) -> None:
    path, met, pages = "/feeds/latest.json?n=4", [], []
    while path:
        document = json.loads(site.get(path).data)
        met += [item["id"] for item in document["items"]]
        path = document.get("next_url", "").removeprefix(ADDRESS)
        pages.append(path)
    assert len(met) == len(set(met)) == 6
    assert pages[0].startswith("/feeds/latest.json?before=")
    assert pages[0].endswith("&n=4")


def test_the_number_of_entries_can_be_asked_and_set(room: Newsroom) -> None:
    assert len(room.site().titles("/feeds/latest.rss?n=2")) == 2
    few = room.site(feed={"entries": 3})
    assert len(few.titles("/feeds/latest.rss")) == 3
    assert few.links("/feeds/latest.rss?n=3")["self"] == "/feeds/latest.rss"
    assert few.links("/feeds/latest.rss?n=50")["self"] == "/feeds/latest.rss?n=50"


@pytest.mark.parametrize("state", [SourceState.REMOVED, SourceState.WITHDRAWN])
@pytest.mark.parametrize("path", ["/feeds/source/suara-bromo.rss", "/feeds/source/suara-bromo/archive/2026-03-14.json"])
def test_the_feed_of_a_source_that_went_is_gone(room: Newsroom, state: SourceState, path: str) -> None:
    site = room.site()
    assert site.get(path).status_code == 200
    with room.database.write() as connection:
        source = sources.by_slug(connection, "suara-bromo")
        assert source is not None
        sources.save(connection, _in_state(source, state))
        meta.bump_changes(connection)
    assert site.get(path).status_code == 410
    assert site.get(path).text == "Feed ini sudah dihapus dan tidak akan kembali.\n"


def _in_state(source: Any, state: SourceState) -> Any:
    return type(source)(**{name: getattr(source, name) for name in source.__slots__} | {"state": state})


def test_a_withdrawn_item_leaves_every_feed_at_the_next_request(room: Newsroom) -> None:
    site = room.site()
    held = {path: site.get(path).headers for path in ALL}
    with room.database.write() as connection:
        withdraw_item(connection, "redaksi", NOW + timedelta(minutes=1), 6, "permintaan narasumber")
    for path in ALL:
        assert "Terbit dua hari lalu" not in site.titles(path)
        assert "Terbit dua hari lalu" not in site.titles(path.replace(".", "/archive/2026-03-14."))
        # Whichever validator a client holds, it is not told that nothing changed.
        assert site.get(path, If_None_Match=held[path]["ETag"]).status_code == 200
        assert site.get(path, If_Modified_Since=held[path]["Last-Modified"]).status_code == 200


@pytest.mark.parametrize("path", ALL)
def test_documents_are_sent_to_be_kept_and_asked_for_again(site: Reader, path: str) -> None:
    answer = site.get(path)
    types = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
    assert answer.headers["Content-Type"] == f"{types[path.rpartition('.')[2]]}; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"
    assert answer.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert not answer.headers["ETag"].startswith("W/")
    assert parsedate_to_datetime(answer.headers["Last-Modified"]) == NOW.replace(hour=1, minute=50)
    assert "Set-Cookie" not in answer.headers


OLDER, NEWER = "Sat, 14 Mar 2026 01:49:59 GMT", "Sat, 14 Mar 2026 01:50:00 GMT"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"If-None-Match": "ETAG"}, 304),
        ({"If-None-Match": 'W/ETAG'}, 304),
        ({"If-None-Match": '"other", ETAG'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-Modified-Since": NEWER}, 304),
        ({"If-Modified-Since": OLDER}, 200),
        ({"If-Modified-Since": "nonsense"}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": NEWER}, 200),  # the tag wins
        ({"If-None-Match": "ETAG", "If-Modified-Since": OLDER}, 304),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_conditional_requests(site: Reader, headers: dict[str, str], code: int, method: str, encoding: str) -> None:
    accepted = {"Accept-Encoding": encoding} if encoding else {}
    whole = site.client.get("/feeds/latest.rss", headers=accepted)
    asked = {name: value.replace("ETAG", whole.headers["ETag"]) for name, value in headers.items()}
    answer = site.client.open("/feeds/latest.rss", method=method, headers={**asked, **accepted})
    assert answer.status_code == code
    for name in ("ETag", "Cache-Control", "Vary"):
        assert answer.headers[name] == whole.headers[name]
    assert answer.data == (whole.data if (method, code) == ("GET", 200) else b"")
    if code == 200:
        assert answer.headers["Content-Length"] == whole.headers["Content-Length"]
        assert answer.headers.get("Content-Encoding", "") == encoding


def test_a_browser_is_shown_the_same_bytes_as_xml(site: Reader) -> None:
    for ending in ("rss", "atom"):
        plain = site.get(f"/feeds/latest.{ending}")
        shown = site.get(f"/feeds/latest.{ending}", Sec_Fetch_Dest="document")
        assert shown.headers["Content-Type"] == "application/xml; charset=utf-8"
        assert (shown.data, shown.headers["ETag"]) == (plain.data, plain.headers["ETag"])
        assert site.get(f"/feeds/latest.{ending}", Sec_Fetch_Dest="empty").mimetype == f"application/{ending}+xml"
    assert site.get("/feeds/latest.json", Sec_Fetch_Dest="document").mimetype == "application/feed+json"
    sheet = site.get("/static/feed.css")
    assert (sheet.status_code, sheet.mimetype) == (200, "text/css")
    assert "Ini feed - salin alamatnya ke pembaca feed Anda" in sheet.text


def test_a_database_that_is_away_is_no_error_for_who_asked_before(room: Newsroom) -> None:
    site = room.site()
    kept = site.get("/feeds/latest.rss").data
    room.database.engine.dispose()
    assert room.database.path is not None
    room.database.path.rename(room.database.path.with_suffix(".away"))
    room.database.path.mkdir()
    assert site.get("/feeds/latest.rss").data == kept
    other = site.get("/feeds/source/suara-bromo.rss")
    assert (other.status_code, other.headers["Retry-After"], other.mimetype) == (503, "30", "text/plain")


def test_hostile_text_is_published_well_formed(room: Newsroom) -> None:
    ugly = "a\x00b\x1b[31m \ufffe]]> <script>alert(1)</script> {{ 7*7 }} &amp; &#0; <![CDATA["
    room.source("hostil", 'Radar "<x>" & \x07Co', policy=Policy(excerpt_chars=1000))
    room.item("hostil", ugly, excerpt=ugly, url='https://a.example/?q="><x>&\x01')
    site = room.site()
    kept = ugly.replace("\x00", "").replace("\x1b", "").replace("\ufffe", "")
    for ending in FORMATS:
        assert site.titles(f"/feeds/source/hostil.{ending}") == [kept]
    body = entry_of(site, kept)["content_html"]
    assert "<script" not in body
    assert etree.fromstring(f"<body>{body}</body>".replace("›", "")).findtext("p") == " ".join(kept.split())


def test_a_feed_of_fifty_is_small(room: Newsroom) -> None:
    excerpt = " ".join(f"kata{n} tentang {n * 7919 % 1000}" for n in range(30))
    for n in range(60):
        room.item("suara-bromo", f"Judul berita nomor {n} tentang {n * 104729 % 9973}", excerpt=f"{n} {excerpt}")
    answer = room.site().get("/feeds/latest.atom", Accept_Encoding="br")
    assert len(answer.data) < 25_000
