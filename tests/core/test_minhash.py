"""Near texts are found whatever came first, and what a story is does not depend on the order of its reports."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.identity import likeness
from warning.core.minhash import BANDS, PERMUTATIONS, NearTexts, bands, signatures, stories

TITLES = {
    "a": "China puts gallium and germanium under export control",
    "b": "China puts gallium and germanium under export controls - Metals Courier",
    "c": "Beijing: China puts gallium and germanium under export control",
    "d": "China puts gallium and germanium under export control from August 1",
    "e": "Malaysia bans exports of raw rare earths to keep processing at home",
    "f": "中国对镓、锗相关物项实施出口管制",
    "g": "中国宣布对镓、锗相关物项实施出口管制",
    "h": "",
}


@given(st.lists(st.text(max_size=30), max_size=20))
def test_a_signature_is_of_its_text_alone(texts):
    together = signatures(texts)
    assert together.shape == (len(texts), PERMUTATIONS)
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, signatures([text])[0])


def test_share_of_equal_numbers_estimates_the_likeness():
    words = [
        "china",
        "export",
        "control",
        "gallium",
        "germanium",
        "antimony",
        "graphite",
        "notice",
        "licence",
        "ministry",
    ]
    pairs = [(" ".join(words[:n]), " ".join(words[:n] + words[-2:])) for n in range(2, 9)]
    for one, other in pairs:
        first, second = signatures([one, other])
        assert abs((first == second).mean() - likeness(one, other)) < 0.22


def test_bands_of_different_places_never_meet():
    keys = bands(np.zeros((1, PERMUTATIONS), dtype=np.uint32))[0]
    assert len(set(keys.tolist())) == BANDS


@given(st.permutations(sorted(TITLES)))
def test_stories_are_the_same_in_any_order(names):
    told = stories({name: TITLES[name] for name in names}, least=0.7)
    assert told == stories(TITLES, least=0.7)
    assert told["a"] == told["b"] == told["c"] == "a"
    assert stories(TITLES, least=0.5)["g"] == "f"
    assert told["d"] == "d"
    assert told["e"] == "e"


def test_index_gives_only_what_is_near_enough_and_lets_go_of_the_oldest():
    index = NearTexts(most=2)
    texts = {"a": TITLES["a"], "e": TITLES["e"], "b": f"{TITLES['a']}s"}
    assert index.add(texts, least=0.7) == {"a": [], "e": [], "b": ["a"]}
    assert index.add({"x": TITLES["a"]}, least=0.7) == {"x": ["b"]}
    assert index.add({"x": TITLES["e"]}, least=0.7) == {"x": []}


@pytest.mark.parametrize(
    ("one", "other"), [("Notice No. 70", "Notice No. 71"), ("Part I of the list", "Part II of the list")]
)
def test_numbers_and_parts_keep_stories_apart(one, other):
    assert len(set(stories({"a": one, "b": other}, least=0.5).values())) == 2
