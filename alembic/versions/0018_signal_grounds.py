"""The other evidence that a signal names: a sequence's earlier events, found when one of them is narrowed.

Of signals stored before nothing is known: what they name was not kept.

Revision ID: 0018
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "signal_grounds",
        sa.Column("evidence_id", sa.Text(), primary_key=True),
        sa.Column("signal_id", sa.Text(), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("signal_grounds")
