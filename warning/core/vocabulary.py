"""The closed word lists shared by evidence, rules, alerts and routing.

Severity, urgency and certainty are CAP 1.2; markings are TLP 2.0; reliability and credibility are the
Admiralty code. Each enumeration is ordered from least to most.
"""

from enum import StrEnum
from typing import Literal, Self

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

    rank: int

    def __init__(self, _value: str) -> None:
        self.rank = len(type(self).__members__)  # how many were made before it

    def __lt__(self, other: str) -> bool:
        return self.rank < self._member(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= self._member(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > self._member(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= self._member(other).rank

    def _member(self, other: str) -> Self:
        kind = type(self)
        return other if isinstance(other, kind) else kind(other)


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
