"""The press on loopback: an HTTP server of a few threads, whose clock can be turned."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import cast
from urllib.parse import parse_qs, urlsplit

from aggregator.demo.answers import Publisher, Reply
from aggregator.demo.press import Press

_LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
_IDLE_S = 30


class PressServer:
    """A running server of a press; leave the `with` block, or call `stop`, to end it."""

    def __init__(self, press: Press, host: str, port: int, clock: Callable[[], datetime]) -> None:
        self._clock, self._offset = clock, timedelta(0)
        self._http = _Listener((host, port), _Handler)
        self.address = f"http://{host}:{self._http.server_address[1]}"
        self.publisher = Publisher(press, self.address)
        self._http.press_server = self
        self._thread = Thread(target=self._http.serve_forever, args=(0.05,), name="demo-press", daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        """Return the instant that the press lives in."""
        return self._clock() + self._offset

    def turn_clock(self, *, at: datetime | None = None, advance_s: float = 0) -> datetime:
        """Set the press's clock to an instant, or forward by seconds, and return its time; it runs on from there."""
        if at is not None:
            self._offset = at - self._clock()
        self._offset += timedelta(seconds=advance_s)
        return self.now()

    def stop(self) -> None:
        """Take no more connections and free the port; one that is open ends when its client leaves it idle."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> "PressServer":
        """Return the running server."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()


def serve(press: Press, *, clock: Callable[[], datetime], host: str = "127.0.0.1", port: int = 0) -> PressServer:
    """Start the press's server and return it; port 0 takes a free one. OSError when the port is taken."""
    return PressServer(press, host, port, clock)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    press_server: PressServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "demo-press", ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece
    timeout = _IDLE_S

    @property
    def _press(self) -> PressServer:
        return cast(_Listener, self.server).press_server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self._press.publisher.get(urlsplit(self.path).path, headers, self._press.now()))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.close_connection = True  # a body, if there is one, stays unread
        asked = urlsplit(self.path)
        if asked.path != "/clock" or self.client_address[0] not in _LOOPBACK:
            self._send(_plain(404, "not found"))
            return
        words = parse_qs(asked.query)
        try:
            at = datetime.fromisoformat(words["at"][0]) if "at" in words else None
            if at and at.tzinfo is None:
                raise ValueError("at needs a zone")
            now = self._press.turn_clock(at=at, advance_s=float(words.get("advance_s", ["0"])[0]))
        except (ValueError, OverflowError) as error:
            self._send(_plain(400, str(error)))
            return
        self._send(_plain(200, now.isoformat()))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: whoever polls has its own log."""


def _plain(status: int, words: str) -> Reply:
    return Reply(status, {"Content-Type": "text/plain; charset=utf-8"}, f"{words}\n".encode())
