"""The commands of desks as scripts call them: who gets a text, which desks there are, and a directory of one's own."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.flows.rules_commands import TREES, run
from warning.cli.main import cli
from warning.errors import ConfigError

__all__ = ["run"]


def test_desks_route_says_who_gets_a_text(run):
    result = run("desks", "route", "--title", "China announces export controls on gallium", "--json")
    assert result.exit_code == 0
    (routed,) = [r for r in json.loads(result.stdout)["routed"] if r["rule"] == "prc-export-control"]
    assert [(d["desk"], d["severity"]) for d in routed["delivered"]] == [("kr", "extreme"), ("us", "severe")]


def test_desks_route_says_why_a_desk_does_not_get_a_text(run):
    result = run("desks", "route", "--title", "Gallium prices steady", "--json")
    (routed,) = json.loads(result.stdout)["routed"]
    assert routed["delivered"] == []
    assert [(w["desk"], w["reason"]) for w in routed["withheld"]] == [("kr", "context"), ("us", "context")]


def test_desks_route_of_a_text_nobody_cares_for_ends_with_1(run):
    result = run("desks", "route", "--title", "Weather")
    assert result.exit_code == 1
    assert "no rule fires" in result.stderr


def test_desks_route_of_an_unknown_alert_is_a_usage_error(run):
    assert run("desks", "route", "--alert", "a-0000000000000000").exit_code == 2


def test_desks_list_and_check_name_every_desk(run):
    document = json.loads(run("desks", "list", "--json").stdout)
    assert [desk["id"] for desk in document["desks"]] == ["kr", "us"]
    assert run("desks", "check").exit_code == 0


def test_desks_send_test_reaches_every_destination_and_says_it_is_an_exercise(run):
    result = run("desks", "send-test", "kr", "--json")
    assert result.exit_code == 0
    (sent,) = json.loads(result.stdout)["sent"]
    assert (sent["desk_id"], sent["channel"], sent["error"]) == ("kr", "console", "")
    assert "Exercise" in result.stderr
    assert run("desks", "send-test", "kp").exit_code == 2


def test_init_makes_a_directory_that_loads_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = tmp_path / "ours"
    made = CliRunner().invoke(cli, ["init", str(home)])
    assert made.exit_code == 0
    assert {Path(line).name for line in made.stdout.splitlines()} >= {
        "warning.toml",
        "tuning.yaml",
        "kr.yaml",
    }
    monkeypatch.setenv("WARNING_HOME", str(home))
    result = CliRunner().invoke(cli, ["desks", "check", *TREES, "--json"])
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["problems"] == []
    assert any("WARNING_SLACK_BOT_TOKEN" in note for note in document["notes"])


def test_init_overwrites_nothing(tmp_path: Path):
    home = tmp_path / "ours"
    CliRunner().invoke(cli, ["init", str(home)])
    (home / "overlay" / "tuning.yaml").write_text("overlays: []\n", encoding="utf-8")
    again = CliRunner().invoke(cli, ["init", str(home)])
    assert isinstance(again.exception, ConfigError)
    assert (home / "overlay" / "tuning.yaml").read_text(encoding="utf-8") == "overlays: []\n"
