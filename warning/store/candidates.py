"""Which stored alerts an assessment looks at, found by index: what `core/joinable.py` names, in SQL."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from warning.core.absence_rules import STORY
from warning.core.chains import Followed
from warning.core.inhibition import Which
from warning.core.joinable import EASING, Joinable, Span
from warning.core.sequence_rules import STORY as PATTERN
from warning.store.columns import BeginsWith, fixed
from warning.store.rows import batches
from warning.store.schema import alerts, signal_grounds, signals, stories

BATCH = 500


def candidate_keys(connection: Connection, wanted: Joinable) -> frozenset[str]:
    """Return the keys of the alerts that are wanted."""
    if wanted.is_empty:
        return frozenset()
    found = set(wanted.keys) | set(_of_signals(connection, signals.c.id, wanted.signal_ids))
    found |= set(_of_signals(connection, signals.c.evidence_id, wanted.evidence))
    for named in batches(sorted(wanted.evidence), BATCH):
        query = select(signals.c.alert_key).join(signal_grounds, signal_grounds.c.signal_id == signals.c.id)
        query = query.where(signal_grounds.c.evidence_id.in_(named), signals.c.alert_key.is_not(None))
        found |= set(connection.execute(query.distinct()).scalars())
    for told in batches(sorted(wanted.told), BATCH):
        query = select(signals.c.alert_key).join(stories, stories.c.evidence_id == signals.c.evidence_id)
        query = query.where(stories.c.story.in_(told), signals.c.alert_key.is_not(None)).distinct()
        found |= set(connection.execute(query).scalars())
    for condition in _conditions(wanted):
        found |= set(connection.execute(select(alerts.c.key).where(condition)).scalars())
    return frozenset(found)


def standing_keys(connection: Connection, today: date, cases: Followed | None = None) -> frozenset[str]:
    """Return the keys of open alerts with a date ahead (or today), and of those that tell of a gap.

    With `cases`, also of those about acts whose next step is awaited.
    """
    a = alerts.c
    conditions = [
        *_ahead(today),
        and_(a.story != fixed(""), BeginsWith(a.story, STORY)),
    ]
    if cases is not None and cases.acts:
        awaited = and_(a.last_evidence_at >= cases.since, a.act.in_(sorted(cases.acts)), a.story == "")
        conditions.append(and_(a.state == "open", a.interrupts.is_(True), awaited))
    # The state is looked at here: as a condition it would lure the database away from the indexes by day.
    return frozenset(
        row.key
        for condition in conditions
        for row in connection.execute(select(a.key, a.state).where(condition))
        if row.state == "open"
    )


def dated_keys(connection: Connection, day: date) -> frozenset[str]:
    """Return the keys of alerts, in whatever state, with a date on or after a day."""
    return frozenset(
        key
        for condition in _ahead(day)
        for key in connection.execute(select(alerts.c.key).where(condition)).scalars()
    )


def _ahead(day: date) -> tuple[ColumnElement[bool], ...]:
    columns = (alerts.c.effective, alerts.c.expires)
    return tuple(and_(column.is_not(None), column >= day.isoformat()) for column in columns)


def _of_signals(connection: Connection, column: ColumnElement[str], ids: Iterable[str]) -> Iterator[str]:
    for batch in batches(sorted(ids), BATCH):
        query = select(signals.c.alert_key).where(column.in_(batch), signals.c.alert_key.is_not(None))
        yield from connection.execute(query.distinct()).scalars()


def _conditions(wanted: Joinable) -> Iterator[ColumnElement[bool]]:
    a, windows = alerts.c, wanted.windows
    for numbers in batches(sorted(wanted.instruments), BATCH):
        near = _within(a.last_evidence_at, wanted.around(windows.instrument_days))
        yield and_(a.instrument_key.in_(numbers), near)
    for numbers in batches(sorted(wanted.set_aside), BATCH):
        yield a.instrument_key.in_(numbers)
    for starts in batches(sorted(day.isoformat() for day in wanted.starts), BATCH):
        # Asked for as NULL, SQLite would go through all alerts without a number rather than those of the days.
        unnumbered = func.coalesce(a.instrument_key, fixed("")) == fixed("")
        yield and_(a.effective.is_not(None), a.effective.in_(starts), unnumbered)
    for named in batches(sorted(wanted.stories), BATCH):
        yield and_(a.story != fixed(""), a.story.in_(named))
    for rule_id in sorted(wanted.patterns):
        first = f"{PATTERN}{rule_id}:"
        is_of_rule = and_(a.story != fixed(""), BeginsWith(a.story, first))
        days = max(wanted.pattern_days, windows.series_gap_days)
        yield and_(is_of_rule, _within(a.last_evidence_at, wanted.around(days)))
    alike = _alike(wanted)
    if alike is not None:
        yield and_(alike, _within(a.last_evidence_at, wanted.around(windows.gap_days)))
        yield and_(alike, _within(a.opened_at, wanted.around(windows.related_days)))
        spans = [
            a.effective.between(first.isoformat(), last.isoformat())
            for first, last in wanted.days_around(windows.effective_days)
        ]
        yield and_(alike, a.effective.is_not(None), or_(*spans))
    for rule in wanted.muting:
        yield and_(_which(rule.by), a.updated_at > wanted.as_of - timedelta(days=rule.days))


def _alike(wanted: Joinable) -> ColumnElement[bool] | None:
    a = alerts.c
    others = sorted(wanted.directions - {EASING})
    parts = [a.direction == EASING] if EASING in wanted.directions else []
    if others:
        parts.append(and_(a.direction.in_(others), a.act.in_(sorted(wanted.acts))))
    return or_(*parts) if parts and wanted.spans else None


def _which(wanted: Which) -> ColumnElement[bool]:
    columns: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (alerts.c.rule_id, wanted.rules),
        (alerts.c.act, wanted.acts),
        (alerts.c.direction, wanted.directions),
    )
    return and_(true(), *(column.in_(values) for column, values in columns if values))


def _within(column: ColumnElement[Any], spans: Iterable[Span]) -> ColumnElement[bool]:
    return or_(*(column.between(first, last) for first, last in spans))
