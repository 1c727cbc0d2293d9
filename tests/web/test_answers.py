"""Statuses, headers, hosts, caches: how the site answers, also when it can't."""

import gzip
import re
from datetime import timedelta

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from aggregator.model.source import SourceState
from aggregator.store import items, meta
from aggregator.store.database import Database
from tests.web.build import NOW, AppOf, Clock, Press
from tests.web.reader import read
from web.security import CSP, host_of

MISSING = ("/r/atlantis", "/r/jatim/", "/r/", "/s/nobody", "/a/999999", "/a/0-x", "/nothing", "/static/../wsgi.py",
           "/static/x.css", "/a/" + "9" * 400, "/a/-1", "/en/en/", "/latest/", "/id/", "/favicon.svg")  # fmt: skip


@pytest.mark.parametrize("path", MISSING)
def test_an_address_without_a_page_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    page = read(response.data)
    assert page.faults == []
    assert page.all("meta", name="robots")[0].attributes["content"] == "noindex"
    assert {"/regions", "/en/regions"} & set(page.links())


def test_another_slug_moves_for_good_to_the_own_one(client: FlaskClient) -> None:
    for path in ("/a/5", "/a/5-something-else"):
        response = client.get(path)
        assert response.status_code == 301
        assert response.headers["Location"].startswith("/a/5-festival-jaran-bodag")
    assert client.get("/en/a/5").headers["Location"].startswith("/en/a/5-festival")


def test_withdrawn_items_and_sources_are_gone(app_of: AppOf, press: Press) -> None:
    feed = press.source("sumber", "Sumber")
    item_id = press.item(feed)
    press.source("ditarik", "Ditarik", state=SourceState.WITHDRAWN)
    client = app_of(press.database).test_client()
    path = client.get(f"/a/{item_id}").headers["Location"]
    assert client.get(path).status_code == 200
    with press.database.write() as connection:
        items.withdraw(connection, [item_id], NOW)
        meta.bump_changes(connection)
    for gone in (path, f"/a/{item_id}", f"/a/{item_id}-x", "/s/ditarik"):
        response = client.get(gone)
        assert response.status_code == 410
        assert read(response.data).faults == []
    assert path not in client.get("/latest").text


def test_only_reading_is_answered(client: FlaskClient) -> None:
    response = client.post("/")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def _break(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE change RENAME TO change_away"))


def test_without_a_database_pages_say_503_and_health_still_answers(app_of: AppOf, press: Press) -> None:
    client = app_of(press.database).test_client()
    _break(press.database)
    for path in ("/", "/latest", "/r/jatim", "/a/1", "/about", "/en/"):
        response = client.get(path)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "30"), path
        assert "Traceback" not in response.text
        assert "sqlite" not in response.text.lower()
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json is not None
    assert ready.json["status"] == "unavailable"


def test_a_page_that_was_read_before_outlives_the_database(app_of: AppOf, press: Press, clock: Clock) -> None:
    press.item(press.source("sumber", "Sumber"))
    client = app_of(press.database).test_client()
    first = client.get("/latest")
    _break(press.database)
    clock.now += timedelta(minutes=10)
    again = client.get("/latest")
    assert (again.status_code, again.data) == (200, first.data)


def test_a_fault_of_ours_shows_no_trace(app_of: AppOf, filled: Database) -> None:
    app = app_of(filled)
    app.add_url_rule("/fault", "fault", lambda: str(1 // 0))
    response = app.test_client().get("/fault")
    assert response.status_code == 500
    assert "ZeroDivision" not in response.text
    assert read(response.data).faults == []


def test_ready_while_the_scheduler_gives_signs(app_of: AppOf, press: Press, clock: Clock) -> None:
    client = app_of(press.database).test_client()
    assert client.get("/readyz").json == {"status": "unavailable", "reason": "no_tick"}
    with press.database.write() as connection:
        meta.put(connection, meta.LAST_TICK, clock.now.isoformat())
    assert client.get("/readyz").status_code == 200
    clock.now += timedelta(minutes=6)
    assert client.get("/readyz").status_code == 503


def test_healthy(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"


def test_robots_keep_out_of_what_is_not_for_them(client: FlaskClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /admin\nDisallow: /search\n"


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost", "localhost"), ("LOCALHOST:8080", "localhost"), ("127.0.0.1:1", "127.0.0.1"), ("[::1]:80", "::1"),
        ("kabar.example.", "kabar.example"), ("", ""), ("a@b", ""), ("a:b", ""), ("a/b", ""),
        ("a:99999", ""), ("[::1", ""),
    ],
)  # fmt: skip
def test_host_of(header: str, host: str) -> None:
    assert host_of(header) == host


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1", "[::1]:80", "kabar.example", "KABAR.example:443"])
def test_our_own_names_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/about", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "kabar.example.evil.example", "kabar.example@evil.example", "10.0.0.1", ""]
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/feeds/latest.rss", "/static/kabar.css", "/nothing"])
def test_other_names_are_refused(client: FlaskClient, path: str, host: str) -> None:
    response = client.get(path, headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.text


def test_forged_headers_change_nothing(client: FlaskClient) -> None:
    plain = client.get("/latest")
    forged = client.get(
        "/latest",
        headers={
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "ftp",
            "X-Forwarded-Prefix": "/x",
            "Forwarded": "host=evil",
        },
    )
    assert forged.data == plain.data


def test_links_of_a_site_without_base_url_use_the_address_listened_on(app_of: AppOf, filled: Database) -> None:
    text = app_of(filled, base_url="").test_client().get("/", headers={"Host": "localhost:1"}).text
    assert 'href="http://127.0.0.1:8080/feeds/latest.rss"' in text
    assert "localhost" not in text


def test_every_route_carries_the_security_headers(app_of: AppOf, filled: Database) -> None:
    app = app_of(filled)
    client = app.test_client()
    values = {"path": "jatim", "slug": "radar-semeru", "item_id": "5", "name": "kabar.css", "key": "jatim",
              "ending": "rss", "day": "2026-03-14", "kind": "region", "_unknown": "x"}  # fmt: skip
    seen = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^>]*:)?(\w+)>", lambda found: values[found[1]], rule.rule)
        for method in ("GET", "HEAD", "POST"):
            response = client.open(path, method=method)
            assert response.status_code < 500 or path == "/readyz", path  # no scheduler runs here
            assert response.headers["Content-Security-Policy"] == CSP, path
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
            assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
            assert "Permissions-Policy" in response.headers
            assert "Set-Cookie" not in response.headers
        seen.add(path)
    assert len(seen) > 30


def test_a_plain_http_site_asks_for_no_https(app_of: AppOf, filled: Database) -> None:
    response = app_of(filled, base_url="").test_client().get("/")
    assert "Strict-Transport-Security" not in response.headers


@pytest.mark.parametrize("path", ["/", "/latest", "/r/jatim", "/regions", "/feeds", "/about", "/static/kabar.css"])
def test_who_has_a_page_gets_304(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Type" not in again.headers
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
    assert head.headers["Content-Length"] == first.headers["Content-Length"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1, br;q=0", "gzip"),
        ("identity", None),
        ("", None),
        ("zstd", None),
        ("br;q=x,,;", None),
    ],
)
def test_a_page_comes_in_an_encoding_that_was_asked_for(
    client: FlaskClient, accepted: str, encoding: str | None
) -> None:
    plain = client.get("/latest").data
    response = client.get("/latest", headers={"Accept-Encoding": accepted})
    assert response.headers.get("Content-Encoding") == encoding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(response.data) == plain
    assert "Accept-Encoding" in response.headers["Vary"]


def test_each_encoding_has_a_tag_of_its_own_and_each_tag_is_known(client: FlaskClient) -> None:
    tags = {client.get("/", headers={"Accept-Encoding": one}).headers["ETag"] for one in ("br", "gzip", "identity")}
    assert len(tags) == 3
    for tag in tags:
        assert client.get("/", headers={"If-None-Match": tag, "Accept-Encoding": "br"}).status_code == 304


def test_a_page_is_built_again_after_a_change_and_after_a_minute(app_of: AppOf, press: Press, clock: Clock) -> None:
    feed = press.source("sumber", "Sumber")
    press.polled(feed)
    press.item(feed)
    client = app_of(press.database).test_client()
    first = client.get("/latest")
    clock.now += timedelta(seconds=59)
    assert client.get("/latest").data == first.data
    clock.now += timedelta(seconds=2)
    assert "2 menit lalu" in client.get("/latest").text
    press.item(feed, title="Berita yang baru masuk")
    assert "Berita yang baru masuk" in client.get("/latest").text


def test_unknown_parameters_share_the_page_without_them(client: FlaskClient) -> None:
    assert client.get("/latest?utm_source=x&fbclid=y").headers["ETag"] == client.get("/latest").headers["ETag"]


def test_static_files_are_kept_for_a_year_only_under_their_digest(client: FlaskClient) -> None:
    sheet = read(client.get("/").data).all("link", rel="stylesheet")[0].attributes["href"]
    assert "?v=" in sheet
    assert client.get(sheet).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("/static/kabar.css", "/static/kabar.css?v=00000000"):
        assert client.get(other).headers["Cache-Control"] == "public, max-age=3600"
    assert client.get("/favicon.ico").headers["Location"] == "/static/favicon.svg"


@pytest.mark.parametrize(
    ("path", "n"),
    [("/", 2), ("/latest", 2), ("/r/jatim", 2), ("/regions", 0), ("/about", 0), ("/sources", 3), ("/feeds", 3)],
)
def test_a_page_asks_the_database_little(app_of: AppOf, filled: Database, clock: Clock, path: str, n: int) -> None:
    client = app_of(filled).test_client()
    client.get("/regions")
    client.get("/")  # what many pages share is known now
    clock.now += timedelta(seconds=1)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    sa.event.listen(filled.engine, "before_cursor_execute", note)
    try:
        client.get(f"/en{path}")
        built = len(asked)
        client.get(f"/en{path}")
    finally:
        sa.event.remove(filled.engine, "before_cursor_execute", note)
    assert built <= n + 1, asked
    assert len(asked) == built + 1  # from the cache: the change counter only
