"""Sequences: which events complete them, whatever the order in which they become known."""

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.sequence_samples import event, rule, rules_book, seen
from warning.core.detect.sequence import detect_sequences
from warning.core.sequences import complete_in_any_order, complete_in_order
from warning.core.signals import Signal

DAYS = st.lists(st.integers(0, 30), max_size=8)
AS_OF_DAYS = 400


def fired(sequence, fresh, earlier=()) -> list[Signal]:
    of = rules_book(sequence)
    as_of = max(s.known_at for s in (*fresh, *earlier))
    return detect_sequences(of, seen(*earlier), as_of, tuple(fresh))[0]


def completing(signals: list[Signal]) -> list[str]:
    return sorted(s.exhibit.evidence_id for s in signals)


def arrays(*steps: list[int]) -> list[np.ndarray]:
    return [np.array(sorted(days), dtype=np.int64) for days in steps]


@given(DAYS, DAYS, DAYS, st.integers(0, 12))
def test_ordered_events_complete_as_trying_every_triple_says(
    a: list[int], b: list[int], c: list[int], within: int
):
    mask = complete_in_order(arrays(a, b, c), within)
    expected = [any(x <= y <= z and z - x <= within for x, y in product(a, b)) for z in sorted(c)]
    assert mask.tolist() == expected


@given(DAYS, DAYS, st.integers(0, 12))
def test_unordered_events_complete_at_the_later_one_and_on_one_day_once(
    a: list[int], b: list[int], within: int
):
    first, second = complete_in_any_order(arrays(a, b), within)
    assert first.tolist() == [any(0 < x - y <= within for y in b) for x in sorted(a)]
    assert second.tolist() == [any(0 <= y - x <= within for x in a) for y in sorted(b)]


def test_response_fires_on_the_last_event_and_names_both_with_the_days_between():
    (signal,) = fired(rule("a", "b"), [event("a", 0), event("b", 3)])
    assert signal.exhibit.evidence_id == "b3"
    said = dict(signal.why[0].params)
    assert (said["first_day"], said["last_day"], said["days"]) == ("2024-12-01", "2024-12-04", "3")
    assert signal.why[0].code == "sequence.response"
    assert signal.joins == event("b", 3).id


@pytest.mark.parametrize(("day", "fires"), [(10, True), (11, False), (0, True), (-1, False)])
def test_window_ends_with_its_last_day_and_one_day_is_in_order(day: int, fires: bool):
    assert bool(fired(rule("a", "b"), [event("a", 0), event("b", day)])) is fires


@pytest.mark.parametrize(("day", "fires"), [(10, True), (11, False), (-10, True), (-11, False), (0, True)])
def test_unordered_events_may_come_either_way_round(day: int, fires: bool):
    assert bool(fired(rule("a", "b", ordered=False), [event("a", 0), event("b", day)])) is fires


def test_three_steps_must_all_lie_within_the_window():
    chain = [event("a", 0), event("b", 6), event("c", 10)]
    assert completing(fired(rule("a", "b", "c"), chain)) == ["c10"]
    assert fired(rule("a", "b", "c"), [event("a", 0), event("b", 6), event("c", 11)]) == []


def test_day_announced_counts_before_the_day_published():
    late_report = event("b", 30, facts={"announced": event("a", 5).occurred_at.date()})
    assert fired(rule("a", "b"), [event("a", 0), late_report])


def test_document_that_fits_two_steps_counts_for_the_last_alone():
    retelling = [event("a", 0, "one"), event("b", 0, "one")]
    assert fired(rule("a", "b"), retelling) == []
    assert completing(fired(rule("a", "b"), [*retelling, event("a", -1, "before")])) == ["one"]


def test_what_was_complete_before_does_not_fire_when_more_of_it_comes():
    earlier = [event("a", 0), event("b", 3)]
    assert fired(rule("a", "b"), [event("a", 1)], earlier) == []


def test_edited_rule_leaves_alone_what_it_would_have_fired_on():
    earlier = [event("a", 0), event("b", 12)]
    assert fired(rule("a", "b"), [event("c", 12)], earlier) == []
    wider = rule("a", "b", within_days=20)
    assert fired(wider, [event("c", 13)], earlier) == []
    assert completing(fired(wider, [event("b", 14)], earlier)) == ["b14"]


def test_first_event_that_becomes_known_late_completes_what_waited_for_it():
    (signal,) = fired(rule("a", "b"), [event("a", 0, known=8)], [event("b", 3)])
    assert signal.exhibit.evidence_id == "b3"
    assert signal.known_at == event("a", 0, known=8).known_at


@pytest.mark.parametrize(
    ("same", "first", "second", "fires"),
    [
        (["material"], {"materials": ("gallium",)}, {"materials": ("gallium", "germanium")}, True),
        (["material"], {"materials": ("gallium",)}, {"materials": ("germanium",)}, False),
        (["material"], {"materials": ("dysprosium",)}, {"materials": ("rare_earths",)}, True),
        (["material"], {"materials": ()}, {"materials": ("gallium",)}, False),
        (["actor"], {"actors": ("US",)}, {"actors": ("CN",)}, False),
        (["target"], {"targets": ("JP",)}, {"targets": ()}, True),
        (["target"], {"targets": ("JP",)}, {"targets": ("US",)}, False),
        (["answers"], {"actors": ("US",)}, {"targets": ("US", "JP")}, True),
        (["answers"], {"actors": ("US",)}, {"targets": ()}, True),
        (["answers"], {"actors": ("US",)}, {"targets": ("JP",)}, False),
        (["instrument"], {"instrument": "MOFCOM-GACC 2025/18"}, {"instrument": "MOFCOM 2025/18"}, True),
        (["instrument"], {"instrument": None}, {"instrument": None}, False),
        (["material", "actor"], {"actors": ("US",)}, {"actors": ("US",)}, True),
        (["name"], {"names": ("Acme Ltd",)}, {"names": ("ACME LTD", "Other")}, True),
    ],
)
def test_events_join_by_the_keys_the_operator_chose(same, first, second, fires: bool):
    signals = [event("a", 0, facts=first), event("b", 3, facts=second)]
    assert bool(fired(rule("a", "b", same=same), signals)) is fires


def test_official_event_is_cited_before_later_press():
    signals = [event("a", 0), event("a", 2, official=False), event("b", 3)]
    (signal,) = fired(rule("a", "b"), signals)
    assert dict(signal.why[0].params)["first_day"] == "2024-12-01"


def test_event_that_was_old_news_when_it_became_known_completes_nothing():
    sequence = rule("a", "b")
    old = event("b", 3, known=3 + AS_OF_DAYS + 1)
    assert fired(sequence, [old], [event("a", 0)]) == []


EVENTS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 25),
        st.integers(0, 6),
        st.sampled_from([("gallium",), ("germanium",), ("gallium", "germanium")]),
        st.booleans(),
    ),
    max_size=10,
    unique_by=lambda e: (e[0], e[1]),
)


def signals_of(drawn) -> list[Signal]:
    return [
        event(rule_id, day, known=day + late, facts={"materials": materials}, official=official)
        for rule_id, day, late, materials, official in drawn
    ]


@given(EVENTS, st.booleans(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_same_events_complete_whatever_the_order_and_the_rounds_they_arrive_in(
    drawn, ordered: bool, rounds: int, dice: random.Random
):
    sequence = rule("a", "b", "c", ordered=ordered, same=["material"])
    signals = signals_of(drawn)
    at_once = fired(sequence, signals) if signals else []
    shuffled = signals.copy()
    dice.shuffle(shuffled)
    assert (fired(sequence, shuffled) if shuffled else []) == at_once
    earlier: list[Signal] = []
    found: list[str] = []
    for part in range(rounds):
        fresh = shuffled[part::rounds]
        if fresh:
            found += completing(fired(sequence, fresh, earlier))
            earlier += fresh
    assert sorted(found) == completing(at_once)
