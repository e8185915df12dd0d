"""The day and the materials of a signal as columns: sequences read of their memory only what is near to something new.

Revision ID: 0016
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None

# As `event_day` says: the day announced where that is not ahead of the day it occurred. Empty where it takes another back.
FILL = {
    "sqlite": """
        UPDATE signals SET
          materials = coalesce(json_extract(content, '$.facts.materials'), '[]'),
          day = CASE
            WHEN content LIKE '%"code":"series.withdrawn"%' THEN ''
            WHEN json_extract(content, '$.facts.announced') <= substr(json_extract(content, '$.occurred_at'), 1, 10)
              THEN json_extract(content, '$.facts.announced')
            ELSE coalesce(substr(json_extract(content, '$.occurred_at'), 1, 10), '')
          END
    """,
    "postgresql": """
        UPDATE signals SET
          materials = coalesce(content::json #>> '{facts,materials}', '[]'),
          day = CASE
            WHEN content LIKE '%"code":"series.withdrawn"%' THEN ''
            WHEN content::json #>> '{facts,announced}' <= substr(content::json ->> 'occurred_at', 1, 10)
              THEN content::json #>> '{facts,announced}'
            ELSE coalesce(substr(content::json ->> 'occurred_at', 1, 10), '')
          END
    """,
}


def upgrade() -> None:
    op.add_column("signals", sa.Column("day", sa.Text(), server_default="", nullable=False))
    op.add_column("signals", sa.Column("materials", sa.Text(), server_default="", nullable=False))
    op.execute(sa.text(FILL[op.get_bind().dialect.name].replace(":", "\\:")))
    op.create_index(
        "ix_signals_rule_id_day", "signals", ["rule_id", "day", "known_at", "materials", "evidence_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_signals_rule_id_day", table_name="signals")
    with op.batch_alter_table("signals") as signals:
        signals.drop_column("materials")
        signals.drop_column("day")
