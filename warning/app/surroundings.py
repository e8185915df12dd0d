"""What a command finds around it: this machine's time, and where the operator's YAML lies. Light, so that it starts at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warning import resources
from warning.settings import Settings

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
