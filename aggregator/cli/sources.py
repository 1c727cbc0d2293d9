"""`kabar sources`: outlets by hand, OPML in and out."""

from pathlib import Path
from typing import Any

import click

from aggregator.cli.app import App
from aggregator.cli.output import json_option, print_json, print_table, rfc3339
from aggregator.desk import sources as desk
from aggregator.desk.sources import Imported, Wanted
from aggregator.documents import opml
from aggregator.errors import UsageError
from aggregator.model.source import Source
from aggregator.poll import explore
from aggregator.poll.explore import Preview
from aggregator.store import directory, regions
from aggregator.store.directory import DirectorySource
from aggregator.wording import sentence


@click.group()
def sources() -> None:
    """Add, list, pause, remove, release or withdraw sources; import and export them."""


@sources.command("add")
@click.argument("url")
@click.option("--name", default="", help="The outlet's name (default: its host, then what its feed says).")
@click.option("--region", default="", metavar="PATH", help="Where it reports from, for instance jatim/probolinggo.")
@click.option("--slug", default="", help="Its name in addresses (default: from the address).")
@click.option("--owner", default="", help="The publisher group behind it (default: itself).")
@json_option
@click.pass_obj
def add(app: App, url: str, name: str, region: str, slug: str, owner: str, as_json: bool) -> None:
    """Subscribe to the feed at URL. No request is made now: the first poll comes at the next tick."""
    wanted = Wanted(url, name=name, slug=slug, region=region, owner=owner)
    with app.database.write() as connection:
        done = desk.add(connection, app.actor, app.clock(), wanted, default_zone=app.loaded.config.site.zone)
    if as_json:
        print_json({"source": done.source.slug, "feed_id": done.feed_id, "url": done.url})
    else:
        tick_s = app.loaded.config.poll.tick_s
        click.echo(
            f"source {done.source.slug} added with feed {done.feed_id}; a running service polls it within {tick_s:g} s,"
        )
        click.echo(f"or poll it now: kabar poll --source {done.source.slug}")


@sources.command("discover")
@click.argument("url")
@json_option
@click.pass_obj
def discover(app: App, url: str, as_json: bool) -> None:
    """Look for feeds at URL, which may be any page of an outlet. Nothing is added."""
    found = explore.discover(app.loaded.config, url, app.clock())
    if as_json:
        print_json([{"url": link.url, "title": link.title, "kind": link.kind} for link in found])
    elif found:
        print_table(("address", "title", "kind"), [(link.url, link.title, link.kind) for link in found])
    else:
        click.echo(f"{url} names no feed")


@sources.command("preview")
@click.argument("url")
@click.option("--zone", default="", help="IANA zone for dates without one (default: site.zone).")
@json_option
@click.pass_obj
def preview(app: App, url: str, zone: str, as_json: bool) -> None:
    """Show the first ten items of the feed at URL, and what to know before adding it. Nothing is kept."""
    seen = explore.preview(app.loaded.config, url, zone or app.loaded.config.site.zone, app.clock())
    if as_json:
        print_json(_preview_as_dict(seen))
        return
    click.echo(f"{seen.document.title or seen.url} ({seen.document.format}, {len(seen.document.items)} items)")
    print_table(("published", "title"), [(rfc3339(one.published_at) or one.date_text, one.title) for one in seen.items])
    for one in seen.warnings:
        click.echo(f"note: {sentence(one, app.language)}")


@sources.command("list")
@json_option
@click.pass_obj
def list_sources(app: App, as_json: bool) -> None:
    """List the sources with their state, last poll and items."""
    with app.database.read() as connection:
        found = directory.sources(connection, app.clock())
        tree = regions.tree(connection)
    slugs = {region.id: region.slug for region in tree.by_id.values()}
    if as_json:
        print_json([_as_dict(one, slugs.get(one.source.region_id or 0)) for one in found])
        return
    if not found:
        click.echo("no sources; add one with `kabar sources add URL`, or in config.toml and `kabar config apply`")
        return
    rows = [
        (one.source.slug, one.source.name, slugs.get(one.source.region_id or 0), one.condition,
         rfc3339(max((feed.last_poll_at for feed in one.feeds if feed.last_poll_at), default=None)), one.n_items)
        for one in found
    ]  # fmt: skip
    print_table(("slug", "name", "region", "state", "last poll", "items"), rows)


@sources.command("show")
@click.argument("slug")
@json_option
@click.pass_obj
def show(app: App, slug: str, as_json: bool) -> None:
    """Show a source with its feeds: state, last poll, and when and why the next one comes."""
    with app.database.read() as connection:
        source = desk.named(connection, slug)
        one = directory.sources(connection, app.clock(), slug=slug)[0]
        tree = regions.tree(connection)
    place = tree.by_id[source.region_id].slug if source.region_id else None
    document = _as_dict(one, place)
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        if name not in ("feeds", "quarantine"):
            click.echo(f"{name:<10} {'' if value is None else value}")
    for reason in source.quarantine_why:
        click.echo(f"quarantine {sentence(reason, app.language)}; decide with `kabar sources release` or `withdraw`")
    for feed in one.feeds:
        click.echo(f"feed {feed.feed_id}: {feed.url}")
        click.echo(f"  state      {feed.state.value}")
        click.echo(
            f"  last poll  {rfc3339(feed.last_poll_at) or 'never'}"
            + (f": {sentence(feed.reason, app.language)}" if feed.reason else "")
        )
        click.echo(f"  next poll  {rfc3339(feed.next_poll_at) or 'none'}: {sentence(feed.next_poll_why, app.language)}")


@sources.command("pause")
@click.argument("slug")
@click.pass_obj
def pause(app: App, slug: str) -> None:
    """Stop polling a source; its items stay visible. `resume` undoes it."""
    with app.database.write() as connection:
        _say(desk.pause(connection, app.actor, app.clock(), slug), "paused")


@sources.command("resume")
@click.argument("slug")
@click.pass_obj
def resume(app: App, slug: str) -> None:
    """Poll a paused or removed source again."""
    with app.database.write() as connection:
        _say(desk.resume(connection, app.actor, app.clock(), slug), "polled again")


@sources.command("remove")
@click.argument("slug")
@click.pass_obj
def remove(app: App, slug: str) -> None:
    """Take a source out of polling and directories; its items stay. A source of config.toml is removed there."""
    with app.database.write() as connection:
        _say(
            desk.remove(connection, app.actor, app.clock(), slug, path=str(app.loaded.path or "config.toml")), "removed"
        )


@sources.command("release")
@click.argument("slug")
@click.pass_obj
def release(app: App, slug: str) -> None:
    """Let a source out of quarantine: its items appear, each where it would have stood."""
    with app.database.write() as connection:
        source, n = desk.release(connection, app.actor, app.clock(), slug)
    click.echo(f"source {source.slug} released with {n} items")


@sources.command("withdraw")
@click.argument("slug")
@click.option("--reason", required=True, help="Why, for the audit log.")
@click.pass_obj
def withdraw(app: App, slug: str, reason: str) -> None:
    """Take a source and all its items out of every page, feed and list for good, at its publisher's wish."""
    with app.database.write() as connection:
        source, n = desk.withdraw(connection, app.actor, app.clock(), slug, reason)
    click.echo(f"source {source.slug} withdrawn with {n} items")


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--region", default="", metavar="PATH", help="Where all of them report from.")
@click.option("--dry-run", is_flag=True, help="Say what would be added, and add nothing.")
@json_option
@click.pass_obj
def import_(app: App, file: Path, region: str, dry_run: bool, as_json: bool) -> None:
    """Add the feeds of FILE, one source each: OPML (1 MB and 2,000 feeds at most), or text with one address a line."""
    wanted = _read(file, region)
    database = app.database
    with database.rehearsal() if dry_run else database.write() as connection:
        done = desk.import_all(connection, app.actor, app.clock(), wanted, default_zone=app.loaded.config.site.zone)
    _report(app, done, dry_run, as_json)


@sources.command("export")
@click.option("--region", default="", metavar="PATH", help="Only this region and those below it.")
@click.pass_obj
def export(app: App, region: str) -> None:
    """Print the sources as OPML, in folders by region."""
    with app.database.read() as connection:
        tree = regions.tree(connection)
        outlines = directory.outlines(connection, tree, desk.region_of(tree, region))
    click.echo(opml.write(app.loaded.config.site.name, outlines), nl=False)


def _read(file: Path, region: str) -> list[Wanted]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError("file_unreadable", path=str(file), detail=error.strerror or "") from None
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        found = [
            Wanted(one.xml_url, name=one.title, site_url=one.html_url, language=one.language, region=region)
            for one in opml.read(data, path=str(file))
        ]
    else:
        lines = data.decode("utf-8", "replace").splitlines()
        found = [Wanted(line.strip(), region=region) for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise UsageError("nothing_to_import", path=str(file))
    return found


def _report(app: App, done: Imported, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json({
            "added": [{"source": one.source.slug, "feed_id": one.feed_id, "url": one.url} for one in done.added],
            "known": [{"url": url, "source": slug} for url, slug in done.known],
            "invalid": [{"url": url, "reason": sentence(why)} for url, why in done.invalid],
        })  # fmt: skip
        return
    for url, why in done.invalid:
        click.echo(
            f"invalid  {sentence(why, app.language)}"
            if url in sentence(why)
            else f"invalid  {url}: {sentence(why, app.language)}"
        )
    would = "would be " if dry_run else ""
    click.echo(f"{len(done.added)} {would}added, {len(done.known)} known already, {len(done.invalid)} invalid")


def _say(source: Source, what: str) -> None:
    click.echo(
        f"source {source.slug} is {what}"
        if source.state.value in (what, "active")
        else f"source {source.slug} is {source.state.value}"
    )


def _preview_as_dict(seen: Preview) -> dict[str, Any]:
    items = [
        {
            "title": one.title,
            "url": one.url,
            "published_at": rfc3339(one.published_at),
            "date_from": one.date_from.value,
        }
        for one in seen.items
    ]
    warnings = [{"kind": one.kind, "text": sentence(one)} for one in seen.warnings]
    document = seen.document
    return {"url": seen.url, "title": document.title, "format": document.format, "items": items, "warnings": warnings}


def _as_dict(one: DirectorySource, region: str | None) -> dict[str, Any]:
    source = one.source
    return {
        "slug": source.slug, "name": source.name, "site_url": source.site_url, "owner": one.owner.name,
        "region": region, "language": source.language, "zone": source.zone, "state": source.state.value,
        "condition": one.condition, "origin": source.origin.value, "items": one.n_items, "items_week": one.n_week,
        "quarantine": {
            "since": rfc3339(source.quarantined_at),
            "reasons": [
                {"kind": why.kind, "parts": dict(why.parts), "reason": sentence(why)} for why in source.quarantine_why
            ],
        } if source.quarantined_at else None,
        "feeds": [
            {
                "feed_id": feed.feed_id, "url": feed.url, "state": feed.state.value,
                "last_poll_at": rfc3339(feed.last_poll_at), "last_success_at": rfc3339(feed.last_success_at),
                "next_poll_at": rfc3339(feed.next_poll_at), "next_poll_why": sentence(feed.next_poll_why),
                "kind": feed.reason.kind if feed.reason else None,
                "reason": sentence(feed.reason) if feed.reason else None,
            }
            for feed in one.feeds
        ],
    }  # fmt: skip
