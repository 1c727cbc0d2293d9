"""Retention and quarantine: how long texts are kept, what was purged, and which sources and items are held back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _create_partial_index(name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "item", [column], unique=False, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.add_column("source", sa.Column("quarantined_at", sa.BigInteger(), nullable=True))
    op.add_column("source", sa.Column("quarantine_why", sa.Text(), nullable=True))
    op.create_table(
        "source_profile",
        sa.Column("source_id", _id, nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("source_id"),
    )
    op.add_column("item", sa.Column("content_at", sa.BigInteger(), nullable=True))
    op.add_column("item", sa.Column("quarantined_at", sa.BigInteger(), nullable=True))
    # The last edit that an older version noted is the nearest thing to when the text came.
    op.execute("UPDATE item SET content_at = changed_at WHERE withdrawn_at IS NULL")
    # Nearly all items are no copies: an index that holds these too is taken for one that finds the few that are.
    op.drop_index("ix_item_duplicate", "item")
    _create_partial_index("ix_item_duplicate", "duplicate_of", "duplicate_of IS NOT NULL")
    _create_partial_index("ix_item_content", "content_at", "content_at IS NOT NULL")
    _create_partial_index("ix_item_quarantined", "source_id", "quarantined_at IS NOT NULL")
    op.create_index("ix_revision_replaced", "revision", ["replaced_at"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("item_id", _id, autoincrement=False, nullable=False),
        sa.Column("feed_id", _id, nullable=False),
        sa.Column("source_id", _id, nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("canonical_hash", sa.LargeBinary(), nullable=True),
        sa.Column("title_hash", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("item_id"),
        sa.UniqueConstraint("feed_id", "key_hash", name="uq_tombstone_key"),
    )
    op.create_index("ix_tombstone_canonical", "tombstone", ["canonical_hash"], unique=False)
