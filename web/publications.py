"""Items as merged feeds publish them: the same entry in every feed, with ids that no host takes part in."""

import html
import re
import uuid
from collections.abc import Sequence

from aggregator.model.publication import Category, Credit, Entry, Links, Publication
from aggregator.model.source import Source
from aggregator.store.reading import ListedItem
from web import language, links
from web.channels import Channel
from web.context import site
from web.excerpts import byline, excerpt
from web.language import gettext as _

GENERATOR = "Kabar"
MAX_EXCERPT_CHARS = 1_000  # what a policy can allow at most
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)  # the form of BCP 47, not its registry


def publication(
    channel: Channel, installation: uuid.UUID, items: Sequence[ListedItem], places: Links, *, is_closed: bool = False
) -> Publication:
    """Return the document of a feed with these items, in their order."""
    entries = tuple(entry(installation, listed) for listed in items)
    return Publication(
        id=urn(installation, f"feed/{channel.path}"),
        title=channel.title,
        description=channel.description,
        language=language.current(),
        generator=GENERATOR,
        updated_at=max((one.updated_at for one in entries), default=channel.empty_at),
        links=places,
        entries=entries,
        is_closed=is_closed,
    )


def urn(installation: uuid.UUID, name: str) -> str:
    """Return the id of a thing of ours, the same for ever and in all formats."""
    return f"urn:uuid:{uuid.uuid5(installation, name)}"


def entry(installation: uuid.UUID, listed: ListedItem) -> Entry:
    """Return an item as it is published: by its publisher's policy, never more than its excerpt."""
    item, source = listed.item, listed.source
    page = links.absolute(links.item(item))
    is_ours = site().config.feed.link_to == "site" or not is_web(item.url)
    # Nothing is published before it was seen, whatever the feed says.
    published_at = min(item.published_at, item.first_seen_at)
    return Entry(
        id=urn(installation, f"item/{item.id}"),
        url=page if is_ours else item.url,
        via_url=item.url if is_ours and is_web(item.url) else "",
        title=item.title,
        body_html=_body(listed, page),
        authors=tuple(dict.fromkeys([*(person.name for person in byline(listed)), source.name])),
        published_at=published_at,
        updated_at=max(item.changed_at, published_at),
        first_seen_at=item.first_seen_at,
        categories=_categories(listed),
        source=_credit(installation, source, listed.feed_url),
        language=_other_language(item.language, source.language),
    )


def is_web(url: str) -> bool:
    """Return whether an address is an absolute one of the web."""
    return url.startswith(("https://", "http://"))


def _body(listed: ListedItem, page: str) -> str:
    """Return the excerpt, and where it comes from. No counts: they would change the bytes without any news."""
    shown = excerpt(listed, MAX_EXCERPT_CHARS)
    name = html.escape(_("Source: %(name)s") % {"name": listed.source.name}, quote=False)
    here = html.escape(_("news page"))
    origin = f'<p>{name} · <a href="{html.escape(page)}">{here} ›</a></p>'
    return f"<p>{html.escape(shown, quote=False)}</p>{origin}" if shown else origin


def _categories(listed: ListedItem) -> tuple[Category, ...]:
    region = listed.region
    return (Category(region.slug, links.region_label(region), links.absolute("/r/")),) if region else ()


def _credit(installation: uuid.UUID, source: Source, feed_url: str) -> Credit:
    site_url = source.site_url if is_web(source.site_url) else ""
    return Credit(urn(installation, f"source/{source.slug}"), source.slug, source.name, feed_url, site_url)


def _other_language(*said: str) -> str:
    """Return the first language that is said in good form, "" if it is the feed's own."""
    found = next((one for one in said if _LANGUAGE.fullmatch(one)), "")
    return "" if found.partition("-")[0].lower() == language.current() else found
