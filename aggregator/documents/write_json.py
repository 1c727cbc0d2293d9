"""A publication as JSON Feed 1.1."""

import json
from typing import Any

from aggregator.documents.write_xml import legal, rfc3339
from aggregator.model.publication import Entry, Publication

MIME_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def write_json(publication: Publication) -> bytes:
    """Return the document. The extension `_kabar` of each item holds source, regions and when we first saw it."""
    document = {
        "version": VERSION,
        "title": legal(publication.title),
        "home_page_url": publication.links.home,
        "feed_url": publication.links.document,
        "description": legal(publication.description),
        "language": publication.language,
        "next_url": publication.links.next_page,
        "items": [_item(entry) for entry in publication.entries],
    }
    kept = {name: value for name, value in document.items() if value or name == "items"}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(entry: Entry) -> dict[str, Any]:
    """Return an item without the members that have nothing to say."""
    item = {
        "id": entry.id,
        "url": legal(entry.url),
        "external_url": legal(entry.via_url),
        "title": legal(entry.title),
        "content_html": legal(entry.body_html),
        "date_published": rfc3339(entry.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [{"name": legal(name)} for name in entry.authors],
        "tags": [legal(category.label) for category in entry.categories],
        "language": legal(entry.language),
    }
    kept = {name: value for name, value in item.items() if value}
    source = entry.source
    extension = {
        "source": {
            "id": source.id, "slug": source.slug, "name": legal(source.name),
            "feed_url": legal(source.feed_url), "site_url": legal(source.site_url),
        },
        "regions": [category.term for category in entry.categories],
        "first_seen": rfc3339(entry.first_seen_at),
    }  # fmt: skip
    return {**kept, "_kabar": extension}
