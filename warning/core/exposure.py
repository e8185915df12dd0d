"""What a material means to a country: the figures of rules/exposure, each with its year, source and marking."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from warning.core.model import OperatorModel
from warning.core.terms import ActorCode, Language, Material, TermId
from warning.core.vocabulary import Marking

Grade = Literal["A", "B", "C", "D"]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Ratio = Annotated[float, Field(ge=0, le=1)]
Year = Annotated[int, Field(ge=1990, le=2100)]
Days = Annotated[int, Field(ge=1, le=1000)]
Label = Mapping[Language, str]
EVERYBODY: Literal["everybody"] = "everybody"

# Weekly, every two weeks, monthly, quarterly.
REVIEW_DAYS: Mapping[Grade, int] = {"A": 7, "B": 14, "C": 30, "D": 91}
ROUNDING = 0.015


class Cited(OperatorModel):
    """Where a figure comes from. `verified` is true when it was read, or computed, in what `source` names."""

    source: str = Field(min_length=1)
    year: Year | None = None
    verified: bool


class Restricted(Cited):
    """A figure with a marking of its own. Without `release_to` it stays with the country whose file it stands in."""

    marking: Marking = Marking.AMBER
    release_to: tuple[CountryCode, ...] | Literal["everybody"] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.release_to == EVERYBODY and self.marking > Marking.GREEN:
            raise ValueError(
                f"TLP:{self.marking.value} is not for everybody: name the countries, or mark it GREEN"
            )
        return self


class Cover(Restricted):
    """For how many days stocks last at ordinary use, without imports."""

    days: int = Field(ge=0, le=99_999)
    year: Year


class Firm(Restricted):
    """A firm that depends on the material."""

    name: str = Field(min_length=1, max_length=120)


class KeyUsers(OperatorModel):
    """Who needs the material: sectors by name in each language, which everybody may see, and firms."""

    sectors: tuple[Label, ...] = ()
    firms: tuple[Firm, ...] = ()


class SupplierCount(Cited):
    """Shares of a country's imports by supplier, from one count (0.12 = 12 %); the largest ones, not always all.

    With `complete` it covers every form in which the material comes: who is not in it supplies next to nothing.
    `capacity` notes what a supplier could do beyond its share. `note` says what was counted.
    """

    year: Year
    complete: bool = False
    shares: Mapping[ActorCode, Ratio] = Field(min_length=1)
    capacity: Mapping[ActorCode, Label] = {}
    note: str = ""

    @model_validator(mode="after")
    def _is_one_count(self) -> Self:
        total = sum(self.shares.values())
        if total > 1 + ROUNDING:
            raise ValueError(f"the shares add up to {total:.0%}: they must be of one count, at most 100 %")
        strangers = sorted(set(self.capacity) - set(self.shares))
        if strangers:
            raise ValueError(f"capacity speaks of {', '.join(strangers)}, which shares do not name")
        return self


class Substitute(Cited):
    """What can stand in for the material, and for what use."""

    label: Label


class Dependence(OperatorModel):
    """One country's dependence on others for one material.

    Ratios are of imports by value unless `note` says otherwise (0.98 = 98 %); `year`, `source` and `verified`
    are those of `net_import_reliance` and `top_supplier_share`. `reliance_is` tells a reliance that is published as
    "more than 50 %" from a count. `grade` A is the most exposed. `reviewed` is when
    somebody last looked at the entry, `review_every` days after which it is due again, by grade without it.
    """

    grade: Grade
    reviewed: date | None = None
    review_every: Days | None = None
    net_import_reliance: Ratio | None = None
    reliance_is: Literal["exact", "more_than"] = "exact"
    top_supplier: ActorCode | None = None
    top_supplier_share: Ratio | None = None
    suppliers: SupplierCount | None = None
    days_of_cover: Cover | None = None
    users: KeyUsers = KeyUsers()
    substitutes: tuple[Substitute, ...] = ()
    year: Year | None = None
    source: str
    verified: bool
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short_form_of_cover(cls, given: Any) -> Any:
        """A bare number of days is that figure with the entry's year and source, hidden from other countries."""
        if isinstance(given, dict) and isinstance(given.get("days_of_cover"), int | str):
            cited = {key: given[key] for key in ("year", "source", "verified") if key in given}
            return {**given, "days_of_cover": {"days": given["days_of_cover"], **cited}}
        return given


class CountryExposure(OperatorModel):
    """rules/exposure/<country>.yaml. `review_every` gives days by grade, where the usual ones do not fit."""

    country: CountryCode
    label: Label
    default_grade: Grade = "D"
    review_every: Mapping[Grade, Days] = {}
    materials: Mapping[TermId, Dependence]

    def dependence(
        self, material: str, materials: Mapping[TermId, Material]
    ) -> tuple[str, Dependence] | None:
        """Return the entry for a material with its name: its own, else that of the nearest group it belongs to."""
        seen: set[str] = set()
        name: str | None = material
        while name and name not in seen:
            if name in self.materials:
                return name, self.materials[name]
            seen.add(name)
            name = materials[name].parent if name in materials else None
        return None

    def review_days(self, dependence: Dependence) -> int:
        by_grade = self.review_every.get(dependence.grade, REVIEW_DAYS[dependence.grade])
        return dependence.review_every or by_grade
