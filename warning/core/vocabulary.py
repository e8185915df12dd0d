"""The closed word lists shared by evidence, rules, alerts and routing.

Severity, urgency and certainty are CAP 1.2; markings are TLP 2.0; reliability and credibility are the
Admiralty code. Each enumeration is ordered from least to most.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Literal

SourceKind = Literal["regulatory", "news", "customs", "price", "mission"]
Direction = Literal["tightening", "easing", "neutral"]
Measure = Literal[
    "price", "export_quantity", "export_value", "import_quantity", "import_value", "unit_value", "index"
]
Frequency = Literal["D", "W", "M", "Q", "A"]
Reliability = Literal["A", "B", "C", "D", "E", "F"]
ChangeKind = Literal["added", "amended", "removed", "shrank"]


class _Ordered(StrEnum):
    """A string enumeration whose members compare by their place in the definition."""

    @property
    def rank(self) -> int:
        return _ranks(type(self))[self.value]

    def __lt__(self, other: str) -> bool:
        return self.rank < type(self)(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= type(self)(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > type(self)(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= type(self)(other).rank


@cache
def _ranks(kind: type[_Ordered]) -> Mapping[str, int]:
    return {member.value: place for place, member in enumerate(kind)}


class Severity(_Ordered):
    """CAP severity. Desks read minor, moderate, severe, extreme as LOW, MEDIUM, HIGH, CRITICAL."""

    UNKNOWN = "unknown"
    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    EXTREME = "extreme"

    def shifted(self, steps: int) -> "Severity":
        """Return the level `steps` higher (or lower), never below minor nor above extreme."""
        ladder = list(Severity)
        return ladder[min(max(self.rank + steps, 1), len(ladder) - 1)]


class Certainty(_Ordered):
    """CAP certainty."""

    UNKNOWN = "unknown"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    LIKELY = "likely"
    OBSERVED = "observed"


class Marking(_Ordered):
    """TLP 2.0, from the widest audience to the narrowest."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"
