"""The tests a series rule may ask of its newest figure, as operators write them. `core/series` judges them."""

from abc import abstractmethod
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from warning.core.model import OperatorModel
from warning.core.vocabulary import Frequency

Way = Literal["up", "down", "both"]
# How far back zeros are counted, the newest figure included: a short window cannot know that a zero is news.
ZERO_POINTS = 36
# After earlier zeros a run must be so much rarer: the limit is on one figure, and a year has many.
AFTER_ZEROS = 0.25


class SeriesTest(OperatorModel):
    """What every test of a series may say of itself.

    `frequencies` limits it to daily, weekly, monthly ... series, as five days and five months are two
    different questions. `confirm_points` and `rearm_points` stand instead of the rule's own.
    """

    frequencies: tuple[Frequency, ...] = ()
    confirm_points: int | None = Field(default=None, ge=1, le=10)
    rearm_points: int | None = Field(default=None, ge=0, le=60)

    @property
    @abstractmethod
    def span(self) -> int:
        """The number of points one verdict reads, the newest included."""

    @property
    def reach(self) -> int:
        """The number of points any of its verdicts reads: zeros are counted further back than a level."""
        return self.span


class Change(SeriesTest):
    """The change over `steps` periods: rise_ratio 0.25 is +25 %, fall_ratio 0.25 is -25 %.

    The reference is the point `steps` back or the median of the five points ending there, whichever makes
    the move smaller: one faulty figure then neither starts nor ends a move.
    """

    method: Literal["change"]
    steps: int = Field(ge=1)
    rise_ratio: float | None = Field(default=None, gt=0)
    fall_ratio: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _one_way_at_least(self) -> Self:
        if self.rise_ratio is None and self.fall_ratio is None:
            raise ValueError("a change needs rise_ratio or fall_ratio")
        return self

    @property
    def span(self) -> int:
        return self.steps + 5


class Spike(SeriesTest):
    """The log return over `steps` against a robust baseline of past returns only.

    The scale is max(1.4826 MAD, 0.75 mean |r|, floor); the rule fires at `threshold` scales when the move
    is also at least `min_ratio` (0.1 is 10 %).
    """

    method: Literal["spike"]
    direction: Way = "up"
    steps: int = Field(default=1, ge=1)
    baseline_points: int = Field(ge=8)
    threshold: float = Field(gt=0)
    floor: float = Field(default=0.005, gt=0)
    min_ratio: float = Field(default=0.0, ge=0)

    @property
    def span(self) -> int:
        return self.baseline_points + 2 * self.steps + 1


class Drop(SeriesTest):
    """The level against the trailing median of `baseline_points`; fires at or below (1 - fall_ratio) of it.

    `baseline_min` keeps small partners out (the median must reach it; mass in kilograms, whole money).
    `scales` asks in addition that the log ratio lies so many robust scales below the baseline, so that a
    series that always jumps about needs a deeper fall. `low_points` and `low_ratio` ask that the figure is at
    most so many times the lowest of the points before: shipments that come in lots have been low before.
    `season_points` (12 for months) asks that the figure is as low against the lowest of the three figures
    around the same season a year before. A run of zeros fires when its chance under the past share of zeros,
    counted over the last ZERO_POINTS figures (or the test's own, where it reads more) before the run began, is at most
    `zero_chance`, or a quarter of it where that past holds zeros.
    """

    method: Literal["drop"]
    baseline_points: int = Field(ge=3)
    fall_ratio: float = Field(gt=0, le=1)
    baseline_min: float = Field(default=0.0, ge=0)
    scales: float = Field(default=0.0, ge=0)
    low_points: int | None = Field(default=None, ge=3)
    low_ratio: float = Field(default=1.0, gt=0, le=1)
    season_points: int | None = Field(default=None, ge=2)
    zero_chance: float = Field(default=0.08, gt=0, lt=1)

    @property
    def span(self) -> int:
        return max(self.baseline_points + 1, (self.season_points or 0) + 2, (self.low_points or 0) + 1)

    @property
    def reach(self) -> int:
        """The figures that zeros are counted over, and one more: the run is judged as it stood one figure earlier too."""
        return max(self.span, ZERO_POINTS) + 1


class Surge(SeriesTest):
    """The level against the trailing median of `baseline_points`; fires at or above (1 + rise_ratio) of it.

    `baseline_min`, `scales` and `season_points` are those of `drop`.
    """

    method: Literal["surge"]
    baseline_points: int = Field(ge=3)
    rise_ratio: float = Field(gt=0)
    baseline_min: float = Field(default=0.0, ge=0)
    scales: float = Field(default=0.0, ge=0)
    season_points: int | None = Field(default=None, ge=2)

    @property
    def span(self) -> int:
        return max(self.baseline_points + 1, (self.season_points or 0) + 2)


class Extreme(SeriesTest):
    """A new high (or low) outside the range of the last `baseline_points` by `margin_ratio` of that range.

    `skip_points` of the newest figures before the one judged are left out of the range: a price that climbs week by
    week would else lift the range it is held against, and never leave it.
    """

    method: Literal["extreme"]
    direction: Literal["high", "low", "both"] = "high"
    baseline_points: int = Field(ge=12)
    skip_points: int = Field(default=0, ge=0, le=120)
    margin_ratio: float = Field(default=0.1, ge=0)

    @property
    def span(self) -> int:
        return self.baseline_points + self.skip_points + 1


class YearOnYear(SeriesTest):
    """The figure against the same season of the years before: rise_ratio 0.25 is +25 %, fall_ratio 0.25 is -25 %.

    `season_points` is a year: 12 months, 4 quarters, 52 weeks. `total_points` adds up the last so many figures
    and compares them with the same figures a year before (12 of 12 months is year against year). With `years`
    above 1 the reference is the median of so many years, so that one odd year makes no event of the next.
    """

    method: Literal["year_on_year"]
    rise_ratio: float | None = Field(default=None, gt=0)
    fall_ratio: float | None = Field(default=None, gt=0, le=1)
    season_points: int = Field(default=12, ge=2, le=60)
    total_points: int = Field(default=1, ge=1, le=24)
    years: int = Field(default=1, ge=1, le=6)
    baseline_min: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _one_way_at_least(self) -> Self:
        if self.rise_ratio is None and self.fall_ratio is None:
            raise ValueError("year_on_year needs rise_ratio or fall_ratio")
        return self

    @property
    def span(self) -> int:
        return self.season_points * self.years + self.total_points


class Shift(SeriesTest):
    """A lasting change of level, found by a cumulative sum (CUSUM, Page 1954) over logarithms.

    `baseline_points` give median and robust scale; each of the `run_points` after them adds how many scales
    it lies from that median, less `slack`, and at most `clip`, so that no single figure decides. The test
    holds when the sum passes `threshold` and the figures since the change began lie `min_ratio` away.
    """

    method: Literal["shift"]
    direction: Way = "both"
    baseline_points: int = Field(ge=8)
    run_points: int = Field(default=12, ge=2)
    threshold: float = Field(default=5.0, gt=0)
    slack: float = Field(default=0.5, ge=0)
    clip: float = Field(default=3.0, gt=0)
    floor: float = Field(default=0.02, gt=0)
    min_ratio: float = Field(default=0.0, ge=0)
    baseline_min: float = Field(default=0.0, ge=0)

    @property
    def span(self) -> int:
        return self.baseline_points + self.run_points


class Cliff(SeriesTest):
    """A rush and the cliff after it, as one event: buyers ship before a date, then nothing moves.

    The baseline is the median of `baseline_points` that end before the rush. One of the `before_points` before
    the newest figure must lie `rise_ratio` over it, the newest `fall_ratio` under it. `effective_date`
    `required` asks in addition that an act of the register took effect between the rush and the fall, for the
    same exporter and material or code, and was announced when the figure became known.
    """

    method: Literal["cliff"]
    baseline_points: int = Field(default=12, ge=3)
    before_points: int = Field(default=3, ge=1, le=12)
    rise_ratio: float = Field(default=0.5, gt=0)
    fall_ratio: float = Field(default=0.6, gt=0, le=1)
    baseline_min: float = Field(default=0.0, ge=0)
    effective_date: Literal["any", "required"] = "any"

    @property
    def span(self) -> int:
        return self.baseline_points + self.before_points + 1


class Crossing(SeriesTest):
    """The figure crosses `level`: it stands at or past it, and the `quiet_points` before did not.

    Meant for measures with a natural level: a share of 0.5, an HHI of 0.4, a price outside China 1.3 times the one inside.
    """

    method: Literal["crossing"]
    level: float = Field(gt=0)
    direction: Way = "up"
    quiet_points: int = Field(default=3, ge=1)

    @property
    def span(self) -> int:
        return self.quiet_points + 1


class Drift(SeriesTest):
    """A slow movement: the trend over `points` figures moves the series by `min_move`, in its own unit.

    0.15 of a share is 15 percentage points. The trend is the median of all slopes (Theil 1950, Sen 1968);
    `agreement` is the least share of pairs that move its way, less those that move against it (Kendall's tau).
    """

    method: Literal["drift"]
    points: int = Field(ge=4, le=40)
    min_move: float = Field(gt=0)
    direction: Way = "up"
    agreement: float = Field(default=0.6, ge=0, le=1)

    @property
    def span(self) -> int:
        return self.points


Test = Annotated[
    Change | Spike | Drop | Surge | Extreme | YearOnYear | Shift | Cliff | Crossing | Drift,
    Field(discriminator="method"),
]
