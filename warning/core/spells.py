"""A source's history as spells: in one condition from one time to another, with the cause in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from warning.core.health import SourceCondition, SourceReport, blinds, is_well


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """`until` is None for the one that lasts. `condition` is `ok` for every health; `cause` is the last one told."""

    condition: SourceCondition
    cause: str
    since: datetime
    until: datetime | None = None

    @property
    def is_well(self) -> bool:
        return is_well(self.condition)

    @property
    def is_blind(self) -> bool:
        return blinds(self.condition, self.cause)

    def lasted(self, now: datetime) -> timedelta:
        return (self.until or now) - self.since


def spells_of(reports: Iterable[SourceReport]) -> tuple[Spell, ...]:
    """Return the spells that reports of one source tell of, the oldest first."""
    found: list[Spell] = []
    for report in sorted(reports, key=lambda r: (r.known_at, r.id)):
        condition: SourceCondition = "ok" if is_well(report.condition) else report.condition
        if found and found[-1].condition == condition:
            found[-1] = replace(found[-1], cause=report.cause)
            continue
        since = max(report.since, found[-1].since) if found else report.since
        if found:
            found[-1] = replace(found[-1], until=since)
        found.append(Spell(condition=condition, cause=report.cause, since=since))
    return tuple(found)


def at(spells: Iterable[Spell], instant: datetime) -> Spell | None:
    """Return the spell an instant falls into; None before the first."""
    held = [s for s in spells if s.since <= instant and (s.until is None or instant < s.until)]
    return held[-1] if held else None
