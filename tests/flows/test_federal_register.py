"""What a document of the Federal Register does is read from its abstract where the title states no direction."""

import pytest

from tests.flows.federal_register_probes import TOLD
from tests.flows.test_facts_of_the_act import facts


def said(title: str, summary: str) -> set[tuple[str, str]]:
    told = facts(title, summary=summary, kind="regulatory", source="federal-register")
    return {(actor, one.direction) for one in told for actor in one.actors}


@pytest.mark.parametrize(("title", "summary", "direction"), TOLD)
def test_a_document_of_the_federal_register_is_told_with_the_direction_of_its_abstract(
    title, summary, direction
):
    assert said(title, summary) == ({("US", direction)} if direction else set())
