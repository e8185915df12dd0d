"""Run by warning.store.migrate, which hands over a connection inside one transaction."""

from alembic import context
from warning.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
