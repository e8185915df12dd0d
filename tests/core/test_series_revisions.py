"""A figure published anew: what it takes back, what it adds, and where that is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import TABLE
from warning.core.assess import Assessment, State, assess
from warning.core.evidence import Observation, Window, observation_id, period_end
from warning.core.policy import Correlation, Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.signals import is_withdrawal

DROP = {"method": "drop", "baseline_points": 6, "fall_ratio": 0.75}
RULE = SeriesRule(
    id="r", kind="series", title="A rule", severity="minor", owner="o", rationale="r", act="export_fall",
    direction="tightening", select={}, min_points=6, tests=(DROP,),
    examples=({"fires": True, "values": "1"}, {"fires": False, "values": "1"}),
)  # fmt: skip
BOOK = Rulebook(rules=(RULE,), policy=Policy(severity=TABLE, correlation=Correlation()))
FIRST, SECOND = datetime(2021, 2, 20, tzinfo=UTC), datetime(2021, 3, 20, tzinfo=UTC)


def figure(period: str, value: float | None, known_at: datetime | None = None) -> Observation:
    return Observation(
        id=observation_id("customs", "s", period, value), source_id="customs", series_id="s",
        material="graphite", measure="export_quantity", reporter="CN", partner="JP", hs_code="250410",
        unit="t", frequency="M", period=period, value=value,
        known_at=known_at or period_end(period) + timedelta(days=20),
    )  # fmt: skip


PAST = tuple(figure(f"2020-{month:02d}", 100.0) for month in range(1, 13))


NOTHING_YET = State()


def assessed(*news: Observation, history: tuple[Observation, ...], state: State = NOTHING_YET) -> Assessment:
    window = Window(observations=(*history, *news), fresh=frozenset(n.id for n in news))
    return assess(BOOK, window, state, max(n.known_at for n in news))


def opened(value: float) -> tuple[State, tuple[Observation, ...]]:
    first = figure("2021-01", value, FIRST)
    answer = assessed(first, history=PAST)
    return State(open_alerts=tuple(c.alert for c in answer.changes)), (*PAST, first)


def test_a_revision_that_cancels_is_told_as_a_correction_of_the_alert():
    state, history = opened(2.0)
    assert len(state.open_alerts) == 1
    answer = assessed(figure("2021-01", 95.0, SECOND), history=history, state=state)
    (change,) = answer.changes
    assert change.kind == "updated"
    assert change.alert.key == state.open_alerts[0].key
    (difference,) = change.alert.differences
    assert (difference.code, difference.before, difference.after) == (
        "corrected", "2021-01: 2,000 kg", "2021-01: 95 t",
    )  # fmt: skip
    assert [is_withdrawal(signal) for signal in answer.signals] == [True]


def test_a_revision_of_a_figure_no_alert_rests_on_says_nothing():
    state, history = opened(95.0)
    assert not state.open_alerts
    assert not assessed(figure("2021-01", 96.0, SECOND), history=history, state=state).changes


def test_a_withdrawal_whose_alert_is_closed_opens_none():
    _, history = opened(2.0)
    assert not assessed(figure("2021-01", 95.0, SECOND), history=history).changes


def test_a_revision_that_raises_opens_an_alert_that_names_both_figures():
    state, history = opened(95.0)
    (change,) = assessed(figure("2021-01", 2.0, SECOND), history=history, state=state).changes
    assert change.kind == "opened"
    assert [reason.code for reason in change.alert.why] == ["series.drop", "series.revised"]


def test_a_revision_that_still_holds_updates_the_alert_with_both_figures():
    state, history = opened(2.0)
    (change,) = assessed(figure("2021-01", 4.0, SECOND), history=history, state=state).changes
    assert change.alert.key == state.open_alerts[0].key
    assert [d.code for d in change.alert.differences] == ["corrected"]


@pytest.mark.parametrize("unit", ["kg", "items"])
def test_a_figure_that_is_not_known_any_more_takes_nothing_back(unit):
    state, history = opened(2.0)
    hidden = replace(figure("2021-01", None if unit == "kg" else 95.0, SECOND), unit=unit)
    later = figure("2021-02", 100.0, SECOND)
    assert not assessed(hidden, later, history=history, state=state).changes


VALUES = st.sampled_from([2.0, 4.0, 95.0, 100.0, None])


@given(first=VALUES, second=VALUES, later=st.lists(VALUES, max_size=3))
def test_what_is_told_of_a_revision_does_not_depend_on_later_figures(first, second, later):
    one, two = figure("2021-01", first, FIRST), figure("2021-01", second, SECOND)
    after = [
        figure(f"2021-{month:02d}", value, SECOND + timedelta(days=30))
        for month, value in enumerate(later, start=2)
    ]
    fresh = frozenset({two.id})
    early = Window(observations=(*PAST, one, two), fresh=fresh)
    late = Window(observations=(*after, two, one, *PAST), fresh=fresh)
    assert assess(BOOK, early, State(), SECOND).signals == assess(BOOK, late, State(), SECOND).signals
