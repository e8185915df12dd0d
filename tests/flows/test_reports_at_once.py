"""The same words filed by two processes at the same moment are one report, on both databases, and never an error."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from warning.app.compose import compose
from warning.app.reporting import find_report
from warning.settings import load_settings

ROUNDS = 8
PROGRAM = """
import json, sys
from warning.app.compose import compose
from warning.app.reporting import file_report
from warning.core.mission_reports import MissionReport
from warning.settings import load_settings

system = compose(load_settings())
system.book()
print("ready", flush=True)
for line in sys.stdin:
    said = json.loads(line)
    filed = file_report(system, MissionReport(**said["report"]), said["by"], again=said["again"])
    print(json.dumps([filed.name, filed.is_new]), flush=True)
system.close()
"""


@pytest.fixture
def home(tmp_path, monkeypatch, database_url):
    rules = tmp_path / "rules"
    shutil.copytree(Path(__file__).parents[2] / "rules", rules)
    for path in (*rules.glob("signals/*.yaml"), *rules.glob("tests/*.yaml"), *rules.glob("measures/*.yaml")):
        if path.name != "informal-export-stop.yaml":
            path.unlink()
    monkeypatch.setenv("WARNING_HOME", str(tmp_path / "ews"))
    monkeypatch.setenv("WARNING_RULES_DIR", str(rules))
    monkeypatch.setenv("WARNING_DATABASE_URL", database_url)


@pytest.fixture
def processes(home):
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    started = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
        )
        for _ in range(2)
    ]
    assert [one.stdout.readline() for one in started] == ["ready\n"] * 2
    yield started
    for one in started:
        one.communicate()
    assert [one.returncode for one in started] == [0, 0]


def at_once(processes, number, *, by=("J. Kim", "j. kim"), again=False):
    """Both file a report in the same words; the answers as (name, whether it is new)."""
    report = {
        "desk": "kr", "title": f"Customs in China hold up clearance of urea cargoes, case {number}", "reliability": "B",
        "credibility": 2, "country": "CN",
    }  # fmt: skip
    for one, author in zip(processes, by, strict=True):
        one.stdin.write(json.dumps({"report": report, "by": author, "again": again}) + "\n")
    for one in processes:
        one.stdin.flush()
    return [tuple(json.loads(one.stdout.readline())) for one in processes]


def stored():
    system = compose(load_settings())
    try:
        entries = [e for e in system.repository.audit(limit=1_000) if "report filed" in e.content]
        assert all(find_report(system, entry.subject) for entry in entries)
        return len(entries)
    finally:
        system.close()


def test_the_same_words_of_one_author_from_two_processes_are_one_report(processes):
    for number in range(ROUNDS):
        answers = at_once(processes, number)
        assert sorted(is_new for _, is_new in answers) == [False, True]
        assert len({name for name, _ in answers}) == 1
    assert stored() == ROUNDS


def test_the_same_words_of_two_authors_or_on_purpose_are_two_reports(processes):
    assert [new for _, new in at_once(processes, 1, by=("J. Kim", "A. Sato"))] == [True, True]
    answers = at_once(processes, 2, again=True)
    assert [new for _, new in answers] == [True, True]
    assert len({name for name, _ in answers}) == 2
    assert stored() == 4
