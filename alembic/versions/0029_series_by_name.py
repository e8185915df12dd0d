"""Series are found by their names alone: what was told of a revised figure is asked without its source.

Revision ID: 0029
"""

from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index("ix_series_series_id", "series", ["series_id"])


def downgrade() -> None:
    op.drop_index("ix_series_series_id", table_name="series")
