"""The built wheel carries the shipped trees and works without the checkout it was built from."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TREES = ("feeds", "rules", "alembic", "demo")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    made = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(made.glob("*.whl"))


@pytest.mark.parametrize("tree", TREES)
def test_wheel_carries_every_file_of_a_shipped_tree(wheel, tree):
    with zipfile.ZipFile(wheel) as packed:
        inside = {name for name in packed.namelist() if name.startswith(f"warning/_data/{tree}/")}
    shipped = {
        f"warning/_data/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / tree).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(shipped) >= 4
    assert inside == shipped


def test_wheel_holds_no_tests_and_no_compiled_files(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert [n for n in names if n.startswith(("tests/", "bench/")) or n.endswith(".pyc")] == []
    assert "warning/py.typed" in names


def test_installed_wheel_checks_its_own_rules_away_from_the_checkout(wheel, tmp_path):
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WARNING_")} | {
        "PYTHONPATH": str(site)
    }
    tell = "from warning.resources import tree; print(tree('rules'))"
    where = subprocess.run(
        [sys.executable, "-c", tell],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.strip() == str(site / "warning" / "_data" / "rules")
    check = [sys.executable, "-m", "warning.cli.main", "rules", "check"]
    done = subprocess.run(check, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "0 mistakes" in done.stderr
