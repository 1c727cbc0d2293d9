"""What is sent, and what each answer becomes."""

import asyncio
import gzip
import itertools
import re
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import FeedError, HostileError, NetworkError
from aggregator.fetch.client import FEED_ACCEPT, Client
from aggregator.fetch.response import MAX_ERROR_BODY_BYTES
from aggregator.model.answer import Answer, Redirect
from aggregator.model.feed import Validators

FEED = b"<rss version='2.0'><channel><title>Suara Teluk</title></channel></rss>"
Make = Any
Ask = Callable[..., Answer]


def http(status: str = "200 OK", *headers: str, body: bytes = FEED) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
    return head.encode() + b"\r\n\r\n" + body


def reason(ask: Ask, serve: Any, **changes: Any) -> str:
    """Return the kind of the error that an answer raises."""
    with pytest.raises(FeedError) as error:
        ask(serve, **changes)
    return error.value.reason.kind


# ---- what is sent


def test_a_request_is_honest_and_short(loopback: Make, no_names: Make, config: Make) -> None:
    async def run() -> Any:
        async with loopback(http()) as server, Client(config(server.origin), no_names) as client:
            await client.get(server.origin + "/feed?a=%20&b=1#part")
            return server

    server = asyncio.run(run())
    lines = server.heads[0].decode().split("\r\n")
    assert lines[0] == "GET /feed?a=%20&b=1 HTTP/1.1"
    assert sorted(line for line in lines[1:] if line) == sorted(
        [
            f"Host: 127.0.0.1:{server.port}",
            "User-Agent: Kabar/0 (+https://kabar.example/)",
            f"Accept: {FEED_ACCEPT}",
            "Accept-Encoding: gzip, deflate, br, zstd",
        ]
    )


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        ('"abc"', "Mon, 06 Jan 2025 10:00:00 GMT"),
        ('W/"x y"', None),
        (None, "yesterday"),
        ('"é☃"', None),
        ("unquoted, with comma", "Mon,  6 Jan 2025"),
    ],
)
def test_validators_are_sent_back_byte_for_byte(
    etag: str | None, last_modified: str | None, loopback: Make, no_names: Make, config: Make
) -> None:
    async def run() -> Any:
        async with loopback(http()) as server, Client(config(server.origin), no_names) as client:
            await client.get(server.origin, validators=Validators(etag, last_modified))
            return server

    server = asyncio.run(run())
    assert server.header(0, "If-None-Match") == ([etag.encode()] if etag else [])
    assert server.header(0, "If-Modified-Since") == ([last_modified.encode()] if last_modified else [])
    assert server.header(0, "A-IM") == [b"feed"]


@pytest.mark.parametrize("etag", ['"a\r\nX-Injected: 1"', '"\x00"', '"\udce9"'])
def test_a_validator_that_can_not_be_a_header_is_not_sent(
    etag: str, loopback: Make, no_names: Make, config: Make
) -> None:
    async def run() -> Any:
        async with loopback(http()) as server, Client(config(server.origin), no_names) as client:
            await client.get(server.origin, validators=Validators(etag))
            return server

    server = asyncio.run(run())
    assert server.header(0, "If-None-Match") == server.header(0, "X-Injected") == server.header(0, "A-IM") == []


def test_no_cookie_comes_back_and_no_referer_goes_along(loopback: Make, hosts: Make, config: Make) -> None:
    """Asked by a name: a jar that kept cookies would keep none of a bare address."""

    async def serve(head: bytes, writer: asyncio.StreamWriter) -> None:
        moved = ("302 Found", "Location: /there", "Set-Cookie: a=1; Path=/")
        writer.write(http(*moved) if head.startswith(b"GET /here ") else http("200 OK", "Set-Cookie: b=2; Path=/"))

    async def run() -> Any:
        async with loopback(serve) as server:
            origin = f"http://press.example:{server.port}"
            async with Client(config(origin), hosts(lambda _: ["127.0.0.1"])) as client:
                await client.get(origin + "/here")
                await client.get(origin + "/here")
            return server

    server = asyncio.run(run())
    assert len(server.heads) == 4
    assert not [n for n in range(4) if server.header(n, "Cookie") or server.header(n, "Referer")]


# ---- what comes back


def test_an_answer_says_what_came(ask: Ask) -> None:
    packed = gzip.compress(FEED)
    got = ask(http("200 OK", "Content-Encoding: gzip", 'ETag: "1"', "Link: <a>", "Link: <b>", body=packed), "/feed#top")
    assert (got.status, got.body, got.n_wire_bytes, got.redirects) == (200, FEED, len(packed), ())
    assert got.url == got.final_url
    assert got.url.endswith("/feed#top")
    assert (got.headers["etag"], got.headers["link"]) == ('"1"', "<a>, <b>")
    assert 0 <= got.ms < 3000


def test_header_bytes_that_are_no_text_are_read_as_latin_1_but_not_as_validators(ask: Ask) -> None:
    got = ask(b'HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nETag: "\xe9"\r\nLast-Modified: \xe9\r\nContent-Length: 0\r\n\r\n')
    assert got.headers == {"x-name": "café", "content-length": "0"}


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_a_304_has_no_body_even_when_it_carries_one(ask: Ask, connection: str) -> None:
    got = ask(http("304 Not Modified", 'ETag: "2"', f"Connection: {connection}", body=b"<rss>not for us</rss>"))
    assert (got.status, got.body, got.headers["etag"]) == (304, b"", '"2"')


def test_a_connection_with_such_a_body_is_not_used_again(loopback: Make, no_names: Make, config: Make) -> None:
    async def run() -> tuple[list[int], int]:
        n = 0

        async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
            nonlocal n
            n += 1
            writer.write(http("304 Not Modified", body=http("410 Gone")) if n == 1 else http())

        async with loopback(serve, keep=True) as server, Client(config(server.origin), no_names) as client:
            return [(await client.get(server.origin)).status for _ in range(2)], server.n_connections

    assert asyncio.run(run()) == ([304, 200], 2)


@pytest.mark.parametrize("status", ["204 No Content", "226 IM Used", "206 Partial Content", "299 Odd"])
def test_a_success_of_any_number_is_an_answer(ask: Ask, status: str) -> None:
    got = ask(http(status, body=b"" if status.startswith("204") else FEED))
    assert (got.status, got.body) == (int(status[:3]), b"" if status.startswith("204") else FEED)


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 410, 418, 429, 451, 500, 502, 503, 599])
def test_a_failure_status_is_an_answer_too(ask: Ask, status: int) -> None:
    got = ask(http(f"{status} X", "Retry-After: 120", body=b"" if status == 304 else b"no"))
    assert (got.status, got.headers["retry-after"]) == (status, "120")
    assert got.body == (b"" if status == 304 else b"no")


def test_of_a_failure_64_kb_are_read(ask: Ask) -> None:
    got = ask(http("403 Forbidden", body=b"<html>" + b"x" * 1_000_000))
    assert got.body.startswith(b"<html>xx")
    assert len(got.body) == MAX_ERROR_BODY_BYTES


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 410 Gone\r\nContent-Length: 500\r\n\r\nhalf",
        b"HTTP/1.1 410 Gone\r\nContent-Encoding: gzip\r\n\r\n" + b"\x1f\x8b" + b"\xff" * 50,
        b"HTTP/1.1 410 Gone\r\nContent-Encoding: x-secret\r\n\r\nx",
        b"HTTP/1.1 410 Gone\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b" " * 5_000_000),
    ],
)
def test_a_failure_status_stands_though_its_body_is_broken(ask: Ask, answer: bytes) -> None:
    assert ask(answer).status == 410


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress(FEED)), ("gzip", FEED), (None, gzip.compress(FEED)), ("gzip", gzip.compress(FEED) + b"xx")],
)
def test_a_body_is_believed_over_its_label(ask: Ask, coding: str | None, body: bytes) -> None:
    headers = [f"Content-Encoding: {coding}"] if coding else []
    assert ask(http("200 OK", *headers, body=body)).body == FEED


def test_a_chunked_body_is_put_together(ask: Ask) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (FEED[:10], FEED[10:]))
    got = ask(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
    assert (got.body, got.n_wire_bytes) == (FEED, len(FEED))


# ---- redirects


def routes(**answers: bytes) -> Any:
    async def serve(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answers[head.split()[1].decode().strip("/")])

    return serve


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_told(ask: Ask, status: int) -> None:
    got = ask(routes(a=http(f"{status} X", "Location: /b"), b=http()), "/a")
    assert (got.status, got.body) == (200, FEED)
    assert got.final_url == got.url.removesuffix("a") + "b"
    assert got.redirects == (Redirect(status, got.final_url),)


@pytest.mark.parametrize("location", ["b", "./b", "/b", "//{host}/b", "http://{host}/b", " /b ", "?x", "/b#c"])
def test_a_location_may_be_relative(ask: Ask, location: str) -> None:
    async def serve(head: bytes, writer: asyncio.StreamWriter) -> None:
        host = re.findall(rb"Host: (\S+)", head)[0].decode()
        there = b"GET /b " in head or b"?x" in head
        writer.write(http() if there else http("301 X", f"Location: {location.format(host=host)}", body=b""))

    assert ask(serve, "/a").body == FEED


def test_validators_go_to_the_first_url_alone(loopback: Make, no_names: Make, config: Make) -> None:
    async def run() -> Any:
        serve = routes(a=http("302 Found", "Location: /b"), b=http())
        async with loopback(serve) as server, Client(config(server.origin), no_names) as client:
            await client.get(server.origin + "/a", validators=Validators('"1"', "yesterday"))
            return server

    server = asyncio.run(run())
    assert server.header(0, "If-None-Match") == [b'"1"']
    assert server.header(1, "If-None-Match") == server.header(1, "If-Modified-Since") == server.header(1, "A-IM") == []


@pytest.mark.parametrize(
    ("answers", "kind", "n_requests"),
    [
        ({"a": http("302 X", "Location: /a")}, "redirect_loop", 1),
        ({"a": http("302 X", "Location: /a#again")}, "redirect_loop", 1),
        ({"a": http("302 X", "Location: /b"), "b": http("302 X", "Location: /a")}, "redirect_loop", 2),
        ({"a": http("302 X")}, "redirect_without_target", 1),
        ({"a": http("302 X", "Location: ")}, "redirect_without_target", 1),
        ({"a": http("302 X", "Location: http://[::1")}, "bad_url", 1),
        ({"a": http("302 X", "Location: /" + "u" * 20_000)}, "bad_url", 1),
        ({"a": http("302 X", "Location: file:///etc/passwd")}, "scheme_not_allowed", 1),
    ],
)
def test_a_redirect_that_leads_nowhere_is_an_error(
    answers: dict[str, bytes], kind: str, n_requests: int, loopback: Make, no_names: Make, config: Make
) -> None:
    async def run() -> int:
        async with loopback(routes(**answers)) as server, Client(config(server.origin), no_names) as client:
            with pytest.raises(FeedError) as error:
                await client.get(server.origin + "/a")
            assert error.value.reason.kind == kind
            return len(server.heads)

    assert asyncio.run(run()) == n_requests


@pytest.mark.parametrize(("n_hops", "kind"), [(5, None), (6, "too_many_redirects")])
def test_five_redirects_are_followed_and_no_sixth(ask: Ask, n_hops: int, kind: str | None) -> None:
    async def serve(head: bytes, writer: asyncio.StreamWriter) -> None:
        n = int(head.split()[1][1:])
        writer.write(http() if n == n_hops else http("302 X", f"Location: /{n + 1}"))

    if kind:
        assert reason(ask, serve, path="/0") == kind
    else:
        assert len(ask(serve, "/0").redirects) == 5


# ---- broken, slow and endless


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "cut"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "cut"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>", "cut"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", "cut"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n<rss>\r\n", "bad_http"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(FEED)[:-9], "cut"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n<rss>", "bad_http"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n<rss>", "bad_http"),
        (b"ICY HELLO WORLD\r\n\r\n<rss>", "bad_http"),
        (FEED, "bad_http"),
        (b"HTTP/1.1 999 No\r\n\r\n", "bad_http"),
        (b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: tcp\r\n\r\n", "bad_http"),
        (http("200 OK", "Content-Encoding: x-secret"), "bad_encoding"),
        (http("200 OK", "Content-Encoding: " + ", ".join(["gzip"] * 60)), "bad_encoding"),
        (http("200 OK", *(f"X-{n}: v" for n in range(200))), "too_many_headers"),
        (http("200 OK", "X-Huge: " + "h" * 100_000), "too_large"),
        (http("200 OK", *(f"X-{n}: {'h' * 1000}" for n in range(80))), "too_large"),
    ],
)
def test_broken_http_has_a_kind_of_its_own(ask: Ask, answer: bytes, kind: str) -> None:
    assert reason(ask, answer) == kind


def test_a_hundred_headers_are_taken_and_no_more(ask: Ask) -> None:
    assert len(ask(http("200 OK", *(f"X-{n}: v" for n in range(98)))).headers) == 99
    assert reason(ask, http("200 OK", *(f"X-{n}: v" for n in range(100)))) == "too_many_headers"


def test_a_reset_is_told_from_a_cut(ask: Ask) -> None:
    def resetting(start: bytes) -> Any:
        async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(start)
            await writer.drain()
            await asyncio.sleep(0.05)
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        return serve

    assert reason(ask, resetting(b"")) == "reset"
    assert reason(ask, resetting(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss>")) == "reset"


def test_a_closed_port_is_refused(no_names: Make, config: Make) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"

    async def run() -> None:
        async with Client(config(origin), no_names) as client:
            await client.get(origin)

    with pytest.raises(NetworkError) as error:
        asyncio.run(run())
    assert error.value.reason.kind == "refused"


def test_a_connection_that_is_not_accepted_times_out(no_names: Make, config: Make) -> None:
    """A full listen queue drops further connections on the floor."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(address)
        origin = f"http://127.0.0.1:{address[1]}"

        async def run() -> None:
            async with Client(config(origin, connect_s=0.2), no_names) as client:
                await client.get(origin)

        with pytest.raises(NetworkError) as error:
            asyncio.run(run())
    assert error.value.reason.kind == "connect_timeout"


def dripping(start: bytes, every_s: float, drop: bytes = b"x") -> Any:
    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            await asyncio.sleep(every_s)
            writer.write(drop)
            await writer.drain()

    return serve


OK_HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    ("serve", "kind"),
    [
        (dripping(b"", 60), "first_byte_timeout"),
        (dripping(b"HTTP/1.1 200 OK\r\nX-Pad: ", 0.02), "total_timeout"),
        (dripping(OK_HEAD, 0.02), "total_timeout"),
        (dripping(OK_HEAD + FEED[:-5], 60), "total_timeout"),
        (dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFF\r\nx", 60), "total_timeout"),
        (dripping(b"HTTP/1.1 100 Continue\r\n\r\n", 0.005, b"HTTP/1.1 100 Continue\r\n\r\n"), "total_timeout"),
    ],
)
def test_one_deadline_ends_every_kind_of_slowness(ask: Ask, serve: Any, kind: str) -> None:
    started = time.monotonic()
    assert reason(ask, serve, first_byte_s=0.25, total_s=0.5) == kind
    assert time.monotonic() - started < 0.9


def test_the_deadline_covers_the_whole_way(ask: Ask) -> None:
    async def serve(head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.15)
        writer.write(http("302 X", f"Location: /{int(head.split()[1][1:]) + 1}"))

    started = time.monotonic()
    assert reason(ask, serve, path="/0", total_s=0.4) == "total_timeout"
    assert time.monotonic() - started < 0.6


def test_waiting_for_a_host_is_not_counted(loopback: Make, no_names: Make, config: Make) -> None:
    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.15)
        writer.write(http())

    async def run() -> tuple[list[Answer], list[float]]:
        async with loopback(serve) as server:
            settings = config(server.origin, host_concurrency=1, host_gap_s=0.3, total_s=0.28)
            async with Client(settings, no_names) as client:
                return await asyncio.gather(*(client.get(server.origin) for _ in range(3))), server.at

    answers, at = asyncio.run(run())
    assert all(answer.ms < 280 for answer in answers)
    assert min(later - earlier for earlier, later in itertools.pairwise(at)) >= 0.29


def test_redirect_hops_keep_the_gap_of_their_host(loopback: Make, no_names: Make, config: Make) -> None:
    async def run() -> list[float]:
        serve = routes(a=http("302 X", "Location: /b"), b=http("302 X", "Location: /c"), c=http())
        async with loopback(serve) as server, Client(config(server.origin, host_gap_s=0.1), no_names) as client:
            await client.get(server.origin + "/a")
            return list(server.at)

    at = asyncio.run(run())
    assert min(later - earlier for earlier, later in itertools.pairwise(at)) >= 0.099


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "wire"),
        (OK_HEAD + b" \n" * 100_000, "wire"),
        (http("200 OK", "Content-Encoding: gzip", body=gzip.compress(b" " * 3_000_000)), "body"),
    ],
)
def test_too_large_a_body_is_left_unread(ask: Ask, answer: bytes, what: str) -> None:
    with pytest.raises(HostileError) as error:
        ask(answer, max_wire_bytes=50_000, max_body_bytes=1_000_000)
    assert (error.value.reason.kind, error.value.reason.parts["what"]) == ("too_large", what)


# ---- connections


def test_a_connection_is_kept_and_used_again(loopback: Make, no_names: Make, config: Make) -> None:
    async def run() -> tuple[int, int]:
        serve = routes(a=http("302 X", "Location: /b"), b=http())
        async with loopback(serve, keep=True) as server, Client(config(server.origin), no_names) as client:
            for _ in range(5):
                await client.get(server.origin + "/a")
            return server.n_connections, len(server.heads)

    assert asyncio.run(run()) == (1, 10)


def test_a_kept_connection_that_was_closed_meanwhile_is_no_failure(
    loopback: Make, no_names: Make, config: Make
) -> None:
    async def run() -> int:
        n = 0

        async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
            nonlocal n
            n += 1
            if n == 2:  # the second request arrives just as the server gives the connection up
                writer.close()
            else:
                writer.write(http())

        async with loopback(serve, keep=True) as server, Client(config(server.origin), no_names) as client:
            assert [(await client.get(server.origin)).status for _ in range(2)] == [200, 200]
            return int(server.n_connections)

    assert asyncio.run(run()) == 2


def test_a_request_that_breaks_is_not_sent_twice(loopback: Make, no_names: Make, config: Make) -> None:
    async def run() -> int:
        async with loopback(b"") as server, Client(config(server.origin), no_names) as client:
            with pytest.raises(NetworkError):
                await client.get(server.origin)
            return len(server.heads)

    assert asyncio.run(run()) == 1


def test_an_answer_nobody_asked_for_is_given_to_nobody(loopback: Make, no_names: Make, config: Make) -> None:
    async def run() -> list[bytes]:
        async def serve(head: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(http())
            await writer.drain()
            if head.startswith(b"GET /sly "):
                await asyncio.sleep(0.05)  # by now the connection lies in the pool
                writer.write(http(body=b"smuggled"))

        async with loopback(serve, keep=True) as server, Client(config(server.origin), no_names) as client:
            bodies = [(await client.get(server.origin + "/sly")).body]
            await asyncio.sleep(0.15)
            bodies.append((await client.get(server.origin + "/good")).body)
            return bodies

    assert asyncio.run(run()) == [FEED, FEED]


def test_tls_is_verified(
    loopback: Make, no_names: Make, config: Make, tmp_path: Path, require_program: Callable[[str, str], str]
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    new = [require_program("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*new, *subject, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def run() -> int:
        async with loopback(http(), tls=context) as server, Client(config(server.origin), no_names) as client:
            with pytest.raises(NetworkError) as error:
                await client.get(server.origin)
            assert error.value.reason.kind == "tls"
            assert "self-signed" in str(error.value.reason.parts["detail"])
            return len(server.heads)

    assert asyncio.run(run()) == 0


def test_https_to_a_server_without_tls_is_a_tls_error(no_names: Make, config: Make) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(http())
        writer.close()

    async def run() -> str:
        async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
            origin = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            async with Client(config(origin), no_names) as client:
                with pytest.raises(NetworkError) as error:
                    await client.get(origin)
                return error.value.reason.kind

    assert asyncio.run(run()) == "tls"


def test_two_hundred_feeds_at_once_leave_nothing_open(loopback: Make, no_names: Make, config: Make) -> None:
    async def run() -> tuple[list[int], int]:
        async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.01)
            writer.write(http())

        async with loopback(serve, keep=True) as server:
            settings = config(server.origin, host_concurrency=16, concurrency=16)
            async with Client(settings, no_names) as client:
                answers = await asyncio.gather(*(client.get(f"{server.origin}/{n}") for n in range(200)))
            return [answer.status for answer in answers], server.n_connections

    statuses, n_connections = asyncio.run(run())
    assert statuses == [200] * 200
    assert n_connections <= 16


def test_the_resolver_of_this_machine_is_opened_and_closed(config: Make) -> None:
    async def run() -> str:
        async with Client(config()) as client:
            with pytest.raises(FeedError) as error:
                await client.get("http://10.0.0.1/")
            return error.value.reason.kind

    assert asyncio.run(run()) == "address_not_allowed"
