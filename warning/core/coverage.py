"""Material x country x kind: where we would hear, where it is quiet, where we are blind, and where nobody looks.

Blind and quiet are not the same: in a quiet cell a source is read and brings nothing about the material; in a blind
one every source that looks there is dark, so that nothing can be concluded. A source looks where it may carry the
material and the material has names in its language; a list of names and firms looks at no material.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from warning.core.blindness import Dark, dark_source, since_when, told_together
from warning.core.health import Vitals
from warning.core.rule_languages import languages_of_group
from warning.core.series.select import material_id, with_ancestors
from warning.core.source_needs import WatchedSource
from warning.core.terms import Language, Names, Terms
from warning.core.text_rules import Group
from warning.core.vocabulary import SourceKind

CellState = Literal["covered", "quiet", "blind", "uncovered"]
KINDS: tuple[SourceKind, ...] = ("regulatory", "news", "customs", "price", "mission")
CellKey = tuple[str, str, str]
"""Material, country, kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One material in one country and kind. `evidence` counts pieces within the window.

    `dark` are the sources that look here and cannot be relied on; a cell is blind only when all are.
    """

    material: str
    country: str
    kind: SourceKind
    state: CellState
    sources: tuple[str, ...] = ()
    dark: tuple[Dark, ...] = ()
    since: datetime | None = None
    evidence: int = 0

    @property
    def because(self) -> str:
        """Why it is blind or uncovered, in words; empty for the others."""
        if self.state not in {"blind", "uncovered"}:
            return ""
        if not self.sources:
            return "no source of the catalogue looks here"
        return "; ".join(told_together(self.dark))


def top_materials(terms: Terms) -> tuple[str, ...]:
    """The materials that stand for themselves: no part of another, and no name for several."""
    return tuple(name for name, m in terms.materials.items() if m.parent is None and not m.is_class)


def materials_called(written: str, terms: Terms) -> tuple[str, ...]:
    """Return the ids of the materials of that id or name, in any case and any of the four languages, sorted.

    An id comes before labels and names, those before compounds: none is looked up that a better word answers.
    """
    asked, as_id = written.strip().casefold(), material_id(written)
    if as_id in terms.materials:
        return (as_id,)
    for field in ("names", "compounds"):
        found = {
            name
            for name, one in terms.materials.items()
            if asked in _spellings(one.label if field == "names" else {}, getattr(one, field))
        }
        if found:
            return tuple(sorted(found))
    return ()


def material_words(terms: Terms) -> frozenset[str]:
    """Return every id and name, for who looks for the nearest one."""
    every = (one for m in terms.materials.values() for one in _spellings(m.label, m.names))
    return frozenset({*terms.materials, *every})


def top_of(material: str, terms: Terms) -> str:
    """Return the material under which coverage counts this one: the last that it is a part of."""
    lineage = with_ancestors(material, terms)
    return next(name for name in sorted(lineage) if terms.materials[name].parent not in lineage)


def _spellings(label: Mapping[Language, str], names: Names) -> set[str]:
    """What a material is called; of a label with a remark in brackets also what stands before it."""
    heads = (one.partition("(")[0].strip() for one in label.values())
    said = (*label.values(), *heads, *(name for of in names.values() for name in of))
    return {one.rstrip("*").casefold() for one in said}


def coverage(
    materials: Iterable[str],
    terms: Terms,
    sources: Mapping[str, WatchedSource],
    vitals: Mapping[str, Vitals],
    evidence: Mapping[CellKey, int],
) -> tuple[Cell, ...]:
    """Return a cell for every material, and every country and kind that some source looks at.

    `evidence` counts by the material named; a part counts for what it is part of. Press of one country that
    reports on the world counts where its source stands.
    """
    places = sorted({(s.profile.country, s.profile.kind) for s in sources.values()})
    dark = {name: dark_source(name, vitals.get(name)) for name in sources}
    counted = _rolled_up(evidence, terms)
    return tuple(
        _cell(material, country, kind, looking, dark, counted.get((material, country, kind), 0))
        for material, looking in ((m, _looking(m, terms, sources)) for m in materials)
        for country, kind in places
    )


def _looking(
    material: str, terms: Terms, sources: Mapping[str, WatchedSource]
) -> Mapping[tuple[str, SourceKind], list[str]]:
    """The sources by country and kind from which we would hear of the material."""
    spoken = languages_of_group(Group(material=(material,)), terms)
    found: dict[tuple[str, SourceKind], list[str]] = defaultdict(list)
    for source in sources.values():
        if source.carries(material, terms) and source.tells_in(spoken):
            found[source.profile.country, source.profile.kind].append(source.id)
    return found


def _cell(
    material: str,
    country: str,
    kind: SourceKind,
    looking: Mapping[tuple[str, SourceKind], list[str]],
    dark: Mapping[str, Dark | None],
    evidence: int,
) -> Cell:
    here = tuple(looking.get((country, kind), ()))
    gone = tuple(d for name in here if (d := dark[name]) is not None)
    state: CellState = "covered" if evidence else "quiet"
    if not here or (len(gone) == len(here) and all(d.is_absent for d in gone)):
        state = "uncovered"
    elif len(gone) == len(here):
        state = "blind"
    return Cell(
        material=material,
        country=country,
        kind=kind,
        state=state,
        sources=here,
        dark=gone,
        since=since_when(gone) if state == "blind" else None,
        evidence=evidence,
    )


def _rolled_up(evidence: Mapping[CellKey, int], terms: Terms) -> Mapping[CellKey, int]:
    counted: dict[CellKey, int] = defaultdict(int)
    for (material, country, kind), count in evidence.items():
        for name in with_ancestors(material, terms):
            counted[name, country, kind] += count
    return counted
