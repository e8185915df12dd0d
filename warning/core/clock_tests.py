"""Tests of rules under a virtual clock, as operators write them in rules/tests/*.yaml."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from warning.core.measures import Measure
from warning.core.model import OperatorModel, WrongPart
from warning.core.rule_head import RuleId
from warning.core.series_notation import periods_from, readable_cells
from warning.core.terms import Language, TermId
from warning.core.vocabulary import Frequency, Severity, SourceKind
from warning.core.vocabulary import Measure as What

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Instant = date | datetime
Step = Annotated[str, Field(pattern=r"^[1-9]\d{0,2}[hdw]$")]


class TestedItem(OperatorModel):
    """A document. `at` is when it could be known; `published` says when it was, if that is another time."""

    at: datetime
    title: str
    id: str = ""
    summary: str = ""
    body: str = ""
    source: str = "test"
    kind: SourceKind = "news"
    country: str = "US"
    language: Language = "en"
    published: datetime | None = None


class TestedSeries(OperatorModel):
    """A series. `values` begin with the period `starts`; each is known `lag_days` after its period ended.

    The notation stands in core/series_notation.py and in docs/rules.md.
    """

    id: str = Field(min_length=1)
    values: Annotated[str, AfterValidator(readable_cells)]
    starts: str
    frequency: Frequency = "M"
    lag_days: int = Field(default=1, ge=0, le=1000)
    source: str = "test"
    material: TermId
    measure: What = "export_quantity"
    reporter: str = "CN"
    partner: str = "WLD"
    hs_code: str | None = None
    unit: str = "kg"
    currency: str | None = None

    @model_validator(mode="after")
    def _starts_in_a_period(self) -> Self:
        next(periods_from(self.starts, self.frequency, 1))
        return self


class TestedEntry(OperatorModel):
    name: str
    key: str = ""
    country: str = ""
    fields: Mapping[str, str] = {}


class TestedListing(OperatorModel):
    """One version of a list; the first of its source is the baseline and changes nothing.

    `others` adds so many entries that nobody cares for: a list that shrinks to half looks like a broken page.
    """

    at: datetime
    source: str
    entries: tuple[TestedEntry, ...] = ()
    others: int = Field(default=100, ge=0, le=10_000)


class TestedEvidence(OperatorModel):
    """What becomes known. `files` are interchange files beside the test file."""

    items: tuple[TestedItem, ...] = ()
    series: tuple[TestedSeries, ...] = ()
    listings: tuple[TestedListing, ...] = ()
    files: tuple[str, ...] = ()


class ExpectedAlert(OperatorModel):
    """An alert that must be there; what is left out may be anything.

    `rule` is any rule with a signal in it. `severity` is what it is for a country, `told` are all desks told of
    it so far, `changed` what its newest version changed against the one before, `facts` are those of examples.
    """

    rule: RuleId
    severity: Mapping[Country, Severity] = {}
    told: tuple[str, ...] | None = None
    version: int | None = Field(default=None, ge=1)
    state: Literal["open", "closed"] | None = None
    interrupts: bool | None = None
    changed: tuple[str, ...] = ()
    facts: Mapping[str, str | tuple[str, ...]] = {}


class Moment(OperatorModel):
    """All alerts there are at `at`; a day means its end. `alerts: []` says that nothing has fired yet."""

    at: Instant
    alerts: tuple[ExpectedAlert, ...]

    @property
    def until(self) -> datetime:
        """The instant meant: of a day its end, which is the next midnight. A time without offset is UTC."""
        if isinstance(self.at, datetime):
            return self.at.astimezone(UTC) if self.at.tzinfo else self.at.replace(tzinfo=UTC)
        return datetime.combine(self.at, time(), tzinfo=UTC) + timedelta(days=1)


class ClockTest(OperatorModel):
    """Evidence as it becomes known, and the alerts at certain times.

    `rules` are the rules that take part, all that are switched on when it is empty. The register of legal acts
    holds `measures` alone. The clock runs from `starts` (older evidence is history), in steps of `every`, up to
    the last of `expect`.
    """

    name: str = Field(min_length=1)
    rules: tuple[RuleId, ...] = ()
    starts: date | None = None
    every: Step = "1h"
    measures: tuple[Measure, ...] = ()
    evidence: TestedEvidence
    expect: tuple[Moment, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _moments_in_order(self) -> Self:
        times = [moment.until for moment in self.expect]
        for i, (before, then) in enumerate(pairwise(times), 1):
            if then < before:
                said = f"the times of expect stand in order: {self.expect[i].at} comes after {self.expect[i - 1].at}"
                raise WrongPart(said, "expect", i, "at")
        return self


class ClockTestFile(OperatorModel):
    """One file of rules/tests: `tests: [...]`."""

    tests: tuple[ClockTest, ...] = Field(min_length=1)
