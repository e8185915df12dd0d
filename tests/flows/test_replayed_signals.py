"""What a replay recalls for its sequences from arrays and a file is what they would read of all that ever fired."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.sequence_samples import event, rule, rules_book, seen
from warning.app import replayed_signals
from warning.app.replayed_signals import ReplayedSignals
from warning.core.detect.sequence import detect_sequences
from warning.core.ids import key64
from warning.core.narrowing import Bound, narrowed_signals
from warning.core.recalling import recall_of_sequences
from warning.core.signals import Signal, signal_ids_of
from warning.core.vocabulary import Marking

OWN = {"name": "own", "rules": ["a", "b"], "acts": ["tariff", "export_control"], "actors": ["US"]}
THEIRS = {"name": "theirs", "rules": ["b", "c"], "acts": ["export_control"], "actors": ["CN"]}
PATTERN = {"relation": "pattern", "act": "supply_stop", "direction": "tightening", "ordered": False}
BOOKS = [
    rules_book(
        rule(rule_id="one", steps=[OWN, THEIRS], same=["material"]),
        rule(rule_id="two", steps=[OWN, THEIRS], same=["answers"]),
    ),
    rules_book(rule("a", "b", "c", same=["material", "target"])),
    rules_book(rule("a", "b", rule_id="stop", same=["material"], **PATTERN)),
]


def fired(dice: random.Random, day: int) -> Signal:
    facts = {
        "act": dice.choice(("export_control", "tariff")),
        "actors": dice.choice((("CN",), ("US",), ("CN", "US"))),
        "targets": dice.choice(((), ("US",), ("CN",))),
        "materials": dice.choice((("gallium",), ("dysprosium", "terbium"), ())),
    }
    happened = day - dice.choice((0, 0, 0, 4))
    one = event(dice.choice("abc"), happened, f"document-{dice.randrange(200)}", known=day, facts=facts)
    return replace(one, rests_on=dice.choice(((), (f"document-{dice.randrange(200)}",))))


@pytest.mark.parametrize("held", [3, 10_000])
@pytest.mark.parametrize("of", BOOKS)
def test_sequences_tell_what_they_would_of_everything_that_fired(of, held, monkeypatch):
    monkeypatch.setattr(replayed_signals, "MOST_HELD", held)
    dice = random.Random(7)
    memory, every, told, day = ReplayedSignals(of), dict[str, Signal](), 0, 0
    for _ in range(120):
        day += dice.choice((1, 1, 1, 6))  # in all less than sequences look back: nothing is forgotten
        fresh = {s.id: s for s in (fired(dice, day) for _ in range(dice.randint(0, 5)))}
        as_of = event("a", day).known_at + timedelta(hours=12)
        new = list(fresh.values())
        near = memory.near(recall_of_sequences(of, new), as_of)
        whole, _ = detect_sequences(of, seen(*every.values()), as_of, new)
        assert detect_sequences(of, seen(*near), as_of, new)[0] == whole
        assert all(every[signal.id] == signal for signal in near)
        narrow = f"document-{dice.randrange(200)}"
        bounds = [
            Bound(evidence_id=narrow, marking=Marking.AMBER, release_to=None, signal_ids=signal_ids_of(of.rule_ids, narrow))
        ] if dice.random() < 0.2 else []  # fmt: skip
        memory.keep(new, bounds, as_of)
        every = {**fresh, **every}
        every |= {s.id: s for s in narrowed_signals(every.values(), bounds)}
        told += len(whole)
    assert told > 10


def test_what_no_sequence_reads_any_more_takes_no_room_but_in_the_file():
    book = BOOKS[0]
    memory, longest, told = ReplayedSignals(book), 0, 0
    for day in range(0, 4_000, 5):
        one = replace(event("a", day, f"document-{day}"), rests_on=(f"other-{day}",))
        bound = Bound(
            evidence_id=f"document-{day}",
            marking=Marking.AMBER,
            release_to=None,
            signal_ids=signal_ids_of(book.rule_ids, f"document-{day}"),
        )
        memory.keep([one], [bound], one.known_at + timedelta(hours=12))
        told += 1
        longest = max(longest, len(memory._narrowed))
    assert memory._rows.first > 0.7 * told
    assert longest < 0.2 * told
    assert not len(memory._resting.of([key64("other-0")])[0])
    assert len(memory._resting) < 0.7 * told
