"""What an operator changed of shipped sources: `feeds/<id>.yaml` in the overlay directory, one source a file.

A mend belongs here and not into the shipped file, which the next upgrade replaces. Identity, publisher, marking and
release of a source cannot be changed so: what it is stays what the catalogue says.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from warning.catalog.complaints import did_you_mean
from warning.catalog.files import yaml_files
from warning.catalog.sources import SourceSpec, load_sources
from warning.catalog.typed import Placed, read_placed
from warning.core.model import OperatorModel
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


def load_catalogue(feeds_dir: Path, overlay_dir: Path | None) -> tuple[SourceSpec, ...]:
    """Return the catalogue with the operator's changes. Raises CatalogError with every mistake."""
    specs = load_sources(feeds_dir)
    overlays, problems = read_source_overlays(overlay_dir)
    changed, more = overlaid(specs, overlays)
    if problems or more:
        raise CatalogError((*problems, *more))
    return changed


def read_source_overlays(
    overlay_dir: Path | None,
) -> tuple[tuple[Placed[SourceOverlay], ...], tuple[Problem, ...]]:
    """Read the files in order of their names; none when there is no such directory."""
    found: list[Placed[SourceOverlay]] = []
    if overlay_dir is None:
        return (), ()
    paths, strays = yaml_files(overlay_dir / FOLDER)
    problems = [*strays]
    for path in paths:
        placed, wrong = read_placed(path, SourceOverlay)
        problems += wrong
        if placed is not None:
            found.append(placed)
    return tuple(found), tuple(problems)


def overlaid(
    specs: Sequence[SourceSpec], overlays: Sequence[Placed[SourceOverlay]]
) -> tuple[tuple[SourceSpec, ...], tuple[Problem, ...]]:
    """Return the sources as changed; one that a change would break is left as it was, with a problem."""
    by_id = {spec.id: spec for spec in specs}
    problems: list[Problem] = []
    for placed in overlays:
        overlay = placed.value
        if overlay.source not in by_id:
            hint = did_you_mean(overlay.source, tuple(by_id))
            problems.append(
                placed.problem(("source",), "EW165", f"there is no source {overlay.source!r}", hint)
            )
            continue
        try:
            by_id[overlay.source] = changed(by_id[overlay.source], overlay.set)
        except (ValidationError, ValueError) as wrong:
            problems.append(placed.problem(("set",), "EW166", _first(wrong)))
    return tuple(by_id[spec.id] for spec in specs), tuple(problems)


def changed(spec: SourceSpec, changes: Mapping[str, Any]) -> SourceSpec:
    """Return the source with dotted keys set. Raises ValueError (ValidationError is one) when it would not hold."""
    tree: dict[str, Any] = {name: _plain(getattr(spec, name)) for name in spec.model_fields_set}
    for dotted, value in changes.items():
        top, *below = dotted.split(".")
        if top not in MENDABLE:
            raise ValueError(f"{top} cannot be changed by an overlay; these can: {', '.join(MENDABLE)}")
        place = tree
        for name in [top, *below][:-1]:
            inner = place.get(name)
            place[name] = dict(inner) if isinstance(inner, Mapping) else {}
            place = place[name]
        place[dotted.split(".")[-1]] = value
    return SourceSpec.model_validate(tree)


def _plain(value: Any) -> Any:
    return value.model_dump(by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value


def _first(wrong: Exception) -> str:
    if isinstance(wrong, ValidationError):
        error = wrong.errors(include_url=False)[0]
        return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
    return str(wrong)
