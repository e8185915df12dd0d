"""`rules backtest`: the past replayed day by day through the one evaluation path, with no look-ahead."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from warning.app.chronology import Bystanders, Replayed, counted, in_days, in_order, settled
from warning.app.figure_days import FigureDays
from warning.app.history import History
from warning.app.replayed_alerts import ReplayedAlerts
from warning.app.replayed_stories import ReplayedStories
from warning.core.alerts import Alert
from warning.core.assess import Assessment, State, compose, decide, notice
from warning.core.deliveries import Withheld
from warning.core.pace import after, let_go
from warning.core.recalling import recall_of
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Severity

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert version that reached a country's desks, by whatever number of channels."""

    alert_key: str
    version: int
    country: str


@dataclass(slots=True, kw_only=True)
class Replay:
    """What the replay did. `alerts` holds the latest version by key; `records` counts the records replayed.

    `first` and `last` are the ends of the replayed time, both instants of assessment.
    """

    alerts: Mapping[str, Alert] = field(default_factory=dict)
    told: set[Told] = field(default_factory=set)
    records: int = 0
    assessments: int = 0
    first: datetime | None = None
    last: datetime | None = None

    @property
    def weeks(self) -> float:
        """The replayed time in weeks, at least one."""
        if self.first is None or self.last is None:
            return 1.0
        return max((self.last - self.first) / timedelta(weeks=1), 1.0)


@dataclass(slots=True, kw_only=True)
class _Calendar:
    """The steps of a replay whose rules read the calendar, and the day last assessed."""

    reads: bool
    read_on: date | None = None
    first: datetime | None = None
    last: datetime | None = None

    def note(self, begins: datetime, ends: datetime) -> None:
        if self.reads:
            self.first, self.last = self.first or begins, ends

    def turns(self, as_of: datetime) -> bool:
        return self.reads and self.read_on != as_of.date()


def backtest_replay(
    book: Rulebook,
    records: Iterable[Replayed],
    *,
    first: date | None = None,
    last: date | None = None,
    step: timedelta = DAY,
    watch: Callable[[Assessment], object] | None = None,
) -> Replay:
    """Replay the records from the start of `first` to the end of `last` (both days in UTC).

    Each step assesses what became known in it. Older evidence is history: figures and lists are remembered,
    items are passed over. Where a rule reads the calendar, a day without evidence is assessed once, as live.
    `watch` is shown every assessment.
    """
    replay, history, state = Replay(), History(book, forgets=True), State()
    alerts, stories = ReplayedAlerts(book), ReplayedStories()
    replay.alerts = alerts.shelf
    desks = {desk.id: desk.country for desk in book.desks}
    calendar = _Calendar(reads=book.reads_the_calendar)
    remembered = recall_of(book)
    apart = {*remembered.sources, *(one.source_id for one in remembered.awaited)}
    ordered = in_days(records, FigureDays(apart)) if step == DAY else in_order(records)
    for as_of, batch in _steps(settled(ordered), first, last, step):
        passed = [record.count for record in batch if isinstance(record, Bystanders)]
        window = history.admit((record for record in batch if not isinstance(record, Bystanders)), as_of)
        replay.records += counted(batch)
        if as_of is None:
            continue
        calendar.note(as_of - step, as_of)
        if batch:
            replay.first = replay.first or as_of - step
            replay.last = as_of
        if (
            not window.fresh
            and not window.known.recalled.withdrawals
            and not passed
            and not calendar.turns(as_of)
        ):
            continue
        calendar.read_on = as_of.date()
        noticed = notice(book, window, alerts.standing(as_of), as_of)
        texts = noticed.wanted_stories(book)
        noticed = noticed.telling(book, stories.near(texts), texts)
        sensed = compose(book, noticed, as_of)
        assessment = decide(book, sensed, alerts.reached(state, sensed, as_of), as_of)
        state = paced(state, assessment)
        alerts.keep(assessment)
        stories.keep(assessment)
        history.keep(assessment.signals, assessment.bounds)
        replay.assessments += 1
        _record(replay, assessment, desks)
        if watch:
            watch(assessment)
    if replay.first is None:
        replay.first, replay.last = calendar.first, calendar.last
    return replay


def carry(state: State, assessment: Assessment) -> State:
    """Return what the next assessment starts from, where all that is known of alerts and stories stands in the state."""
    alerts = {alert.key: alert for alert in state.open_alerts}
    alerts |= {change.alert.key: change.alert for change in assessment.changes}
    stories = {s.exhibit.evidence_id: s.exhibit.story for s in assessment.signals if s.exhibit.story}
    return replace(
        paced(state, assessment),
        open_alerts=tuple(alerts.values()),
        grounds=(),
        stories=state.stories.plus(assessment.tellings, stories, assessment.as_of).within(
            {bound.evidence_id: (bound.marking, bound.release_to) for bound in assessment.bounds}
        ),
    )


def paced(state: State, assessment: Assessment) -> State:
    """Return the state with what desks were told by an assessment, and what waits."""
    told: dict[tuple[str, str], Severity] = dict(state.told)
    for delivery in assessment.deliveries:
        key = (delivery.alert_key, delivery.desk_id)
        told[key] = max(told.get(key, Severity.UNKNOWN), delivery.severity)
    past = after(let_go(state.past, assessment.as_of), assessment.deliveries, assessment.as_of)
    return _without_recalled(replace(state, told=told, past=past), assessment.withheld)


def _without_recalled(state: State, withheld: Iterable[Withheld]) -> State:
    """What waited and was taken out with nothing in its place was never sent, and told nobody."""
    waiting = state.past.held
    places = ((w, (w.alert_key, w.desk_id, w.channel, w.address)) for w in withheld)
    recalled = {
        place
        for w, place in places
        if w.reason == "superseded" and place in waiting and waiting[place].version == w.alert_version
    }
    if not recalled:
        return state
    held = {place: wait for place, wait in waiting.items() if place not in recalled}
    unsent = {place[:2] for place in recalled} - {place[:2] for place in (*held, *state.past.reached)}
    told = {key: severity for key, severity in state.told.items() if key not in unsent}
    return replace(state, told=told, past=replace(state.past, held=held))


def _steps(
    records: Iterator[Replayed], first: date | None, last: date | None, step: timedelta
) -> Iterator[tuple[datetime | None, Sequence[Replayed]]]:
    """Group records by the instant that assesses them; None for what lies before the first step.

    Steps in which nothing became known come too, empty.
    """
    start = _midnight(first) if first else None
    end = _midnight(last + DAY) if last else None

    def instant(record: Replayed) -> datetime | None:
        nonlocal start
        if start is None:
            start = _midnight(record.known_at.astimezone(UTC).date())
        if first is not None and record.known_at <= start:
            return None
        steps_after = -((start - record.known_at) // step)
        return start + max(steps_after, 1) * step

    ahead = start + step if start else None
    for as_of, batch in groupby(records, key=instant):
        if end is not None and as_of is not None and as_of > end:
            break
        if as_of is not None:
            yield from _quiet(ahead, as_of, step)
            ahead = as_of + step
        yield as_of, list(batch)
    if end is not None:
        yield from _quiet(ahead, end + step, step)


def _quiet(
    ahead: datetime | None, until: datetime, step: timedelta
) -> Iterator[tuple[datetime, Sequence[Replayed]]]:
    while ahead is not None and ahead < until:
        yield ahead, ()
        ahead += step


def _record(replay: Replay, assessment: Assessment, countries: Mapping[str, str]) -> None:
    for delivery in assessment.deliveries:
        replay.told.add(
            Told(
                alert_key=delivery.alert_key,
                version=delivery.alert_version,
                country=countries[delivery.desk_id],
            )
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
