"""The door to the catalogue: one rulebook from the operators' files, once or kept up to date."""

from datetime import date
from pathlib import Path

from warning.catalog.assemble import read_rulebook
from warning.catalog.holder import RulebookHolder
from warning.catalog.trees import read_folder
from warning.core.measures import Measure, MeasureRegister
from warning.core.rulebook import Rulebook
from warning.errors import CatalogError

__all__ = ["RulebookHolder", "load_measures", "load_rulebook", "read_rulebook"]


def load_rulebook(
    rules_dir: Path, feeds_dir: Path, overlay_dir: Path | None = None, *, today: date | None = None
) -> Rulebook:
    """Read everything operators wrote. Raises CatalogError with every fatal problem at once.

    `today` ends overlays that carry an expiry date; without it none has ended.
    """
    book, problems = read_rulebook(rules_dir, feeds_dir, overlay_dir, today=today)
    fatal = tuple(problem for problem in problems if problem.fatal)
    if book is None or fatal:
        raise CatalogError(fatal)
    return book


def load_measures(rules_dir: Path) -> tuple[Measure, ...]:
    """Read the register of legal acts, sorted by id; empty when there is none. Raises CatalogError."""
    files, problems = read_folder(rules_dir / "measures", MeasureRegister)
    if problems:
        raise CatalogError(problems)
    measures = (measure for placed in files for measure in placed.value.measures)
    return tuple(sorted(measures, key=lambda measure: measure.id))
