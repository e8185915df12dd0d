"""Places found for many texts at once are those found by looking at every place of every text."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warning.core.text.finders import Needles, Pattern, stands
from warning.core.text.places import AcceleratedHits, AutomatonHits, PlaceFinder
from warning.core.text.sentences import sentence_ends

PATTERNS = [
    Pattern("稀土".encode(), False, "any"),
    Pattern(b"ban", True, "word"),
    Pattern(b"ban", True, "open"),
    Pattern(b"us", True, "own"),
    Pattern(b"urban", True, "word"),
    Pattern("é".encode(), False, "any"),
]
PIECES = [
    "稀土",
    "ban",
    "bans",
    "banes",
    "banning",
    "us",
    "urban",
    "é",
    " ",
    ".",
    "x",
    "中国",
    "s",
    "1",
    "'s",
]
FINDER = PlaceFinder(PATTERNS)


def everywhere(texts):
    return sorted(
        (number, which, start)
        for which, text in enumerate(texts)
        for number, pattern in enumerate(PATTERNS)
        for start in range(len(text))
        if text.startswith(pattern.needle, start)
        and stands(pattern, text, start, start + len(pattern.needle))
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), max_size=4))
def test_places_are_those_where_patterns_stand(written):
    texts = [text.encode() for text in written]
    assert sorted(zip(*(column.tolist() for column in FINDER.places(texts)), strict=True)) == everywhere(
        texts
    )


def test_accelerator_finds_the_places_that_the_default_finds():
    pytest.importorskip("hyperscan")
    known = Needles(PATTERNS)
    texts = ["".join(PIECES).encode(), b"", "urban bans 稀土稀土 us".encode()]
    told = [
        sorted(zip(*map(list, one.hits(texts)), strict=True))
        for one in (AcceleratedHits(known), AutomatonHits(known))
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 8


def test_sentence_ends_stand_after_the_signs_that_end_one():
    written = ("他说。」好！? 다음이다.그리고 No. 5 stays. Next... “end.” 3.5 goes on", " \n\n last")
    ends = sentence_ends("".join(written))
    text = "".join(chain(written))
    assert [text[a:b] for a, b in zip([0, *ends], ends, strict=False)] == [
        "他说。」", "好！?", " 다음이다.", "그리고 No. 5 stays.", " Next...", " “end.”", " 3.5 goes on \n\n", " last",
    ]  # fmt: skip
