"""Tell the operators when a source stops, changes or comes back: once a change that lasts, many in one message."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from warning.app.source_views import vitals_of, watched_sources
from warning.app.system import System
from warning.catalog.sources import SourceSpec
from warning.core.blindness import Sight, sights
from warning.core.health import OWN_FAULT, SourceState
from warning.core.ids import content_id
from warning.core.operator_notices import OperatorNotice
from warning.core.phrases import counted
from warning.core.source_notices import UNSTEADY, UNSTEADY_WITHIN, SourceNotice, notice_due
from warning.core.spans import roughly
from warning.core.spells import spells_of
from warning.store.source_notices import SourceHistory

log = logging.getLogger(__name__)
Tell = Callable[[OperatorNotice], Awaitable[object]]
MOST_LINES = 20
COMMON_CAUSE_SOURCES = 3


async def tell_source_changes(system: System, tell: Tell) -> tuple[SourceNotice, ...]:
    """Tell what changed for longer than a moment since it was last told, in one message; return the changes.

    What could not be told is told at the next call: it is written down afterwards.
    """
    now = system.clock()
    history = SourceHistory(system.repository.engine)
    states = await asyncio.to_thread(system.repository.source_states)
    due = await asyncio.to_thread(_due, system.sources, states, history, now)
    if not due:
        return ()
    book = await asyncio.to_thread(system.book)
    watched = watched_sources(system.sources, book.terms)
    seen = sights(book, watched, vitals_of(states))
    await tell(message(due, states, seen, now, enabled=[s.id for s in system.sources if s.enabled]))
    await asyncio.to_thread(history.keep, due)
    for notice in due:
        log.log(
            logging.INFO if notice.is_recovery else logging.WARNING,
            "source %s: %s %s", notice.source_id, notice.condition, notice.cause,
        )  # fmt: skip
    return due


def _due(
    sources: Sequence[SourceSpec],
    states: Mapping[str, SourceState],
    history: SourceHistory,
    now: datetime,
) -> tuple[SourceNotice, ...]:
    told = history.told()
    recent = history.recent(now - UNSTEADY_WITHIN - timedelta(hours=12))
    found = [
        notice_due(states[spec.id], spells_of(recent.get(spec.id, ())), told.get(spec.id), spec.every, now)
        for spec in sources
        if spec.enabled and spec.id in states
    ]
    return tuple(notice for notice in found if notice is not None)


def message(
    due: Sequence[SourceNotice],
    states: Mapping[str, SourceState],
    seen: Sequence[Sight],
    now: datetime,
    *,
    enabled: Sequence[str],
) -> OperatorNotice:
    """Return one message for all changes: what stopped first, what came back last."""
    worse = [n for n in due if not n.is_recovery]
    better = [n for n in due if n.is_recovery]
    parts = [f"{len(worse)} source{'s' * (len(worse) != 1)} in trouble"] if worse else []
    parts += [f"{len(better)} read again"] if better else []
    lines = [_line(n, states.get(n.source_id), seen, now) for n in (*worse, *better)]
    more = len(lines) - MOST_LINES
    closing = [f"and {more} more: warning feeds status"] if more > 0 else []
    blind = [s for s in seen if s.is_blind]
    if blind:
        closing.append(f"{counted(len(blind), 'rule is', 'rules are')} blind now: warning coverage --rules")
    return OperatorNotice(
        id=content_id("o", "sources", *(_occasion(n, states.get(n.source_id)) for n in due)),
        kind="sources",
        subject="Sources: " + ", ".join(parts),
        lead=_lead(worse, states, enabled),
        lines=tuple(lines[:MOST_LINES]),
        closing=tuple(closing),
        at=now,
    )


def _occasion(notice: SourceNotice, state: SourceState | None) -> str:
    """The same when the same is told again; one trouble may turn into another and back, each time anew."""
    turned = state.since if state is not None and state.since is not None else notice.since
    return f"{notice.source_id} {notice.condition} {notice.since.isoformat()} {turned.isoformat()}"


def _lead(worse: Sequence[SourceNotice], states: Mapping[str, SourceState], enabled: Sequence[str]) -> str:
    """Many at once have one cause, and it is seldom theirs."""
    if any(notice.cause.startswith(OWN_FAULT) for notice in worse):
        return "What came could not be stored: look at this installation's disk and database first (warning doctor)."
    dark = [name for name in enabled if name in states and states[name].condition == "failing"]
    if len(worse) >= COMMON_CAUSE_SOURCES and 2 * len(dark) >= len(enabled):
        return (
            f"{len(dark)} of {len(enabled)} sources fail at once: look at this machine's own network first."
        )
    if worse:
        return "What is not read cannot warn. `warning feeds check ID` tries a source and proposes the mend."
    return "What was dark is read again."


def _line(notice: SourceNotice, state: SourceState | None, seen: Sequence[Sight], now: datetime) -> str:
    rules = sum(any(d.source_id == notice.source_id for d in s.dark) for s in seen)
    if notice.is_recovery:
        late = (
            f"; {counted(notice.late_items, 'item')} came late"
            if notice.late_items
            else "; nothing came late"
        )
        was = f" ({notice.cause})" if notice.cause else ""
        ended = state.since if state and state.since else now
        return f"{notice.source_id}: read again after {roughly(ended - notice.since)}{was}{late}"
    word = "unsteady" if notice.condition == UNSTEADY else notice.condition
    following = f"; next attempt {state.next_due_at:%m-%d %H:%M} UTC" if state and state.next_due_at else ""
    affected = f"; {counted(rules, 'rule sees', 'rules see')} less" if rules else ""
    cause = f": {notice.cause}" if notice.cause else ""
    return f"{notice.source_id}: {word} since {notice.since:%m-%d %H:%M} UTC{cause}{affected}{following}"
