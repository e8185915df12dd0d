"""PostgreSQL finds alerts by what their story begins with, whatever order the database has for texts.

Revision ID: 0022
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | None = None
depends_on: str | None = None

NAME, WHERE = "ix_alerts_story", "story != ''"


def upgrade() -> None:
    _again({"story": "text_pattern_ops"})


def downgrade() -> None:
    _again({})


def _again(ops: dict[str, str]) -> None:
    """SQLite compares by byte as it is: its index stays."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.drop_index(NAME, table_name="alerts")
    op.create_index(NAME, "alerts", ["story"], postgresql_where=sa.text(WHERE), postgresql_ops=ops)
