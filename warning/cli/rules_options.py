"""Which catalogue a command looks at: its own options, else the settings."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from warning.app.compose import Trees, system_clock, trees
from warning.app.kept_rulebook import kept_rulebook
from warning.core.rulebook import Rulebook
from warning.settings import load_settings

F = TypeVar("F", bound=Callable[..., Any])
DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def catalogue_options(function: F) -> F:
    """Add --rules, --feeds and --overlays; each falls back to the settings, then to the shipped tree."""
    function = click.option("--overlays", type=DIRECTORY, help="Your own directory on top of the rules.")(
        function
    )
    function = click.option("--feeds", type=DIRECTORY, help="Directory of sources.")(function)
    return click.option("--rules", type=DIRECTORY, help="Directory of rules.")(function)


def evidence_option(function: F) -> F:
    """Add --evidence, given once or more often, and plain arguments for further files."""
    function = click.argument("more", nargs=-1, type=FILE)(function)
    return click.option(
        "--evidence", "files", type=FILE, multiple=True, required=True, help="Interchange file (.gz, .zst)."
    )(function)


def chosen_trees(rules: Path | None, feeds: Path | None, overlays: Path | None) -> Trees:
    """Return the directories the options name, the settings' for those they leave open."""
    settings = load_settings()
    named = {"rules_dir": rules, "feeds_dir": feeds, "overlay_dir": overlays}
    return trees(settings.model_copy(update={key: value for key, value in named.items() if value}))


def chosen_book(rules: Path | None, feeds: Path | None, overlays: Path | None) -> Rulebook:
    """Load the rulebook, or take the one kept in the home when nothing changed. Raises CatalogError with every mistake."""
    where = chosen_trees(rules, feeds, overlays)
    folders, day = (where.rules, where.feeds, where.overlay), today()

    def load() -> Rulebook:
        from warning.catalog.load import load_rulebook  # noqa: PLC0415 - a kept rulebook does without

        return load_rulebook(*folders, today=day)

    return kept_rulebook(load_settings().home, folders, day, load)


def today() -> date:
    """The day in UTC by which overlays end."""
    return system_clock().date()
