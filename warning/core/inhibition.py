"""Inhibition: an alert says nothing new to a desk that has a graver one about the same event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, model_validator

from warning.core.alerts import Alert
from warning.core.model import OperatorModel
from warning.core.vocabulary import Direction

Shared = Literal["materials", "actors", "targets", "direction"]


class Which(OperatorModel):
    """Alerts by what they are: every field given must hold; within a field one of the values."""

    rules: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> "Which":
        if not (self.rules or self.acts or self.directions):
            raise ValueError("say which alerts: rules, acts or directions")
        return self

    def holds(self, alert: Alert) -> bool:
        pairs = (
            (self.rules, alert.rule_id),
            (self.acts, alert.facts.act),
            (self.directions, alert.facts.direction),
        )
        return all(not wanted or found in wanted for wanted, found in pairs)


class Inhibition(OperatorModel):
    """While an alert of `by` is at most `days` old, those of `mutes` that share every field of `same` stay quiet.

    What weighs more for the desk's country than the one it has is never muted.
    """

    title: str
    by: Which
    mutes: Which
    same: tuple[Shared, ...] = Field(default=("materials", "actors"), min_length=1)
    days: int = Field(default=7, ge=1, le=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhibitor:
    alert: Alert
    because: str


def inhibitor(
    rules: Sequence[Inhibition], alert: Alert, country: str, known: Iterable[Alert], as_of: datetime
) -> Inhibitor | None:
    """Return the first alert, by key, among those the desk knows that mutes this one; None when it is to be told."""
    candidates = sorted((k for k in known if k.key != alert.key), key=lambda k: k.key)
    for rule in rules:
        for other in candidates if rule.mutes.holds(alert) else ():
            is_recent = other.updated_at > as_of - timedelta(days=rule.days)
            is_as_grave = other.severity_for(country) >= alert.severity_for(country)
            if is_recent and is_as_grave and rule.by.holds(other) and _shares(rule, alert, other):
                return Inhibitor(alert=other, because=rule.title)
    return None


def _shares(rule: Inhibition, one: Alert, other: Alert) -> bool:
    """Every field has a value in common; a field empty in both tells nothing apart and holds nothing together."""
    return all(_values(one, name) & _values(other, name) for name in rule.same)


def _values(alert: Alert, name: Shared) -> frozenset[str]:
    facts = alert.facts
    if name == "direction":
        return frozenset({facts.direction})
    return frozenset({"materials": facts.materials, "actors": facts.actors, "targets": facts.targets}[name])
