"""The files of a history index: one directory an evidence file, in it one directory a segment of items.

A segment holds its items' lines (compressed, 16 together), their folded texts (compressed, 1,024 together) and
small arrays about them; for each set of patterns that was ever looked for, where each pattern stands. Figures stand in
rows by day (`history_figures`).
Blocks of many segments hold the same once more, for questions about the whole history (`history_blocks`).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import zstandard
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.collect.mapped_arrays import mapped_array
from warning.core.text.finders import Pattern
from warning.core.text.postings import Sayings, sentences_of_fields, sentences_saying, set_of
from warning.core.text_rules import Field_

# Format 5 is read too: its figures stand among the lines of other records.
if TYPE_CHECKING:
    from warning.collect.history_figures import SegmentFigures

FORMAT, READ = 6, frozenset({5, 6})
SEGMENT_ITEMS = 65_536
LINES_TOGETHER = 16
TEXTS_TOGETHER = 1_024
MANIFEST = "index.json"
# Where the long lists of a manifest begin: what stands before them differs from one index to the next.
_LISTED = b', "sets": '
HEADS = "heads.json"
UNTIMED = np.iinfo(np.int64).min


@dataclass(slots=True)
class Manifest:
    """`source` tells whether the evidence file is still the one that was read; `sets` are the patterns looked for.

    `sayings` are the names of the sayings that blocks remember, by the file they stand in. `others` are records that are
    neither items nor figures; `figures` is None where an earlier version counted and kept figures among those.
    """

    source: str
    segments: int = 0
    items: int = 0
    others: int = 0
    figures: int | None = None
    sets: list[list[tuple[str, bool, str]]] = field(default_factory=list)
    sayings: list[list[str]] = field(default_factory=list)

    def patterns(self) -> Iterator[tuple[int, int, Pattern]]:
        """Yield (set, number in it, pattern)."""
        for number, listed in enumerate(self.sets):
            for place, (needle, starts_word, ending) in enumerate(listed):
                yield number, place, Pattern(needle.encode("utf-8", "surrogatepass"), starts_word, ending)  # type: ignore[arg-type]  # written from a Pattern

    def write(self, directory: Path) -> None:
        part = directory / f"{MANIFEST}.part"
        part.write_text(json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=True))
        part.replace(directory / MANIFEST)


def read_manifest(directory: Path) -> Manifest | None:
    """Return the manifest, or None where there is none that this version reads."""
    try:
        head, _, listed = (directory / MANIFEST).read_bytes().partition(_LISTED)
        content: dict[str, Any] = json.loads(head + b"}") | _LISTS.of(listed)
    except (OSError, ValueError):
        return None
    return Manifest(**content) if content.pop("format", None) in READ else None


class _Lists:
    """The months of one history mostly list the same thousands of patterns: they are read once, and compared by identity."""

    def __init__(self) -> None:
        self._last: tuple[bytes, dict[str, list[Any]]] = b"", {}

    def of(self, listed: bytes) -> dict[str, list[Any]]:
        """What the long end of a manifest lists, in lists of its own: to one of them others may be added."""
        if listed != self._last[0]:
            self._last = listed, json.loads(b"{" + _LISTED.removeprefix(b", ") + listed)
        return {name: list(some) for name, some in self._last[1].items()}


_LISTS = _Lists()


class Head(NamedTuple):
    """What of an item says whether a rule looks at it at all."""

    source_id: str
    kind: str
    country: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What a segment keeps of its items, in their order.

    `known_at` is in microseconds since 1970, UNTIMED where the file gives no time; `ids` are the store's identities.
    `own_sources` are the distinct ones of `sources`. `addresses` and `texts` are what items of one document share, 0
    where an item has nothing of the kind. `heads` are the numbers of the items' heads among those of the segment;
    `title_sentences` and `lead_sentences` count the sentences of an item's title, and of its title and summary.
    """

    known_at: NDArray[np.int64]
    ids: NDArray[np.uint64]
    sources: NDArray[np.uint64]
    own_sources: NDArray[np.uint64]
    addresses: NDArray[np.uint64]
    texts: NDArray[np.uint64]
    heads: NDArray[np.uint32]
    languages: NDArray[np.uint8]
    line_numbers: NDArray[np.int64]
    text_lengths: NDArray[np.int64]
    first_sentence: NDArray[np.uint32]
    title_sentences: NDArray[np.uint32]
    lead_sentences: NDArray[np.uint32]
    sentence_ends: NDArray[np.int64]


class Segment:
    """One segment as it stands on disk. Arrays are mapped, not loaded.

    `places` tells where patterns stand among those that were looked for: asked when a pattern is.
    """

    def __init__(self, directory: Path, places: Callable[[], Mapping[Pattern, tuple[int, int]]]) -> None:
        self.directory, self._places = directory, places
        self._loaded: dict[str, NDArray[Any]] = {}
        self._begins: dict[int, list[int]] = {}
        self._spoken: dict[int, BitMap] = {}
        self._fields: Mapping[Field_, BitMap] | None = None

    def array(self, name: str) -> NDArray[Any]:
        if name not in self._loaded:
            self._loaded[name] = mapped_array(self.directory / f"{name}.npy")
        return self._loaded[name]

    @property
    def first_sentence(self) -> NDArray[np.uint32]:
        return self.array("first_sentence")

    @property
    def languages(self) -> NDArray[np.uint8]:
        return self.array("languages")

    def spoken(self, language_bit: int) -> BitMap:
        """The sentences of items in a language."""
        if language_bit not in self._spoken:
            first = self.first_sentence.astype(np.int64)
            spoken = np.repeat(self.languages & language_bit, first[1:] - first[:-1])
            self._spoken[language_bit] = set_of(np.flatnonzero(spoken))
        return self._spoken[language_bit]

    @property
    def heads(self) -> list[Head]:
        """The distinct heads, by their numbers."""
        return [Head(*one) for one in json.loads((self.directory / HEADS).read_text())]

    def standing(self, field: Field_) -> BitMap:
        """The sentences of a field."""
        if self._fields is None:
            counts = self.array("title_sentences"), self.array("lead_sentences")
            self._fields = sentences_of_fields(self.first_sentence, *counts)
        return self._fields[field]

    def sentences(self, pattern: Pattern) -> BitMap:
        """The sentences in which the pattern begins. KeyError when nobody looked for it."""
        number, place = self._places()[pattern]
        starts = self._starts(number)
        begin, end = starts[place], starts[place + 1]
        return set_of(self.array(f"set{number}_sentences")[begin:end]) if end > begin else BitMap()

    def saying(self, sayings: Sayings) -> BitMap:
        """The sentences that say something in one of some ways."""
        return sentences_saying(self, sayings)

    def weight(self, sayings: Sayings) -> int:
        """How often its patterns stand."""
        places = (self._places()[pattern] for pattern, _ in sayings)
        starts = ((self._starts(number), place) for number, place in places)
        return sum(begins[place + 1] - begins[place] for begins, place in starts)

    def _starts(self, number: int) -> list[int]:
        if number not in self._begins:
            self._begins[number] = self.array(f"set{number}_starts").tolist()
        return self._begins[number]

    def lines(self, items: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (line number, line) of some items, given ascending."""
        numbers = self.array("line_numbers")
        held, lines = -1, list[bytes]()
        for item in items:
            frame = item // LINES_TOGETHER
            if frame != held:
                held, lines = frame, self._frame("lines", frame).split(b"\n")
            yield int(numbers[item]), lines[item % LINES_TOGETHER]

    def texts(self) -> Iterator[tuple[bytes, NDArray[np.int64]]]:
        """Yield frames of folded texts, one after the other, and where in the frame each text ends."""
        lengths = self.array("text_lengths")
        for frame in range(-(-len(lengths) // TEXTS_TOGETHER)):
            some = lengths[frame * TEXTS_TOGETHER : (frame + 1) * TEXTS_TOGETHER]
            yield self._frame("texts", frame), np.cumsum(some)

    @property
    def figures(self) -> "SegmentFigures | None":
        from warning.collect.history_figures import figures_in  # noqa: PLC0415 - questions about texts do without

        return figures_in(self.directory)

    def others(self) -> Iterator[tuple[int, bytes]]:
        """Yield (line number, line) of the records that are no items, and no figures that stand in rows."""
        for line in self._frame("others", 0).split(b"\n"):
            number, _, record = line.partition(b" ")
            if record:
                yield int(number), record

    def _frame(self, name: str, number: int) -> bytes:
        begin, end = (int(at) for at in self.array(f"{name}_at")[number : number + 2])
        with (self.directory / name).open("rb") as file:
            file.seek(begin)
            return zstandard.ZstdDecompressor().decompress(file.read(end - begin))


class FrameFile:
    """Frames written one after the other, and at the end where each begins."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory, self._name = directory, name
        self._at = [0]
        self._packer = zstandard.ZstdCompressor(level=1)

    def __enter__(self) -> Self:
        self._file = (self._directory / self._name).open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        np.save(self._directory / f"{self._name}_at.npy", np.array(self._at, dtype=np.int64))

    def add(self, frame: bytes) -> None:
        self._at.append(self._at[-1] + self._file.write(self._packer.compress(frame)))


def write_heads(directory: Path, heads: Iterable[Head]) -> None:
    (directory / HEADS).write_text(json.dumps(list(heads)))


def write_arrays(directory: Path, noted: Noted) -> None:
    for name in Noted.__slots__:
        np.save(directory / f"{name}.npy", getattr(noted, name))


class _Places:
    """Where patterns stand among those of an index. The months of one history mostly looked for the same: they share it."""

    def __init__(self) -> None:
        self._last: tuple[list[list[tuple[str, bool, str]]], dict[Pattern, tuple[int, int]]] = [], {}

    def of(self, manifest: Manifest) -> dict[Pattern, tuple[int, int]]:
        sets, found = self._last
        if manifest.sets != sets:
            found = {pattern: (number, place) for number, place, pattern in manifest.patterns()}
            self._last = list(manifest.sets), found
        return found


class _SaidPlaces:
    """Where sayings stand among those of an index: shared in the same way."""

    def __init__(self) -> None:
        self._last: tuple[list[list[str]], dict[str, tuple[int, int]]] = [], {}

    def of(self, manifest: Manifest) -> dict[str, tuple[int, int]]:
        every, found = self._last
        if manifest.sayings != every:
            listed = enumerate(manifest.sayings)
            found = {name: (number, place) for number, some in listed for place, name in enumerate(some)}
            self._last = list(manifest.sayings), found
        return found


_PLACES, _SAID_PLACES = _Places(), _SaidPlaces()


class HistoryIndex:
    """A readable index: its segments and the patterns that were looked for."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        self.directory, self.manifest = directory, manifest

    def renew(self) -> None:
        """Take in what others have written since."""
        self.manifest = read_manifest(self.directory) or self.manifest
        self.__dict__.pop("places", None)
        self.__dict__.pop("sayings", None)

    @cached_property
    def places(self) -> dict[Pattern, tuple[int, int]]:
        return _PLACES.of(self.manifest)

    @cached_property
    def sayings(self) -> dict[str, tuple[int, int]]:
        return _SAID_PLACES.of(self.manifest)

    def segment(self, number: int) -> Segment:
        return Segment(self.directory / f"{number:05}", lambda: self.places)

    def segments(self) -> Iterator[Segment]:
        return map(self.segment, range(self.manifest.segments))
