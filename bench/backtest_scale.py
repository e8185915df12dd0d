"""How long the years take: an indexed history made, replayed twice, and two edits of a rule previewed.

    python bench/backtest_scale.py [ITEMS] [DIRECTORY] [--copies 18] [--linked 90 [--series 10000] [--fired 0.006]]

Each step runs in a process of its own and tells items a second, CPU seconds (its workers' included), and the most
memory that it and one of its workers held. Items are documents of the mixed corpus (EWS_SHARED_DATA), 10,000 a day.
Figures for 18 million items are extrapolated, and say so; `--copies` lets the previews ask an index in which the one that
was made stands so many times, whose reads then come from memory more often than those of a history of that size would.
The last step replays 1,000 series over one of the 5 years (`bench/series_years.py`), told for 10,000 over five.

`--linked` replays a history of so many stretches of days to its end, in place of the last step: each as many items as were
made, with ids, times and headlines of its own (`bench/linked_history.py`), and the figures of `--series` series beside them
in the same index. 200,000 items 90 times are 18 million in 1,800 days. Both are made before, in a process of their own. The
evidence is read in a process of its own, as `warning rules backtest` does: what it and the one of the alerts took is told apart.
Rules fire on 3 % of these documents; `--fired` links verdicts of so large a share only, as `bench/fired_share.py` finds it on
ordinary news. The texts stay the same.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from multiprocessing import active_children
from pathlib import Path
from tempfile import TemporaryDirectory

import series_years
from linked_history import add_figures, days_of, linked, linked_name
from mixed_corpus import documents, line_of

from warning.app.backtesting import Replay, backtest_replay
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.previewing import both
from warning.app.quick_preview import quick_preview
from warning.catalog.load import load_rulebook
from warning.collect.history_blocks import BLOCK_SEGMENTS
from warning.collect.history_files import Manifest
from warning.collect.history_index import build_index, index_directory, open_index
from warning.core.assess import Assessment
from warning.core.rulebook import Rulebook
from warning.core.text_rules import Group, TextRule
from warning.resources import tree

PER_DAY = 10_000
ISSUE = 18_000_000
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SECONDS = 0.9
EDITED = "prc-export-control-press"


def write(path: Path, count: int) -> None:
    """Write the items, each a document of its own."""
    with path.open("w", encoding="utf-8", errors="replace") as file:
        file.writelines(f"{line_of(item)}\n" for item in documents(count, per_day=PER_DAY))


def shipped() -> Rulebook:
    return replace(load_rulebook(tree("rules"), tree("feeds")), measures=())


def history(path: Path) -> IndexedHistory:
    index = open_index(path)
    assert index is not None
    return IndexedHistory([(path, index)], NOW)


def build(path: Path, _book: Rulebook) -> str:
    return f"{build_index(path).manifest.items} items"


def look(path: Path, book: Rulebook) -> str:
    ready = ready_index(path, book, make=False)
    assert ready is not None
    return f"{ready[1].looked_for} terms"


def replay(path: Path, book: Rulebook) -> str:
    signals = 0

    def count(assessment: Assessment) -> None:
        nonlocal signals
        signals += len(assessment.signals)

    done = backtest_replay(book, history(path).records(book), watch=count)
    return f"{done.records} records, {done.assessments} assessments, {signals} signals, {len(done.alerts)} alerts"


def link(path: Path, copies: int, series: int, fired: float) -> None:
    """Make the linked history and its figures, which end with the items."""
    began = _cpu()
    many = linked(path, copies, shipped(), fired)
    items, (first, last) = _cpu() - began, days_of(many)
    series_years.LAST = last
    days = series_years.publications(series, -(-(last - first).days // 365)) if series else ()
    made = add_figures(many, (day for day in days if day[0].known_at >= first))
    print(
        f"linked: CPU {items:,.0f} s; {made:,} figures made: CPU {_cpu() - began - items:,.0f} s", flush=True
    )


def replay_linked(path: Path, series: int) -> None:
    """Replay a linked history with the figures of its index and tell what it took."""
    book, signals, days = shipped(), 0, 0
    manifest = open_manifest(path)
    before, alone, wall = _cpu(), _own_cpu(), time.perf_counter()

    def watch(assessment: Assessment) -> None:
        nonlocal signals, days
        signals, days = signals + len(assessment.signals), days + 1
        if days % 100 == 0:
            print(
                f"  {days} days, {time.perf_counter() - wall:.0f} s: CPU {_own_cpu() - alone:.0f} s, {_peaks()}{_readers()}",
                flush=True,
            )

    done = backtest_replay(book, history(path).records(book), watch=watch, apart=True)
    cpu, wall, own = _cpu() - before, time.perf_counter() - wall, _own_cpu() - alone
    print(
        f"linked replay: {manifest.items:,} items and {manifest.figures or 0:,} figures of {series:,} series in {days:,}"
        f" days: CPU {cpu:,.0f} s, {own:,.0f} s of it for the alerts, {cpu - own:,.0f} s for reading, wall {wall:,.0f} s,"
        f" {_peaks()}; {done.records:,} records, {signals:,} signals, {len(done.alerts):,} alerts, digest {_digest(done)};"
        f" {cpu / manifest.items * 1e6:.1f} us an item, figures included",
        flush=True,
    )


def _digest(done: Replay) -> str:
    """What tells whether two replays decided the same."""
    digest = blake2b(digest_size=8)
    for key in sorted(done.alerts):
        digest.update(repr(done.alerts[key]).encode("utf-8", "surrogatepass"))
    digest.update(repr(sorted(map(repr, done.told))).encode())
    return digest.hexdigest()


def _own_cpu() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


def _readers() -> str:
    """What the processes that read took so far, and the most memory each held (where the system tells it by process)."""
    told = ""
    for one in active_children():
        process = Path(f"/proc/{one.pid}")
        ticks = sum(map(int, (process / "stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        held = (process / "status").read_text().partition("VmHWM:")[2].split()
        peak = f"peak {int(held[0]) / 1024:.0f} MB" if held else "done"  # it may have read all there is
        told += f"; reading: CPU {ticks / os.sysconf('SC_CLK_TCK'):.0f} s, {peak}"
    return told


def open_manifest(path: Path) -> Manifest:
    index = open_index(path)
    assert index is not None
    return index.manifest


def _peaks() -> str:
    own, other = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"peak {own:.0f} MB, a worker {other:.0f} MB"


def loosened(book: Rulebook) -> TextRule:
    """The words that bar a sentence taken out: talk becomes events. Every item with such a word must be read."""
    rule = _edited(book)
    loose = {
        name: tuple(near.model_copy(update={"none": ()}) for near in getattr(rule.match, name))
        for name in ("near", "near_any")
    }
    return rule.model_copy(update={"match": rule.match.model_copy(update=loose)})


def widened(book: Rulebook) -> TextRule:
    """One more act in a group that names some: what an operator does after a missed headline."""
    rule = _edited(book)

    def wider(group: Group) -> Group:
        more = next((act for act in sorted(book.terms.acts) if act not in group.act), "")
        return group.model_copy(update={"act": (*group.act, more)}) if group.act else group

    nears = {
        name: tuple(near.model_copy(update={"of": tuple(map(wider, near.of))}) for near in getattr(rule.match, name))
        for name in ("near", "near_any")
    }  # fmt: skip
    return rule.model_copy(update={"match": rule.match.model_copy(update=nears)})


def _edited(book: Rulebook) -> TextRule:
    rule = next(rule for rule in book.rules if rule.id == EDITED)
    assert isinstance(rule, TextRule)
    return rule


def previewed(edit: Callable[[Rulebook], TextRule]) -> Callable[[Path, Rulebook], str]:
    def answer(path: Path, book: Rulebook) -> str:
        edited = edit(book)
        ready_index(path, both(book, edited), make=False)
        began, cpu = time.perf_counter(), _cpu()
        found = quick_preview(
            history(path), book, edited, enough=lambda: time.perf_counter() - began > SECONDS
        )
        wall, cpu = time.perf_counter() - began, _cpu() - cpu
        asked = history(path)
        began_decided, cpu_decided = time.perf_counter(), _cpu()
        quick_preview(asked, book, edited, enough=lambda: True)
        decided, cpu_decided = time.perf_counter() - began_decided, _cpu() - cpu_decided
        counts = ", ".join(
            f"{name} {count.number} ({count.low}-{count.high})"
            for name, count in (("fires", found.fires), ("new", found.new), ("lost", found.lost))
        )
        return (
            f"{counts}; read {found.read} of {found.unread}; {wall:.2f} s, CPU {cpu:.2f} s without the start of the"
            f" program, {decided:.2f} s, CPU {cpu_decided:.2f} s of it before the first item is read"
        )

    return answer


def copied(path: Path, copies: int) -> Path:
    """An index that holds the one of a file so many times, beside a second name of that file."""
    many = path.with_name(f"{path.stem}-times-{copies}{path.suffix}")
    made, index = index_directory(path), index_directory(many)
    if index.exists():
        shutil.rmtree(index)
    many.unlink(missing_ok=True)
    many.hardlink_to(path)
    index.mkdir()
    found = open_index(path)
    assert found is not None
    blocks = sorted(made.glob("block-*"))
    apart = len(blocks) * BLOCK_SEGMENTS
    if found.manifest.segments != apart:
        raise SystemExit("copies need items that fill whole blocks: 1,000,000 or so")
    for copy in range(copies):
        for number, block in enumerate(blocks):
            (index / f"block-{copy * len(blocks) + number:03}").symlink_to(block)
        for number in range(apart):
            (index / f"{copy * apart + number:05}").symlink_to(made / f"{number:05}")
    manifest = found.manifest
    manifest.segments, manifest.items = apart * copies, manifest.items * copies
    manifest.write(index)
    return many


STEPS: dict[str, Callable[[Path, Rulebook], str]] = {
    "build": build,
    "look for terms": look,
    "first replay": replay,
    "repeated replay": replay,
    "preview, one act more": previewed(widened),
    "preview, bars taken out": previewed(loosened),
}


def step(name: str, path: Path, count: int) -> None:
    book = shipped()
    began = time.perf_counter()
    before = _cpu()
    said = STEPS[name](path, book)
    wall, cpu = time.perf_counter() - began, _cpu() - before
    print(
        f"{name}: {count / wall:,.0f} items/s, {wall:.1f} s, CPU {cpu:.1f} s ({cpu / count * 1e6:.1f} us an item),"
        f" {_peaks()}; {said};"
        f" extrapolated to {ISSUE:,}: {wall * ISSUE / count:,.0f} s, CPU {cpu * ISSUE / count:,.0f} s",
        flush=True,
    )


def _cpu() -> float:
    times = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in times)


def main(count: int, directory: Path, args: argparse.Namespace) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"scale-{count}.jsonl"
    if not path.exists():  # in a process of its own: the most memory held counts from where a process begins
        subprocess.run([sys.executable, __file__, "--write", str(path), str(count)], check=True)
    print(f"{count} items, {path.stat().st_size / 1e6:,.0f} MB of evidence", flush=True)
    for name in STEPS:
        run_step(name, path, count)
    if args.copies > 1:
        many = copied(path, args.copies)
        for name in STEPS:
            if name.startswith("preview"):
                run_step(name, many, count * args.copies)
    if args.linked:
        many, series = linked_name(path, args.linked), str(args.series)
        asked = [str(path), str(args.linked), series, str(args.fired)]
        subprocess.run([sys.executable, __file__, "--link", *asked], check=True)
        subprocess.run([sys.executable, __file__, "--replay-linked", str(many), series], check=True)
        return
    series = Path(__file__).with_name("series_years.py")
    subprocess.run([sys.executable, str(series), "--series", "1000", "--years", "1"], check=True)


def run_step(name: str, path: Path, count: int) -> None:
    subprocess.run([sys.executable, __file__, "--step", name, str(path), str(count)], check=True)


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("items", type=int, nargs="?", default=100_000)
    parser.add_argument("directory", type=Path, nargs="?")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--linked", type=int, default=0)
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--fired", type=float, default=1.0)
    return parser.parse_args()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--step"]:
        step(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1:2] == ["--link"]:
        link(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
    elif sys.argv[1:2] == ["--replay-linked"]:
        replay_linked(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        given = asked()
        if given.directory:
            main(given.items, given.directory, given)
        else:
            with TemporaryDirectory() as place:
                main(given.items, Path(place), given)
