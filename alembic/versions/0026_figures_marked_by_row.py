"""Figures are marked as assessed by the numbers of their rows: the queue needs no second index, by id.

Each figure stood in it from when it was stored until it was assessed.

Revision ID: 0026
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | None = None
depends_on: str | None = None

NAME = "ix_observations_unassessed_id"


def upgrade() -> None:
    op.drop_index(NAME, table_name="observations")


def downgrade() -> None:
    waiting = sa.text("assessed_at IS NULL")
    op.create_index(NAME, "observations", ["id"], sqlite_where=waiting, postgresql_where=waiting)
