"""DETECTORS: one detector per rule kind; COMPOSERS: those that read signals of the others. To add a kind, see "A new rule kind" in CONTRIBUTING.md."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from warning.core.detect.absence import detect_absences
from warning.core.detect.deadline import detect_deadlines
from warning.core.detect.listing import detect_listing
from warning.core.detect.sequence import detect_sequences
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

Composer = Callable[[Rulebook, KnownWindow, datetime, Sequence[Signal]], tuple[list[Signal], list[Trace]]]
COMPOSERS: Mapping[str, Composer] = {"absence": detect_absences, "sequence": detect_sequences}


def evaluate(
    book: Rulebook, known: KnownWindow, as_of: datetime
) -> tuple[tuple[Signal, ...], tuple[Trace, ...]]:
    """Run every detector over the window, then the composers; signals sorted by time then id, traces by rule."""
    signals: list[Signal] = []
    traces: list[Trace] = []
    for detect in DETECTORS.values():
        found, told = detect(book, known, as_of)
        signals += found
        traces += told
    for compose in COMPOSERS.values():
        found, told = compose(book, known, as_of, tuple(signals))
        signals += found
        traces += told
    return (
        tuple(sorted(signals, key=lambda s: (s.known_at, s.id))),
        tuple(sorted(traces, key=lambda t: t.rule_id)),
    )
