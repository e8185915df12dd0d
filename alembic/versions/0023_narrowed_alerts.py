"""When versions of an alert were narrowed, and how a version stood before restricted evidence joined it.

Out-feeds go on showing the one, and take back what they gave out at the other.

Revision ID: 0023
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "narrowed_alerts",
        sa.Column("alert_key", sa.Text(), sa.ForeignKey("alerts.key"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), primary_key=True),
    )
    op.create_index("ix_narrowed_alerts_at", "narrowed_alerts", ["at"])
    op.create_table(
        "wider_versions",
        sa.Column("alert_key", sa.Text(), sa.ForeignKey("alerts.key"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("wider_versions")
    op.drop_index("ix_narrowed_alerts_at", "narrowed_alerts")
    op.drop_table("narrowed_alerts")
