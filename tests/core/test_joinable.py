"""Joining among the alerts that `joinable` names gives what joining among all of them gives."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.build import START, at, book, press, signal, text_rule
from tests.core.sequence_samples import rule
from warning.app.backtesting import carry
from warning.core.alerts import Alert
from warning.core.assess import Sensed, State, decide
from warning.core.case_steps import late_signals
from warning.core.chains import Chain, ChainStep, ShownBy
from warning.core.correlate import correlate
from warning.core.evidence import KnownWindow
from warning.core.grading import grade
from warning.core.health import SourceReport, Vitals, report_id
from warning.core.inhibition import Inhibition, Which
from warning.core.joinable import joinable
from warning.core.lifecycle import with_state
from warning.core.policy import Correlation, Policy
from warning.core.recall import Recalled
from warning.core.signals import Reason, Signal
from warning.core.vocabulary import Marking
from warning.core.withdrawals import Withdrawal, withdrawal_id

STOP = rule(
    "a", "b", rule_id="stop", relation="pattern", act="supply_stop", direction="tightening", within_days=20
)
BOOK = book(
    rules=(STOP, *book().rules),
    policy=Policy(
        correlation=Correlation(
            related_families=("control", "listing"), same_goods_families=(("control", "suspension"),)
        ),
        severity=book().policy.severity,
        inhibit=(
            Inhibition(
                title="more of it", by=Which(acts=("export_ban",)), mutes=Which(acts=("export_control",))
            ),
        ),
    ),
)
NUMBERS = (None, None, "MOFCOM 2023/1", "MOFCOM-GACC 2023/1", "MOFCOM 2023/2")
ACTS = (("export_control", "tightening"), ("export_ban", "tightening"), ("entity_listing", "tightening"),
        ("suspension", "easing"), ("something_else", "tightening"))  # fmt: skip


@st.composite
def reports(draw: st.DrawFn, first_day: int, last_day: int) -> Signal:
    days = draw(st.integers(first_day, last_day))
    act, direction = draw(st.sampled_from(ACTS))
    story = draw(
        st.sampled_from(
            [
                "",
                "",
                "",
                "gallium:CN",
                "deadline:m1:effective",
                "absence:gap:x",
                "pattern:stop:gallium",
                "pattern:stop:dysprosium",
            ]
        )
    )
    effective = draw(st.sampled_from([None, None, -3, 0, 5, 120]))
    name = f"i{draw(st.integers(0, 30))}"
    facts = {
        "act": act,
        "direction": direction,
        "materials": draw(st.sampled_from([(), ("gallium",), ("germanium",), ("dysprosium",)])),
        "actors": draw(st.sampled_from([("CN",), ()])),
        "instrument": draw(st.sampled_from(NUMBERS)),
        "effective": None if effective is None else (START + timedelta(days=days + effective)).date(),
    }
    official = draw(st.booleans())
    shown = None if official else press(name, known_at=at(days))
    why = (Reason(code="told", text="told", params=(("days", "30"),)),)
    return signal(name, days=days, facts=facts, story=story, exhibit=shown, why=why)


def stored(batches: list[list[Signal]]) -> tuple[Alert, ...]:
    """The alerts that assessments of these batches leave behind."""
    alerts: dict[str, Alert] = {}
    for batch in batches:
        if batch:
            changes, _ = correlate(batch, tuple(alerts.values()), BOOK, max(s.known_at for s in batch))
            alerts |= {change.alert.key: grade(change, BOOK).alert for change in changes}
    return tuple(alerts.values())


@settings(max_examples=300)
@given(
    st.lists(st.lists(reports(0, 700), max_size=4), max_size=12),
    st.lists(reports(690, 720), min_size=1, max_size=4),
)
def test_correlate_decides_the_same_among_the_joinable_alone(before: list[list[Signal]], fresh: list[Signal]):
    ordered = sorted(before, key=lambda batch: max((s.known_at for s in batch), default=START))
    every, as_of = stored(ordered), at(721)
    wanted = joinable(BOOK, fresh, as_of)
    few = tuple(alert for alert in every if wanted.takes(alert))
    sensed = Sensed(signals=tuple(sorted(fresh, key=lambda s: (s.known_at, s.id))), traces=())
    told = {(alert.key, "kr"): alert.severity for alert in every}
    whole = decide(BOOK, sensed, State(open_alerts=every, told=told), as_of)
    part = decide(BOOK, sensed, State(open_alerts=few, told=told), as_of)
    assert part == whole


@dataclass(frozen=True)
class Day:
    """What one round brings: reports, acts about evidence by its name, and how alerts ended before it."""

    reports: tuple[Signal, ...]
    acts: tuple[tuple[str, str], ...]
    ends: tuple[str, ...]


CHAIN = Chain(
    id="cn",
    title="China",
    actors=("CN",),
    acts=("export_control", "export_ban"),
    steps=(
        ChainStep(step="announced", shown_by=(ShownBy(by="report"),)),
        ChainStep(
            step="gazetted",
            shown_by=(ShownBy(by="instrument"),),
            within_days=3,
            sources=("mofcom",),
            late="tell",
        ),
        ChainStep(step="in_effect", shown_by=(ShownBy(by="date"),), after="gazetted", within_days=20),
        ChainStep(step="suspended", shown_by=(ShownBy(by="register"),)),
    ),
)
FEWER_RULES = replace(BOOK, chains=(CHAIN,))
MANY_RULES = replace(FEWER_RULES, rules=(*BOOK.rules, text_rule("later-dropped")))


def also_by_another_rule(one: Signal) -> Signal:
    own = signal(one.exhibit.evidence_id, rule_id="later-dropped")
    return replace(one, id=own.id, rule_id=own.rule_id)


@st.composite
def days(draw: st.DrawFn, first: int, last: int) -> Day:
    told = draw(st.lists(reports(first, last), max_size=4))
    if draw(st.booleans()):
        told = [also_by_another_rule(one) for one in told]
    if draw(st.booleans()):
        told = [
            replace(one, exhibit=replace(one.exhibit, title=f"[{mark}] {one.exhibit.title}"))
            for one, mark in zip(told, ("RETRACTED", "news", "RETRACTED", "news"), strict=False)
        ]
    if draw(st.booleans()):
        told = [replace(one, exhibit=replace(one.exhibit, marking=Marking.AMBER)) for one in told]
    acts = draw(
        st.lists(
            st.tuples(st.integers(0, 30).map("i{}".format), st.sampled_from(["withdrawn", "restored"])),
            max_size=3,
        )
    )
    ends = draw(st.lists(st.sampled_from(["open", "open", "closed", "expired"]), max_size=5))
    return Day(reports=tuple(told), acts=tuple(acts), ends=tuple(ends))


def ended(state: State, ends: tuple[str, ...]) -> State:
    """Some alerts are closed or expire between two rounds."""
    ordered = sorted(state.open_alerts, key=lambda alert: alert.key)
    states = (*ends, *("open" for _ in ordered[len(ends) :]))
    now = tuple(
        with_state(alert, end) if end != "open" and alert.state == "open" else alert
        for alert, end in zip(ordered, states, strict=False)
    )
    return replace(state, open_alerts=now)


def read_well(as_of) -> Recalled:
    report = SourceReport(
        id=report_id("mofcom", "ok", as_of),
        source_id="mofcom",
        condition="ok",
        since=as_of,
        known_at=as_of,
    )
    return Recalled(vitals={"mofcom": Vitals().with_report(report)})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 1, 2, 4, 40, 380, 420]), days(0, 3), st.booleans()),
        min_size=2,
        max_size=6,
    )
)
def test_rounds_with_withdrawals_cases_and_endings_decide_the_same_among_the_joinable_alone(rounds):
    state, today = State(), 0
    for gap, day, many in rounds:
        today += gap
        rulebook, as_of = MANY_RULES if many else FEWER_RULES, at(today + 3)
        moved = [
            replace(
                one,
                occurred_at=one.occurred_at + timedelta(days=today),
                known_at=one.known_at + timedelta(days=today),
                exhibit=replace(one.exhibit, known_at=one.exhibit.known_at + timedelta(days=today)),
                facts=replace(
                    one.facts, effective=one.facts.effective and one.facts.effective + timedelta(days=today)
                ),
            )
            for one in day.reports
        ]
        state = ended(state, day.ends)
        known = KnownWindow(
            items=(),
            series=(),
            listing_changes=(),
            alerts=tuple(alert for alert in state.open_alerts if alert.state == "open"),
            recalled=read_well(as_of),
        )
        signals = (
            *sorted(moved, key=lambda s: (s.known_at, s.id)),
            *late_signals(rulebook, known, as_of),
        )
        acts = tuple(
            Withdrawal(
                id=withdrawal_id(name, action, as_of),
                evidence_id=name,
                source_id="",
                action=action,
                reason="forged",
                actor="J. Kim",
                known_at=as_of,
            )
            for name, action in day.acts
        )
        sensed = Sensed(signals=signals, traces=(), withdrawals=acts)
        wanted = joinable(rulebook, signals, as_of, acts)
        few = tuple(alert for alert in state.open_alerts if wanted.takes(alert))
        whole = decide(rulebook, sensed, state, as_of)
        part = decide(rulebook, sensed, replace(state, open_alerts=few), as_of)
        assert part == whole
        state = carry(state, whole)


def test_nothing_is_wanted_without_signals():
    wanted = joinable(BOOK, (), START)
    assert wanted.is_empty
    assert not wanted.takes(stored([[signal()]])[0])


def test_an_act_years_old_is_wanted_when_its_day_of_effect_is_near():
    (alert,) = stored([[signal(facts={"effective": date(2025, 7, 3)})]])
    assert joinable(BOOK, [signal("i2", days=731)], at(731)).takes(alert)
    assert not joinable(BOOK, [signal("i2", days=700)], at(700)).takes(alert)


def test_list_that_a_counting_report_joins_is_wanted_also_where_its_family_is_no_related_one():
    families = Correlation(related_families=("control",), counted_families=("listing",))
    rules = replace(BOOK, policy=BOOK.policy.model_copy(update={"correlation": families}))
    firms = {"counts": (("entities", "28"),)}
    (listed,), _ = correlate([signal("n0", facts={"act": "entity_listing", **firms})], (), rules, at(0))
    told = signal("n1", days=1, exhibit=press("n1", known_at=at(1)), facts=firms)
    assert [c.kind for c in correlate([told], (listed.alert,), rules, at(1))[0]] == ["joined"]
    assert joinable(rules, [told], at(1)).takes(listed.alert)


def test_sanctions_on_counted_firms_join_the_list_of_as_many_alone():
    families = Correlation(counted_families=("listing",), counting_families=("countermeasure",))
    rules = replace(BOOK, policy=BOOK.policy.model_copy(update={"correlation": families}))

    def joined(listed: tuple[tuple[str, str], ...], said: str) -> bool:
        (list_,), _ = correlate(
            [signal("n0", facts={"act": "entity_listing", "counts": listed})], (), rules, at(0)
        )
        facts = {"act": "countermeasure", "counts": (("entities", said),)}
        told = signal("n1", facts=facts, exhibit=press("n1", known_at=at(1)), days=1)
        kinds = [c.kind for c in correlate([told], (list_.alert,), rules, at(1))[0]]
        assert joinable(rules, [told], at(1)).takes(list_.alert)
        return kinds == ["joined"]

    assert joined((("entities", "3"),), "3")
    assert not joined((("entities", "3"),), "4")
    assert not joined((), "3")
