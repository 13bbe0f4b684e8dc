"""Alembic's environment: one transaction, on the connection that the service hands over."""

from alembic import context

from app.db.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
