"""A publisher's table comes again and again, mostly unchanged: a replay judges of it what the service judges."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.core.series_samples import DROP, POLICY, months, rule
from tests.core.test_series_columns import BOOK, figure, period_of, vintage
from tests.core.test_series_ledger import COMBINED
from warning.app.replay_readings import Reading, readings
from warning.core.assess import State, compose, decide, notice
from warning.core.evidence import Observation, period_end
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal, Trace
from warning.store.engine import open_engine
from warning.store.repository import Repository
from warning.store.resident import Resident

WEEK = timedelta(days=7)
VALUES = [100.0, 100.0, 105.0, 98.0, 60.0, 0.0, 0.0, None]
NOTHING_NEW: tuple[list[Signal], list[Trace]] = [], []


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
    return in_order(found)


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
    return in_order(found)


def late_revisions(dice: random.Random) -> list[Observation]:
    """Sixty months of four series, revised up to four years later; some days, and forecasts of years ahead."""
    found: dict[tuple[object, str], Observation] = {}
    for number in range(5):
        frequency = "D" if number == 4 else "M"
        like = figure(number, frequency, "export_quantity", "kg")
        for at in range(60):
            period, value = period_of(frequency, at), dice.choice(VALUES)
            known_at = period_end(period) + timedelta(days=20)
            if at % 29 == 28 and number % 2:
                ahead = vintage(like, period_of(frequency, at + 40), 100.0, known_at)
                found[known_at, ahead.id] = ahead
            for _ in range(dice.choice([1, 1, 2, 3])):
                one = vintage(like, period, value, known_at)
                found[known_at, one.id] = one
                value = dice.choice([value, value, value, 100.0, 0.0, None])
                known_at += dice.choice(
                    [timedelta(0), WEEK, 6 * WEEK, 20 * WEEK, 44 * WEEK, 100 * WEEK, 180 * WEEK]
                )
    return in_order(found)


def described_anew(dice: random.Random) -> list[Observation]:
    """Months of five series told again in tonnes, under a longer code, as of another partner, at one instant or later."""
    found: dict[tuple[object, ...], Observation] = {}
    for number in range(5):
        like = figure(number, "M", "export_quantity", "kg")
        others = [
            replace(like, unit="t"),
            replace(like, hs_code="25041010"),
            replace(like, partner="XX"),
            like,
            like,
        ]
        for at in range(24):
            value, known_at = dice.choice(VALUES), period_end(period_of("M", at)) + timedelta(days=20)
            for _ in range(dice.choice([1, 1, 2, 3, 5])):
                one = vintage(dice.choice(others), period_of("M", at), value, known_at)
                found[known_at, one.id, one.labels] = one
                value = dice.choice([value, value, 0.1, 100.0, 0.0])
                known_at += dice.choice([timedelta(0), timedelta(0), WEEK, 6 * WEEK])
    return in_order(found)


def young_series(dice: random.Random) -> list[Observation]:
    """Twenty series that begin one after the other and fall to nothing within months; some figures come late."""
    found: dict[tuple[object, str], Observation] = {}
    for number in range(20):
        like, falls = figure(number, "M", "export_quantity", "kg"), dice.randrange(1, 6)
        for at in range(14):
            period = period_of("M", number + at)
            known_at = period_end(period) + timedelta(days=20 + dice.choice([0, 0, 0, 45]))
            one = vintage(like, period, dice.choice([0.0] if at >= falls else [0.0, 100.0, 120.0]), known_at)
            found[known_at, one.id] = one
    return in_order(found)


def in_order(found: Mapping[Any, Observation]) -> list[Observation]:
    return sorted(found.values(), key=lambda one: (one.known_at, one.id))


@pytest.mark.parametrize(
    ("tables", "seed", "step", "book", "keeps", "store"),
    [
        (some_tables, 0, WEEK, BOOK, True, "sqlite_url"),
        (some_tables, 1, WEEK, BOOK, False, "sqlite_url"),
        (whole_tables, 0, 4 * WEEK, BOOK, True, "sqlite_url"),
        (late_revisions, 0, 4 * WEEK, BOOK, True, "sqlite_url"),
        (late_revisions, 0, 4 * WEEK, BOOK, False, "sqlite_url"),
        (young_series, 0, 4 * WEEK, BOOK, True, "sqlite_url"),
        (described_anew, 0, WEEK, COMBINED, True, "sqlite_url"),
        (described_anew, 1, WEEK, COMBINED, False, "sqlite_url"),
        (late_revisions, 2, 4 * WEEK, COMBINED, True, "sqlite_url"),
        pytest.param(late_revisions, 3, 4 * WEEK, COMBINED, True, "postgres_url", marks=pytest.mark.postgres),
    ],
)
def test_service_and_replay_judge_alike_what_comes_again(
    tables: Callable[[random.Random], list[Observation]],
    seed: int,
    step: timedelta,
    book: Rulebook,
    keeps: bool,
    store: str,
    request: pytest.FixtureRequest,
):
    records = tables(random.Random(seed))
    start = records[0].known_at - timedelta(days=1)
    replayed = {
        one.as_of: one.window.known.found["series"]
        for one in readings(book, records, start.date(), None, step)
        if isinstance(one, Reading)
    }
    told = 0
    for as_of, lived in service(
        request.getfixturevalue(store), book, records, start, step, Resident() if keeps else None
    ):
        signals, traces = (tuple(part) for part in replayed.get(as_of, NOTHING_NEW))
        assert lived[0] == signals
        assert not traces or lived[1] == traces
        told += len(signals)
    assert told > 15


FALLEN: list[float | None] = [20_000.0] * 4 + [0.0] * 8


@pytest.mark.parametrize(
    ("least", "rearm", "values", "first", "told"),
    [
        (23, 6, [20_000.0] * 80 + [None] * 23 + [20_000.0] * 7 + [0.0] * 7, {}, ["2029-03"]),
        (48, 0, [20_000.0] * 100 + [None] * 3 + [20_000.0] * 7 + [0.0] * 7, {}, ["2029-03"]),
        (9, 0, FALLEN, {0: 20_000.0, 9: None}, []),
        (9, 3, FALLEN, {0: 20_000.0, 9: None}, []),
        (9, 0, FALLEN, {4: 20_000.0}, []),
        (9, 3, FALLEN, {9: 20_000.0}, []),
    ],
)
def test_standing_zeros_are_told_once_at_most_whatever_holes_and_late_figures_make_of_the_count(
    least: int,
    rearm: int,
    values: list[float | None],
    first: dict[int, float | None],
    told: list[str],
    sqlite_url: str,
):
    """`first` gives the oldest month, where it comes late or anew, as of the months with which it comes."""
    book = Rulebook(rules=(rule(DROP, min_points=least, rearm_points=rearm),), policy=POLICY)
    oldest, *others = (replace(one, known_at=one.known_at + timedelta(days=20)) for one in months(values))
    records = [one for one in others if one.value is not None]
    for at, value in (first or {0: oldest.value}).items():
        known_at = others[at - 1].known_at if at else oldest.known_at
        records.append(replace(oldest, id=f"s@2020-01-{at}", value=value, known_at=known_at))
    records.sort(key=lambda one: (one.known_at, one.id))
    start, step = records[-12].known_at - timedelta(days=1), timedelta(days=30)
    replayed = [
        signal.exhibit.evidence_id
        for one in readings(book, records, start.date(), None, step)
        if isinstance(one, Reading)
        for signal in one.window.known.found["series"][0]
    ]
    lived = service(sqlite_url, book, records, start, step, None)
    assert [signal.exhibit.evidence_id for _, found in lived for signal in found[0]] == replayed
    assert replayed == [f"s@{period}" for period in told]


def service(
    url: str,
    book: Rulebook,
    left: Sequence[Observation],
    start: datetime,
    step: timedelta,
    resident: Resident | None,
) -> Iterator[tuple[datetime, tuple[tuple[Signal, ...], tuple[Trace, ...]]]]:
    """Yield what each assessment says of what the store took in since the one before."""
    repository = Repository(open_engine(url))
    as_of = datetime.combine(start.date(), datetime.min.time(), tzinfo=UTC)
    while left:
        as_of += step
        today = [one for one in left if one.known_at <= as_of]
        left = left[len(today) :]
        random.Random(len(left)).shuffle(today)
        repository.add_observations(today)
        window = repository.unassessed(book.needs(), as_of, 10_000, resident)
        first = notice(book, window, (), as_of)
        yield as_of, first.found
        decided = decide(book, compose(book, first, as_of), State(), as_of)
        repository.commit_assessment(replace(decided, changes=()), window, book_version="b")
    repository.engine.dispose()
