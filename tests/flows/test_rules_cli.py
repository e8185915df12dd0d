"""The rules commands, backtests left aside, as scripts call them: what they print and how they end."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.catalog.trees_for_tests import FEEDS, OWN, RULES
from tests.flows.rules_commands import TREES, edited, evidence, lines, news, run
from warning.errors import CatalogError, EvidenceError

__all__ = ["evidence", "run"]


def test_check_of_good_trees_ends_with_0(run):
    result = run("rules", "check")
    assert result.exit_code == 0
    assert "4 rules, 3 sources, 2 materials, 2 desks" in result.stderr


def test_check_prints_every_mistake_and_ends_with_1(run, tmp_path: Path):
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    (rules / "desks" / "kr.yaml").write_text("id: kr\n", encoding="utf-8")
    trees = ("--rules", str(rules), "--feeds", str(FEEDS))
    result = run("rules", "check", trees=trees)
    assert result.exit_code == 1
    assert "kr.yaml:1:1: EW103 the key 'country' is missing" in result.stdout
    document = json.loads(run("rules", "check", "--json", trees=trees).stdout)
    assert (document["schema"], document["ok"]) == ("rules/1", False)
    assert {"file", "line", "column", "code", "message", "hint", "fatal"} == set(document["problems"][0])


def test_check_takes_warnings_for_findings_only_when_strict(run):
    trees = (*TREES, "--overlays", str(OWN))
    assert run("rules", "check", trees=trees).exit_code == 0
    result = run("rules", "check", "--strict", trees=trees)
    assert result.exit_code == 1
    assert "EW302" in result.stdout


def test_a_rule_whose_examples_fire_in_one_language_only_is_told_when_strict_unless_it_says_why(
    run, tmp_path: Path
):
    deaf = edited(tmp_path / "deaf", "prc-export-control", "language: zh", "language: en")
    result = run("rules", "check", "--strict", trees=deaf)
    assert "EW226 prc-export-control fires in examples in en only" in result.stdout
    assert result.exit_code == 1
    assert run("rules", "check", trees=deaf).exit_code == 0
    says = edited(
        tmp_path / "says", "prc-export-control", "actors: [CN]", "actors: [CN]\none_language: A reason."
    )
    assert "fires in en and zh [warning]" not in run("rules", "check", trees=says).stdout
    assert "EW226 prc-export-control says why" in run("rules", "check", "--strict", trees=says).stdout


def test_test_runs_examples_and_writes_junit(run, tmp_path: Path):
    report = tmp_path / "report.xml"
    result = run("rules", "test", "--junit", str(report))
    assert result.exit_code == 0
    suites = ET.parse(report).getroot()
    assert suites.tag == "testsuites"
    assert suites.attrib["failures"] == "0"
    cases = suites.findall("testsuite/testcase")
    assert int(suites.attrib["tests"]) == len(cases) == 11
    for case in cases:
        lines = Path(case.attrib["file"]).read_text(encoding="utf-8").splitlines()
        assert "fires:" in lines[int(case.attrib["line"]) - 1]
        assert float(case.attrib["time"]) > 0


def test_test_prints_the_failing_example_with_its_tree(run, tmp_path: Path):
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    path = rules / "signals" / "prc-export-control.yaml"
    text = path.read_text(encoding="utf-8").replace("fires: false", "fires: true")
    path.write_text(text, encoding="utf-8")
    report = tmp_path / "report.xml"
    trees = ("--rules", str(rules), "--feeds", str(FEEDS))
    result = run("rules", "test", "prc-export-control", "--junit", str(report), trees=trees)
    assert result.exit_code == 1
    assert "expected to fire, it stayed quiet" in result.stdout
    assert "job fair" in result.stdout
    first = result.stdout.splitlines()[0]
    assert first.startswith(f"{path}:")
    number = int(first.split(":")[1])
    assert "job fair" in "".join(text.splitlines()[number - 1 : number + 1])
    assert ET.parse(report).find("testsuite/testcase/failure") is not None
    document = json.loads(run("rules", "test", "--json", trees=trees).stdout)
    assert [failed["example"] for failed in document["failed"]] == [2]
    assert document["failed"][0]["place"] == ":".join(first.split(":")[:2])


def test_test_of_an_unknown_rule_is_a_usage_error(run):
    assert run("rules", "test", "no-such-rule").exit_code == 2


def test_eval_prints_one_line_a_record_in_order(run, evidence: str):
    result = run("rules", "eval", "--evidence", evidence)
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a1", "a2", "a3"]
    assert [[f["rule"] for f in answer["fired"]] for answer in answers] == [
        ["gallium-background", "prc-export-control"],
        [],
        ["gallium-background"],
    ]


def test_eval_as_of_a_day_includes_that_day(run, evidence: str):
    result = run("rules", "eval", "--evidence", evidence, "--as-of", "2023-07-03")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [bool(answer["fired"]) for answer in answers] == [True, False, False]


def test_eval_reads_files_one_after_the_other(run, evidence: str):
    result = run("rules", "eval", "--evidence", evidence, "--evidence", evidence)
    assert len(result.stdout.splitlines()) == 6


def test_eval_of_a_damaged_file_names_the_line(run, tmp_path: Path):
    path = tmp_path / "bad.jsonl"
    path.write_text(lines(news("a", "x")) + '{"type": "itm"}\n', encoding="utf-8")
    result = run("rules", "eval", "--evidence", str(path))
    assert isinstance(result.exception, EvidenceError)
    assert "bad.jsonl:2" in str(result.exception)


def test_eval_with_bad_rules_ends_with_the_mistakes(run, evidence: str, tmp_path: Path):
    result = run(
        "rules", "eval", "--evidence", evidence, trees=("--rules", str(tmp_path), "--feeds", str(FEEDS))
    )
    assert isinstance(result.exception, CatalogError)
    assert result.exception.exit_code == 2


def test_explain_prints_the_tree_also_when_nothing_fired(run):
    result = run("rules", "explain", "prc-export-control", "--title", "China: export controls on copper")
    assert result.exit_code == 0
    first, because, *tree = result.stdout.splitlines()
    assert first.startswith("prc-export-control (version ")
    assert "stays quiet on" in first
    assert because == "  because mentions any material: not found"
    assert "    PASS mentions China: found “China”" in tree


def test_explain_reads_the_dates_of_a_typed_notice_by_its_own_day(run):
    said = (
        "rules",
        "explain",
        "prc-export-control",
        "--title",
        "China puts gallium under export control from August 1",
    )
    told = run(*said, "--published", "2023-07-03", "--json")
    assert told.exit_code == 0
    assert "2023-08-01" in told.stdout
    assert "2023-08-01" not in run(*said, "--json").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("prc-graphite-control", "--title", "x", "--on", "2023-07-03"),
            "--on is for rules that are asked by the day",
        ),
        (("flow-urea", "--id", "x", "--on", "2023-07-03"), "--on is for rules that are asked by the day"),
        (("suspension-ending", "--title", "x"), "reads no text"),
        (("overdue-chinese-customs", "--title", "x"), "reads no text"),
        (
            ("prc-graphite-control", "--id", "x", "--published", "2023-07-03"),
            "--published is the day of a text",
        ),
    ],
)
def test_explain_refuses_an_option_that_a_rule_of_the_kind_passes_over(run, arguments, said):
    result = run("rules", "explain", *arguments, trees=())
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())


def test_explain_tells_facts_in_words_and_no_notation(run):
    result = run(
        "rules", "explain", "prc-export-control", "--title", "China puts gallium under export control"
    )
    assert "    - act: export control" in result.stdout
    assert "Facts(" not in result.stdout


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_explain_tells_how_many_a_headline_counts(run, form):
    title = "China puts 20 Japanese firms on export control list"
    result = run("rules", "explain", "prc-entity-control-list", "--title", title, *form, trees=())
    assert result.exit_code == 0, result.output
    assert "entities 20" in result.stdout


def test_explain_names_the_demand_that_kept_a_figure_quiet(run, tmp_path: Path):
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    path = rules / "signals" / "exports-collapse.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "fall_ratio: 0.8}", "fall_ratio: 0.8, baseline_min: 5000}"
    )
    path.write_text(text, encoding="utf-8")
    figures = [
        {
            "type": "observation", "id": f"o{n}", "source_id": "s", "series_id": "x", "material": "gallium",
            "measure": "export_quantity", "reporter": "CN", "partner": "JP", "unit": "kg", "frequency": "M",
            "period": f"2023-{n:02d}", "value": 1000.0 if n < 12 else 10.0, "known_at": f"2024-01-{n:02d}T00:00:00Z",
        }
        for n in range(1, 13)
    ]  # fmt: skip
    evidence = tmp_path / "figures.jsonl"
    evidence.write_text(lines(*figures), encoding="utf-8")
    arguments = ("rules", "explain", "exports-collapse", "--evidence", str(evidence), "--id", "o12")
    said = run(*arguments, trees=("--rules", str(rules), "--feeds", str(FEEDS))).stdout
    assert "10 kg is 99.0 % under the median of the 6 months before, 1,000 kg (threshold 80 % under)" in said
    assert "the floor of 5,000 kg under the usual level keeps it quiet" in said
    assert "fires on o12" in run(*arguments).stdout


def test_explain_finds_a_stored_record_by_its_id(run, evidence: str, tmp_path: Path):
    assert run("db", "upgrade", trees=()).exit_code == 0
    assert run("evidence", "import", evidence, trees=()).exit_code == 0
    exported = tmp_path / "all.jsonl"
    assert run("evidence", "export", str(exported), trees=()).exit_code == 0
    written = exported.read_text(encoding="utf-8").splitlines()
    stored = next(json.loads(line) for line in written if "germanium" in line)
    result = run("rules", "explain", "prc-export-control", "--id", stored["id"])
    assert f"fires on {stored['id']}: {stored['title']}" in result.stdout
    assert "no record has the id" in run("rules", "explain", "prc-export-control", "--id", "nothing").stderr


def test_explain_finds_a_record_by_its_id(run, evidence: str):
    result = run("rules", "explain", "prc-export-control", "--evidence", evidence, "--id", "a1", "--json")
    (record,) = json.loads(result.stdout)["records"]
    assert record["id"] == "a1"
    assert record["explain"]["passed"] is True


@pytest.mark.parametrize(
    "arguments",
    [("prc-export-contrl", "--title", "x"), ("prc-export-control",)],
    ids=["unknown-rule", "nothing-to-explain"],
)
def test_explain_of_nothing_is_a_usage_error(run, arguments: tuple[str, ...]):
    assert run("rules", "explain", *arguments).exit_code == 2


def test_schema_prints_json(run):
    assert json.loads(run("rules", "schema", "overlay", trees=()).stdout)["title"].startswith("<overlays>")


def test_stats_reach_no_further_back_than_what_rules_did_is_kept(run, monkeypatch):
    assert json.loads(run("rules", "stats", "--json").stdout)["weeks"] == 12
    monkeypatch.setenv("WARNING_KEEP_RAW_DAYS", "28")
    told = run("rules", "stats", "--json")
    assert json.loads(told.stdout)["weeks"] == 4
    assert "kept for 28 days" in told.stderr


def test_stats_of_an_empty_store_say_never(run):
    document = json.loads(run("rules", "stats", "--json").stdout)
    assert {(one["rule"], one["last_fired_at"]) for one in document["rules"]} == {
        ("entity-list-added", None),
        ("exports-collapse", None),
        ("gallium-background", None),
        ("prc-export-control", None),
    }
