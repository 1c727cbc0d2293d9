"""JSON Feed 1.1."""

import dataclasses
import json
from typing import Any

from aggregator.documents.write_json import write_json
from aggregator.model.publication import Publication
from tests.documents.published import ENTRY, PUBLICATION, with_entry


def written(publication: Publication) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(write_json(publication))
    return found


def test_the_feed_says_what_the_format_knows() -> None:
    feed = written(PUBLICATION)
    assert {name: value for name, value in feed.items() if name != "items"} == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Kabar – Probolinggo",
        "home_page_url": "https://kabar.example/r/jatim/probolinggo",
        "feed_url": "https://kabar.example/feeds/region/jatim/probolinggo.rss?n=1",
        "description": "Berita Probolinggo.",
        "language": "id",
        "next_url": "https://kabar.example/feeds/region/jatim/probolinggo.json?before=1-1",
    }


def test_an_item_says_what_the_entry_says() -> None:
    assert written(PUBLICATION)["items"] == [
        {
            "id": ENTRY.id,
            "url": "https://suara-bromo.example/?p=1&a=2",
            "title": "Bawang & cabai: harga <b>naik</b>",
            "content_html": "<p>Harga naik &amp; stok turun.</p>",
            "date_published": "2026-03-14T03:00:12Z",
            "date_modified": "2026-03-14T05:00:12Z",
            "authors": [{"name": "Endang Sastrawinata"}, {"name": "Suara Bromo"}],
            "tags": ["Probolinggo"],
            "_kabar": {
                "source": {
                    "id": "urn:uuid:00000000-0000-5000-8000-000000000003",
                    "slug": "suara-bromo",
                    "name": "Suara Bromo",
                    "feed_url": "https://suara-bromo.example/feed",
                    "site_url": "https://suara-bromo.example/",
                },
                "regions": ["jatim/probolinggo"],
                "first_seen": "2026-03-14T04:00:12Z",
            },
        }
    ]


def test_what_has_nothing_to_say_is_left_out() -> None:
    bare = with_entry(title="", categories=(), authors=())
    item = written(bare)["items"][0]
    assert not {"title", "tags", "authors", "external_url", "language"} & set(item)
    last = dataclasses.replace(PUBLICATION, links=dataclasses.replace(PUBLICATION.links, next_page=""), entries=())
    assert "next_url" not in written(last)
    assert written(last)["items"] == []


def test_the_publishers_address_is_the_external_one_where_the_link_is_ours() -> None:
    item = written(with_entry(url="https://kabar.example/a/1-x", via_url="https://asal.example/1", language="jv"))[
        "items"
    ][0]
    assert (item["url"], item["external_url"], item["language"]) == (
        "https://kabar.example/a/1-x", "https://asal.example/1", "jv",
    )  # fmt: skip
