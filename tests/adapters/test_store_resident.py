"""Figures kept in memory between assessments are those the store would give, whatever happened in between."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.test_series_columns import BOOK, LEVELS, figure, period_of, vintage
from warning.core.assess import State, assess
from warning.core.detect.series import detect_series
from warning.core.evidence import Observation, period_end
from warning.core.series.known import ColumnsWindow
from warning.errors import AssessmentRaced
from warning.store import resident as resident_module
from warning.store.engine import writing
from warning.store.repository import Repository
from warning.store.resident import Resident
from warning.store.schema import observations

NEEDS = BOOK.needs()
START = period_end("2022-01")


def some_figures(dice: random.Random) -> list[Observation]:
    """Months of several tables and days of prices, with holes, late rows and revisions, oldest known first.

    Every other series changes its unit on the way, and its partner's spelling with it.
    """
    found = []
    for number in range(8):
        frequency = "D" if number >= 6 else "M"
        like = figure(
            number, frequency, "price" if number >= 6 else "export_quantity", dice.choice(["kg", "t"])
        )
        for at in range(26):
            if at == 13 and number % 2:
                like = replace(like, unit="t" if like.unit == "kg" else "kg", partner=like.partner.lower())
            if dice.random() < 0.08:
                continue
            period = period_of(frequency, at if frequency == "M" else at * 20)
            known_at = period_end(period) + timedelta(days=dice.choice([1, 1, 1, 9, 300]))
            found.append(vintage(like, period, dice.choice(LEVELS), known_at))
            if dice.random() < 0.2:
                revised = known_at + timedelta(days=dice.choice([0, 20, 200]))
                found.append(vintage(like, period, dice.choice(LEVELS), revised))
    return sorted(found, key=lambda o: (o.known_at, o.id))


@pytest.mark.parametrize("seed", range(3))
def test_resident_gives_what_the_store_gives_round_by_round(repository: Repository, seed: int):
    dice = random.Random(seed)
    left, resident, as_of, rounds = some_figures(dice), Resident(), START, 0
    while left:
        as_of += timedelta(days=dice.choice([5, 40]))
        ahead = as_of + timedelta(days=dice.choice([0, 0, 60]))  # some rows are stored before they are known
        today = [one for one in left if one.known_at <= ahead]
        left = left[len(today) :]
        repository.add_observations(dice.sample(today, len(today)))
        limit = dice.choice([3, 1_000, 1_000])
        if dice.random() < 0.15:
            finish(repository, as_of, None, 1_000)  # another process was faster
            continue
        while finish(repository, as_of, resident, limit):
            rounds += 1
    assert rounds > 5


def finish(repository: Repository, as_of, resident: Resident | None, limit: int) -> bool:
    """Assess one batch; with a resident, check first that it shows what the store does."""
    window = repository.unassessed(NEEDS, as_of, limit)
    if resident:
        kept = repository.unassessed(NEEDS, as_of, limit, resident)
        assert kept.fresh == window.fresh
        mine, plain = kept.as_known(as_of), window.as_known(as_of)
        assert mine.earlier == plain.earlier
        assert detect_series(BOOK, mine, as_of) == detect_series(BOOK, plain, as_of)
        if isinstance(kept, ColumnsWindow):
            whole = kept.plain().as_known(as_of)
            assert detect_series(BOOK, whole, as_of) == detect_series(BOOK, plain, as_of)
        window = kept
    assessment = replace(assess(BOOK, window, State(), as_of), changes=())
    return repository.commit_assessment(assessment, window, book_version="b")


@pytest.mark.parametrize("value", [1e308, -1e308])
def test_resident_and_store_read_a_figure_too_large_to_reckon_with_alike(filled, value: float):
    repository, resident = filled
    like = figure(1, "M", "export_quantity", "t")
    for at in (12, 13):
        point = replace(monthly(like, at), id=f"large {at}", value=value)
        repository.add_observations([point])
        assert finish(repository, point.known_at, resident, 1_000)


@pytest.fixture
def filled(repository: Repository) -> tuple[Repository, Resident]:
    """A store with a year of one series, assessed through a resident."""
    resident = Resident()
    like = figure(1, "M", "export_quantity", "kg")
    repository.add_observations(monthly(like, at) for at in range(12))
    assert finish(repository, monthly(like, 12).known_at, resident, 1_000)
    return repository, resident


def monthly(like: Observation, at: int) -> Observation:
    period = period_of("M", at)
    return vintage(like, period, 100.0, period_end(period) + timedelta(days=20))


def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the rows of each history read."""
    counts: list[int] = []
    read = resident_module.history

    def counted(*args):
        parts = list(read(*args))
        counts.append(sum(len(part["ids"]) for part in parts))
        return parts

    monkeypatch.setattr(resident_module, "history", counted)
    return counts


def test_resident_reads_the_history_of_a_series_once(filled, monkeypatch: pytest.MonkeyPatch):
    repository, resident = filled
    counts = rows_read(monkeypatch)
    point = monthly(figure(1, "M", "export_quantity", "kg"), 12)
    repository.add_observations([point])
    assert finish(repository, point.known_at, resident, 1_000)
    assert counts == [0]


def test_the_second_assessor_of_the_same_figures_fails_cleanly(filled):
    repository, resident = filled
    point = monthly(figure(1, "M", "export_quantity", "kg"), 12)
    repository.add_observations([point])
    window = repository.unassessed(NEEDS, point.known_at, 1_000, resident)
    found = replace(assess(BOOK, window, State(), point.known_at), changes=())
    assert repository.commit_assessment(found, window, book_version="b")
    with pytest.raises(AssessmentRaced):
        repository.commit_assessment(found, window, book_version="c")


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_figure_that_becomes_again_what_it_was_waits_for_its_own_day(filled, is_kept: bool):
    """The two vintages have one id: what is assessed is a row."""
    repository, resident = filled
    first = monthly(figure(1, "M", "export_quantity", "kg"), 12)
    second = vintage(first, first.period, 7.0, first.known_at + timedelta(days=1))
    third = replace(first, known_at=first.known_at + timedelta(days=2))
    repository.add_observations([first, second, third])
    left = []
    for point in (first, second, third):
        assert finish(repository, point.known_at, resident if is_kept else None, 1_000)
        left.append(repository.counts()["unassessed"])
    assert left == [2, 1, 0]


def test_resident_reads_nothing_but_the_queue_where_nothing_else_came(
    filled, monkeypatch: pytest.MonkeyPatch
):
    repository, resident = filled
    monkeypatch.setattr(resident_module, "since_rows", None)
    point = monthly(figure(1, "M", "export_quantity", "kg"), 12)
    repository.add_observations([point])
    assert finish(repository, point.known_at, resident, 1_000)


def test_resident_reads_anew_when_rows_are_missing(filled, monkeypatch: pytest.MonkeyPatch):
    repository, resident = filled
    with writing(repository.engine) as connection:
        first = connection.execute(observations.select().order_by(observations.c.seq)).first()
        connection.execute(observations.delete().where(observations.c.seq == first.seq))
    counts = rows_read(monkeypatch)
    point = monthly(figure(1, "M", "export_quantity", "kg"), 12)
    repository.add_observations([point])
    assert finish(repository, point.known_at, resident, 1_000)
    assert counts[0] > 5


def test_resident_reads_anew_under_another_rulebook(filled, monkeypatch: pytest.MonkeyPatch):
    repository, resident = filled
    counts = rows_read(monkeypatch)
    point = monthly(figure(1, "M", "export_quantity", "kg"), 12)
    repository.add_observations([point])
    window = repository.unassessed(tuple(reversed(NEEDS)), point.known_at, 1_000, resident)
    assert (len(window.fresh), counts[0] > 0) == (1, True)


def test_resident_is_used_by_one_at_a_time():
    resident = Resident()
    with resident.taken() as first, resident.taken() as second:
        assert (first, second) == (resident, None)
    with resident.taken() as again:
        assert again is resident
