"""The audit row that every change of the desk writes in its own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aggregator.model.audit import AuditRow
from aggregator.model.source import Source
from aggregator.store import audit
from aggregator.store.database import Connection


def record(
    connection: Connection,
    who: tuple[str, datetime],
    action: str,
    subject: str,
    change: tuple[Mapping[str, Any], Mapping[str, Any]],
    why: str = "",
) -> None:
    """Write who (actor, now) did what to which subject, and how it was before and after."""
    actor, now = who
    audit.add(connection, AuditRow(now, actor, action, subject, change[0], change[1], why))


def facts(source: Source) -> dict[str, Any]:
    """Return what of a source a person can change, as plain values for the log and for comparing."""
    return {
        "name": source.name, "site_url": source.site_url, "owner_id": source.owner_id, "region_id": source.region_id,
        "language": source.language, "zone": source.zone, "state": source.state.value, "state_why": source.state_why,
        "excerpt_chars": source.policy.excerpt_chars, "pictures": source.policy.pictures,
        "link_only": source.policy.link_only,
    }  # fmt: skip
