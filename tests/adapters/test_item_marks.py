"""What is put among the marks is found again by each of them, and what is taken away is not, however it was moved."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warning.store import item_marks, mark_moves
from warning.store.engine import open_engine, writing
from warning.store.item_marks import (
    add_marks,
    holders,
    last_by_mark,
    number_of_id,
    of_source,
    take_marks,
)
from warning.store.mark_pages import entries_of

SOURCES = ("one", "two", "three")
KEYS = st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(0, 40).map(lambda n: n << 11)
HELD = st.tuples(st.builds(number_of_id, st.sampled_from(SOURCES), KEYS), st.integers(1, 60))
STEPS = st.lists(st.tuples(st.booleans(), st.lists(HELD, min_size=1, max_size=25)), max_size=12)


@pytest.fixture
def sqlite_engine(sqlite_url):
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(STEPS)
def test_marks_are_found_whatever_moved(sqlite_engine, steps):
    held = defaultdict(set)
    with pytest.MonkeyPatch.context() as patched, writing(sqlite_engine) as connection:
        patched.setattr(item_marks, "MOST_RECENT", 12)
        patched.setattr(mark_moves, "PAGE", 4)
        for table in ("item_marks_recent", "item_mark_pages", "item_mark_sketches"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        for is_taking, some in steps:
            (take_marks if is_taking else add_marks)(connection, some)
            for number, seq in some:
                (held[number >> 11].discard if is_taking else held[number >> 11].add)(seq)
        asked = [number for _, some in steps for number, _ in some]
        for number in asked:
            assert holders(connection, [number]) == held[number >> 11]
            last = last_by_mark(connection, [number])
            assert last <= held[number >> 11]
            assert max(held[number >> 11], default=None) in {*last, None}
        assert holders(connection, asked) == set().union(*(held[number >> 11] for number in asked))
        for source in SOURCES:
            place = number_of_id(source, 0) >> 43
            own = set().union(*(seqs for mark, seqs in held.items() if mark >> 32 == place))
            assert set(of_source(connection, source)) == own


def test_rows_of_a_place_stay_a_page_each_and_one_mark_in_one_row(sqlite_engine):
    dice = np.random.default_rng(1)
    with writing(sqlite_engine) as connection:
        for first in range(0, 12_000, 300):
            keys = dice.integers(0, 1 << 43, 300).tolist()
            add_marks(connection, [(number_of_id("one", key), first + n) for n, key in enumerate(keys, 1)])
        add_marks(connection, [(number_of_id("one", 5 << 20), seq) for seq in range(20_000, 21_500)])
        rows = connection.exec_driver_sql("SELECT first, entries FROM item_mark_pages ORDER BY first").all()
    sizes = [len(row.entries) // 8 for row in rows]
    assert sorted(sizes)[-2] <= mark_moves.PAGE
    assert max(sizes) >= 1_500
    marks = [np.array(entries_of(row.entries)) >> np.uint64(32) for row in rows]
    assert all(before[-1] < after[0] for before, after in pairwise(marks))
