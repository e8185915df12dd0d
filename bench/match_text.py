"""Documents per second of the text rules against a loop over rules, verdicts compared: `match_text.py [N]`.

The corpus is the real one where EWS_SHARED_DATA names it, cut and joined to about 1 KB a document.
"""

import sys
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from to_interchange import agnews, asia, cctv, federal_register

from warning.catalog.load import load_rulebook
from warning.core.evidence import Item
from warning.core.text.engine import TextEngine
from warning.core.text.reading import Reading

ROOT = Path(__file__).parent.parent
SIZE = 1024


def corpus(count: int) -> list[Item]:
    each = count // 4
    items: list[Item] = []
    for make in (asia, cctv, federal_register, agnews):
        rest = islice(make(), each * 3)
        for record in islice(rest, each):
            body = record.get("body") or record.get("summary") or ""
            while len(record["title"]) + len(body.encode()) < SIZE and (more := next(rest, None)):
                body += "\n" + more["title"] + "\n" + (more.get("summary") or more.get("body") or "")
            items.append(
                Item(
                    id=f"{record['source_id']}{record['id']}", source_id=record["source_id"], kind=record["kind"],
                    country=record["country"], language=record["language"], title=record["title"],
                    body=body[:SIZE], known_at=datetime(2026, 1, 1, tzinfo=UTC),
                )
            )  # fmt: skip
    return items


def loop(engine: TextEngine, item: Item) -> set[str]:
    """What a simple program does: search every phrase of every rule, one after the other."""
    reading = Reading(item)
    wanted = {c for rule in engine.rules for c in rule.anchors}
    found = set()
    for rule in engine.rules:
        for entry in engine.lexicon.entries:
            if entry.concept in rule.anchors and any(n in reading.folded.text for n in entry.phrase.needles):
                found.add(rule.rule.id)
                break
    if not found or not wanted:
        return set()
    full = engine.read(item)
    return {rule.rule.id for rule in engine.rules if rule.rule.id in found and rule.verdict(full).met}


def main(count: int) -> None:
    book = load_rulebook(ROOT / "rules", ROOT / "feeds")
    begun = time.process_time()
    engine = TextEngine(book)
    engine.judge(
        Item(
            id="warm",
            source_id="s",
            kind="news",
            country="US",
            language="en",
            title="中",
            known_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )
    print(
        f"compiled {len(engine.rules)} rules, {len(engine.lexicon.entries)} phrases in {time.process_time() - begun:.2f} s"
    )
    items = corpus(count)
    size = sum(len((i.title + i.body).encode()) for i in items) / len(items)
    begun = time.process_time()
    ours = [{rule.rule.id for rule, _ in engine.judge(item)[1]} for item in items]
    took = time.process_time() - begun
    print(
        f"batch: {len(items) / took:,.0f} docs per CPU second over {len(items)} documents of {size:,.0f} bytes, folding included"
    )
    sample = items[:: max(len(items) // 300, 1)]
    begun = time.process_time()
    naive = [loop(engine, item) for item in sample]
    slow = time.process_time() - begun
    agree = naive == [ours[items.index(item)] for item in sample]
    print(
        f"loop:  {len(sample) / slow:,.0f} docs per CPU second over {len(sample)}; verdicts identical: {agree}; {took and (len(items) / took) / (len(sample) / slow):.0f} times"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
