"""Instants as numbers: few are told in two bytes each, many as they are, and a ledger shows the same of both."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_series_columns import BOOK, evidence
from tests.core.test_series_ledger import expected, known_of, show
from warning.core.evidence import Observation
from warning.core.series import blocks
from warning.core.series.instants import Instants
from warning.core.series.ledger import Ledger


def numbered(instants: Instants, known_us: Sequence[int]) -> list[int] | None:
    numbers = instants.numbers(np.array(known_us, dtype=np.int64))
    return None if numbers is None else instants.known_us(numbers).tolist()


def test_instants_come_back_from_their_numbers_whenever_they_were_met():
    instants = Instants()
    first = instants.numbers(np.array([7, -5, 7], dtype=np.int64))
    assert first is not None
    assert numbered(instants, [9, -5]) == [9, -5]
    assert instants.known_us(first).tolist() == [7, -5, 7]


def test_more_instants_than_numbers_are_refused_and_none_of_them_is_learnt():
    instants = Instants(most=2)
    assert numbered(instants, [1]) == [1]
    assert numbered(instants, [2, 3]) is None
    assert numbered(instants, [2, 1]) == [2, 1]


@given(points=evidence(), size=st.integers(1, 10), most=st.integers(0, 3))
def test_ledger_of_more_instants_than_numbers_shows_what_it_saw(
    points: list[Observation], size: int, most: int
):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "Instants", partial(Instants, most))
        ledger = Ledger(BOOK.needs())
        for at in range(0, len(points), size):
            batch = points[at : at + size]
            assert show(known_of(ledger, batch)) == expected(BOOK, points[: at + size], batch)
