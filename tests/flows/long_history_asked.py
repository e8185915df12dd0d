"""A history of many segments indexed, previewed and replayed, as a program of its own: DIRECTORY and how many files it may open."""

import resource
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warning.app.chronology import Judged
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.previewing import both, preview
from warning.app.quick_preview import quick_preview
from warning.catalog.load import load_rulebook
from warning.collect import history_index
from warning.collect.history_index import open_index
from warning.collect.interchange import write_evidence
from warning.core.evidence import Item
from warning.resources import tree

SEGMENT_ITEMS, SEGMENTS = 2, 60
BEGIN, NOW = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
RULE = "prc-export-control-press"


def items(first):
    for number in range(first, first + SEGMENT_ITEMS * SEGMENTS):
        known = BEGIN + timedelta(hours=number)
        yield Item(
            id=f"n{number}", source_id="s", kind="news", country="US", title="China bans exports of gallium and germanium",
            language="en", external_id=str(number), published_at=known, known_at=known,
        )  # fmt: skip


def main(directory: Path, open_files: int) -> None:
    """Write how many items the quick preview, the exact one and the replay tell."""
    history_index.SEGMENT_ITEMS = SEGMENT_ITEMS
    history_index._in_processes = lambda task, jobs, _: [task(*job) for job in jobs]
    whole = load_rulebook(tree("rules"), tree("feeds"))
    (rule,) = (one for one in whole.rules if one.id == RULE)
    book = replace(whole, measures=(), rules=(rule,))
    edited = rule.model_copy(update={"where": rule.where.model_copy(update={"languages": ("en",)})})
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    files = [directory / "a.jsonl", directory / "b.jsonl"]
    for place, path in enumerate(files):
        write_evidence(path, items(place * SEGMENT_ITEMS * SEGMENTS))
        ready_index(path, both(book, edited), make=True)
    history = IndexedHistory([(path, open_index(path)) for path in files], NOW)
    quick = quick_preview(history, book, edited, enough=lambda: False)
    assert quick.is_exact
    exact = preview(history, book, edited)
    replayed = {record.id for record in history.records(book) if isinstance(record, Judged)}
    sys.stdout.write(f"{quick.fires.number} {len(exact.fired)} {len(replayed)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
