"""Which words two versions of a rule differ by: only where one of them stands can they fire differently."""

import pytest

from warning.core.text.edits import sayings_changed, words_changed
from warning.core.text.engine import TextEngine
from warning.core.text.postings import said_by
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule


def rule(**match):
    examples = [{"fires": False, "title": "a"}, {"fires": False, "title": "b", "language": "ko"}]
    return TextRule.model_validate({
        "kind": "text", "id": "r", "title": "r", "owner": "o", "rationale": "r", "severity": "minor", "examples": examples,
        "match": {"all": [{"phrases": {"en": ["gallium"]}}], **match},
    })  # fmt: skip


def phrases(*korean, **others):
    return {"phrases": {"ko": list(korean), **{name: list(some) for name, some in others.items()}}}


def changed(before, after):
    """The needles by which the two differ, as both functions tell them."""
    engine = TextEngine(TextBook(rules=(before, after)))
    patterns = words_changed(before, after, engine.lexicon)
    said = said_by(engine.looked_for)
    sayings = sayings_changed(before, after, engine.lexicon, said)
    assert {pattern for some in sayings for pattern, _ in some} == patterns
    return {pattern.needle.decode() for pattern in patterns}, sayings, said


@pytest.mark.parametrize("place", ["any", "none"])
def test_phrase_that_must_end_its_sentence_is_another_than_the_same_phrase_anywhere(place):
    before, after = (rule(**{place: [phrases("허가제", one)]}) for one in ("규제", "규제$"))
    assert changed(before, after)[0] == {"규제"}


@pytest.mark.parametrize("place", ["any", "none"])
def test_phrase_added_to_a_list_is_all_that_differs(place):
    before, after = (rule(**{place: [phrases("통제", "허가제", *more)]}) for more in ((), ("의무화",)))
    needles, sayings, _ = changed(before, after)
    assert needles == {"의무화"}
    assert len(sayings) == 1


def test_bars_that_only_move_between_groups_change_nothing():
    before = rule(none=[phrases("통제", "허가제"), phrases("의무화")])
    after = rule(none=[phrases("통제"), phrases("의무화", "허가제")])
    assert changed(before, after)[0] == set()


def test_bar_that_looks_elsewhere_differs_by_all_its_words():
    before, after = (rule(none=[{**phrases("통제"), "in": fields}]) for fields in (["title"], ["body"]))
    assert changed(before, after)[0] == {"통제"}


def test_list_that_comes_as_a_whole_is_looked_up_as_one():
    before, after = rule(), rule(none=[phrases("통제", "허가제", zh=["出口"])])
    _, sayings, said = changed(before, after)
    (whole,) = sayings
    assert whole in said.values()


def test_same_rule_differs_by_nothing_and_a_rule_of_other_fields_by_more_than_words():
    assert changed(rule(), rule())[0] == set()
    before, after = (rule(any=[{**phrases("통제"), "in": fields}]) for fields in (["title"], ["body"]))
    lexicon = TextEngine(TextBook(rules=(before, after))).lexicon
    assert words_changed(before, after, lexicon) is None
    assert sayings_changed(before, after, lexicon, {}) is None
