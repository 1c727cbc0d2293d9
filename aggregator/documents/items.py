"""Items as any reader finds them, made into the noun: cleaned, bounded, dated. Formats differ only before this."""

import html
import re
from dataclasses import dataclass, field, replace
from datetime import datetime

import ftfy

from aggregator.model.document import FoundItem
from aggregator.model.item import DateFrom
from aggregator.text.boilerplate import display_html
from aggregator.text.bylines import bylines
from aggregator.text.characters import one_line
from aggregator.text.dates import read_date
from aggregator.text.markup import clean, plain, shorten, title_text
from aggregator.text.urls import canonical, resolve

MAX_EXCERPT_CHARS = 500
MAX_CATEGORIES = 20
MAX_CATEGORY_CHARS = 100
MAX_DATE_CHARS = 100

_MAX_GUID_CHARS = 100_000  # a longer one is hashed to the same key as its beginning
_IMAGE_TAG = re.compile(r"<img\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# UTF-8 read as windows-1252 and written again leaves these pairs; nothing else does in running text.
_DOUBLE_LEADS = ("\xc2", "\xc3", "\xe2\u20ac", "\xd8", "\xd9")
_DOUBLE_ENCODED = re.compile(
    "[\xc2\xc3][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|\xe2\u20ac|\xd8[\xa7\xb9]\xd9"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z0-9]{2,8}))*$")
_OLD_CODES = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv"}


@dataclass(frozen=True, slots=True)
class RawItem:
    """What a reader found, untouched. `summary` and `content` are HTML; `dates` are in order of preference.

    `links` and `images` are candidates, the better first; `base_url` is what relative ones mean.
    """

    guid: str = ""
    links: tuple[str, ...] = ()
    original_url: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    base_url: str = ""
    link_base_url: str = ""
    authors: str = ""
    categories: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    language: str = ""
    dates: tuple[str, ...] = field(default=())


def found_item(raw: RawItem, zone: str, now: datetime) -> FoundItem | None:
    """Return the item, None when it has neither guid nor link, title or text."""
    raw = _repaired(raw)
    url = next(filter(None, (resolve(raw.link_base_url, link) for link in raw.links)), "")
    summary = clean(raw.summary, raw.base_url)
    content = summary if raw.content == raw.summary else clean(raw.content, raw.base_url)
    shown = display_html(summary or content)
    guid, title = raw.guid[:_MAX_GUID_CHARS].strip(), title_text(raw.title)
    if not (guid or url or title or shown or content):
        return None
    published_at, date_from, date_text = _date(raw.dates, zone, now)
    return FoundItem(
        guid=guid,
        url=url,
        canonical_url=canonical(resolve(raw.link_base_url, raw.original_url) or url) if url or raw.original_url else "",
        title=title,
        summary_html=shown,
        content_html=content or summary,
        excerpt=_excerpt(shown),
        byline=bylines(raw.authors, content or summary),
        categories=_categories(raw.categories),
        image_url=_image(raw),
        language=language(raw.language),
        published_at=published_at,
        date_from=date_from,
        date_text=date_text,
    )


def text_as_html(text: str) -> str:
    """Return plain text as HTML: escaped, its empty lines as paragraphs."""
    parts = [html.escape(part.strip(), quote=False) for part in re.split(r"\n\s*\n", text.strip())]
    if len(parts) == 1:
        return parts[0]
    return "".join(f"<p>{part}</p>" for part in parts if part)


def language(value: str) -> str:
    """Return a language tag in its usual spelling (`id`, `pt-BR`), "" for what is none (BCP 47)."""
    value = value.strip().replace("_", "-")
    if not _LANGUAGE.match(value) or len(value) > 35:
        return ""
    first, *rest = value.split("-")
    first = _OLD_CODES.get(first.lower(), first.lower())
    return "-".join([first, *(part.upper() if len(part) == 2 else part for part in rest)])


def repaired(text: str) -> str:
    """Return the text with doubly encoded UTF-8 undone where the typical pairs of characters show it."""
    if text.isascii() or not any(lead in text for lead in _DOUBLE_LEADS) or not _DOUBLE_ENCODED.search(text):
        return text
    return ftfy.fix_encoding(text)


def _repaired(raw: RawItem) -> RawItem:
    return replace(
        raw,
        title=repaired(raw.title),
        summary=repaired(raw.summary),
        content=repaired(raw.content),
        authors=repaired(raw.authors),
    )


def _excerpt(shown: str) -> str:
    """Return the beginning of the text; of a long one, only as much is read as is needed in all likelihood."""
    text = plain(shown[: 8 * MAX_EXCERPT_CHARS])
    if len(text) <= MAX_EXCERPT_CHARS and len(shown) > 8 * MAX_EXCERPT_CHARS:
        text = plain(shown)
    return shorten(text, MAX_EXCERPT_CHARS)


def _date(dates: tuple[str, ...], zone: str, now: datetime) -> tuple[datetime | None, DateFrom, str]:
    text = ""
    for date in dates:
        text = text or one_line(date[: MAX_DATE_CHARS * 4])[:MAX_DATE_CHARS]
        at, date_from = read_date(date, zone, now)
        if at:
            return at, date_from, one_line(date[: MAX_DATE_CHARS * 4])[:MAX_DATE_CHARS]
    return None, DateFrom.FIRST_SEEN, text


def _categories(raw: tuple[str, ...]) -> tuple[str, ...]:
    """Return the different categories as text, in order."""
    names: dict[str, None] = {}
    for value in raw:
        name = shorten(title_text(value), MAX_CATEGORY_CHARS)
        if name:
            names.setdefault(name)
        if len(names) == MAX_CATEGORIES:
            break
    return tuple(names)


def _image(raw: RawItem) -> str:
    """Return the item's picture: what the feed declares, else the first one of its text that is no counter."""
    for candidate in raw.images:
        if url := resolve(raw.base_url, candidate):
            return url
    for markup in (raw.content, raw.summary):
        for tag in _IMAGE_TAG.finditer(markup[:100_000]):
            attributes = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(tag[1])}
            if _is_counter(attributes):
                continue
            for name in ("src", "data-src", "data-lazy-src"):
                url = resolve(raw.base_url, html.unescape(attributes.get(name, "")))
                if url and attributes.get(name):
                    return url
    return ""


def _is_counter(attributes: dict[str, str]) -> bool:
    """Return whether a picture is there to count readers, not to be seen."""
    sizes = {attributes.get("width", "").strip(" px"), attributes.get("height", "").strip(" px")}
    return bool(sizes & {"0", "1"}) or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))
