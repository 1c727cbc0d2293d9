"""Which addresses and URLs we never connect to. Pure; asked again about the address that a socket is opened for."""

import re
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from yarl import URL

from aggregator.model.reason import Reason

MAX_URL_CHARS = 8192

# The IANA special-purpose registries, by name, so that a reason says which rule it was. Python's own `is_global`
# differs between releases; it is only asked last.
_IPV4_RULES = tuple(
    (IPv4Network(network), rule)
    for network, rule in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "cgnat"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link_local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "six_to_four"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmark"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_IPV6_RULES = tuple(
    (IPv6Network(network), rule)
    for network, rule in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "ipv4_compatible"),
        ("::ffff:0:0/96", "ipv4_mapped"),
        ("::ffff:0:0:0/96", "ipv4_translated"),
        ("64:ff9b::/96", "nat64"),
        ("64:ff9b:1::/48", "nat64"),
        ("100::/48", "discard"),
        ("2001::/32", "teredo"),
        ("2001:2::/48", "benchmark"),
        ("2001::/23", "protocol"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "six_to_four"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment_routing"),
        ("fc00::/7", "unique_local"),
        ("fe80::/10", "link_local"),
        ("fec0::/10", "site_local"),
        ("ff00::/8", "multicast"),
    )
)
_IPV6_GLOBAL = IPv6Network("2000::/3")  # all that IANA has ever given out
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\%]")  # read differently by different URL parsers
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def refusal(address: str | IPv4Address | IPv6Address) -> Reason | None:
    """Return why an address is not one of the public Internet, or None.

    An address that embeds another (IPv4-mapped, NAT64, 6to4, Teredo) is refused whatever it embeds.
    """
    try:
        parsed = ip_address(address) if isinstance(address, str) else address
    except ValueError:
        return Reason("address_not_allowed", {"address": str(address)[:100], "rule": "not_an_address"})
    rule = _rule(parsed)
    return None if rule is None else Reason("address_not_allowed", {"address": str(parsed), "rule": rule})


def _rule(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv4Address):
        for network4, rule in _IPV4_RULES:
            if address in network4:
                return rule
    else:
        for network6, rule in _IPV6_RULES:
            if address in network6:
                return rule
        if address not in _IPV6_GLOBAL:
            return "reserved"
    return "not_global" if address.is_multicast or not address.is_global else None


def url_refusal(url: str) -> Reason | None:
    """Return why a URL is never asked, before any name is looked up, or None.

    Kinds: scheme_not_allowed; bad_url; address_not_allowed for credentials, for a host that is a refused address in
    any notation (decimal, octal, hexadecimal, short: RFC 3986 section 7.4), and for one that parsers read differently.
    """
    scheme = _SCHEME.match(url)
    if scheme is not None and scheme[1].lower() not in ("http", "https"):
        return Reason("scheme_not_allowed", {"scheme": scheme[1].lower()[:40]})
    authority = _AUTHORITY.match(url)
    if authority is None or len(url) > MAX_URL_CHARS:
        return _bad_url(url)
    if _AMBIGUOUS.search(authority[1]):
        return Reason("address_not_allowed", {"address": authority[1][:100], "rule": "ambiguous_host"})
    if "@" in authority[1]:
        return Reason("address_not_allowed", {"address": authority[1].rpartition("@")[2][:100], "rule": "credentials"})
    try:
        host = URL(url).raw_host  # the form that is looked up and connected to, IDNA mapping done
    except ValueError:
        return _bad_url(url)
    if not host or not host.strip("."):
        return _bad_url(url)
    return _bracketed_refusal(url, host) if authority[1].startswith("[") else _host_refusal(url, host)


def allowed_origin(url: str, allow_origins: Iterable[str]) -> bool:
    """Tell whether a URL's scheme, host and port are exactly those of one of the exceptions.

    A name is not its address, and one spelling of an address is not another: the exception http://127.0.0.1:8765
    covers neither http://localhost:8765 nor http://2130706433:8765.
    """
    wanted = origin(url)
    return wanted is not None and any(origin(allowed) == wanted for allowed in allow_origins)


def origin(url: str) -> str | None:
    """Return scheme://host:port in lower case, the default port written out, or None for a URL that has none."""
    authority = _AUTHORITY.match(url)
    if authority is None or len(url) > MAX_URL_CHARS or "@" in authority[1] or _AMBIGUOUS.search(authority[1]):
        return None
    try:
        parsed = URL(url)
        return (
            f"{parsed.scheme}://{parsed.host_subcomponent}:{parsed.port}" if parsed.raw_host and parsed.port else None
        )
    except ValueError:
        return None


def _bad_url(url: str) -> Reason:
    return Reason("bad_url", {"url": url[:200]})


def _bracketed_refusal(url: str, host: str) -> Reason | None:
    try:
        return refusal(IPv6Address(host))
    except AddressValueError:
        return _bad_url(url)


def _host_refusal(url: str, host: str) -> Reason | None:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(
        ".localhost"
    ):  # loopback by definition, whatever a resolver says (RFC 6761)
        return Reason("address_not_allowed", {"address": name[:100], "rule": "loopback"})
    if not _NUMBER.fullmatch(name.rpartition(".")[2]):
        return None
    address = _legacy_ipv4(name)
    if address is None:
        return _bad_url(url)
    if refused := refusal(address):
        return refused
    canonical = host == str(address)
    return None if canonical else Reason("address_not_allowed", {"address": host[:100], "rule": "ambiguous_host"})


def _legacy_ipv4(name: str) -> IPv4Address | None:
    """Return the address that inet_aton reads: one to four numbers, each decimal, octal or hexadecimal."""
    parts = name.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        return None
    return IPv4Address(sum(number << 8 * (3 - place) for place, number in enumerate(leading)) + last)


def _number(part: str) -> int:
    if len(part) > 40:
        raise ValueError("longer than any number of an address")
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") else 10)
