"""The register of legal acts: what was announced, what is in force, what is suspended, what ends soon."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from warning.core.model import OperatorModel
from warning.core.terms import ActorCode, Language, TermId
from warning.core.vocabulary import Direction

AftermathKind = Literal["flow_share", "price_inside", "price_outside", "first_licences", "suspended"]
AFTERMATH_NEEDS: Mapping[AftermathKind, frozenset[str]] = {
    "flow_share": frozenset({"month", "ratio"}),
    "price_inside": frozenset({"days", "ratio"}),
    "price_outside": frozenset({"days", "ratio"}),
    "first_licences": frozenset({"on"}),
    "suspended": frozenset({"on"}),
}
Standing = Literal[
    "draft", "announced", "in_force", "not_confirmed", "suspended", "suspension_lapsed", "ended", "unknown"
]
# What a state does without publishing an act: nobody publishes its end either.
CONDUCT = frozenset({"boycott", "customs_hold", "detention", "inspection", "supply_stop", "tourism_stop"})
# So long after a source last said that it goes on, conduct without an act counts as in force.
CONFIRMED_DAYS = 180


class Clause(OperatorModel):
    """One part of an act that has dates of its own. `part` is the act's numbering (1, 3, "Article 2").

    `resumed` is the day from which it is known to apply again after a suspension.
    """

    part: str
    what: str
    effective: date | None = None
    expires: date | None = None
    suspended_from: date | None = None
    suspended_until: date | None = None
    resumed: date | None = None

    def lapsed(self, day: date) -> bool:
        """Whether its suspension has ended by its text, and nobody has checked whether it was extended."""
        return lapsed(self.suspended_until, self.resumed, day)

    def suspended(self, day: date) -> bool:
        return is_suspended(self.suspended_from, self.suspended_until, self.resumed, day)

    @model_validator(mode="after")
    def _resumed_after_its_suspension(self) -> Self:
        _check_order("suspended_from", self.suspended_from, "resumed", self.resumed)
        return self


class Suspension(OperatorModel):
    """This act sets others aside. `clause` is empty when the whole act is meant."""

    instrument: str
    clause: str = ""
    until: date | None = None


class Aftermath(OperatorModel):
    """One thing that followed an act, as a source tells it.

    `flow_share` is a month's trade as a share of what it was before (0 is nought), `price_inside` and `price_outside`
    a change in price within the issuer's market or beyond it (0.5 is +50 %) after `days`, `first_licences` and
    `suspended` a day. `known` is the day from which it could be known: what is told at an earlier instant leaves it out.
    """

    what: AftermathKind
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] | None = None
    on: date | None = None
    ratio: Annotated[float, Field(ge=-1, le=100)] | None = None
    days: Annotated[int, Field(ge=1, le=1500)] | None = None
    of: str = ""
    known: date
    source: str = ""
    verified: bool = False

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        needed = AFTERMATH_NEEDS[self.what]
        given = {key for key in ("month", "on", "ratio", "days") if getattr(self, key) is not None}
        if given != needed:
            raise ValueError(
                f"{self.what} takes {' and '.join(sorted(needed))}, and nothing else of month, on, ratio, days"
            )
        if self.verified and not self.source:
            raise ValueError("what is verified names its source")
        if self.ratio is not None and self.what == "flow_share" and self.ratio < 0:
            raise ValueError("flow_share is a share of the trade before: 0 is nought, 1 is unchanged")
        return self


def lapsed(until: date | None, resumed: date | None, day: date) -> bool:
    return until is not None and day > until and (resumed is None or day < resumed)


def is_suspended(start: date | None, until: date | None, resumed: date | None, day: date) -> bool:
    """Whether a suspension lasts on a day: it ends with the day before `resumed`, also where that is earlier than by its text."""
    return start is not None and start <= day <= (until or day) and (resumed is None or day < resumed)


def _check_order(first: str, start: date | None, last: str, end: date | None) -> None:
    if start and end and end < start:
        raise ValueError(f"{last} {end} lies before {first} {start}")


class Measure(OperatorModel):
    """One legal act, or one measure without an act (`instrument` is then empty).

    `titles` and `issuers` are title and issuer as desks of other languages read them, by language; `issued_as` is the
    number in the issuer's own words (商务部公告2023年第27号).
    `instrument` is the short form alerts carry (MOFCOM-GACC 2023/23, 89 FR 96790). `aliases` are other forms
    of it. `draft` is a text for comment, until `comments_until`: it binds nobody. `resumed` is the day from which a
    source says that the act applies again after its suspension (of an act that suspends others: that they do); without it
    nobody knows whether the suspension was extended. `targets` is empty for every country. `verified` is true only when the dates and the number were
    read in a published source; `unverified` names the fields that were not. `last_confirmed` is the last day on which a
    source said that conduct without an act went on; left out, that of its effect.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: str
    titles: Mapping[Language, str] = {}
    issuer: str
    issuers: Mapping[Language, str] = {}
    actor: ActorCode
    instrument: str = ""
    issued_as: str = ""
    aliases: tuple[str, ...] = ()
    act: TermId
    direction: Direction
    announced: date | None = None
    effective: date | None = None
    expires: date | None = None
    suspended_from: date | None = None
    suspended_until: date | None = None
    resumed: date | None = None
    last_confirmed: date | None = None
    draft: bool = False
    comments_until: date | None = None
    materials: tuple[TermId, ...] = ()
    hs_codes: tuple[Annotated[str, Field(pattern=r"^\d{4,10}$")], ...] = ()
    targets: tuple[ActorCode, ...] = ()
    names_entities: bool = False
    clauses: tuple[Clause, ...] = ()
    suspends: tuple[Suspension, ...] = ()
    triggered_by: tuple[str, ...] = ()
    effect: str = ""
    aftermath: tuple[Aftermath, ...] = ()
    sources: tuple[str, ...] = ()
    verified: bool
    unverified: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        pairs = (
            ("effective", "expires"), ("suspended_from", "suspended_until"), ("suspended_from", "resumed"),
            ("effective", "last_confirmed"),
        )  # fmt: skip
        for first, last in pairs:
            _check_order(first, getattr(self, first), last, getattr(self, last))
        if self.verified and not self.sources:
            raise ValueError("a verified measure names at least one source")
        if self.comments_until and not self.draft:
            raise ValueError("comments_until is for a draft: write draft: true beside it")
        if self.last_confirmed and not self.is_conduct:
            raise ValueError(
                f"last_confirmed is for what has no act: leave instrument out, and give one of {', '.join(sorted(CONDUCT))}"
            )
        if self.draft and self.effective:
            raise ValueError("a draft takes no effect: leave effective out until it is adopted")
        return self

    @property
    def informal(self) -> bool:
        """No published act stands behind it: it cannot be found by its number."""
        return not self.instrument

    @property
    def is_conduct(self) -> bool:
        """Whether it is what a state does without an act, and so without a day on which it ends."""
        return self.informal and self.act in CONDUCT

    def confirmed(self, day: date) -> date | None:
        """Return the last day, up to this one, on which conduct without an act was known to go on; None for an act."""
        if not self.is_conduct:
            return None
        known = (self.announced, self.effective, self.last_confirmed)
        return max((one for one in known if one is not None and one <= day), default=None)

    def standing(self, day: date) -> Standing:
        """Say where the act stands on a day; `unknown` when its dates are.

        `suspension_lapsed`: the suspension is over by its text, and whether it was extended is not known. `not_confirmed`:
        conduct without an act that no source has said to go on for CONFIRMED_DAYS.
        """
        start = self.effective or self.announced
        if start is None:
            return "unknown"
        if self.expires and day > self.expires:
            sets_aside = self.suspends or self.act == "suspension"
            is_open = sets_aside and lapsed(self.expires, self.resumed, day)
            return "suspension_lapsed" if is_open else "ended"
        if is_suspended(self.suspended_from, self.suspended_until, self.resumed, day):
            return "suspended"
        if lapsed(self.suspended_until, self.resumed, day):
            return "suspension_lapsed"
        if self.draft and day >= start:
            return "draft"
        if day >= start:
            seen = self.confirmed(day)
            return "not_confirmed" if seen and (day - seen).days > CONFIRMED_DAYS else "in_force"
        if self.announced and day < self.announced:
            return "unknown"
        return "announced"


class MeasureRegister(OperatorModel):
    """One file of rules/measures: `measures: [...]`."""

    measures: tuple[Measure, ...] = ()
