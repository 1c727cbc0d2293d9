"""Unchanged items: what a feed holds of its document, so that only what is new is read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("feed", sa.Column("quiet_hash", sa.LargeBinary(), nullable=True))
    op.add_column("feed", sa.Column("item_hashes", sa.LargeBinary(), nullable=True))
