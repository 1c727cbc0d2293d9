"""The few HTML pages of the press: its index, an outlet's home, an article. Each says that it is fiction."""

from collections.abc import Sequence
from html import escape

from aggregator.demo.feeds import CONTENT_TYPES, body_html, tagline
from aggregator.demo.outlets import Outlet
from aggregator.demo.press import Item

_NOTICE = {
    "id": "Media, orang, dan peristiwa di halaman ini rekaan, dibuat untuk peragaan.",
    "en": "The outlet, people and events on this page are fictional, made for demonstration.",
}


def index_page(outlets: Sequence[Outlet]) -> str:
    """Return the list of all outlets, linked to their homes."""
    rows = "".join(
        f'<li><a href="/{outlet.slug}/">{escape(outlet.name)}</a>, {escape(outlet.place.name)}</li>'
        for outlet in outlets
    )
    return _page("Pers rekaan", "id", "", f"<h1>Pers rekaan</h1><ul>{rows}</ul>")


def home_page(outlet: Outlet, items: Sequence[Item]) -> str:
    """Return an outlet's home, which names its feed for discovery."""
    kind = CONTENT_TYPES[outlet.format].partition(";")[0]
    head = f'<link rel="alternate" type="{kind}" title="{escape(outlet.name)}" href="/{outlet.slug}/feed">'
    rows = "".join(f'<li><a href="/{item.path}">{escape(item.text.title)}</a></li>' for item in items)
    body = f"<h1>{escape(outlet.name)}</h1><p>{escape(tagline(outlet))}</p><ol>{rows}</ol>"
    return _page(outlet.name, outlet.language, head, body)


def article_page(item: Item, address: str) -> str:
    """Return an article."""
    head = f'<link rel="canonical" href="{address}/{item.path}">'
    local = item.published_at.astimezone(item.outlet.place.tz)
    home = f'<p><a href="/{item.outlet.slug}/">{escape(item.outlet.name)}</a></p>'
    when = f'<p><time datetime="{local.isoformat()}">{local:%d/%m/%Y %H.%M}</time></p>'
    body = f"{home}<article><h1>{escape(item.text.title)}</h1>{when}{body_html(item)}</article>"
    return _page(f"{item.text.title} - {item.outlet.name}", item.outlet.language, head, body)


def _page(title: str, language: str, head: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">{head}</head>'
        f"<body>{body}<hr><p><small>{_NOTICE[language]}</small></p></body></html>\n"
    )
