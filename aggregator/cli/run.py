"""`kabar run`, `demo`, `scheduler` and `web`: the processes of the service."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click

from aggregator import clock
from aggregator import scheduler as ticking
from aggregator.cli.app import App
from aggregator.demo.press import HISTORY, Press
from aggregator.demo.server import serve
from aggregator.demo.sources import sources_of
from aggregator.desk import settings
from aggregator.desk import sources as desk
from aggregator.errors import AggregatorError
from aggregator.log import log
from aggregator.service import Child, Supervisor, command, refuse_taken_port
from aggregator.store.database import Database
from aggregator.store.upgrade import upgrade
from aggregator.wording import sentence

F = TypeVar("F", bound=Callable[..., Any])
DEMO_SEED = 7


def _listen_options(function: F) -> F:
    for option in (
        click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Data folder (KABAR_DATA)."),
        click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (web.port)."),
        click.option("--host", help="Address to listen on (web.host)."),
    ):
        function = option(function)
    return function


@click.command()
@_listen_options
@click.pass_obj
def run(app: App, host: str | None, port: int | None, data: Path | None) -> None:
    """Run the service: scheduler and web, until Ctrl-C. The sources of config.toml are applied first."""
    app.data = data
    host, port = _address(app, host, port)
    apply_file(app, app.database)
    if not app.loaded.config.site.base_url:
        click.echo("site.base_url is not set: links use this address", err=True)
    _supervise(host, port, {"KABAR_DATA": str(app.places.data)})


@click.command()
@_listen_options
@click.option("--seed", type=int, default=DEMO_SEED, show_default=True, help="Another seed, another press.")
@click.pass_obj
def demo(app: App, host: str | None, port: int | None, data: Path | None, seed: int) -> None:
    """Run the service against a small fictional press on this machine; works offline.

    It begins afresh each time, in a database of its own (DATA/demo); config.toml's sources take no part.
    """
    app.data = data
    host, port = _address(app, host, port)
    folder = app.places.data / "demo"
    for old in folder.glob("kabar.db*"):
        old.unlink()
    now = clock.now()
    press = Press(seed=seed, start=now - HISTORY, now=now)
    with serve(press, clock=clock.now) as server:
        database = Database(f"sqlite:///{folder / 'kabar.db'}")
        upgrade(database)
        _add_press(database, press, server.address, now)
        database.close()
        _supervise(host, port, {
            "KABAR_DATA": str(folder), "KABAR_DATABASE_URL": f"sqlite:///{folder / 'kabar.db'}", "KABAR_DEMO": "1",
            "KABAR__FETCH__ALLOW_ORIGINS": f'["{server.address}"]', "KABAR__FETCH__HOST_GAP_S": "0",
            "KABAR__FETCH__HOST_CONCURRENCY": "16", "KABAR__POLL__INTERVAL_S": "60", "KABAR__POLL__FLOOR_S": "60",
            "KABAR__POLL__FAST_FLOOR_S": "60", "KABAR__POLL__CEILING_S": "240", "KABAR__POLL__TICK_S": "1",
                "KABAR__SITE__HOME_REGION": "",
        })  # fmt: skip


@click.command()
@_listen_options
@click.pass_obj
def web(app: App, host: str | None, port: int | None, data: Path | None) -> None:
    """Serve the reading page and the merged feeds."""
    app.data = data
    host, port = _address(app, host, port)
    workers = str(app.loaded.config.web.workers)
    arguments = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", workers, "--blocking-threads", "4", "--log-level", "warning", "--no-ws", "web.wsgi:application",
    ]  # fmt: skip
    os.environ.update(KABAR_DATA=str(app.places.data), KABAR_ADDRESS=_url(host, port))
    os.execv(sys.executable, arguments)


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Data folder (KABAR_DATA).")
@click.pass_obj
def scheduler(app: App, data: Path | None) -> None:
    """Poll what is due, until SIGTERM. SIGHUP reads config.toml again and applies its sources."""
    app.data = data
    stop, reloading = threading.Event(), threading.Lock()

    def on_stop(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    def on_reload(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_reload, args=(app, reloading), daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_stop)
    signal.signal(signal.SIGHUP, on_reload)
    ticking.run(app.database, app.loaded.config, app.clock, stop)


def apply_file(app: App, database: Database) -> None:
    """Bring the database's sources to those of the file."""
    with database.write() as connection:
        steps = settings.apply(connection, "config.toml", app.clock(), app.loaded)
    if steps:
        log.info("config_applied", steps=len(steps))


def _reload(app: App, reloading: threading.Lock) -> None:
    """Apply the file anew; one that can't be used changes nothing, and the log says what is wrong with it."""
    with reloading:
        try:
            apply_file(App(data=app.data, clock=app.clock), app.database)
        except AggregatorError as error:
            log.error("config_refused", problem=sentence(error.reason))


def _address(app: App, host: str | None, port: int | None) -> tuple[str, int]:
    chosen = host or app.loaded.config.web.host, port or app.loaded.config.web.port
    refuse_taken_port(*chosen)
    return chosen


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _supervise(host: str, port: int, environment: Mapping[str, str]) -> None:
    listen = ("--host", host, "--port", str(port))
    click.echo(f"Kabar: {_url(host, port)}   (Ctrl-C stops it)")
    Supervisor([
        Child("web", command("web", *listen), environment),
        Child("scheduler", command("scheduler"), environment),
    ]).run()  # fmt: skip


def _add_press(database: Database, press: Press, address: str, now: datetime) -> None:
    """Add the fictional outlets as sources."""
    with database.write() as connection:
        for one in sources_of(press, address):
            wanted = desk.Wanted(
                one.feed_url, name=one.name, slug=one.slug, site_url=one.site_url, region=one.region, zone=one.zone,
                language=one.language, owner=one.owner_name, trust=one.trust,
            )  # fmt: skip
            desk.add(connection, "demo", now, wanted, default_zone="Asia/Jakarta")
