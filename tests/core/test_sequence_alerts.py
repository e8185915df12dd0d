"""Where a sequence is told: in the alert of the event it is about, once, and never as a second alert."""

from dataclasses import replace
from datetime import timedelta

from tests.core.build import at
from tests.core.sequence_samples import event, rule, rules_book
from warning.core.correlate import correlate
from warning.core.detect.registry import COMPOSERS
from warning.core.evidence import Window
from warning.core.grading import grade
from warning.core.recall import Recalled
from warning.core.signals import Signal
from warning.core.vocabulary import Severity
from warning.core.withdrawals import Withdrawal
from warning.core.withdrawing import without

US = {"actors": ("US",), "act": "entity_listing", "targets": ("CN",)}
CN = {"actors": ("CN",), "act": "export_ban", "targets": ("US",)}


class Rounds:
    """Assessments without detectors of evidence: each round's signals are given."""

    def __init__(self, *rules, **changes) -> None:
        self.book = rules_book(*rules, **changes)
        self.alerts: dict = {}
        self.signals: list[Signal] = []

    def round(self, *fresh: Signal) -> list:
        as_of = max(s.known_at for s in fresh)
        window = Window(recalled=Recalled(signals=tuple(self.signals))).as_known(as_of)
        composed, _ = COMPOSERS["sequence"](self.book, window, as_of, fresh)
        changes, _ = correlate((*fresh, *composed), tuple(self.alerts.values()), self.book, as_of)
        graded = [grade(change, self.book) for change in changes]
        self.alerts |= {change.alert.key: change.alert for change in graded}
        self.signals += [*fresh, *composed]
        return graded


def test_response_is_told_in_the_alert_of_the_answer_with_both_events():
    rounds = Rounds(rule("a", "b", same=["answers"]))
    rounds.round(event("a", 0, facts=US))
    (change,) = rounds.round(event("b", 1, facts=CN))
    assert change.kind == "opened"
    assert change.alert.rule_id == "b"
    assert "entity listing (2024-12-01); then" in change.alert.why[0].text
    assert "1 day between" in change.alert.why[0].text
    assert len(rounds.alerts) == 2


def test_trigger_learnt_late_makes_a_new_version_of_the_answer_once():
    rounds = Rounds(rule("a", "b"))
    rounds.round(event("b", 3, facts=CN))
    late = rounds.round(event("a", 0, known=5, facts=US))
    answer = next(c for c in late if c.alert.rule_id == "b")
    assert (answer.kind, answer.alert.version) == ("updated", 2)
    assert [(d.code, d.before) for d in answer.alert.differences] == [("response", "3")]
    again = rounds.round(event("b", 4, facts=CN))
    assert [c.kind for c in again] == ["joined"]


def test_confirmation_goes_into_the_alert_of_what_it_confirms():
    rounds = Rounds(rule("a", "b", relation="confirmation", same=["material"], severity="extreme"))
    rounds.round(event("a", 0))
    (change,) = rounds.round(event("b", 5, facts={"act": "export_fall"}, story="gallium:CN"))
    assert change.alert.rule_id == "a"
    assert change.alert.facts.act == "export_control"
    assert change.alert.severity == Severity.EXTREME
    assert "confirmation" in {d.code for d in change.alert.differences}
    assert change.alert.evidence_total == 2
    assert len(rounds.alerts) == 1


def test_confirmation_of_a_closed_alert_leaves_the_event_to_itself():
    rounds = Rounds(rule("a", "b", relation="confirmation", same=["material"]))
    rounds.round(event("a", 0))
    rounds.alerts.clear()
    (change,) = rounds.round(event("b", 5, facts={"act": "export_fall"}))
    assert (change.kind, change.alert.rule_id, change.alert.evidence_total) == ("opened", "b", 1)


def test_pattern_opens_an_alert_of_its_own():
    pattern = rule("a", "b", relation="pattern", act="export_ban", direction="tightening", severity="severe")
    rounds = Rounds(pattern)
    rounds.round(event("a", 0, facts={"act": "entity_listing", "materials": ("germanium",)}))
    opened = rounds.round(event("b", 2, facts={"act": "entity_listing", "actors": ("JP",)}))
    assert sorted(c.alert.rule_id for c in opened) == ["answer", "b"]
    own = next(c.alert for c in opened if c.alert.rule_id == "answer")
    assert (own.facts.act, own.facts.materials) == ("export_ban", ("germanium", "gallium"))


def test_answer_that_does_not_interrupt_stays_quiet():
    rounds = Rounds(rule("a", "b", severity="extreme"))
    rounds.round(event("a", 0, facts=US))
    (change,) = rounds.round(replace(event("b", 1, facts=CN), interrupts=False))
    assert change.alert.interrupts is False


def test_step_asks_for_a_serious_event():
    steps = [{"name": "a", "rules": ["a"]}, {"name": "b", "rules": ["b"], "severity_min": "severe"}]
    rounds = Rounds(rule(steps=steps))
    rounds.round(event("a", 0, facts=US))
    rounds.round(event("b", 1, severity=Severity.MODERATE, facts=CN))
    assert not any("sequence." in r.code for a in rounds.alerts.values() for r in a.why)


def test_samples_lie_in_the_time_they_say():
    assert event("a", 0).known_at < at(1000)


STOP = {"relation": "pattern", "act": "supply_stop", "direction": "tightening", "same": ["material"]}
MAGNETS = {"materials": ("neodymium", "dysprosium")}
GALLIUM = {"materials": ("gallium",)}


def patterns(rounds: Rounds) -> list:
    return [alert for alert in rounds.alerts.values() if alert.facts.act == "supply_stop"]


def test_further_reports_and_figures_of_one_stop_go_into_its_alert():
    rounds = Rounds(rule("a", "b", ordered=False, within_days=60, **STOP))
    rounds.round(event("a", 0, facts=MAGNETS))
    rounds.round(event("b", 4, facts=MAGNETS))
    (opened,) = patterns(rounds)
    rounds.round(event("b", 34, facts={"materials": ("neodymium",), "actors": ()}))
    (joined,) = patterns(rounds)
    assert joined.key == opened.key
    assert len(joined.signal_ids) == 2


def test_stops_of_other_goods_or_of_another_state_are_told_apart():
    for other in ({"materials": ("gallium",)}, {**MAGNETS, "actors": ("MM",)}):
        rounds = Rounds(rule("a", "b", ordered=False, within_days=60, **STOP))
        for facts in (MAGNETS, other):
            rounds.round(event("a", 0, f"a-{facts}", facts=facts))
            rounds.round(event("b", 4, f"b-{facts}", facts=facts))
        assert len(patterns(rounds)) == 2, other


def test_pattern_names_the_state_that_any_of_its_events_names():
    rounds = Rounds(rule("a", "b", ordered=False, within_days=60, **STOP))
    rounds.round(event("a", 0, facts=MAGNETS))
    rounds.round(event("b", 4, facts={**MAGNETS, "actors": ()}))
    (alert,) = patterns(rounds)
    assert alert.facts.actors == ("CN",)


def test_importers_whose_figures_fell_are_not_told_as_those_a_stop_is_aimed_at():
    rounds = Rounds(rule("a", "b", ordered=False, within_days=60, **STOP))
    rounds.round(event("a", 0, facts={**MAGNETS, "targets": ("KR",)}))
    rounds.round(event("b", 4, facts={**MAGNETS, "targets": ("JP", "US")}, story="flow:neodymium:CN"))
    (alert,) = patterns(rounds)
    assert alert.facts.targets == ("KR",)


def test_pattern_that_goes_on_is_told_anew_when_its_alert_has_stood_long_enough():
    rounds = Rounds(rule("a", "b", **STOP, span_days=30, within_days=20))
    for day in range(0, 60, 10):
        rounds.round(event("a", day, facts=GALLIUM), event("b", day, f"figure {day}", facts=GALLIUM))
    opened = [a.opened_at for a in patterns(rounds)]
    assert len(opened) == 2
    assert max(opened) - min(opened) > timedelta(days=30)


def test_pattern_aimed_at_somebody_else_is_another_stop():
    rounds = Rounds(rule("a", "b", **STOP))
    for day, target in ((0, "JP"), (2, "JP"), (4, "KR")):
        facts = {**GALLIUM, "targets": (target,)}
        rounds.round(event("a", day, facts=facts), event("b", day, f"figure {day}", facts=facts))
    assert sorted(a.facts.targets for a in patterns(rounds)) == [("JP",), ("KR",)]


def test_alert_of_a_pattern_shows_the_evidence_of_all_its_events():
    rounds = Rounds(rule("a", "b", **STOP))
    rounds.round(event("a", 0, "report", facts=GALLIUM), event("b", 1, "figure", facts=GALLIUM))
    (alert,) = patterns(rounds)
    assert {shown.evidence_id for shown in alert.exhibits} == {"report", "figure"}
    assert alert.evidence_total == 2
    rounds.round(event("b", 3, "further figure", facts=GALLIUM))
    (alert,) = patterns(rounds)
    assert {shown.evidence_id for shown in alert.exhibits} == {"report", "figure", "further figure"}


def test_alert_of_a_pattern_of_which_one_event_was_taken_back_does_not_stand():
    rounds = Rounds(rule("a", "b", **STOP))
    rounds.round(event("a", 0, "report", facts=GALLIUM), event("b", 1, "figure", facts=GALLIUM))
    (alert,) = patterns(rounds)
    act = Withdrawal(
        id="w", evidence_id="report", source_id="s", action="withdrawn", reason="r", actor="x", known_at=at(9)
    )
    assert without(alert, [act], rounds.book).is_cancelled
