"""PostgreSQL finds the oldest deliveries that wait by an index over those that wait, not by all that were ever sent.

Revision ID: 0025
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_outbox_waiting",
            "outbox",
            ["created_at", "alert_version", "id"],
            postgresql_where=sa.text("state IN ('pending', 'unknown')"),
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_outbox_waiting", table_name="outbox")
