"""Rules edited under a running service: the edit comes into force, old evidence stays old, a bad edit changes nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from warning.cli.main import cli

ROOT = Path(__file__).parents[2]
RULE = """
id: festivals
title: Festivals
kind: text
severity: extreme
act: export_control
direction: tightening
owner: tests
rationale: A rule to edit.
match:
  all: [{{phrases: {{en: [{word}]}}}}]
examples:
  - {{fires: true, title: The {word} begins}}
  - {{fires: false, title: Weather}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    for folder in ("measures", "signals", "tests"):
        shutil.rmtree(tmp_path / "rules" / folder)  # one rule alone, and no deadline by the real clock
    (tmp_path / "rules" / "signals").mkdir()
    (tmp_path / "feeds" / "regulatory").mkdir(parents=True)
    write_rule(tmp_path, RULE.format(word="carnival"))
    return tmp_path


def write_rule(home: Path, text: str) -> None:
    (home / "rules" / "signals" / "festivals.yaml").write_text(text, encoding="utf-8")


def environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("WARNING_")}
    return {
        **kept,
        "WARNING_HOME": str(home / "home"),
        "WARNING_FEEDS_DIR": str(home / "feeds"),
        "WARNING_RULES_DIR": str(home / "rules"),
    }


def warning(home: Path, *words: str) -> str:
    """A command beside the service, in this process: what it brings in or shows is in the store they share."""
    done = CliRunner().invoke(cli, words, env=environment(home))
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def bring_in(home: Path, *titles: str) -> None:
    now = datetime.now(UTC).isoformat()
    lines = [
        json.dumps(
            {
                "type": "item", "source_id": "wire", "kind": "news", "country": "US", "language": "en",
                "title": title, "published_at": now, "known_at": now,
            }
        )
        for title in titles
    ]  # fmt: skip
    path = home / "items.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    warning(home, "evidence", "import", str(path))


def told(home: Path) -> int:
    """How many desks were written to: three for each alert."""
    return len(list((home / "home" / "outbox").glob("*.eml"))) // 3


def titles(home: Path) -> list[str]:
    listed = json.loads(warning(home, "alerts", "list", "--json"))["alerts"]
    shown = (json.loads(warning(home, "alerts", "show", one["key"], "--json"))["alert"] for one in listed)
    return sorted(exhibit["title"] for alert in shown for exhibit in alert["exhibits"])


def log_of(home: Path) -> str:
    return (home / "log").read_text(encoding="utf-8")


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait as long as it takes: what never comes is ended, and said, by the test's own timeout."""
    while not holds():
        time.sleep(0.2)


@pytest.mark.timeout(600)
def test_edits_under_a_running_service_count_for_new_evidence_only(home: Path):
    log = (home / "log").open("w", encoding="utf-8")
    command = [sys.executable, "-m", "warning.cli.main", "run"]
    with log, subprocess.Popen(command, env=environment(home), stderr=log, stdout=log) as service:
        try:
            wait_for(lambda: "running" in log_of(home))
            bring_in(home, "The carnival of Nice shows gallium", "A regatta in Kiel shows graphite")
            wait_for(lambda: told(home) == 1)

            write_rule(home, RULE.format(word="regatta"))
            wait_for(lambda: "is in force" in log_of(home))
            bring_in(home, "A regatta in Cowes shows tungsten")
            wait_for(lambda: told(home) == 2)

            write_rule(home, RULE.format(word="jubilee").replace("kind: text", "kind: txt"))
            wait_for(lambda: "stays in force" in log_of(home))
            bring_in(home, "A jubilee in Rome shows germanium", "A regatta in Venice shows antimony")
            wait_for(lambda: told(home) == 3)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait()
    said = log_of(home)
    assert "the last good rulebook stays in force" in said
    assert "EW104 kind: 'txt' is not known (did you mean text?" in said
    write_rule(home, RULE.format(word="regatta"))
    assert titles(home) == [
        "A regatta in Cowes shows tungsten",
        "A regatta in Venice shows antimony",
        "The carnival of Nice shows gallium",
    ]
