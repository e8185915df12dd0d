"""What share of ordinary real news any rule fires on, by file of the real data, background rules counted in.

    python bench/fired_share.py [ITEMS]      so many of each file at most, drawn evenly (default 2,500)

Files that were gathered for what the rules look for (rare-earth headlines, control notices) are left out. The shares say how
many signals a day of 10,000 items brings; `bench/backtest_scale.py` replays a corpus on which the rules fire more often.
"""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from to_interchange import FILES

from warning.catalog.load import load_rulebook
from warning.collect.interchange_records import evidence_of
from warning.core.detect.text import detect_text
from warning.core.evidence import Item, Window
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal
from warning.resources import tree

ORDINARY = (
    "asia", "cctv", "federal_register", "korea", "agnews", "world", "agency", "thucnews", "jp_ministries", "rss_polls",
    "json_feeds", "aggregator",
)  # fmt: skip
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TOGETHER = 2_048


def drawn(name: str, most: int) -> list[Item]:
    """Every so many items of a file, under ids of their own."""
    records: list[dict[str, Any]] = list(FILES[name]())
    step = max(len(records) // most, 1)
    found = [evidence_of(record, json.dumps(record), NOW) for record in records[::step][:most]]
    return [replace(one, id=f"{name}-{n}") for n, one in enumerate(found) if isinstance(one, Item)]


def signals_on(book: Rulebook, items: list[Item]) -> list[Signal]:
    fired: list[Signal] = []
    stream = iter(items)
    while some := list(islice(stream, TOGETHER)):
        window = Window(items=tuple(some), fresh=frozenset(one.id for one in some))
        fired += detect_text(book, window.as_known(NOW), NOW)[0]
    return fired


def main(most: int) -> None:
    book = replace(load_rulebook(tree("rules"), tree("feeds")), measures=())
    read = on = signals = 0
    for name in ORDINARY:
        items = drawn(name, most)
        fired = signals_on(book, items)
        ids, loud = ({s.exhibit.evidence_id for s in fired if wanted(s)} for wanted in (bool, _interrupts))
        read, on, signals = read + len(items), on + len(ids), signals + len(fired)
        share = len(ids) / max(len(items), 1)
        print(
            f"{name}: {len(ids)} of {len(items)} items ({share:.2%}), {len(loud)} by interrupting rules",
            flush=True,
        )
    print(
        f"in all {on} of {read} items ({on / read:.2%}), {signals / max(on, 1):.2f} signals on each of those"
    )


def _interrupts(signal: Signal) -> bool:
    return signal.interrupts


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_500)
