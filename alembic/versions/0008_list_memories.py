"""What was told of each list and what waits: removals of members, versions that lost much of their list.

Revision ID: 0008
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "list_memories",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_list_memories")),
    )


def downgrade() -> None:
    op.drop_table("list_memories")
