"""What commands print of a number agrees with it."""

import re
from pathlib import Path

import pytest

import warning.app
import warning.cli
import warning.core.detect
from warning.core.phrases import counted

CLI = sorted(Path(warning.cli.__path__[0]).glob("*.py"))
# A number that is told with a plural written out: {len(rows)} sources. "1 of 1 tests" keeps the plural.
NUMBER = (
    r"len\([^{}]*\)|[\w.\[\]\"']*(?:attempts|copies|count|cut_short|documents|entries|items|looked_for|lost|missed|owed|read|records|removed"
    r"|renumbered|repeated|spent|traces|unread|versions|waiting|written)(?:[\"']\])?"
)
WRITTEN_OUT = re.compile(
    r"(?<! of )\{(?:" + NUMBER + r")(?::,)?\} (?!series)(?:[a-z]+ )?(?:deliveries|entries|[a-z]{3,}[^s\W]s)\b"
)
APP = Path(warning.app.__path__[0])
DETECT = sorted(Path(warning.core.detect.__path__[0]).glob("*.py"))
ESTIMATED = 'f"Estimated:'  # said only where more must be read than a second allows
NAMES = """
app/auditing app/delivering app/indexed_history app/kept_history app/operations app/poll_findings app/source_judgement
collect/listing collect/mailbox collect/rss collect/table
core/list_memory core/pace core/series/explaining core/series/publication
"""
TOLD = [*CLI, *DETECT, *(APP.parent / f"{name}.py" for name in NAMES.split())]


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (1_000, "1000 entries")]
)
def test_number_and_its_word_agree(number: int, said: str):
    assert counted(number, "entry", "entries") == said


@pytest.mark.parametrize("module", TOLD, ids=lambda path: path.stem)
def test_command_writes_no_plural_behind_a_number_that_may_be_one(module: Path):
    written = module.read_text(encoding="utf-8").splitlines()
    found = [line.strip() for line in written if WRITTEN_OUT.search(line) and "== 1" not in line]
    assert [line for line in found if "> 1" not in line and not line.startswith(ESTIMATED)] == []
