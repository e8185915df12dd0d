"""Facts as `rules explain` tells them: every field that a signal can hold, in words and as JSON."""

import json
from dataclasses import fields
from datetime import date

import pytest

from tests.core.test_text_counted import TERMS
from warning.core.explain import ExplainNode
from warning.core.signals import Facts
from warning.core.text.facts_explained import facts_explained

FULL = Facts(
    act="export_control",
    direction="tightening",
    materials=("gallium", "unheard_of"),
    actors=("CN",),
    targets=("JP", "XX"),
    instrument="MOFCOM-GACC 2023/23",
    announced=date(2023, 7, 3),
    effective=date(2023, 8, 1),
    expires=date(2025, 8, 1),
    hs_codes=("811292", "382499"),
    names=("Example Works Ltd",),
    counts=(("entities", "20"), ("hs_codes", "7")),
)
TOLD = {
    "act": "export control",
    "direction": "tightening",
    "materials": "Gallium, unheard_of",
    "actors": "China (CN)",
    "targets": "JP, XX",
    "instrument": "MOFCOM-GACC 2023/23",
    "announced": "2023-07-03",
    "effective": "2023-08-01",
    "expires": "2025-08-01",
    "hs codes": "811292, 382499",
    "names": "Example Works Ltd",
    "counts": "entities 20, hs codes 7",
}


@pytest.mark.parametrize("field", [field.name for field in fields(Facts)])
def test_every_fact_is_explained_in_words_and_as_json(field):
    assert getattr(FULL, field), f"the sample has no {field}"
    lines = {node.label: node for node in facts_explained(FULL, TERMS)}
    label = field.replace("_", " ")
    assert lines[label].detail == TOLD[label]
    tree = ExplainNode(label="what is told", passed=None, children=tuple(lines.values()))
    told = json.loads(json.dumps(tree.document()))
    assert {child["label"]: child["detail"] for child in told["children"]} == TOLD


def test_what_a_text_does_not_say_has_no_line():
    assert [node.label for node in facts_explained(Facts(act="x", direction="easing"), TERMS)] == [
        "act",
        "direction",
    ]
