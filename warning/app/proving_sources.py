"""`desks prove`, the way of a source that is down: its name, title and cause in the coverage of every desk's digest.

One restricted source at a time, of every marking and release list, each with a canary: never reached, down in the week,
dark now and dark for a part of the week.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

from warning.app.proof import Breach, Proof, Release, may_pass
from warning.app.proving import PROVED_AT
from warning.core.blind_stretches import BlindStretch
from warning.core.blindness import Dark
from warning.core.coverage import Cell
from warning.core.desks import Desk
from warning.core.health import SourceState
from warning.core.ids import content_id
from warning.core.rulebook import Rulebook
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Marking
from warning.report.build import WeekInput, build_digest
from warning.report.document import DigestDocument
from warning.report.render import as_html, as_json, as_text
from warning.report.week import last_full_week, week_bounds

MATERIAL = "gallium"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planted:
    marking: Marking
    release_to: Release
    canary: str
    was_read: bool


def prove_sources(book: Rulebook, proof: Proof) -> None:
    """Add to the proof what the digests say of restricted sources that are down. Nothing is stored or sent."""
    for planted in _planted(book):
        proof.sources += 1
        known = replace(book, sources={planted.canary: _profile(planted)})
        for desk in book.desks:
            _prove_digest(planted, desk, known, proof)


def _planted(book: Rulebook) -> Iterator[_Planted]:
    countries = sorted({desk.country for desk in book.desks})
    releases: list[Release] = [None, frozenset(), frozenset(countries), *(frozenset({c}) for c in countries)]
    for marking, release_to, was_read in product(Marking, releases, (True, False)):
        listed = "everybody" if release_to is None else ",".join(sorted(release_to))
        canary = content_id("canary", "source", marking.value, listed, str(was_read))
        yield _Planted(marking=marking, release_to=release_to, canary=canary, was_read=was_read)


def _profile(planted: _Planted) -> SourceProfile:
    return SourceProfile(
        id=planted.canary, title=f"Line {planted.canary}", publisher=planted.canary, kind="mission", country="ZZ", language="en",
        reliability="A", official=True, marking=planted.marking, release_to=planted.release_to,
    )  # fmt: skip


def _prove_digest(planted: _Planted, desk: Desk, book: Rulebook, proof: Proof) -> None:
    week = last_full_week(PROVED_AT + timedelta(days=7), desk.timezone)
    until = week_bounds(week, desk.timezone)[1]
    document = build_digest(week, desk, book, _week(planted), until)
    ceilings = [destination.ceiling for destination in desk.digest_to] or [desk.clearance]
    allowed = all(may_pass(planted.marking, planted.release_to, desk, ceiling) for ceiling in ceilings)
    leaks = [name for name, said in _forms(document) if planted.canary in said]
    proof.digests += 1
    proof.canaries_read += bool(leaks) and allowed
    path = f"digest ({', '.join(leaks)}), of a source that is down"
    if leaks and not allowed:
        proof.breaches.append(_breach(planted, desk, path, "the canary stands in it"))
    if leaks and document.marking < planted.marking:
        proof.breaches.append(_breach(planted, desk, path, "the source has not raised the marking"))


def _forms(document: DigestDocument) -> Iterator[tuple[str, str]]:
    yield "html", as_html(document)
    yield "text", as_text(document)
    yield "json", json.dumps(as_json(document))


def _week(planted: _Planted) -> WeekInput:
    """A source that stands for everything a digest says of one: read once or never, dark now, dark on a day of the week."""
    name, cause = planted.canary, f"server of {planted.canary} answered 503"
    read_at = PROVED_AT - timedelta(days=30) if planted.was_read else None
    dark = Dark(source_id=name, condition="failing", cause=cause, since=PROVED_AT)
    cell = Cell(
        material=MATERIAL, country="ZZ", kind="mission", state="blind", sources=(name,), dark=(dark,), since=PROVED_AT
    )  # fmt: skip
    before = (PROVED_AT - timedelta(hours=9), PROVED_AT - timedelta(hours=5))
    stretch = BlindStretch(
        country="ZZ", kind="mission", materials=(MATERIAL,), spans=(before,), because=str(dark), dark=(dark,)
    )
    return WeekInput(
        versions=(),
        standing=(),
        observations=(),
        sources={
            name: SourceState(source_id=name, condition="failing", cause=cause, last_success_at=read_at)
        },
        enabled=frozenset({name}),
        items=0,
        figures=0,
        cells=(cell,),
        stretches=(stretch,),
    )


def _breach(planted: _Planted, desk: Desk, path: str, detail: str) -> Breach:
    return Breach(
        rule_id="feeds",
        marking=planted.marking,
        release_to=planted.release_to,
        desk_id=desk.id,
        path=path,
        detail=detail,
    )
