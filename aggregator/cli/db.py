"""`kabar db`: the database's version and health."""

import click

from aggregator.cli.app import App
from aggregator.store.database import Database
from aggregator.store.upgrade import check as check_database
from aggregator.store.upgrade import upgrade as upgrade_database


@click.group()
def db() -> None:
    """Upgrade or check the database."""


@db.command("upgrade")
@click.pass_obj
def upgrade(app: App) -> None:
    """Bring the database to this version. Every start does it too; a SQLite file is copied first."""
    database = Database(app.places.database_url.get_secret_value())
    done = upgrade_database(database)
    if done.before == done.after:
        click.echo(f"the database is at revision {done.after} already")
    else:
        click.echo(f"upgraded from {done.before or 'an empty database'} to revision {done.after}")
    if done.copy:
        click.echo(f"a copy from before is kept: {done.copy}")


@db.command("check")
@click.pass_obj
def check(app: App) -> None:
    """Say whether the database is of this version and undamaged; exit status 1 if not."""
    check_database(Database(app.places.database_url.get_secret_value()))
    click.echo("the database is sound")
