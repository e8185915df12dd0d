"""A sketch never says that a mark is not there which is; what it leaves in doubt is little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.ids import key64
from warning.store import mark_sketches
from warning.store.engine import open_engine, reading, writing
from warning.store.mark_sketches import Sketches, draw, sketch_of, sketches


def marks(count, word="mark"):
    return sorted({key64(word, str(n)) & 0xFFFFFFFF for n in range(count)})


def entries(some):
    """As they are held: the mark in the upper half."""
    return np.array([mark << 32 | 1 for mark in some], np.uint64)


def asked(place, some):
    """As they are asked about: the place in the upper half."""
    return np.array([place << 32 | mark for mark in some], np.int64)


@pytest.fixture
def sqlite_engine(sqlite_url):
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@given(st.sets(st.integers(0, (1 << 32) - 1)))
def test_no_mark_that_is_held_is_left_out(numbers):
    some = sorted(numbers)
    known = Sketches([(7, bytes(sketch_of(entries(some))))])
    assert known.doubtful(asked(7, some)).tolist() == asked(7, some).tolist()


@pytest.mark.parametrize("count", [1, 100, 2_500, 30_000])
def test_few_marks_that_are_not_held_are_doubted(count):
    known = Sketches([(0, bytes(sketch_of(entries(marks(count)))))])
    assert len(known.doubtful(asked(0, marks(2_000, "other")))) < 100


def test_a_place_without_a_sketch_may_hold_any_mark(sqlite_engine):
    with reading(sqlite_engine) as connection:
        known = sketches(connection.exec_driver_sql, [7])
    assert known.doubtful(np.array([7 << 32 | 1, 8 << 32])).tolist() == [7 << 32 | 1, 8 << 32]


def test_a_sketch_grows_with_its_place_and_is_given_up_where_that_is_large(sqlite_engine, monkeypatch):
    monkeypatch.setattr(mark_sketches, "MOST_HELD", 1_050)
    every, sizes = marks(1_200), []
    for first in range(0, 1_200, 100):
        with writing(sqlite_engine) as connection:
            execute = connection.exec_driver_sql
            held = entries(every[: first + 100])
            draw(execute, 7, held[first:], lambda held=held: held)
            known = sketches(execute, [7])
            sizes += execute("SELECT length(bits) FROM item_mark_sketches").scalars()
        here = asked(7, every[: first + 100]).tolist()
        assert known.doubtful(np.array(here)).tolist() == here
    assert sizes == [256] * 2 + [1024] * 8 + [0] * 2
