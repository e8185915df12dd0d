"""Arithmetic of recall by event: was an event told by any document, how late, and by whom where one document was missed.

Only values in and values out: `event_recall.py` reads the labels, runs the rules and prints.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Document = tuple[str, int]
WITHIN_DAYS = (0, 1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One act as a reader named it; `actors` and `directions` are those that a signal may rightly name."""

    key: str
    actors: frozenset[str]
    act: str
    directions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A document that tells an event; `parts` are those in which it is a sure positive, `fired` what interrupts on it."""

    document: Document
    day: date | None
    language: str
    parts: frozenset[str]
    fired: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An event with every document that tells it, in time order, undated ones last."""

    event: Event
    tellings: tuple[Telling, ...]

    @property
    def told(self) -> bool:
        """Whether any document interrupts with a right direction and a right actor."""
        return any(self.right(one) for one in self.tellings)

    @property
    def fired(self) -> bool:
        return any(one.fired for one in self.tellings)

    @property
    def delay_days(self) -> int | None:
        """Days from the first document that tells it to the first that interrupts rightly; None where either has no date."""
        days = [one.day for one in self.tellings if one.day]
        right = [one.day for one in self.tellings if one.day and self.right(one)]
        return (min(right) - min(days)).days if right else None

    def right(self, one: Telling) -> bool:
        return any(
            fired["direction"] in self.event.directions and self.event.actors & set(fired["actors"])
            for fired in one.fired
        )

    def first(self, part: str) -> Telling:
        """The first document that is a positive of the part."""
        return next(one for one in self.tellings if part in one.parts)

    def told_by_then(self, missed: Telling, days: int) -> bool:
        """Whether another document tells it rightly before the missed one, or at most so many days after it."""
        return missed.day is not None and any(
            one.day and (one.day - missed.day).days <= days for one in self.tellings if self.right(one)
        )


def stories(events: Iterable[Event], tellings: Iterable[tuple[str, Telling]]) -> list[Story]:
    """Join tellings (event key, document) to their events; an event without a document is left out."""
    found: dict[str, list[Telling]] = {}
    for key, one in tellings:
        found.setdefault(key, []).append(one)
    return [
        Story(event=event, tellings=tuple(sorted(found[event.key], key=_in_time)))
        for event in events
        if event.key in found
    ]


def _in_time(one: Telling) -> tuple[date, Document]:
    return one.day or date.max, one.document


def of_part(some: Iterable[Story], part: str) -> list[Story]:
    """The events that a sure positive of the part tells."""
    return [story for story in some if any(part in one.parts for one in story.tellings)]


def shares(some: Sequence[Story], key: Callable[[Story], str]) -> dict[str, tuple[int, int]]:
    """(told, all) by the key, names sorted."""
    all_, told = Counter(map(key, some)), Counter(key(story) for story in some if story.told)
    return {name: (told[name], all_[name]) for name in sorted(all_)}


def delays(some: Iterable[Story]) -> dict[str, int]:
    """How many told events by the days until the first signal; `no date` where only undated documents interrupt."""
    named = ("same day", "1 day", "2-3 days", "4-14 days", "later", "no date")
    found = Counter(_delay_named(story.delay_days) for story in some if story.told)
    return {name: found[name] for name in named}


def _delay_named(days: int | None) -> str:
    if days is None:
        return "no date"
    bounds = ((0, "same day"), (1, "1 day"), (3, "2-3 days"), (14, "4-14 days"))
    return next((name for most, name in bounds if days <= most), "later")


def documents_of(some: Iterable[Story], part: str) -> dict[Document, list[tuple[Story, Telling]]]:
    """The positives of the part, each with the events it tells."""
    found: dict[Document, list[tuple[Story, Telling]]] = {}
    for story in some:
        for one in story.tellings:
            if part in one.parts:
                found.setdefault(one.document, []).append((story, one))
    return found


def covered(some: Iterable[Story], part: str) -> tuple[int, int, dict[int, int]]:
    """(positives, those on which nothing interrupts, of these told by another document within so many days)."""
    positives = documents_of(some, part)
    missed = [pairs for pairs in positives.values() if not pairs[0][1].fired]
    within = {
        days: sum(any(story.told_by_then(one, days) for story, one in pairs) for pairs in missed)
        for days in WITHIN_DAYS
    }
    return len(positives), len(missed), within


def kind_missed(concepts: Iterable[str]) -> str:
    """Why a rule had nothing to stand on, from all concepts that the documents of an event name."""
    kinds = {concept.partition(":")[0] for concept in concepts}
    if "act" not in kinds:
        return "no trade word named"
    return "other" if "material" in kinds else "no watched good named"
