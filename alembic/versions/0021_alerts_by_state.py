"""Alerts of one state by the time they were updated: a page of closed ones is found without a look at all of them.

Revision ID: 0021
"""

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index("ix_alerts_state_updated_at", "alerts", ["state", "updated_at"])


def downgrade() -> None:
    op.drop_index("ix_alerts_state_updated_at", table_name="alerts")
