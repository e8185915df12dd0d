"""The rulebook in force: changed files are read, bad ones never come into force."""

import os
import shutil
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from tests.catalog.trees_for_tests import FEEDS, RULES
from warning.catalog.files import files_below, folders_below
from warning.catalog.load import RulebookHolder
from warning.core.text.engine import engine_of
from warning.errors import CatalogError


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def edit(path: Path, before: str, after: str) -> None:
    """Change a file and its time, as an editor does."""
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    stamp = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(stamp, stamp))


def test_edited_rule_comes_into_force(rules: Path):
    holder = RulebookHolder(rules, FEEDS)
    before = holder.current()
    edit(rules / "signals" / "prc-export-control.yaml", "severity: severe", "severity: extreme")
    assert holder.refresh()
    assert holder.current().version != before.version


def test_bad_edit_keeps_the_last_good_rulebook_and_says_why(rules: Path, caplog: pytest.LogCaptureFixture):
    holder = RulebookHolder(rules, FEEDS)
    before = holder.current()
    path = rules / "signals" / "prc-export-control.yaml"
    edit(path, "severity: severe", "severity: sever")
    assert not holder.refresh()
    assert holder.current() is before
    assert [problem.code for problem in holder.fatal_problems] == ["EW104"]
    assert f"{path}:" in caplog.text
    edit(path, "severity: sever", "severity: severe")
    assert holder.current().version == before.version
    assert holder.fatal_problems == ()


def test_new_and_deleted_files_are_seen(rules: Path):
    holder = RulebookHolder(rules, FEEDS)
    (rules / "signals" / "gallium-background.yaml").unlink()
    assert "gallium-background" not in {rule.id for rule in holder.current().rules}


def test_touched_file_is_not_a_change(rules: Path):
    holder = RulebookHolder(rules, FEEDS)
    before = holder.current()
    os.utime(rules / "policy.yaml", (1, 1))
    assert not holder.refresh()
    assert holder.current() is before


def test_overlay_ends_by_itself_when_its_day_has_passed(rules: Path, tmp_path: Path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "tuning.yaml").write_text(
        "overlays:\n"
        "  - {rule: prc-export-control, reason: r, author: a, enabled: false, expires: 2026-03-31}\n",
        encoding="utf-8",
    )
    days = [date(2026, 3, 31)]
    holder = RulebookHolder(rules, FEEDS, own, today=lambda: days[-1])
    assert "prc-export-control" not in {rule.id for rule in holder.current().active("text")}
    days.append(date(2026, 4, 1))
    assert "prc-export-control" in {rule.id for rule in holder.current().active("text")}


def test_holder_without_a_good_rulebook_to_begin_with_raises(tmp_path: Path):
    with pytest.raises(CatalogError):
        RulebookHolder(tmp_path / "nothing", FEEDS)


class _BrokenAccelerator:
    """The optional engine as it is on a machine it cannot serve."""

    HS_MODE_BLOCK = HS_FLAG_SINGLEMATCH = 1

    class Database:
        def __init__(self, mode: int) -> None: ...

        def compile(self, **_: object) -> None:
            raise RuntimeError("no such processor")


def test_rules_are_read_by_the_default_engine_and_the_log_says_why_when_the_accelerator_fails(
    rules: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "hyperscan", _BrokenAccelerator)
    edit(rules / "signals" / "prc-export-control.yaml", "severity: severe", "severity: minor")
    holder = RulebookHolder(rules, FEEDS)
    assert "the accelerator could not compile the rules (no such processor)" in caplog.text
    assert engine_of(holder.current()).screen.engine == "ahocorasick"


def test_an_edit_behind_a_linked_folder_comes_into_force(rules: Path, tmp_path: Path):
    signals = tmp_path / "elsewhere"
    (rules / "signals").rename(signals)
    (rules / "signals").symlink_to(signals)
    holder = RulebookHolder(rules, FEEDS)
    before = holder.current()
    edit(signals / "prc-export-control.yaml", "severity: severe", "severity: extreme")
    assert holder.current().version != before.version


@pytest.mark.parametrize("stray", ["folder", "notes.json"])
def test_the_mend_of_what_only_stood_in_the_way_is_seen(rules: Path, stray: str):
    holder = RulebookHolder(rules, FEEDS)
    at = rules / "signals" / stray if "." in stray else rules / stray
    at.touch() if "." in stray else at.mkdir()
    holder.refresh()
    assert holder.fatal_problems
    at.unlink() if "." in stray else at.rmdir()
    holder.refresh()
    assert not holder.fatal_problems


def test_a_folder_that_is_linked_into_itself_is_read_once(tmp_path: Path):
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / "loop").symlink_to(tmp_path)
    (tmp_path / "signals" / "one.yaml").touch()
    assert files_below(tmp_path) == [tmp_path / "signals" / "one.yaml"]


def test_a_folder_is_entered_once_and_where_it_stands_itself_however_many_links_lead_to_it(tmp_path: Path):
    rungs = [tmp_path / "signals" / f"rung{number}" for number in range(40)]
    for rung in rungs:
        rung.mkdir(parents=True)
    for rung, below in pairwise(rungs):
        for name in ("left", "right"):
            (rung / name).symlink_to(below)
    (rungs[-1] / "one.yaml").touch()
    assert files_below(tmp_path) == [rungs[-1] / "one.yaml"]
    assert len(folders_below(tmp_path)) == len(rungs) + 2


def test_a_link_that_leads_to_itself_ends_no_reading_of_the_rules(rules: Path):
    holder = RulebookHolder(rules, FEEDS)
    before = holder.current().version
    (rules / "loop").symlink_to("loop")
    (rules / "signals" / "loop.yaml").symlink_to("loop.yaml")
    holder.refresh()
    assert holder.current().version == before
    assert RulebookHolder(rules, FEEDS).current().version == before
