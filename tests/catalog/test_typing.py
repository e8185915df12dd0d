"""Text to values: nothing but problems ever comes out of a wrong file, and suggestions are the nearest words."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from warning.catalog.complaints import did_you_mean
from warning.catalog.schemas import KINDS
from warning.catalog.trees import RULE
from warning.catalog.typed import type_value
from warning.catalog.yaml_text import YamlText

KEYS = st.sampled_from(
    ["id", "kind", "match", "all", "any", "near", "of", "within", "phrases", "en", "where", "tests", "method",
     "select", "examples", "fires", "title", "severity", "parse", "format", "overlays", "destinations", "by_grade"]
)  # fmt: skip
SCALARS = st.sampled_from(
    ["text", "series", "listing", "context", "drop", "spike", "true", "3", "-1", "0.5", "severe", "", "any", "en",
     "rss", "html_list", "A", "KR"]
)  # fmt: skip
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(st.sampled_from(sorted(KINDS)), TREES)
def test_any_tree_is_a_value_or_problems(kind: str, tree: Any):
    text = YamlText(file="x.yaml", value=tree, places={}, keys={})
    value, problems = type_value(text, (), tree, KINDS[kind][1])
    assert (value is None) == bool(problems)
    assert all(problem.code.startswith("EW1") and problem.message for problem in problems)


def test_discriminated_union_complains_about_the_chosen_kind_only():
    tree = {"id": "a", "kind": "series", "select": {"material": "gallium"}}
    text = YamlText(file="x.yaml", value=tree, places={}, keys={})
    _, problems = type_value(text, (), tree, RULE)
    said = " ".join(problem.message for problem in problems)
    assert "match" not in said
    assert "unknown key 'material'" in said
    assert "the key 'tests' is missing" in said


def test_suggestion_is_the_nearest_word_and_both_when_it_is_a_close_call():
    assert did_you_mean("galium", ["gallium", "germanium"]) == "did you mean gallium?"
    assert did_you_mean("acts", ["act", "actors", "materials"]) == "did you mean act or actors?"


def test_suggestion_lists_few_words_when_none_is_near_and_nothing_when_many_are():
    assert did_you_mean("zz", ["one", "two"]) == "one of one, two"
    assert did_you_mean("zz", [f"word{i}" for i in range(40)]) == ""
