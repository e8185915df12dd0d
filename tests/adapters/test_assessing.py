"""One piece of evidence that breaks an assessment silences no other, and races end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace

import pytest

from tests.core.build import START, book, desk
from tests.core.deadline_samples import SUSPENSION, measure
from tests.core.deadline_samples import book as register_book
from warning.app import assessing
from warning.app.assessing import MOST_RACES, assess_new
from warning.app.calendar_day import CalendarDay
from warning.app.set_aside import SetAside
from warning.core.assess import notice
from warning.core.evidence import Item
from warning.errors import AssessmentRaced, StoreError
from warning.store.resident import Resident


@pytest.fixture
def system(repository):
    return SimpleNamespace(
        live_book=book,
        repository=repository,
        clock=lambda: START,
        set_aside=SetAside(),
        calendar=CalendarDay(),
        resident=Resident(),
    )


def item(item_id: str) -> Item:
    return Item(
        id=item_id,
        source_id="wire",
        kind="news",
        country="US",
        language="en",
        title=f"News {item_id}",
        known_at=START,
    )


def broken_by(*poison: str):
    def picky(book, window, standing, as_of):
        if any(found.id in poison for found in window.items):
            raise ZeroDivisionError("poison")
        return notice(book, window, standing, as_of)

    return picky


def test_evidence_that_breaks_an_assessment_is_set_aside_and_the_rest_is_assessed(
    system, monkeypatch, caplog
):
    items = [item(f"i-{n:03d}") for n in range(60)]
    system.repository.add_items(items)
    monkeypatch.setattr(assessing, "notice", broken_by("i-007", "i-042"))
    report = assess_new(system)
    assert (report.evidence, report.set_aside) == (58, 2)
    assert system.repository.counts()["unassessed"] == 2
    assert "i-007" in caplog.text
    assert assess_new(system).evidence == 0

    monkeypatch.setattr(assessing, "notice", notice)
    assert assess_new(system).evidence == 0, "the same rulebook does not try again"
    system.live_book = lambda: book(desks=(desk("kr", "KR"),))
    assert assess_new(system).evidence == 2


def test_store_that_does_not_answer_sets_nothing_aside(system, monkeypatch):
    system.repository.add_items([item("i-1")])

    def locked(*_, **__):
        raise StoreError("locked")

    monkeypatch.setattr(system.repository, "state_for", locked)
    with pytest.raises(StoreError):
        assess_new(system)
    assert not system.set_aside.ids


def test_assessment_that_is_always_raced_gives_up_until_the_next_round(system, monkeypatch):
    system.repository.add_items([item("i-1")])
    tries = []

    def raced(*_, **__):
        tries.append(1)
        raise AssessmentRaced

    monkeypatch.setattr(system.repository, "commit_assessment", raced)
    assert assess_new(system).evidence == 0
    assert len(tries) == MOST_RACES


def test_evidence_that_is_relabelled_there_and_back_is_assessed_each_time_under_a_clock_that_stands_still(
    system,
):
    looks = count()

    def clock():
        assert next(looks) < 20, "the round does not end"
        return START

    system.clock = clock
    told = []
    for hours, kind in enumerate(("news", "regulatory", "news")):
        again = replace(item("i-1"), kind=kind, known_at=START + timedelta(hours=hours))
        system.repository.add_items([again])
        told.append(assess_new(system).evidence)
    assert told == [1, 1, 1]
    assert system.repository.counts()["unassessed"] == 0


def test_quiet_days_tell_the_dates_of_the_register_once_each(system):
    """Nothing new comes in for weeks: each threshold makes one version, however often a round runs."""
    system.live_book = lambda: register_book(measure(SUSPENSION))
    told = []
    for hours in range(0, 24 * 40, 6):
        system.clock = lambda hours=hours: datetime(2026, 11, 1, 6, tzinfo=UTC) + timedelta(hours=hours)
        report = assess_new(system)
        told += [system.clock().date().isoformat()] * (report.opened + report.updated)
    assert told == ["2026-11-01", "2026-11-20", "2026-11-26"]
    (alert,) = system.repository.alerts()
    assert (alert.version, alert.facts.act) == (3, "suspension_end")


def test_day_without_anything_new_is_assessed_once_a_day(system, monkeypatch):
    system.live_book = lambda: register_book(measure(SUSPENSION))
    runs = []

    def counted(*given):
        runs.append(given[-1])
        return notice(*given)

    monkeypatch.setattr(assessing, "notice", counted)
    for minutes in range(0, 48 * 60, 30):
        system.clock = lambda minutes=minutes: datetime(2026, 8, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        assess_new(system)
    assert len(runs) == 2
