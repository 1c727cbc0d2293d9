"""Takedowns of single items."""

from datetime import datetime

from aggregator.desk.log import record
from aggregator.errors import UsageError
from aggregator.store import items, meta
from aggregator.store.database import Connection


def withdraw_item(connection: Connection, actor: str, now: datetime, item_id: int, why: str) -> int:
    """Take an item and the copies of it out of every output for good, and return how many went.

    Raises UsageError no_such_item. An item that is already withdrawn gives 0.
    """
    item = items.by_id(connection, item_id)
    if item is None:
        raise UsageError("no_such_item", item=item_id)
    n = items.withdraw(connection, [item_id], now)
    if n:
        record(connection, (actor, now), "item.withdraw", f"item:{item_id}", ({"url": item.url}, {}), why)
        meta.bump_changes(connection)
    return n
