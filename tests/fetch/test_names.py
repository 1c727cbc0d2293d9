"""Names to addresses: order, memory, and what a failed look-up means."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import aiodns.error
import pytest

from aggregator.errors import NetworkError
from aggregator.fetch.names import KEPT_S, Names

Hosts = Any


def look_up(resolver: Hosts, *names: str, clock: Callable[[], float] = lambda: 0.0) -> list[tuple[str, ...]]:
    async def all_of_them() -> list[tuple[str, ...]]:
        found = Names(resolver, clock, 0.2)
        return [await found.addresses(name, 80) for name in names]

    return asyncio.run(all_of_them())


def test_ipv4_comes_first_and_each_family_keeps_its_order(hosts: Hosts) -> None:
    answer = ["2606:4700::2", "198.51.100.9", "2606:4700::1", "192.0.2.1", "198.51.100.9"]
    (found,) = look_up(hosts(lambda _: answer), "a.example")
    assert found == ("198.51.100.9", "192.0.2.1", "2606:4700::2", "2606:4700::1")


def test_a_literal_is_not_looked_up(no_names: Hosts) -> None:
    assert look_up(no_names, "192.0.2.1", "2606:4700:0:0::1") == [("192.0.2.1",), ("2606:4700::1",)]


def test_an_answer_is_kept_for_a_minute(hosts: Hosts) -> None:
    resolver, now = hosts(lambda _: ["192.0.2.1"]), [0.0]

    async def three_times() -> None:
        found = Names(resolver, lambda: now[0], 0.2)
        for at in (0.0, KEPT_S - 1, KEPT_S + 1):
            now[0] = at
            await found.addresses("a.example", 80)

    asyncio.run(three_times())
    assert resolver.asked == ["a.example", "a.example"]


def dns_error(code: int) -> OSError:
    error = OSError(None, "DNS lookup failed")
    error.__cause__ = aiodns.error.DNSError(code, "as the library says it")
    return error


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (dns_error(aiodns.error.ARES_ENOTFOUND), "dns_not_found"),
        (dns_error(aiodns.error.ARES_ENODATA), "dns_not_found"),
        (dns_error(aiodns.error.ARES_ESERVFAIL), "dns_failed"),
        (dns_error(aiodns.error.ARES_ETIMEOUT), "dns_failed"),
        (dns_error(aiodns.error.ARES_ECONNREFUSED), "dns_failed"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "dns_not_found"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "dns_failed"),
        (UnicodeError("label too long"), "dns_not_found"),
        (TimeoutError(), "dns_failed"),
    ],
)
def test_a_missing_name_and_a_silent_resolver_are_told_apart(hosts: Hosts, failure: Exception, kind: str) -> None:
    def fail(_: str) -> list[str]:
        raise failure

    with pytest.raises(NetworkError) as error:
        look_up(hosts(fail), "a.example")
    assert error.value.reason.kind == kind
    assert error.value.reason.parts["host"] == "a.example"


def test_a_name_without_addresses_is_not_found(hosts: Hosts) -> None:
    with pytest.raises(NetworkError) as error:
        look_up(hosts(lambda _: []), "a.example")
    assert error.value.reason.kind == "dns_not_found"


def test_a_look_up_that_never_ends_is_ended(hosts: Hosts) -> None:
    class Silent(hosts):  # type: ignore[misc]
        async def resolve(self, *_: Any, **__: Any) -> list[Any]:
            await asyncio.sleep(60)
            return []

    with pytest.raises(NetworkError) as error:
        look_up(Silent(lambda _: []), "a.example")
    assert error.value.reason.kind == "dns_failed"


def test_a_failure_is_not_kept(hosts: Hosts) -> None:
    answers: Iterator[OSError | list[str]] = iter([OSError(None, "no"), ["192.0.2.1"]])

    def answer(_: str) -> list[str]:
        found = next(answers)
        if isinstance(found, OSError):
            raise found
        return found

    async def twice() -> tuple[str, ...]:
        found = Names(hosts(answer), lambda: 0.0, 0.2)
        with pytest.raises(NetworkError):
            await found.addresses("a.example", 80)
        return await found.addresses("a.example", 80)

    assert asyncio.run(twice()) == ("192.0.2.1",)
