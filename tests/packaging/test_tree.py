"""The tree keeps its promises: layout, no unfinished work, nothing that names a machine or a registry."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.long_first import LONG_FIRST

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".yaml", ".yml", ".toml", ".md", ".txt", ".mako", ".html", ".css", ".json", ".csv", ""}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: the tracked files cannot be listed")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def texts() -> dict[Path, str]:
    here = Path(__file__)
    return {
        p: p.read_text(encoding="utf-8", errors="replace")
        for p in tracked()
        if p.suffix in TEXT and p != here and "golden" not in p.parts
    }


def test_top_level_holds_the_card_layout():
    for name in ("warning", "feeds", "rules", "alembic", "tests", "docker-compose.yml", "pyproject.toml"):
        assert (ROOT / name).exists(), name
    for shadowing in ("alembic", "feeds", "rules"):
        assert not (ROOT / shadowing / "__init__.py").exists(), (
            f"{shadowing}/__init__.py would shadow a library"
        )


def test_no_file_marks_unfinished_work():
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    code = {p: t for p, t in texts().items() if p.suffix == ".py"}
    assert [str(p) for p, t in code.items() if mark.search(t)] == []


def test_no_file_names_a_machine_path_or_a_registry():
    private = re.compile(r"/work/|/root/|/tmp/bash|files\.pythonhosted|index-url|registry\.npmjs")
    found = {
        str(p.relative_to(ROOT)): private.search(t)[0]
        for p, t in texts().items()
        if private.search(t) and p.name != "CONTRIBUTING.md"
    }
    assert found == {}


def test_every_dependency_is_pinned_with_hashes():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    pinned = (ROOT / "constraints.txt").read_text()
    for requirement in declared:
        name = re.split(r"[\[<>=,; ]", requirement)[0]
        block = re.search(rf"(?mi)^{re.escape(name)}==[^\n]+\\\n\s+--hash=sha256:[0-9a-f]{{64}}", pinned)
        assert block, f"{name} is not pinned with a hash in constraints.txt"


def test_module_names_tell_what_they_hold():
    vague = {"utils.py", "helpers.py", "common.py", "manager.py", "base.py", "email.py", "warnings.py"}
    assert [str(p) for p in (ROOT / "warning").rglob("*.py") if p.name in vague] == []


def test_package_files_hold_no_logic():
    for path in (ROOT / "warning").rglob("__init__.py"):
        code = [line for line in path.read_text().splitlines() if line and not line.startswith(("#", '"""'))]
        assert code == [], path


def test_files_of_tests_that_go_first_are_there():
    assert [str(path) for path in LONG_FIRST if not path.is_file()] == []


def test_clock_is_read_in_one_place():
    reading = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|time\.time\(")
    found = [
        str(p.relative_to(ROOT))
        for p in (ROOT / "warning").rglob("*.py")
        if reading.search(p.read_text()) and p.name != "compose.py"
    ]
    assert found == []
