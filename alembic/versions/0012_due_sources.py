"""The sources that are due are found by index, however many there are.

Revision ID: 0012
"""

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index("ix_source_states_next_due_at", "source_states", ["next_due_at"])


def downgrade() -> None:
    op.drop_index("ix_source_states_next_due_at", "source_states")
