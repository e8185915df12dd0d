"""How severe one act is for one country: act x exposure x materiality x certainty, by the operator's table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from warning.core.exposure import CountryCode, CountryExposure, Dependence, Grade, Ratio
from warning.core.model import OperatorModel
from warning.core.signals import Facts
from warning.core.terms import Material, TermId
from warning.core.vocabulary import Certainty, Direction, Severity

Factor = Literal["small_share", "own", "target", "others", "ceiling_certainty", "ceiling_direction"]


class ShareStep(OperatorModel):
    """A supplier of less than `under` of a country's imports moves the severity of what it does by `steps`."""

    under: Ratio
    steps: int = Field(ge=-4, le=0)


class SeverityTable(OperatorModel):
    """The part of rules/policy.yaml that turns an act's own severity into a country's.

    `by_grade` is read as by_grade[severity of the act][grade]; the steps shift the result afterwards, the ceilings
    come last.
    """

    by_grade: Mapping[Severity, Mapping[Grade, Severity]]
    no_material: Mapping[Severity, Severity]
    by_share: tuple[ShareStep, ...] = ()
    named_as_target_steps: int = 1
    others_are_target_steps: int = -1
    own_act_steps: int = -1
    ceiling_by_certainty: Mapping[Certainty, Severity] = {}
    ceiling_by_direction: Mapping[Direction, Severity] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Every severity has its row and every grade its cell: an alert must never meet a hole."""
        holes = [f"no_material.{s.value}" for s in Severity if s not in self.no_material]
        for severity in Severity:
            row = self.by_grade.get(severity, {})
            holes += [f"by_grade.{severity.value}.{g}" for g in get_args(Grade) if g not in row]
        if holes:
            raise ValueError(f"the table lacks {', '.join(holes)}")
        return self

    def share_steps(self, share: float | None) -> int:
        """Return the steps for what a supplier's share of the imports is at most; none where it is not known."""
        fitting = [each.steps for each in self.by_share if share is not None and share < each.under]
        return min(fitting, default=0)


class Grading(OperatorModel):
    """The severity for one country, and the sentence that explains it.

    `material` is the one that decided, `share` what the acting countries supply of its imports at most, None where
    that is not known; `factors` are what moved the severity besides the grade.
    """

    country: CountryCode
    severity: Severity
    grade: Grade
    because: str
    material: str = ""
    share: float | None = None
    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    material: str
    grade: Grade
    severity: Severity
    share: float | None
    is_small: bool


def grade_for(
    facts: Facts,
    base: Severity,
    exposure: CountryExposure,
    table: SeverityTable,
    materials: Mapping[TermId, Material] | None = None,
    certainty: Certainty = Certainty.OBSERVED,
) -> Grading:
    """Return what an act of severity `base` means to one country, by the operator's table.

    A material without a line of its own in the country's file takes the entry of the nearest group it belongs to in
    `materials` (neodymium that of the rare earths). Of several materials the one that makes it most severe decides.
    """
    found = [_weighed(m, facts, base, exposure, table, materials or {}) for m in facts.materials]
    factors: list[Factor] = []
    worst = max(found, key=lambda w: (w.severity, "DCBA".index(w.grade)), default=None)
    if worst is not None:
        severity, grade = worst.severity, worst.grade
        because = [f"{base.value} act on a grade {grade} material"]
        if worst.is_small and worst.share is not None:
            factors.append("small_share")
            because.append(f"{_supplied(worst.share)} of its imports come from {', '.join(facts.actors)}")
    else:
        severity, grade = table.no_material[base], exposure.default_grade
        because = [f"{base.value} act that names no material"]
    steps, factor, why = _target_steps(facts, exposure.country, table)
    severity = severity.shifted(steps)
    if factor:
        factors.append(factor)
        because.append(why)
    for ceiling, capped, said in _ceilings(facts, certainty, table):
        if severity > ceiling:
            severity = ceiling
            factors.append(capped)
            because.append(said)
    return Grading(
        country=exposure.country,
        severity=severity,
        grade=grade,
        because="; ".join(because),
        material=worst.material if worst else "",
        share=worst.share if worst else None,
        factors=tuple(factors),
    )


def share_of(dependence: Dependence, suppliers: tuple[str, ...]) -> float | None:
    """Return how much of the imports these countries supply, at most; None where no complete count says.

    A count names the largest suppliers: one it does not name supplies no more than the least of them, nor than
    what they leave over.
    """
    if not suppliers or dependence.suppliers is None or not dependence.suppliers.complete:
        return None
    counted = dict(dependence.suppliers.shares)
    if dependence.top_supplier and dependence.top_supplier_share is not None:
        known = counted.get(dependence.top_supplier, 0.0)
        counted[dependence.top_supplier] = max(known, dependence.top_supplier_share)
    least, rest = min(counted.values()), max(0.0, 1 - sum(counted.values()))
    named = sum(counted[each] for each in suppliers if each in counted)
    others = min(rest, sum(least for each in suppliers if each not in counted))
    return min(1.0, named + others)


def _weighed(
    material: str,
    facts: Facts,
    base: Severity,
    exposure: CountryExposure,
    table: SeverityTable,
    materials: Mapping[TermId, Material],
) -> _Weighed:
    found = exposure.dependence(material, materials)
    name, grade = (found[0], found[1].grade) if found else (material, exposure.default_grade)
    supplies = facts.actors if facts.direction == "tightening" else ()
    # A part's group says how exposed the country is; who supplies the part may differ.
    share = share_of(found[1], supplies) if found and found[0] == material else None
    steps = table.share_steps(share)
    severity = table.by_grade[base][grade].shifted(steps)
    return _Weighed(material=name, grade=grade, severity=severity, share=share, is_small=steps < 0)


def _supplied(share: float) -> str:
    return f"at most {share:.1%}" if share else "none"


def _target_steps(facts: Facts, country: str, table: SeverityTable) -> tuple[int, Factor | None, str]:
    if facts.actors == (country,):
        return table.own_act_steps, "own", "an act of its own"
    if country in facts.targets:
        return table.named_as_target_steps, "target", "named as a target"
    if facts.targets and facts.act != "price_spike":
        return table.others_are_target_steps, "others", f"aimed at {', '.join(facts.targets)}"
    return 0, None, ""


def _ceilings(facts: Facts, certainty: Certainty, table: SeverityTable) -> list[tuple[Severity, Factor, str]]:
    found: list[tuple[Severity, Factor, str]] = []
    by_certainty = table.ceiling_by_certainty.get(certainty)
    by_direction = table.ceiling_by_direction.get(facts.direction)
    if by_certainty is not None:
        said = f"what is {certainty.value} ends at {by_certainty.value}"
        found.append((by_certainty, "ceiling_certainty", said))
    if by_direction is not None:
        said = f"{facts.direction} acts end at {by_direction.value}"
        found.append((by_direction, "ceiling_direction", said))
    return found
