"""Stories among real headlines as assessments find them: what edited and republished copies come to, and what it costs.

    python -m bench.told_stories [--headlines 5000] [--news FILE.jsonl.zst ...]

Every headline is taken as if a rule had fired on it. Printed are: edited copies that join their original's story, of
those near enough and with the same numbers; pairs put together that are no copies; how far three random orders agree;
copies two months later that are known as told again; headlines of the data themselves that are; processor time a piece.
"""

import argparse
import io
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import zstandard

from bench.story_texts import edited
from warning.core.identity import likeness, numbers_of, plain
from warning.core.minhash import STORY_ALIKE, headline
from warning.core.signals import Exhibit, Facts, Signal
from warning.core.stories import Stories, tell
from warning.core.vocabulary import Marking, Severity

SHARED = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data")) / "news"
NEWS = ("asia_news_items.jsonl.zst", "rare_earth_headlines.jsonl.zst", "headlines_en_world.jsonl.zst")
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
RULE = "read"
BATCH = 50


def titles_of(path: Path, count: int) -> list[str]:
    with path.open("rb") as file:
        raw = zstandard.ZstdDecompressor(max_window_size=1 << 28).stream_reader(file)
        lines = io.TextIOWrapper(raw, encoding="utf-8")
        found: dict[str, None] = {}
        for line in lines:
            found[json.loads(line)["title"] or ""] = None
            if len(found) == count:
                break
    return [title for title in found if len(title) > 12]


def piece(name: str, title: str, at: datetime) -> Signal:
    shown = Exhibit(
        evidence_id=name, source_id=name, source_title=name, publisher=name, kind="news", country="", language="en",
        official=False, reliability="B", marking=Marking.CLEAR, release_to=None, title=title, url="",
        published_at=at, known_at=at,
    )  # fmt: skip
    return Signal(
        id=f"s-{name}", rule_id=RULE, rule_version="1", rule_title=RULE, interrupts=True, severity=Severity.SEVERE,
        facts=Facts(act="mention", direction="tightening"), occurred_at=at, known_at=at, exhibit=shown, why=(),
    )  # fmt: skip


def told(pieces: Sequence[Signal]) -> tuple[dict[str, Exhibit], float]:
    """Tell the pieces batch by batch; return the exhibits by evidence, and microseconds of processor time a piece."""
    known, found = Stories(), {}
    begun = time.process_time()
    for at in range(0, len(pieces), BATCH):
        marked, new = tell(pieces[at : at + BATCH], known, frozenset({RULE}))
        shown = {s.exhibit.evidence_id: s.exhibit for s in marked}
        known = known.plus(new, {name: one.story for name, one in shown.items()}, marked[-1].known_at)
        found |= shown
    return found, (time.process_time() - begun) / len(pieces) * 1e6


def in_order(titles: dict[str, str], dice: random.Random) -> list[Signal]:
    names = dice.sample(sorted(titles), len(titles))
    return [piece(name, titles[name], BEGIN + timedelta(minutes=n)) for n, name in enumerate(names)]


def pairs_of(found: dict[str, Exhibit]) -> set[tuple[str, str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, shown in found.items():
        groups[shown.story].append(name)
    return {pair for names in groups.values() for pair in combinations(sorted(names), 2)}


def measure(path: Path, count: int) -> None:
    dice = random.Random(5)
    titles = titles_of(path, count)
    copies = edited(titles, dice)
    names = {title: f"o{n}" for n, title in enumerate(titles)}
    every = {names[title]: title for title in titles} | {name: text for name, (_, text) in copies.items()}
    true = {
        (name, names[title])
        for name, (title, text) in copies.items()
        if likeness(plain(headline(title)), plain(headline(text))) >= STORY_ALIKE
        and numbers_of(headline(title)) == numbers_of(headline(text))
    }
    runs = [told(in_order(every, random.Random(seed))) for seed in range(3)]
    pairs = [pairs_of(found) for found, _ in runs]
    met = sum(pair in pairs[0] for pair in true)
    strangers = [pair for pair in pairs[0] if all(name.startswith("o") for name in pair)]
    agree = [len(one & other) / max(len(one | other), 1) for one, other in combinations(pairs, 2)]
    again = [piece(f"r-{name}", f"{headline(titles[n])} - Metals Courier", BEGIN + timedelta(days=60, minutes=n))
             for n, name in enumerate(names.values())]  # fmt: skip
    first = [
        piece(name, title, BEGIN + timedelta(minutes=n)) for n, (title, name) in enumerate(names.items())
    ]
    found, cost = told([*first, *again])
    flagged = sum(found[one.exhibit.evidence_id].first_seen_at is not None for one in again)
    print(f"{path.name}: {len(titles)} headlines, {len(copies)} edited copies")
    print(f"  copies in their original's story: {met} of {len(true)} ({met / max(len(true), 1):.3f})")
    print(f"  pairs of originals put together: {len(strangers)}")
    for one, other in strangers[:4]:
        print(f"    {every[one][:70]} | {every[other][:70]}")
    print(f"  agreement of three orders (pairs): {min(agree):.3f} at the least")
    print(f"  copies after 60 days known as told again: {flagged} of {len(again)}")
    print(
        f"  processor time: {runs[0][1]:.0f} us a piece; with a memory of {len(first)} pieces {cost:.0f} us"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--headlines", type=int, default=5_000)
    options.add_argument("--news", type=Path, nargs="*", default=[SHARED / name for name in NEWS])
    chosen = options.parse_args()
    for path in chosen.news:
        measure(path, chosen.headlines)


if __name__ == "__main__":
    main()
