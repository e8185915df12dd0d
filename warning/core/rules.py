"""Rules as operators write them. One class per kind; detectors live in `core/detect`, one module per kind."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from warning.core.absence_rules import AbsenceRule
from warning.core.deadline_rules import DeadlineRule
from warning.core.model import OperatorModel
from warning.core.rule_head import RuleBase
from warning.core.sequence_rules import SequenceRule
from warning.core.series_rules import Select, SeriesExample, SeriesRule
from warning.core.series_tests import Change, Drop, Extreme, SeriesTest, Spike, Surge, Test
from warning.core.terms import ActorCode, Words
from warning.core.text_rules import (
    GROUP_SOURCES,
    AtLeast,
    ContextRule,
    Field_,
    Group,
    Match,
    Near,
    Score,
    TextExample,
    TextPattern,
    TextRule,
    WeightedGroup,
    Where,
)
from warning.core.vocabulary import ChangeKind

__all__ = [
    "GROUP_SOURCES", "AnyRule", "AtLeast", "Change", "ContextRule", "DeadlineRule", "Drop", "Extreme", "Field_",
    "Group", "ListingExample", "ListingRule", "Match", "Near", "Rule", "Score", "Select", "SeriesExample", "SeriesRule",
    "SeriesTest", "Spike", "Surge", "Test", "TextExample", "TextPattern", "TextRule", "WeightedGroup", "Where",
]  # fmt: skip


class ListingExample(OperatorModel):
    """One change of a list that the rule must fire on, or stay quiet on."""

    fires: bool
    change: ChangeKind
    name: str
    country: str = ""
    fields: Mapping[str, str] = {}
    source: str = ""


class ListingRule(RuleBase):
    """Fires when entries of a list are added, amended or removed."""

    kind: Literal["listing"]
    where: Where = Where()
    changes: tuple[ChangeKind, ...] = ("added",)
    entry_countries: tuple[str, ...] = ()
    entry_phrases: Words = ()
    actors: tuple[ActorCode, ...] = ()
    examples: tuple[ListingExample, ...] = Field(min_length=2)


AnyRule = TextRule | ContextRule | ListingRule | SeriesRule | DeadlineRule | SequenceRule | AbsenceRule
Rule = Annotated[AnyRule, Field(discriminator="kind")]
