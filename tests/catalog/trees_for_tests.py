"""The good tree of these tests, and copies of it with one file more."""

import shutil
from datetime import date
from pathlib import Path

from warning.catalog.load import read_rulebook

HERE = Path(__file__).parent
GOOD = HERE / "good"
RULES, FEEDS, OWN = GOOD / "rules", GOOD / "feeds", GOOD / "own"
BAD = HERE / "bad"
TODAY = date(2026, 1, 15)


def tree_with(bad: Path, directory: Path) -> tuple[Path, Path, Path]:
    """Copy the good tree and put a bad file where its name says: <folder>__<name>.yaml, own__ for overlays."""
    rules = Path(shutil.copytree(RULES, directory / "rules"))
    own = directory / "own"
    own.mkdir()
    folder, name = bad.name.split("__", 1)
    target = own / name if folder == "own" else rules / folder / name
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(bad, target)
    return rules, FEEDS, own


def findings(bad: Path, directory: Path) -> list[str]:
    """What is said of the bad file, without the way to it; other files' lines keep their name."""
    rules, feeds, own = tree_with(bad, directory)
    _, problems = read_rulebook(rules, feeds, own, today=TODAY)
    name = bad.name.split("__", 1)[1]
    lines = []
    for problem in problems:
        line = str(problem).replace(f"{directory}/", "").replace("\\", "/")
        file, rest = line.split(":", 1)
        prefix = "" if file.endswith(f"/{name}") else f"{file}:"
        lines.append(prefix + rest + ("" if problem.fatal else " [warning]"))
    return lines
