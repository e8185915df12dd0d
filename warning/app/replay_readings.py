"""What a replay reads of its evidence, step by step: all that no alert has a part in, so that it may run ahead of them.

Texts and figures are judged here, and texts find their stories; dates, lists, gaps and sequences look at alerts, or at
what was told before, and wait for `backtesting`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from warning.app.chronology import Bystanders, Replayed, counted, in_days, in_order, settled
from warning.app.figure_days import FigureDays
from warning.app.history import History, ReplayWindow
from warning.app.replayed_stories import ReplayedStories
from warning.app.side_by_side import Columns, apart, together
from warning.app.told_figures import ToldFigures
from warning.core.assess import text_rules
from warning.core.detect.registry import DETECTORS
from warning.core.evidence import KnownWindow
from warning.core.narrowing import bounds_of
from warning.core.recalling import recall_of
from warning.core.rulebook import Rulebook
from warning.core.series.punctual import punctual
from warning.core.stories import Telling, tell, tellings_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one step has to assess: its window with what texts and figures gave, and what the texts told."""

    as_of: datetime
    window: ReplayWindow
    tellings: tuple[Telling, ...]

    @classmethod
    def of(cls, as_of: datetime, known: KnownWindow, tellings: tuple[Telling, ...]) -> "Reading":
        return cls(as_of=as_of, window=ReplayWindow(fresh=known.fresh, known=known), tellings=tellings)

    def __reduce__(self) -> tuple[Any, ...]:
        """What a process takes over of it: hundreds of signals and traces, side by side."""
        known = self.window.known
        found = {kind: (apart(signals), apart(traces)) for kind, (signals, traces) in known.found.items()}
        return _made_again, (self.as_of, replace(known, found={}), found, apart(self.tellings))


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was read in all, told last; `replayed` of it in the replayed time.

    `first` and `last` are the ends of that time, both instants of assessment.
    """

    records: int = 0
    replayed: int = 0
    first: datetime | None = None
    last: datetime | None = None


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


def _made_again(
    as_of: datetime,
    known: KnownWindow,
    found: Mapping[str, tuple[Columns | None, Columns | None]],
    told: Columns | None,
) -> Reading:
    said = {kind: (together(signals), together(traces)) for kind, (signals, traces) in found.items()}
    return Reading.of(as_of, replace(known, found=said), together(told))


def readings(
    book: Rulebook, records: Iterable[Replayed], first: date | None, last: date | None, step: timedelta
) -> Iterator[Reading | Tally]:
    """Yield the steps with something to assess in them, in order, and at the end what was read in all."""
    history, stories, tally = History(book, forgets=True, once=True), ReplayedStories(), Tally()
    figures = ToldFigures(book)
    calendar = _Calendar(reads=book.reads_the_calendar)
    remembered = recall_of(book)
    apart = {*remembered.sources, *(one.source_id for one in remembered.awaited)}
    ordered = in_days(records, FigureDays(apart)) if step == DAY else in_order(records)
    for as_of, batch in _steps(settled(ordered), first, last, step):
        passed = any(isinstance(record, Bystanders) for record in batch)
        window = history.admit((record for record in batch if not isinstance(record, Bystanders)), as_of)
        tally.records += counted(batch)
        if as_of is None:
            continue
        tally.replayed += counted(batch)
        calendar.note(as_of - step, as_of)
        if batch:
            tally.first, tally.last = tally.first or as_of - step, as_of
        has_evidence = window.fresh or window.known.recalled.withdrawals or passed
        if not has_evidence and not calendar.turns(as_of):
            continue
        calendar.read_on = as_of.date()
        yield _reading(book, window.known, stories, figures, as_of)
        history.keep(())  # signals are remembered by who joins them
    if tally.first is None:
        tally.first, tally.last = calendar.first, calendar.last
    yield tally


def _reading(
    book: Rulebook, known: KnownWindow, stories: ReplayedStories, figures: ToldFigures, as_of: datetime
) -> Reading:
    signals, traces = DETECTORS["text"](book, known, as_of)
    judged = punctual(replace(known, told_figures=figures.of(known.earlier)), book)
    found, told = DETECTORS["series"](book, judged, as_of)
    figures.keep(found, as_of)
    rules = text_rules(book)
    texts = tellings_of(signals, rules)
    marked, tellings = tell(signals, stories.near(texts), rules, texts)
    stories.remember(
        as_of, marked, tellings, bounds_of([item for item in known.items if item.id in known.fresh], book)
    )
    read = replace(
        known, series=(), earlier=(), judged=(), told=frozenset(),
        found={"text": (marked, tuple(traces)), "series": (tuple(found), tuple(told))},
    )  # fmt: skip
    return Reading.of(as_of, read, tellings)


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


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
