"""The connections under the client: each address checked as its socket is opened, no name looked up twice."""

import socket
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler

from aggregator.errors import AddressNotAllowedError
from aggregator.fetch import guard
from aggregator.fetch.failures import feed_error
from aggregator.model.settings import FetchConfig


@dataclass(slots=True)
class Dial:
    """What the connection of one request may do: the address it goes to, and whether any address is allowed."""

    address: str = ""
    allowed: bool = False
    opened: bool = False  # a socket was opened; else the request went out on a kept connection


_BODILESS = (b" 204 ", b" 304 ")  # as they stand in a status line
DIAL: ContextVar[Dial] = ContextVar("DIAL")  # of the request that this task makes


class StaleError(Exception):
    """The server had closed a kept connection: nobody's failure, ask again."""


def session(config: FetchConfig) -> aiohttp.ClientSession:
    """Return a session that keeps connections but no cookies, and follows, repeats and unpacks nothing by itself."""
    return aiohttp.ClientSession(
        connector=_Connector(
            limit=0, use_dns_cache=False, resolver=_Pinned(), socket_factory=open_socket, happy_eyeballs_delay=None
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        request_class=_FreshRequest,
        middlewares=(_once(config),),
        max_line_size=config.max_head_bytes,
        max_field_size=config.max_head_bytes,
        max_headers=config.max_headers,
    )


def open_socket(info: tuple[Any, ...]) -> socket.socket:
    """Return a socket for the address that is about to be connected to: the check that every connection passes.

    Raises AddressNotAllowedError before the socket exists. As it is no OSError, nothing on the way takes it for a
    failed connection and goes on to another address.
    """
    family, kind, protocol, _, address = info
    dial = DIAL.get(None) or Dial()
    if not dial.allowed and (refused := guard.refusal(address[0])):
        raise AddressNotAllowedError(refused.kind, **refused.parts)
    dial.opened = True
    return socket.socket(family, kind, protocol)


class _Pinned(AbstractResolver):
    """Answers with the address that the running request was given: its limits hold for that one."""

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_UNSPEC) -> list[ResolveResult]:
        address = DIAL.get().address
        return [ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Do nothing: nothing is open."""


class _Connection(ResponseHandler):
    """Ignores a body where there is none by definition, as some servers send one with a 304.

    The library takes it for a second, broken answer, and loses the first with it when both came in one packet.
    """

    def data_received(self, data: bytes) -> None:
        if data[8:13] in _BODILESS and data.startswith(b"HTTP/1.") and not self.should_close:
            head, end, body = data.partition(b"\r\n\r\n")
            if body:
                data = head + end
                self.force_close()
        super().data_received(data)

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """Break off the body too: the library tells only who waits for a head, and a body under way waits on."""
        super().set_exception(exc, *cause)
        body = self._payload
        if body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError("the body is not valid HTTP"))


class _Connector(aiohttp.TCPConnector):
    """Opens connections of our kind; the library has no public way to say so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        kind: type[ResponseHandler] = _Connection
        self._factory = partial(kind, loop=self._loop)


class _FreshRequest(aiohttp.ClientRequest):
    """Never sent on a kept connection where bytes already wait: they would be taken for this request's answer."""

    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        if conn.protocol.should_close:
            raise aiohttp.ServerDisconnectedError
        return await super().send(conn)


def _once(config: FetchConfig) -> aiohttp.ClientMiddlewareType:
    """Return a middleware that lets no request be repeated outside our limits, as the library does by itself."""

    async def once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        try:
            return await send(request)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            raise (feed_error(error, config) if DIAL.get().opened else StaleError()) from error

    return once
