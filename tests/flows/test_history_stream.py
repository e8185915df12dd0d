"""An indexed history is read in the order of time where its segments are in order, and sorted where they are not."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.app.backtesting import backtest_replay
from warning.app.chronology import Streams, counted, record_order
from warning.app.history_marks import Among
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.item_lines import as_replayed
from warning.catalog.load import load_rulebook
from warning.collect import history_index
from warning.collect.interchange import own_identity, read_evidence, write_evidence
from warning.core.evidence import Item
from warning.core.rules import TextRule
from warning.resources import tree

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BEGIN = datetime(2025, 1, 1, 21, 40, tzinfo=UTC)


@pytest.fixture(scope="module")
def book():
    # Without the register: its countdowns read the clock, not the texts.
    return replace(load_rulebook(tree("rules"), tree("feeds")), measures=())


def items(book, count=240):
    """Examples of the shipped rules among quiet items, one after the other, some told again under another address."""
    dice = random.Random(5)
    told = [e for rule in book.rules if isinstance(rule, TextRule) for e in rule.examples if e.fires]
    source, known = min(book.sources), BEGIN
    for number in range(count):
        known += timedelta(minutes=dice.randrange(300))
        example = dice.choice(told)
        quiet = dice.random() < 0.6
        yield Item(
            id=f"n{number}", source_id=source, kind=example.kind, country=example.country, language=example.language,
            title="A quiet day at the port." if quiet else example.title, summary="" if quiet else example.summary,
            body="" if quiet else example.body, external_id=str(number), published_at=known, known_at=known,
            url=f"https://press.example/{dice.randrange(count // 2)}",
        )  # fmt: skip


@pytest.mark.parametrize("is_shuffled", [False, True])
def test_history_of_many_segments_brings_what_the_file_brings(book, is_shuffled, tmp_path, monkeypatch):
    monkeypatch.setattr(history_index, "SEGMENT_ITEMS", 20)
    records = list(items(book))
    if is_shuffled:
        random.Random(1).shuffle(records)
    path = tmp_path / "history.jsonl"
    write_evidence(path, records)
    ready = ready_index(path, book, make=True)
    assert ready is not None
    assert ready[0].manifest.segments == 12

    def streams() -> Streams:
        return IndexedHistory([(path, ready[0])], NOW).records(book)

    in_order = list(streams().ordered)
    assert bool(in_order) is not is_shuffled
    assert in_order == sorted(in_order, key=record_order)
    assert counted(streams()) >= len(records)  # what is read whole may come as it was judged too
    slow = backtest_replay(
        book, (own_identity(as_replayed(one)) for one in read_evidence(path, imported_at=NOW))
    )
    fast = backtest_replay(book, streams())
    assert dict(fast.alerts) == dict(slow.alerts)
    assert (fast.told, fast.records, fast.first, fast.last) == (
        slow.told, slow.records, slow.first, slow.last,
    )  # fmt: skip
    assert len(slow.alerts) > 5


KEYS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 40), max_size=60)


@given(KEYS, KEYS)
def test_a_set_of_keys_knows_the_places_of_those_that_stand_in_it(held, asked):
    found = Among(np.array(held, dtype=np.uint64)).of(np.array(asked, dtype=np.uint64))
    assert found.tolist() == [place for place, key in enumerate(asked) if key in held]


def press_item(book, number, title, known_at):
    return Item(
        id=f"n{number}", source_id=min(book.sources), kind="news", country="US", language="en",
        title=title, external_id=str(number), published_at=known_at, known_at=known_at,
    )  # fmt: skip


EVENT, QUIET = "China imposes export controls on gallium and germanium", "A quiet day at the port."


@pytest.mark.parametrize("wordings", [(EVENT, QUIET), (QUIET, EVENT)])
def test_last_wording_of_one_instant_is_that_of_the_last_file_when_an_earlier_one_begins_later(
    book, wordings, tmp_path
):
    at, files = datetime(2025, 4, 1, 6, tzinfo=UTC), []
    for number, (wording, begin) in enumerate(zip(wordings, (60, 0), strict=True)):
        files.append(tmp_path / f"{number}.jsonl")
        first = press_item(book, number, f"{QUIET} {number}", BEGIN + timedelta(days=begin))
        write_evidence(files[-1], [first, press_item(book, 9, wording, at)])
    ready = [(path, ready_index(path, book, make=True)[0]) for path in files]
    streams = IndexedHistory(ready, NOW).records(book)
    fast = backtest_replay(book, streams)
    plain = (one for path in files for one in read_evidence(path, imported_at=NOW))
    slow = backtest_replay(book, (own_identity(as_replayed(one)) for one in plain))
    assert dict(fast.alerts) == dict(slow.alerts)
    assert fast.records == slow.records
    assert bool(slow.alerts) is (wordings[-1] == EVENT)
