"""What a material means to a country, and so how severe one act is for each of them."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from warning.core.model import OperatorModel
from warning.core.signals import Facts
from warning.core.terms import ActorCode, Language, Material, TermId
from warning.core.vocabulary import Direction, Severity

Grade = Literal["A", "B", "C", "D"]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Dependence(OperatorModel):
    """One country's dependence on others for one material.

    Ratios are of imports by value unless `note` says otherwise (0.98 = 98 %). `grade` A is the most exposed
    and reviewed weekly, B every two weeks, C monthly, D quarterly.
    """

    grade: Grade
    net_import_reliance: float | None = Field(default=None, ge=0, le=1)
    top_supplier: ActorCode | None = None
    top_supplier_share: float | None = Field(default=None, ge=0, le=1)
    days_of_cover: int | None = Field(default=None, ge=0)
    year: int | None = Field(default=None, ge=1990, le=2100)
    source: str
    verified: bool
    note: str = ""


class CountryExposure(OperatorModel):
    """rules/exposure/<country>.yaml."""

    country: CountryCode
    label: Mapping[Language, str]
    default_grade: Grade = "D"
    materials: Mapping[TermId, Dependence]


class SeverityTable(OperatorModel):
    """The part of rules/policy.yaml that turns an act's own severity into a country's.

    `by_grade` is read as by_grade[severity of the act][grade]; the steps shift the result afterwards.
    """

    by_grade: Mapping[Severity, Mapping[Grade, Severity]]
    no_material: Mapping[Severity, Severity]
    named_as_target_steps: int = 1
    others_are_target_steps: int = -1
    own_act_steps: int = -1
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


class Grading(OperatorModel):
    """The severity for one country, and the sentence that explains it."""

    country: CountryCode
    severity: Severity
    grade: Grade
    because: str


def grade_for(
    facts: Facts,
    base: Severity,
    exposure: CountryExposure,
    table: SeverityTable,
    materials: Mapping[TermId, Material] | None = None,
) -> Grading:
    """Return what an act of severity `base` means to one country, by the operator's table.

    A material without a line of its own in the country's file takes the grade of the nearest group it
    belongs to in `materials` (neodymium that of the rare earths).
    """
    grade = _grade(facts, exposure, materials or {})
    if facts.materials:
        severity = table.by_grade[base][grade]
        because = f"{base.value} act on a grade {grade} material"
    else:
        severity = table.no_material[base]
        because = f"{base.value} act that names no material"
    steps, why = _target_steps(facts, exposure.country, table)
    severity = severity.shifted(steps)
    if why:
        because = f"{because}; {why}"
    ceiling = table.ceiling_by_direction.get(facts.direction)
    if ceiling is not None and severity > ceiling:
        severity, because = ceiling, f"{because}; {facts.direction} acts end at {ceiling.value}"
    return Grading(country=exposure.country, severity=severity, grade=grade, because=because)


def _grade(facts: Facts, exposure: CountryExposure, materials: Mapping[TermId, Material]) -> Grade:
    grades = [_grade_of(material, exposure, materials) for material in facts.materials]
    return min(grades, default=exposure.default_grade)


def _grade_of(material: str, exposure: CountryExposure, materials: Mapping[TermId, Material]) -> Grade:
    seen: set[str] = set()
    name: str | None = material
    while name and name not in seen:
        if name in exposure.materials:
            return exposure.materials[name].grade
        seen.add(name)
        name = materials[name].parent if name in materials else None
    return exposure.default_grade


def _target_steps(facts: Facts, country: str, table: SeverityTable) -> tuple[int, str]:
    if facts.actors == (country,):
        return table.own_act_steps, "an act of its own"
    if country in facts.targets:
        return table.named_as_target_steps, "named as a target"
    if facts.targets and facts.act != "price_spike":
        return table.others_are_target_steps, f"aimed at {', '.join(facts.targets)}"
    return 0, ""
