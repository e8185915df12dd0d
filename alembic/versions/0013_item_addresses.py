"""Items are also found by canonical address and by text, within their source: one document under changed ids.

Items stored before have no address key: those known in the last days would need every address read again, and the
window in which two ids may be one document is over in a month.

Revision ID: 0013
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("items", sa.Column("address_key", sa.BigInteger()))
    op.create_index("ix_items_source_id_address_key", "items", ["source_id", "address_key"])
    op.create_index("ix_items_source_id_content_hash", "items", ["source_id", "content_hash"])


def downgrade() -> None:
    op.drop_index("ix_items_source_id_content_hash", "items")
    op.drop_index("ix_items_source_id_address_key", "items")
    op.drop_column("items", "address_key")
