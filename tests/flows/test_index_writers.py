"""Several who write into one history index at once: each waits for the other, and both find what they looked for."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from warning.collect import history_blocks, history_index
from warning.collect.history_blocks import blocks_of, remember
from warning.collect.history_index import build_index, look_for, open_index
from warning.collect.interchange import own_identity, write_evidence
from warning.core.evidence import Item
from warning.core.text.finders import Pattern

KNOWN = datetime(2025, 2, 3, tzinfo=UTC)
ZEBRA, QUOKKA = (Pattern(needle=word, starts_word=True, ending="") for word in (b"zebra", b"quokka"))


@pytest.fixture
def evidence(tmp_path):
    path = tmp_path / "2025-02.jsonl"
    write_evidence(path, map(item, range(40)))
    return path


def item(number):
    known = KNOWN + timedelta(minutes=number)
    return own_identity(
        Item(
            id=f"n{number}", source_id="s", kind="news", country="US", language="en",
            title=f"{'the zebra crosses' if number < 30 else 'a quokka smiles'} {number}",
            external_id=str(number), published_at=known, known_at=known,
        )
    )  # fmt: skip


def at_once(monkeypatch, module, name, first, second):
    """Run the first; while it writes, begin the second."""
    begun = []
    real = getattr(module, name)

    def slow(*given):
        if not begun:
            begun.append(pool.submit(second))
            time.sleep(0.5)
        return real(*given)

    monkeypatch.setattr(module, name, slow)
    with ThreadPoolExecutor() as pool:
        first()
        begun[0].result(timeout=30)


def test_two_who_look_for_words_at_once_both_find_them(evidence, monkeypatch):
    build_index(evidence)
    one, two = open_index(evidence), open_index(evidence)
    at_once(
        monkeypatch, history_index, "write_blocks",
        lambda: look_for(one, [ZEBRA]), lambda: look_for(two, [QUOKKA]),
    )  # fmt: skip
    later = open_index(evidence)
    assert [sum(len(block.sentences(word)) for block in blocks_of(later)) for word in (ZEBRA, QUOKKA)] == [
        30,
        10,
    ]


def test_two_who_look_for_the_same_word_look_once(evidence):
    build_index(evidence)
    one, two = open_index(evidence), open_index(evidence)
    assert (look_for(one, [ZEBRA]), look_for(two, [ZEBRA])) == (1, 0)
    assert len(open_index(evidence).manifest.sets) == 1


def test_two_who_remember_sayings_at_once_remember_both(evidence, monkeypatch):
    look_for(build_index(evidence), [ZEBRA, QUOKKA])
    one, two = open_index(evidence), open_index(evidence)
    zebra, quokka = ({(word, 0xFF)} for word in (ZEBRA, QUOKKA))
    at_once(
        monkeypatch,
        history_blocks,
        "write_sets",
        lambda: remember(one, [zebra]),
        lambda: remember(two, [quokka]),
    )
    later = open_index(evidence)
    assert len(later.sayings) == 2
    assert [sum(len(block.saying(said)) for block in blocks_of(later)) for said in (zebra, quokka)] == [
        30,
        10,
    ]


def test_index_that_somebody_made_in_the_meantime_is_taken(evidence):
    look_for(build_index(evidence), [ZEBRA])
    assert ZEBRA in build_index(evidence).places
