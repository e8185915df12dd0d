"""A sketch never says that a mark is not there which is; what it leaves in doubt is little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.ids import key64
from warning.store import mark_sketches
from warning.store.engine import open_engine, reading, writing
from warning.store.mark_sketches import Sketches, draw, sketch_of, sketches

SPAN = 1 << 43


def marks(count, word="mark"):
    return [key64(word, str(n)) % SPAN for n in range(count)]


@pytest.fixture
def sqlite_engine(sqlite_url):
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@given(st.sets(st.integers(0, SPAN - 1)))
def test_no_mark_that_is_held_is_left_out(numbers):
    some = sorted(7 * SPAN + number for number in numbers)
    assert Sketches([(7, bytes(sketch_of(some)))]).doubtful(some, SPAN) == some


@pytest.mark.parametrize("count", [1, 100, 2_500, 30_000])
def test_few_marks_that_are_not_held_are_doubted(count):
    known = Sketches([(0, bytes(sketch_of(marks(count))))])
    assert len(known.doubtful(marks(2_000, "other"), SPAN)) < 100


def test_a_place_without_a_sketch_may_hold_any_mark(sqlite_engine):
    with reading(sqlite_engine) as connection:
        known = sketches(connection.exec_driver_sql, [7])
    assert known.doubtful([7 * SPAN + 1, 8 * SPAN], SPAN) == [7 * SPAN + 1, 8 * SPAN]


def test_a_sketch_grows_with_its_place_and_is_given_up_where_that_is_large(sqlite_engine, monkeypatch):
    monkeypatch.setattr(mark_sketches, "MOST_HELD", 1_050)
    every, sizes = [7 * SPAN + number for number in marks(1_200)], []
    for first in range(0, 1_200, 100):
        some = every[first : first + 100]
        with writing(sqlite_engine) as connection:
            execute = connection.exec_driver_sql
            execute("INSERT INTO item_marks (mark, seq) VALUES (?, 1)", [(number,) for number in some])
            draw(execute, 7, SPAN, some)
            known = sketches(execute, [7])
            sizes += execute("SELECT length(bits) FROM item_mark_sketches").scalars()
        assert known.doubtful(every[: first + 100], SPAN) == every[: first + 100]
    assert sizes == [256] * 2 + [1024] * 8 + [0] * 2
