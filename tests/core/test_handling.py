"""Markings and release lists that come together: the narrower of both, in any order, and nothing that nobody said."""

from hypothesis import given
from hypothesis import strategies as st

from warning.core.handling import narrowest, narrowest_said
from warning.core.vocabulary import Marking

markings = st.sampled_from(list(Marking))
releases = st.none() | st.frozensets(st.sampled_from(["KR", "JP", "US"]))
handlings = st.tuples(markings, releases)


@given(said=st.lists(handlings, min_size=1, max_size=5), dice=st.randoms(use_true_random=False))
def test_who_may_see_all_of_it_may_see_each_part_in_any_order(said, dice):
    mixed = dice.sample(said, len(said))
    marking, names = narrowest(Marking.CLEAR, None, said)
    assert (marking, names) == narrowest(*mixed[0], mixed[1:]) == narrowest_said(mixed)
    assert marking == max(one for one, _ in said)
    for country in ("KR", "JP", "US"):
        is_named = names is None or country in names
        assert is_named == all(each is None or country in each for _, each in said)


def test_what_says_nothing_of_who_may_see_it_narrows_nothing():
    assert narrowest_said([]) == (None, None)
    assert narrowest_said([(None, None), (None, frozenset({"KR"}))]) == (None, frozenset({"KR"}))
    assert narrowest_said([(Marking.GREEN, None), (None, None)]) == (Marking.GREEN, None)


def test_lists_without_a_common_name_release_to_nobody():
    assert narrowest(Marking.CLEAR, frozenset({"KR"}), [(Marking.CLEAR, frozenset({"JP"}))])[1] == frozenset()
