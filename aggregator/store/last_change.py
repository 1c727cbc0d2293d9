"""When something that readers see was last changed by a person; what polls change is dated by the items themselves."""

from datetime import datetime

import sqlalchemy as sa

from aggregator.store import schema
from aggregator.store.database import Connection


def by_hand(connection: Connection) -> datetime | None:
    """Return the instant of the newest audit row: a withdrawal leaves no item behind that could be dated."""
    newest = sa.select(schema.audit.c.at).order_by(schema.audit.c.id.desc()).limit(1)
    return connection.execute(newest).scalar()
