"""Ids of figures as numbers are the same ids, in the same order; other forms stay texts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_series_columns import BOOK, figure
from warning.core.evidence import Observation
from warning.core.series.held_ids import keys_of, names_of
from warning.core.series.ledger import Ledger

FORM = st.integers(0, 2**64 - 1).map(lambda key: b"o-%016x" % key)
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


@given(st.lists(FORM, min_size=1))
def test_ids_come_back_from_their_numbers_and_keep_their_order(ids: list[bytes]):
    names = np.array(ids)
    keys = keys_of(names)
    assert keys is not None
    assert names_of(keys).tolist() == ids
    assert np.argsort(keys, kind="stable").tolist() == np.argsort(names, kind="stable").tolist()


@given(
    st.lists(FORM), st.sampled_from([b"o24", b"c-0000000000000001", b"o-000000000000000A", b"o-" + b"0" * 17])
)
def test_ids_of_another_form_have_no_numbers(ids: list[bytes], other: bytes):
    assert keys_of(np.array([*ids, other])) is None


def test_a_ledger_gives_back_ids_of_every_form():
    ledger = Ledger(BOOK.needs())
    ids = ["o-00000000000000ff", "o-00000000000000fe", "o24", "資源-1", "o-ffffffffffffffff"]
    like = figure(1, "D", "price", "kg")
    for day, name in enumerate(ids):
        batch = ledger.batch([point(like, name, day)])
        ledger.put(batch)
        placed, found = ledger.find(batch)
        assert found.tolist() == [name.encode()]
        shown = ledger.columns(batch, placed)
        assert [one.id for one in shown[0].points] == ids[: day + 1]


def test_of_two_vintages_known_at_once_the_greater_id_stays_in_whatever_form():
    like = figure(1, "D", "price", "kg")
    for names in (["o-000000000000000b", "o-000000000000000a"], ["o24", "o-000000000000000a"]):
        ledger = Ledger(BOOK.needs())
        for name in names:
            batch = ledger.batch([point(like, name, 0)])
            ledger.put(batch)
        placed, _ = ledger.find(batch)
        assert [one.id for one in ledger.columns(batch, placed)[0].points] == [max(names)]


def point(like: Observation, name: str, day: int) -> Observation:
    known_at = NOON + timedelta(days=day)
    return replace(like, id=name, period=known_at.date().isoformat(), value=1.0 + day, known_at=known_at)
