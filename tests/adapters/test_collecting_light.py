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
READ_OR_ASKED_WITH = ("feedparser", "lxml", "selectolax", "charset_normalizer", "aiohttp", "openpyxl")


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
