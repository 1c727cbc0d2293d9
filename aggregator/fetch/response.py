"""What is read of a response: its head within limits, its body counted packed and unpacked."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from aggregator.errors import FeedError, HostileError, NetworkError
from aggregator.fetch.unpack import Unpacker
from aggregator.model.settings import FetchConfig

MAX_ERROR_BODY_BYTES = 64_000  # of an answer that is no success: enough to recognise a challenge page
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BODILESS = frozenset({204, 205, 304})


@dataclass(frozen=True, slots=True)
class Got:
    """One hop's answer. `location` is the target of a redirect as the server wrote it, "" for every other answer."""

    status: int
    headers: Mapping[str, str]
    location: str = ""
    body: bytes = b""
    n_wire_bytes: int = 0


async def read(response: aiohttp.ClientResponse, config: FetchConfig) -> Got:
    """Return a response: no body of a redirect or 304, all of a 2xx, at most 64 kB of any other.

    Raises HostileError too_large and NetworkError (bad_http, redirect_without_target,
    bad_encoding, cut); a broken body is no error when the status is one.
    """
    _check_head(response, config)
    status, headers = response.status, _headers(response)
    if status in _REDIRECTS:
        location = response.headers.get("Location", "").strip()
        if not location:
            raise NetworkError("redirect_without_target", status=status)
        return Got(status, headers, location)
    if status in _BODILESS:
        return Got(status, headers)
    _stop_first_byte_timer(response)
    if status < 300:
        return await _body(response, headers, config)
    return await _error_body(response, headers)


def _check_head(response: aiohttp.ClientResponse, config: FetchConfig) -> None:
    if not 200 <= response.status <= 599:
        raise NetworkError("bad_http", detail=f"status {response.status}")
    if sum(len(name) + len(value) + 4 for name, value in response.raw_headers) > config.max_head_bytes:
        raise HostileError("too_large", what="head", limit=config.max_head_bytes)


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the values by lower-case name. What is no UTF-8 is read as Latin-1, but left out if it is a validator."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.raw_headers:
        name = raw_name.decode("latin-1").lower()
        try:
            value = raw_value.decode()
        except UnicodeDecodeError:
            if name in ("etag", "last-modified"):  # it couldn't be sent back byte for byte
                continue
            value = raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _stop_first_byte_timer(response: aiohttp.ClientResponse) -> None:
    """Time the body by the total deadline alone; a response that has come in whole holds no connection any more."""
    protocol = response.connection.protocol if response.connection else None
    if protocol is not None:  # not its truth: a protocol is a queue, and an empty one is false
        protocol.read_timeout = None
        protocol.start_timeout()


async def _body(response: aiohttp.ClientResponse, headers: Mapping[str, str], config: FetchConfig) -> Got:
    if (response.content_length or 0) > config.max_wire_bytes:
        raise HostileError("too_large", what="wire", limit=config.max_wire_bytes)
    unpacker = Unpacker(headers.get("content-encoding", ""), config.max_body_bytes)
    n_wire_bytes = 0
    while packed := await response.content.readany():
        n_wire_bytes += len(packed)
        if n_wire_bytes > config.max_wire_bytes:
            raise HostileError("too_large", what="wire", limit=config.max_wire_bytes)
        unpacker.feed(packed)
    return Got(response.status, headers, body=unpacker.finish(), n_wire_bytes=n_wire_bytes)


async def _error_body(response: aiohttp.ClientResponse, headers: Mapping[str, str]) -> Got:
    """Return what can be read of the body; that it is broken is no news, for the status says what we need to know."""
    n_wire_bytes, body = 0, b""
    try:
        unpacker = Unpacker(headers.get("content-encoding", ""), 4 * MAX_ERROR_BODY_BYTES)
        try:
            while n_wire_bytes < MAX_ERROR_BODY_BYTES and (packed := await response.content.readany()):
                unpacker.feed(packed[: MAX_ERROR_BODY_BYTES - n_wire_bytes])
                n_wire_bytes += len(packed)
            unpacker.finish()
        finally:
            body = unpacker.so_far()[:MAX_ERROR_BODY_BYTES]
    except (FeedError, aiohttp.ClientError):
        pass
    return Got(response.status, headers, body=body, n_wire_bytes=n_wire_bytes)
