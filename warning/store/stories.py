"""Stories in the store: what is near to a new text, and what an assessment found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from warning.core.assess import Assessment
from warning.core.narrowing import Bound
from warning.core.signals import Signal
from warning.core.stories import LEAST_BANDS, Stories, Telling, narrowed_telling
from warning.errors import AssessmentRaced
from warning.store.rows import batches, from_json, insert_new, storable, to_json
from warning.store.schema import signals, stories, telling_bands, tellings

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAgain:
    """An article that the press told again: its story, the signal it gave, and when the first was published."""

    story: str
    first_seen_at: datetime
    signal: Signal


def near_stories(connection: Connection, wanted: Sequence[Telling]) -> Stories:
    """Return what was told in near words before, and the stories that these pieces of evidence were found to tell."""
    if not wanted:
        return Stories()
    # Read before the rest: what is committed in between is then certain to be noticed.
    seen = _last(connection)
    places: set[int] = set()
    for telling in wanted:
        keys = sorted(set(telling.bands))
        places.update(connection.execute(_NEAR, {"keys": keys}).scalars())
    near = [
        from_json(Telling, content)
        for some in batches(sorted(places), BATCH)
        for content in connection.execute(_TELLINGS, {"places": some}).scalars()
    ]
    told: dict[str, str] = {}
    for ids in batches(sorted(telling.evidence_id for telling in wanted), BATCH):
        query = select(stories.c.evidence_id, stories.c.story).where(stories.c.evidence_id.in_(ids))
        told.update((row.evidence_id, row.story) for row in connection.execute(query))
    return Stories.of(near, told, seen=seen)


def keep_stories(connection: Connection, assessment: Assessment) -> None:
    """Store what an assessment found. A piece of evidence stays with the story it was found to tell first.

    Raises AssessmentRaced when another process has since told something near to what is new here.
    """
    found = {s.exhibit.evidence_id: s for s in assessment.signals if s.exhibit.story}
    if found:
        connection.execute(insert_new(connection, stories), [_row(signal) for signal in found.values()])
    if assessment.tellings:
        _refuse_raced(connection, assessment)
        for telling in assessment.tellings:
            _keep(connection, telling)


def keep_tellings_within(connection: Connection, bounds: Collection[Bound]) -> None:
    """Bring what is remembered of the evidence under the bounds: later texts are compared with it."""
    held = {bound.evidence_id: (bound.marking, bound.release_to) for bound in bounds}
    for some in batches(sorted(held), BATCH):
        query = select(tellings.c.seq, tellings.c.content).where(tellings.c.evidence_id.in_(some))
        for row in connection.execute(query).all():
            told = from_json(Telling, row.content)
            bound = narrowed_telling(told, held[told.evidence_id])
            if bound is not told:
                written = update(tellings).where(tellings.c.seq == row.seq)
                connection.execute(written.values(content=storable(to_json(Telling, bound))))


def told_again(connection: Connection, wanted: Collection[str]) -> tuple[ToldAgain, ...]:
    """Return the articles of these stories that the press told again, oldest first: they opened no alert."""
    found: dict[str, ToldAgain] = {}
    for some in batches(sorted(wanted), BATCH):
        query = (
            select(stories.c.story, stories.c.first_seen_at, signals.c.content)
            .join(signals, signals.c.evidence_id == stories.c.evidence_id)
            .where(stories.c.story.in_(some), stories.c.first_seen_at.is_not(None))
            .order_by(signals.c.known_at, signals.c.id)
        )
        for row in connection.execute(query):
            signal = from_json(Signal, row.content)
            again = ToldAgain(story=row.story, first_seen_at=row.first_seen_at, signal=signal)
            found.setdefault(signal.exhibit.evidence_id, again)
    return tuple(found.values())


def story_of(connection: Connection, evidence_id: str) -> tuple[str, datetime | None] | None:
    """Return the story of a piece of evidence, and when it was first seen where it was told again; None without."""
    query = select(stories.c.story, stories.c.first_seen_at).where(stories.c.evidence_id == evidence_id)
    row = connection.execute(query).first()
    return (row.story, row.first_seen_at) if row else None


def signals_of_story(connection: Connection, story: str) -> tuple[Signal, ...]:
    """Return the signals on the evidence of one story, oldest first."""
    query = (
        select(signals.c.content)
        .join(stories, stories.c.evidence_id == signals.c.evidence_id)
        .where(stories.c.story == story)
        .order_by(signals.c.known_at, signals.c.id)
    )
    return tuple(from_json(Signal, content) for content in connection.execute(query).scalars())


def _refuse_raced(connection: Connection, assessment: Assessment) -> None:
    seen = assessment.stories_seen
    if seen is None or _last(connection) == seen:
        return
    for keys in batches(sorted({key for t in assessment.tellings for key in t.bands}), BATCH):
        if any(place > seen for place in connection.execute(_PLACES, {"keys": keys}).scalars()):
            raise AssessmentRaced("another process told the same story since it was looked for; assess again")


def _keep(connection: Connection, telling: Telling) -> None:
    row = {"evidence_id": telling.evidence_id, "content": storable(to_json(Telling, telling))}
    place = connection.execute(insert_new(connection, tellings).returning(tellings.c.seq), row).scalar()
    if place is not None:
        connection.execute(
            insert_new(connection, telling_bands),
            [{"band": key, "telling_seq": place} for key in sorted(set(telling.bands))],
        )


def _row(signal: Signal) -> dict[str, Any]:
    shown = signal.exhibit
    return {
        "evidence_id": shown.evidence_id,
        "story": shown.story,
        "known_at": signal.known_at,
        "first_seen_at": shown.first_seen_at,
    }


def _last(connection: Connection) -> int:
    last: int | None = connection.execute(select(func.max(tellings.c.seq))).scalar()
    return last or 0


_PLACES = (
    select(telling_bands.c.telling_seq)
    .where(telling_bands.c.band.in_(bindparam("keys", expanding=True, literal_execute=True)))
    .distinct()
)
_NEAR = (
    select(telling_bands.c.telling_seq)
    .where(telling_bands.c.band.in_(bindparam("keys", expanding=True, literal_execute=True)))
    .group_by(telling_bands.c.telling_seq)
    .having(func.count() >= LEAST_BANDS)
)
_TELLINGS = (
    select(tellings.c.content)
    .where(tellings.c.seq.in_(bindparam("places", expanding=True, literal_execute=True)))
    .order_by(tellings.c.seq)
)
