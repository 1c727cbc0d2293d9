"""Pages of what is no longer kept, and of what is held back."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from aggregator.model.reason import Reason
from aggregator.model.source import SourceState
from aggregator.store import feeds, items, meta, retention, sources
from tests.web.build import AppOf, Press
from tests.web.reader import read

WHY = Reason("gambling", {"n": 8, "of": 10})


@pytest.fixture
def client(app_of: AppOf, press: Press) -> FlaskClient:
    return app_of(press.database).test_client()


@pytest.fixture
def purged(press: Press) -> int:
    """Return the id of an item that was purged."""
    feed = press.source("radar-semeru", "Radar Semeru", "jatim/lumajang")
    press.polled(feed)
    item_id = press.item(feed, region="jatim/lumajang")
    with press.database.write() as connection:
        retention.purge(connection, press.now + timedelta(days=1), press.now, limit=10)
        meta.bump_changes(connection)
    return item_id


@pytest.mark.parametrize("path", ["/a/{}", "/a/{}-judul-lama", "/en/a/{}"])
def test_the_page_of_a_purged_item_leads_to_its_publisher(client: FlaskClient, purged: int, path: str) -> None:
    response = client.get(path.format(purged))
    assert response.status_code == 200
    page = read(response.data)
    assert page.faults == []
    assert page.all("a", class_="button")[0].attributes["href"] == "https://berita.example/1"
    assert page.all("meta", name="robots")[0].attributes["content"] == "noindex, follow"
    assert client.get(path.format(purged)).data == response.data
    assert client.get(path.format(purged + 1)).status_code == 404
    assert "berita.example/1" not in client.get("/latest").text


@pytest.mark.parametrize(("withdrawn", "status"), [(True, 410), (False, 404)])
def test_it_leads_nowhere_once_its_source_is_withdrawn_or_in_quarantine(
    client: FlaskClient, press: Press, purged: int, withdrawn: bool, status: int
) -> None:
    with press.database.write() as connection:
        source = sources.by_slug(connection, "radar-semeru")
        assert source is not None
        if withdrawn:
            connection.exec_driver_sql(f"UPDATE source SET state = '{SourceState.WITHDRAWN.value}'")
        else:
            sources.quarantine(connection, source.id, press.now, [WHY])
        meta.bump_changes(connection)
    assert client.get(f"/a/{purged}").status_code == status


def test_a_source_in_quarantine_says_so_and_its_new_items_are_nowhere(client: FlaskClient, press: Press) -> None:
    feed = press.source("radar-semeru", "Radar Semeru", "jatim/lumajang")
    press.polled(feed)
    old = press.item(feed, region="jatim/lumajang", title="Jembatan dibuka lagi")
    with press.database.write() as connection:
        sources.quarantine(connection, feed.source_id, press.now, [WHY])
        connection.exec_driver_sql("UPDATE item SET quarantined_at = NULL")
    new = press.item(feed, region="jatim/lumajang", title="Slot gacor")
    with press.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE item SET quarantined_at = 1 WHERE id = {new}")
        meta.bump_changes(connection)
    assert client.get(f"/a/{old}", follow_redirects=True).status_code == 200
    assert client.get(f"/a/{new}", follow_redirects=True).status_code == 404
    for path in (
        "/latest",
        "/r/jatim/lumajang",
        "/s/radar-semeru",
        "/feeds/latest.rss",
        "/feeds/source/radar-semeru.json",
    ):
        text = client.get(path).text
        assert "Jembatan dibuka lagi" in text, path
        assert "Slot gacor" not in text, path
    assert "karantina" in client.get("/sources").text
    assert "in quarantine" in client.get("/en/s/radar-semeru").text
    with press.database.read() as connection:
        assert {one.item.id for one in items.listed(connection)} == {old, new}
        assert feeds.by_ids(connection, [feed.id])[0].next_poll_at is not None  # it is still polled
