"""Addresses of host names, kept for a minute. Nothing of this is trusted: each connection is checked again."""

import asyncio
import socket
from collections.abc import Callable
from ipaddress import ip_address

import aiodns.error
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import AsyncResolver, ThreadedResolver

from aggregator.errors import NetworkError

KEPT_S = 60.0
MAX_KEPT = 10_000
_NOT_FOUND = {
    aiodns.error.ARES_ENOTFOUND,
    aiodns.error.ARES_ENODATA,
    aiodns.error.ARES_ENONAME,
    aiodns.error.ARES_EBADNAME,
}
_NOT_FOUND_GAI = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def default_resolver() -> AbstractResolver:
    """Return a resolver that needs no threads, or the system's where c-ares does not run on this event loop."""
    try:
        return AsyncResolver()
    except (RuntimeError, OSError, aiodns.error.DNSError):
        return ThreadedResolver()


class Names:
    """The addresses behind names."""

    def __init__(self, resolver: AbstractResolver, clock: Callable[[], float], timeout_s: float) -> None:
        self._resolver, self._clock, self._timeout_s = resolver, clock, timeout_s
        self._kept: dict[str, tuple[float, tuple[str, ...]]] = {}

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a host, IPv4 first, each family in the order of the answer; a literal is itself.

        IPv4 comes first because a feed's server that has no IPv4 is rarer than a machine with broken IPv6.
        Raises NetworkError dns_not_found when the name does not exist, dns_failed when nobody could say.
        """
        try:
            return (str(ip_address(host)),)
        except ValueError:
            pass
        kept = self._kept.get(host)
        if kept is not None and kept[0] > self._clock():
            return kept[1]
        found = await self._ask(host, port)
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[host] = (self._clock() + KEPT_S, found)
        return found

    async def _ask(self, host: str, port: int) -> tuple[str, ...]:
        try:
            async with asyncio.timeout(self._timeout_s):
                answers = await self._resolver.resolve(host, port, family=socket.AF_UNSPEC)
        except (OSError, UnicodeError) as error:  # TimeoutError is an OSError; an impossible label is a UnicodeError
            kind = "dns_not_found" if _says_not_found(error) else "dns_failed"
            raise NetworkError(kind, host=host[:200]) from error
        addresses = dict.fromkeys(answer["host"] for answer in answers)
        if not addresses:
            raise NetworkError("dns_not_found", host=host[:200])
        return tuple(sorted(addresses, key=lambda address: ":" in address))


def _says_not_found(error: BaseException) -> bool:
    if isinstance(error, socket.gaierror):
        return error.errno in _NOT_FOUND_GAI
    cause = error.__cause__
    if isinstance(cause, aiodns.error.DNSError):
        return bool(cause.args) and cause.args[0] in _NOT_FOUND
    return isinstance(error, UnicodeError)
