"""Silences: a desk asks not to be interrupted by what matches, for a while. A rise in severity breaks them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from warning.core.alerts import Alert
from warning.core.vocabulary import Severity

Field = Literal["rule", "material", "act", "country", "key"]

FIELDS: tuple[Field, ...] = get_args(Field)
MAX_SILENCE = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Matcher:
    """One condition. `country` is an actor or a target of the event (ISO 3166 alpha-2, EU)."""

    field: Field
    value: str

    def __str__(self) -> str:
        return f"{self.field}={self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Withholds from one desk what matches, from `created_at` until before `until` or `expired_at`.

    `severity` is what it was made for: what weighs more for the desk's country passes. Only an explicit
    `mute` withholds a rise too.
    """

    id: str
    desk_id: str
    matchers: tuple[Matcher, ...]
    severity: Severity
    mute: bool
    actor: str
    reason: str
    created_at: datetime
    until: datetime
    expired_at: datetime | None = None
    expired_by: str = ""

    def is_active(self, as_of: datetime) -> bool:
        end = self.until if self.expired_at is None else min(self.until, self.expired_at)
        return self.created_at <= as_of < end

    def matches(self, alert: Alert) -> bool:
        """Whether every field named has one of its values in the alert; a silence without a matcher has none."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for matcher in self.matchers:
            wanted[matcher.field].add(matcher.value)
        said = values_of(alert)
        return bool(wanted) and all(values & said[name] for name, values in wanted.items())


def values_of(alert: Alert) -> dict[str, frozenset[str]]:
    """Return what an alert offers to each field of a matcher."""
    facts = alert.facts
    return {
        "rule": frozenset({alert.rule_id}),
        "material": frozenset(facts.materials),
        "act": frozenset({facts.act}),
        "country": frozenset((*facts.actors, *facts.targets)),
        "key": frozenset({alert.key}),
    }


def silence_for(
    silences: Iterable[Silence],
    alert: Alert,
    desk_id: str,
    severity: Severity,
    known_before: Sequence[Severity],
) -> Silence | None:
    """Return the silence that withholds this from the desk, None when it passes.

    `severity` is the alert's for the desk's country, `known_before` what it was in the version before and what
    the desk was last told, where there is such: anything above either is a rise.
    """
    is_rise = any(severity > before for before in known_before)
    for silence in silences:
        if silence.desk_id != desk_id or not silence.matches(alert):
            continue
        if silence.mute or (severity <= silence.severity and not is_rise):
            return silence
    return None


def refusal(silence: Silence) -> str | None:
    """Return why this silence may not be made, None when it may."""
    if not silence.matchers:
        return "say what it matches"
    if not silence.actor.strip() or not silence.reason.strip():
        return "say who makes it and why"
    if silence.until <= silence.created_at:
        return f"it would end at {silence.until:%Y-%m-%d %H:%M}Z, which is past"
    if silence.until > silence.created_at + MAX_SILENCE:
        return f"a silence lasts {MAX_SILENCE.days} days at most"
    return None
