"""The audit log: one row for each change that a person made."""

import sqlalchemy as sa

from aggregator.model.audit import AuditRow
from aggregator.store import schema
from aggregator.store.database import Connection

_A = schema.audit.c


def add(connection: Connection, row: AuditRow) -> None:
    """Write a row."""
    values = {
        "at": row.at, "actor": row.actor, "action": row.action, "subject": row.subject,
        "before": dict(row.before), "after": dict(row.after), "why": row.why,
    }  # fmt: skip
    connection.execute(sa.insert(schema.audit).values(**values))


def of_subject(connection: Connection, subject: str, *, limit: int = 100) -> list[AuditRow]:
    """Return the rows about a subject, newest first."""
    columns = (_A.at, _A.actor, _A.action, _A.subject, _A.before, _A.after, _A.why)
    query = sa.select(*columns).where(_A.subject == subject).order_by(_A.id.desc()).limit(limit)
    return [AuditRow(*row) for row in connection.execute(query)]
