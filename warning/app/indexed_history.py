"""A replay that reads only what its rules may fire on; the rest of a long history is counted, not read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path

from warning.app.chronology import Streams
from warning.app.history_judging import Judging, refired, said_of
from warning.app.history_marks import retraction_patterns
from warning.app.history_stream import HistoryStream
from warning.app.item_lines import as_replayed
from warning.collect.history_blocks import name_of, remember
from warning.collect.history_figures import SegmentFigures
from warning.collect.history_files import HistoryIndex
from warning.collect.history_index import build_index, index_directory, look_for, open_index
from warning.collect.history_titles import note_titles
from warning.collect.interchange import own_identity, read_line
from warning.core.absence_rules import AbsenceRule
from warning.core.evidence import Evidence
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.sequence_needs import sequence_rules
from warning.core.signal_lines import signal_of
from warning.core.signals import Signal
from warning.core.text.edits import words_changed
from warning.core.text.engine import TextEngine, engine_of
from warning.core.text.finders import Pattern
from warning.core.text.lexicon import Lexicon
from warning.core.text.postings import Sayings, concepts_read, patterns_read
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule

__all__ = ["IndexUse", "IndexedHistory", "ready_index", "ready_indexes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexUse:
    """What using the index of a file took: whether it was made, and how many patterns had to be looked for.

    `is_slow` says that an earlier version made it, which kept figures as lines.
    """

    path: Path
    items: int
    made: bool
    looked_for: int
    figures: int = 0
    is_slow: bool = False

    @property
    def sentence(self) -> str:
        """What was done, for whoever waits."""
        what = counted(self.items, "item") + (
            f" and {counted(self.figures, 'figure')}" if self.figures else ""
        )
        first = f"{self.path}: " + (f"index made of {what}" if self.made else f"{what} indexed")
        if self.is_slow:
            first += (
                " by an earlier version, whose index reads figures one by one: delete"
                f" {index_directory(self.path).name} and it is made anew"
            )
        lacked = counted(self.looked_for, "term it lacked was", "terms it lacked were")
        return f"{first}; {lacked} looked for first" if self.looked_for else first


def ready_index(evidence: Path, book: TextBook, *, make: bool) -> tuple[HistoryIndex, IndexUse] | None:
    """Return the index of a file with all that the book's text rules ask for; None without one, unless `make`."""
    index = open_index(evidence)
    if index is None and not make:
        return None
    return _with_all(evidence, index, _wanted(engine_of(book)), None)


def ready_indexes(files: Iterable[Path], book: TextBook) -> Iterator[tuple[HistoryIndex, IndexUse]]:
    """Yield the index of each file with all that the book's text rules ask for, made where there is none.

    Files that lack the same, as the months of one history do, are compared with what is asked for once.
    """
    wanted = _wanted(engine_of(book))
    complete: Mapping[Pattern, tuple[int, int]] | None = None
    for path in files:
        index, use = _with_all(path, open_index(path), wanted, complete)
        complete = index.places
        yield index, use


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What an engine's rules ask of an index: patterns to be looked for, and sayings to be remembered by name."""

    patterns: frozenset[Pattern]
    sayings: Mapping[str, Sayings]


@lru_cache(maxsize=4)
def _wanted(engine: TextEngine) -> _Wanted:
    said, surely = said_of(engine)
    concepts = sorted(concepts_read(engine.rules))
    return _Wanted(
        patterns=patterns_read(engine.rules, said) | retraction_patterns(),
        sayings={name_of(of[c]): of[c] for of in (said, surely) for c in concepts if c in of},
    )


def _with_all(
    evidence: Path,
    found: HistoryIndex | None,
    wanted: _Wanted,
    complete: Mapping[Pattern, tuple[int, int]] | None,
) -> tuple[HistoryIndex, IndexUse]:
    """Bring an index up to what is wanted. One with the very patterns of `complete` has them all."""
    index = found or build_index(evidence)
    lacking = 0 if index.places is complete else look_for(index, wanted.patterns)
    if not wanted.sayings.keys() <= index.sayings.keys():
        remember(index, wanted.sayings.values())
    note_titles(index)
    manifest = index.manifest
    use = IndexUse(
        path=evidence, items=manifest.items, made=found is None, looked_for=lacking, figures=manifest.figures or 0,
        is_slow=manifest.figures is None and manifest.others > 0,
    )  # fmt: skip
    return index, use


class IndexedHistory:
    """Indexed evidence files, asked for what a book's rules may fire on."""

    def __init__(self, files: Sequence[tuple[Path, HistoryIndex]], imported_at: datetime) -> None:
        self.files, self.imported_at = files, imported_at

    def records(self, book: Rulebook) -> Streams:
        """Return figures and lists whole, items that fired as judged, and counts of the others.

        Of items nothing is held but what fired, some segments at a time, and its numbers.
        """
        judging = Judging(self.files, book, self.imported_at)
        stream = HistoryStream(judging, self.imported_at, _awaited_sources(book))
        others = self._others()
        figures = self._figures()
        if stream.is_in_order:
            return Streams(ordered=stream.ordered(), others=others, figures=figures)
        return Streams(ordered=iter(()), others=chain(stream.as_they_stand(), others), figures=figures)

    def signals(self, book: Rulebook, rule: TextRule) -> Iterator[Signal]:
        """Yield what one rule says with the book's words and sources, in the order of the files."""
        alone = replace(book, rules=(rule,))
        running = len(book.active("text", "context"))
        for result in Judging(self.files, alone, self.imported_at, running=running).fired():
            yield from (signal_of(line) for lines in result.lines.values() for line in lines)

    def edit(
        self, book: Rulebook, before: TextRule, after: TextRule
    ) -> tuple[list[Signal], list[Signal]] | None:
        """Return what two versions of a rule say, reading only items with words they differ by.

        None where they differ by more than words, or by words that nobody looked for.
        """
        words = words_changed(before, after, Lexicon(book.terms))
        if words is None or any(words - index.places.keys() for _, index in self.files):
            return None
        sides = (replace(book, rules=(before,)), replace(book, rules=(after,)))
        kept = len(book.active("text", "context"))
        found = list(refired(self.files, *sides, words, self.imported_at, kept=kept))
        old, new = ([signal_of(line) for part in found for line in part[side]] for side in (0, 1))
        return old, new

    def _figures(self) -> Iterator[SegmentFigures]:
        for _, index in self.files:
            for segment in index.segments() if index.manifest.figures else ():
                figures = segment.figures
                if figures is not None:
                    yield figures

    def _others(self) -> Iterator[Evidence]:
        for path, index in self.files:
            for segment in index.segments():
                for number, line in segment.others():
                    yield own_identity(as_replayed(read_line(path, number, line, self.imported_at)))


def _awaited_sources(book: Rulebook) -> tuple[str, ...]:
    """The sources whose silence says something: of absence rules, of `unless`, and of steps of a case that may be told late."""
    watched = [rule.sources for rule in book.active("absence") if isinstance(rule, AbsenceRule)]
    watched += [step.sources for chain in book.chains for step in chain.steps]
    watched += [one.sources for rule in sequence_rules(book) for one in rule.unless]
    return tuple(sorted({source for some in watched for source in some}))
