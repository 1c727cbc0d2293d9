"""The press alone: python -m aggregator.demo [--host HOST] [--port N] [--seed N]."""

from contextlib import suppress
from threading import Event

import click

from aggregator import clock
from aggregator.demo.press import HISTORY, Press
from aggregator.demo.server import serve


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8765, show_default=True, help="0 takes a free one.")
@click.option("--seed", default=1, show_default=True)
def main(host: str, port: int, seed: int) -> None:
    """Publish the fictional press until Ctrl-C."""
    now = clock.now()
    with serve(Press(seed, now - HISTORY, now), host=host, port=port, clock=clock.now) as server:
        click.echo(server.address)
        with suppress(KeyboardInterrupt):
            Event().wait()


if __name__ == "__main__":
    main()
