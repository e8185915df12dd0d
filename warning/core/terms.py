"""The vocabulary that rules share: materials, acts and actors with their names in four languages.

Symbols of elements (Ga, Ge, In, W, Y) never stand here: they are words and state codes elsewhere.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field

from warning.core.ids import content_id
from warning.core.model import OperatorModel
from warning.core.vocabulary import Direction

Language = Literal["en", "zh", "ja", "ko"]
TermId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
ActorCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


def _searchable(text: str) -> str:
    if not any(map(str.isalnum, text)):
        from warning.core.text.folding import fold_term  # noqa: PLC0415 - who only collects loads no arrays

        if not fold_term(text.rstrip("*$")).strip():
            raise ValueError(f"{text!r} has nothing to search for")
    return text


# An engine compiles words into one machine: a phrase of a megabyte would keep it busy for good.
Words = tuple[Annotated[str, Field(max_length=500), AfterValidator(_searchable)], ...]
Names = Mapping[Language, Words]


class Material(OperatorModel):
    """One material. `shadows` are longer benign phrases in which a name means something else.

    `is_class` marks a name that stands for several materials (heavy rare earths, critical minerals): where a text
    goes on to name them, those are meant.
    """

    names: Names
    compounds: Names = {}
    shadows: Names = {}
    label: Mapping[Language, str]
    hs_codes: tuple[Annotated[str, Field(pattern=r"^\d{4,10}$")], ...] = ()
    parent: TermId | None = None
    is_class: bool = False


class Act(OperatorModel):
    """One kind of act a state can take. `phrases` say it, `shadows` look like it and do not."""

    label: Mapping[Language, str]
    direction: Direction
    phrases: Names
    shadows: Names = {}
    family: TermId | None = None


class Actor(OperatorModel):
    """A state or the bodies that act for it. `issuers` name ministries; `names` the country."""

    label: Mapping[Language, str]
    names: Names
    issuers: Names = {}
    shadows: Names = {}


class Cue(OperatorModel):
    """Words that say how an act is spoken of: imposed, eased, only talked about. Rules name them in groups."""

    phrases: Names
    shadows: Names = {}


HsCode = Annotated[str, Field(pattern=r"^\d{6}$")]


class HsRevision(OperatorModel):
    """The end of a six-digit code with the Harmonized System of `year`: all of its goods went to `becomes`.

    Figures of the old code go on as the sum of the new ones, and its absent rows are no zeros.
    """

    year: int = Field(ge=1988, le=2100)
    becomes: tuple[HsCode, ...] = Field(min_length=1)
    verified: bool = False
    note: str = ""


class Terms(OperatorModel):
    """The whole vocabulary, as one value."""

    materials: Mapping[TermId, Material] = {}
    acts: Mapping[TermId, Act] = {}
    actors: Mapping[ActorCode, Actor] = {}
    cues: Mapping[TermId, Cue] = {}
    hs_revisions: Mapping[HsCode, HsRevision] = {}

    @cached_property
    def digest(self) -> str:
        """A name of all that is written of the terms."""
        return content_id("t", self.model_dump_json())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As of every model, but without the name: what was changed has another."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("digest", None)
        return copied
