"""The tables. Nouns come out of them through the modules beside this one."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from aggregator.model.reason import Reason

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Return whole microseconds since 1970; a naive instant is refused with ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime: {at}")
    return (at - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC instant of `to_micros`."""
    return EPOCH + timedelta(microseconds=micros)


class Instant(sa.TypeDecorator[datetime]):
    """An aware instant, kept as microseconds since 1970: the same order and cursors on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the number that is stored."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant of a stored number."""
        return None if value is None else from_micros(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # json.dumps would make one each time


class Json(sa.TypeDecorator[Any]):
    """A small JSON value in a text column; it is never searched."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the text that is stored."""
        return None if value is None else _encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value of a stored text."""
        return None if value is None else json.loads(value)


def pack_reason(reason: Reason | None) -> list[Any] | None:
    """Return a reason as the JSON value that is stored."""
    return None if reason is None else [reason.kind, dict(reason.parts)]


def unpack_reason(value: list[Any] | None) -> Reason | None:
    """Return the reason of a stored JSON value."""
    if value is None:
        return None
    kind, parts = value
    return Reason(kind, _parts(parts))


def _parts(parts: Mapping[str, Any]) -> dict[str, str | int | float]:
    return dict(parts)


def _where(condition: str) -> dict[str, Any]:
    """Return the options of an index over only the rows of a condition: the others cost it nothing."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


metadata = sa.MetaData()
_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
change = sa.Table(
    "change",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
region = sa.Table(
    "region",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("short_name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("parent_id", sa.ForeignKey("region.id")),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("aliases", Json, nullable=False),
)
owner = sa.Table(
    "owner",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
)
source = sa.Table(
    "source",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("site_url", sa.Text, nullable=False),
    sa.Column("owner_id", sa.ForeignKey("owner.id"), nullable=False),
    sa.Column("region_id", sa.ForeignKey("region.id"), index=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("state_why", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("trust", sa.Text, nullable=False),
    sa.Column("excerpt_chars", sa.Integer, nullable=False),
    sa.Column("pictures", sa.Boolean, nullable=False),
    sa.Column("link_only", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("quarantined_at", Instant),
    sa.Column("quarantine_why", Json),  # the reasons; None while not in quarantine
)
source_profile = sa.Table(
    "source_profile",
    metadata,
    sa.Column("source_id", sa.ForeignKey("source.id"), primary_key=True),
    sa.Column("profile", Json, nullable=False),  # what the source usually brings, as the quarantine rules count it
)
feed = sa.Table(
    "feed",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("source_id", sa.ForeignKey("source.id"), nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("next_poll_at", Instant, index=True),
    sa.Column("next_poll_why", Json, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.LargeBinary),
    sa.Column("quiet_hash", sa.LargeBinary),
    sa.Column("item_hashes", sa.LargeBinary),  # None where there are none
    sa.Column("failures", sa.Float, nullable=False),
    sa.Column("failing_since", Instant),
    sa.Column("throttles", sa.Integer, nullable=False),
    sa.Column("retry_after_until", Instant),
    sa.Column("last_poll_at", Instant),
    sa.Column("last_success_at", Instant),
    sa.Column("last_full_at", Instant),
    sa.Column("last_new_at", Instant),
    sa.Column("lying_304", sa.Boolean, nullable=False),
    sa.Column("interval_s", sa.Integer, nullable=False),
    sa.Column("move_url", sa.Text),
    sa.Column("move_count", sa.Integer, nullable=False),
    sa.Column("move_since", Instant),
    sa.Column("lease_token", sa.BigInteger, nullable=False),
    sa.Column("lease_until", Instant),
)
poll = sa.Table(
    "poll",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("feed_id", sa.ForeignKey("feed.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("final_url", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", Json),
    sa.Column("status", sa.Integer),
    sa.Column("ms", sa.Integer, nullable=False),
    sa.Column("n_bytes", sa.Integer, nullable=False),
    sa.Column("conditional", sa.Boolean, nullable=False),
    sa.Column("n_new", sa.Integer, nullable=False),
    sa.Column("n_updated", sa.Integer, nullable=False),
    sa.Column("n_known", sa.Integer, nullable=False),
    sa.Column("next_poll_at", Instant),
    sa.Column("next_poll_why", Json, nullable=False),
    sa.Index("ix_poll_feed", "feed_id", "id"),
)
item = sa.Table(
    "item",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("feed_id", sa.ForeignKey("feed.id"), nullable=False),
    sa.Column("source_id", sa.ForeignKey("source.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("canonical_url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("title_hash", sa.LargeBinary, nullable=False),
    sa.Column("summary_html", sa.Text, nullable=False),
    sa.Column("content_html", sa.Text, nullable=False),
    sa.Column("excerpt", sa.Text, nullable=False),
    sa.Column("byline", Json, nullable=False),
    sa.Column("categories", Json, nullable=False),
    sa.Column("image_url", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("date_from", sa.Text, nullable=False),
    sa.Column("date_text", sa.Text, nullable=False),
    sa.Column("first_seen_at", Instant, nullable=False),
    sa.Column("listed_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.LargeBinary, nullable=False),
    sa.Column("cleaner_version", sa.Integer, nullable=False),
    sa.Column("duplicate_of", sa.ForeignKey("item.id")),
    sa.Column("withdrawn_at", Instant),
    sa.Column("content_at", Instant),  # when the full text came; None once it is no longer kept
    sa.Column("quarantined_at", Instant),  # kept out of every output until a person decides
    sa.UniqueConstraint("feed_id", "key", name="uq_item_key"),
    sa.Index("ix_item_canonical", "canonical_url"),
    sa.Index("ix_item_listed", "listed_at", "id"),
    sa.Index("ix_item_source", "source_id", "listed_at", "id"),
    sa.Index("ix_item_duplicate", "duplicate_of", **_where("duplicate_of IS NOT NULL")),
    sa.Index("ix_item_content", "content_at", **_where("content_at IS NOT NULL")),
    sa.Index("ix_item_quarantined", "source_id", **_where("quarantined_at IS NOT NULL")),
    sqlite_autoincrement=True,  # an id is given once, also after the newest item was purged
)
item_region = sa.Table(
    "item_region",
    metadata,
    sa.Column("region_id", sa.ForeignKey("region.id"), primary_key=True),
    sa.Column("listed_at", Instant, primary_key=True),
    sa.Column("item_id", sa.ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("own", sa.Boolean, nullable=False),  # False: the region is a parent of the item's own
    sa.Index("ix_item_region_item", "item_id"),
    sqlite_with_rowid=False,
)
revision = sa.Table(
    "revision",
    metadata,
    sa.Column("item_id", sa.ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("replaced_at", Instant, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("summary_html", sa.Text, nullable=False),
    sa.Column("content_html", sa.Text, nullable=False),
    sa.Index("ix_revision_replaced", "replaced_at"),
)
tombstone = sa.Table(
    "tombstone",
    metadata,
    sa.Column("item_id", _id, primary_key=True, autoincrement=False),
    sa.Column("feed_id", sa.ForeignKey("feed.id"), nullable=False),
    sa.Column("source_id", sa.ForeignKey("source.id"), nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False),
    sa.Column("canonical_hash", sa.LargeBinary),
    sa.Column("title_hash", sa.LargeBinary, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("purged_at", Instant, nullable=False),
    sa.UniqueConstraint("feed_id", "key_hash", name="uq_tombstone_key"),
    sa.Index("ix_tombstone_canonical", "canonical_hash"),
)
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("before", Json, nullable=False),
    sa.Column("after", Json, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)
