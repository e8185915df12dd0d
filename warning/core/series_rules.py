"""Series rules as operators write them: which series, how combined, which tests, with which examples."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from warning.core.measures import Measure as LegalAct
from warning.core.model import OperatorModel
from warning.core.rule_head import RuleBase
from warning.core.series_combine import Combine, MirrorGap, Spread
from warning.core.series_notation import readable_example
from warning.core.series_tests import SeriesTest, Test
from warning.core.terms import TermId
from warning.core.vocabulary import Direction, Frequency, Measure

HolidayCountry = Literal["CN", "JP", "KR"]
# Among so many places one figure must be known, as of a baseline half of it must.
PLACES_A_POINT = 2


CodePrefix = Annotated[str, Field(pattern=r"^\d{2,10}$")]
Values = Annotated[str, AfterValidator(readable_example)]


class ExampleSeries(OperatorModel):
    """One of the series of an example; what it leaves open is the example's, then the first thing the rule selects."""

    values: Values
    id: str | None = None
    material: TermId | None = None
    hs_code: str | None = None
    measure: Measure | None = None
    reporter: str | None = None
    partner: str | None = None
    unit: str | None = None
    currency: str | None = None
    ends: str | None = None


class SeriesExample(OperatorModel):
    """A series that the rule must fire on at its last point, or stay quiet on.

    `values` reads `100 100 0` and the short form `100x12 0` (twelve times 100); `_` is a missing cell.
    A rule that combines several series lists them under `series`; their newest figures are judged together.
    `measures` stand for the register: acts that have taken effect, as in rules/measures.
    """

    fires: bool
    values: Values = ""
    series: tuple[ExampleSeries, ...] = ()
    frequency: Frequency = "M"
    ends: str | None = None
    material: TermId | None = None
    hs_code: str | None = None
    measure: Measure | None = None
    reporter: str | None = None
    partner: str | None = None
    unit: str | None = None
    currency: str | None = None
    measures: tuple[LegalAct, ...] = ()

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.values) is bool(self.series):
            raise ValueError("an example gives values, or series with values of their own")
        return self


class Select(OperatorModel):
    """Which series a rule looks at; an empty list means every one.

    A material also selects its descendants in rules/terms. An HS code is a prefix: 2846 selects 284690 and
    national codes below it. `series` names single series by their id. `except_materials` and `except_hs_codes` take series out again; `bilateral`
    true keeps single partners only, false the totals with the world.
    """

    materials: tuple[TermId, ...] = ()
    except_materials: tuple[TermId, ...] = ()
    measures: tuple[Measure, ...] = ()
    hs_codes: tuple[CodePrefix, ...] = ()
    except_hs_codes: tuple[CodePrefix, ...] = ()
    reporters: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    except_partners: tuple[str, ...] = ()
    bilateral: bool | None = None
    frequencies: tuple[Frequency, ...] = ()
    sources: tuple[str, ...] = ()
    series: tuple[str, ...] = ()


class SeriesRule(RuleBase):
    """Fires on the newest figure of a series when any of `tests` holds.

    `min_points` is the least number of known figures among those that a verdict reads (`reach`).
    `materiality_min` is the least absolute size of the move, in the series' own unit.
    `confirm_points` asks that so many figures in a row hold the test: 2 lets a single faulty quote pass.
    `rearm_points` is how many figures a test must have been quiet before it fires again: a state that lasts
    is told once. `missing_is_zero` is for sources that publish whole tables, where an absent row means no
    trade; otherwise a missing period is unknown. `materials` states what the alert is about when the series'
    own name says less; `caveat` is a sentence every alert of the rule carries.
    `combine` makes one series of several before the tests. `lunar_new_year` reads January and February of
    monthly figures as one, told with February. `holidays` takes the days (and weeks) of these countries' long
    holidays out of daily and weekly figures. `stale_points` takes a quote repeated unchanged for more than so
    many figures as not known (0: a figure may stand still). `background` keeps the rule from interrupting
    anybody: it feeds the digest and the material page.
    """

    kind: Literal["series"]
    select: Select
    combine: Combine | None = None
    tests: tuple[Test, ...] = Field(min_length=1)
    materiality_min: float = Field(default=0.0, ge=0)
    min_points: int = Field(default=12, ge=2)
    confirm_points: int = Field(default=1, ge=1, le=10)
    rearm_points: int = Field(default=0, ge=0, le=60)
    missing_is_zero: bool = False
    lunar_new_year: bool = False
    holidays: tuple[HolidayCountry, ...] = ()
    stale_points: int = Field(default=0, ge=0, le=260)
    materials: tuple[TermId, ...] = ()
    caveat: str = ""
    background: bool = False
    act: TermId
    direction: Direction
    examples: tuple[SeriesExample, ...] = Field(min_length=2)

    def confirm(self, test: SeriesTest) -> int:
        return self.confirm_points if test.confirm_points is None else test.confirm_points

    def rearm(self, test: SeriesTest) -> int:
        return self.rearm_points if test.rearm_points is None else test.rearm_points

    def reach(self, frequency: Frequency) -> int:
        """How many figures back one verdict on a series of this frequency reads, the newest included.

        `min_points` is asked of these figures, so that a series of which every second one is missing may have enough.
        """
        own = [t.reach + self.confirm(t) - 1 for t in self._asked_of(frequency)]
        return max(self.min_points * PLACES_A_POINT, *own, 0)

    def raw_reach(self, frequency: Frequency) -> int:
        """The same of the figures as published: whether a quote is stale, and what January was, stands before them."""
        return (
            self.reach(frequency) + (self.stale_points + 1 if self.stale_points else 0) + self.lunar_new_year
        )

    def points(self, frequency: Frequency) -> int:
        """How many figures back a verdict looks, those before that re-arming asks about and all they are made of included."""
        before = max((self.rearm(t) for t in self._asked_of(frequency)), default=0)
        return self.raw_reach(frequency) + before + self.added_points

    def _asked_of(self, frequency: Frequency) -> tuple[Test, ...]:
        return tuple(t for t in self.tests if not t.frequencies or frequency in t.frequencies)

    @property
    def interrupts(self) -> bool:
        return not self.background

    @property
    def added_points(self) -> int:
        """How many figures more its series must reach back than what is made of them."""
        if self.combine is None:
            return 0
        if isinstance(self.combine, Spread):
            return self.combine.stale_days + self.combine.stale_points
        lag = self.combine.lag_points if isinstance(self.combine, MirrorGap) else 0
        return self.combine.total_points + lag

    @property
    def other_series(self) -> tuple[str, ...]:
        """The series it reads besides those it selects: exchange rates."""
        return tuple(sorted(self.combine.exchange.values())) if isinstance(self.combine, Spread) else ()
