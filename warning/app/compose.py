"""Composition root: Settings -> store, channels, clock.

Light until it composes: a command about rules needs the time and the operator's YAML, not the channels and the store.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warning import resources
from warning.settings import Settings

if TYPE_CHECKING:
    from warning.app.system import System
    from warning.store.repository import Repository

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return this machine's time, aware, in UTC."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Where the operator's YAML lies: the shipped trees unless the settings name others."""

    feeds: Path
    rules: Path
    overlay: Path | None


def trees(settings: Settings) -> Trees:
    """Return the directories the settings name, the shipped ones for what they leave open."""
    return Trees(
        feeds=settings.feeds_dir or resources.tree("feeds"),
        rules=settings.rules_dir or resources.tree("rules"),
        overlay=settings.overlay_dir,
    )


def open_repository(settings: Settings) -> "Repository":
    """Open the store at its newest schema, making the home and the SQLite file on first use."""
    from warning.app.system import opened_store  # noqa: PLC0415 - loads the store; commands about rules do without

    return opened_store(settings)


def compose(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    only_reads: bool = False,
    only_acts: bool = False,
    serves: bool = False,
) -> "System":
    """Build every part. Raises CatalogError when there is no good rulebook to start with.

    Who only reads what was told can do without the rules of broken files; who acts for one desk (`only_acts`) without
    other broken files too. A service (`serves`) keeps the catalogue it starts on, and starts on the kept one while the
    files are refused.
    """
    from warning.app.system import composed  # noqa: PLC0415 - loads channels and store; commands about rules do without

    return composed(settings, clock=clock, only_reads=only_reads, only_acts=only_acts, serves=serves)
