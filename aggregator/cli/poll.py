"""`kabar poll`: look at feeds now."""

from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from aggregator.cli.app import App
from aggregator.cli.output import json_option, print_json, rfc3339
from aggregator.desk.sources import named
from aggregator.errors import UsageError
from aggregator.model.poll import Outcome, Poll
from aggregator.poll.round import poll_due, poll_feeds
from aggregator.store import feeds, sources
from aggregator.wording import sentence


@click.command()
@click.option("--due", is_flag=True, help="The feeds that are due now (the default).")
@click.option("--all", "everything", is_flag=True, help="Every feed.")
@click.option("--source", "slugs", metavar="SLUG", multiple=True, help="The feeds of a source; may be given again.")
@click.option("--feed", "ids", type=int, metavar="ID", multiple=True, help="A feed; may be given again.")
@click.option(
    "--force", is_flag=True, help="Also feeds asked a minute ago, paused, gone or dead; Retry-After still holds."
)
@json_option
@click.pass_obj
def poll(
    app: App, due: bool, everything: bool, slugs: tuple[str, ...], ids: tuple[int, ...], force: bool, as_json: bool
) -> None:
    """Look at feeds now and say what came of each.

    A feed that fails is a result, not an error of this command.
    """
    if sum(map(bool, (due, everything, slugs, ids))) > 1:
        raise click.UsageError("choose one of --due, --all, --source and --feed")
    chosen = _chosen(app, everything, slugs, ids)
    if chosen is None:
        rows = poll_due(app.database, app.loaded.config, app.clock)
    else:
        rows = poll_feeds(app.database, app.loaded.config, app.clock, chosen, force=force)
    slug_of = _slugs(app)
    done = _shown(app, rows, slug_of, None if chosen is None else len(chosen), quiet=as_json)
    totals: dict[str, int] = {outcome.value: 0 for outcome in Outcome} | {"new": 0, "updated": 0, "known": 0}
    for row in done:
        totals[row.outcome.value] += 1
        totals["new"] += row.n_new
        totals["updated"] += row.n_updated
        totals["known"] += row.n_known
    if as_json:
        print_json({"polls": [as_dict(row, slug_of[row.feed_id]) for row in done], "totals": totals})
    else:
        outcomes = ", ".join(f"{totals[outcome.value]} {outcome.value}" for outcome in Outcome if totals[outcome.value])
        click.echo(
            f"{len(done)} polls: {outcomes or 'nothing was due'}; {totals['new']} new, {totals['updated']} updated"
        )


def _chosen(app: App, everything: bool, slugs: tuple[str, ...], ids: tuple[int, ...]) -> list[int] | None:
    """Return the ids of the feeds that were named, None for those due."""
    with app.database.read() as connection:
        if everything:
            return [feed.id for feed in feeds.all_feeds(connection)]
        if slugs:
            found = [named(connection, slug).id for slug in dict.fromkeys(slugs)]
            return [feed.id for source_id in found for feed in feeds.of_source(connection, source_id)]
        if ids:
            known = {feed.id for feed in feeds.by_ids(connection, ids)}
            if unknown := [feed_id for feed_id in ids if feed_id not in known]:
                raise UsageError("no_such_feed", feed=unknown[0])
            return sorted(known)
    return None


def _slugs(app: App) -> dict[int, str]:
    with app.database.read() as connection:
        by_id = {source.id: source.slug for source in sources.all_sources(connection)}
        return {feed_id: by_id[source_id] for feed_id, source_id in feeds.sources_of(connection).items()}


def _shown(app: App, rows: Iterator[Poll], slug_of: dict[int, str], n: int | None, *, quiet: bool) -> list[Poll]:
    """Return the rows, each printed as it comes: under a progress bar on a terminal."""
    console = Console(stderr=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    done: list[Poll] = []
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("polling", total=n)
        for row in rows:
            done.append(row)
            progress.advance(task)
            if not quiet:
                progress.console.print(
                    _line(app, row, slug_of[row.feed_id]), markup=False, highlight=False, soft_wrap=True
                )
    return done


def _line(app: App, row: Poll, slug: str) -> str:
    what = f"{row.n_new} new, {row.n_updated} updated, {row.n_known} known" if row.outcome == Outcome.STORED else ""
    why = sentence(row.reason, app.language) if row.reason else what
    return f"{slug:<30.30} {row.outcome.value:<12} {why}".rstrip()


def as_dict(row: Poll, slug: str) -> dict[str, Any]:
    """Return a poll's row in the shape that `poll --json` promises."""
    return {
        "feed_id": row.feed_id, "source": slug, "url": row.url, "outcome": row.outcome.value,
        "kind": row.reason.kind if row.reason else None, "reason": sentence(row.reason) if row.reason else None,
        "status": row.status, "ms": row.ms, "new": row.n_new, "updated": row.n_updated, "known": row.n_known,
        "next_poll_at": rfc3339(row.next_poll_at), "next_poll_why": sentence(row.next_poll_why),
    }  # fmt: skip
