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
