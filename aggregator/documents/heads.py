"""What a document says of itself, read straight from the tree where it is said in the usual words."""

from lxml import etree

from aggregator.documents.direct import ATOM, NotPlainError, check, language_of, mendless

Head = dict[str, object]

_SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
_UNREAD = {
    "description", "pubDate", "lastBuildDate", "generator", "copyright", "docs", "managingEditor", "webMaster",
    "{com-wordpress:feed-additions:1}site", f"{ATOM}updated", f"{ATOM}id", f"{ATOM}subtitle", f"{ATOM}generator",
    f"{ATOM}rights", f"{ATOM}icon", f"{ATOM}logo",
}  # fmt: skip
_FIELDS = {
    "title": "title", "link": "link", "language": "language", "ttl": "ttl", f"{ATOM}title": "title",
    f"{_SYNDICATION}updatePeriod": "sy_updateperiod", f"{_SYNDICATION}updateFrequency": "sy_updatefrequency",
}  # fmt: skip
_PICTURE = {"url", "title", "link", "width", "height", "description"}
_OLD_SPACES = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")


def plain_head(root: etree._Element, head: etree._Element, item_tag: str) -> tuple[str, Head] | None:
    """Return the version and the fields that feedparser would give of a channel or feed; None: ask it."""
    try:
        if head is not root:
            check(head)
        if any(uri.lower() in _OLD_SPACES for uri in root.nsmap.values()):
            return None
        return ("rss20" if root.tag == "rss" else "atom10"), _fields(root, head, item_tag)
    except NotPlainError:
        return None


def _fields(root: etree._Element, head: etree._Element, item_tag: str) -> Head:
    links: list[dict[str, str]] = []
    found: Head = {"links": links}
    unread: set[str] = set()
    for child in head:
        tag = str(child.tag)
        if tag == item_tag:
            continue
        name = _FIELDS.get(tag, "")
        if name:
            check(child, ("type",) if tag.startswith(ATOM) else ())
            if name in found or len(child) or child.get("type", "text").lower() not in ("text", "html"):
                raise NotPlainError
            found[name] = mendless((child.text or "").strip())
        elif tag == f"{ATOM}link":
            links.append(_link(child))
        elif tag == "image":
            _check_picture(child)
        elif tag not in _UNREAD or tag in unread or len(child):
            raise NotPlainError
        unread.add(tag)
    _set_link(root, head, found, links)
    if language := language_of(root):
        found.setdefault("language", language)
    return found


def _link(link: etree._Element) -> dict[str, str]:
    href = link.get("href")
    if not href or ":///" in href or len(link) or (link.text or "").strip():
        raise NotPlainError
    return {
        "rel": link.get("rel", "alternate").lower(), "type": link.get("type", "text/html").lower(), "href": href
    }  # fmt: skip


def _set_link(root: etree._Element, head: etree._Element, found: Head, links: list[dict[str, str]]) -> None:
    """Set the site's address: of RSS its link, of Atom its last alternate page, else its id."""
    pages = [one["href"] for one in links if one["rel"] == "alternate" and one["type"] == "text/html"]
    if root.tag == "rss":
        link = str(found.get("link", ""))
        if pages or ":///" in link or "&" in link:
            raise NotPlainError
    elif pages:
        found["link"] = pages[-1]
    elif identifier := (head.findtext(f"{ATOM}id") or "").strip():
        if ":///" in identifier:
            raise NotPlainError
        found["link"] = mendless(identifier)


def _check_picture(image: etree._Element) -> None:
    check(image)
    for child in image:
        check(child)
        if child.tag not in _PICTURE or len(child):
            raise NotPlainError
