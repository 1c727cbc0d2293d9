"""The HTTP client: one request and its redirects within one deadline, each hop checked, limited and counted."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from aggregator.clock import monotonic_s
from aggregator.errors import AddressNotAllowedError, FeedError, NetworkError
from aggregator.fetch import guard
from aggregator.fetch.failures import feed_error
from aggregator.fetch.limits import Lane, Limits
from aggregator.fetch.names import Names, default_resolver
from aggregator.fetch.response import Got, read
from aggregator.fetch.transport import DIAL, Dial, StaleError, session
from aggregator.fetch.unpack import ACCEPT_ENCODING
from aggregator.model.answer import Answer, Redirect
from aggregator.model.feed import Validators
from aggregator.model.reason import Reason
from aggregator.model.settings import FetchConfig

FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
NO_VALIDATORS = Validators()
_UNSENDABLE = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_MAX_STALE = 3  # kept connections in a row that turn out to be closed, before that is a failure
_NEXT_ADDRESS_AFTER = frozenset({"refused", "unreachable", "reset"})


@dataclass(slots=True)
class _Trip:
    """One call of `get`: the way so far, and the time that is left for it."""

    clock: Callable[[], float]
    total_s: float
    left_s: float
    redirects: list[Redirect] = field(default_factory=list)

    @asynccontextmanager
    async def timed(self) -> AsyncIterator[None]:
        """Count the time spent inside. Raises NetworkError total_timeout when none is left."""
        started = self.clock()
        try:
            async with asyncio.timeout(self.left_s):
                yield
        except TimeoutError as error:
            raise NetworkError("total_timeout", after_s=self.total_s) from error
        finally:
            self.left_s -= self.clock() - started

    @property
    def ms(self) -> int:
        return round((self.total_s - self.left_s) * 1000)


@dataclass(frozen=True, slots=True)
class _Hop:
    """One URL of the way, checked; `allowed` when its origin is an exception from the address rule."""

    url: URL
    origin: str
    allowed: bool
    headers: Mapping[str, str]


class Client:
    """Asks servers. One for a process, used as `async with Client(...) as client`."""

    def __init__(
        self,
        config: FetchConfig,
        resolver: AbstractResolver | None = None,
        clock: Callable[[], float] = monotonic_s,
    ) -> None:
        self._config, self._clock, self._given_resolver = config, clock, resolver
        self._limits = Limits(config, clock=clock)
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=config.connect_s, sock_read=config.first_byte_s)

    async def __aenter__(self) -> Self:
        self._resolver = self._given_resolver or default_resolver()
        self._names = Names(self._resolver, self._clock, self._config.connect_s)
        self._session = session(self._config)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        if self._given_resolver is None:
            await self._resolver.close()

    async def get(self, url: str, *, validators: Validators = NO_VALIDATORS, accept: str = FEED_ACCEPT) -> Answer:
        """Return the answer to a GET, redirects followed, whatever its status; the body is whole for a 2xx only.

        The validators go to `url` alone, for a validator belongs to one URL: a redirect's target is asked
        unconditionally, and the validators of an answer that came by redirects are not those of `url`.
        The deadline total_s covers names, connections, redirects and body, `ms` the same; waiting for the limits of
        a host is in neither. Raises AddressNotAllowedError (address_not_allowed, scheme_not_allowed), HostileError
        (too_large, too_many_headers) and NetworkError (all other kinds).
        """
        trip = _Trip(self._clock, self._config.total_s, self._config.total_s)
        hop = self._checked(url, self._headers(accept, validators))
        seen = {hop.url}
        while (got := await self._ask(hop, trip)).location:
            target = _target(hop.url, got.location)
            hop = self._checked(target, self._headers(accept, NO_VALIDATORS))
            if hop.url in seen:
                raise NetworkError("redirect_loop", url=target[:200])
            if len(trip.redirects) == self._config.max_redirects:
                raise NetworkError("too_many_redirects", limit=self._config.max_redirects)
            seen.add(hop.url)
            trip.redirects.append(Redirect(got.status, target))
        final_url = trip.redirects[-1].url if trip.redirects else url
        return Answer(
            url, final_url, got.status, got.headers, got.body, trip.ms, got.n_wire_bytes, tuple(trip.redirects)
        )

    def allows(self, url: str) -> bool:
        """Return whether a URL's origin is an exception from the address rule."""
        return guard.allowed_origin(url, self._config.allow_origins)

    def _headers(self, accept: str, validators: Validators) -> dict[str, str]:
        headers = {"User-Agent": self._config.user_agent, "Accept": accept, "Accept-Encoding": ACCEPT_ENCODING}
        if etag := _sendable(validators.etag):
            headers["If-None-Match"] = etag
        if last_modified := _sendable(validators.last_modified):
            headers["If-Modified-Since"] = last_modified
        if etag or last_modified:
            headers["A-IM"] = "feed"  # a part only means something to those who hold the rest (RFC 3229)
        return headers

    def _checked(self, url: str, headers: Mapping[str, str]) -> _Hop:
        allowed = guard.allowed_origin(url, self._config.allow_origins)
        if not allowed and (refused := guard.url_refusal(url)):
            raise _refused(refused)
        origin = guard.origin(url)
        if origin is None:
            raise NetworkError("bad_url", url=url[:200])
        return _Hop(URL(url).with_fragment(None), origin, allowed, headers)

    async def _ask(self, hop: _Hop, trip: _Trip) -> Got:
        """Return the answer of one hop, asking at a second address when the first is down."""
        async with self._limits.lane(hop.origin) as host:
            addresses = await self._addresses(hop, trip)
            n_stale = 0
            while True:
                try:
                    return await self._ask_at(addresses[0], hop, trip, host)
                except StaleError as error:
                    n_stale += 1
                    if n_stale == _MAX_STALE:
                        raise NetworkError("reset") from error
                except NetworkError as error:
                    if error.reason.kind not in _NEXT_ADDRESS_AFTER or len(addresses) == 1:
                        raise
                    addresses = addresses[1:]

    async def _addresses(self, hop: _Hop, trip: _Trip) -> list[str]:
        """Return one or two addresses to try. The refused ones end here, before anybody waits for their turn."""
        async with trip.timed():
            found = await self._names.addresses(str(hop.url.raw_host), hop.url.port or 0)
        if hop.allowed:
            return list(found[:2])
        refusals = [guard.refusal(address) for address in found]
        if all(refusals) and refusals[0]:
            raise _refused(refusals[0])
        return [address for address, refused in zip(found, refusals, strict=True) if refused is None][:2]

    async def _ask_at(self, address: str, hop: _Hop, trip: _Trip, host: Lane) -> Got:
        if hop.allowed:  # the limit per address is not for the exceptions
            return await self._send(Dial(address, allowed=True), hop, trip, [host])
        async with self._limits.lane(address) as lane:
            return await self._send(Dial(address), hop, trip, [host, lane])

    async def _send(self, dial: Dial, hop: _Hop, trip: _Trip, lanes: list[Lane]) -> Got:
        async with self._limits.start(*lanes), trip.timed():
            token = DIAL.set(dial)
            try:
                async with self._session.get(
                    hop.url, headers=hop.headers, allow_redirects=False, timeout=self._timeout
                ) as response:
                    return await read(response, self._config)
            except (aiohttp.ClientError, ValueError) as error:
                raise feed_error(error, self._config) from error
            finally:
                DIAL.reset(token)


def _refused(reason: Reason) -> FeedError:
    kind = NetworkError if reason.kind == "bad_url" else AddressNotAllowedError
    return kind(reason.kind, **reason.parts)


def _sendable(validator: str | None) -> str:
    """Return a validator if it can go into a header byte for byte, else ""."""
    return validator if validator and not _UNSENDABLE.search(validator) else ""


def _target(base: URL, location: str) -> str:
    """Return a Location as an absolute URL without fragment; one that can't be read comes back as it is."""
    try:
        return str(base.join(URL(location)).with_fragment(None))
    except ValueError:
        return location
