"""What every view of one application shares: the database, the settings, its address and the clock."""

from dataclasses import dataclass

from flask import current_app

from aggregator.clock import Clock
from aggregator.config import Config
from aggregator.store.database import Database


@dataclass(frozen=True, slots=True)
class Site:
    """One site as its pages and feeds see it. `address` is the scheme, host and port listened on."""

    database: Database
    config: Config
    address: str
    clock: Clock
    is_demo: bool = False

    @property
    def base(self) -> str:
        """Return what absolute links begin with, without a slash at the end; the Host header never takes part."""
        return self.config.site.base_url or self.address

    @property
    def is_secure(self) -> bool:
        """Return whether readers reach the site over https."""
        return self.base.startswith("https://")


def site() -> Site:
    """Return the site of the running application."""
    found: Site = current_app.extensions["kabar"]
    return found
