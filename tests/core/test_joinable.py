"""Joining among the alerts that `joinable` names gives what joining among all of them gives."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.build import START, at, book, press, signal
from warning.core.alerts import Alert
from warning.core.assess import Sensed, State, decide
from warning.core.correlate import correlate
from warning.core.grading import grade
from warning.core.inhibition import Inhibition, Which
from warning.core.joinable import joinable
from warning.core.policy import Correlation, Policy
from warning.core.signals import Reason, Signal

BOOK = book(
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
    )
)
NUMBERS = (None, None, "MOFCOM 2023/1", "MOFCOM-GACC 2023/1", "MOFCOM 2023/2")
ACTS = (("export_control", "tightening"), ("export_ban", "tightening"), ("entity_listing", "tightening"),
        ("suspension", "easing"), ("something_else", "tightening"))  # fmt: skip


@st.composite
def reports(draw: st.DrawFn, first_day: int, last_day: int) -> Signal:
    days = draw(st.integers(first_day, last_day))
    act, direction = draw(st.sampled_from(ACTS))
    story = draw(st.sampled_from(["", "", "", "gallium:CN", "deadline:m1:effective", "absence:gap:x"]))
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


def test_nothing_is_wanted_without_signals():
    wanted = joinable(BOOK, (), START)
    assert wanted.is_empty
    assert not wanted.takes(stored([[signal()]])[0])


def test_an_act_years_old_is_wanted_when_its_day_of_effect_is_near():
    (alert,) = stored([[signal(facts={"effective": date(2025, 7, 3)})]])
    assert joinable(BOOK, [signal("i2", days=731)], at(731)).takes(alert)
    assert not joinable(BOOK, [signal("i2", days=700)], at(700)).takes(alert)
