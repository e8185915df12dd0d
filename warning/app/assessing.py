"""Assess what is new, whatever is in it: evidence that an assessment breaks on is set aside, the rest goes on."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from warning.app.system import System
from warning.core.assess import Assessment, compose, decide, notice
from warning.core.chains import followed
from warning.core.evidence import Window
from warning.core.joinable import joinable
from warning.core.recall import Recall, Recalled
from warning.core.recalling import recall_at_first, recall_of_sequences
from warning.core.rulebook import Rulebook
from warning.core.series.known import ColumnsWindow
from warning.errors import AssessmentRaced, StoreContended, StoreError
from warning.store.resident import Resident

log = logging.getLogger(__name__)
ASSESS_BATCH = 5_000
MOST_ITEMS = 2_000
"""So many texts are in memory at once: they are larger than figures, and judged one by one."""
MOST_RACES = 5
MOST_SET_ASIDE = 1_000
Unit = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessReport:
    """What the assessments of one round did, added up. `set_aside` counts evidence none of them got through."""

    evidence: int = 0
    signals: int = 0
    opened: int = 0
    updated: int = 0
    joined: int = 0
    owed: int = 0
    withheld: int = 0
    set_aside: int = 0


def assess_new(system: System) -> AssessReport:
    """Assess all evidence not yet assessed; see `_assess_new`. The history read stays in memory for the next time."""
    with system.resident.taken() as resident:
        return _assess_new(system, resident)


def _assess_new(system: System, resident: Resident | None) -> AssessReport:
    """Assess all evidence not yet assessed, in batches; each batch is one transaction.

    A fault of ours over one piece of evidence must not silence the others. It stays unassessed in the store and
    is tried again under another rulebook, or by the next process. The first round of a day assesses also when
    there is nothing new: a date of the register comes nearer without any.
    """
    book = system.live_book()
    round_ = _Round(system, book)
    races = 0
    while races < MOST_RACES:
        as_of = system.clock()
        aside = system.set_aside.under(book.version)
        window = system.repository.unassessed(
            book.needs(), as_of, ASSESS_BATCH + len(aside), resident, most_items=MOST_ITEMS + len(aside)
        )
        window = _only(window, window.fresh - aside) if aside else window
        is_waited_for = bool(window.fresh or system.repository.waiting_withdrawals(as_of))
        if not is_waited_for and not system.calendar.is_unread(book, as_of):
            return round_.report
        try:
            round_.assess(window, as_of)
        except (AssessmentRaced, StoreContended) as raced:
            log.info("%s", raced)
            races += 1
        else:
            races = 0
    log.warning("other processes were faster %d times in a row; the next round goes on", races)
    return round_.report


class _Round:
    def __init__(self, system: System, book: Rulebook) -> None:
        self._system = system
        self._book = book
        self.report = AssessReport()

    def assess(self, window: Window, as_of: datetime) -> None:
        """Assess and store the window, or, where that breaks, its halves.

        Raises AssessmentRaced and StoreError; anything else only when too much was set aside: then it is not the
        evidence that is at fault.
        """
        try:
            self._commit(window, as_of)
        except (AssessmentRaced, StoreError):
            raise
        except Exception as surprise:
            units = _units(window)
            if not units:
                raise
            if len(units) == 1:
                self._set_aside(units[0], surprise)
                return
            for half in (units[: len(units) // 2], units[len(units) // 2 :]):
                self.assess(_only(window, frozenset().union(*half)), as_of)

    def _commit(self, window: Window, as_of: datetime) -> None:
        recalled = self._recalled(recall_at_first(self._book, lists=bool(window.listing_changes)), as_of)
        window = replace(window, recalled=recalled)
        days = self._book.policy.lifecycle.expire_after_days
        cases = followed(self._book.chains, as_of, days=days)
        standing = self._system.repository.standing_alerts(as_of.date(), cases)
        noticed = notice(self._book, window, standing, as_of)
        told = noticed.wanted_stories(self._book)
        noticed = noticed.telling(self._book, self._system.repository.stories_near(told), told)
        earlier = self._recalled(recall_of_sequences(self._book, noticed.signals), as_of)
        seen = recalled.seen if recalled.seen is not None else earlier.seen
        window = replace(window, recalled=replace(recalled, seen=seen))
        sensed = compose(self._book, noticed.remembering(earlier, as_of), as_of)
        state = self._system.repository.state_for(
            joinable(self._book, sensed.signals, as_of, sensed.withdrawals, sensed.bounds)
        )
        assessment = decide(self._book, sensed, state, as_of)
        self._system.repository.commit_assessment(assessment, window, book_version=self._book.version)
        self._system.calendar.mark(self._book, as_of)
        self.report = _add(self.report, len(window.fresh), assessment)

    def _recalled(self, wanted: Recall, as_of: datetime) -> Recalled:
        return self._system.repository.recall(wanted, as_of)

    def _set_aside(self, unit: Unit, surprise: Exception) -> None:
        aside = self._system.set_aside.ids
        if len(aside) >= MOST_SET_ASIDE:
            raise surprise
        log.error(
            "evidence %s cannot be assessed and is set aside", ", ".join(sorted(unit)), exc_info=surprise
        )
        aside |= unit
        self.report = replace(self.report, set_aside=self.report.set_aside + len(unit))


def _units(window: Window) -> Sequence[Unit]:
    """What can be told apart: an item, a list's change, the figures of a source (they explain each other)."""
    figures: dict[str, set[str]] = {}
    for figure in window.observations:
        if figure.id in window.fresh:
            figures.setdefault(figure.source_id, set()).add(figure.id)
    single = [item.id for item in window.items if item.id in window.fresh]
    single += [change.id for change in window.listing_changes if change.id in window.fresh]
    return [*(frozenset({one}) for one in single), *(frozenset(ids) for ids in figures.values())]


def _only(window: Window, fresh: frozenset[str]) -> Window:
    """Return the part of a window that is about `fresh`: its records, and the history of its figures."""
    window = window.plain() if isinstance(window, ColumnsWindow) else window
    sources = {figure.source_id for figure in window.observations if figure.id in fresh}
    left_out = window.fresh - fresh
    return replace(
        window,
        items=tuple(item for item in window.items if item.id not in left_out),
        listing_changes=tuple(change for change in window.listing_changes if change.id not in left_out),
        observations=tuple(
            figure
            for figure in window.observations
            if figure.source_id in sources and figure.id not in left_out
        ),
        fresh=fresh,
    )


def _add(report: AssessReport, evidence: int, assessment: Assessment) -> AssessReport:
    kinds = [change.kind for change in assessment.changes]
    return replace(
        report,
        evidence=report.evidence + evidence,
        signals=report.signals + len(assessment.signals),
        opened=report.opened + kinds.count("opened"),
        updated=report.updated + kinds.count("updated"),
        joined=report.joined + kinds.count("joined"),
        owed=report.owed + len(assessment.deliveries),
        withheld=report.withheld + len(assessment.withheld),
    )
