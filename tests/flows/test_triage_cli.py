"""A desk works through its alerts from the command line."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.judged import commit, document, fired
from tests.flows.commands import commands_with
from warning.errors import CatalogError, ConfigError, ReviewRefused
from warning.resources import tree
from warning.store.engine import open_engine
from warning.store.repository import Repository

RULE = "prc-export-control-notice"


@pytest.fixture
def key(sqlite_url: str) -> str:
    engine = open_engine(sqlite_url)
    repository = Repository(engine)
    repository.add_items([document()])
    commit(repository, replace(fired(), rule_id=RULE))
    (alert,) = repository.alerts()
    engine.dispose()
    return alert.key


@pytest.fixture
def warning(sqlite_url: str, tmp_path: Path):
    return commands_with(WARNING_HOME=str(tmp_path / "home"), WARNING_DATABASE_URL=sqlite_url)


def listed(warning, *words: str) -> list[str]:
    document = json.loads(warning("alerts", "list", "--json", *words).stdout)
    return [alert["key"] for alert in document["alerts"]]


def test_a_desk_acknowledges_and_the_other_desks_list_is_as_before(warning, key: str):
    done = json.loads(warning("alerts", "ack", key[:6], "--desk", "kr", "--by", "Kim", "--json").stdout)
    assert (done["schema"], done["alert"], done["review"]["state"]) == ("alerts/1", key, "acknowledged")
    assert listed(warning, "--desk", "kr", "--state", "open") == []
    assert listed(warning, "--desk", "kr", "--state", "acknowledged") == [key]
    assert listed(warning, "--desk", "us", "--state", "open") == [key]
    assert listed(warning, "--state", "open") == [key]


def test_the_case_tells_who_did_what_and_why(warning, key: str):
    warning("alerts", "assign", key, "--desk", "kr", "--by", "Kim", "--to", "Park")
    warning("alerts", "note", key, "--desk", "kr", "--by", "Park", "--reason", "기업에 문의함")
    warning("alerts", "close", key, "--desk", "kr", "--by", "Park", "--verdict", "false_positive")
    shown = warning("alerts", "show", key).stdout
    assert "kr: closed as false_positive by Park" in shown
    assert "Park: note on v1: 기업에 문의함" in shown
    case = json.loads(warning("alerts", "show", key, "--json").stdout)["alert"]
    assert [event["action"] for event in case["review_history"]] == ["assign", "note", "close"]
    assert {desk: review["state"] for desk, review in case["reviews"].items()} == {
        "jp": "open",
        "kr": "closed",
        "us": "open",
    }


def test_what_may_not_be_done_names_the_mend_and_changes_nothing(warning, key: str):
    with pytest.raises(ReviewRefused, match="stands at version 1 now, not at version 2"):
        warning("alerts", "ack", key, "--desk", "kr", "--by", "Kim", "--version", "2")
    with pytest.raises(ReviewRefused, match="30 days at most"):
        warning("alerts", "snooze", key, "--desk", "kr", "--by", "Kim", "--until", "6w")
    assert listed(warning, "--desk", "kr", "--state", "open") == [key]


def test_a_snooze_takes_a_span_or_a_day(warning, key: str):
    said = warning("alerts", "snooze", key, "--desk", "kr", "--by", "Kim", "--until", "3d").stdout
    assert f"{key} kr: snoozed until " in said
    said = warning("alerts", "reopen", key, "--desk", "kr", "--by", "Kim").stdout
    assert f"{key} kr: reopened by Kim" in said


def test_rules_stats_count_the_verdicts_of_each_desk(warning, key: str):
    warning("alerts", "close", key, "--desk", "kr", "--by", "Kim", "--verdict", "confirmed")
    stats = json.loads(warning("rules", "stats", "--json").stdout)["rules"]
    found = {rule["rule"]: rule["precision"] for rule in stats if rule["precision"]}
    assert [(one["desk"], one["n"], one["ratio"]) for one in found[RULE]] == [("kr", 1, None)]
    assert "kr too few to say (n=1)" in warning("rules", "stats").stdout


def test_rules_stats_tell_when_a_rule_last_fired_after_what_rules_did_then_has_left(
    warning, key: str, sqlite_url: str
):
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
        database.execute("DELETE FROM traces")
    stats = {one["rule"]: one for one in json.loads(warning("rules", "stats", "--json").stdout)["rules"]}
    assert stats[RULE]["signals"] == 0
    assert stats[RULE]["last_fired_at"] is not None
    assert {one["last_fired_at"] for rule, one in stats.items() if rule.startswith("flow-")} == {None}


def test_the_audit_log_tells_the_acts_and_shows_tampering(warning, key: str, sqlite_url: str):
    warning("alerts", "ack", key, "--desk", "kr", "--by", "Kim")
    entries = json.loads(warning("audit", "list", "--subject", key, "--json").stdout)["entries"]
    assert [(entry["kind"], entry["actor"], entry["content"]["action"]) for entry in entries] == [
        ("review", "Kim", "ack")
    ]
    holds = json.loads(warning("audit", "verify", "--json").stdout)
    assert (holds["schema"], holds["holds"], holds["entries"]) == ("audit/1", True, 2)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE audit SET actor = 'Park' WHERE seq = 2")
    broken = warning("audit", "verify")
    assert broken.return_value == 1
    assert "broken: entry 2 was changed after it was written" in broken.stdout


def test_alerts_are_read_and_taken_up_while_a_rule_file_is_broken_but_not_while_a_desk_is(
    warning, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rules = tmp_path / "rules"
    shutil.copytree(tree("rules"), rules)
    monkeypatch.setenv("WARNING_RULES_DIR", str(rules))
    (rules / "signals" / "list-any-removal.yaml").write_text("id: [broken", encoding="utf-8")
    read = warning("alerts", "list", "--json")
    assert [alert["key"] for alert in json.loads(read.stdout)["alerts"]] == [key]
    assert "list-any-removal.yaml" in read.stderr
    assert warning("alerts", "ack", key, "--desk", "kr", "--by", "Kim").exit_code == 0
    (rules / "desks" / "kr.yaml").write_text("id: [broken", encoding="utf-8")
    with pytest.raises(CatalogError):
        warning("alerts", "list")
    with pytest.raises(ConfigError, match="no desk is called 'kr'"):
        warning("alerts", "close", key, "--desk", "kr", "--by", "Kim", "--verdict", "confirmed")


def test_the_case_is_explained_step_by_step_with_the_evidence_that_shows_it(warning, key: str):
    shown = warning("alerts", "show", key, "--why").stdout
    case = shown.partition("\nCase\n")[2]
    assert f"case of {key}: cn-control" in case
    assert "PASS announced: " in case
    assert f"({document().id}: {document().title})" in case
    assert "it would be shown by" in case
    assert "Case\n" not in warning("alerts", "show", key).stdout
    explained = json.loads(warning("alerts", "show", key, "--why", "--json").stdout)["alert"][
        "case_explained"
    ]
    assert [child["label"] for child in explained["children"]][:2] == ["announced", "gazetted"]
    rule = warning("rules", "explain", RULE, "--id", document().id).stdout
    assert f"case of {key}" in rule
