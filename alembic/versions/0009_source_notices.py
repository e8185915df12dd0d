"""What the operators were told of each source and of the canary: a change is told once, also after a restart.

Revision ID: 0009
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "source_notices",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("late_items", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_source_notices")),
        sa.UniqueConstraint("source_id", "told_at", name=op.f("uq_source_notices_source_id_told_at")),
    )
    op.create_table(
        "canary_flights",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("landed_at", INSTANT, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_canary_flights")),
    )


def downgrade() -> None:
    op.drop_table("canary_flights")
    op.drop_table("source_notices")
