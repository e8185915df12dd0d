"""DETECTORS: one detector per rule kind. To add a kind, see "A new rule kind" in CONTRIBUTING.md."""

from collections.abc import Callable, Mapping
from datetime import datetime

from warning.core.detect.deadline import detect_deadlines
from warning.core.detect.listing import detect_listing
from warning.core.detect.series import detect_series
from warning.core.detect.text import detect_text
from warning.core.evidence import KnownWindow
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal, Trace

Detector = Callable[[Rulebook, KnownWindow, datetime], tuple[list[Signal], list[Trace]]]

DETECTORS: Mapping[str, Detector] = {
    "text": detect_text,
    "listing": detect_listing,
    "series": detect_series,
    "deadline": detect_deadlines,
}


def evaluate(
    book: Rulebook, known: KnownWindow, as_of: datetime
) -> tuple[tuple[Signal, ...], tuple[Trace, ...]]:
    """Run every detector over the window; signals sorted by time then id, traces by rule."""
    signals: list[Signal] = []
    traces: list[Trace] = []
    for detect in DETECTORS.values():
        found, told = detect(book, known, as_of)
        signals += found
        traces += told
    return (
        tuple(sorted(signals, key=lambda s: (s.known_at, s.id))),
        tuple(sorted(traces, key=lambda t: t.rule_id)),
    )
