"""The pages behind open alerts are looked at again, and signals are found by their evidence.

Revision ID: 0015
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "page_checks",
        sa.Column("url", sa.Text(), primary_key=True),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
    )
    op.create_index("ix_page_checks_checked_at", "page_checks", ["checked_at"])
    op.create_index("ix_signals_evidence_id", "signals", ["evidence_id"])


def downgrade() -> None:
    op.drop_index("ix_signals_evidence_id", "signals")
    op.drop_index("ix_page_checks_checked_at", "page_checks")
    op.drop_table("page_checks")
