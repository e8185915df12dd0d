"""Tables over the two halves of the second labels: precision and recall by language and by act, weighted as drawn.

A row's weight is the number of documents it stands for (docs of `bench/labels/README.md`); the intervals are Wilson's with
the effective number of rows, (sum w)^2 / sum w^2, which is the number of rows where all weigh the same.
"""

import csv
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HALVES = ("tune", "held", "fresh_tune", "fresh_held", "recall_tune", "recall_held")
READERS = ("first", "second", "agreed")
NEAR_CORE = ("core", "coercion")
Z95 = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A labelled document with the interrupting answers it got."""

    file: str
    line: int
    label: dict[str, str]
    record: dict[str, Any]
    fired: tuple[dict[str, Any], ...]

    @property
    def event(self) -> bool:
        return self.label["verdict"] == "event"

    @property
    def sure(self) -> bool:
        return self.label["sure"] == "yes"

    @property
    def weight(self) -> float:
        return float(self.label["weight"])

    @property
    def language(self) -> str:
        return str(self.record["language"])

    @property
    def act_told(self) -> str:
        return str(self.fired[0]["act"]) if self.fired else ""


def labels_of(folder: Path, file: str) -> dict[int, dict[str, str]]:
    path = folder / f"{file}.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as text:
        return {int(row["line"]): row for row in csv.DictReader(text)}


def interrupting(answer: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return tuple(fired for fired in answer["fired"] if fired["interrupts"])


def verdicts_of(folder: Path, file: str, reader: str, again: str = "second") -> dict[int, dict[str, str]]:
    """The labels of a folder as one reader gave them; `again` names the folder of the second reading of it.

    `second` leaves out what that reader has not read; `agreed` falls back on the first reading there.
    """
    labels = labels_of(folder, file)
    if reader == "first":
        return labels
    columns = ("verdict", "sure") if reader == "second" else ("agreed", "agreed_sure")
    given = {
        line: labels[line] | {"verdict": row[columns[0]], "sure": row[columns[1]]}
        for line, row in labels_of(folder.parent / again, file).items()
        if line in labels
    }
    return given if reader == "second" else labels | given


def agreement(pairs: Iterable[tuple[bool, bool]]) -> str:
    """How often two readers say the same of a document, and Cohen's kappa: `0.91, kappa 0.57`."""
    pairs = list(pairs)
    if not pairs:
        return "-"
    same = sum(one == other for one, other in pairs) / len(pairs)
    first, second = (sum(pair[reader] for pair in pairs) / len(pairs) for reader in (0, 1))
    chance = first * second + (1 - first) * (1 - second)
    return f"{same:.2f}, kappa {(same - chance) / (1 - chance):.2f}" if chance < 1 else f"{same:.2f}, kappa -"


def read_half(
    folder: Path, file: str, records: list[dict[str, Any]], found: list[dict[str, Any]], reader: str
) -> list[Read]:
    return [
        Read(file=file, line=line, label=label, record=records[line], fired=interrupting(found[line]))
        for line, label in verdicts_of(folder, file, reader).items()
    ]


def interval(share: float, of: float) -> str:
    """A share with its 95 % interval in per cent, `96.4 (82-99)`; `-` where nothing was counted."""
    if of <= 0:
        return "-"
    spread = 1 + Z95 * Z95 / of
    middle = (share + Z95 * Z95 / (2 * of)) / spread
    half = Z95 * math.sqrt(share * (1 - share) / of + Z95 * Z95 / (4 * of * of)) / spread
    return f"{100 * share:.1f} ({100 * max(0.0, middle - half):.0f}-{100 * min(1.0, middle + half):.0f})"


def counted(some: Iterable[Read], right: Callable[[Read], bool]) -> tuple[str, str, str]:
    """(right/all as counted, share with interval unweighted, share with interval weighted as drawn)"""
    some = [one for one in some if one.weight > 0]
    hits = [one for one in some if right(one)]
    total, squares = sum(one.weight for one in some), sum(one.weight**2 for one in some)
    plain = interval(len(hits) / len(some), len(some)) if some else "-"
    weighted = interval(sum(one.weight for one in hits) / total, total**2 / squares) if some else "-"
    return f"{len(hits)}/{len(some)}", plain, weighted


COLUMNS = (
    "read",
    "right/fired",
    "precision %",
    "caught/sure events",
    "recall %",
    "recall % weighted",
    "caught/core",
    "core recall %",
    "caught/all events",
    "alarms on sure quiet",
)


def table_row(name: str, some: list[Read]) -> str:
    fired = [one for one in some if one.fired and one.sure]
    right, precision, _ = counted(fired, lambda one: one.event)
    events = [one for one in some if one.event and one.sure]
    caught, recall, weighted = counted(events, lambda one: bool(one.fired))
    core, core_recall, _ = counted(
        (one for one in events if one.label["scope"] in NEAR_CORE), lambda one: bool(one.fired)
    )
    wide, _, _ = counted((one for one in some if one.event), lambda one: bool(one.fired))
    alarms = sum(not one.event for one in fired)
    cells = (
        name,
        f"{len(some)}",
        right,
        precision,
        caught,
        recall,
        weighted,
        core,
        core_recall,
        wide,
        f"{alarms}",
    )
    return "| " + " | ".join(cells) + " |"


def header(first: str) -> str:
    return "| " + " | ".join((first, *COLUMNS)) + " |\n|" + "---|" * (len(COLUMNS) + 1)


def by(key: Callable[[Read], str], prefix: str, some: list[Read]) -> Iterator[str]:
    for value in sorted({key(one) for one in some} - {""}):
        yield table_row(f"{prefix}{value}", [one for one in some if key(one) == value])


def acts_told(some: list[Read]) -> Iterator[str]:
    """Precision by the act the alert names: a quiet document has no act of its own."""
    yield "| act told | right/fired | precision % | with unsure |\n|---|---|---|---|"
    fired = [one for one in some if one.fired]
    for act in sorted({one.act_told for one in fired}):
        told = [one for one in fired if one.act_told == act]
        right, share, _ = counted((one for one in told if one.sure), lambda one: one.event)
        wide, _, _ = counted(told, lambda one: one.event)
        yield f"| {act} | {right} | {share} | {wide} |"


def half_tables(half: str, some: list[Read], unread: int) -> Iterator[str]:
    yield f"\n## {half}: {len(some)} documents read; {unread} lines fired that nobody has read\n"
    yield header("collection")
    yield from by(lambda one: one.file, "", some)
    yield table_row("all", some)
    yield "\n" + header("language")
    yield from by(lambda one: one.language, "", some)
    yield "\n" + header("act of the event")
    yield from by(lambda one: one.label["act"], "", some)
    yield ""
    yield from acts_told(some)


def mistake(one: Any) -> tuple[str, str] | None:
    """What is wrong with an answer, and the rules that gave it; None where it is right."""
    if one.event == bool(one.fired):
        return None
    kind = "missed" if one.event else "false alarm"
    return kind + ("" if one.sure else " (unsure)"), ",".join(fired["rule"] for fired in one.fired) or "-"


def wrong(some: Iterable[Read]) -> Iterator[str]:
    """Every miss and false alarm, the unsure ones marked; for the half tune only."""
    for one in some:
        if (found := mistake(one)) is None:
            continue
        kind, rules = found
        about = one.label["scope"] or "-"
        yield f"{kind} | {one.file} {one.line} | {about} | {one.label['act'] or '-'} | {rules} | {one.record['title'][:110]}"
