"""What an operator added to the sources and changed of them, in `feeds` of the overlay directory, one source a file.

`<group>/<id>.yaml` is a source of one's own, as in the shipped feeds; a file that names a `source` changes that one. A mend belongs here and not into the shipped file, which the next upgrade replaces. Identity, publisher, marking and
release of a source cannot be changed so: what it is stays what the catalogue says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from warning.catalog.complaints import did_you_mean
from warning.catalog.files import yaml_files
from warning.catalog.sources import PlacedSource, SourceSpec, read_placed_sources, read_source_file
from warning.catalog.typed import Placed, complaints_of, read_placed
from warning.catalog.yaml_text import read_yaml
from warning.core.model import OperatorModel, WrongPart
from warning.errors import CatalogError, Problem

FOLDER = "feeds"
MENDABLE = (
    "url", "encoding", "parse", "expect", "headers", "method", "body", "every", "jitter", "timeout", "idle_timeout", "spacing",
    "max_size", "detail_pages", "needs_key", "notes", "enabled",
)  # fmt: skip


class SourceOverlay(OperatorModel):
    """`set` names keys of the source, dotted below the top (`url`, `parse.item`, `expect.rows.min`)."""

    source: str
    reason: str = Field(min_length=1)
    author: str = Field(min_length=1)
    made: date | None = None
    set: Mapping[str, Any] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCatalogue:
    """The sources as their files have them, the operator's own among them, and those of now: with the changes.

    `problems` are of all these files.
    """

    written: tuple[PlacedSource, ...]
    overlays: tuple[Placed[SourceOverlay], ...]
    specs: tuple[SourceSpec, ...]
    problems: tuple[Problem, ...]


def load_catalogue(feeds_dir: Path, overlay_dir: Path | None) -> tuple[SourceSpec, ...]:
    """Return the catalogue with the operator's sources and changes. Raises CatalogError with every mistake."""
    catalogue = read_source_catalogue(feeds_dir, overlay_dir)
    if any(problem.fatal for problem in catalogue.problems):
        raise CatalogError(catalogue.problems)
    return catalogue.specs


def read_source_catalogue(feeds_dir: Path, overlay_dir: Path | None) -> SourceCatalogue:
    """Read all sources and say every mistake; what is wrong is left out, or left as it was."""
    shipped, problems = read_placed_sources(feeds_dir)
    own, overlays, of_own = _read_own(overlay_dir)
    by_id = {one.spec.id: one for one in shipped}
    for one in own:
        if one.spec.id in by_id:
            said, hint = (
                f"there is a source {one.spec.id} already",
                "rename yours; to change the other, name it by `source`",
            )
            of_own = (*of_own, one.text.problem(("id",), "EW164", said, hint))
        by_id.setdefault(one.spec.id, one)
    written = tuple(by_id[name] for name in sorted(by_id))
    specs, refused = overlaid([one.spec for one in written], overlays)
    found = tuple(sorted({*problems, *of_own, *refused}))
    return SourceCatalogue(written=written, overlays=overlays, specs=specs, problems=found)


def _read_own(
    overlay_dir: Path | None,
) -> tuple[tuple[PlacedSource, ...], tuple[Placed[SourceOverlay], ...], tuple[Problem, ...]]:
    """Read the sources and the changes of sources in the operator's own directory, in order of the files' names."""
    if overlay_dir is None:
        return (), (), ()
    sources: list[PlacedSource] = []
    overlays: list[Placed[SourceOverlay]] = []
    folder = overlay_dir / FOLDER
    paths, strays = yaml_files(folder)
    problems = [*strays]
    for path in paths:
        if _defines_a_source(path):
            found, wrong = read_source_file(folder, path)
            sources += found
        else:
            placed, wrong = read_placed(path, SourceOverlay)
            overlays += [placed] if placed is not None else []
        problems += wrong
    return tuple(sources), tuple(overlays), tuple(problems)


def _defines_a_source(path: Path) -> bool:
    """Whether a file says what a source is; what names another source by `source` changes that."""
    text, _ = read_yaml(path)
    said = text.value if text is not None and isinstance(text.value, dict) else {}
    return "source" not in said and bool({"id", "url"} & said.keys())


def overlaid(
    specs: Sequence[SourceSpec], overlays: Sequence[Placed[SourceOverlay]]
) -> tuple[tuple[SourceSpec, ...], tuple[Problem, ...]]:
    """Return the sources as changed; one that a change would break is left as it was, with a problem."""
    by_id = {spec.id: spec for spec in specs}
    problems: list[Problem] = []
    for placed in overlays:
        overlay = placed.value
        if overlay.source not in by_id:
            hint = did_you_mean(overlay.source, tuple(by_id)) or "`warning feeds list` shows the sources"
            problems.append(
                placed.problem(("source",), "EW165", f"there is no source {overlay.source!r}", hint)
            )
            continue
        try:
            by_id[overlay.source] = changed(by_id[overlay.source], overlay.set)
        except ValueError as wrong:
            problems += _refusals(placed, wrong, by_id[overlay.source])
    return tuple(by_id[spec.id] for spec in specs), tuple(problems)


def changed(spec: SourceSpec, changes: Mapping[str, Any]) -> SourceSpec:
    """Return the source with dotted keys set. Raises ValueError (ValidationError is one) when it would not hold."""
    return SourceSpec.model_validate(_merged(spec, changes))


def _merged(spec: SourceSpec, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Raises WrongPart."""
    tree: dict[str, Any] = {name: _plain(getattr(spec, name)) for name in spec.model_fields_set}
    for dotted, value in changes.items():
        top, *below = dotted.split(".")
        if top not in MENDABLE:
            near = did_you_mean(top, MENDABLE, listed=0)
            said = f"{top} cannot be changed by an overlay; "
            raise WrongPart(said + (near or f"these can: {', '.join(MENDABLE)}"), dotted)
        place = tree
        for name in [top, *below][:-1]:
            inner = place.get(name)
            place[name] = dict(inner) if isinstance(inner, Mapping) else {}
            place = place[name]
        place[dotted.split(".")[-1]] = value
    return tree


def _plain(value: Any) -> Any:
    return value.model_dump(by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value


def _refusals(placed: Placed[SourceOverlay], wrong: ValueError, spec: SourceSpec) -> Iterator[Problem]:
    """What does not hold, each at the key of `set` that it is about."""
    if not isinstance(wrong, ValidationError):
        at = wrong.at if isinstance(wrong, WrongPart) else ()
        yield placed.problem(("set", *at), "EW166", str(wrong))
        return
    for path, said in complaints_of(wrong, _merged(spec, placed.value.set), SourceSpec):
        steps = [str(step) for step in path]
        about = [key for key in placed.value.set if _is_about(key.split("."), steps)]
        named = [key for key in placed.value.set if not path and key.split(".")[0] in said.message]
        yield placed.problem(("set", *(about or named)[:1]), "EW166", said.message, said.hint)


def _is_about(key: Sequence[str], path: Sequence[str]) -> bool:
    return bool(path) and all(one == other for one, other in zip(key, path, strict=False))
