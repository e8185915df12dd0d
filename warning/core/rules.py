"""Rules as operators write them. One class per kind; detectors live in `core/detect`, one module per kind."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from warning.core.deadline_rules import DeadlineRule
from warning.core.model import OperatorModel
from warning.core.rule_head import RuleBase
from warning.core.terms import ActorCode, Language, TermId
from warning.core.vocabulary import ChangeKind, Direction, Frequency, Measure, SourceKind

Field_ = Literal["title", "summary", "body"]
GROUP_SOURCES = ("act", "material", "actor", "issuer", "cue", "phrases")


class Group(OperatorModel):
    """A set of terms of which one must occur. Exactly one of the six sources of terms is given.

    `act`, `material`, `actor` and `cue` name entries of rules/terms, `any` every entry (a material stands for
    its children too); `issuer` names an actor's ministries only; `phrases` are the rule's own.
    """

    act: tuple[TermId, ...] = ()
    material: tuple[TermId, ...] = ()
    actor: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    cue: tuple[TermId, ...] = ()
    phrases: Mapping[Language, tuple[str, ...]] = {}
    within: tuple[Field_, ...] = Field(default=("title", "summary", "body"), alias="in")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [n for n in GROUP_SOURCES if getattr(self, n)]
        if len(given) != 1:
            found = ", ".join(given) or "none"
            raise ValueError(f"a group takes exactly one of {', '.join(GROUP_SOURCES)}; found {found}")
        return self


class AtLeast(OperatorModel):
    """`n` of the groups must occur."""

    n: int = Field(ge=1)
    of: tuple[Group, ...] = Field(min_length=1)


class Near(OperatorModel):
    """One occurrence of every group close together: in one sentence, or within a number of characters.

    A sentence (or stretch) in which a term of `none` occurs does not count; `in` limits where it may stand.
    """

    of: tuple[Group, ...] = Field(min_length=2)
    none: tuple[Group, ...] = ()
    within: Literal["sentence"] | Annotated[int, Field(ge=1, le=2000)] = "sentence"
    fields: tuple[Field_, ...] = Field(default=("title", "summary", "body"), alias="in")


class Match(OperatorModel):
    """The condition on an item's text: every part that is given must hold.

    Of `near` every entry must hold, of `near_any` one.
    """

    all: tuple[Group, ...] = ()
    any: tuple[Group, ...] = ()
    none: tuple[Group, ...] = ()
    at_least: AtLeast | None = None
    near: tuple[Near, ...] = ()
    near_any: tuple[Near, ...] = ()

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not (self.all or self.any or self.at_least or self.near or self.near_any):
            raise ValueError("a match needs at least one of all, any, at_least, near, near_any")
        return self


class Where(OperatorModel):
    """Which evidence a rule looks at; an empty list means every one. `except_sources` takes sources out again."""

    kinds: tuple[SourceKind, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    except_sources: tuple[str, ...] = ()
    official: bool | None = None


class TextExample(OperatorModel):
    """An item that the rule must fire on, or stay quiet on, with the facts it must extract."""

    fires: bool
    title: str
    summary: str = ""
    body: str = ""
    kind: SourceKind = "news"
    country: str = "US"
    language: Language = "en"
    published: date | None = None
    expect: Mapping[str, str | tuple[str, ...]] = {}


class SeriesExample(OperatorModel):
    """A series that the rule must fire on at its last point, or stay quiet on.

    `values` reads `100 100 0` and the short form `100x12 0` (twelve times 100); `_` is a missing cell.
    """

    fires: bool
    values: str
    frequency: Frequency = "M"
    ends: str | None = None
    material: TermId | None = None
    hs_code: str | None = None
    measure: Measure | None = None
    reporter: str | None = None
    partner: str | None = None


class ListingExample(OperatorModel):
    """One change of a list that the rule must fire on, or stay quiet on."""

    fires: bool
    change: ChangeKind
    name: str
    country: str = ""
    fields: Mapping[str, str] = {}
    source: str = ""


class TextRule(RuleBase):
    """Fires on an item whose text meets `match`."""

    kind: Literal["text"]
    where: Where = Where()
    match: Match
    actors: tuple[ActorCode, ...] = ()
    require_direction: Direction | None = None
    examples: tuple[TextExample, ...] = Field(min_length=2)


class ContextRule(TextRule):
    """Background coverage: collected for the digest and the material page, never interrupts anybody."""

    kind: Literal["context"]  # type: ignore[assignment]

    @property
    def interrupts(self) -> bool:
        return False


class ListingRule(RuleBase):
    """Fires when entries of a list are added, amended or removed."""

    kind: Literal["listing"]
    where: Where = Where()
    changes: tuple[ChangeKind, ...] = ("added",)
    entry_countries: tuple[str, ...] = ()
    entry_phrases: tuple[str, ...] = ()
    actors: tuple[ActorCode, ...] = ()
    examples: tuple[ListingExample, ...] = Field(min_length=2)


class Select(OperatorModel):
    """Which series a rule looks at; an empty list means every one.

    A material also selects its descendants in rules/terms. An HS code is a prefix: 2846 selects 284690 and
    national codes below it. `except_materials` and `except_hs_codes` take series out again; `bilateral`
    true keeps single partners only, false the totals with the world.
    """

    materials: tuple[TermId, ...] = ()
    except_materials: tuple[TermId, ...] = ()
    measures: tuple[Measure, ...] = ()
    hs_codes: tuple[str, ...] = ()
    except_hs_codes: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    except_partners: tuple[str, ...] = ()
    bilateral: bool | None = None
    frequencies: tuple[Frequency, ...] = ()
    sources: tuple[str, ...] = ()


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
    direction: Literal["up", "down", "both"] = "up"
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
    counted before the run began, is at most `zero_chance`.
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
    """A new high (or low) outside the range of the last `baseline_points` by `margin_ratio` of that range."""

    method: Literal["extreme"]
    direction: Literal["high", "low", "both"] = "high"
    baseline_points: int = Field(ge=12)
    margin_ratio: float = Field(default=0.1, ge=0)

    @property
    def span(self) -> int:
        return self.baseline_points + 1


Test = Annotated[Change | Spike | Drop | Surge | Extreme, Field(discriminator="method")]


class SeriesRule(RuleBase):
    """Fires on the newest figure of a series when any of `tests` holds.

    `materiality_min` is the least absolute size of the move, in the series' own unit.
    `confirm_points` asks that so many figures in a row hold the test: 2 lets a single faulty quote pass.
    `rearm_points` is how many figures a test must have been quiet before it fires again: a state that lasts
    is told once. `missing_is_zero` is for sources that publish whole tables, where an absent row means no
    trade; otherwise a missing period is unknown. `materials` states what the alert is about when the series'
    own name says less; `caveat` is a sentence every alert of the rule carries.
    """

    kind: Literal["series"]
    select: Select
    tests: tuple[Test, ...] = Field(min_length=1)
    materiality_min: float = Field(default=0.0, ge=0)
    min_points: int = Field(default=12, ge=2)
    confirm_points: int = Field(default=1, ge=1, le=10)
    rearm_points: int = Field(default=0, ge=0, le=60)
    missing_is_zero: bool = False
    materials: tuple[TermId, ...] = ()
    caveat: str = ""
    act: TermId
    direction: Direction
    examples: tuple[SeriesExample, ...] = Field(min_length=2)

    def confirm(self, test: SeriesTest) -> int:
        return self.confirm_points if test.confirm_points is None else test.confirm_points

    def rearm(self, test: SeriesTest) -> int:
        return self.rearm_points if test.rearm_points is None else test.rearm_points

    def points(self, frequency: Frequency) -> int:
        """How many points back one verdict on a series of this frequency reads, the newest included."""
        tests = [t for t in self.tests if not t.frequencies or frequency in t.frequencies]
        reach = [t.span + self.confirm(t) - 1 + self.rearm(t) for t in tests]
        return max([self.min_points, *reach])


Rule = Annotated[
    TextRule | ContextRule | ListingRule | SeriesRule | DeadlineRule, Field(discriminator="kind")
]
AnyRule = TextRule | ContextRule | ListingRule | SeriesRule | DeadlineRule
