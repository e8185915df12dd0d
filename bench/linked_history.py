"""An index of many years made of that of some weeks: what is large is linked, what tells items apart is made anew.

Each copy lies one stretch of days after the one before. Its items have ids, texts and times of their own; those that a
rule fired on also headlines, drawn as the corpus draws them (`mixed_corpus`), in their kept verdicts and their lines
alike. So a replay meets as many different events and stories as in a history of that length, and every array of it is
read. Lines of items that nothing fired on are not there: a replay does not read them, a preview would.

What is repeated: the bodies of texts, and so where patterns stand, what rules found in them and how often they fire. No
verdict is found by it that a history of as many different texts would not have kept: each copy has verdicts of its own,
kept, read and joined by themselves. What is saved is the first judging of each copy, which a cold backtest must do.
"""

import json
import random
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import zstandard
from mixed_corpus import sentences
from series_years import Publication, observations

from warning.app.verdict_basis import rule_names
from warning.collect.history_figures import FigureRows
from warning.collect.history_files import (
    LINES_TOGETHER,
    SEGMENT_ITEMS,
    FrameFile,
    HistoryIndex,
    Manifest,
    Noted,
    Segment,
    write_arrays,
    write_heads,
)
from warning.collect.history_index import index_directory, open_index
from warning.collect.interchange_records import imported_item_id
from warning.collect.kept_verdicts import KeptVerdicts
from warning.core.ids import key64
from warning.core.rulebook import Rulebook
from warning.core.signal_lines import line_of, signal_of
from warning.core.signals import Signal, signal_id
from warning.core.text_rules import TextRule

_NEAR = timedelta(days=400)
_DAY = 86_400_000_000
_RELINKED = frozenset({"ids.npy", "known_at.npy", "texts.npy", "addresses.npy", "lines", "lines_at.npy"})
_FACTOR = 0x9E37_79B9_7F4A_7C15
Said = dict[int, list[tuple[str, Signal]]]


def linked(path: Path, copies: int, book: Rulebook, fired: float = 1.0) -> Path:
    """Return a file name beside which an index of so many copies stands. Its rules' verdicts must be kept already.

    Of the items of a segment at most the share `fired` keeps what rules said of it, drawn evenly.
    """
    many = linked_name(path, copies)
    base, directory = open_index(path), index_directory(many)
    assert base is not None
    shutil.rmtree(directory, ignore_errors=True)
    many.unlink(missing_ok=True)
    many.hardlink_to(path)
    directory.mkdir()
    names = rule_names(book, [rule for rule in book.active("text", "context") if isinstance(rule, TextRule)])
    kept, put = KeptVerdicts(base.directory), KeptVerdicts(directory)
    span = _span(base)
    apart = base.manifest.segments
    for number in range(apart):
        said, basis = _said(kept, number, names)
        said = _share_of(said, round(fired * len(base.segment(number).languages)))
        for copy in range(copies):
            place = copy * apart + number
            told = _linked_segment(base.segment(number), directory / f"{place:05}", said, copy, copy * span)
            put.keep(place, basis, {name: _packed(name, told) for name in names})
    put.finish(names, running=len(names))
    kept.close()
    put.close()
    manifest = base.manifest
    manifest.segments, manifest.items = apart * copies, manifest.items * copies
    manifest.write(directory)
    return many


def linked_name(path: Path, copies: int) -> Path:
    return path.with_name(f"{path.stem}-linked-{copies}{path.suffix}")


def add_figures(path: Path, days: Iterable[Sequence[Publication]]) -> int:
    """Put figures into the index of a linked history, as `build_index` puts those of a file; return how many."""
    index = open_index(path)
    assert index is not None
    manifest, made, waiting = index.manifest, 0, FigureRows()
    for day in days:
        for told in day:
            for one in observations(told):
                waiting.add(one)
        if len(waiting) >= SEGMENT_ITEMS:
            made, waiting = made + _figure_segment(index.directory, manifest, waiting), FigureRows()
    made += _figure_segment(index.directory, manifest, waiting)
    manifest.figures = made
    manifest.write(index.directory)
    return made


def _figure_segment(directory: Path, manifest: Manifest, figures: FigureRows) -> int:
    target = directory / f"{manifest.segments:05}"
    target.mkdir()
    for name in ("lines", "texts"):
        with FrameFile(target, name):
            pass
    with FrameFile(target, "others") as others:
        others.add(b"")
    none = {name: np.zeros(0, dtype=np.int64) for name in Noted.__slots__}
    write_arrays(target, Noted(**none))
    write_heads(target, [])
    figures.write(target)
    manifest.segments += 1
    return len(figures)


def days_of(path: Path) -> tuple[datetime, datetime]:
    """The first midnight of an indexed history and that after its last item."""
    index = open_index(path)
    assert index is not None
    times = [segment.array("known_at") for segment in index.segments() if len(segment.languages)]
    days = min(some.min() for some in times) // _DAY, -(-max(some.max() for some in times) // _DAY)
    began, ended = (datetime.fromtimestamp(int(day) * 86_400, UTC) for day in days)
    return began, ended


def _span(index: HistoryIndex) -> timedelta:
    """The whole days from the first item to the last."""
    times = np.concatenate([segment.array("known_at") for segment in index.segments()])
    return timedelta(days=int(-(-(times.max() - times.min()) // _DAY)))


def _said(kept: KeptVerdicts, segment: int, names: Iterable[str]) -> tuple[Said, str]:
    """What the rules said of a segment, by item: (name of the rule, signal)."""
    said: Said = {}
    basis = ""
    for name in names:
        every = kept.every(name)
        if segment not in every:
            raise SystemExit("replay once before linking: a rule's verdicts are not kept")
        basis, content = every[segment]
        for line in zstandard.decompress(content).split(b"\n"):
            number, _, signal = line.partition(b" ")
            if signal:
                said.setdefault(int(number), []).append((name, signal_of(signal)))
    return dict(sorted(said.items())), basis


def _share_of(said: Said, most: int) -> Said:
    drawn = sorted(random.Random(most).sample(sorted(said), min(most, len(said))))
    return {number: said[number] for number in drawn}


def _linked_segment(segment: Segment, target: Path, said: Said, copy: int, later: timedelta) -> Said:
    target.mkdir()
    for file in segment.directory.iterdir():
        if file.name not in _RELINKED:
            (target / file.name).symlink_to(file)
    turned = np.uint64(copy * _FACTOR & 0xFFFF_FFFF_FFFF_FFFF)
    ids, texts = (np.asarray(segment.array(name)) ^ turned for name in ("ids", "texts"))
    addresses = np.asarray(segment.array("addresses"))
    texts[np.asarray(segment.array("texts")) == 0] = 0
    told: Said = {}
    lines: dict[int, bytes] = {}
    for number, (_, line) in zip(said, segment.lines(list(said)), strict=True):
        record = _told_later(json.loads(line), copy, later)
        identity = _identity(record)
        ids[number] = int(identity.removeprefix("i-"), 16)
        lines[number] = json.dumps(record).encode()
        told[number] = [(name, _signal(signal, record, identity, later)) for name, signal in said[number]]
    shift = round(later.total_seconds()) * 1_000_000
    arrays = {
        "ids": ids, "texts": texts, "known_at": np.asarray(segment.array("known_at")) + shift,
        "addresses": np.where(addresses == 0, addresses, addresses ^ turned),
    }  # fmt: skip
    for name, array in arrays.items():
        np.save(target / f"{name}.npy", array)
    _write_lines(target, lines, len(ids))
    return told


def _told_later(record: dict[str, str], copy: int, later: timedelta) -> dict[str, str]:
    """The record of an item, some days later and under another headline of the corpus."""
    told = dict(record)
    for name in ("published_at", "known_at"):
        told[name] = (_time(record[name]) + later).isoformat()
    if copy:
        dice = random.Random(f"{copy} {record['id']}")
        pool = sentences(record["language"])
        told["title"] = pool[int(dice.random() * len(pool))][:120]
        told["id"] = f"{record['id']}-{copy}"
    return told


def _identity(record: dict[str, str]) -> str:
    return imported_item_id(record["source_id"], "", "", record["title"], _time(record["published_at"]))


def _signal(signal: Signal, record: dict[str, str], identity: str, later: timedelta) -> Signal:
    def near(day: date | None) -> date | None:
        is_near = day is not None and abs(day - signal.known_at.date()) <= _NEAR
        return day + later if day is not None and is_near else day

    facts, shown = signal.facts, signal.exhibit
    boxes, _, numbers = shown.text_print.partition(" ")
    other = (
        f"{key64(record['id'], numbers) & 0xFFFF_FFFF:08x}"  # of another text: no copy tells this one again
    )
    known_at = _time(record["known_at"])
    return replace(
        signal,
        id=signal_id(signal.rule_id, identity),
        occurred_at=signal.occurred_at + later,
        known_at=known_at,
        facts=replace(
            facts, announced=near(facts.announced), effective=near(facts.effective), expires=near(facts.expires)
        ),
        exhibit=replace(
            shown, evidence_id=identity, title=record["title"], published_at=_time(record["published_at"]),
            known_at=known_at, text_print=f"{boxes} {other} {other}" if boxes else "",
        ),
    )  # fmt: skip


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _packed(rule: str, told: Said) -> bytes:
    lines = [
        b"%d %s" % (number, line_of(signal)) for number, some in told.items() for name, signal in some if name == rule
    ]  # fmt: skip
    return zstandard.compress(b"\n".join(lines), 1)


def _write_lines(target: Path, lines: dict[int, bytes], items: int) -> None:
    """Frames in which the lines of all other items are empty."""
    frames: dict[int, list[bytes]] = {}
    for number, line in lines.items():
        frame = frames.setdefault(number // LINES_TOGETHER, [b""] * LINES_TOGETHER)
        frame[number % LINES_TOGETHER] = line
    packer, at = zstandard.ZstdCompressor(level=1), [0]
    with (target / "lines").open("wb") as file:
        for number in range(-(-items // LINES_TOGETHER)):
            held = frames.get(number)
            at.append(at[-1] + (file.write(packer.compress(b"\n".join(held))) if held else 0))
    np.save(target / "lines_at.npy", np.array(at, dtype=np.int64))
