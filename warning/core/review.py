"""What a desk has said about an alert: events that are only ever added, and the state that follows from them.

Each desk has a state of its own: what one desk acknowledges, snoozes or closes changes nothing for another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from warning.core.alerts import Alert
from warning.core.vocabulary import Severity

Action = Literal["ack", "assign", "note", "snooze", "close", "reopen", "escalate"]
Verdict = Literal["confirmed", "false_positive", "expected", "duplicate", "superseded", "expired"]
ReviewState = Literal["open", "acknowledged", "investigating", "snoozed", "closed", "reopened"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
REVIEW_STATES: tuple[ReviewState, ...] = get_args(ReviewState)
NEEDS_A_LOOK = frozenset({"open", "reopened"})
MAX_SNOOZE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvent:
    """One act of one person for one desk.

    `alert_version` is the version the person acted on and `severity` what it meant for the desk's country.
    `verdict` belongs to close, `until` to snooze, `assignee` to assign and escalate.
    """

    alert_key: str
    alert_version: int
    severity: Severity
    desk_id: str
    actor: str
    at: datetime
    action: Action
    reason: str = ""
    verdict: Verdict | None = None
    assignee: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What one version of an alert means for the desk's country."""

    version: int
    severity: Severity
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Where one alert stands at one desk. `seen` is the severity the desk last acted on.

    `since` is None while nobody has touched it. `because` says in words what brought the state about.
    """

    state: ReviewState = "open"
    since: datetime | None = None
    actor: str = ""
    assignee: str = ""
    verdict: Verdict | None = None
    until: datetime | None = None
    because: str = ""
    seen: Severity = Severity.UNKNOWN
    seen_version: int = 0
    notes: int = 0


def fold(events: Iterable[ReviewEvent], levels: Sequence[Level], now: datetime) -> Review:
    """Return the state at `now` of one alert at one desk.

    `events` come in the order they were stored, `levels` in the order of versions; versions not newer than
    the first event may be left out. A severity above what the desk last acted on reopens whatever was
    acknowledged, snoozed or closed, and a snooze ends at its `until` at the latest.
    """
    review = Review()
    for event in events:
        review = _moved_on(
            review, [level for level in levels if level.version <= event.alert_version], event.at
        )
        review = _after(review, event)
    return _moved_on(review, levels, now)


def refusal(review: Review, event: ReviewEvent) -> str | None:
    """Return why this may not be done to an alert in this state, None when it may."""
    if not event.actor.strip():
        return "say who acts"
    if review.state == "closed" and event.action not in {"reopen", "note"}:
        return f"it is closed as {review.verdict} by {review.actor}; reopen it first"
    if event.action == "reopen" and review.state in NEEDS_A_LOOK:
        return f"it is {review.state} already"
    if event.action == "close" and event.verdict is None:
        return f"say the verdict: one of {', '.join(VERDICTS)}"
    if event.action == "note" and not event.reason.strip():
        return "a note needs words"
    if event.action in {"assign", "escalate"} and not event.assignee.strip():
        return "say to whom"
    return _snooze_refusal(event) if event.action == "snooze" else None


def _snooze_refusal(event: ReviewEvent) -> str | None:
    if event.until is None:
        return "a snooze needs an end"
    if event.until <= event.at:
        return f"the snooze would end at {event.until:%Y-%m-%d %H:%M}Z, which is past"
    if event.until > event.at + MAX_SNOOZE:
        return f"a snooze lasts {MAX_SNOOZE.days} days at most"
    return None


def levels_of(known: Sequence[Alert], country: str) -> tuple[Level, ...]:
    """Return what each version means for a country, in the order given."""
    return tuple(
        Level(version=alert.version, severity=alert.severity_for(country), at=alert.updated_at)
        for alert in known
    )


def standing_verdicts(events: Iterable[ReviewEvent]) -> tuple[ReviewEvent, ...]:
    """Return the closing of each (alert, desk) that no person has taken back since; events in stored order."""
    standing: dict[tuple[str, str], ReviewEvent] = {}
    for event in events:
        if event.action == "close":
            standing[event.alert_key, event.desk_id] = event
        elif event.action == "reopen":
            standing.pop((event.alert_key, event.desk_id), None)
    return tuple(standing.values())


def _moved_on(review: Review, levels: Iterable[Level], now: datetime) -> Review:
    """What happens without anybody's doing: a snooze runs out, and later versions may weigh more."""
    if review.state == "snoozed" and review.until is not None and review.until <= now:
        review = _reopened(review, review.until, "the snooze ran out")
    for level in levels:
        if level.version <= review.seen_version or review.since is None or level.severity <= review.seen:
            continue
        rise = f"severity rose from {review.seen.value} to {level.severity.value} in version {level.version}"
        if review.state not in NEEDS_A_LOOK:
            review = _reopened(review, level.at, rise)
        review = replace(review, seen=level.severity, seen_version=level.version)
    return review


def _reopened(review: Review, at: datetime, because: str) -> Review:
    return replace(review, state="reopened", since=at, actor="", until=None, verdict=None, because=because)


def _after(review: Review, event: ReviewEvent) -> Review:
    if event.action == "note":
        return replace(review, notes=review.notes + 1)
    acted = replace(
        review,
        state=_state_after(review, event),
        since=event.at,
        actor=event.actor,
        verdict=event.verdict,
        until=event.until,
        because=event.reason,
        seen=event.severity,
        seen_version=event.alert_version,
    )
    return replace(acted, assignee=event.assignee) if event.assignee else acted


def _state_after(review: Review, event: ReviewEvent) -> ReviewState:
    """Whoever has been given the work keeps it when it is acknowledged; escalating asks for a look again."""
    if event.action == "ack":
        return "investigating" if review.state == "investigating" else "acknowledged"
    states: dict[str, ReviewState] = {
        "assign": "investigating",
        "snooze": "snoozed",
        "close": "closed",
        "reopen": "reopened",
        "escalate": "open",
    }
    return states[event.action]
