"""Addresses: made absolute for links, and reduced to a compared form that tells whether two links are one article."""

import re
import unicodedata
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urljoin, urlsplit

from publicsuffixlist import PublicSuffixList
from yarl import URL

MAX_URL_CHARS = 2048
MAX_SLUG_CHARS = 60

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Most addresses need no rewriting: these, and those from the root of their host, are what they mean.
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,20}"
    r"(?:/(?!\.)(?:[\w~!:,;@=*+-]|[/.](?!\.))*(?:\?[\w.~&=-]+)?)?",
    re.ASCII,
)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_.])?")
_NUMBER_LAST = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$")
_BEFORE_QUERY = re.compile(r"[^?#]*")
_PORTS = {"http": 80, "https": 443}
_MOBILE = ("www.", "m.", "mobile.", "amp.", "wap.")
_TAIL = re.compile(r"/(?:amp|index\.html|index\.php)?$", re.IGNORECASE)
_AMP_CACHE = re.compile(r"/(?:c|i|r|v|wp)/(?:s/)?([^/]+\.[^/]+.*)$")
_AMP_VIEWER = re.compile(r"/amp/(?:s/)?([^/]+\.[^/]+.*)$")
_TRACKING = frozenset({
    "fbclid", "gclid", "dclid", "yclid", "msclkid", "igshid", "mc_cid", "mc_eid", "cmpid", "ncid", "ocid", "spm",
    "outputtype", "output", "single", "share", "via", "source", "src", "from", "rss",
})  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "amp", "ref")


@lru_cache(maxsize=1024)  # one link is looked at several times while an item is read
def resolve(base: str, href: str) -> str:
    """Return the absolute http(s) address that `href` means at `base`, "" for none, or one over 2,048 characters.

    Control characters go and backslashes are slashes, as in a browser; credentials go too. The host is in ASCII
    (xn--), the rest percent-encoded.
    """
    cleaned = _CONTROLS.sub("", href).strip()
    if not cleaned or len(cleaned) > MAX_URL_CHARS:
        return ""
    if "\\" in cleaned:
        cleaned = _BEFORE_QUERY.sub(lambda found: found[0].replace("\\", "/"), cleaned, count=1)
    if cleaned.startswith("//"):
        cleaned = "//" + cleaned.lstrip("/")
    elif cleaned[0] == "/" and (origin := _origin(base)):
        cleaned = origin + cleaned
    if _PLAIN.fullmatch(cleaned):
        return cleaned if len(cleaned) <= MAX_URL_CHARS else ""
    try:
        url = URL(cleaned if cleaned.startswith(("https://", "http://")) else urljoin(base, cleaned))
        if url.scheme not in ("http", "https") or not _is_host(url.raw_host or ""):
            return ""
        if url.raw_user is not None or url.raw_password is not None:
            url = url.with_user(None)
        absolute = str(url)
    except (ValueError, TypeError, IndexError):  # yarl fails in each of these ways on some junk
        return ""
    return absolute if len(absolute) <= MAX_URL_CHARS else ""


def canonical(url: str) -> str:
    """Return the compared form of an address, such as `example.org/a?id=3`, "" for none (STORIES section 2, item 2)."""
    try:
        parts = urlsplit(_unwrapped(url.strip()))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    host = _bare_host(host)
    if port not in (None, _PORTS.get(parts.scheme)):
        host = f"{host}:{port}"
    pairs = sorted(filter(_is_kept, parts.query.replace("&amp;", "&").split("&")))
    return host + _bare_path(parts.path) + ("?" + "&".join(pairs) if pairs else "")


def host_of(url: str) -> str:
    """Return the host of an address in lower case, without its port, "" for none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Return what somebody registered of a host (`kompas.com`), the host itself for an IP address or a suffix."""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    return _suffixes().privatesuffix(host) or host


def slugify(text: str) -> str:
    """Return the words of a text in ASCII lower case, joined by "-", 60 characters at most, "berita" without any."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(slug) > MAX_SLUG_CHARS:
        slug = slug[: MAX_SLUG_CHARS + 1].rpartition("-")[0] or slug[:MAX_SLUG_CHARS]
    return slug or "berita"


def _is_host(host: str) -> bool:
    """Return whether this is a name or an address in its usual spelling; raises ValueError for some that are not."""
    if ":" in host:
        return bool(IPv6Address(host))
    if _NUMBER_LAST.search(host):
        return bool(IPv4Address(host))
    return _HOST.fullmatch(host) is not None


@lru_cache(maxsize=256)
def _origin(base: str) -> str:
    try:
        return str(URL(base).origin())
    except ValueError:
        return ""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _unwrapped(url: str) -> str:
    """Return the publisher's address when this one is an AMP cache's or viewer's copy of it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    found = None
    if host.endswith(".cdn.ampproject.org"):
        found = _AMP_CACHE.match(parts.path)
    elif registrable_domain(host).partition(".")[0] in ("google", "bing"):
        found = _AMP_VIEWER.match(parts.path)
    if not found:
        return url
    return f"https://{found[1]}" + (f"?{parts.query}" if parts.query else "")


@lru_cache(maxsize=4096)
def _bare_host(host: str) -> str:
    host = host.rstrip(".")
    for prefix in _MOBILE * 2:
        rest = host.removeprefix(prefix)
        if rest != host and _suffixes().privatesuffix(rest):
            host = rest
    return host


def _bare_path(path: str) -> str:
    while (shorter := _TAIL.sub("", path)) != path:
        path = shorter
    return path


def _is_kept(pair: str) -> bool:
    key, _, value = pair.partition("=")
    key = key.lower()
    if not key or key in _TRACKING or key.startswith(_TRACKING_PREFIXES):
        return False
    return not (key == "page" and value in ("all", "1"))
