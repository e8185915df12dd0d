"""Recall of the rules by event beside that by document: `event_recall.py [--rules DIR] [--missed] [--out DIR]`.

Runs `warning rules eval` once over every collection of the real data, in time order, and asks of each event of
`labels/events.csv` whether any document that tells it (`labels/events_documents.csv`) interrupts with a right direction
and actor, how late, and which events nothing tells. Parts `blind`, `held` and `tune` apart, as settled between both readers.
`--missed` names the events missed in `blind` and `tune`, never those of `held`; `--out DIR` keeps documents and answers.
"""

import argparse
import contextlib
import csv
import io
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

from blind_tables import wilson
from event_tables import (
    WITHIN_DAYS,
    Document,
    Event,
    Story,
    Telling,
    covered,
    delays,
    kind_missed,
    of_part,
    shares,
    stories,
)
from label_tables import interrupting, verdicts_of
from score_labels import FOLDER, ROOT, answers
from to_interchange import FILES, SHARED
from to_interchange import main as convert

from warning.catalog.load import load_rulebook
from warning.collect.interchange_records import evidence_of
from warning.core.evidence import Item
from warning.core.text.engine import TextEngine, engine_of

PARTS = {
    "blind": ("blind",),
    "held": ("held", "fresh_held", "recall_held"),
    "tune": ("tune", "fresh_tune", "recall_tune"),
}
SHOWN = ("blind", "tune")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read and what came of it, by document."""

    records: dict[Document, dict[str, Any]]
    fired: dict[Document, tuple[dict[str, Any], ...]]


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def events() -> list[Event]:
    return [
        Event(
            key=row["event"],
            actors=frozenset(row["actors"].split()),
            act=row["act"],
            directions=frozenset(row["directions"].split()),
        )
        for row in rows("events.csv")
    ]


def settled() -> dict[Document, dict[str, str]]:
    """What both readers settled of each labelled document, by the parts that hold it: `event`, `unsure event`, `quiet`."""
    found: dict[Document, dict[str, str]] = {}
    for part, folders in PARTS.items():
        for folder, file in product(folders, FILES):
            again = "second_blind" if folder == "blind" else "second"
            for line, label in verdicts_of(FOLDER / folder, file, "agreed", again).items():
                unsure = label["verdict"] == "event" and label["sure"] != "yes"
                found.setdefault((file, line), {})[part] = "unsure event" if unsure else label["verdict"]
    return found


def read_all(out: Path, rules: Path, feeds: Path) -> Read:
    """Every document of every collection, judged in one run in time order, undated ones last."""
    with contextlib.redirect_stdout(io.StringIO()):
        convert(out)
    records = {
        (file, line): json.loads(text)
        for file in FILES
        for line, text in enumerate((out / f"{file}.jsonl").read_text(encoding="utf-8").splitlines())
    }
    ordered = sorted(records, key=lambda at: (records[at].get("known_at", "9"), at))
    stream = out / "in_time_order.jsonl"
    with stream.open("w", encoding="utf-8") as text:
        for file, line in ordered:
            text.write(json.dumps(records[file, line] | {"id": f"{file}:{line}"}, ensure_ascii=False) + "\n")
    found = answers(stream, rules, feeds)
    (out / "in_time_order.answers.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    fired = {at: interrupting(answer) for at, answer in zip(ordered, found, strict=True)}
    return Read(records=records, fired=fired)


def told(read: Read, verdicts: dict[Document, dict[str, str]]) -> list[Story]:
    sure = {
        document: frozenset(part for part, verdict in given.items() if verdict == "event")
        for document, given in verdicts.items()
        if "event" in given.values()
    }
    named = {(row["file"], int(row["line"])) for row in rows("events_documents.csv")}
    if unnamed := sorted(set(sure) - named):
        sys.exit(f"Sure events without an event key in labels/events_documents.csv: {unnamed}")
    found = []
    for row in rows("events_documents.csv"):
        document = row["file"], int(row["line"])
        record = read.records[document]
        published = record.get("published_at")
        telling = Telling(
            document=document,
            day=date.fromisoformat(published[:10]) if published else None,
            language=record["language"],
            parts=sure.get(document, frozenset()) if row["tells"] == "main" else frozenset(),
            fired=read.fired[document],
        )
        found.append((row["event"], telling))
    return stories(events(), found)


def concepts_named(story: Story, read: Read, engine: TextEngine) -> Iterator[str]:
    for one in story.tellings:
        record = read.records[one.document]
        item = evidence_of(record, json.dumps(record), datetime.now(UTC))
        if isinstance(item, Item):
            yield from engine.read(item).hits


def share_line(name: str, told_of: tuple[int, int]) -> str:
    return f"| {name} | {told_of[0]}/{told_of[1]} | {wilson(*told_of)} |"


def share_table(name: str, some: list[Story], key: Callable[[Story], str]) -> Iterator[str]:
    yield f"\n| {name} | told/events | % |\n|---|---|---|"
    for value, told_of in shares(some, key).items():
        yield share_line(value, told_of)


def part_tables(
    part: str, everything: list[Story], read: Read, engine: TextEngine, *, missed: bool
) -> Iterator[str]:
    some = of_part(everything, part)
    all_, silent, within = covered(some, part)
    yield f"\n## {part}: {len(some)} events, {all_} sure positives\n\n| | told | % |\n|---|---|---|"
    yield share_line("documents on which a rule interrupts", (all_ - silent, all_))
    yield share_line("events, right direction and actor", (sum(story.told for story in some), len(some)))
    yield share_line("events, anything that interrupts", (sum(story.fired for story in some), len(some)))
    yield from share_table(
        "documents that tell it", some, lambda story: "one" if len(story.tellings) == 1 else "several"
    )
    yield from share_table(
        "collection of the first positive", some, lambda story: story.first(part).document[0]
    )
    yield from share_table("language of the first positive", some, lambda story: story.first(part).language)
    yield from share_table("act", some, lambda story: story.event.act)
    yield "\ndays from the first document to the first signal: " + _counts(delays(some))
    yield f"documents missed: {silent}; told by another one by then or within " + ", ".join(
        f"{days} days {within[days]}" for days in WITHIN_DAYS
    )
    gone = [(kind_missed(concepts_named(story, read, engine)), story) for story in some if not story.fired]
    yield f"events missed altogether: {len(gone)}; " + _counts(Counter(kind for kind, _ in gone))
    wrong = [story for story in some if story.fired and not story.told]
    yield f"events told with another direction or actor only: {len(wrong)}"
    if missed and part in SHOWN:
        yield from (f"missed | {kind} | {story.event.key}" for kind, story in gone)
        yield from (f"wrong direction or actor | {story.event.key}" for story in wrong)


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.items()) or "-"


def whatever_interrupts(
    everything: list[Story], read: Read, verdicts: dict[Document, dict[str, str]]
) -> Iterator[str]:
    about = {one.document for story in everything for one in story.tellings}
    loud = [at for at, fired in read.fired.items() if fired]
    others = [at for at in loud if at not in about]
    said = Counter(min(verdicts.get(at, {"": "no label"}).values()) for at in others)
    unlabelled = [at for at in loud if at not in verdicts]
    yield f"\n## all documents on which a rule interrupts: {len(loud)}, {len(loud) - len(others)} tell a labelled event"
    yield "the others by their label: " + _counts(dict(sorted(said.items())))
    yield f"without a label: {len(unlabelled)}, {sum(at in about for at in unlabelled)} of them tell a labelled event"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rules", type=Path, default=ROOT / "rules")
    options.add_argument("--feeds", type=Path, default=ROOT / "feeds")
    options.add_argument("--out", type=Path, help="keep converted documents and answers here")
    options.add_argument("--missed", action="store_true", help="name the events missed, never those of held")
    chosen = options.parse_args()
    if not (SHARED / "news").is_dir():
        sys.exit(f"No documents under {SHARED}: set EWS_SHARED_DATA to the folder that holds news/.")
    rules, feeds = chosen.rules.resolve(), chosen.feeds.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        read = read_all(chosen.out or Path(scratch), rules, feeds)
    verdicts = settled()
    everything = told(read, verdicts)
    engine = engine_of(load_rulebook(rules, feeds))
    for part in PARTS:
        print("\n".join(part_tables(part, everything, read, engine, missed=chosen.missed)))
    print("\n".join(whatever_interrupts(everything, read, verdicts)))


if __name__ == "__main__":
    main()
