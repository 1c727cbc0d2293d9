"""Lists of feeds for programs: ours as JSON and OPML, those of the publishers as OPML."""

import json
from collections.abc import Iterable

from aggregator.documents import opml
from aggregator.documents.opml import Outline
from aggregator.model.source import Source, SourceState
from aggregator.store import directory, meta, sources
from aggregator.store.database import Connection
from web import channels, links
from web.cache import Built
from web.channels import Channel
from web.context import site
from web.facts import facts
from web.language import gettext as _
from web.publications import urn

OPML = f"{opml.MIME_TYPE}; charset=utf-8"
JSON = "application/json; charset=utf-8"


def catalogue_json() -> Built:
    """Return our feeds: everything first, then the regions that have sources or items, then the sources."""
    with site().database.read() as connection:
        installation = meta.installation_id(connection)
        found = _ours(connection)
    listed = [
        {
            "id": urn(installation, f"feed/{channel.path}"), "kind": channel.kind, "key": channel.key,
            "title": channel.title, "description": channel.description, "html_url": links.absolute(channel.home),
            **{link.name.lower(): link.url for link in links.feeds_of(channel.path)},
        }
        for channel in found
    ]  # fmt: skip
    document = {"title": site().config.site.name, "feeds": listed}
    return Built(json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n", None, None, JSON)


def catalogue_opml() -> Built:
    """Return our feeds for import, one address each: a reader that was given all three formats would show all twice."""
    folders = {"latest": (), "region": (_("Regions"),), "source": (_("Sources"),)}
    with site().database.read() as connection:
        found = _ours(connection)
    outlines = [
        Outline(
            channel.title, links.absolute(f"/feeds/{channel.path}.rss"), links.absolute(channel.home),
            folders[channel.kind], site().config.site.language,
        )
        for channel in found
    ]  # fmt: skip
    return _list(site().config.site.name, outlines)


def sources_opml() -> Built:
    """Return the publishers' own feeds in the folders of their regions, as we poll them."""
    tree = facts().tree()
    with site().database.read() as connection:
        found = directory.outlines(connection, tree)
    return _list(_("Sources of %(site)s") % {"site": site().config.site.name}, found)


def _list(title: str, outlines: Iterable[Outline]) -> Built:
    return Built(opml.write(title, outlines, owner=site().config.site.operator), None, None, OPML)


def _ours(connection: Connection) -> list[Channel]:
    tree, counts = facts().tree(), facts().counts()
    regions = [region for slug, region in sorted(tree.by_slug.items()) if region.id in counts]
    return [
        channels.latest(),
        *(channels.of_region(region) for region in regions),
        *(channels.of_source(source) for source in _shown(connection)),
    ]


def _shown(connection: Connection) -> list[Source]:
    """Return the sources that are neither removed nor withdrawn, by name."""
    kept = (SourceState.ACTIVE, SourceState.PAUSED)
    found = [source for source in sources.all_sources(connection) if source.state in kept]
    return sorted(found, key=lambda source: (source.name, source.slug))
