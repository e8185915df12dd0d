"""Sequences, absences and watches as an officer meets them: a service's store, and the commands that read it."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.catalog.trees_for_tests import FEEDS, RULES
from tests.flows.commands import commands_with
from warning.app.assessing import assess_new
from warning.app.compose import compose
from warning.app.system import System
from warning.core.evidence import Entry, Item, Listing, item_id, listing_id
from warning.core.health import SourceState
from warning.settings import Settings

NOW = datetime.now(tz=UTC).replace(microsecond=0)
SEQUENCE = """\
id: answer-to-a-list
title: A control follows an entity listing
kind: sequence
severity: minor
owner: analysts
rationale: For tests.
relation: response
watch: true
within_days: 30
same: [answers]
steps:
  - {name: listing, rules: [entity-list-added]}
  - {name: control, rules: [prc-export-control], actors: [CN]}
examples:
  - fires: true
    events:
      - {rule: entity-list-added, day: 2024-12-02, actors: [US]}
      - {rule: prc-export-control, day: 2024-12-03}
  - fires: false
    events: [{rule: prc-export-control, day: 2024-12-03}]
"""
ABSENCE = """\
id: wire-is-quiet
title: The wire is quiet
kind: absence
severity: minor
owner: analysts
rationale: For tests.
expects: items
sources: [wire]
within_days: 5
examples:
  - {fires: true, on: 2024-06-07, last: 2024-06-01}
  - {fires: false, on: 2024-06-07, last: 2024-06-01, condition: failing}
"""
TERMS = "acts:\n  evidence_overdue: {label: {en: evidence overdue}, direction: neutral, phrases: {}}\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    (rules / "signals" / "answer-to-a-list.yaml").write_text(SEQUENCE)
    (rules / "signals" / "wire-is-quiet.yaml").write_text(ABSENCE)
    (rules / "terms" / "absences.yaml").write_text(TERMS)
    return rules


@pytest.fixture
def system(tmp_path: Path, rules: Path):
    settings = Settings(home=tmp_path / "home", rules_dir=rules, feeds_dir=FEEDS)
    found = compose(settings, clock=lambda: NOW)
    yield found
    found.close()


@pytest.fixture
def warning(tmp_path: Path, rules: Path):
    run = commands_with(
        WARNING_HOME=str(tmp_path / "home"), WARNING_RULES_DIR=str(rules), WARNING_FEEDS_DIR=str(FEEDS)
    )
    return lambda *words: run(*words).output


def some_list(days_ago: float, *names: str) -> Listing:
    entries = tuple(Entry(key=name, name=f"{name} Semiconductor", country="CN") for name in names)
    known_at = NOW - timedelta(days=days_ago)
    return Listing(
        id=listing_id("us-entity-list", entries),
        source_id="us-entity-list",
        known_at=known_at,
        entries=entries,
    )


def some_item(days_ago: float, title: str, source: str = "wire") -> Item:
    known_at = NOW - timedelta(days=days_ago)
    return Item(
        id=item_id(source, "", title, title),
        source_id=source,
        kind="news",
        country="US",
        language="en",
        title=title,
        published_at=known_at,
        known_at=known_at,
    )


def list_then_control(system: System) -> None:
    """An entity list that grew three days ago, and a control announced yesterday: two rounds of the service."""
    system.repository.add_listing(some_list(9, "A"))
    system.repository.add_listing(some_list(3, "A", "B"))
    assess_new(system)
    system.repository.add_items([some_item(1, "China announces export controls on gallium")])
    assess_new(system)


def test_control_is_told_as_the_answer_to_a_list_of_an_earlier_round(system: System):
    list_then_control(system)
    alerts = {alert.rule_id: alert for alert in system.repository.alerts()}
    reason = alerts["prc-export-control"].why[0]
    assert (reason.code, dict(reason.params)["days"]) == ("sequence.response", "2")
    assert set(alerts) == {"entity-list-added", "prc-export-control"}


def test_watches_command_shows_what_opened_a_watch_and_what_answered(system: System, warning):
    system.repository.add_listing(some_list(9, "A"))
    system.repository.add_listing(some_list(3, "A", "B"))
    assess_new(system)
    text = warning("rules", "watches")
    assert "27 days left" in text
    assert "no answer yet; awaited from CN" in text
    system.repository.add_items([some_item(1, "China announces export controls on gallium")])
    assess_new(system)
    document = json.loads(warning("rules", "watches", "--json"))
    (watch,) = document["watches"]
    assert document["schema"] == "rules/1"
    assert (watch["rule_id"], watch["days_left"]) == ("answer-to-a-list", 27)
    assert [answer["days"] for answer in watch["answers"]] == [2]


def test_explain_says_step_by_step_what_a_sequence_has_and_lacks(system: System, warning):
    system.repository.add_listing(some_list(9, "A"))
    system.repository.add_listing(some_list(3, "A", "B"))
    assess_new(system)
    text = warning("rules", "explain", "answer-to-a-list")
    assert "step listing" in text
    assert "1 event: " in text
    assert re.search(
        r"no event fits; the nearest, [\d-]+ United States: entity listing, lacks: a rule of the step", text
    )


def test_gap_of_a_source_that_is_read_is_told_on_a_quiet_day(system: System):
    system.repository.add_items([some_item(8, "Weather")])
    system.repository.save_source_state(healthy("ok"))
    assess_new(system)
    (alert,) = system.repository.alerts()
    assert (alert.rule_id, alert.facts.act) == ("wire-is-quiet", "evidence_overdue")


def healthy(condition: str, cause: str = "") -> SourceState:
    at = NOW - timedelta(minutes=5)
    return SourceState(
        source_id="wire", condition=condition, cause=cause, since=at, last_attempt_at=at, last_success_at=at
    )


def test_gap_of_a_source_that_fails_is_not_told_and_explain_says_since_when(system: System, warning):
    system.repository.add_items([some_item(8, "Weather")])
    system.repository.save_source_state(healthy("failing", "HTTP 503"))
    assess_new(system)
    assert system.repository.alerts() == ()
    text = warning("rules", "explain", "wire-is-quiet")
    assert f"wire is blind since {(NOW - timedelta(minutes=5)).date()} (failing: HTTP 503)" in text


def test_reports_of_sources_are_exported_and_imported_as_evidence(system: System, warning, tmp_path: Path):
    system.repository.save_source_state(healthy("failing", "HTTP 503"))
    file = tmp_path / "all.jsonl"
    warning("evidence", "export", str(file))
    (record,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert (record["type"], record["condition"], record["cause"]) == ("report", "failing", "HTTP 503")
    again = json.loads(warning("evidence", "import", str(file), "--json"))
    assert (again["read"], again["new"], again["unchanged"]) == (1, 0, 1)


def test_examples_of_composed_rules_are_run(warning):
    assert "examples hold" in warning("rules", "test", "answer-to-a-list", "wire-is-quiet")
    assert "FAIL" not in warning("rules", "test", "answer-to-a-list", "wire-is-quiet")


def test_check_names_a_step_whose_rule_does_not_exist(rules: Path, warning):
    file = rules / "signals" / "answer-to-a-list.yaml"
    file.write_text(SEQUENCE.replace("rules: [entity-list-added]", "rules: [entity-list-add]"))
    text = warning("rules", "check")
    assert "EW223 there is no rule 'entity-list-add' (did you mean entity-list-added?)" in text
