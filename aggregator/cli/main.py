"""The command `kabar`: its groups, and how errors reach a person."""

import importlib
import sys

import click

from aggregator import __version__, log
from aggregator.cli.app import App
from aggregator.errors import AggregatorError, UsageError
from aggregator.wording import sentence

# Where each command stands. Modules are loaded when they are asked for: polling, the demo and the supervisor bring
# libraries that take a second to load, which nobody should wait for who lists items.
COMMANDS = {
    "run": "run", "demo": "run", "web": "run", "scheduler": "run", "poll": "poll", "sources": "sources",
    "items": "items", "config": "config", "db": "db", "doctor": "doctor",
}  # fmt: skip


class Commands(click.Group):
    """A group that loads a command's module at its first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of first need."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(f"aggregator.cli.{COMMANDS[cmd_name]}"), cmd_name)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kabar")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@click.pass_context
def kabar(context: click.Context, verbose: bool) -> None:
    r"""Read the regional press in one place: poll its feeds, keep each item once, serve a page and merged feeds.

    \b
    Start here:
      kabar demo     a small fictional press, works offline
      kabar run      the sources of config.toml

    Settings stand in config.toml (KABAR_CONFIG names another file), data in ./var (KABAR_DATA).
    """
    log.configure(verbose=verbose)
    context.obj = context.obj or App()


def main() -> None:
    """Run the command line; an expected error is one line on stderr: status 2 for wrong use, 1 for the rest."""
    app = App()
    try:
        kabar(obj=app)
    except AggregatorError as error:
        click.echo(f"kabar: {sentence(error.reason, app.language)}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
