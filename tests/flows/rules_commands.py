"""What tests of the rules commands share: the call of a command over the good trees, and a file of three items."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.catalog.trees_for_tests import FEEDS, RULES
from warning.cli.main import cli

TREES = ("--rules", str(RULES), "--feeds", str(FEEDS))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WARNING_HOME", str(tmp_path / "home"))

    def invoke(*arguments: str, trees: tuple[str, ...] = TREES) -> Result:
        return CliRunner().invoke(cli, [*arguments, *trees])

    return invoke


def lines(*records: dict) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def news(record_id: str, title: str, day: str = "2023-07-03", **changes) -> dict:
    return {
        "type": "item",
        "id": record_id,
        "source_id": "wire",
        "kind": "news",
        "country": "US",
        "language": "en",
        "title": title,
        "url": f"https://www.example.org/{record_id}",
        "published_at": f"{day}T12:00:00+00:00",
        "known_at": f"{day}T12:10:00+00:00",
        **changes,
    }


@pytest.fixture
def evidence(tmp_path: Path) -> str:
    path = tmp_path / "evidence.jsonl"
    path.write_text(
        lines(
            news("a1", "China announces export controls on gallium and germanium"),
            news("a2", "Weather"),
            news("a3", "Gallium prices steady", "2023-07-04"),
        ),
        encoding="utf-8",
    )
    return str(path)


def edited(tmp_path: Path, rule: str, before: str, after: str) -> tuple[str, ...]:
    """Options for a copy of the rules with one edit."""
    rules = Path(shutil.copytree(RULES, tmp_path / "edited"))
    path = rules / "signals" / f"{rule}.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return ("--rules", str(rules), "--feeds", str(FEEDS))
