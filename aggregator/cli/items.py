"""`kabar items`: what is kept, and takedowns."""

from typing import Any

import click

from aggregator.cli.app import App
from aggregator.cli.output import json_option, print_json, print_table, rfc3339
from aggregator.desk import withdrawals
from aggregator.desk.sources import named, region_of
from aggregator.errors import UsageError
from aggregator.store import items as store
from aggregator.store import regions
from aggregator.store.items import FiledItem

MAX_LIMIT = 100_000


@click.group()
def items() -> None:
    """List and show items, or withdraw one at its publisher's wish."""


@items.command("list")
@click.option("--source", "slug", metavar="SLUG", help="Only of this source.")
@click.option(
    "--region", metavar="PATH", help="Only of this region and those below it, for instance jatim/probolinggo."
)
@click.option(
    "--limit", type=click.IntRange(1, MAX_LIMIT), default=50, show_default=True, help="How many, newest first."
)
@json_option
@click.pass_obj
def list_items(app: App, slug: str | None, region: str | None, limit: int, as_json: bool) -> None:
    """List items, newest first; copies of an article are listed too."""
    with app.database.read() as connection:
        source_id = named(connection, slug).id if slug else None
        place = region_of(regions.tree(connection), region or "")
        found = store.listed(connection, source_id=source_id, region_id=place.id if place else None, limit=limit)
    if as_json:
        print_json([as_dict(one) for one in found])
    elif not found:
        click.echo("no items")
    else:
        rows = ((one.item.id, rfc3339(one.item.listed_at), one.source, one.item.title) for one in found)
        print_table(("id", "listed", "source", "title"), rows)


@items.command("show")
@click.argument("item_id", type=int)
@json_option
@click.pass_obj
def show(app: App, item_id: int, as_json: bool) -> None:
    """Show one item with its text and its earlier revisions."""
    with app.database.read() as connection:
        found = store.filed(connection, item_id)
        earlier = store.revisions(connection, item_id)
    if found is None:
        raise UsageError("no_such_item", item=item_id)
    document = {
        **as_dict(found), "withdrawn_at": rfc3339(found.item.withdrawn_at), "revision": found.item.revision,
        "revisions": [
            {"revision": one.revision, "replaced_at": rfc3339(one.replaced_at), "title": one.title, "url": one.url}
            for one in earlier
        ],
    }  # fmt: skip
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        click.echo(f"{name:<15} {value}")


@items.command("withdraw")
@click.argument("item_id", type=int)
@click.option("--reason", required=True, help="Why, for the audit log.")
@click.pass_obj
def withdraw(app: App, item_id: int, reason: str) -> None:
    """Take an item out of every page, feed and list for good; its text is erased and no poll brings it back."""
    with app.database.write() as connection:
        n = withdrawals.withdraw_item(connection, app.actor, app.clock(), item_id, reason)
    click.echo(
        f"item {item_id} withdrawn{f' with {n - 1} copies' if n > 1 else ''}"
        if n
        else f"item {item_id} was withdrawn before"
    )


def as_dict(one: FiledItem) -> dict[str, Any]:
    """Return an item in the shape that `items list --json` promises."""
    item = one.item
    return {
        "id": item.id, "source": one.source, "feed_id": item.feed_id, "key": item.key, "url": item.url,
        "canonical_url": item.canonical_url, "title": item.title, "summary_html": item.summary_html,
        "content_html": item.content_html, "byline": [{"role": who.role, "name": who.name} for who in item.byline],
        "published_at": rfc3339(item.published_at), "date_from": item.date_from.value,
        "first_seen_at": rfc3339(item.first_seen_at), "listed_at": rfc3339(item.listed_at),
        "duplicate_of": item.duplicate_of, "regions": list(one.regions),
    }  # fmt: skip
