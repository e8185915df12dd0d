"""The canary: one synthetic item a day that goes the whole way from a publisher to a desk nobody sits at.

It is released to no real country, so that every way out refuses it to every real desk by the check that all alerts
pass. Rule, source and desk exist only in the rulebook of a running service: rehearsals, backtests, statistics and
digests never hear of them, and what a flight leaves in the store is removed when it has landed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from warning.core.alerts import Alert
from warning.core.desks import Desk, Destination
from warning.core.iso_codes import NOWHERE
from warning.core.rulebook import Rulebook
from warning.core.sources import SourceProfile
from warning.core.text_rules import Group, Match, TextExample, TextRule, Where
from warning.core.vocabulary import Marking, Severity

CANARY = "ews-canary"
CHANNEL = "canary"
PHRASE = "canary flight of the early warning system"
PATIENCE = timedelta(hours=1)
_DAY = re.compile(r"flight of the early warning system,? (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """The canary of one day (UTC). `landed_at` is when its desk had it; `told_at` when operators heard that it is missing."""

    day: date
    started_at: datetime
    landed_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def was_never_asked_for(self) -> bool:
        """Whether all that is known of it is that operators were told that it had not started."""
        return self.told_at is not None and self.told_at == self.started_at


def title_of(day: date) -> str:
    return f"Canary flight of the early warning system, {day.isoformat()}"


def day_in(text: str) -> date | None:
    """Return the day of the flight that a text tells of; None when it tells of none."""
    found = _DAY.search(text)
    return date.fromisoformat(found[1]) if found else None


def with_canary(book: Rulebook) -> Rulebook:
    """Return the rulebook with the canary's source, rule and desk."""
    return replace(
        book,
        rules=tuple(sorted((*book.rules, canary_rule()), key=lambda rule: rule.id)),
        desks=tuple(sorted((*book.desks, canary_desk()), key=lambda desk: desk.id)),
        sources={**book.sources, CANARY: canary_profile()},
    )


def canary_profile() -> SourceProfile:
    return SourceProfile(
        id=CANARY,
        title="Canary",
        publisher=CANARY,
        kind="mission",
        country=NOWHERE,
        language="en",
        reliability="A",
        official=False,
        marking=Marking.CLEAR,
        release_to=frozenset({NOWHERE}),
    )


def canary_rule() -> TextRule:
    return TextRule(
        id=CANARY,
        kind="text",
        title="Canary flight",
        severity=Severity.MODERATE,
        owner="the early-warning system itself",
        rationale="One synthetic item a day proves that evidence still reaches a desk.",
        direction="neutral",
        where=Where(sources=(CANARY,)),
        match=Match(all=(Group(phrases={"en": (PHRASE,)}),)),
        examples=(
            TextExample(fires=True, title=title_of(date(2026, 1, 1))),
            TextExample(fires=False, title="A canary in a coal mine"),
        ),
    )


def canary_desk() -> Desk:
    # No operator can name this channel in a file: the word is not in the list that files are held to.
    way: dict[str, Any] = {"channel": CHANNEL, "to": (CANARY,), "ceiling": Marking.CLEAR}
    nobody = Destination.model_construct(**way)
    return Desk.model_construct(
        id=CANARY,
        title="Canary",
        country=NOWHERE,
        language="en",
        timezone="UTC",
        threshold=Severity.UNKNOWN,
        clearance=Marking.CLEAR,
        destinations=(nobody,),
    )


def is_out_of_the_way(alert: Alert, desk: Desk) -> bool:
    """Whether the desk is the canary's and the alert is none of its own: nobody sits there to be told."""
    return desk.id == CANARY and alert.rule_id != CANARY


def missing(flights: Sequence[Flight], watched_since: datetime, now: datetime) -> str:
    """Say what is wrong with the canary, empty when it is in time.

    Of each day one has to start, and to land within an hour. `watched_since` is when the watching began: a service
    that was down at midnight has its hour from its own start.
    """
    midnight = datetime.combine(now.astimezone(UTC).date(), time.min, tzinfo=UTC)
    newest = max(flights, key=lambda flight: flight.day, default=None)
    if newest is None or newest.day < midnight.date():
        if newest is not None and newest.landed_at is None and now - newest.started_at > PATIENCE:
            return f"the canary of {newest.day} never landed"
        late = now - max(midnight, watched_since) > PATIENCE
        return f"no canary of {midnight.date()} was asked for: nothing collects" if late else ""
    if newest.landed_at is None and newest.was_never_asked_for:
        return f"no canary of {newest.day} was asked for: nothing collects"
    begun = max(newest.started_at, watched_since)
    if newest.landed_at is None and (newest.told_at is not None or now - begun > PATIENCE):
        return f"the canary of {newest.day} started at {newest.started_at:%H:%M} UTC and has not landed"
    return ""
