"""What label an item was read under where it stands under another now, and which versions of a list were read in another way.

Of items relabelled before nothing is known: a mend that is taken back finds them as earlier releases did.

Revision ID: 0028
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | None = None
depends_on: str | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "item_labels",
        sa.Column("item_seq", KEY, sa.ForeignKey("items.seq"), primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("language", sa.Text()),
    )
    op.create_index("ix_item_labels_source_id", "item_labels", ["source_id"])
    op.add_column("listings", sa.Column("read_anew", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("listings", "read_anew")
    op.drop_index("ix_item_labels_source_id", table_name="item_labels")
    op.drop_table("item_labels")
