"""Tuning apart from the shipped rules."""

from datetime import date
from pathlib import Path

from tests.catalog.trees_for_tests import FEEDS, RULES
from warning.catalog.load import load_rulebook, read_rulebook
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule, SeriesRule, TextRule
from warning.core.vocabulary import Severity


def tuned(tmp_path: Path, text: str, today: date | None = None) -> Rulebook:
    (tmp_path / "tuning.yaml").write_text(f"overlays:\n{text}", encoding="utf-8")
    return load_rulebook(RULES, FEEDS, tmp_path, today=today)


def rule(book: Rulebook, rule_id: str) -> AnyRule:
    return next(rule for rule in book.rules if rule.id == rule_id)


def test_overlay_switches_a_rule_off(tmp_path: Path):
    text = "  - {rule: prc-export-control, reason: r, author: a, enabled: false}\n"
    assert not rule(tuned(tmp_path, text), "prc-export-control").enabled


def test_overlay_changes_severity_and_thresholds(tmp_path: Path):
    text = "  - {rule: exports-collapse, reason: r, author: a, set: {severity: minor, tests.0.fall_ratio: 0.95}}\n"
    changed = rule(tuned(tmp_path, text), "exports-collapse")
    assert isinstance(changed, SeriesRule)
    assert changed.severity is Severity.MINOR
    assert changed.tests[0].fall_ratio == 0.95


def test_overlay_excludes_phrases_and_sources(tmp_path: Path):
    text = (
        "  - {rule: prc-export-control, reason: r, author: a,"
        " exclude: {phrases: {ko: [채용]}, sources: [cn-mofcom]}}\n"
    )
    changed = rule(tuned(tmp_path, text), "prc-export-control")
    assert isinstance(changed, TextRule)
    assert changed.match.none[-1].phrases == {"ko": ("채용",)}
    assert changed.where.except_sources == ("cn-mofcom",)
    assert len(changed.match.none) == 2


def test_overlays_of_one_rule_add_up(tmp_path: Path):
    text = (
        "  - {rule: prc-export-control, reason: r, author: a, set: {severity: minor}}\n"
        "  - {rule: prc-export-control, reason: r, author: b, set: {max_age_days: 30}}\n"
    )
    changed = rule(tuned(tmp_path, text), "prc-export-control")
    assert (changed.severity, changed.max_age_days) == (Severity.MINOR, 30)


def test_overlay_ends_after_its_day_and_not_on_it(tmp_path: Path):
    text = "  - {rule: prc-export-control, reason: r, author: a, enabled: false, expires: 2026-03-31}\n"
    assert not rule(tuned(tmp_path, text, date(2026, 3, 31)), "prc-export-control").enabled
    assert rule(tuned(tmp_path, text, date(2026, 4, 1)), "prc-export-control").enabled


def test_overlay_changes_the_version_of_its_rule_and_of_no_other(tmp_path: Path):
    plain = load_rulebook(RULES, FEEDS)
    text = "  - {rule: prc-export-control, reason: r, author: a, set: {severity: minor}}\n"
    versions = {rule.id: rule.version for rule in tuned(tmp_path, text).rules}
    different = {rule.id for rule in plain.rules if rule.version != versions[rule.id]}
    assert different == {"prc-export-control"}


def test_overlay_leaves_the_shipped_file_alone(tmp_path: Path):
    shipped = RULES / "signals" / "prc-export-control.yaml"
    before = shipped.read_bytes()
    tuned(tmp_path, "  - {rule: prc-export-control, reason: r, author: a, set: {severity: minor}}\n")
    assert shipped.read_bytes() == before


def test_two_changes_that_only_work_together_are_taken_together(tmp_path: Path):
    text = (
        "  - {rule: prc-export-control, reason: r, author: a,"
        " set: {direction: easing, require_direction: easing}}\n"
    )
    changed = rule(tuned(tmp_path, text), "prc-export-control")
    assert isinstance(changed, TextRule)
    assert changed.require_direction == "easing"


def told(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "tuning.yaml").write_text(f"overlays:\n{text}", encoding="utf-8")
    problems = read_rulebook(RULES, FEEDS, tmp_path)[1]
    return [f"{Path(p.file).name}:{p.line} {p.code}" for p in problems]


def test_mistake_that_an_overlay_brings_into_a_rule_is_told_where_the_overlay_says_it(tmp_path: Path):
    text = (
        "  - rule: prc-export-control\n    reason: r\n    author: a\n"
        "    set:\n      where.sources: [no-such-source]\n      actors: [XX]\n"
    )
    assert told(tmp_path, text) == ["tuning.yaml:6 EW205", "tuning.yaml:7 EW203"]


def test_mistake_of_the_last_of_several_overlays_is_told_there(tmp_path: Path):
    text = (
        "  - {rule: prc-export-control, reason: r, author: a, set: {actors: [CN]}}\n"
        "  - {rule: prc-export-control, reason: r, author: a, set: {actors: [XX]}}\n"
    )
    assert told(tmp_path, text) == ["tuning.yaml:2 EW305", "tuning.yaml:3 EW203"]


def test_one_overlay_that_cannot_be_read_hides_no_mistake_of_the_others(tmp_path: Path):
    text = (
        "  - {rule: prc-export-contrl, reason: r, author: a, enabled: false}\n"
        "  - {rule: prc-export-control, author: a, enabled: false}\n"
        "  - {rule: exports-collapse, reason: r, author: a, set: {severty: minor}}\n"
    )
    assert sorted(told(tmp_path, text)) == [
        "tuning.yaml:2 EW301",
        "tuning.yaml:3 EW103",
        "tuning.yaml:4 EW303",
    ]


def test_overlay_of_a_test_that_is_not_there_says_how_many_there_are(tmp_path: Path):
    text = "  - {rule: exports-collapse, reason: r, author: a, set: {tests.9.fall_ratio: 0.5}}\n"
    (tmp_path / "tuning.yaml").write_text(f"overlays:\n{text}", encoding="utf-8")
    (problem,) = read_rulebook(RULES, FEEDS, tmp_path)[1]
    assert problem.message == "tests.9.fall_ratio: the rule has no '9' there"
    assert problem.hint == "tests has 1 entry, counted from 0"


def test_all_that_one_overlay_sets_wrongly_is_told_in_one_run(tmp_path: Path):
    text = (
        "  - rule: exports-collapse\n    reason: r\n    author: a\n    set:\n"
        "      tests.9.fall_ratio: 0.5\n      tests.0.fall_ratio: 7\n      act: export_fal\n      id: other\n"
    )
    assert sorted(told(tmp_path, text)) == [
        "tuning.yaml:6 EW303",
        "tuning.yaml:7 EW303",
        "tuning.yaml:8 EW202",
        "tuning.yaml:9 EW303",
    ]


def test_overlay_of_a_rule_with_mistakes_of_its_own_adds_no_second_blame(tmp_path: Path):
    broken = tmp_path / "own" / "signals" / "mine.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("id: mine\n", encoding="utf-8")
    tuning = tmp_path / "own" / "tuning.yaml"
    tuning.write_text("overlays:\n  - {rule: mine, reason: r, author: a, enabled: false}\n", encoding="utf-8")
    _, problems = read_rulebook(RULES, FEEDS, tmp_path / "own")
    assert {Path(problem.file).name for problem in problems} == {"mine.yaml"}
