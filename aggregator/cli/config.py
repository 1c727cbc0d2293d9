"""`kabar config`: what holds, what the file would change, and its application."""

from collections.abc import Sequence
from typing import Any

import click

from aggregator.cli.app import App
from aggregator.cli.output import json_option, print_json, print_table
from aggregator.desk import settings
from aggregator.desk.settings import Step


@click.group()
def config() -> None:
    """Show the configuration, or compare config.toml's sources with the database and apply them."""


@config.command("show")
@json_option
@click.pass_obj
def show(app: App, as_json: bool) -> None:
    """Show each setting, its value and where it comes from: environment, file and line, or default."""
    loaded = app.loaded
    document = loaded.config.model_dump(mode="json")
    sources = document.pop("sources")
    if as_json:
        print_json({**document, "sources": sources})
        return
    rows = [
        (f"{section}.{key}", value, loaded.origin_of(section, key))
        for section, values in document.items()
        for key, value in values.items()
    ]
    print_table(("setting", "value", "from"), rows)
    click.echo(f"{len(sources)} sources in {loaded.path or 'no file'}; data in {app.places.data}")


@config.command("plan")
@json_option
@click.pass_obj
def plan(app: App, as_json: bool) -> None:
    """Show what `config apply` would do; nothing is changed."""
    with app.database.read() as connection:
        steps = settings.plan(connection, app.loaded, app.clock())
    _report(steps, as_json, "nothing to apply: the database is as the file says")


@config.command("apply")
@json_option
@click.pass_obj
def apply(app: App, as_json: bool) -> None:
    """Bring the sources of the database to those of the file.

    A source that left the file is paused, never deleted. A running service does the same on SIGHUP.
    """
    with app.database.write() as connection:
        steps = settings.apply(connection, app.actor, app.clock(), app.loaded)
    _report(steps, as_json, "nothing changed: the database is as the file says")


def _report(steps: Sequence[Step], as_json: bool, nothing: str) -> None:
    if as_json:
        print_json(
            {"steps": [{"action": s.action, "slug": s.slug, "before": s.before, "after": s.after} for s in steps]}
        )
        return
    for step in steps:
        click.echo(f"{step.action:<7} {step.slug}{_differences(step)}")
    click.echo(f"{len(steps)} steps" if steps else nothing)


def _differences(step: Step) -> str:
    if step.action != "change":
        return ""
    parts: list[Any] = [f"{name}: {step.before[name]!r} -> {step.after[name]!r}" for name in step.after]
    return "  " + ", ".join(parts)
