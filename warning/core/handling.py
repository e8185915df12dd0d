"""Who may see what rests on several things: the one place that says how markings and release lists come together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from warning.core.vocabulary import Marking

Release = frozenset[str] | None
Handling = tuple[Marking, Release]
"""A marking and a release list; None releases to everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a later version of an alert did to this one: which version, when, and the handling that stood until then."""

    version: int
    at: datetime
    marking: Marking
    release_to: Release


def narrowest(marking: Marking, release_to: Release, bounds: Iterable[Handling]) -> Handling:
    """Return the highest of the markings, and whom all of the release lists name."""
    for least, names in bounds:
        marking = max(marking, least)
        release_to = _both(release_to, names)
    return marking, release_to


def narrowest_said(said: Iterable[tuple[Marking | None, Release]]) -> tuple[Marking | None, Release]:
    """Return the same of what says a marking or a release list of its own; None for what none of them says."""
    marking: Marking | None = None
    release_to: Release = None
    for least, names in said:
        marking = least if marking is None else marking if least is None else max(marking, least)
        release_to = _both(release_to, names)
    return marking, release_to


def _both(one: Release, other: Release) -> Release:
    if one is None or other is None:
        return other if one is None else one
    return one & other
