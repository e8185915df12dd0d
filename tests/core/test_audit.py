"""A chain of hashes shows the first entry that was changed, left out, put in or moved."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import at
from warning.core.audit import GENESIS, Entry, Record, link, verify


def chain(count: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(1, count + 1):
        record = Record(
            at=at(number),
            kind="review",
            actor="Kim",
            subject=f"a-{number}",
            content={"action": "ack", "n": number},
        )
        entries.append(link(record, entries[-1].hash if entries else GENESIS, number))
    return entries


def test_an_untouched_chain_holds_and_tells_its_head():
    entries = chain(5)
    found = verify(entries, expected=entries[2].hash)
    assert (found.holds, found.entries, found.head) == (True, 5, entries[-1].hash)
    assert verify([]).holds


CHANGES = [
    {"at": at(99)},
    {"kind": "operator"},
    {"actor": "Park"},
    {"subject": "a-9"},
    {"content": "{}"},
    {"previous": "f" * 64},
    {"hash": "f" * 64},
]


@given(st.integers(1, 8), st.sampled_from(CHANGES))
def test_a_changed_entry_is_the_first_that_does_not_hold(number: int, change: dict):
    entries = chain(8)
    entries[number - 1] = replace(entries[number - 1], **change)
    found = verify(entries)
    assert (found.holds, found.broken_at, found.entries) == (False, number, number - 1)


@given(st.integers(1, 7))
def test_a_changed_entry_with_its_hash_made_anew_breaks_the_next(number: int):
    entries = chain(8)
    forged = replace(entries[number - 1], actor="Park")
    entries[number - 1] = replace(forged, hash=forged.computed_hash())
    assert verify(entries).broken_at == number + 1
    assert "does not follow" in verify(entries).fault


@given(st.integers(1, 7))
def test_an_entry_left_out_is_named(number: int):
    entries = chain(8)
    del entries[number - 1]
    assert verify(entries).fault == f"entry {number} is missing"


def test_entries_cut_off_the_end_show_against_a_head_noted_earlier():
    entries = chain(8)
    noted = entries[-1].hash
    assert verify(entries[:6]).holds
    found = verify(entries[:6], expected=noted)
    assert (found.holds, found.broken_at) == (False, 7)


@pytest.mark.parametrize("content", [{"a": "b", "c": "d"}, {"c": "d", "a": "b"}])
def test_the_order_of_keys_changes_no_hash(content: dict):
    record = Record(at=at(0), kind="operator", actor="Kim", subject="x", content=content)
    assert link(record, GENESIS, 1).content == '{"a":"b","c":"d"}'
