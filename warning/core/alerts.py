"""One event as the desks know it: an alert, versioned. This module holds the values; `correlate` joins signals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from warning.core.claims import Claim
from warning.core.figure_grounds import FigureGround
from warning.core.handling import Narrowing
from warning.core.severity_table import Grading
from warning.core.signals import Exhibit, Facts, Reason
from warning.core.vocabulary import Certainty, Marking, Severity
from warning.core.withdrawals import Withdrawal

ChangeCode = Literal[
    "opened", "instrument", "announced", "effective", "expires", "materials", "targets", "direction",
    "severity", "certainty", "corroborated", "retitled", "deadline", "corrected",
    "response", "follow_up", "confirmation", "arrived",
    "disputed", "settled", "withdrawn", "cancelled", "restored",
    "late", "suspended", "marking", "recalled",
]  # fmt: skip

AlertState = Literal["open", "closed", "expired", "cancelled"]
"""Closed by every desk that was told, expired without news or with its act, cancelled when its evidence was withdrawn."""

ALERT_STATES: tuple[AlertState, ...] = get_args(AlertState)
SHOWN_EXHIBITS = 40
LINK_CODES: Mapping[str, ChangeCode] = {
    "response": "response",
    "follow_up": "follow_up",
    "confirmation": "confirmation",
}
"""What a sequence says of two events; `after` of such a difference names the other event in codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one version changed against the one before. `before` is empty when nothing stood there."""

    code: ChangeCode
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`key` is stable over versions. `title` is plain English in the form "China · gallium: export control".

    `signal_ids` holds every signal ever joined, sorted; `exhibits` the evidence shown (official sources first,
    then oldest, at most `SHOWN_EXHIBITS`) out of `evidence_total` pieces. `gradings` are sorted by country.
    `story` is set for alerts about figures: series of one story join, whatever their partners. `tearlines` holds, by
    desk id, the alert as desks may read it that may not see all of its evidence. `claims` is who says what
    (`core/claims.py`): what sources contradict each other on is read from it. `grounds` says which evidence gave a reason: (`ground_of` it, or a pattern's step, evidence id). `withdrawn` is the evidence taken back; then `whole` is the alert with it.
    `figures` say on which figures it rests, by rule, and which stand; `besides` how much of its evidence is none (None in one stored before that was kept).
    `narrowings` stand on versions in store alone, oldest first: how far this one went before its marking was narrowed.
    """

    key: str
    version: int
    rule_id: str
    rule_version: str
    rule_title: str
    title: str
    facts: Facts
    severity: Severity
    certainty: Certainty
    interrupts: bool
    marking: Marking
    release_to: frozenset[str] | None
    opened_at: datetime
    updated_at: datetime
    last_evidence_at: datetime
    publishers: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]
    evidence_total: int
    signal_ids: tuple[str, ...]
    why: tuple[Reason, ...]
    gradings: tuple[Grading, ...] = ()
    differences: tuple[Difference, ...] = ()
    story: str = ""
    told_stories: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    state: AlertState = "open"
    tearlines: tuple[tuple[str, "Alert"], ...] = ()
    claims: tuple[Claim, ...] = ()
    grounds: tuple[tuple[str, str], ...] = ()
    withdrawn: tuple[Withdrawal, ...] = ()
    whole: "Alert | None" = None
    narrowings: tuple[Narrowing, ...] = ()
    figures: tuple[FigureGround, ...] = ()
    besides: int | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing stands any more of what the alert rested on."""
        return self.whole is not None and self.evidence_total == 0

    @property
    def told_from(self) -> tuple[str, ...]:
        """The evidence behind what it says: shown, named beside it, or kept for a fact. Whatever repeats it rests on that."""
        shown, said = (e.evidence_id for e in self.exhibits), (c.evidence_id for c in self.claims)
        return tuple(sorted({*shown, *said, *self.rests_on}))

    @property
    def is_recalled(self) -> bool:
        """Whether nothing is left that may be shown to who was told: it says so, and nothing else (core/recalls.py)."""
        return not self.rule_id

    def for_desk(self, desk_id: str) -> "Alert":
        """The alert as this desk may read it: its tear-line where it has one."""
        return next((own for known, own in self.tearlines if known == desk_id), self)

    def severity_for(self, country: str) -> Severity:
        """The severity for one country; the act's own where the country has no exposure file."""
        return next((g.severity for g in self.gradings if g.country == country), self.severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChange:
    """What an assessment did to one alert.

    `kind` is opened, updated (a new version that desks are told of) or joined (evidence was added and nothing
    a desk knows has changed: stored, not delivered).
    """

    kind: Literal["opened", "updated", "joined"]
    alert: Alert
    previous: Alert | None = None
