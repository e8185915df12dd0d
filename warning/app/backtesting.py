"""`rules backtest`: the past replayed day by day through the one evaluation path, with no look-ahead."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from warning.app.chronology import Replayed
from warning.app.history import ReplayWindow
from warning.app.reading_apart import can_read_apart, read_apart
from warning.app.remembered import Remembered
from warning.app.replay_readings import DAY, Tally, readings
from warning.app.replayed_alerts import ReplayedAlerts
from warning.app.replayed_signals import ReplayedSignals
from warning.core.alerts import Alert
from warning.core.assess import Assessment, State, compose, decide, notice
from warning.core.deliveries import Withheld
from warning.core.pace import after, let_go
from warning.core.recall import Recalled
from warning.core.recalling import recall_at_first, recall_of_sequences
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert version that reached a country's desks, by whatever number of channels."""

    alert_key: str
    version: int
    country: str


@dataclass(slots=True, kw_only=True)
class Replay:
    """What the replay did. `alerts` holds the latest version by key; `records` counts the records read, `replayed` those of them
    that became known in the replayed time.

    `first` and `last` are the ends of the replayed time, both instants of assessment.
    """

    alerts: Mapping[str, Alert] = field(default_factory=dict)
    told: set[Told] = field(default_factory=set)
    records: int = 0
    replayed: int = 0
    assessments: int = 0
    first: datetime | None = None
    last: datetime | None = None

    @property
    def weeks(self) -> float:
        """The replayed time in weeks, at least one."""
        if self.first is None or self.last is None:
            return 1.0
        return max((self.last - self.first) / timedelta(weeks=1), 1.0)


def backtest_replay(
    book: Rulebook,
    records: Iterable[Replayed],
    *,
    first: date | None = None,
    last: date | None = None,
    step: timedelta = DAY,
    watch: Callable[[Assessment], object] | None = None,
    apart: bool = False,
) -> Replay:
    """Replay the records from the start of `first` to the end of `last` (both days in UTC).

    Each step assesses what became known in it. Older evidence is history: figures and lists are remembered,
    items are passed over. Where a rule reads the calendar, a day without evidence is assessed once, as live.
    `watch` is shown every assessment. With `apart` the evidence is read in a process of its own where the system has that.
    """
    replay, memory, state = Replay(), Remembered(recall_at_first(book, lists=True)), State()
    alerts, earlier = ReplayedAlerts(book), ReplayedSignals(book)
    replay.alerts = alerts.shelf
    desks = {desk.id: desk.country for desk in book.desks}
    read = readings(book, records, first, last, step)
    for one in read_apart(read) if apart and can_read_apart() else read:
        if isinstance(one, Tally):
            replay.records, replay.replayed = one.records, one.replayed
            replay.first, replay.last = one.first, one.last
            continue
        as_of, window = one.as_of, _remembering(one.window, memory)
        noticed = replace(notice(book, window, alerts.standing(as_of), as_of), tellings=one.tellings)
        near = earlier.near(recall_of_sequences(book, noticed.signals), as_of)
        sensed = compose(book, noticed.remembering(Recalled(signals=near), as_of), as_of)
        assessment = decide(book, sensed, alerts.reached(state, sensed, as_of), as_of)
        state = paced(state, assessment)
        alerts.keep(assessment)
        memory.keep(assessment.signals, assessment.bounds)
        earlier.keep(assessment.signals, assessment.bounds, as_of)
        replay.assessments += 1
        _record(replay, assessment, desks)
        if watch:
            watch(assessment)
    return replay


def _remembering(window: ReplayWindow, memory: Remembered) -> ReplayWindow:
    """The window with the earlier signals that all rules but the sequences read."""
    recalled = replace(window.known.recalled, signals=memory.recalled().signals)
    return replace(window, known=replace(window.known, recalled=recalled))


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


def _record(replay: Replay, assessment: Assessment, countries: Mapping[str, str]) -> None:
    for delivery in assessment.deliveries:
        replay.told.add(
            Told(
                alert_key=delivery.alert_key,
                version=delivery.alert_version,
                country=countries[delivery.desk_id],
            )
        )
