"""Reviews: what people said about alerts, for their desk.

Revision ID: 0002
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("alert_version", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("desk_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=False),
        sa.Column("until", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_reviews_alert_key")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_alert_key_desk_id", "reviews", ["alert_key", "desk_id"], unique=False)
    op.create_index("ix_reviews_desk_id", "reviews", ["desk_id"], unique=False)
    op.create_index("ix_reviews_action_at", "reviews", ["action", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("reviews")
