"""`rules backtest` as scripts call it: what it prints, what it judges and compares, and how it ends."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.catalog.trees_for_tests import RULES
from tests.flows.rules_commands import TREES, edited, evidence, run

__all__ = ["evidence", "run"]


def test_backtest_prints_its_document(run, evidence: str):
    result = run("rules", "backtest", "--evidence", evidence, "--from", "2023-07-01", "--to", "2023-07-31")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["schema"] == "backtest/1"
    assert set(document) == {
        "schema",
        "alerts",
        "measures",
        "load",
        "records",
        "replayed",
        "records_per_second",
        "expectations",
    }
    assert document["records"] == 3
    assert set(document["load"]) == {"KR", "US"}
    assert document["load"]["KR"]["interrupting_per_week"] == 1.0


def test_a_backtest_that_ends_before_it_begins_is_a_usage_error(run, evidence: str):
    result = run("rules", "backtest", "--evidence", evidence, "--from", "2023-07-31", "--to", "2023-07-01")
    assert result.exit_code == 2
    assert "2023-07-01 lies before --from 2023-07-31" in result.output


def test_a_backtest_of_days_without_evidence_says_that_they_were_not_calm_for_all_it_knows(
    run, evidence: str
):
    days = ("--from", "2024-02-01", "--to", "2024-02-29")
    result = run("rules", "backtest", "--evidence", evidence, *days, "--text")
    assert "no evidence is of these days" in result.output
    assert json.loads(run("rules", "backtest", "--evidence", evidence, *days).stdout)["replayed"] == 0
    of_july = run(
        "rules", "backtest", "--evidence", evidence, "--from", "2023-07-01", "--to", "2023-07-31", "--text"
    )
    assert "no evidence" not in of_july.output


def test_a_backtest_names_the_acts_that_it_missed(run, evidence: str):
    days = ("--from", "2023-01-01", "--to", "2025-12-31")
    measures = json.loads(run("rules", "backtest", "--evidence", evidence, *days).stdout)["measures"]
    text = run("rules", "backtest", "--evidence", evidence, *days, "--text").output
    assert measures["missed"]
    assert f"missed: {', '.join(sorted(measures['missed']))}" in " ".join(text.split())


@pytest.mark.parametrize(
    ("wanted", "code", "said"),
    [
        ("exactly: 1", 0, "1 of 1 expectations met"),
        ("at_least: 1, at_most: 2", 0, "1 of 1 expectations met"),
        ("exactly: 0", 1, "expected exactly 0 from 2023-07-01 to 2023-07-31, found 1"),
        ("at_least: 2", 1, "expected at least 2 from 2023-07-01 to 2023-07-31, found 1"),
    ],
)
def test_backtest_judges_what_rules_expect(
    run, evidence: str, tmp_path: Path, wanted: str, code: int, said: str
):
    line = f"backtest: [{{from: 2023-07-01, to: 2023-07-31, {wanted}}}]\nactors: [CN]"
    trees = edited(tmp_path, "prc-export-control", "actors: [CN]", line)
    days = ("--from", "2023-07-01", "--to", "2023-07-31")
    report = tmp_path / "expectations.xml"
    result = run(
        "rules", "backtest", "--evidence", evidence, *days, "--text", "--junit", str(report), trees=trees
    )
    assert result.exit_code == code
    assert said in result.output
    assert ET.parse(report).getroot().attrib["failures"] == str(code)


@pytest.mark.parametrize("switch", ["enabled: false", "status: deprecated"])
def test_what_a_rule_that_is_switched_off_had_promised_is_unmet_and_said_so(
    run, evidence: str, tmp_path: Path, switch: str
):
    line = f"backtest: [{{from: 2023-07-01, to: 2023-07-31, at_most: 2}}]\n{switch}\nactors: [CN]"
    trees = edited(tmp_path, "prc-export-control", "actors: [CN]", line)
    days = ("--from", "2023-07-01", "--to", "2023-07-31")
    result = run("rules", "backtest", "--evidence", evidence, *days, "--text", trees=trees)
    assert result.exit_code == 1, result.output
    assert (
        "expected at most 2 from 2023-07-01 to 2023-07-31, but the rule is switched off: withdraw"
        in result.output
    )


def test_backtest_judges_no_expectation_whose_days_it_has_not_seen(run, evidence: str, tmp_path: Path):
    line = "backtest: [{from: 2023-01-01, to: 2023-12-31, exactly: 7}]\nactors: [CN]"
    trees = edited(tmp_path, "prc-export-control", "actors: [CN]", line)
    result = run("rules", "backtest", "--evidence", evidence, trees=trees)
    assert result.exit_code == 0
    (one,) = json.loads(result.stdout)["expectations"]
    assert (one["found"], one["held"]) == (1, None)


def test_backtest_judges_no_expectation_of_a_rule_that_got_nothing_to_look_at(
    run, evidence: str, tmp_path: Path
):
    line = "backtest: [{from: 2023-07-01, to: 2023-07-31, exactly: 7}]\nmin_points: 6"
    trees = edited(tmp_path, "exports-collapse", "min_points: 6", line)
    days = ("--from", "2023-07-01", "--to", "2023-07-31")
    result = run("rules", "backtest", "--evidence", evidence, *days, trees=trees)
    assert result.exit_code == 0
    (one,) = json.loads(result.stdout)["expectations"]
    assert (one["found"], one["held"]) == (0, None)


def test_expectation_is_no_part_of_the_version(run, tmp_path: Path):
    line = "backtest: [{from: 2023-01-01, to: 2023-12-31, exactly: 7}]\nactors: [CN]"
    trees = edited(tmp_path, "prc-export-control", "actors: [CN]", line)
    told = [
        run("rules", "explain", "prc-export-control", "--title", "x", trees=some).stdout.splitlines()[0]
        for some in (TREES, trees)
    ]
    assert told[0] == told[1]


def test_backtest_compares_before_and_after_an_edit(run, evidence: str, tmp_path: Path):
    after = edited(tmp_path, "prc-export-control", "[job fair]", "[job fair, germanium]")
    result = run("rules", "backtest", "--evidence", evidence, "--against", str(RULES), trees=after)
    compared = json.loads(result.stdout)["comparison"]
    assert compared["gained"] == []
    (quieter,) = [one for one in compared["changed"] if "interrupts" in one["changes"]]
    assert quieter["changes"]["interrupts"] == {"before": True, "after": False}
    assert quieter["changes"]["rule"] == {"before": "prc-export-control", "after": "gallium-background"}
    assert compared["load"]["KR"]["before"]["interrupting_per_week"] == 1.0
    assert compared["load"]["KR"]["after"]["interrupting_per_week"] == 0.0
    assert {"week": "2023-W27", "desk": "kr", "before": 1, "after": 0} in compared["weeks"]
    again = run("rules", "backtest", "--evidence", evidence, "--against", str(RULES), trees=after)
    assert json.loads(again.stdout)["comparison"] == compared


def test_comparison_in_words_names_what_changed(run, evidence: str, tmp_path: Path):
    after = edited(tmp_path, "prc-export-control", "severity: severe", "severity: minor")
    result = run("rules", "backtest", "--evidence", evidence, "--against", str(RULES), "--text", trees=after)
    assert "changed 2023-07-03" in result.stdout
    assert "severity: KR extreme, US severe → KR" in result.stdout
    same = run("rules", "backtest", "--evidence", evidence, "--against", str(RULES), "--text")
    assert "the edit changes nothing on this evidence" in same.stdout


@pytest.mark.parametrize("wrong", [("--step", "1y"), ("--from", "july"), ("--to", "2023-13-01")])
def test_backtest_refuses_what_is_no_time(run, evidence: str, wrong: tuple[str, str]):
    result = run("rules", "backtest", "--evidence", evidence, *wrong)
    assert result.exit_code == 2
    assert "such as" in result.stderr
