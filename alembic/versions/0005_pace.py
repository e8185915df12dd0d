"""When a desk is told: held deliveries, reminders of one version, and what a person approved before publication.

Revision ID: 0005
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
PLACE = ["alert_key", "desk_id", "channel", "address", "alert_version"]
UNIQUE = "uq_outbox_alert_key_desk_id_channel_address_alert_version"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("step", sa.Integer(), nullable=False, server_default="0"))
        outbox.add_column(sa.Column("hold_until", INSTANT, nullable=True))
        outbox.add_column(sa.Column("hold_reason", sa.Text(), nullable=False, server_default=""))
        outbox.drop_constraint(op.f(UNIQUE), type_="unique")
        outbox.create_unique_constraint(op.f(f"{UNIQUE}_step"), [*PLACE, "step"])
    op.create_table(
        "approvals",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("alert_version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_approvals_alert_key")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_approvals")),
    )
    op.create_index("ix_approvals_alert_key", "approvals", ["alert_key"], unique=False)


def downgrade() -> None:
    op.drop_table("approvals")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f(f"{UNIQUE}_step"), type_="unique")
        outbox.create_unique_constraint(op.f(UNIQUE), PLACE)
        outbox.drop_column("hold_reason")
        outbox.drop_column("hold_until")
        outbox.drop_column("step")
