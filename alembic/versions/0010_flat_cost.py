"""What keeps a round's cost flat however many alerts are stored, how alerts end, and messages that are no alerts.

Revision ID: 0010
"""

import json

import sqlalchemy as sa

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None

BATCH = 1_000
PARTIAL = {
    "ix_alerts_story": ("alerts", ["story"], "story != ''"),
    "ix_alerts_effective": ("alerts", ["effective"], "effective IS NOT NULL"),
    "ix_alerts_expires": ("alerts", ["expires"], "expires IS NOT NULL"),
    "ix_withheld_awaiting_review": ("withheld", ["alert_key", "at"], "reason = 'awaiting_review'"),
    "ix_withheld_over_budget": ("withheld", ["desk_id", "at"], "reason = 'over_budget'"),
    "ix_outbox_notice_id": ("outbox", ["notice_id"], "notice_id IS NOT NULL"),
}
PLAIN = {
    "ix_alerts_instrument_key": ("alerts", ["instrument_key"]),
    "ix_alerts_opened_at": ("alerts", ["opened_at"]),
    "ix_alerts_last_evidence_at": ("alerts", ["last_evidence_at"]),
    "ix_withheld_at": ("withheld", ["at"]),
    "ix_outbox_created_at": ("outbox", ["created_at"]),
}


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("desk_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("marking", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_desk_id_kind", "notices", ["desk_id", "kind", "created_at"])
    for column in (
        sa.Column("instrument_key", sa.Text(), nullable=True),
        sa.Column("story", sa.Text(), server_default="", nullable=False),
        sa.Column("effective", sa.Text(), nullable=True),
        sa.Column("expires", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), server_default="", nullable=False),
    ):
        op.add_column("alerts", column)
    for column in (
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("channel_pauses", column)
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("alert_key", existing_type=sa.Text(), nullable=True)
        # A rebuilt table would write the empty default in another form.
        outbox.alter_column("hold_reason", existing_type=sa.Text(), server_default="")
        outbox.add_column(sa.Column("notice_id", sa.Text(), nullable=True))
        outbox.create_foreign_key(op.f("fk_outbox_notice_id"), "notices", ["notice_id"], ["id"])
    for name, (table, columns) in PLAIN.items():
        op.create_index(name, table, columns)
    for name, (table, columns, condition) in PARTIAL.items():
        where = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """Write what the newest version says into the new columns. Empty for what cannot be read."""
    alerts = sa.table(
        "alerts",
        *(sa.column(n) for n in ("key", "version", "instrument_key", "story", "effective", "expires")),
    )
    versions = sa.table("alert_versions", *(sa.column(n) for n in ("alert_key", "version", "content")))
    newest = sa.and_(versions.c.alert_key == alerts.c.key, versions.c.version == alerts.c.version)
    query = sa.select(alerts.c.key, versions.c.content).join_from(alerts, versions, newest)
    last = ""
    change = (
        sa.update(alerts)
        .where(alerts.c.key == sa.bindparam("of"))
        .values({n: sa.bindparam(f"new_{n}") for n in ("instrument_key", "story", "effective", "expires")})
    )
    while rows := connection.execute(
        query.where(alerts.c.key > last).order_by(alerts.c.key).limit(BATCH)
    ).all():
        connection.execute(change, [_columns(row.key, json.loads(row.content)) for row in rows])
        last = rows[-1].key


def _columns(key: str, alert: dict[str, object]) -> dict[str, object]:
    facts = alert.get("facts")
    said: dict[str, object] = facts if isinstance(facts, dict) else {}
    return {
        "of": key,
        "new_instrument_key": _key(str(said.get("instrument") or "")),
        "new_story": alert.get("story") or "",
        "new_effective": said.get("effective"),
        "new_expires": said.get("expires"),
    }


def _key(instrument: str) -> str | None:
    """As the program writes it: the first issuer and the number."""
    issuer, _, number = instrument.partition(" ")
    return f"{issuer.split('-')[0]} {number}".casefold() if instrument else None


def downgrade() -> None:
    for name, (table, *_) in {**PARTIAL, **PLAIN}.items():
        op.drop_index(name, table)
    op.execute("DELETE FROM outbox WHERE notice_id IS NOT NULL")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f("fk_outbox_notice_id"), type_="foreignkey")
        outbox.drop_column("notice_id")
        outbox.alter_column("alert_key", existing_type=sa.Text(), nullable=False)
    for name in ("since", "failures", "cause"):
        op.drop_column("channel_pauses", name)
    for name in ("ended_because", "ended_at", "digest", "expires", "effective", "story", "instrument_key"):
        op.drop_column("alerts", name)
    op.drop_table("notices")
