"""What an edited rule would fire on, told within about a second over any history: exact, or from a sample that says so."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any, Protocol

import numpy as np

from warning.app.asked_words import asked_words
from warning.app.edit_known import Edit, KeptOfEdit, Known, known_of
from warning.app.fired_items import Columns, FiredItems, OfFile, begins_of, identified, sides_of
from warning.app.item_lines import read_items
from warning.app.previewing import EXAMPLES, both, example_of, running_rule
from warning.app.sampling_edit import (
    Count,
    Files,
    Places,
    ReadItem,
    ShownItem,
    counted,
    drawn,
    in_halves,
    read_some,
    shown_of,
)
from warning.app.second_process import SecondProcess
from warning.collect.history_files import SEGMENT_ITEMS
from warning.core.text.edits import sayings_changed
from warning.core.text.engine import engine_of
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule

# Below this many items a second process costs more than it brings.
WORTH_TWO_ITEMS = 500_000
# So many places are handed over at once: half a million take longer to be told than there is time to read them.
_HANDED_OVER = 8_192
_DAY_MICROSECONDS = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickPreview:
    """`per_week` holds numbers of items by ISO week. `unread` items only a reading decides; so many of them were `read`."""

    rule_id: str
    absent: bool
    fires: Count
    new: Count
    lost: Count
    per_week: dict[str, int]
    examples: list[dict[str, str]]
    lost_examples: list[dict[str, str]]
    unread: int
    read: int

    @property
    def is_exact(self) -> bool:
        return self.read == self.unread

    def document(self) -> dict[str, object]:
        """Return the content of `preview/1`."""
        counts = {"fires_on": self.fires, "new": self.new, "lost": self.lost}
        content: dict[str, object] = {
            "rule": self.rule_id,
            "running": not self.absent,
            "exact": self.is_exact,
            **{name: count.number for name, count in counts.items()},
            "per_week": self.per_week,
            "examples": self.examples,
            "lost_examples": self.lost_examples,
        }
        if not self.is_exact:
            content["between"] = {name: [count.low, count.high] for name, count in counts.items()}
            content["read"], content["must_be_read"] = self.read, self.unread
        return content


class AskedHistory(Protocol):
    """Indexed evidence files, in order; what says nothing of its time became known at the import."""

    @property
    def files(self) -> Files: ...
    @property
    def imported_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedFiles:
    """An `AskedHistory` and nothing else."""

    files: Files
    imported_at: datetime


def quick_preview(
    history: AskedHistory, book: TextBook, edited: TextRule, *, enough: Callable[[], bool]
) -> QuickPreview:
    """Decide what kept verdicts and postings decide, and read of the rest what there is time for.

    Where nothing is left to be read the answer is the one of `preview`. A long history is asked in two processes.
    """
    edit = _edit(book, edited)
    asking = _Asking(history, edit, enough)
    items = sum(index.manifest.items for _, index in history.files)
    with SecondProcess(asking.answer, wanted=items >= WORTH_TWO_ITEMS) as second:
        known = asking.known(second)
        read = asking.read(second, drawn(known))
        told = _Told(history, edit, known, read, lambda sides: asking.identified(second, sides))
    return told.preview(absent=running_rule(book, edited) is None)


def _edit(book: TextBook, edited: TextRule) -> Edit:
    running = running_rule(book, edited)
    active = running if running and running.enabled else None
    pair = both(book, edited)
    engine = engine_of(pair)
    words = sayings_changed(active, edited, engine.lexicon, asked_words(engine).said) if active else None
    return Edit(book=pair, before=active, after=edited, words=words)


class _Asking:
    """What is asked of a history by halves: of files by their places in it, and of items by theirs."""

    def __init__(self, history: AskedHistory, edit: Edit, enough: Callable[[], bool]) -> None:
        self._history, self._edit, self._enough = history, edit, enough
        self._kept = KeptOfEdit(edit)

    def answer(self, task: range | list[OfFile] | Places) -> list[Any]:
        """Return what is known of some files, who some of their items are, or what was read of some: half, where two do it."""
        files = self._history.files
        if isinstance(task, range):
            return [known_of(files[place][1], self._edit, self._kept) for place in task]
        if isinstance(task, list):
            return [
                identified(files[file][1], file, sides, self._history.imported_at) for file, sides in task
            ]
        return self._read(task, share=2)

    def known(self, second: SecondProcess) -> list[Known]:
        every = range(len(self._history.files))
        if not second.is_there:
            return self.answer(every)
        first, other = second.halves(every[0::2], every[1::2])
        return [one for pair in zip_longest(first, other) for one in pair if one]

    def identified(self, second: SecondProcess, sides: list[OfFile]) -> list[Columns]:
        """Identities, times and places of the items of both sides of some files, the files in their order."""
        if not second.is_there or len(sides) < 2:
            return self.answer(sides)
        first, other = second.halves(sides[0::2], sides[1::2])
        return [one for pair in zip_longest(first, other) for one in pair if one]

    def read(self, second: SecondProcess, places: Places) -> list[ReadItem]:
        if not second.is_there or not len(places):
            return self._read(places, share=1)
        read: list[ReadItem] = []
        for begin in range(0, len(places), _HANDED_OVER):
            if begin and self._enough():
                break
            some = places[begin : begin + _HANDED_OVER]
            first, other = second.halves(*in_halves(some))
            read += [*first, *other]
            if len(first) + len(other) < len(some):
                break
        return read

    def _read(self, places: Places, share: int) -> list[ReadItem]:
        history = self._history
        return list(
            read_some(history.files, self._edit, history.imported_at, places, self._enough, share=share)
        )


class _Told:
    """The answer put together: what is known of the items that need no reading, and what was read of the others."""

    def __init__(
        self,
        history: AskedHistory,
        edit: Edit,
        known: Sequence[Known],
        read: Sequence[ReadItem],
        identified: Callable[[list[OfFile]], list[Columns]],
    ) -> None:
        self._imported_at, self._edit, self._files = history.imported_at, edit, history.files
        self._unread, self._read = sum(len(one.unread) for one in known), len(read)
        after, before = ([getattr(one, side) - one.unread for one in known] for side in ("after", "before"))
        self._sampled = read
        if self._read == self._unread:  # all is known then
            self._sampled = ()
            for one in read:
                for fired, sets in ((one.after, after), (one.before, before)):
                    if fired:
                        sets[one.file].add(one.number)
        every = enumerate(zip(after, before, strict=True))
        columns = identified([(file, sides) for file, sides in every if any(sides)])
        self._after, earlier = sides_of(columns)
        self._new, self._lost = self._after.without(earlier), earlier.without(self._after)

    def preview(self, *, absent: bool) -> QuickPreview:
        new = [one for one in self._sampled if one.after and not one.before]
        lost = [one for one in self._sampled if one.before and not one.after]
        fired = [one for one in self._sampled if one.after]
        examples = self._examples(self._new, new, "new") or self._examples(self._after, fired, "both")
        return QuickPreview(
            rule_id=self._edit.after.id,
            absent=absent,
            fires=self._count(self._after, fired),
            new=self._count(self._new, new),
            lost=self._count(self._lost, lost),
            per_week=self._per_week(fired),
            examples=examples,
            lost_examples=self._examples(self._lost, lost, "lost"),
            unread=self._unread,
            read=self._read,
        )

    def _count(self, known: FiredItems, seen: Sequence[ReadItem]) -> Count:
        if self._read == self._unread:
            return counted(len(known), 0, 0, 0)
        return counted(len(known), len(seen), self._read, self._unread)

    def _per_week(self, fired: Sequence[ReadItem]) -> dict[str, int]:
        """Items by week; those that were read stand for the others that must be."""
        days = np.sort(self._after.times // _DAY_MICROSECONDS)
        begins = np.append(begins_of(days), len(days))
        weeks: Counter[str] = Counter()
        for day, count in zip(days[begins[:-1]].tolist(), np.diff(begins).tolist(), strict=True):
            weeks[_week(_EPOCH + timedelta(days=day))] += count
        sampled = Counter(_week(one.shown.known_at) for one in fired)
        weight = self._unread / max(self._read, 1)
        every = sorted(weeks.keys() | sampled.keys())
        return {week: weeks[week] + round(sampled[week] * weight) for week in every}

    def _examples(self, known: FiredItems, seen: Iterable[ReadItem], change: str) -> list[dict[str, str]]:
        """The newest of some items, known and read."""
        shown = [*self._shown(known.newest(EXAMPLES)), *(one.shown for one in seen)]
        shown.sort(key=lambda item: (item.known_at, item.evidence_id))
        return [example_of(item, change) for item in shown[-EXAMPLES:]]

    def _shown(self, items: FiredItems) -> Iterator[ShownItem]:
        for file, number in zip(items.files.tolist(), items.numbers.tolist(), strict=True):
            path, index = self._files[file]
            segment, own = index.segment(number // SEGMENT_ITEMS), number % SEGMENT_ITEMS
            ((_, item),) = read_items(path, segment, [own], self._imported_at)
            yield shown_of(item)


def _week(moment: datetime) -> str:
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"
