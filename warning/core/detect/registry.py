"""DETECTORS: one detector per rule kind; COMPOSERS: those that read signals of the others. To add a kind, see "A new rule kind" in CONTRIBUTING.md."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from warning.core.detect.absence import detect_absences
from warning.core.detect.deadline import detect_deadlines
from warning.core.detect.listing import detect_listing
from warning.core.detect.sequence import detect_sequences
from warning.core.detect.series import detect_series
from warning.core.detect.text import detect_text
from warning.core.evidence import KnownWindow
from warning.core.rulebook import Rulebook
from warning.core.signals import Found, Signal, Trace

Detector = Callable[[Rulebook, KnownWindow, datetime], tuple[list[Signal], list[Trace]]]

DETECTORS: Mapping[str, Detector] = {
    "text": detect_text,
    "listing": detect_listing,
    "series": detect_series,
    "deadline": detect_deadlines,
}

Composer = Callable[[Rulebook, KnownWindow, datetime, Sequence[Signal]], tuple[list[Signal], list[Trace]]]
COMPOSERS: Mapping[str, Composer] = {"absence": detect_absences, "sequence": detect_sequences}


def evaluate(book: Rulebook, known: KnownWindow, as_of: datetime) -> Found:
    """Run every detector over the window, then the composers; signals sorted by time then id, traces by rule."""
    return composed(book, known, as_of, noticed(book, known, as_of))


def noticed(book: Rulebook, known: KnownWindow, as_of: datetime) -> Found:
    """Run all but the sequences, whose memory is asked for once it is known what fired; in the order of the detectors."""
    signals: list[Signal] = []
    traces: list[Trace] = []
    for kind, detect in DETECTORS.items():
        said: tuple[Iterable[Signal], Iterable[Trace]] = known.found.get(kind) or detect(book, known, as_of)
        signals.extend(said[0])
        traces.extend(said[1])
    found, told = COMPOSERS["absence"](book, known, as_of, tuple(signals))
    return (*signals, *found), (*traces, *told)


def composed(book: Rulebook, known: KnownWindow, as_of: datetime, first: Found) -> Found:
    """Run the sequences on what the others found, and return all of it."""
    signals, traces = first
    found, told = COMPOSERS["sequence"](book, known, as_of, signals)
    signals, traces = (*signals, *found), (*traces, *told)
    return (
        tuple(sorted(signals, key=lambda s: (s.known_at, s.id))),
        tuple(sorted(traces, key=lambda t: t.rule_id)),
    )
