"""The door to the catalogue: one rulebook from the operators' files, once or kept up to date."""

from datetime import date
from pathlib import Path

from warning.catalog.assemble import read_rulebook
from warning.catalog.holder import RulebookHolder
from warning.catalog.trees import read_folder
from warning.core.clock_tests import ClockTest, ClockTestFile
from warning.core.measures import Measure, MeasureRegister
from warning.core.rulebook import Rulebook
from warning.errors import CatalogError, Problem

__all__ = ["RulebookHolder", "load_clock_tests", "load_measures", "load_rulebook", "read_rulebook"]


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


def load_measures(rules_dir: Path, overlay_dir: Path | None = None) -> tuple[Measure, ...]:
    """Read the register of legal acts, with the operator's own entries, sorted by id. Raises CatalogError."""
    files, problems = read_folder(rules_dir / "measures", MeasureRegister)
    if overlay_dir is not None:
        own, wrong = read_folder(overlay_dir / "measures", MeasureRegister)
        files, problems = (*files, *own), (*problems, *wrong)
    if problems:
        raise CatalogError(problems)
    measures = (measure for placed in files for measure in placed.value.measures)
    return tuple(sorted(measures, key=lambda measure: measure.id))


def load_clock_tests(rules_dir: Path, overlay_dir: Path | None = None) -> tuple[tuple[Path, ClockTest], ...]:
    """Read the tests under a virtual clock, each with its file, in the order of files. Raises CatalogError."""
    found: list[tuple[Path, ClockTest]] = []
    wrong: list[Problem] = []
    for directory in (rules_dir, overlay_dir):
        files, problems = read_folder(directory / "tests", ClockTestFile) if directory else ((), ())
        wrong += problems
        found += [(Path(placed.text.file), test) for placed in files for test in placed.value.tests]
    if wrong:
        raise CatalogError(tuple(wrong))
    return tuple(found)
