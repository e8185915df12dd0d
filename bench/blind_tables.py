"""Tables over the first labels (`blind`): one line a collection or language, as each reader gave the verdicts.

Precision counts the sure verdicts, recall the sure events; "with unsure events" counts all of them.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from label_tables import agreement, verdicts_of

LABELS = Path(__file__).parent / "labels" / "blind"
READ_AGAIN = "second_blind"
Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    file: str
    line: int
    label: Row
    record: dict[str, Any]
    fired: tuple[dict[str, Any], ...]

    @property
    def event(self) -> bool:
        return self.label["verdict"] == "event"

    @property
    def sure(self) -> bool:
        return self.label["sure"] == "yes"


def wilson(right: int, of: int) -> str:
    """The share with its 95 % interval, in per cent: `96.4 (82-99)`."""
    if not of:
        return "-"
    z = 1.96
    share, spread = right / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / spread
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / spread
    return f"{100 * share:.1f} ({100 * max(0, middle - half):.0f}-{100 * min(1, middle + half):.0f})"


def line_of(name: str, some: Iterable[Judged], unread: int = 0) -> str:
    some = list(some)
    sure = [one for one in some if one.sure]
    hits = [one for one in sure if one.event and one.fired]
    alarms = [one for one in sure if not one.event and one.fired]
    events = [one for one in sure if one.event]
    core = [one for one in events if one.label["scope"] == "core"]
    wide = [one for one in some if one.event]
    cells = (
        name,
        f"{len(some)}",
        f"{len(hits)}/{len(hits) + len(alarms)}",
        wilson(len(hits), len(hits) + len(alarms)),
        f"{len(hits)}/{len(events)}",
        wilson(len(hits), len(events)),
        f"{sum(bool(one.fired) for one in core)}/{len(core)}",
        wilson(sum(bool(one.fired) for one in core), len(core)),
        f"{sum(bool(one.fired) for one in wide)}/{len(wide)}",
        f"{sum(bool(one.fired) and not one.event for one in some)}",
        f"{unread}",
    )
    return "| " + " | ".join(cells) + " |"


HEAD = (
    "| | read | right/fired | precision % | caught/events | recall % | core | core recall % | with unsure events"
    " | false alarms in all | fired unread |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def read_again(some: Iterable[Judged], reader: str) -> Iterator[Judged]:
    """The same lines with the verdicts of the second reader (`second`) or with what both were settled to (`agreed`)."""
    given: dict[str, dict[int, Row]] = {}
    for one in some:
        if one.file not in given:
            given[one.file] = verdicts_of(LABELS, one.file, reader, READ_AGAIN)
        if one.line in given[one.file]:
            yield replace(one, label=given[one.file][one.line])


def tables_read_again(first: list[Judged]) -> Iterator[str]:
    """The first labels under the second reader's verdicts and under the settled ones, and how far both readers agree."""
    for reader, name in (
        ("second", "as the second reader gave them"),
        ("agreed", "settled between both readers"),
    ):
        some = list(read_again(first, reader))
        yield f"\n## blind, {name}\n\n{HEAD}"
        for file in sorted({one.file for one in some}):
            yield line_of(file, (one for one in some if one.file == file))
        for language in sorted({one.record["language"] for one in some}):
            yield line_of(f"language {language}", (o for o in some if o.record["language"] == language))
        yield line_of("all", some)
    second = {(one.file, one.line): one for one in read_again(first, "second")}
    pairs = [(one, second[one.file, one.line]) for one in first if (one.file, one.line) in second]
    event = agreement((one.event, other.event) for one, other in pairs)
    sure = agreement((a.event and a.sure, b.event and b.sure) for a, b in pairs)
    yield f"\nAgreement on {len(pairs)} documents: event or quiet {event}; sure event or not {sure}"
