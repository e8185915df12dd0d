"""How an alert ends and comes back: what the stored state says, apart from what each desk thinks of it.

open -> closed (every desk that was told has closed it) | expired (no news for so many days, or its act has ended)
| cancelled (its evidence was withdrawn). Ending is no new version: it tells no desk anything. New evidence opens an
expired alert again; a closed or cancelled one comes back with a new version, that is, when there is something to tell.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import Field

from warning.core.absence_rules import is_absence
from warning.core.alerts import Alert, AlertChange, AlertState
from warning.core.figure_grounds import is_taken_back
from warning.core.ids import instrument_key
from warning.core.measures import Measure
from warning.core.model import OperatorModel
from warning.core.phrases import counted


class Lifecycle(OperatorModel):
    """An open alert without new evidence for `expire_after_days` and without a date ahead expires."""

    expire_after_days: int = Field(default=90, ge=1, le=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What ending an alert is decided by; `effective` and `expires` are its own dates."""

    key: str
    last_evidence_at: datetime
    instrument: str = ""
    story: str = ""
    effective: date | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """That an alert is over, and why, in a sentence for its readers."""

    key: str
    state: AlertState
    because: str


def reopened(change: AlertChange) -> AlertChange:
    """Give a changed alert its state: cancelled when all it rested on was withdrawn, open again when there is news."""
    alert, before = change.alert, change.previous
    if alert.is_cancelled or is_withdrawn(alert):
        return replace(change, alert=with_state(alert, "cancelled"))
    comes_back = change.kind != "joined" or before is None or before.state == "expired"
    return (
        replace(change, alert=with_state(alert, "open")) if comes_back and alert.state != "open" else change
    )


def with_state(alert: Alert, state: AlertState) -> Alert:
    """The alert and its tear-lines in that state."""
    if alert.state == state:
        return alert
    tearlines = tuple((desk_id, replace(own, state=state)) for desk_id, own in alert.tearlines)
    return replace(alert, state=state, tearlines=tearlines)


def is_withdrawn(alert: Alert) -> bool:
    """Whether all its evidence was withdrawn, or it rests on figures alone, and of none what was told stands any more."""
    return alert.is_cancelled or is_taken_back(alert)


def ended_acts(register: Iterable[Measure], today: date) -> Mapping[str, date]:
    """Return the day on which each act of the register ended, by instrument key."""
    return {
        instrument_key(name): measure.expires
        for measure in register
        if measure.expires is not None and measure.standing(today) == "ended"
        for name in (measure.instrument, *measure.aliases)
        if name
    }


def ending(standing: Standing, policy: Lifecycle, ended: Mapping[str, date], now: datetime) -> Ending | None:
    """Return how an open alert is over by now, None while it is not. A gap that lasts never expires by itself."""
    last = standing.last_evidence_at
    over = ended.get(standing.instrument)
    if over is not None and over >= last.date():
        return Ending(key=standing.key, state="expired", because=f"the act ended on {over.isoformat()}")
    today = now.date()
    has_date_ahead = any(day is not None and day >= today for day in (standing.effective, standing.expires))
    quiet_days = (now - last).days
    if quiet_days < policy.expire_after_days or has_date_ahead or is_absence(standing.story):
        return None
    return Ending(
        key=standing.key, state="expired", because=f"no new evidence for {counted(quiet_days, 'day')}"
    )
