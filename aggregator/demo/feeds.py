"""The feeds as bytes: RSS 2.0, Atom and JSON Feed, each with its outlet's habits."""

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aggregator.demo.events import ZONE_NAMES
from aggregator.demo.outlets import Outlet
from aggregator.demo.press import Item
from aggregator.demo.prose import dateline

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def write_feed(outlet: Outlet, items: Sequence[Item], address: str, changed_at: datetime) -> bytes:
    """Return an outlet's feed of these items; links begin with `address`, "http://HOST:PORT"."""
    if outlet.format == "json":
        return _json(outlet, items, address)
    return (_atom if outlet.format == "atom" else _rss)(outlet, items, address, changed_at).encode()


def summary(item: Item) -> str:
    """Return the first paragraph as plain text, dateline included."""
    return dateline(item.outlet, item.text.city) + item.text.lead


def body_html(item: Item) -> str:
    """Return the whole article as the outlet's editors set it."""
    english = item.outlet.language == "en"
    parts = [summary(item), *item.text.paragraphs]
    if item.outlet.byline == "block":
        signed = f"Reporter : {escape(item.text.reporter)}<br />Editor : {escape(item.text.editor)}"
        return f"<p>{signed}</p>" + _paragraphs([*parts, *_credit(item, english=english)])
    return _paragraphs([*parts, *_credit(item, english=english)])


def _credit(item: Item, *, english: bool) -> list[str]:
    if not item.credit:
        return []
    return [f"First published by {item.credit}." if english else f"Artikel ini telah tayang di {item.credit}."]


def _paragraphs(parts: Sequence[str]) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in parts)


def _rss(outlet: Outlet, items: Sequence[Item], address: str, changed_at: datetime) -> str:
    home = f"{address}/{outlet.slug}/"
    entries = "".join(_rss_item(item, address) for item in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{escape(outlet.name)}</title>\n<link>{home}</link>\n<description>{escape(tagline(outlet))}</description>\n"
        f'<atom:link href="{address}/{outlet.slug}/feed" rel="self" type="application/rss+xml" />\n'
        f"<language>{outlet.language}</language>\n<lastBuildDate>{format_datetime(changed_at)}</lastBuildDate>\n"
        f"<ttl>5</ttl>\n{entries}</channel>\n</rss>\n"
    )


def _rss_item(item: Item, address: str) -> str:
    outlet = item.outlet
    permalink = "true" if outlet.guid == "permalink" else "false"
    creator = f"<dc:creator>{escape(item.text.reporter)}</dc:creator>\n" if outlet.byline == "creator" else ""
    full = f"<content:encoded><![CDATA[{body_html(item)}]]></content:encoded>\n" if outlet.body == "full" else ""
    return (
        f"<item>\n<title>{escape(item.text.title)}</title>\n<link>{address}/{item.path}</link>\n"
        f"<pubDate>{_printed(outlet, item.published_at)}</pubDate>\n{creator}"
        f"<category>{escape(item.text.topic)}</category>\n<category>{escape(item.text.city)}</category>\n"
        f'<guid isPermaLink="{permalink}">{escape(item.guid)}</guid>\n'
        f"<description>{escape(summary(item))}</description>\n{full}</item>\n"
    )


def _printed(outlet: Outlet, at: datetime) -> str:
    """Return a date as the outlet prints it: RFC 822, the same without a zone, or in Indonesian."""
    local = at.astimezone(outlet.place.tz)
    if outlet.dates == "indonesian":
        zone = ZONE_NAMES[outlet.place.zone]
        return f"{_DAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local:%Y %H:%M} {zone}"
    printed = format_datetime(local)
    return printed.rsplit(" ", 1)[0] if outlet.dates == "local" else printed


def _atom(outlet: Outlet, items: Sequence[Item], address: str, changed_at: datetime) -> str:
    entries = "".join(_atom_entry(item, address) for item in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n'
        f"<title>{escape(outlet.name)}</title>\n<subtitle>{escape(tagline(outlet))}</subtitle>\n"
        f'<link href="{address}/{outlet.slug}/" />\n<link href="{address}/{outlet.slug}/feed" rel="self" />\n'
        f"<id>tag:{outlet.host},2024:feed</id>\n<updated>{changed_at.isoformat()}</updated>\n{entries}</feed>\n"
    )


def _atom_entry(item: Item, address: str) -> str:
    outlet = item.outlet
    author = item.text.reporter if outlet.byline != "none" else outlet.name
    full = f'<content type="html">{escape(body_html(item))}</content>\n' if outlet.body == "full" else ""
    published, updated = (at.astimezone(outlet.place.tz).isoformat() for at in (item.published_at, item.updated_at))
    return (
        f'<entry>\n<title>{escape(item.text.title)}</title>\n<link href="{address}/{item.path}" />\n'
        f"<id>{escape(item.guid)}</id>\n<published>{published}</published>\n<updated>{updated}</updated>\n"
        f'<author><name>{escape(author)}</name></author>\n<category term="{escape(item.text.topic)}" />\n'
        f"<summary>{escape(summary(item))}</summary>\n{full}</entry>\n"
    )


def _json(outlet: Outlet, items: Sequence[Item], address: str) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": tagline(outlet),
        "language": outlet.language,
        "home_page_url": f"{address}/{outlet.slug}/",
        "feed_url": f"{address}/{outlet.slug}/feed",
        "items": [_json_item(item, address) for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(item: Item, address: str) -> dict[str, object]:
    zone = item.outlet.place.tz
    return {
        "id": item.guid,
        "url": f"{address}/{item.path}",
        "title": item.text.title,
        "summary": summary(item),
        "content_html": body_html(item),
        "date_published": item.published_at.astimezone(zone).isoformat(),
        "date_modified": item.updated_at.astimezone(zone).isoformat(),
        "authors": [{"name": item.text.reporter}],
        "tags": [item.text.topic, item.text.city],
    }


def tagline(outlet: Outlet) -> str:
    """Return the line under the outlet's name, which says that it does not exist."""
    if outlet.language == "en":
        return f"News from {outlet.place.short_name}. A fictional outlet for demonstration."
    return f"Kabar dari {outlet.place.name} dan sekitarnya. Media rekaan untuk peragaan."
