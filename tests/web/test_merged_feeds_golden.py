"""Golden files: one whole document per kind and format; KABAR_TEST_GOLDEN=write writes them anew."""

import os
from pathlib import Path

import pytest

from aggregator.store.database import Database
from tests.web.subscribed import Reader, a_newsroom

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = {
    f"{name}.{ending}": f"/feeds/{path}.{ending}"
    for name, path in {
        "latest": "latest",
        "region": "region/jatim",
        "source": "source/suara-bromo",
        "latest-archive": "latest/archive/2026-03-13",
    }.items()
    for ending in ("rss", "atom", "json")
} | {name: f"/feeds/{name}" for name in ("catalogue.json", "catalogue.opml", "sources.opml")}


@pytest.fixture
def site(sqlite_database: Database) -> Reader:
    room = a_newsroom(sqlite_database)
    room.item("kabar-jember", "Berita kemarin", listed_at=room.clock.replace(day=13))
    return room.site(site={"base_url": "https://kabar.example", "operator": "Redaksi Kabar"})


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_the_golden_one(site: Reader, name: str) -> None:
    path = GOLDEN / name
    document = site.get(DOCUMENTS[name]).data
    if os.environ.get("KABAR_TEST_GOLDEN") == "write":
        path.write_bytes(document)
    assert document.decode() == path.read_text("utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(DOCUMENTS)
