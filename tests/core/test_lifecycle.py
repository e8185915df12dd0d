"""How an alert ends, and what opens it again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.core.build import START, at, book, press, signal
from warning.core.alerts import AlertChange
from warning.core.assess import Sensed, State, decide
from warning.core.correlate import correlate
from warning.core.grading import grade
from warning.core.lifecycle import Lifecycle, Standing, ended_acts, ending, reopened, with_state
from warning.core.measures import Measure

BOOK, POLICY = book(), Lifecycle(expire_after_days=90)


def alert(**facts):
    (change,), _ = correlate([signal(facts=facts)], (), BOOK, START)
    return grade(change, BOOK).alert


def standing(**changes) -> Standing:
    return Standing(**{"key": "a-1", "last_evidence_at": START, **changes})


@pytest.mark.parametrize(("days", "over"), [(89, False), (90, True), (400, True)])
def test_alert_expires_after_the_policys_days_without_news(days: int, over: bool):
    found = ending(standing(), POLICY, {}, at(days))
    assert (found is not None) == over
    assert found is None or (found.state, found.because) == ("expired", f"no new evidence for {days} days")


@pytest.mark.parametrize(
    "kept", [{"effective": date(2024, 1, 1)}, {"expires": date(2024, 1, 1)}, {"story": "absence:gap:x"}]
)
def test_alert_with_a_date_ahead_or_a_gap_that_lasts_does_not_expire(kept: dict[str, object]):
    assert ending(standing(**kept), POLICY, {}, at(100)) is None


def test_alert_expires_the_day_after_its_act_ended():
    register = [
        Measure(
            id="m", title="m", issuer="MOFCOM", actor="CN", instrument="MOFCOM-GACC 2023/23", aliases=("X 9",),
            act="export_control", direction="tightening", effective=date(2023, 7, 1), expires=date(2023, 7, 20),
            verified=False,
        )
    ]  # fmt: skip
    assert ended_acts(register, date(2023, 7, 20)) == {}
    ended = ended_acts(register, date(2023, 7, 21))
    assert ended == {"mofcom 2023/23": date(2023, 7, 20), "x 9": date(2023, 7, 20)}
    found = ending(standing(instrument="mofcom 2023/23"), POLICY, ended, at(18))
    assert found is not None
    assert found.because == "the act ended on 2023-07-20"


def test_evidence_about_an_act_that_ended_long_ago_is_not_over_at_once():
    ended = {"mofcom 2023/23": date(2023, 6, 1)}
    assert ending(standing(instrument="mofcom 2023/23"), POLICY, ended, at(1)) is None


def test_more_of_the_same_opens_an_expired_alert_and_leaves_a_closed_one():
    known = alert(instrument="MOFCOM 2023/1")
    more = Sensed(
        signals=(
            signal(
                "i2", days=200, facts={"instrument": "MOFCOM 2023/1"}, exhibit=press("i2", known_at=at(200))
            ),
        ),
        traces=(),
    )
    for state, after in (("expired", "open"), ("closed", "closed")):
        found = decide(BOOK, more, State(open_alerts=(with_state(known, state),)), at(200))
        (change,) = found.changes
        assert (change.kind, change.alert.state) == ("joined", after)


def test_a_new_fact_opens_a_closed_alert_with_a_new_version():
    known = with_state(alert(instrument="MOFCOM 2023/1"), "closed")
    fresh = signal("i2", days=2, facts={"instrument": "MOFCOM 2023/1", "effective": date(2023, 8, 1)})
    (change,) = decide(BOOK, Sensed(signals=(fresh,), traces=()), State(open_alerts=(known,)), at(2)).changes
    assert (change.kind, change.alert.state, change.alert.version) == ("updated", "open", 2)


def test_an_alert_that_stands_is_left_as_it_is():
    change = AlertChange(kind="joined", alert=alert(), previous=alert())
    assert reopened(change) is change


def test_tearlines_have_the_state_of_the_alert():
    inner = replace(alert(), updated_at=START + timedelta(days=1))
    whole = replace(alert(), tearlines=(("kr", inner),))
    assert with_state(whole, "expired").for_desk("kr").state == "expired"
