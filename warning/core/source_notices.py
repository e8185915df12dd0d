"""When the operators are told about a source: once a change that lasts, never once a failure.

A change has to settle before it is told, longer for slow sources. A source that changes again and again is told of
once, as unsteady, and again only when it has found its state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warning.core.health import SourceState, is_well
from warning.core.spells import Spell

LEAST_SETTLING = timedelta(minutes=20)
MOST_SETTLING = timedelta(hours=6)
UNSTEADY = "unsteady"
UNSTEADY_WITHIN = timedelta(hours=24)
UNSTEADY_CHANGES = 4
STEADY_AFTER = timedelta(hours=6)
WELL_AGAIN = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNotice:
    """One change of one source, as it was told. `condition` is a source's, `ok`, or `unsteady`.

    `since` is the begin of the trouble, also where the end of it is told; `late_items` came too late because of it.
    """

    source_id: str
    condition: str
    cause: str
    since: datetime
    told_at: datetime
    late_items: int = 0

    @property
    def is_recovery(self) -> bool:
        return self.condition == WELL_AGAIN


def settling(every: timedelta) -> timedelta:
    """How long a change has to last before it is told: two polls, within 20 minutes and six hours."""
    return min(max(2 * every, LEAST_SETTLING), MOST_SETTLING)


def notice_due(
    state: SourceState, spells: Sequence[Spell], told: SourceNotice | None, every: timedelta, now: datetime
) -> SourceNotice | None:
    """Return what is to be told of a source now, None when nothing is.

    `spells` are those of the last day at least, the oldest first; `told` is the last that was told of it.
    """
    condition = WELL_AGAIN if is_well(state.condition) else state.condition
    if state.since is None or condition == "new" or _is_unconfigured_from_the_start(state):
        return None
    before = told.condition if told is not None else WELL_AGAIN
    lasted = now - state.since
    if _changes(spells, now) >= UNSTEADY_CHANGES and lasted < STEADY_AFTER:
        if before == UNSTEADY:
            return None
        first = next(
            (s.since for s in spells if not s.is_well and s.lasted(now) and _is_recent(s, now)), state.since
        )
        cause = f"{_changes(spells, now)} changes within a day; last: {state.condition}"
        return _notice(state, UNSTEADY, cause + (f", {state.cause}" if state.cause else ""), first, now)
    if condition == before or lasted < (STEADY_AFTER if before == UNSTEADY else settling(every)):
        return None
    if condition == WELL_AGAIN:
        began = told.since if told is not None else state.since
        return _notice(state, WELL_AGAIN, told.condition if told else "", began, now, state.late_items)
    began = told.since if told is not None and not told.is_recovery else state.since
    return _notice(state, condition, state.cause, began, now)


def _notice(
    state: SourceState, condition: str, cause: str, since: datetime, now: datetime, late: int = 0
) -> SourceNotice:
    return SourceNotice(
        source_id=state.source_id, condition=condition, cause=cause, since=since, told_at=now, late_items=late
    )


def _changes(spells: Sequence[Spell], now: datetime) -> int:
    """How often the source changed within the last day."""
    return sum(_is_recent(spell, now) for spell in spells[1:])


def _is_recent(spell: Spell, now: datetime) -> bool:
    return spell.since > now - UNSTEADY_WITHIN


def _is_unconfigured_from_the_start(state: SourceState) -> bool:
    """A key that was never set is the operators' choice; one that went missing is news to them."""
    return state.condition == "unconfigured" and state.last_success_at is None
