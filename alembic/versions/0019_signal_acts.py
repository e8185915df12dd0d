"""The act and the actors of a signal as columns: sequences read of their memory only what may be an event of theirs.

Revision ID: 0019
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None

INDEX = "ix_signals_rule_id_day"
FILL = {
    "sqlite": """
        UPDATE signals SET
          act = coalesce(json_extract(content, '$.facts.act'), ''),
          actors = coalesce(json_extract(content, '$.facts.actors'), '[]')
    """,
    "postgresql": """
        UPDATE signals SET
          act = coalesce(content::json #>> '{facts,act}', ''),
          actors = coalesce(content::json #>> '{facts,actors}', '[]')
    """,
}


def upgrade() -> None:
    op.drop_index(INDEX, table_name="signals")
    op.add_column("signals", sa.Column("act", sa.Text(), server_default="", nullable=False))
    op.add_column("signals", sa.Column("actors", sa.Text(), server_default="", nullable=False))
    op.execute(sa.text(FILL[op.get_bind().dialect.name].replace(":", "\\:")))
    op.create_index(
        INDEX, "signals", ["rule_id", "day", "known_at", "act", "actors", "materials", "evidence_id"]
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name="signals")
    with op.batch_alter_table("signals") as signals:
        signals.drop_column("actors")
        signals.drop_column("act")
    op.create_index(INDEX, "signals", ["rule_id", "day", "known_at", "materials", "evidence_id"])
