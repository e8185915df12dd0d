"""Names in catalogue entries that must stand for something: a misspelt one would be passed over in silence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from warning.catalog.complaints import did_you_mean
from warning.catalog.source_overlays import SourceOverlay
from warning.catalog.sources import PlacedSource, SourceSpec
from warning.catalog.typed import Placed
from warning.catalog.yaml_tree import Path_
from warning.core.formats import COLUMN, TableFormat
from warning.errors import Problem

CODE = "EW167"
SPEAKER = "EW168"


def unknown_materials(sources: Iterable[PlacedSource], materials: Sequence[str]) -> tuple[Problem, ...]:
    """Say which sources name a material that `materials` lacks. It bars nothing: whoever has fewer terms keeps the feeds."""
    found: list[Problem] = []
    for source in sources:
        for path, name in named_materials(source.spec):
            if name not in materials:
                message = f"there is no material {name!r}"
                if source.made_from:
                    message += f" (for {source.made_from})"
                hint = did_you_mean(name, materials) or "rules/terms/materials.yaml lists them"
                found.append(source.text.problem(path, CODE, message, hint, fatal=False))
    return tuple(dict.fromkeys(found))


def unknown_speakers(sources: Sequence[PlacedSource]) -> tuple[Problem, ...]:
    """Say which drop folders may speak for a source that the catalogue lacks: its files would be nobody's evidence."""
    ids = tuple(source.spec.id for source in sources)
    found: list[Problem] = []
    for source in sources:
        for i, name in enumerate(source.spec.speaks_for):
            if name not in ids:
                hint = did_you_mean(name, ids) or "`warning feeds list` shows the sources"
                message = f"there is no source {name!r} to speak for"
                found.append(source.text.problem(("speaks_for", i), SPEAKER, message, hint, fatal=False))
    return tuple(dict.fromkeys(found))


def unknown_in_overlays(
    overlays: Iterable[Placed[SourceOverlay]], specs: Mapping[str, SourceSpec], materials: Sequence[str]
) -> tuple[Problem, ...]:
    """The same of what overlays set: told at the overlay, once for each name."""
    found: list[Problem] = []
    for placed in overlays:
        spec = specs.get(placed.value.source)
        for _, name in named_materials(spec) if spec is not None else ():
            if name not in materials:
                hint = did_you_mean(name, materials) or "rules/terms/materials.yaml lists them"
                problem = placed.problem(("set",), CODE, f"there is no material {name!r}", hint)
                found.append(replace(problem, fatal=False))
    return tuple(dict.fromkeys(found))


def named_materials(spec: SourceSpec) -> Iterator[tuple[Path_, str]]:
    """Every material an entry names, and where."""
    for i, name in enumerate(spec.materials):
        yield ("materials", i), name
    table = spec.table
    if table is None:
        return
    at: Path_ = ("parse",) if isinstance(spec.parse, TableFormat) else ("parse", "table")
    if table.material and not table.material.startswith(COLUMN) and not table.materials:
        yield (*at, "material"), table.material
    for written, name in table.materials.items():
        yield (*at, "materials", written), name
    for code, name in table.materials_by_hs.items():
        yield (*at, "materials_by_hs", code), name
    for column, value in table.values.items():
        if value.material and not value.material.startswith(COLUMN) and not table.materials:
            yield (*at, "values", column, "material"), value.material
