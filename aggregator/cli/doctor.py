"""`kabar doctor`: how large the database is and how it grows, and what wants a person's look."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from aggregator.cli.app import App
from aggregator.cli.output import json_option, print_json, rfc3339
from aggregator.config import Config
from aggregator.model.feed import FeedState
from aggregator.model.reason import Reason
from aggregator.store import measure, meta
from aggregator.store.database import Connection
from aggregator.store.measure import Size
from aggregator.wording import sentence

TICK_IS_LATE = timedelta(minutes=5)
GB = 1e9


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know; a problem needs a person, the rest is advice."""

    reason: Reason
    is_problem: bool = False


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Say how the installation is doing; exit status 1 when something needs a person."""
    app: App = context.obj
    now, config = app.clock(), app.loaded.config
    with app.database.read() as connection:
        size = measure.size(connection, now)
        last_tick_at = _last_tick_at(connection)
        found = [*_settings(config), *_ticks(last_tick_at, now), *_feeds(connection), *_sources(connection)]
    if as_json:
        print_json(_as_dict(size, config, last_tick_at, found))
    else:
        _print(app, size, config, found)
    context.exit(1 if any(one.is_problem for one in found) else 0)


def _settings(config: Config) -> list[Finding]:
    found = []
    if not config.site.base_url:
        found.append(Finding(Reason("doctor_no_base_url")))
    if not config.site.contact:
        found.append(Finding(Reason("doctor_no_contact")))
    return found


def _last_tick_at(connection: Connection) -> datetime | None:
    text = meta.get(connection, meta.LAST_TICK)
    return datetime.fromisoformat(text) if text else None


def _ticks(last_tick_at: datetime | None, now: datetime) -> list[Finding]:
    if last_tick_at is None:
        return [Finding(Reason("doctor_never_ticked"))]
    if now - last_tick_at > TICK_IS_LATE:
        minutes = int((now - last_tick_at).total_seconds() // 60)
        return [Finding(Reason("doctor_tick_late", {"minutes": minutes}), is_problem=True)]
    return []


def _feeds(connection: Connection) -> list[Finding]:
    """Return what the states of feeds ask for: those that fail are asked again, the others hardly come back alone."""
    states = measure.feed_states(connection)
    kinds = {
        FeedState.FAILING: ("doctor_failing", False), FeedState.BLOCKED: ("doctor_blocked", True),
        FeedState.GONE: ("doctor_gone", True), FeedState.DEAD: ("doctor_dead", True),
    }  # fmt: skip
    return [
        Finding(Reason(kind, {"n": states[state]}), is_problem=is_problem)
        for state, (kind, is_problem) in kinds.items()
        if states.get(state)
    ]


def _sources(connection: Connection) -> list[Finding]:
    return [
        Finding(Reason("doctor_quarantined", {"slug": slug}), is_problem=True)
        for slug in measure.quarantined(connection)
    ]


def _gb_a_year(size: Size, config: Config) -> float:
    """Return the growth of a year in GB; when items are purged it ends at what their days take."""
    return 0.0 if config.retain.items_days else size.growth_a_year() / GB


def _as_dict(size: Size, config: Config, last_tick_at: datetime | None, found: list[Finding]) -> dict[str, Any]:
    return {
        "ok": not any(one.is_problem for one in found),
        "database": {
            "bytes": size.n_bytes, "items": size.n_items, "items_a_day": round(size.items_a_day, 1),
            "gb_a_year": round(_gb_a_year(size, config), 3),
            "texts_gb": round(size.texts(config.retain.content_days) / GB, 3),
        },
        "last_tick_at": rfc3339(last_tick_at),
        "findings": [
            {"kind": one.reason.kind, "problem": one.is_problem, "text": sentence(one.reason)} for one in found
        ],
    }  # fmt: skip


def _print(app: App, size: Size, config: Config, found: list[Finding]) -> None:
    click.echo(f"database  {size.n_bytes / 1e6:.1f} MB, {size.n_items} items, {size.items_a_day:.0f} a day")
    days = config.retain.content_days
    texts = f"full texts of {days} days take up to {size.texts(days) / GB:.2f} GB"
    if config.retain.items_days:
        click.echo(f"growth    none beyond {config.retain.items_days} days of items; {texts}")
    else:
        click.echo(f"growth    {_gb_a_year(size, config):.2f} GB a year at this rate; {texts}")
    for one in found:
        click.echo(f"{'problem' if one.is_problem else 'note':<9} {sentence(one.reason, app.language)}")
    if not found:
        click.echo("nothing wants a look")
