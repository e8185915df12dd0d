"""What a collecting service holds in memory: nothing that only processes of their own read or ask with."""

import json
import subprocess
import sys

import pytest

from warning.collect.parse import PARSERS, load_parsers

SERVICE = (
    "warning.app.collecting",
    "warning.app.asking_apart",
    "warning.app.parse_pool",
    "warning.store.evidence_repository",
)
READ_OR_ASKED_WITH = (
    "feedparser",
    "lxml",
    "selectolax",
    "charset_normalizer",
    "aiohttp",
    "openpyxl",
    "numpy",
)
POLL = """
from datetime import UTC, datetime
from warning.core.evidence import Item
from warning.store.engine import open_engine
from warning.store.evidence_repository import EvidenceRepository

at = datetime(2026, 11, 23, tzinfo=UTC)
told = [
    Item(id=f"i{n}", source_id="one", kind="news", country="JP", language="en", title=f"No. {n}",
         url=f"https://one.example/{n}", summary="Gallium. " * 30, known_at=at)
    for n in range(35)
]
engine = open_engine(URL)
assert len(EvidenceRepository(engine).add_items(told).new) == 35
assert not EvidenceRepository(engine).add_items(told).new
"""


def loaded_by(code: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(json.loads(told.stdout))


def test_a_service_that_collects_loads_nothing_that_documents_are_read_or_asked_for_with():
    loaded = loaded_by("\n".join(f"import {name}" for name in SERVICE))
    assert not loaded.intersection(READ_OR_ASKED_WITH)


def test_what_a_poll_brings_is_stored_without_the_library_for_arrays(sqlite_url):
    assert "numpy" not in loaded_by(f"URL = {sqlite_url!r}\n{POLL}")


def test_what_reads_a_format_is_loaded_for_all_processes_where_the_catalogue_has_it():
    loaded = loaded_by("from warning.collect.parse import load_parsers\nload_parsers(['rss'])")
    assert "feedparser" in loaded
    assert "warning.collect.table" not in loaded


LATE = sorted(name for name, parser in PARSERS.items() if hasattr(parser, "load"))


@pytest.mark.parametrize("format_", LATE)
def test_every_format_has_a_parser_where_its_line_says(format_):
    assert callable(PARSERS[format_].load())


def test_all_formats_but_drop_folders_are_read_by_a_parser_that_is_loaded_late():
    load_parsers(PARSERS)
    assert set(PARSERS) - set(LATE) == {"file"}
