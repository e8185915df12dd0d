"""A sketch never says that a mark is not there which is; what it leaves in doubt is little."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.ids import key64
from warning.store import mark_moves
from warning.store.engine import open_engine, reading, writing
from warning.store.mark_moves import move, sketch_of
from warning.store.mark_sketches import doubtful


def marks(count, word="mark"):
    return sorted({key64(word, str(n)) & 0xFFFFFFFF for n in range(count)})


def entries(some):
    """As they are held: the mark in the upper half."""
    return array("Q", [mark << 32 | 1 for mark in some])


def asked(place, some):
    """As they are asked about: the place in the upper half."""
    return [place << 32 | mark for mark in some]


def known(place, some):
    """What a store answers that has the sketch of these marks alone."""
    drawn = bytes(sketch_of(np.array(entries(some), np.uint64)))
    return lambda *_: [(place, drawn)]


@pytest.fixture
def sqlite_engine(sqlite_url):
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@given(st.sets(st.integers(0, (1 << 32) - 1)))
def test_no_mark_that_is_held_is_left_out(numbers):
    some = sorted(numbers)
    assert doubtful(known(7, some), {7: asked(7, some)}) == asked(7, some)


@pytest.mark.parametrize("count", [1, 100, 2_500, 30_000])
def test_few_marks_that_are_not_held_are_doubted(count):
    assert len(doubtful(known(0, marks(count)), {0: asked(0, marks(2_000, "other"))})) < 100


def test_a_place_without_a_sketch_may_hold_any_mark(sqlite_engine):
    with reading(sqlite_engine) as connection:
        found = doubtful(connection.exec_driver_sql, {7: [7 << 32 | 1], 8: [8 << 32]})
    assert found == [7 << 32 | 1, 8 << 32]


def test_a_sketch_grows_with_its_place_and_is_given_up_where_that_is_large(sqlite_engine, monkeypatch):
    monkeypatch.setattr(mark_moves, "MOST_HELD", 1_050)
    every, sizes = marks(1_200), []
    for first in range(0, 1_200, 100):
        with writing(sqlite_engine) as connection:
            execute = connection.exec_driver_sql
            move(execute, 7, entries(every[first : first + 100]))
            sizes += execute("SELECT length(bits) FROM item_mark_sketches").scalars()
            here = asked(7, every[: first + 100])
            assert doubtful(execute, {7: here}) == here
    assert sizes == [256] * 2 + [1024] * 8 + [0] * 2
