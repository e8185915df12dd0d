"""What we ship is right: it loads without a word, and every rule does what its examples say."""

import pytest

from warning import resources
from warning.app.rule_examples import run_examples
from warning.catalog.load import load_rulebook, read_rulebook
from warning.core.rulebook import Rulebook


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(resources.tree("rules"), resources.tree("feeds"))


def test_shipped_trees_load_without_mistake_or_warning():
    _, problems = read_rulebook(resources.tree("rules"), resources.tree("feeds"))
    assert [str(problem) for problem in problems] == []


def test_every_shipped_example_holds(book: Rulebook):
    failed = [(r.rule_id, r.number + 1, r.faults) for r in run_examples(book) if not r.passed]
    assert failed == []


def test_every_shipped_rule_shows_both_when_it_fires_and_when_it_stays_quiet(book: Rulebook):
    for rule in book.rules:
        assert {example.fires for example in rule.examples} == {True, False}, rule.id


def test_every_act_of_the_shipped_register_has_its_title_and_issuer_in_japanese_and_korean(book: Rulebook):
    lacking = [
        act.id
        for act in book.measures
        if not {"ja", "ko"} <= {str(language) for language in act.titles}
        or not {"ja", "ko"} <= {str(language) for language in act.issuers}
    ]
    assert lacking == []


def test_every_numbered_chinese_act_of_the_register_stands_as_its_issuer_writes_it(book: Rulebook):
    assert [
        act.id for act in book.measures if act.actor == "CN" and act.instrument and not act.issued_as
    ] == []
