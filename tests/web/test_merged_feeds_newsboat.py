"""A reader that people use, newsboat, subscribes to our feeds over HTTP and lists their items."""

import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from aggregator.store.database import Database
from tests.web.subscribed import Newsroom, a_newsroom


@pytest.fixture
def served(sqlite_database: Database) -> Iterator[tuple[Newsroom, str]]:
    """Serve the merged feeds of a press on loopback."""
    room = a_newsroom(sqlite_database)
    server = make_server("127.0.0.1", 0, room.site().client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield room, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("ending", ["rss", "atom"])
def test_newsboat_lists_the_items_once(
    served: tuple[Newsroom, str], require_program: Callable[[str, str], str], tmp_path: Path, ending: str
) -> None:
    newsboat = require_program("newsboat", "newsboat")
    room, address = served
    files = {flag: tmp_path / name for flag, name in (("-u", "urls"), ("-c", "cache.db"), ("-C", "config"))}
    files["-u"].write_text(f"{address}/feeds/latest.{ending}\n")
    files["-C"].write_text("")
    reload = [newsboat, *(part for flag, path in files.items() for part in (flag, str(path))), "-x", "reload"]

    def reloaded() -> list[tuple[str, str, str]]:
        subprocess.run(reload, check=True, timeout=30, env={"HOME": str(tmp_path), "LC_ALL": "C.UTF-8"})
        with sqlite3.connect(files["-c"]) as cache:
            found = cache.execute("SELECT title, url, guid FROM rss_item ORDER BY pubDate DESC, id").fetchall()
        cache.close()
        return found

    first = reloaded()
    assert sorted(title for title, _, _ in first) == sorted(room.site().titles("/feeds/latest.json"))
    assert all(guid.startswith("urn:uuid:") for _, _, guid in first)
    assert ("Nelayan menunda melaut", "https://pos-lombok.example/3") in {(title, url) for title, url, _ in first}
    room.item("kabar-jember", "Berita yang baru masuk")
    assert {title for title, _, _ in set(reloaded()) - set(first)} == {"Berita yang baru masuk"}
    assert len(reloaded()) == 7
