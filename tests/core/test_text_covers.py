"""Which hits lie within others: the same as every hit held against every other, in time that grows with the text."""

import sys
from types import FrameType
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.terms import Terms
from warning.core.text.covers import Reaches, outside
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher


class Span(NamedTuple):
    start: int
    end: int


spans = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda one: Span(one[0], one[0] + one[1]))
kinds = st.lists(st.tuples(st.sampled_from("abc"), spans), max_size=14)


def holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


@given(st.lists(spans), st.lists(spans))
def test_what_is_outside_is_what_no_cover_holds_in_its_order(stretches, covers):
    assert outside(stretches, covers) == [
        one for one in stretches if not any(holds(cover, one) for cover in covers)
    ]


@given(kinds)
def test_what_lies_within_a_longer_one_of_another_kind_is_found_as_by_comparing_all(named):
    reaches = Reaches(named)
    for kind, one in named:
        longer = [
            other
            for other_kind, other in named
            if other_kind != kind and holds(other, one) and other.end - other.start > one.end - one.start
        ]
        assert reaches.lies_within_longer(kind, one) == bool(longer)


def steps(text: str, matcher: Matcher) -> int:
    count = 0

    def counted(frame: FrameType, event: str, _called: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        matcher.hits(text, text, frozenset({"en"}))
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("words", ["neodymium magnet ", "neodymium ", "magnet school "])
def test_twice_the_names_of_materials_take_twice_the_work(words):
    matcher = Matcher(
        Lexicon(
            Terms.model_validate(
                {
                    "materials": {
                        "neodymium": {"label": {"en": "n"}, "names": {"en": ["neodymium"]}},
                        "magnet": {
                            "label": {"en": "m"},
                            "names": {"en": ["neodymium magnet", "magnet"]},
                            "shadows": {"en": ["magnet school"]},
                        },
                    }
                }
            )
        ).entries
    )
    once, twice = (steps(words * n, matcher) for n in (100, 200))
    assert twice <= 2.1 * once
