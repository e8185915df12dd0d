"""How sources did over time, and what the operators were told of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Engine, and_, func, select

from warning.core.health import SourceReport
from warning.core.source_notices import SourceNotice
from warning.store.engine import reading, writing
from warning.store.rows import insert_new, storable
from warning.store.schema import source_notices, source_reports
from warning.store.sources import report_of_row


class SourceHistory:
    """One instance may be shared by threads; every call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def reports(self, source_id: str, since: datetime | None = None) -> tuple[SourceReport, ...]:
        """Return how a source did, the oldest first, from the last report before `since` on."""
        r = source_reports.c
        query = select(source_reports).where(r.source_id == source_id)
        if since is not None:
            before = select(func.max(r.known_at)).where(r.source_id == source_id, r.known_at <= since)
            query = query.where(r.known_at >= func.coalesce(before.scalar_subquery(), since))
        with reading(self._engine) as connection:
            return tuple(report_of_row(row) for row in connection.execute(query.order_by(r.known_at, r.id)))

    def between(self, since: datetime, until: datetime) -> Mapping[str, tuple[SourceReport, ...]]:
        """Return the reports of an interval (`until` excluded) by source, the oldest first, each from the last before it on."""
        r = source_reports.c
        before = (
            select(r.source_id, func.max(r.known_at).label("known_at"))
            .where(r.known_at < since)
            .group_by(r.source_id)
            .subquery()
        )
        last = select(source_reports).join(
            before, and_(r.source_id == before.c.source_id, r.known_at == before.c.known_at)
        )
        within = select(source_reports).where(r.known_at >= since, r.known_at < until)
        found: dict[str, list[SourceReport]] = defaultdict(list)
        with reading(self._engine) as connection:
            for query in (last, within.order_by(r.known_at, r.id)):
                for row in connection.execute(query):
                    found[row.source_id].append(report_of_row(row))
        return {name: tuple(reports) for name, reports in found.items()}

    def recent(self, since: datetime) -> Mapping[str, tuple[SourceReport, ...]]:
        """Return the reports since an instant, by source, the oldest first."""
        r = source_reports.c
        found: dict[str, list[SourceReport]] = defaultdict(list)
        query = select(source_reports).where(r.known_at >= since).order_by(r.source_id, r.known_at, r.id)
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found[row.source_id].append(report_of_row(row))
        return {name: tuple(reports) for name, reports in found.items()}

    def told(self) -> Mapping[str, SourceNotice]:
        """Return the last that was told of each source."""
        n = source_notices.c
        newest = select(n.source_id, func.max(n.seq).label("seq")).group_by(n.source_id).subquery()
        query = select(source_notices).join(newest, n.seq == newest.c.seq)
        with reading(self._engine) as connection:
            return {row.source_id: _notice(row) for row in connection.execute(query)}

    def keep(self, notices: Iterable[SourceNotice]) -> None:
        """Remember what was told; the same again changes nothing."""
        rows = [
            {
                "source_id": n.source_id, "condition": n.condition, "cause": storable(n.cause), "since": n.since,
                "told_at": n.told_at, "late_items": n.late_items,
            }
            for n in notices
        ]  # fmt: skip
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert_new(connection, source_notices), rows)


def _notice(row: object) -> SourceNotice:
    return SourceNotice(
        **{
            name: getattr(row, name)
            for name in ("source_id", "condition", "cause", "since", "told_at", "late_items")
        }
    )
