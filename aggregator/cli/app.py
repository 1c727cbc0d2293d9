"""What every command needs: configuration, database, clock, actor, language."""

import getpass
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aggregator import clock, config
from aggregator.clock import Clock
from aggregator.config import Loaded, Places
from aggregator.store.database import Database
from aggregator.store.upgrade import upgrade
from aggregator.wording import LANGUAGES


@dataclass
class App:
    """The command's surroundings, read when first asked for, so that `--help` needs none of them."""

    data: Path | None = None
    clock: Clock = field(default=clock.now)

    @cached_property
    def config_path(self) -> Path | None:
        """Return the configuration file, None without one."""
        return config.find(os.environ)

    @cached_property
    def loaded(self) -> Loaded:
        """Return the configuration; raises ConfigError."""
        return config.load(self.config_path)

    @property
    def places(self) -> Places:
        """Return where data is kept."""
        return config.places(os.environ, self.config_path, self.data)

    @cached_property
    def database(self) -> Database:
        """Return the database, brought up to this version; raises DatabaseError."""
        found = Database(self.places.database_url.get_secret_value())
        upgrade(found)
        return found

    @cached_property
    def actor(self) -> str:
        """Return who is at the keyboard, for the audit log."""
        return f"cli:{getpass.getuser()}"

    @cached_property
    def language(self) -> str:
        """Return the language of messages: as the terminal's locale says, else English."""
        locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        return locale[:2] if locale[:2] in LANGUAGES else "en"
