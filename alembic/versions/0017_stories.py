"""Which story a text tells: near-duplicate headlines across sources, and old articles that the press tells again.

Evidence assessed before tells no story; what comes from now on is compared with what comes from now on.

Revision ID: 0017
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "stories",
        sa.Column("evidence_id", sa.Text(), primary_key=True),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_stories_story", "stories", ["story"])
    op.create_table(
        "tellings",
        sa.Column("seq", key, primary_key=True),
        sa.Column("evidence_id", sa.Text(), nullable=False, unique=True),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.create_table(
        "telling_bands",
        sa.Column("band", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("telling_seq", key, sa.ForeignKey("tellings.seq"), primary_key=True, autoincrement=False),
    )


def downgrade() -> None:
    op.drop_table("telling_bands")
    op.drop_table("tellings")
    op.drop_index("ix_stories_story", "stories")
    op.drop_table("stories")
