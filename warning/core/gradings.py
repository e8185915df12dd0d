"""What an act means to each country, as one rulebook grades it."""

from collections.abc import Mapping

from warning.core.exposure import CountryExposure
from warning.core.severity_table import Grading, SeverityTable, grade_for
from warning.core.signals import Facts
from warning.core.terms import Material
from warning.core.vocabulary import Certainty, Severity

MOST_KEPT = 5_000


class Gradings:
    """Gradings by facts, severity and certainty. They are kept: a further report mostly changes none of the three."""

    def __init__(
        self, exposure: Mapping[str, CountryExposure], table: SeverityTable, materials: Mapping[str, Material]
    ) -> None:
        self._exposure = [exposure[country] for country in sorted(exposure)]
        self._table, self._materials = table, materials
        self._kept: dict[tuple[Facts, Severity, Certainty], tuple[Grading, ...]] = {}

    def of(self, facts: Facts, severity: Severity, certainty: Certainty) -> tuple[Grading, ...]:
        """Return one grading a country, by its code."""
        asked = facts, severity, certainty
        if asked not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[asked] = tuple(
                grade_for(facts, severity, exposure, self._table, self._materials, certainty)
                for exposure in self._exposure
            )
        return self._kept[asked]
