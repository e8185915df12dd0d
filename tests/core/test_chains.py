"""A legal act is one case: where it stands, what comes next and by when, and that it is late only where one can see."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.core.build import at, book, exhibit, press, signal
from warning.app.backtesting import carry
from warning.core.assess import Sensed, State, decide
from warning.core.case_explain import explain_case
from warning.core.case_steps import late_signals, lateness
from warning.core.chains import Chain, ChainStep, ShownBy, case_of
from warning.core.evidence import KnownWindow
from warning.core.health import SourceReport, Vitals, report_id
from warning.core.joinable import joinable
from warning.core.lifecycle import with_state
from warning.core.measures import Measure, Suspension
from warning.core.recall import Recalled
from warning.core.vocabulary import Severity
from warning.core.withdrawals import Withdrawal

STEPS = (
    ChainStep(step="announced", shown_by=(ShownBy(by="report"),)),
    ChainStep(
        step="gazetted",
        shown_by=(ShownBy(by="instrument"),),
        within_days=3,
        sources=("mofcom",),
        late="tell",
    ),
    ChainStep(step="in_effect", shown_by=(ShownBy(by="date"),), after="gazetted", within_days=60),
    ChainStep(
        step="customs_effect",
        shown_by=(ShownBy(by="figures"),),
        after="in_effect",
        within_days=55,
        sources=("gacc",),
    ),
    ChainStep(step="suspended", shown_by=(ShownBy(by="register"),)),
)
CHAIN = Chain(id="cn", title="China", actors=("CN",), acts=("export_control",), steps=STEPS)
BOOK = replace(book(), chains=(CHAIN,))
NOTICE = {"instrument": "MOFCOM-GACC 2023/23", "effective": date(2023, 8, 1)}
DAY = date(2023, 7, 3)


class Run:
    """Assessments one after the other, with what sources last answered."""

    def __init__(self, rulebook=BOOK):
        self.book, self.state = rulebook, State()

    def day(self, days, *signals, read=True, condition="ok"):
        as_of, vitals = at(days), {}
        for source in ("mofcom", "gacc"):
            report = SourceReport(
                id=report_id(source, condition, as_of),
                source_id=source,
                condition=condition,
                since=as_of,
                known_at=as_of,
            )
            vitals[source] = Vitals().with_report(report) if read else Vitals()
        standing = tuple(a for a in self.state.open_alerts if a.state == "open")
        known = KnownWindow(
            items=(), series=(), listing_changes=(), alerts=standing, recalled=Recalled(vitals=vitals)
        )
        told = late_signals(self.book, known, as_of)
        done = decide(self.book, Sensed(signals=(*signals, *told), traces=()), self.state, as_of)
        self.state = carry(self.state, done)
        return done

    @property
    def alert(self):
        (alert,) = (a for a in self.state.open_alerts if a.facts.direction == "tightening")
        return alert


def case(alert, day, register=()):
    found = case_of(alert, (CHAIN,), register, day)
    assert found is not None
    return found


def talk(evidence="n1", days=0.0, **facts):
    return signal(evidence, days=days, exhibit=press(evidence, known_at=at(days)), facts=facts)


def codes(done):
    return [d.code for change in done.changes for d in change.alert.differences]


def test_press_report_is_announced_and_the_notice_expected_within_three_days():
    run = Run()
    run.day(0, talk())
    found = case(run.alert, DAY)
    assert [s.step for s in found.stages] == ["announced"]
    assert (found.expected.step, found.due) == ("gazetted", DAY + timedelta(days=3))


def test_notice_with_its_number_is_gazetted_and_its_own_day_of_effect_is_next():
    run = Run()
    run.day(0, talk())
    run.day(0.5, signal("o1", days=0.5, facts=NOTICE))
    found = case(run.alert, DAY)
    assert [s.step for s in found.stages] == ["announced", "gazetted"]
    assert (found.expected.step, found.due) == ("in_effect", date(2023, 8, 1))


def test_day_of_effect_is_reached_by_itself_and_trade_is_expected_after_it():
    run = Run()
    run.day(0, signal("o1", facts=NOTICE))
    found = case(run.alert, date(2023, 8, 1))
    assert found.stands_at.step == "in_effect"
    assert (found.expected.step, found.due) == ("customs_effect", date(2023, 9, 25))


def test_step_that_does_not_come_makes_one_version_that_says_so():
    run = Run()
    run.day(0, talk())
    assert codes(run.day(3)) == []
    late = run.day(4)
    assert codes(late) == ["late"]
    assert {d.reason for d in late.deliveries} == {"update"}
    assert codes(run.day(5)) == codes(run.day(6)) == []
    assert run.alert.version == 2
    assert run.alert.evidence_total == 1


@pytest.mark.parametrize("answer", [{"read": False}, {"condition": "failing"}])
def test_silence_of_a_source_that_cannot_be_read_is_no_lateness(answer):
    run = Run()
    run.day(0, talk())
    assert codes(run.day(5, **answer)) == []
    assert codes(run.day(6)) == ["late"]


def test_lateness_is_no_evidence_and_keeps_no_alert_alive():
    run = Run()
    run.day(0, talk())
    before = run.alert
    run.day(4)
    assert run.alert.last_evidence_at == before.last_evidence_at
    assert (run.alert.severity, run.alert.certainty, run.alert.facts) == (
        before.severity,
        before.certainty,
        before.facts,
    )


def test_notice_that_comes_after_all_takes_the_step():
    run = Run()
    run.day(0, talk())
    run.day(4)
    done = run.day(5, signal("o1", days=5, facts=NOTICE))
    assert "instrument" in codes(done)
    assert [s.step for s in case(run.alert, at(5).date()).stages] == ["announced", "gazetted"]


def test_step_that_is_only_kept_is_never_told_as_late():
    run = Run()
    run.day(0, signal("o1", facts=NOTICE))
    found = case(run.alert, date(2023, 10, 1))
    assert found.is_late
    assert lateness(found, Recalled(), date(2023, 10, 1))[0] is False


def test_easing_act_that_cites_the_number_ends_the_case_in_a_version_of_it():
    run = Run()
    run.day(0, signal("o1", facts=NOTICE))
    easing = signal(
        "o2",
        days=20,
        facts={**NOTICE, "act": "suspension", "direction": "easing", "effective": date(2023, 7, 23)},
    )
    done = run.day(20, easing)
    assert "suspended" in codes(done)
    found = case(run.alert, date(2023, 7, 23))
    assert (found.stands_at.step, found.expected) == ("suspended", None)


def test_act_that_the_register_says_sets_it_aside_does_so_from_the_day_that_was_known():
    lifting = Measure(
        id="cn-70", title="Suspension", issuer="Ministry", actor="CN", instrument="MOFCOM 2023/70", act="suspension",
        direction="easing", announced=date(2023, 7, 20), suspends=(Suspension(instrument="MOFCOM 2023/23"),), verified=False,
    )  # fmt: skip
    for announced, wanted in ((date(2023, 7, 20), True), (date(2023, 9, 1), False)):
        register = (lifting.model_copy(update={"announced": announced}),)
        run = Run(replace(BOOK, measures=register))
        run.day(0, signal("o1", facts=NOTICE))
        easing = {"instrument": "MOFCOM 2023/70", "act": "suspension", "direction": "easing"}
        done = run.day(20, signal("o2", days=20, facts=easing))
        assert ("suspended" in codes(done)) is wanted


@pytest.mark.parametrize("end", ["closed", "expired"])
def test_suspension_reaches_its_case_years_after_its_alert_has_ended_and_opens_it_again(end):
    run = Run()
    run.day(0, signal("o1", facts=NOTICE))
    over = with_state(run.alert, end)
    run.state = replace(run.state, open_alerts=(over,))
    facts = {**NOTICE, "act": "suspension", "direction": "easing", "effective": None}
    easing = signal("o2", days=700, facts=facts)
    assert joinable(BOOK, [easing], at(700)).takes(over)
    done = run.day(700, easing)
    assert "suspended" in codes(done)
    assert run.alert.state == "open"
    assert {d.alert_key for d in done.deliveries} >= {run.alert.key}
    again = run.day(701, replace(easing, id="s-again", exhibit=exhibit("o3", known_at=at(701))))
    assert "suspended" not in codes(again)


def test_suspension_that_the_register_knows_already_is_told_in_the_case_all_the_same():
    act = Measure(
        id="cn-23", title="Control", issuer="Ministry", actor="CN", instrument="MOFCOM-GACC 2023/23", act="export_control",
        direction="tightening", announced=DAY, suspended_from=date(2023, 7, 20), verified=False,
    )  # fmt: skip
    run = Run(replace(BOOK, measures=(act,)))
    run.day(0, signal("o1", facts=NOTICE))
    facts = {**NOTICE, "act": "suspension", "direction": "easing", "effective": None}
    assert "suspended" in codes(run.day(20, signal("o2", days=20, facts=facts)))


def test_suspension_whose_notice_is_withdrawn_suspends_nothing():
    run = Run()
    run.day(0, signal("o1", facts=NOTICE))
    facts = {**NOTICE, "act": "suspension", "direction": "easing", "effective": None}
    run.day(20, signal("o2", days=20, facts=facts))
    assert case(run.alert, at(20).date()).stands_at.step == "suspended"
    back = Withdrawal(
        id="w-1", evidence_id="o2", source_id="mofcom", action="withdrawn", reason="forged", actor="J. Kim", known_at=at(21)
    )  # fmt: skip
    done = decide(BOOK, Sensed(signals=(), traces=(), withdrawals=(back,)), run.state, at(21))
    run.state = carry(run.state, done)
    assert case(run.alert, at(21).date()).stands_at.step == "gazetted"


def test_evidence_that_is_taken_back_takes_its_step_along():
    run = Run()
    run.day(0, talk(), signal("o1", facts=NOTICE))
    without = replace(
        run.alert,
        exhibits=tuple(e for e in run.alert.exhibits if e.evidence_id != "o1"),
        claims=tuple(c for c in run.alert.claims if c.evidence_id != "o1"),
    )
    assert [s.step for s in case(without, DAY).stages] == ["announced"]


def test_figures_gaps_and_background_follow_no_chain():
    for changes in ({"story": "flow:gallium"}, {"interrupts": False}):
        run = Run()
        run.day(0, signal("o1", facts=NOTICE, **changes))
        assert case_of(run.alert, (CHAIN,), (), DAY) is None


def test_chain_says_what_is_wrong_with_it():
    with pytest.raises(ValidationError, match="needs within_days and the sources"):
        ChainStep(step="listed", shown_by=(ShownBy(by="list"),), late="tell")
    with pytest.raises(ValidationError, match="does not stand before it"):
        Chain(id="x", title="x", actors=("CN",), acts=("licence",), steps=(STEPS[0], STEPS[2]))
    with pytest.raises(ValidationError, match="stands twice"):
        Chain(id="x", title="x", actors=("CN",), acts=("licence",), steps=(STEPS[0], STEPS[0]))


@st.composite
def histories(draw):
    """Reports of one act by day: press, the notice, trade figures."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        days = draw(st.integers(0, 9))
        kind = draw(st.sampled_from(["press", "notice", "page"]))
        name = f"{kind}-{number}"
        if kind == "press":
            found.append(talk(name, days))
        else:
            facts = NOTICE if kind == "notice" else {}
            found.append(signal(name, days=days, exhibit=exhibit(name, known_at=at(days)), facts=facts))
    return found


@given(told=histories(), dice=st.randoms(use_true_random=False))
def test_same_evidence_in_any_order_gives_the_same_case(told, dice):
    def final(signals):
        run = Run()
        run.day(10, *signals)
        return [case_of(a, (CHAIN,), (), at(10).date()) for a in run.state.open_alerts]

    assert final(dice.sample(told, len(told))) == final(told)


@given(told=histories())
def test_steps_only_go_forward_as_evidence_and_days_come(told):
    run, before = Run(), 0
    for day in range(12):
        run.day(day, *(s for s in told if s.known_at == at(day)))
        stages = [
            len(case_of(a, (CHAIN,), (), at(day).date()).stages) for a in run.state.open_alerts if a.exhibits
        ]
        now = max(stages, default=0)
        assert now >= before
        before = now
    later = [case_of(a, (CHAIN,), (), date(2023, 9, 1)) for a in run.state.open_alerts]
    assert max(len(found.stages) for found in later) >= before


def test_severity_of_a_late_step_raises_nothing():
    run = Run()
    run.day(0, talk(days=0))
    assert run.day(4).changes[0].alert.severity is Severity.SEVERE
    assert datetime(2023, 7, 7, tzinfo=UTC) <= run.alert.updated_at


def test_case_is_explained_with_what_shows_each_step_and_why_the_next_is_late_or_not():
    run = Run()
    run.day(0, talk())
    seen = run.day(4)

    def tree(recalled, days):
        return "\n".join(explain_case(run.alert, BOOK, recalled, at(days).date()).lines())

    assert [c.alert.version for c in seen.changes] == [2]
    blind = tree(Recalled(), 5)
    assert "PASS announced: 2023-07-03, by MOFCOM (n1: 公告)" in blind
    assert "FAIL gazetted: next, due 2023-07-06; it would be shown by instrument" in blind
    assert "late, not told: blind: " in blind
    assert "- not late: gazetted is expected by 2023-07-06" in tree(Recalled(), 1)
    assert "it follows no chain" in "".join(
        explain_case(replace(run.alert, story="flow:gallium", claims=()), BOOK, Recalled(), DAY).lines()
    )


def test_act_that_is_corrected_or_of_which_a_part_is_set_aside_is_amended_and_goes_on():
    steps = (*STEPS, ChainStep(step="amended", shown_by=(ShownBy(by="correction"), ShownBy(by="register"))))
    chain = CHAIN.model_copy(update={"steps": steps})
    run = Run()
    run.day(0, signal("o1", facts=NOTICE))
    later = exhibit("o2", title="更正：公告", known_at=at(2))
    run.day(2, signal("o2", days=2, exhibit=later, facts={**NOTICE, "effective": date(2023, 9, 1)}))
    found = case_of(run.alert, (chain,), (), at(2).date())
    assert [(s.step, s.evidence_id) for s in found.stages if s.step == "amended"] == [("amended", "o2")]
    assert (found.expected.step, found.due) == ("in_effect", date(2023, 9, 1))
    partial = Measure(
        id="cn-72", title="Suspension", issuer="Ministry", actor="CN", instrument="MOFCOM 2023/72", act="suspension",
        direction="easing", announced=date(2023, 7, 20), suspends=(Suspension(instrument="MOFCOM 2023/23", clause="2"),),
        verified=False,
    )  # fmt: skip
    run = Run()
    run.day(0, signal("o1", facts=NOTICE))
    for day, wanted in ((date(2023, 7, 19), False), (date(2023, 7, 20), True)):
        found = case_of(run.alert, (chain,), (partial,), day)
        assert any(s.step == "amended" for s in found.stages) is wanted
        assert found.expected is not None


def test_only_customs_figures_from_after_the_day_of_effect_show_what_the_act_did_to_trade():
    run = Run()
    run.day(0, signal("o1", facts={**NOTICE, "effective": at(20).date()}))
    shown = {
        "early": exhibit("early", kind="customs", known_at=at(19), published_at=None),
        "price": exhibit("price", kind="price", known_at=at(40), published_at=None),
        "later": exhibit("later", kind="customs", known_at=at(45), published_at=None),
    }

    def effect(*names: str) -> list[date]:
        alert = replace(run.alert, exhibits=(*run.alert.exhibits, *(shown[name] for name in names)))
        found = case(alert, at(60).date())
        return [stage.day for stage in found.stages if stage.step == "customs_effect"]

    assert effect("early", "price") == []
    assert effect("early", "price", "later") == [at(45).date()]


def test_act_that_figures_bear_out_stays_a_case():
    run = Run()
    run.day(0, signal("o1", facts=NOTICE))
    assert run.alert.claims
    borne_out = replace(run.alert, story="flow:export_quantity:gallium")
    assert case(borne_out, DAY) == case(run.alert, DAY)
