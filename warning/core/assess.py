"""The one evaluation path. Live run, dry run, explain, backtest, demo and a rule's examples all call it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from warning.core.alerts import Alert, AlertChange
from warning.core.case_steps import late_signals, set_aside_signals
from warning.core.correlate import correlate
from warning.core.deliveries import Delivery, Withheld
from warning.core.detect.deadline import untold
from warning.core.detect.registry import composed, noticed
from warning.core.evidence import KnownWindow, Window
from warning.core.grading import grade
from warning.core.lifecycle import reopened
from warning.core.narrowing import Bound, bounds_of, narrowed_in
from warning.core.pace import Past, let_go, pace
from warning.core.recall import Recalled
from warning.core.routing import route
from warning.core.rulebook import Rulebook
from warning.core.series.punctual import punctual
from warning.core.signals import Signal, Trace
from warning.core.silences import Silence
from warning.core.stories import KnownStories, Stories, Telling, tell, tellings_of
from warning.core.text_rules import TextRule
from warning.core.vocabulary import Severity
from warning.core.withdrawals import Withdrawal
from warning.core.withdrawing import retractions, withdrawn_from


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What earlier assessments left behind.

    `open_alerts` holds the latest version of each alert that evidence may still join, also of one that has ended and
    would be opened again; `told` the severity last delivered, by (alert key, desk id), `past` when that was. `silences` may hold some that are over, or not yet begun:
    `assess` looks at the time. `stories` is what evidence told before. `grounds` are the kept signals of alerts that rest
    on evidence whose marking may have been narrowed: what desks still may read is made of them. `holding` are the keys of
    the alerts that may hold a signal of the assessment already, for whoever looked that up; None where nobody did.
    """

    open_alerts: tuple[Alert, ...] = ()
    told: Mapping[tuple[str, str], Severity] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    past: Past = field(default_factory=Past)
    stories: Stories = field(default_factory=Stories)
    grounds: tuple[Signal, ...] = ()
    holding: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything one assessment decided, sorted; the store commits it in one transaction."""

    as_of: datetime
    signals: tuple[Signal, ...]
    changes: tuple[AlertChange, ...]
    deliveries: tuple[Delivery, ...]
    withheld: tuple[Withheld, ...]
    traces: tuple[Trace, ...]
    withdrawals: tuple[Withdrawal, ...] = ()
    tellings: tuple[Telling, ...] = ()
    stories_seen: int | None = None
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensed:
    """What the detectors made of the evidence, before anything is joined: from it follows which alerts are wanted."""

    signals: tuple[Signal, ...]
    traces: tuple[Trace, ...]
    withdrawals: tuple[Withdrawal, ...] = ()
    tellings: tuple[Telling, ...] = ()
    stories_seen: int | None = None
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What all detectors but the sequences made of the evidence: from it follows what sequences want remembered."""

    known: KnownWindow
    found: tuple[tuple[Signal, ...], tuple[Trace, ...]]
    tellings: tuple[Telling, ...] = ()
    stories_seen: int | None = None

    @property
    def signals(self) -> tuple[Signal, ...]:
        return self.found[0]

    def remembering(self, earlier: Recalled, as_of: datetime) -> "Noticed":
        """With these earlier signals besides; arrivals and vitals stay."""
        recalled = self.known.recalled
        signals = (*recalled.signals, *earlier.signals)
        known = replace(self.known, recalled=replace(recalled, signals=signals).as_known(as_of))
        return replace(self, known=known)

    def wanted_stories(self, book: Rulebook) -> list[Telling]:
        """What the texts tell, its stories unknown: whoever keeps the memory of years reads what is near to it."""
        return tellings_of(self.signals, text_rules(book))

    def telling(
        self, book: Rulebook, stories: KnownStories, told: Sequence[Telling] | None = None
    ) -> "Noticed":
        """With the stories that the texts tell. `stories` holds at least what was told before in near words.

        `told` is what `wanted_stories` gave, for whoever asked.
        """
        signals, tellings = tell(self.signals, stories, text_rules(book), told)
        found = signals, self.found[1]
        return replace(self, found=found, tellings=tellings, stories_seen=stories.seen)


def text_rules(book: Rulebook) -> frozenset[str]:
    """The rules whose signals tell stories: those that read texts."""
    return frozenset(rule.id for rule in book.rules if isinstance(rule, TextRule))


def assess(book: Rulebook, window: Window, state: State, as_of: datetime) -> Assessment:
    """Decide what the fresh evidence in `window` means, knowing only what could be known at `as_of`."""
    standing = tuple(alert for alert in state.open_alerts if alert.state == "open")
    return decide(book, sense(book, window, standing, as_of, state.stories), state, as_of)


def sense(
    book: Rulebook, window: Window, standing: Sequence[Alert], as_of: datetime, stories: Stories | None = None
) -> Sensed:
    """The first half: run the detectors. `standing` are the open alerts with dates ahead, and those of gaps."""
    first = notice(book, window, standing, as_of)
    return compose(book, first.telling(book, stories or Stories()), as_of)


def notice(book: Rulebook, window: Window, standing: Sequence[Alert], as_of: datetime) -> Noticed:
    """Run all detectors but the sequences. Whoever keeps the memory of years reads then only what these signals ask for."""
    known = punctual(replace(window.as_known(as_of), alerts=tuple(standing)), book)
    return Noticed(known=known, found=noticed(book, known, as_of))


def compose(book: Rulebook, first: Noticed, as_of: datetime) -> Sensed:
    """Run the sequences on what the others found, with what is remembered."""
    known = first.known
    signals, traces = composed(book, known, as_of, first.found)
    told = late_signals(book, known, as_of)
    fresh = [item for item in known.items if item.id in known.fresh]
    withdrawals = (*known.recalled.withdrawals, *retractions(fresh))
    return Sensed(
        signals=(*signals, *told),
        traces=traces,
        withdrawals=withdrawals,
        tellings=first.tellings,
        stories_seen=first.stories_seen,
        bounds=bounds_of(fresh, book),
    )


def decide(book: Rulebook, sensed: Sensed, state: State, as_of: datetime) -> Assessment:
    """The second half: join, grade, route and pace. `state` holds at least what `joinable` names of these signals."""
    signals, traces = untold(sensed.signals, sensed.traces, _holders(state))
    aside = set_aside_signals(book, state.open_alerts, signals, as_of)
    signals = (*signals, *aside)
    # What is told of an act that was set aside is in an alert that nobody looked up.
    holding = None if aside else state.holding
    changes, suppressed = correlate(signals, state.open_alerts, book, as_of, holding=holding)
    changes = withdrawn_from(changes, state.open_alerts, signals, sensed.withdrawals, book)
    changes = narrowed_in(
        [reopened(change) for change in changes],
        state.open_alerts,
        sensed.bounds,
        (*signals, *state.grounds),
        book,
        as_of,
    )
    graded = tuple(grade(change, book) for change in changes)
    past = let_go(state.past, as_of)
    owed, withheld = route(graded, book.desks, state.told, _active(state.silences, as_of), past)
    paced = pace(owed, graded, book, state.told, state.past, state.open_alerts, as_of)
    return Assessment(
        as_of=as_of,
        signals=signals,
        changes=graded,
        deliveries=paced.deliveries,
        withheld=tuple(sorted((*withheld, *paced.withheld))),
        traces=(*traces, *suppressed),
        withdrawals=sensed.withdrawals,
        tellings=sensed.tellings,
        stories_seen=sensed.stories_seen,
        bounds=sensed.bounds,
    )


def _holders(state: State) -> Sequence[Alert]:
    """The alerts that may hold one of the signals already."""
    if state.holding is None:
        return state.open_alerts
    return [alert for alert in state.open_alerts if alert.key in state.holding]


def _active(silences: Iterable[Silence], as_of: datetime) -> tuple[Silence, ...]:
    return tuple(silence for silence in silences if silence.is_active(as_of))
