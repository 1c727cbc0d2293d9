"""A loopback server whose every byte a test decides, names without DNS, and no way out of this machine."""

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.fetch.client import Client
from aggregator.model.answer import Answer
from aggregator.model.settings import FetchConfig

Serve = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Loopback:
    """A server on 127.0.0.1: `serve` gets each request head and writes what it likes; True keeps the connection."""

    def __init__(self, serve: Serve | bytes, *, keep: bool = False, tls: ssl.SSLContext | None = None) -> None:
        self._serve, self._keep, self._tls = serve, keep, tls
        self._tasks: set[asyncio.Task[Any]] = set()
        self.heads: list[bytes] = []
        self.at: list[float] = []
        self.n_connections = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self.origin = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def paths(self) -> list[str]:
        return [head.split()[1].decode() for head in self.heads]

    def header(self, n: int, name: str) -> list[bytes]:
        """Return the values of a header of the n-th request, as bytes."""
        lines = self.heads[n].split(b"\r\n")[1:]
        return [line.partition(b": ")[2] for line in lines if line.lower().startswith(name.lower().encode() + b":")]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.n_connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                self.at.append(time.monotonic())
                if isinstance(self._serve, bytes):
                    writer.write(self._serve)
                else:
                    await self._serve(head, writer)
                await writer.drain()
                if not self._keep:
                    return
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self._tasks.discard(task)
            writer.close()


class Hosts(AbstractResolver):
    """A resolver over a function from a name to its addresses, or to the failure of the look-up."""

    def __init__(self, answer: Callable[[str], list[str]]) -> None:
        self._answer = answer
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_UNSPEC) -> list[ResolveResult]:
        self.asked.append(host)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self._answer(host)
        ]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def loopback() -> type[Loopback]:
    return Loopback


@pytest.fixture
def hosts() -> type[Hosts]:
    return Hosts


@pytest.fixture
def no_names() -> Hosts:
    """Return a resolver for tests in which nothing is looked up."""

    def answer(host: str) -> list[str]:
        raise AssertionError(f"{host} was looked up")

    return Hosts(answer)


@pytest.fixture
def config() -> Callable[..., FetchConfig]:
    """Return a function that makes settings without a gap and with short deadlines."""

    def make(*origins: str, **changes: Any) -> FetchConfig:
        quick = {"host_gap_s": 0.0, "connect_s": 1.0, "first_byte_s": 1.0, "total_s": 3.0}
        return FetchConfig("Kabar/0 (+https://kabar.example/)", origins, **{**quick, **changes})

    return make


@pytest.fixture
def ask(config: Callable[..., FetchConfig], no_names: Hosts) -> Callable[..., Answer]:
    """Return a function that gives one server one request for `path`, the server's origin being allowed."""

    def run(serve: Serve | bytes, path: str = "/", **changes: Any) -> Answer:
        async def once() -> Answer:
            async with (
                Loopback(serve) as server,
                Client(config(server.origin, **changes), no_names) as client,
            ):
                return await client.get(server.origin + path)

        return asyncio.run(once())

    return run


@pytest.fixture(autouse=True)
def outward(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Let every connection outside loopback fail as on a machine without a network; return those that were tried."""
    tried: list[tuple[str, float]] = []
    connect = socket.socket.connect

    def connect_or_fail(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
            tried.append((address[0], time.monotonic()))
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_or_fail)
    return tried
