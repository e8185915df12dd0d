"""Test files under a virtual clock, as an operator runs them."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from tests.catalog.trees_for_tests import FEEDS, RULES
from warning.app.clock_testing import run_clock_test
from warning.catalog.load import load_clock_tests, load_rulebook
from warning.cli.main import cli

ROOT = Path(__file__).parents[2]

NOTICE = """
tests:
  - name: the notice is told and the press joins it
    rules: [prc-export-control]
    evidence:
      items:
        - {at: 2023-07-03T10:40:00Z, title: China announces export controls on gallium}
        - {at: 2023-07-05T09:00:00+08:00, title: "China: export controls on gallium and germanium"}
    expect:
      - {at: 2023-07-02, alerts: []}
      - {at: 2023-07-03T10:00:00Z, alerts: []}
      - at: 2023-07-03
        alerts: [{rule: prc-export-control, severity: {KR: SEVERITY}, told: [kr, us], version: 1, facts: {act: export_control}}]
      - at: 2023-07-05
        alerts: [{rule: prc-export-control, state: open, changed: [materials]}]
  - name: exports collapse when the figure is corrected
    rules: [exports-collapse]
    evidence:
      series:
        - {id: s, material: gallium, partner: JP, starts: 2022-07, lag_days: 18, values: "VALUES"}
    expect:
      - {at: 2023-09-01, alerts: []}
      - {at: 2023-10-30, alerts: [{rule: exports-collapse}]}
  - name: an entity is added to the list
    rules: [entity-list-added]
    evidence:
      listings:
        - {at: 2023-07-01T00:00:00Z, source: us-entity-list}
        - {at: 2023-07-02T12:00:00Z, source: us-entity-list, entries: [{name: Example Co., country: CN}]}
    expect:
      - {at: 2023-07-01, alerts: []}
      - {at: 2023-07-02, alerts: [{rule: entity-list-added, interrupts: true}]}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WARNING_HOME", str(tmp_path / "home"))
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))

    def invoke(
        text: str, *arguments: str, severity: str = "extreme", values: str = "100x13 90~2@20d"
    ) -> Result:
        text = text.replace("SEVERITY", severity).replace("VALUES", values)
        (rules / "tests").mkdir(exist_ok=True)
        (rules / "tests" / "summer.yaml").write_text(text, encoding="utf-8")
        return CliRunner().invoke(
            cli, ["rules", "test", "--rules", str(rules), "--feeds", str(FEEDS), *arguments]
        )

    return invoke


def test_tests_hold_when_alerts_come_as_expected(run):
    result = run(NOTICE)
    assert result.stdout == ""
    assert result.exit_code == 0
    assert "3 of 3 tests" in result.stderr


def test_failing_test_says_when_what_differs(run):
    result = run(NOTICE, severity="minor", values="100x14")
    assert result.exit_code == 1
    assert "2023-07-03: prc-export-control: severity for KR: expected minor, found extreme" in result.stdout
    assert "2023-10-30: expected an alert of exports-collapse, there is none" in result.stdout
    named = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    for head in named:
        file, line, name = head.split(":", 2)
        assert (
            name.strip().removeprefix("summer ")
            in Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        )
    assert len(named) == 2


def test_unexpected_alert_fails_the_test(run):
    result = run(NOTICE, values="100x12 2 2")
    assert result.exit_code == 1
    assert "2023-09-01: exports-collapse fired unexpectedly" in result.stdout


def test_tests_are_cases_of_the_junit_report(run, tmp_path: Path):
    report = tmp_path / "report.xml"
    assert run(NOTICE, "--junit", str(report), severity="minor").exit_code == 1
    suite = ET.parse(report).find("testsuite[@name='tests']")
    assert suite is not None
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("3", "1")
    assert [case.attrib["classname"] for case in suite] == ["summer"] * 3
    for case in suite:
        line = (
            Path(case.attrib["file"]).read_text(encoding="utf-8").splitlines()[int(case.attrib["line"]) - 1]
        )
        assert case.attrib["name"] in line


def test_json_names_every_test_with_its_verdict(run):
    document = json.loads(run(NOTICE, "--json", values="100x14").stdout)
    assert [test["passed"] for test in document["tests"]] == [True, False, True]
    assert document["ok"] is False


def test_named_rule_runs_only_the_tests_about_it(run):
    assert "1 of 1 tests" in run(NOTICE, "exports-collapse").stderr


def test_notation_that_cannot_be_read_is_told_with_its_place(run):
    (problem,) = run(NOTICE, values="100x12 oops").exception.problems
    assert (problem.line, problem.column, problem.code) == (20, 90, "EW107")
    assert "'oops' is none of 100, 100x12" in problem.message


def test_what_is_no_period_is_told_with_its_place(run):
    (problem,) = run(NOTICE.replace("starts: 2022-07", "starts: July")).exception.problems
    assert (problem.line, problem.code) == (20, "EW107")
    assert problem.message == "'July' is not a period of the frequency M"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("starts: 2022-07", "starts: 9999-11", "out of range"),
        (
            "at: 2023-10-30",
            "at: 9999-10-30",
            "steps, 200,000 at most: correct the days, or write a longer `every`",
        ),
    ],
)
def test_what_cannot_be_run_fails_its_test_and_no_other(run, right: str, wrong: str, said: str):
    result = run(NOTICE.replace(right, wrong))
    assert said in result.stdout
    assert "2 of 3 tests" in result.stderr


def test_check_tells_what_a_test_names_wrongly(run, tmp_path: Path):
    run(NOTICE.replace("rules: [prc-export-control]", "rules: [prc-export-contrl]"))
    checked = CliRunner().invoke(
        cli, ["rules", "check", "--rules", str(tmp_path / "rules"), "--feeds", str(FEEDS)]
    )
    assert "EW223 there is no rule 'prc-export-contrl' (did you mean prc-export-control?)" in checked.stdout
    assert checked.exit_code == 1


def test_shipped_tests_hold():
    book = load_rulebook(ROOT / "rules", ROOT / "feeds")
    results = [run_clock_test(book, test, file) for file, test in load_clock_tests(ROOT / "rules")]
    assert len(results) >= 4
    assert {result.name: result.faults for result in results if not result.passed} == {}
