"""The check at connect time: no private address is ever reached, whatever names, redirects and resolvers say."""

import asyncio
import itertools
import socket
from typing import Any

import pytest

from aggregator.errors import AddressNotAllowedError, FeedError, NetworkError
from aggregator.fetch.client import Client
from aggregator.fetch.transport import DIAL, Dial, open_socket, session

PUBLIC = "93.184.215.14"
FEED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>"
Make = Any


async def kinds(client: Client, *urls: str) -> list[str]:
    async def one(url: str) -> str:
        try:
            return str((await client.get(url)).status)
        except FeedError as error:
            return error.reason.kind

    return list(await asyncio.gather(*map(one, urls)))


def test_a_name_that_changes_its_answer_never_leads_inside(
    loopback: Make, hosts: Make, config: Make, outward: list[tuple[str, float]]
) -> None:
    """A thousand names, each public at the first look-up and private at the next, asked twice each."""
    asked: dict[str, int] = {}

    def answer(host: str) -> list[str]:
        asked[host] = asked.get(host, 0) + 1
        return [PUBLIC] if asked[host] % 2 else ["127.0.0.1"]

    async def run() -> tuple[int, list[str]]:
        async with loopback(FEED) as server:
            urls = [f"http://h{n}.example:{server.port}/" for n in range(1000)]
            # The second client keeps no answer of the first: it gets the private ones.
            seen: list[str] = []
            for _ in range(2):
                async with Client(config(server.origin), hosts(answer)) as client:
                    seen += await kinds(client, *urls)
            return server.n_connections, seen

    n_connections, seen = asyncio.run(run())
    assert n_connections == 0
    assert seen == ["unreachable"] * 1000 + ["address_not_allowed"] * 1000
    assert {address for address, _ in outward} == {PUBLIC}


def test_of_a_mixed_answer_only_the_public_addresses_are_tried(
    loopback: Make, hosts: Make, config: Make, outward: list[tuple[str, float]]
) -> None:
    answers = {
        "private-first.example": ["127.0.0.1", "::1", PUBLIC, "10.0.0.1"],
        "public-first.example": [PUBLIC, "::ffff:127.0.0.1", "127.0.0.1"],
    }

    async def run() -> tuple[int, list[str]]:
        async with loopback(FEED) as server, Client(config(server.origin), hosts(answers.__getitem__)) as client:
            return server.n_connections, await kinds(client, *(f"http://{name}:{server.port}/" for name in answers))

    assert asyncio.run(run()) == (0, ["unreachable", "unreachable"])
    assert [address for address, _ in outward] == [PUBLIC, PUBLIC]


def test_a_second_public_address_is_asked_when_the_first_is_down(
    hosts: Make, config: Make, outward: list[tuple[str, float]]
) -> None:
    async def run() -> list[str]:
        async with Client(config(), hosts(lambda _: ["2606:4700::1", PUBLIC, "1.1.1.1"])) as client:
            return await kinds(client, "http://a.example/")

    assert asyncio.run(run()) == ["unreachable"]
    assert [address for address, _ in outward] == [PUBLIC, "1.1.1.1"]


def test_an_exception_covers_no_other_name_port_or_spelling(loopback: Make, hosts: Make, config: Make) -> None:
    async def run() -> None:
        async with loopback(FEED, keep=True) as server, loopback(FEED) as canary:
            port = server.port
            async with Client(config(server.origin), hosts(lambda _: ["127.0.0.1"])) as client:
                assert await kinds(client, server.origin + "/") == ["200"]  # and keeps its connection
                refused = await kinds(
                    client,
                    f"http://localhost:{port}/",
                    f"http://evil.example:{port}/",
                    f"https://127.0.0.1:{port}/",
                    f"http://127.0.0.1:{canary.port}/",
                    f"http://2130706433:{port}/",
                    f"http://127.1:{port}/",
                    f"http://[::1]:{port}/",
                    f"http://[::ffff:127.0.0.1]:{port}/",
                    f"http://user@127.0.0.1:{port}/",
                )
            assert set(refused) == {"address_not_allowed"}
            assert (server.n_connections, canary.n_connections) == (1, 0)

    asyncio.run(run())


def test_a_redirect_inside_is_refused_at_its_hop(loopback: Make, hosts: Make, config: Make) -> None:
    async def run() -> None:
        async with loopback(FEED) as canary:

            async def redirect(head: bytes, writer: asyncio.StreamWriter) -> None:
                host = "canary.example" if b" /name " in head else "127.0.0.1"
                writer.write(f"HTTP/1.1 302 Found\r\nLocation: http://{host}:{canary.port}/\r\n\r\n".encode())

            async with (
                loopback(redirect) as server,
                Client(config(server.origin), hosts(lambda _: ["127.0.0.1"])) as client,
            ):
                assert await kinds(client, server.origin + "/name", server.origin + "/address") == [
                    "address_not_allowed",
                    "address_not_allowed",
                ]
            assert canary.n_connections == 0

    asyncio.run(run())


def test_the_reason_names_the_rule(hosts: Make, config: Make) -> None:
    async def run() -> None:
        async with Client(config(), hosts(lambda _: ["10.1.2.3"])) as client:
            await client.get("http://intranet.example/")

    with pytest.raises(AddressNotAllowedError) as error:
        asyncio.run(run())
    assert error.value.reason.parts == {"address": "10.1.2.3", "rule": "private"}


def test_every_connection_of_the_session_is_checked_even_one_that_nobody_checked_before(
    loopback: Make, config: Make
) -> None:
    """The look-up and the URL check stand before it; without them the socket is still not opened."""

    async def run() -> int:
        async with loopback(FEED) as server, session(config(server.origin)) as bare:
            with pytest.raises(AddressNotAllowedError):
                await bare.get(f"http://127.0.0.1:{server.port}/")
            DIAL.set(Dial("127.0.0.1"))
            with pytest.raises(AddressNotAllowedError):
                await bare.get(f"http://a.example:{server.port}/")
            return int(server.n_connections)

    assert asyncio.run(run()) == 0


def test_no_socket_is_opened_for_a_refused_address() -> None:
    with pytest.raises(AddressNotAllowedError):
        open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("169.254.169.254", 80)))
    open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (PUBLIC, 80))).close()


def test_two_names_on_one_address_are_asked_a_gap_apart(
    hosts: Make, config: Make, outward: list[tuple[str, float]]
) -> None:
    async def run() -> None:
        async with Client(config(host_gap_s=0.1), hosts(lambda _: [PUBLIC])) as client:
            await kinds(client, "http://a.example/", "http://b.example/", "http://c.example/")

    asyncio.run(run())
    at = [when for _, when in outward]
    assert min(later - earlier for earlier, later in itertools.pairwise(at)) >= 0.099


def test_environment_proxies_are_ignored(
    monkeypatch: pytest.MonkeyPatch, loopback: Make, hosts: Make, config: Make
) -> None:
    async def run() -> int:
        async with loopback(FEED) as proxy:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.origin)
            async with Client(config(), hosts(lambda _: [PUBLIC])) as client:
                with pytest.raises(NetworkError):
                    await client.get("http://a.example/")
            return int(proxy.n_connections)

    assert asyncio.run(run()) == 0
