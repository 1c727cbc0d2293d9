"""What a client library's exception means: one of our stable kinds."""

import errno
from collections.abc import Iterator

import aiohttp
from aiohttp.http_exceptions import LineTooLong

from aggregator.errors import FeedError, HostileError, NetworkError
from aggregator.model.settings import FetchConfig

_RESET = {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED}
_CONNECT_KINDS = {errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "connect_timeout", **dict.fromkeys(_RESET, "reset")}


def feed_error(error: Exception, config: FetchConfig) -> FeedError:
    """Return the FeedError for what went wrong between connecting and the last byte."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return NetworkError("connect_timeout", after_s=config.connect_s)
    if isinstance(error, aiohttp.ServerTimeoutError):
        return NetworkError("first_byte_timeout", after_s=config.first_byte_s)
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError)):
        return NetworkError("tls", detail=_detail(_inner(error)))
    if isinstance(error, aiohttp.ClientConnectorError):
        return NetworkError(_CONNECT_KINDS.get(error.errno or 0, "unreachable"), detail=_detail(error.os_error))
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return NetworkError("cut")
    if isinstance(error, ValueError):  # a name that can't be one: too long a label, not IDNA
        return NetworkError("bad_url", detail=_detail(error))
    if isinstance(error, OSError):
        return NetworkError("reset" if error.errno in _RESET else "cut", detail=_detail(error))
    if isinstance(error, aiohttp.ClientPayloadError):
        return _body_error(error)
    return _head_error(error, config)


def _body_error(error: aiohttp.ClientPayloadError) -> NetworkError:
    causes = list(_causes(error))
    if any(isinstance(cause, ConnectionResetError) for cause in causes) or "ConnectionResetError" in str(error):
        return NetworkError("reset")
    if "Not enough data" in str(error) or "not completed" in str(error):
        return NetworkError("cut")
    return _bad_http(causes[-1])


def _head_error(error: Exception, config: FetchConfig) -> FeedError:
    causes = list(_causes(error))
    if any(isinstance(cause, LineTooLong) for cause in causes):
        return HostileError("too_large", what="head", limit=config.max_head_bytes)
    if any("Too many headers" in str(cause) for cause in causes):
        return HostileError("too_many_headers", limit=config.max_headers)
    return _bad_http(causes[-1])


def _bad_http(error: BaseException) -> NetworkError:
    message, _, _ = str(getattr(error, "message", error)).partition("\n")  # the lines below quote the server
    return NetworkError("bad_http", detail=message.rstrip(":")[:200])


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__


def _inner(error: aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError) -> Exception:
    return error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error.os_error


def _detail(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
