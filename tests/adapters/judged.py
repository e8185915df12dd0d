"""Assessments for the store's tests, made by the real core from signals given by hand."""

from collections.abc import Sequence
from datetime import datetime

from tests.core.build import START, at, book, exhibit, signal
from warning.core.assess import Assessment, State
from warning.core.correlate import correlate
from warning.core.evidence import Item, Window
from warning.core.grading import grade
from warning.core.lifecycle import reopened
from warning.core.routing import route
from warning.core.signals import Signal, Trace
from warning.core.vocabulary import SourceKind
from warning.store.repository import Repository

BOOK = book()
LATER = at(300)


def document(
    name: str = "i1", *, days: float = 0.0, title: str = "公告", kind: SourceKind = "regulatory"
) -> Item:
    return Item(
        id=name,
        source_id="mofcom",
        kind=kind,
        country="CN",
        language="zh",
        title=title,
        known_at=at(days),
    )


def fired(name: str = "i1", *, days: float = 0.0, **facts) -> Signal:
    return signal(name, days=days, facts=facts, exhibit=exhibit(name, known_at=at(days)))


def judge(signals: Sequence[Signal], state: State, as_of: datetime = START) -> Assessment:
    changes, _ = correlate(signals, state.open_alerts, BOOK, as_of)
    graded = tuple(grade(reopened(change), BOOK) for change in changes)
    deliveries, withheld = route(graded, BOOK.desks, state.told)
    trace = Trace(
        rule_id="prc-controls", rule_version="v1", outcome="fired", considered=1, fired=len(signals)
    )
    return Assessment(
        as_of=as_of,
        signals=tuple(signals),
        changes=graded,
        deliveries=deliveries,
        withheld=withheld,
        traces=(trace,),
    )


def waiting(repository: Repository) -> Window:
    return repository.unassessed((), LATER, 1_000)


def commit(repository: Repository, *signals: Signal, as_of: datetime = START) -> bool:
    """Assess whatever waits, with these signals as what the detectors found."""
    assessment = judge(signals, repository.state(), as_of)
    return repository.commit_assessment(assessment, waiting(repository), book_version="b1")
