"""What a rule cannot see: which of its sources are dark, since when, and whether others still look at the same place.

One mechanism for every kind of rule. A rule of the kind absence, and one that fires `unless` something is there, speak only
while every one of their sources is read: silence of the blind means nothing. Any other rule is blind where no source is left for a place it watches (a kind and
a country, for the press a language), and blind altogether when none is left anywhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from warning.core.absence_rules import AbsenceRule
from warning.core.health import SourceReport, Vitals
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule
from warning.core.sequence_rules import SequenceRule
from warning.core.source_needs import WatchedSource, needs_of
from warning.core.sources import SourceProfile

Level = Literal["blind", "partly blind", "never read", "sees", "needs no source", "has no source"]
MOST_NAMED = 6
Place = tuple[str, str]
"""A kind, and a country; for the press a language."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Dark:
    """A source that cannot be relied on. `since` is None when it was never read."""

    source_id: str
    condition: str
    cause: str = ""
    since: datetime | None = None

    @property
    def is_absent(self) -> bool:
        """Whether nobody ever looked here: that is a hole in the catalogue, not a fault."""
        return self.since is None

    def __str__(self) -> str:
        cause = f": {self.cause}" if self.cause else ""
        if self.since is None:
            return f"{self.source_id} was never read ({self.condition}{cause})"
        return f"{self.source_id} is blind since {self.since.date()} ({self.condition}{cause})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one rule sees. `dark_places` are those of its places that no source looks at any more, with since when."""

    rule_id: str
    needs: tuple[str, ...]
    dark: tuple[Dark, ...] = ()
    dark_places: tuple[tuple[Place, datetime | None], ...] = ()
    level: Level = "sees"
    since: datetime | None = None

    @property
    def is_blind(self) -> bool:
        return self.level == "blind"


def dark_source(source_id: str, vitals: Vitals | None) -> Dark | None:
    """Return why a source cannot be relied on, None when it can. One that has frozen is read and says nothing."""
    report = vitals.report if vitals else None
    if vitals is None or report is None:
        if vitals is not None and vitals.read_at is not None:
            return None
        return Dark(source_id=source_id, condition="new")
    if not (report.is_blind or report.condition == "frozen"):
        return _unasked(source_id, vitals)
    never_read = report.condition == "unconfigured" and vitals.read_at is None
    return Dark(
        source_id=source_id,
        condition=report.condition,
        cause=report.cause,
        since=None if never_read else min(report.since, vitals.dark_since or report.since),
    )


def blind_to_silence(source_id: str, vitals: Vitals, after: datetime) -> str:
    """Say why a source's silence since `after` proves nothing, empty when it does.

    A frozen source sees: that nothing came is what a rule of the kind absence asks about.
    """
    if vitals.report is not None and vitals.report.is_blind:
        return str(_told(source_id, vitals.report))
    if vitals.read_at is None:
        return f"{source_id} was never read"
    return (
        ""
        if vitals.read_at >= after
        else f"{source_id} is blind since {vitals.read_at.date()}: not read after"
    )


def sight(
    rule: AnyRule, book: Rulebook, sources: Mapping[str, WatchedSource], vitals: Mapping[str, Vitals]
) -> Sight:
    """Return what a rule sees of the places it watches."""
    needs = needs_of(rule, book, sources)
    if not needs:
        return Sight(
            rule_id=rule.id, needs=(), level="needs no source" if rule.kind == "deadline" else "has no source"
        )
    if isinstance(rule, AbsenceRule):
        return _strict(rule, needs, vitals)
    if isinstance(rule, SequenceRule) and rule.unless:
        would_tell = tuple(sorted({name for one in rule.unless for name in one.sources}))
        silent = _strict(rule, would_tell, vitals)
        if silent.dark:
            return replace(silent, needs=needs)
    found = {name: dark_source(name, vitals.get(name)) for name in needs}
    dark = tuple(sorted((d for d in found.values() if d is not None), key=lambda d: d.source_id))
    places: dict[Place, list[Dark | None]] = defaultdict(list)
    for name, one in found.items():
        places[place_of(sources[name])].append(one)
    gone = tuple(
        (place, since_when(all_of))
        for place, all_of in sorted(places.items())
        if all(d is not None for d in all_of)
    )
    # Places that nobody ever looked at are holes of the catalogue; a rule is blind where it once saw.
    lost = [since for _, since in gone if since is not None]
    if len(gone) == len(places):
        return Sight(
            rule_id=rule.id,
            needs=needs,
            dark=dark,
            dark_places=gone,
            level="blind" if lost else "never read",
            since=max(lost, default=None),
        )
    level: Level = "partly blind" if lost else "sees"
    return Sight(
        rule_id=rule.id, needs=needs, dark=dark, dark_places=gone, level=level, since=min(lost, default=None)
    )


def sights(
    book: Rulebook, sources: Mapping[str, WatchedSource], vitals: Mapping[str, Vitals]
) -> tuple[Sight, ...]:
    """Return what every active rule sees, by rule id."""
    active = (r for r in book.rules if r.enabled and r.status != "deprecated")
    return tuple(sight(rule, book, sources, vitals) for rule in active)


def place_of(source: WatchedSource) -> Place:
    return place_of_profile(source.profile)


def place_of_profile(profile: SourceProfile) -> Place:
    return (profile.kind, profile.language if profile.kind == "news" else profile.country)


def since_when(dark: Iterable[Dark | None]) -> datetime | None:
    """When the last of several sources went dark; None when none of them was ever read."""
    return max((d.since for d in dark if d is not None and d.since is not None), default=None)


def place_name(place: Place) -> str:
    kind, where = place
    return f"{kind} in {where}" if kind == "news" else f"{kind} of {where}"


def told_together(dark: Iterable[Dark]) -> tuple[str, ...]:
    """One clause for all sources of one condition and cause, the most first."""
    alike: dict[tuple[str, str], list[Dark]] = defaultdict(list)
    for one in dark:
        alike[one.condition, one.cause].append(one)
    return tuple(
        str(members[0]) if len(members) == 1 else _several(members)
        for members in sorted(alike.values(), key=lambda m: (-len(m), m[0].source_id))
    )


def _several(members: list[Dark]) -> str:
    named = sorted(d.source_id for d in members)
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    names = ", ".join(named[:MOST_NAMED]) + more
    first = min((d.since for d in members if d.since is not None), default=None)
    when = f", the first since {first.date()}" if first else ", never read"
    cause = f": {members[0].cause}" if members[0].cause else ""
    return f"{names} ({members[0].condition}{when}{cause})"


def _strict(rule: AnyRule, needs: tuple[str, ...], vitals: Mapping[str, Vitals]) -> Sight:
    """Every source has to be read: one that is not pauses the rule."""
    known = {name: v for name in needs if (v := vitals.get(name)) is not None}
    reports = {name: v.report for name, v in known.items()}
    dark = [_told(name, r) for name, r in reports.items() if r is not None and r.is_blind]
    seen = {name: v for name, v in known.items() if v.report is not None and not v.report.is_blind}
    dark += [one for name, v in seen.items() if (one := _unasked(name, v)) is not None]
    dark += [Dark(source_id=name, condition="new") for name in needs if reports.get(name) is None]
    if not dark:
        return Sight(rule_id=rule.id, needs=needs)
    since = min((d.since for d in dark if d.since is not None), default=None)
    return Sight(
        rule_id=rule.id,
        needs=needs,
        dark=tuple(sorted(dark, key=lambda d: d.source_id)),
        level="blind" if since else "never read",
        since=since,
    )


def _unasked(source_id: str, vitals: Vitals) -> Dark | None:
    """A source that was well when it was last read, and is read no more: the fault is ours."""
    if vitals.overdue_since is None:
        return None
    cause = "it is due, and nobody asks it: does the service run?"
    return Dark(source_id=source_id, condition="not asked", cause=cause, since=vitals.overdue_since)


def _told(source_id: str, report: SourceReport) -> Dark:
    return Dark(source_id=source_id, condition=report.condition, cause=report.cause, since=report.since)
