"""config.toml's sources against the database: plan, apply, and what is refused."""

from datetime import datetime
from pathlib import Path

import pytest

from aggregator.config import Loaded, load
from aggregator.desk import settings
from aggregator.desk import sources as desk
from aggregator.desk.sources import Wanted
from aggregator.errors import ConfigError
from aggregator.model.feed import FeedState
from aggregator.model.source import SourceState
from aggregator.store import feeds, sources
from aggregator.store.database import Database

PANTURA = "[[sources]]\nname = 'Pantura Kini'\nfeeds = ['https://pantura.example/feed']\nregion = 'jatim/probolinggo'\n"
TENGGER = "[[sources]]\nname = 'Suara Tengger'\nfeeds = ['https://tengger.example/feed']\n"


@pytest.fixture
def file(tmp_path: Path):  # type: ignore[no-untyped-def]
    def loaded(text: str) -> Loaded:
        path = tmp_path / "config.toml"
        path.write_text(text)
        return load(path)

    return loaded


def steps_of(database: Database, now: datetime, loaded: Loaded) -> list[tuple[str, str]]:
    with database.write() as connection:
        return [(step.action, step.slug) for step in settings.apply(connection, "test", now, loaded)]


def test_sources_are_added_changed_paused_and_resumed_as_the_file_says(database: Database, now: datetime, file) -> None:  # type: ignore[no-untyped-def]
    assert steps_of(database, now, file(PANTURA + TENGGER)) == [("add", "pantura-kini"), ("add", "suara-tengger")]
    assert steps_of(database, now, file(PANTURA + TENGGER)) == []
    changed = PANTURA.replace("probolinggo", "lumajang")
    assert steps_of(database, now, file(changed + TENGGER)) == [("change", "pantura-kini")]
    assert steps_of(database, now, file(TENGGER)) == [("pause", "pantura-kini")]
    with database.read() as connection:
        paused = sources.by_slug(connection, "pantura-kini")
        assert paused is not None
        assert (paused.state, paused.state_why) == (SourceState.PAUSED, "not_in_file")
        assert feeds.of_source(connection, paused.id)[0].next_poll_at is None
    assert steps_of(database, now, file(TENGGER)) == []
    assert steps_of(database, now, file(changed + TENGGER)) == [("resume", "pantura-kini")]
    with database.read() as connection:
        assert feeds.of_source(connection, paused.id)[0].next_poll_at == now


def test_a_plan_changes_nothing(database: Database, now: datetime, file) -> None:  # type: ignore[no-untyped-def]
    with database.read() as connection:
        steps = settings.plan(connection, file(PANTURA), now)
        assert [step.action for step in steps] == ["add"]
        assert sources.all_sources(connection) == []


def test_a_change_names_what_differs(database: Database, now: datetime, file) -> None:  # type: ignore[no-untyped-def]
    steps_of(database, now, file(PANTURA))
    with database.read() as connection:
        [step] = settings.plan(connection, file(PANTURA + "excerpt_chars = 0\n"), now)
    assert (step.before, step.after) == ({"excerpt_chars": 280}, {"excerpt_chars": 0})


def test_a_feed_that_left_its_source_retires_and_can_come_back(database: Database, now: datetime, file) -> None:  # type: ignore[no-untyped-def]
    two = PANTURA.replace("/feed']", "/feed', 'https://pantura.example/wisata/feed']")
    steps_of(database, now, file(two))
    assert steps_of(database, now, file(PANTURA)) == [("change", "pantura-kini")]
    with database.read() as connection:
        [source] = sources.all_sources(connection)
        states = {feed.url: (feed.state, feed.next_poll_at) for feed in feeds.of_source(connection, source.id)}
    assert states["https://pantura.example/wisata/feed"] == (FeedState.RETIRED, None)
    assert steps_of(database, now, file(PANTURA)) == []
    assert steps_of(database, now, file(two)) == [("change", "pantura-kini")]
    with database.read() as connection:
        assert all(feed.next_poll_at == now for feed in feeds.of_source(connection, source.id))


def test_a_source_that_a_person_paused_stays_paused(database: Database, now: datetime, file) -> None:  # type: ignore[no-untyped-def]
    steps_of(database, now, file(PANTURA))
    with database.write() as connection:
        desk.pause(connection, "sari", now, "pantura-kini")
    assert steps_of(database, now, file(PANTURA)) == []


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        (PANTURA.replace("probolinggo", "probolingo"), "config_unknown_region", 1),
        (PANTURA + PANTURA, "config_same_slug", 5),
        (PANTURA + TENGGER.replace("tengger.example", "pantura.example"), "config_same_feed", 5),
        (TENGGER + "slug = 'dari-basis-data'\n", "config_slug_taken", 1),
        (TENGGER.replace("https://tengger.example/feed", "https://held.example/feed"), "config_feed_taken", 1),
    ],
)
def test_what_cannot_be_applied_is_named_with_its_line(
    database: Database, now: datetime, file, text: str, kind: str, line: int
) -> None:  # type: ignore[no-untyped-def]
    with database.write() as connection:
        wanted = Wanted("https://held.example/feed", slug="dari-basis-data")
        desk.add(connection, "sari", now, wanted, default_zone="Asia/Jakarta")
    with pytest.raises(ConfigError) as caught:
        steps_of(database, now, file(text))
    assert caught.value.reason.kind == kind
    assert str(caught.value.reason.parts["where"]).endswith(f"config.toml:{line}")
    with database.read() as connection:
        assert [source.slug for source in sources.all_sources(connection)] == ["dari-basis-data"]


def test_the_shipped_file_can_be_applied(database: Database, now: datetime) -> None:
    loaded = load(Path(__file__).resolve().parents[2] / "config.toml")
    assert len(steps_of(database, now, loaded)) == len(loaded.config.sources)
    assert steps_of(database, now, loaded) == []
