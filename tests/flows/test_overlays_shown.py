"""What an operator changed of a rule is shown with author, reason and end wherever the rule is shown."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.catalog.trees_for_tests import FEEDS, RULES
from warning.cli.main import cli

TUNING = """
overlays:
  - rule: prc-export-control
    set: {severity: minor}
    exclude: {phrases: {en: [gallium]}, sources: [wire]}
    reason: our trade ministry tells us first
    author: a.analyst
    expires: 2999-12-31
  - rule: prc-export-control
    set: {severity: moderate}
    reason: an old one
    author: b.analyst
    expires: 2020-01-31
  - {rule: gallium-background, enabled: false, reason: too many, author: c.analyst}
"""
SHOWN = (
    "prc-export-control is changed by an overlay of a.analyst until 2999-12-31: severity: minor; quiet on “gallium” (en); "
    "not of wire (because: our trade ministry tells us first; {file}:3)"
)


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WARNING_HOME", str(tmp_path / "home"))
    own = tmp_path / "own"
    own.mkdir()
    (own / "tuning.yaml").write_text(TUNING, encoding="utf-8")

    def invoke(*words: str) -> str:
        trees = ("--rules", str(RULES), "--feeds", str(FEEDS), "--overlays", str(own))
        done = CliRunner().invoke(cli, ["rules", *words, *trees])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout.replace(str(own), "own")

    return invoke


def test_the_overlays_in_force_are_listed_with_what_who_why_where_and_until_when(shown):
    assert shown("list", "--tuned").splitlines() == [
        "gallium-background is changed by an overlay of c.analyst: switched off (because: too many; own/tuning.yaml:14)",
        SHOWN.format(file="own/tuning.yaml"),
    ]


def test_the_list_names_authors_and_ends_and_its_json_all_of_each_overlay(shown):
    rows = {line.split()[0]: line for line in shown("list").splitlines()}
    assert "by a.analyst until 2999-12-31" in rows["prc-export-control"]
    assert sum(" by " in row for row in rows.values()) == 2
    told = {rule["rule"]: rule["overlays"] for rule in json.loads(shown("list", "--json"))["rules"]}
    assert told.pop("prc-export-control") == [
        {
            "changes": ["severity: minor", "quiet on “gallium” (en)", "not of wire"],
            "author": "a.analyst",
            "reason": "our trade ministry tells us first",
            "until": "2999-12-31",
            "file": "own/tuning.yaml",
            "line": 3,
        }
    ]
    assert told.pop("gallium-background")[0]["until"] is None
    assert set(map(len, told.values())) == {0}


def test_an_explanation_says_first_what_an_overlay_made_of_the_rule(shown):
    words = ("explain", "prc-export-control", "--title", "China announces export controls on gallium")
    first, *rest = shown(*words).splitlines()
    assert first == SHOWN.format(file="own/tuning.yaml")
    assert any("does not mention “gallium”" in line for line in rest)
    (overlay,) = json.loads(shown(*words, "--json"))["overlays"]
    assert (overlay["author"], overlay["until"]) == ("a.analyst", "2999-12-31")
