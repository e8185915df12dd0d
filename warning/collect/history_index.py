"""Making a history index: items read and folded once, then every pattern looked for once."""

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from warning.collect.history_blocks import begin_blocks, write_blocks
from warning.collect.history_figures import FigureRows
from warning.collect.history_files import (
    LINES_TOGETHER,
    SEGMENT_ITEMS,
    TEXTS_TOGETHER,
    UNTIMED,
    FrameFile,
    Head,
    HistoryIndex,
    Manifest,
    Noted,
    Segment,
    write_arrays,
    write_heads,
)
from warning.collect.index_lock import writing_alone
from warning.collect.interchange import own_identity, read_line, read_lines
from warning.collect.opened_index import index_directory, open_index, stamp_of
from warning.collect.pool_parent import end_with_parent
from warning.core.evidence import Item, Observation
from warning.core.identity import marks_of
from warning.core.ids import key64
from warning.core.text.finders import Pattern
from warning.core.text.pattern_table import language_bits
from warning.core.text.places import PlaceFinder
from warning.core.text.reading import Reading

__all__ = ["build_index", "index_directory", "look_for", "open_index"]

PROCESSES = 2
# Below this size of file, or so many texts, a second process costs more than it brings.
_WORTH_PROCESSES_BYTES = 32 * 1024 * 1024
_WORTH_PROCESSES_ITEMS = SEGMENT_ITEMS
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORD = 0xFFFF_FFFF_FFFF_FFFF
_SENTENCE_BITS = 32
_SENTENCE = (1 << _SENTENCE_BITS) - 1


class _Told(NamedTuple):
    items: int
    others: int
    figures: int


def build_index(evidence: Path) -> HistoryIndex:
    """Read the whole file once. The index appears when it is complete; an older one is replaced.

    One that somebody else made in the meantime is taken. Raises EvidenceError at a line that is not a record.
    """
    with writing_alone(index_directory(evidence)):
        return open_index(evidence) or _built(evidence)


def _built(evidence: Path) -> HistoryIndex:
    directory = index_directory(evidence)
    part = directory.with_name(f"{directory.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    manifest = Manifest(source=stamp_of(evidence), figures=0)
    processes = _processes(evidence)
    jobs = [(evidence, part, number, processes) for number in range(processes)]
    for told in _in_processes(_read_share, jobs, processes):
        manifest.segments += len(told)
        manifest.items += sum(one.items for one in told)
        manifest.others += sum(one.others for one in told)
        manifest.figures = (manifest.figures or 0) + sum(one.figures for one in told)
    begin_blocks(HistoryIndex(part, manifest))
    manifest.write(part)
    shutil.rmtree(directory, ignore_errors=True)
    part.replace(directory)
    return HistoryIndex(directory, manifest)


def look_for(index: HistoryIndex, patterns: Iterable[Pattern]) -> int:
    """Scan the texts for the patterns that nobody looked for yet, and return how many these were."""
    asked = set(patterns)
    if asked <= index.places.keys():
        return 0
    with writing_alone(index.directory):
        index.renew()
        lacking = sorted(asked - index.places.keys())
        if lacking:
            _look_for(index, lacking)
    index.__dict__.pop("places", None)
    return len(lacking)


def _look_for(index: HistoryIndex, lacking: Sequence[Pattern]) -> None:
    number = len(index.manifest.sets)
    processes = PROCESSES if index.manifest.items > _WORTH_PROCESSES_ITEMS else 1
    directories = [segment.directory for segment in index.segments()]
    jobs = [(directories[k::processes], lacking, number) for k in range(processes)]
    _in_processes(_scan_share, jobs, processes)
    listed: list[tuple[str, bool, str]] = [
        (p.needle.decode("utf-8", "surrogatepass"), p.starts_word, p.ending) for p in lacking
    ]
    write_blocks(index, number)
    index.manifest.sets.append(listed)
    index.manifest.write(index.directory)


def _processes(evidence: Path) -> int:
    large = evidence.stat().st_size >= _WORTH_PROCESSES_BYTES
    return min(PROCESSES, os.cpu_count() or 1) if large else 1


def _in_processes(
    task: Callable[..., list[_Told]], jobs: Sequence[tuple[object, ...]], processes: int
) -> list[list[_Told]]:
    if processes == 1:
        return [task(*job) for job in jobs]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        return [future.result() for future in [pool.submit(task, *job) for job in jobs]]


def _read_share(evidence: Path, directory: Path, share: int, of: int) -> list[_Told]:
    """Read every `of`-th stretch of lines as a segment. Each process reads the file for itself: no text travels."""
    lines = read_lines(evidence)
    told: list[_Told] = []
    number = 0
    while (first := next(lines, None)) is not None:
        stretch = chain([first], islice(lines, SEGMENT_ITEMS - 1))
        if number % of == share:
            target = directory / f"{number:05}"
            target.mkdir()
            told.append(_read_segment(evidence, target, stretch))
        else:
            deque(stretch, maxlen=0)
        number += 1
    return told


def _read_segment(evidence: Path, target: Path, stretch: Iterable[tuple[int, bytes]]) -> _Told:
    """Read a stretch of lines as a segment. Memory holds the texts of one frame."""
    others: list[bytes] = []
    figures = FigureRows()
    items = _items(evidence, stretch, others, figures)
    heads: dict[Head, int] = {}
    parts = [_noted((), (), heads)[1]]
    with FrameFile(target, "lines") as lines, FrameFile(target, "texts") as texts:
        while some := list(islice(items, TEXTS_TOGETHER)):
            for begin in range(0, len(some), LINES_TOGETHER):
                lines.add(b"\n".join(line for _, line, _ in some[begin : begin + LINES_TOGETHER]))
            folded, noted = _noted([item for _, _, item in some], [number for number, _, _ in some], heads)
            texts.add(b"".join(folded))
            parts.append(noted)
    with FrameFile(target, "others") as file:
        file.add(b"\n".join(others))
    noted = _joined(parts)
    write_arrays(target, noted)
    write_heads(target, heads)
    figures.write(target)
    return _Told(len(noted.ids), len(others), len(figures))


def _items(
    evidence: Path, stretch: Iterable[tuple[int, bytes]], others: list[bytes], figures: FigureRows
) -> Iterator[tuple[int, bytes, Item]]:
    """Yield (line number, line, item); figures go to rows of their own, what is neither to `others`."""
    for number, line in stretch:
        record = read_line(evidence, number, line, _NEVER)
        if isinstance(record, Item):
            yield number, line.strip(), record
        elif isinstance(record, Observation):
            figures.add(record)
        else:
            others.append(b"%d %s" % (number, line.strip()))


def _joined(parts: Sequence[Noted]) -> Noted:
    """One after the other; their sentences are counted on."""
    plain = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Noted.__slots__
        if name not in {"first_sentence", "own_sources"}
    }
    counts = [np.diff(part.first_sentence.astype(np.int64)) for part in parts]
    first = np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *counts]))
    return Noted(**plain, own_sources=np.unique(plain["sources"]), first_sentence=first.astype(np.uint32))


def _noted(
    items: Sequence[Item], line_numbers: Sequence[int], heads: dict[Head, int]
) -> tuple[list[bytes], Noted]:
    """Return the folded texts and what is noted of the items; heads not met before get the next numbers."""
    texts: list[bytes] = []
    ends: list[NDArray[np.int64]] = []
    languages: list[int] = []
    fields: list[tuple[int, int]] = []
    for item in items:
        reading = Reading(item)
        texts.append(reading.encoded)
        ends.append(_sentence_ends(reading))
        fields.append(reading.sentences_by_field())
        languages.append(language_bits(reading.languages))
    first = np.cumsum([0, *(len(some) for some in ends)])
    sources = np.array([key64(item.source_id) & _WORD for item in items], dtype=np.uint64)
    marks = [(item.source_id, marks_of(item)) for item in items]
    return texts, Noted(
        known_at=np.array([_microseconds(item) for item in items], dtype=np.int64),
        ids=np.array([_hash_of(own_identity(item).id) for item in items], dtype=np.uint64),
        sources=sources,
        own_sources=np.unique(sources),
        addresses=np.array([_mark(source, one.address) for source, one in marks], dtype=np.uint64),
        texts=np.array([_mark(source, one.text) for source, one in marks], dtype=np.uint64),
        heads=np.array([heads.setdefault(_head(item), len(heads)) for item in items], dtype=np.uint32),
        languages=np.array(languages, dtype=np.uint8),
        line_numbers=np.array(line_numbers, dtype=np.int64),
        text_lengths=np.array([len(text) for text in texts], dtype=np.int64),
        first_sentence=first.astype(np.uint32),
        title_sentences=np.array([title for title, _ in fields], dtype=np.uint32),
        lead_sentences=np.array([lead for _, lead in fields], dtype=np.uint32),
        sentence_ends=np.concatenate(ends) if ends else np.zeros(0, dtype=np.int64),
    )


def _head(item: Item) -> Head:
    return Head(item.source_id, item.kind, item.country, item.language)


def _mark(source_id: str, mark: int | str | None) -> int:
    """A mark within its source as a number, 0 for none."""
    return 0 if mark is None else key64(source_id, str(mark)) & _WORD


def _hash_of(identity: str) -> int:
    """The sixteen hexadecimal digits of an identity as a number."""
    return int.from_bytes(bytes.fromhex(identity.removeprefix("i-")), "big")


def _microseconds(item: Item) -> int:
    """When the item could be known, as a replay takes it; UNTIMED where the file leaves it to the import."""
    moment = item.known_at
    if item.time_assumed and item.published_at is not None:
        moment = item.published_at
    if moment == _NEVER:
        return UNTIMED
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _sentence_ends(reading: Reading) -> NDArray[np.int64]:
    """Where each sentence ends in the folded text, in bytes."""
    ends = np.array(reading.ends, dtype=np.int64)
    if reading.folded.origins is not None:
        ends = np.searchsorted(np.array(reading.folded.origins), ends)
    if not reading.encoded.isascii():
        codes = np.frombuffer(reading.encoded, dtype=np.uint8)
        characters = np.append(np.flatnonzero((codes & 0xC0) != 0x80), len(codes))
        ends = characters[np.minimum(ends, len(characters) - 1)]
    return ends


def _scan_share(directories: Sequence[Path], patterns: Sequence[Pattern], number: int) -> list[_Told]:
    finder = PlaceFinder(patterns)
    for directory in directories:
        segment = Segment(directory, dict)
        pairs = _found(segment, finder)
        starts = np.searchsorted(pairs, np.arange(len(patterns) + 1, dtype=np.int64) << _SENTENCE_BITS)
        np.save(directory / f"set{number}_starts.npy", starts.astype(np.uint32))
        np.save(directory / f"set{number}_sentences.npy", (pairs & _SENTENCE).astype(np.uint32))
    return []


def _found(segment: Segment, finder: PlaceFinder) -> NDArray[np.int64]:
    """Pattern and sentence in one number, each pair once, ascending."""
    first, ends = segment.first_sentence, segment.array("sentence_ends")
    pairs = [np.zeros(0, dtype=np.int64)]
    item = 0
    for frame, text_ends in segment.texts():
        begins = np.concatenate(([0], text_ends[:-1]))
        sentences = slice(int(first[item]), int(first[item + len(text_ends)]))
        places = first[item : item + len(text_ends) + 1].astype(np.int64)
        bounds = ends[sentences] + np.repeat(begins, places[1:] - places[:-1])
        texts = [frame[a:b] for a, b in zip(begins.tolist(), text_ends.tolist(), strict=True)]
        placed = finder.places(texts)
        standing = (
            np.searchsorted(bounds, begins[placed.texts] + placed.begins, side="right") + sentences.start
        )
        pairs.append(np.unique(placed.patterns << _SENTENCE_BITS | standing))
        item += len(text_ends)
    every = np.concatenate(pairs)
    every.sort()
    return every
