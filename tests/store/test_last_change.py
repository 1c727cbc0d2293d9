"""When a person last changed something."""

from datetime import datetime, timedelta

from aggregator.model.audit import AuditRow
from aggregator.store import audit, last_change
from aggregator.store.database import Database


def test_it_is_that_of_the_newest_row_and_none_before_any(database: Database, now: datetime) -> None:
    with database.write() as connection:
        assert last_change.by_hand(connection) is None
        for minutes in (1, 2):
            at = now + timedelta(minutes=minutes)
            audit.add(connection, AuditRow(at, "redaksi", "item.withdraw", "item:1", {}, {}))
        assert last_change.by_hand(connection) == now + timedelta(minutes=2)
