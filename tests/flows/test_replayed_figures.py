"""A publisher's table comes again and again, mostly unchanged: a replay judges of it what the service judges."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.test_series_columns import BOOK, figure, period_of, vintage
from warning.app.history import History
from warning.core.assess import State, assess
from warning.core.detect.series import detect_series
from warning.core.evidence import Observation, period_end
from warning.store.engine import open_engine
from warning.store.repository import Repository
from warning.store.resident import Resident

WEEK = timedelta(days=7)
VALUES = [100.0, 100.0, 105.0, 98.0, 60.0, 0.0, 0.0, None]


def some_tables(dice: random.Random) -> list[Observation]:
    """Months of six series, each told up to six times: the same again, corrected, as it was before, at one instant."""
    found: dict[tuple[object, str], Observation] = {}
    for number in range(6):
        like = figure(number, "M", "export_quantity", "kg")
        for at in range(20):
            value, known_at = dice.choice(VALUES), period_end(period_of("M", at)) + timedelta(days=20)
            for _ in range(dice.choice([1, 1, 2, 4, 6])):
                one = vintage(like, period_of("M", at), value, known_at)
                found[known_at, one.id] = one
                value = dice.choice([value, value, 100.0, 0.0, None])
                known_at += dice.choice([timedelta(0), timedelta(hours=5), WEEK, 6 * WEEK])
    return sorted(found.values(), key=lambda one: (one.known_at, one.id))


def whole_tables(dice: random.Random) -> list[Observation]:
    """Eighty months of four series; every second year each table comes again as it was, far back."""
    found: dict[tuple[object, str], Observation] = {}
    for number in range(4):
        like = figure(number, "M", "export_quantity", "kg")
        for at in range(80):
            value = dice.choice(VALUES)
            for again in range(at, 80, 26):
                known_at = period_end(period_of("M", again)) + timedelta(days=20)
                one = vintage(like, period_of("M", at), value, known_at)
                found[known_at, one.id] = one
    return sorted(found.values(), key=lambda one: (one.known_at, one.id))


@pytest.mark.parametrize(
    ("tables", "seed", "step"),
    [(some_tables, 0, WEEK), (some_tables, 1, WEEK), (whole_tables, 0, 4 * WEEK)],
)
def test_service_and_replay_judge_alike_what_comes_again(tables, seed: int, step, sqlite_url: str):
    left, told = tables(random.Random(seed)), 0
    engine = open_engine(sqlite_url)
    repository, resident, history = Repository(engine), Resident(), History(BOOK, forgets=True, once=True)
    as_of = left[0].known_at
    while left:
        as_of += step
        today = [one for one in left if one.known_at <= as_of]
        left = left[len(today) :]
        lived = service(repository, resident, today, as_of)
        replayed = detect_series(BOOK, history.admit(today, as_of).known, as_of)
        assert lived == replayed
        told += len(lived[0])
    engine.dispose()
    assert told > 15


def service(repository: Repository, resident: Resident, today: Sequence[Observation], as_of):
    repository.add_observations(today)
    window = repository.unassessed(BOOK.needs(), as_of, 10_000, resident)
    found = detect_series(BOOK, window.as_known(as_of), as_of)
    assessment = replace(assess(BOOK, window, State(), as_of), changes=())
    repository.commit_assessment(assessment, window, book_version="b")
    return found
