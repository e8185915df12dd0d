"""The door to the catalogue: one rulebook from the operators' files, once or kept up to date."""

from datetime import date
from pathlib import Path

from warning.catalog.assemble import read_rulebook
from warning.catalog.holder import RulebookHolder
from warning.core.rulebook import Rulebook
from warning.errors import CatalogError

__all__ = ["RulebookHolder", "load_rulebook", "read_rulebook"]


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
