"""What is judged of a rule of which only the YAML could be read."""

from warning.catalog.crosscheck import merged_terms
from warning.catalog.names_unread import unread_names
from warning.catalog.references import Known
from warning.catalog.sources import read_placed_sources
from warning.catalog.trees import read_rules_tree
from warning.catalog.typed import Placed
from warning.resources import tree


def test_no_name_of_the_shipped_rules_is_called_wrong_where_only_their_yaml_is_read():
    rules, _ = read_rules_tree(tree("rules"))
    placed, _ = read_placed_sources(tree("feeds"))
    sources = {one.spec.id: one.spec.profile for one in placed}
    known = Known(terms=merged_terms(rules.terms), sources=sources)
    assert len(rules.rules) > 100
    for rule in rules.rules:
        said = list(unread_names(Placed(value=rule.text.value, text=rule.text), known))
        assert said == [], rule.value.id
