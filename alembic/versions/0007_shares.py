"""Shares: what one desk gave another, who asked, who confirmed, and when.

Revision ID: 0007
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("alert_version", sa.Integer(), nullable=False),
        sa.Column("from_desk", sa.Text(), nullable=False),
        sa.Column("to_desk", sa.Text(), nullable=False),
        sa.Column("marking", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("shared_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_shares_alert_key")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_shares")),
    )
    op.create_index("ix_shares_alert_key", "shares", ["alert_key"], unique=False)


def downgrade() -> None:
    op.drop_table("shares")
