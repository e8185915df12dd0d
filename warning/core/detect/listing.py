"""Detector for rules of the kind listing."""

from datetime import datetime

from warning.core.evidence import KnownWindow
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal, Trace


def detect_listing(book: Rulebook, known: KnownWindow, as_of: datetime) -> tuple[list[Signal], list[Trace]]:
    """Find nothing yet."""
    return [], []
