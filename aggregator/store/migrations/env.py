"""Alembic's entry: runs the migrations on the connection that `upgrade` holds, inside its transaction."""

from alembic import context

from aggregator.store import schema

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema.metadata)
with context.begin_transaction():
    context.run_migrations()
