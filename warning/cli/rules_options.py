"""Which catalogue a command looks at: its own options, else the settings."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from warning.app.compose import Trees, system_clock, trees
from warning.app.kept_rulebook import kept_rulebook, kept_texts
from warning.core.text_book import TextBook
from warning.settings import load_settings

if TYPE_CHECKING:  # a preview does without all that no text is judged by
    from warning.core.rulebook import Rulebook

F = TypeVar("F", bound=Callable[..., Any])
Folders = tuple[Path, Path, Path | None]
DIRECTORY = click.Path(file_okay=False, path_type=Path)
PLACE = click.Path(exists=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def catalogue_options(function: F) -> F:
    """Add --rules, --feeds and --overlays; each falls back to the settings, then to the shipped tree."""
    function = click.option("--overlays", type=DIRECTORY, help="Your own directory on top of the rules.")(
        function
    )
    function = click.option("--feeds", type=DIRECTORY, help="Directory of sources.")(function)
    return click.option("--rules", type=DIRECTORY, help="Directory of rules.")(function)


def junit_options(said: str) -> Callable[[F], F]:
    """Add --junit and --junit-strict."""

    def added(function: F) -> F:
        function = click.option(
            "--junit-strict",
            is_flag=True,
            help="Leave file and line out of --junit: Jenkins' xUnit plugin refuses them.",
        )(function)
        return click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help=said)(function)

    return added


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


def chosen_book(rules: Path | None, feeds: Path | None, overlays: Path | None) -> "Rulebook":
    """Load the rulebook, or take the one kept in the home when nothing changed. Raises CatalogError with every mistake."""
    folders, day = _chosen_folders(rules, feeds, overlays), today()
    return kept_rulebook(load_settings().home, folders, day, lambda: _loaded(folders, day))


def chosen_texts(rules: Path | None, feeds: Path | None, overlays: Path | None, rule_id: str) -> TextBook:
    """The same with nothing in it but terms, sources and the text rule of this id, if there is one."""
    folders, day = _chosen_folders(rules, feeds, overlays), today()
    return kept_texts(load_settings().home, folders, day, rule_id, lambda: _loaded(folders, day))


def _chosen_folders(rules: Path | None, feeds: Path | None, overlays: Path | None) -> Folders:
    where = chosen_trees(rules, feeds, overlays)
    return where.rules, where.feeds, where.overlay


def _loaded(folders: Folders, day: date) -> "Rulebook":
    from warning.catalog.load import load_rulebook  # noqa: PLC0415 - a kept rulebook does without

    return load_rulebook(*folders, today=day)


def today() -> date:
    """The day in UTC by which overlays end."""
    return system_clock().date()
