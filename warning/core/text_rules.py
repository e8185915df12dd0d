"""Text rules as operators write them. Whoever reads texts alone knows no other kind."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from warning.core.linear_patterns import read_pattern
from warning.core.model import OperatorModel
from warning.core.rule_head import RuleBase
from warning.core.terms import ActorCode, Language, Names, TermId
from warning.core.vocabulary import Direction, Reliability, SourceKind

Field_ = Literal["title", "summary", "body"]
FIELDS: tuple[Field_, ...] = ("title", "summary", "body")
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
    phrases: Names = {}
    within: tuple[Field_, ...] = Field(default=FIELDS, alias="in")

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


class WeightedGroup(Group):
    """A group with what it adds to a score: `weight` wherever it stands, or `weights` by field.

    It adds once, the most of the fields in which it stands; a field that `weights` leaves out adds nothing.
    """

    weight: int = Field(default=1, ge=1, le=100)
    weights: Mapping[Field_, Annotated[int, Field(ge=1, le=100)]] = {}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.weights and self.within != FIELDS:
            raise ValueError("`weights` names the fields that count already: leave `in` out")
        if self.weights and self.weight != 1:
            raise ValueError("`weights` says by field what `weight` says for all: keep one of the two")
        return self

    @property
    def by_field(self) -> Mapping[Field_, int]:
        return self.weights or dict.fromkeys(self.within, self.weight)

    @property
    def most(self) -> int:
        return max(self.by_field.values(), default=0)


class Score(OperatorModel):
    """What the groups that occur add up to must reach `at_least`."""

    at_least: int = Field(ge=1, le=10_000)
    of: tuple[WeightedGroup, ...] = Field(min_length=1)


class TextPattern(OperatorModel):
    """A regular expression that must be found in one of the fields, or in none of them with `absent`.

    It is read by an engine whose time grows with the text alone, in any case of letters, on text whose full-width
    letters and digits are made plain.
    """

    pattern: Annotated[str, Field(min_length=1, max_length=500)]
    absent: bool = False
    fields: tuple[Field_, ...] = Field(default=FIELDS, alias="in", min_length=1)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        read_pattern(self.pattern)
        return self


Words = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2} words$")]


class Near(OperatorModel):
    """One occurrence of every group close together: in one sentence, or in a stretch of characters or words.

    A sentence (or stretch) in which a term of `none` occurs does not count; `in` limits where it may stand.
    A stretch reaches from the first letter of the first term to the last of the last. A Han or kana sign is a word.
    """

    of: tuple[Group, ...] = Field(min_length=2)
    none: tuple[Group, ...] = ()
    within: Literal["sentence"] | Words | Annotated[int, Field(ge=1, le=2000)] = "sentence"
    fields: tuple[Field_, ...] = Field(default=FIELDS, alias="in")


class Match(OperatorModel):
    """The condition on an item's text: every part that is given must hold.

    Of `near` every entry must hold, of `near_any` one. `beside_relief` asks for a headline that tells relief in one clause
    and bans goods in another; a rule of tightening reads the clause that bans.
    """

    all: tuple[Group, ...] = ()
    any: tuple[Group, ...] = ()
    none: tuple[Group, ...] = ()
    at_least: AtLeast | None = None
    score: Score | None = None
    near: tuple[Near, ...] = ()
    near_any: tuple[Near, ...] = ()
    patterns: tuple[TextPattern, ...] = ()
    beside_relief: bool = False

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not (self.all or self.any or self.at_least or self.score or self.near or self.near_any):
            beside = " beside its patterns" if self.patterns else ""
            raise ValueError(
                f"a match needs at least one of all, any, at_least, score, near, near_any{beside}"
            )
        return self


class Where(OperatorModel):
    """Which evidence a rule looks at; an empty list means every one. `except_sources` takes sources out again.

    `reliability` are the grades A to F of the source itself, as the catalogue or the reporting desk gives them.
    """

    kinds: tuple[SourceKind, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    except_sources: tuple[str, ...] = ()
    reliability: tuple[Reliability, ...] = ()
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
    source: str = ""
    expect: Mapping[str, str | tuple[str, ...]] = {}


class TextRule(RuleBase):
    """Fires on an item whose text meets `match`.

    `actors` are whose act it is, whatever the text says. `else_actors` are those a reader understands where neither
    the text nor the author of a report says whose act it is; acts of `except_actors` are told by other rules. A `fallback` opens no alert on
    a document that an interrupting rule without that key fires on. `one_language` says why it fires in one language alone,
    and which rules tell the same act in the others; without it `rules check --strict` asks for examples in two.
    """

    kind: Literal["text"]
    where: Where = Where()
    match: Match
    actors: tuple[ActorCode, ...] = ()
    else_actors: tuple[ActorCode, ...] = ()
    except_actors: tuple[ActorCode, ...] = ()
    require_direction: Direction | None = None
    fallback: bool = False
    one_language: str = ""
    examples: tuple[TextExample, ...] = Field(min_length=2)


class ContextRule(TextRule):
    """Background coverage: collected for the digest and the material page, never interrupts anybody."""

    kind: Literal["context"]  # type: ignore[assignment]

    @property
    def interrupts(self) -> bool:
        return False
