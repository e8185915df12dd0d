"""Segments of an indexed history judged: each by itself, in this process or in two of its own.

What a rule said of a segment is kept and not asked again while the rule, the terms, its sources and the program are
the same. A process is told which segment to read for which rules and gives back signals. No text travels.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import numpy as np
import zstandard
from numpy.typing import NDArray

from warning.app.item_lines import read_items
from warning.app.verdict_basis import rule_names, sources_name
from warning.collect.history_files import UNTIMED, HistoryIndex, Segment
from warning.collect.kept_verdicts import KeptVerdicts
from warning.collect.pool_parent import end_with_parent
from warning.core.detect.text import judge_item
from warning.core.evidence import Item
from warning.core.rulebook import Rulebook
from warning.core.signal_lines import line_of
from warning.core.text.admission import refusal
from warning.core.text.engine import TextEngine, engine_of
from warning.core.text.finders import Pattern
from warning.core.text.inquiry import Inquiry
from warning.core.text.postings import Said, numbers_of, said_by, surely_said_by
from warning.core.text_rules import TextRule, Where

PROCESSES = 2
# Below this many items the processes' start costs more than they bring.
WORTH_PROCESSES_ITEMS = 100_000
# The same for items that are known to be read.
WORTH_PROCESSES_READ = 2_000
# Of so many rules it is found out here which items they may fire on, and only then whether processes pay.
FEW_RULES = 4
Contents = Mapping[int, bytes]
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A segment to judge, by the engine's rules of these places; by `asked`, these items by these of the places."""

    evidence: Path
    index: HistoryIndex
    number: int
    book: Rulebook
    imported_at: datetime
    places: tuple[int, ...]
    asked: Mapping[int, list[int]] | None = None

    @property
    def segment(self) -> Segment:
        return self.index.segment(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What the text rules said of a segment, by the place of the rule: packed lines of items' numbers and signals.

    `was_kept` says that all of it came from what is kept: there it can be asked for again.
    """

    share: Share
    contents: Contents
    was_kept: bool = False

    @property
    def lines(self) -> Mapping[int, Sequence[bytes]]:
        """For each item that fired, by its number ascending, lines of signals."""
        return _by_item(self.contents)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of the items that fired, ascending."""
        told = (line for content in self.contents.values() for line in _lines(content))
        return np.unique(np.fromiter((int(line.partition(b" ")[0]) for line in told), dtype=np.int64))


class Judging:
    """A book's text rules over the segments of some indexed files."""

    def __init__(
        self,
        files: Iterable[tuple[Path, HistoryIndex]],
        book: Rulebook,
        imported_at: datetime,
        *,
        running: int = 0,
    ) -> None:
        self._files, self._imported_at, self._running = tuple(files), imported_at, running
        self._book = _judging_part(book)
        rules = [rule for rule in self._book.rules if isinstance(rule, TextRule)]
        self._names = rule_names(book, rules)
        self._sources: dict[bytes, str] = {}

    def shares(self) -> list[Share]:
        """Every segment that has items, for every rule."""
        places = tuple(range(len(self._names)))
        return [
            Share(
                evidence=path, index=index, number=number, book=self._book, imported_at=self._imported_at, places=places
            )
            for path, index in self._files
            for number in range(index.manifest.segments)
            if len(index.segment(number).languages)
        ]  # fmt: skip

    def fired(self) -> Iterator[Fired]:
        """Yield what each share gave, in their order. At most four results wait at a time."""
        kept = {index.directory: KeptVerdicts(index.directory) for _, index in self._files}
        with _Workers(sum(index.manifest.items for _, index in self._files)) as workers:
            ahead = iter(self.shares())
            waiting = deque(self._begun(one, kept, workers) for one in islice(ahead, 2 * PROCESSES))
            while waiting:
                one = waiting.popleft()
                done, was_kept = self._done(one, kept), one.judged is None
                yield Fired(share=one.share, contents=done, was_kept=was_kept)
                waiting.extend(self._begun(share, kept, workers) for share in islice(ahead, 1))
        for verdicts in kept.values():
            verdicts.finish(self._names, running=self._running)
            verdicts.close()

    def said(self, share: Share) -> Mapping[int, Sequence[bytes]] | None:
        """Return what is kept of all that the rules said of a share, as `fired` gave it; None where nothing is kept."""
        basis = basis_of(share.book, share.segment, self._sources)
        if not basis:
            return None
        verdicts = KeptVerdicts(share.index.directory)
        found = verdicts.of(share.number, basis, self._names)
        verdicts.close()
        if len(found) < len(self._names):
            return None
        return _by_item({place: found[name] for place, name in enumerate(self._names)})

    def _begun(self, share: Share, kept: Mapping[Path, KeptVerdicts], workers: "_Workers") -> "_Begun":
        """Look up what is kept of a segment and have the rest judged."""
        basis = basis_of(share.book, share.segment, self._sources)
        found = kept[share.index.directory].of(share.number, basis, self._names) if basis else {}
        held = {place: found[name] for place, name in enumerate(self._names) if name in found}
        lacking = replace(share, places=tuple(place for place in share.places if place not in held))
        if 0 < len(lacking.places) <= FEW_RULES:
            lacking = replace(lacking, asked=_asked(lacking))
        judged = workers.judge(lacking) if lacking.places else None
        return _Begun(share=share, basis=basis, held=held, judged=judged)

    def _done(self, one: "_Begun", kept: Mapping[Path, KeptVerdicts]) -> Contents:
        if one.judged is None:
            return one.held
        judged = one.judged.result()
        if one.basis:
            named = {self._names[place]: content for place, content in judged.items()}
            kept[one.share.index.directory].keep(one.share.number, one.basis, named)
        return {**one.held, **judged}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    share: Share
    basis: str
    held: Contents
    judged: "Future[dict[int, bytes]] | None"


class _Workers:
    """Judges shares, in processes of its own where there is enough to do: in all `items`, or in items asked for."""

    def __init__(self, items: int) -> None:
        self._items, self._to_read = items, 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def judge(self, share: Share) -> "Future[dict[int, bytes]]":
        if share.asked is not None:
            self._to_read += len(share.asked)
            worth_it = self._to_read >= WORTH_PROCESSES_READ
        else:
            worth_it = self._items >= WORTH_PROCESSES_ITEMS
        if worth_it and self._pool is None:
            self._pool = ProcessPoolExecutor(
                PROCESSES, mp_context=get_context("spawn"), initializer=end_with_parent
            )
        if self._pool:
            return self._pool.submit(judge_share, share)
        done: Future[dict[int, bytes]] = Future()
        done.set_result(judge_share(share))
        return done


def judge_share(share: Share) -> dict[int, bytes]:
    """Judge a segment: by the place of the rule, lines of the item's number and its signal, packed."""
    engine, segment = engine_of(share.book), share.segment
    asked = _asked(share) if share.asked is None else share.asked
    places = {engine.rules[place].rule.id: place for place in share.places}
    said: dict[int, list[bytes]] = {place: [] for place in share.places}
    for number, item in read_items(share.evidence, segment, sorted(asked), share.imported_at):
        for signal in judge_item(share.book, item, (share.places[n] for n in asked[number])):
            said[places[signal.rule_id]].append(b"%d %s" % (number, line_of(signal)))
    return {place: zstandard.compress(b"\n".join(lines), 1) for place, lines in said.items()}


def _asked(share: Share) -> dict[int, list[int]]:
    """The items that may meet one of the share's rules: for each the places of these rules among them."""
    engine, segment = engine_of(share.book), share.segment
    inquiry = Inquiry(segment, *said_of(engine))
    admission = _Admission(share.book, segment)
    found: dict[int, list[int]] = {}
    for place, number in enumerate(share.places):
        rule = engine.rules[number]
        for item in admission.of(rule.rule, numbers_of(inquiry.items_for(rule))).tolist():
            found.setdefault(item, []).append(place)
    return found


class _Admission:
    """Which items of a segment rules look at, decided once for all items with the same head."""

    def __init__(self, book: Rulebook, segment: Segment) -> None:
        self._book, self._of_items = book, segment.array("heads")
        self._heads = [Item(id="", title="", known_at=_ANY_TIME, **head._asdict()) for head in segment.heads]
        self._known: dict[Where, NDArray[np.bool_]] = {}

    def of(self, rule: TextRule, numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The items among some that the rule does not refuse."""
        if not len(numbers):
            return numbers
        if rule.where not in self._known:
            taken = [not refusal(rule, head, self._book) for head in self._heads]
            self._known[rule.where] = np.array(taken, dtype=np.bool_)
        admitted: NDArray[np.bool_] = self._known[rule.where][self._of_items[numbers]]
        return numbers[admitted]


def refired(
    files: Iterable[tuple[Path, HistoryIndex]],
    running: Rulebook,
    edited: Rulebook,
    words: Iterable[Pattern],
    imported_at: datetime,
    *,
    kept: int,
) -> Iterator[tuple[Sequence[bytes], Sequence[bytes]]]:
    """Yield by segment the lines of what a book's one rule says and of what its edited version says.

    Items without the words that the two differ by are taken over, not read: both say the same of them.
    `kept` is how many rules' verdicts are in use.
    """
    files, patterns = tuple(files), tuple(words)
    engine = engine_of(_judging_part(edited))
    for result in Judging(files, running, imported_at, running=kept).fired():
        share = replace(result.share, book=_judging_part(edited), places=(0,))
        inquiry = Inquiry(share.segment, *said_of(engine))
        touched = inquiry.items_with(patterns)
        asked = {number: [0] for number in inquiry.items_for(engine.rules[0], touched)}
        read = _by_item(judge_share(replace(share, asked=asked)))
        before = result.lines
        same = {number: lines for number, lines in before.items() if number not in touched}
        # By number, as an item told again takes the place of what it was.
        yield _flat(before), _flat(dict(sorted({**same, **read}.items())))


def _flat(lines: Mapping[int, Sequence[bytes]]) -> list[bytes]:
    return [line for some in lines.values() for line in some]


def _judging_part(book: Rulebook) -> Rulebook:
    """The book with nothing in it but what names a verdict: its active text rules, terms and sources."""
    rules = tuple(rule for rule in book.active("text", "context") if isinstance(rule, TextRule))
    return replace(book, rules=rules, exposure={}, desks=(), measures=())


def basis_of(book: Rulebook, segment: Segment, met: dict[bytes, str]) -> str:
    """What differs by segment; empty where a verdict rests on the time of the import, and is not kept.

    `met` holds the names of the sources of segments met before.
    """
    if (np.asarray(segment.array("known_at")) == UNTIMED).any():
        return ""
    key = segment.array("own_sources").tobytes()
    if key not in met:
        met[key] = sources_name(book, segment)
    return met[key]


def _by_item(contents: Contents) -> dict[int, list[bytes]]:
    """Lines of signals by the number of the item, both ascending: items by number, signals by rule."""
    found: dict[int, list[bytes]] = {}
    for _, content in sorted(contents.items()):
        for line in _lines(content):
            number, _, signal = line.partition(b" ")
            found.setdefault(int(number), []).append(signal)
    return dict(sorted(found.items()))


def _lines(content: bytes) -> Iterator[bytes]:
    return (line for line in zstandard.decompress(content).split(b"\n") if line)


@lru_cache(maxsize=4)
def said_of(engine: TextEngine) -> tuple[Said, Said]:
    """What says the concepts of an engine's rules, perhaps and for certain."""
    return said_by(engine.looked_for), surely_said_by(engine.looked_for)
