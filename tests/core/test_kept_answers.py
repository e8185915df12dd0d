"""What a rulebook keeps of answers that many reports ask for is what it would find anew."""

import pytest

from tests.core.build import book
from warning.core.severity_table import grade_for
from warning.core.signals import Facts
from warning.core.vocabulary import Certainty, Marking, Severity


def test_a_kept_grading_is_that_of_the_same_facts_severity_and_certainty():
    own = book()
    facts = [Facts(act="export_control", direction="tightening", materials=m) for m in ((), ("gallium",))]
    asked = [(f, s, c) for f in facts for s in Severity for c in Certainty]
    kept = [own.gradings.of(*one) for one in asked]
    assert kept == [own.gradings.of(*one) for one in asked]
    for (fact, severity, certainty), gradings in zip(asked, kept, strict=True):
        assert list(gradings) == [
            grade_for(fact, severity, exposure, own.policy.severity, own.terms.materials, certainty)
            for _, exposure in sorted(own.exposure.items())
        ]


def test_an_answer_about_one_thing_is_found_once_and_never_given_for_another():
    own, asked = book(), []

    def find(_, about):
        asked.append(about)
        return about[0]

    one, other = ["one"], ["other"]
    assert [own.once(find, each) for each in (one, other, one)] == ["one", "other", "one"]
    assert asked == [one, other]


def test_levels_compare_by_their_place_with_members_and_with_their_words():
    assert [level.rank for level in Marking] == list(range(len(Marking)))
    assert Severity.MINOR < "severe" <= Severity.SEVERE < Severity.EXTREME
    assert max(Severity) is Severity.EXTREME
    with pytest.raises(ValueError, match="grave"):
        assert Severity.MINOR < "grave"
