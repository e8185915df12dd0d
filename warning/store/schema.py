"""All tables under one name. docs/store.md tells what each is for; alembic/versions holds how they came about.

Times are aware UTC on both databases.
"""

from sqlalchemy import Table

from warning.store.alert_tables import (
    alert_versions,
    alerts,
    assessments,
    channel_pauses,
    narrowed_alerts,
    notices,
    outbox,
    signal_grounds,
    signals,
    traces,
    wider_versions,
    withheld,
)
from warning.store.columns import metadata, text_column
from warning.store.desk_tables import approvals, audit, digests, reviews, shares, silences
from warning.store.evidence_tables import (
    documents,
    fetches,
    item_labels,
    item_mark_pages,
    item_mark_sketches,
    item_marks_recent,
    item_revisions,
    items,
    list_memories,
    listing_changes,
    listings,
    observations,
    series,
    withdrawals,
)
from warning.store.source_tables import (
    canary_flights,
    page_checks,
    source_notices,
    source_reports,
    source_states,
)
from warning.store.story_tables import stories, telling_bands, tellings

__all__ = [
    "HEAD",
    "alert_versions",
    "alerts",
    "approvals",
    "assessments",
    "audit",
    "canary_flights",
    "channel_pauses",
    "digests",
    "documents",
    "fetches",
    "item_labels",
    "item_mark_pages",
    "item_mark_sketches",
    "item_marks_recent",
    "item_revisions",
    "items",
    "list_memories",
    "listing_changes",
    "listings",
    "meta",
    "metadata",
    "narrowed_alerts",
    "notices",
    "observations",
    "outbox",
    "page_checks",
    "reviews",
    "series",
    "shares",
    "signal_grounds",
    "signals",
    "silences",
    "source_notices",
    "source_reports",
    "source_states",
    "stories",
    "telling_bands",
    "tellings",
    "traces",
    "wider_versions",
    "withdrawals",
    "withheld",
]

HEAD = "0029"
"""The newest migration; a test holds it to alembic/versions."""

meta = Table("meta", metadata, text_column("name", primary_key=True), text_column("value"))
