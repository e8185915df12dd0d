"""Raw documents can be written against another of their source, and are packed once.

Revision ID: 0014
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None

UNPACKED = sa.text("packed_at IS NULL")
WRITTEN_AGAINST = sa.text("base IS NOT NULL")


def upgrade() -> None:
    op.add_column("documents", sa.Column("base", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_documents_unpacked", "documents", ["stored_at"], sqlite_where=UNPACKED, postgresql_where=UNPACKED
    )
    op.create_index(
        "ix_documents_base",
        "documents",
        ["base"],
        sqlite_where=WRITTEN_AGAINST,
        postgresql_where=WRITTEN_AGAINST,
    )


def downgrade() -> None:
    written = op.get_bind().execute(sa.text("SELECT count(*) FROM documents WHERE base IS NOT NULL")).scalar()
    if written:
        raise RuntimeError(f"{written} documents are written against others and could no longer be read")
    op.drop_index("ix_documents_base", "documents")
    op.drop_index("ix_documents_unpacked", "documents")
    op.drop_column("documents", "packed_at")
    op.drop_column("documents", "base")
