"""The files of tests that take longest go first, so that no worker is left alone with one of them at the end."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONG_FIRST = tuple(
    HERE / name
    for name in (
        "flows/test_demo.py", "flows/test_desks_prove.py", "flows/test_indexed_previews.py", "flows/test_service.py",
        "flows/test_fault_hour.py", "flows/test_bad_day.py", "flows/test_rule_edit.py",
        "flows/test_rehearsal_composed.py", "adapters/test_collecting_starved.py", "flows/test_near_duplicates.py",
        "flows/test_words_not_looked_for.py", "flows/test_keeping_killed.py", "adapters/test_path_killed.py",
        "flows/test_indexed_history.py",
    )
)  # fmt: skip
TURNS = {path: turn for turn, path in enumerate(LONG_FIRST)}


def turn_of(item: pytest.Item) -> int:
    """The later, the shorter; all files that are not named stay in their order behind those that are."""
    return TURNS.get(item.path, len(TURNS))
