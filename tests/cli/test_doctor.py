"""`kabar doctor`: what it prints, and when it wants a person."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

FEED = """<rss version="2.0"><channel><title>Pantura Kini</title>
<item><guid isPermaLink="false">g1</guid><link>https://pantura.example/1</link><title>Panen raya di Gending</title>
<description>Petani tersenyum.</description></item></channel></rss>"""


def change(kabar: Any, *statements: str) -> None:
    with closing(sqlite3.connect(Path(kabar.folder) / "var" / "kabar.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.fixture
def polled(kabar: Any, publisher: Any) -> Any:
    """Return the command with one healthy source and a scheduler that ticked just now."""
    kabar.allow(publisher.origin)
    kabar("sources", "add", publisher.serve("/feed", FEED), "--slug", "pantura")
    kabar("poll", "--due")
    change(kabar, f"INSERT INTO meta VALUES ('last_tick_at', '{datetime.now(UTC).isoformat()}')")
    return kabar


def kinds(said: Any) -> list[str]:
    return [one["kind"] for one in said.json["findings"]]


def test_a_healthy_installation_has_notes_only(polled: Any) -> None:
    said = polled("doctor", "--json")
    assert said.status == 0
    assert said.json["ok"] is True
    assert set(said.json) == {"ok", "database", "last_tick_at", "findings"}
    database = said.json["database"]
    assert set(database) == {"bytes", "items", "items_a_day", "gb_a_year", "texts_gb"}
    assert (database["items"], database["items_a_day"]) == (1, 1.0)
    assert database["bytes"] > 100_000
    assert kinds(said) == ["doctor_no_base_url", "doctor_no_contact"]
    polled.config.write_text("[site]\nbase_url = 'https://kabar.example'\ncontact = 'redaksi@kabar.example'\n")
    said = polled("doctor")
    assert said.status == 0
    assert "GB a year at this rate" in said.out
    assert "nothing wants a look" in said.out


def test_an_empty_installation_is_healthy_and_says_what_to_do(kabar: Any) -> None:
    said = kabar("doctor")
    assert said.status == 0
    assert "no scheduler ran yet" in said.out


@pytest.mark.parametrize(
    ("statement", "kind", "status"),
    [
        ("UPDATE feed SET state = 'failing'", "doctor_failing", 0),
        ("UPDATE feed SET state = 'blocked'", "doctor_blocked", 1),
        ("UPDATE feed SET state = 'gone'", "doctor_gone", 1),
        ("UPDATE feed SET state = 'dead'", "doctor_dead", 1),
        ("UPDATE source SET quarantined_at = 1, quarantine_why = '[[\"flood\",{}]]'", "doctor_quarantined", 1),
        (
            f"UPDATE meta SET value = '{datetime.now(UTC) - timedelta(minutes=9)}' WHERE name LIKE 'last%'",
            "doctor_tick_late",
            1,
        ),
    ],
)
def test_what_needs_a_person_gives_status_1(polled: Any, statement: str, kind: str, status: int) -> None:
    change(polled, statement)
    said = polled("doctor", "--json")
    assert kind in kinds(said)
    assert said.status == status
    assert said.json["ok"] is (status == 0)
    change(polled, "UPDATE source SET state = 'paused'")
    if kind.startswith("doctor_") and statement.startswith("UPDATE feed"):
        assert kind not in kinds(polled("doctor", "--json"))  # feeds of a paused source are nobody's concern


def test_purged_items_end_the_growth(polled: Any) -> None:
    polled.config.write_text("[retain]\nitems_days = 90\n")
    assert polled("doctor", "--json").json["database"]["gb_a_year"] == 0.0
    assert "none beyond 90 days of items" in polled("doctor").out


def test_a_source_is_released_by_hand(polled: Any) -> None:
    reasons = json.dumps([["gambling", {"n": 8, "of": 10}]])
    change(
        polled,
        f"UPDATE source SET quarantined_at = 1, quarantine_why = '{reasons}'",
        "UPDATE item SET quarantined_at = 1",
    )
    [shown] = polled("sources", "list", "--json").json
    assert (shown["condition"], shown["items"]) == ("quarantined", 0)
    assert shown["quarantine"]["reasons"][0]["kind"] == "gambling"
    assert "8 of its last 10 items promote gambling" in polled("sources", "show", "pantura").out
    assert len(polled("items", "list", "--json").json) == 1
    assert polled("sources", "release", "pantura").out == "source pantura released with 1 items\n"
    [shown] = polled("sources", "list", "--json").json
    assert (shown["condition"], shown["items"], shown["quarantine"]) == ("healthy", 1, None)
    said = polled("sources", "release", "pantura")
    assert (said.status, said.err) == (2, "kabar: the source pantura is not in quarantine\n")
