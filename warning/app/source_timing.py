"""When a source is asked again: its own pace, spread out; after failures at growing intervals, never not at all."""

from datetime import datetime, timedelta

from warning.app.reading_basis import is_mended
from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState
from warning.core.ids import key64

FIRST_RETRY = timedelta(minutes=15)
LONGEST_RETRY = timedelta(days=7)
LEAST_CAP = timedelta(hours=6)
LEAST_OBEYED = timedelta(hours=1)
"""A request to wait is obeyed this long at least, however short the source's own pace."""
MOST_DOUBLINGS = 20


def is_due(spec: SourceSpec, state: SourceState, now: datetime) -> bool:
    """A source never polled is due at once; so is one whose time was set by a clock that ran far ahead.

    So is one that is not well when its entry in the catalogue was mended: growing intervals are for what nobody mends.
    """
    if state.next_due_at is None or state.next_due_at <= now or is_mended(spec, state):
        return True
    return state.next_due_at - now > max(LONGEST_RETRY + FIRST_RETRY, 2 * spec.every) + spec.spread


def in_burst(spec: SourceSpec, elevated: frozenset[str]) -> SourceSpec:
    """Return the source with its burst as its pace while a watch is open on it, else as it is."""
    if spec.burst is None or spec.id not in elevated:
        return spec
    return spec.model_copy(update={"every": spec.burst, "jitter": None})


def is_due_in_burst(spec: SourceSpec, state: SourceState, now: datetime) -> bool:
    """Whether a source of `in_burst` is due although its stored time was set at its usual pace.

    One that fails keeps its growing intervals: haste mends nothing.
    """
    if state.failures or state.last_attempt_at is None:
        return is_due(spec, state, now)
    return is_due(spec, state, now) or state.last_attempt_at + spec.every <= now


def due_in_burst(spec: SourceSpec, state: SourceState) -> datetime | None:
    """Return when a source in a burst is asked next: its stored time was set at its usual pace when the watch had just opened."""
    if spec.burst is None or state.failures or state.last_attempt_at is None or state.next_due_at is None:
        return state.next_due_at
    return min(state.next_due_at, state.last_attempt_at + spec.burst)


def next_poll(spec: SourceSpec, now: datetime, *, max_age_seconds: float | None = None) -> datetime:
    """Return the time of the next regular poll.

    A server's max-age may stretch the pace to twice `every`, no further: it is not the publisher who decides
    how late a warning may be.
    """
    wait = spec.every
    if max_age_seconds is not None:
        wait = max(wait, min(timedelta(seconds=max_age_seconds), 2 * spec.every))
    return now + wait + spec.spread * _share(spec.id, now)


def next_retry(
    spec: SourceSpec, now: datetime, *, failures: int, retry_after_seconds: float | None = None
) -> datetime:
    """Return when to try again after `failures` attempts in a row without success (1 for the first).

    The interval starts at `every`, or a quarter of an hour where the pace is slower, and doubles up to
    four times `every`, at least six hours and at most a week. A longer Retry-After is obeyed for twice `every`, or an
    hour where the pace is quicker, and no further: as with max-age, it is not the publisher who decides how late a
    warning may be.
    """
    cap = min(max(4 * spec.every, LEAST_CAP), LONGEST_RETRY)
    doublings = min(max(failures - 1, 0), MOST_DOUBLINGS)
    wait: timedelta = min(min(spec.every, FIRST_RETRY) * float(2**doublings), cap)
    wait += min(spec.spread, wait / 4) * _share(spec.id, now)
    if retry_after_seconds is not None:
        obeyed = min(max(2 * spec.every, LEAST_OBEYED), LONGEST_RETRY)
        wait = max(wait, min(timedelta(seconds=retry_after_seconds), obeyed))
    return now + wait


def _share(source_id: str, now: datetime) -> float:
    """A share of the spread, 0 to 1: the same for the same source and time, unrelated between sources."""
    return (key64("spread", source_id, now.isoformat()) + 2**63) / 2**64
