"""Visitors of a site on loopback: several at once for a rate, or one at a time for the time that an answer takes."""

import asyncio
import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass

N_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Rate:
    """Answers a second, all of the status that was expected."""

    per_s: float
    status: int


def rate(port: int, path: str, headers: Mapping[str, str], seconds: float) -> Rate:
    """Return how many answers a second eight visitors get who ask for one path over kept connections.

    Raises RuntimeError when answers differ in their status.
    """
    return asyncio.run(_rate(port, path, headers, seconds))


def ask(port: int, path: str, headers: Mapping[str, str]) -> tuple[float, http.client.HTTPResponse]:
    """Return the milliseconds that one answer took on a new connection, and the answer, read whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    began = time.perf_counter()
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    answer.read()
    took_ms = (time.perf_counter() - began) * 1000
    connection.close()
    return took_ms, answer


class _Visitor(asyncio.Protocol):
    """Asks again as soon as it is answered. Cheap on purpose: it shares the machine with the site."""

    def __init__(self, request: bytes, statuses: dict[int, int]) -> None:
        self._request, self._statuses = request, statuses
        self._buffer, self._left = b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._left:
            self._left -= len(data)
        else:
            self._buffer += data
            head, end, body = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._buffer = b""
            status = int(head[9:12])
            self._statuses[status] = self._statuses.get(status, 0) + 1
            self._left = _length(head, status) - len(body)
        if self._left <= 0:
            self._left = 0
            self._transport.write(self._request)


def _length(head: bytes, status: int) -> int:
    if status == 304:
        return 0
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise RuntimeError("an answer without Content-Length")
    return int(rest.split(b"\r\n", 1)[0])


async def _rate(port: int, path: str, headers: Mapping[str, str], seconds: float) -> Rate:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    request = "\r\n".join([*lines, "", ""]).encode()
    statuses: dict[int, int] = {}
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: _Visitor(request, statuses), "127.0.0.1", port) for _ in range(N_AT_ONCE)
    ]
    statuses.clear()
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    took_s = time.perf_counter() - began
    answered = dict(statuses)
    for transport, _ in opened:
        transport.abort()
    if len(answered) != 1:
        raise RuntimeError(f"{path}: answers differ: {answered}")
    ((status, n_answers),) = answered.items()
    return Rate(n_answers / took_s, status)
