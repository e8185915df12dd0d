from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import book, desk, exhibit, signal
from warning.core.correlate import correlate
from warning.core.deliveries import Delivery, Withheld
from warning.core.desks import Destination
from warning.core.grading import grade
from warning.core.routing import decide, route
from warning.core.vocabulary import Marking, Severity

BOOK = book()
HERE = Destination(channel="mail", to=("kr@example.org",))


def change_of(**changes):
    one = signal("i1", **changes)
    changes_, _ = correlate([one], (), BOOK, one.known_at)
    return grade(changes_[0], BOOK)


def test_exposed_country_is_told_and_the_other_by_its_own_severity():
    deliveries, withheld = route([change_of()], BOOK.desks, {})
    assert [(d.desk_id, d.reason) for d in deliveries] == [("kr", "first"), ("us", "first")]
    assert withheld == ()


def test_desk_below_its_threshold_is_not_told_and_the_reason_is_kept():
    strict = desk("us", "US", threshold=Severity.SEVERE)
    _, withheld = route([change_of()], (strict,), {})
    assert [(w.desk_id, w.reason) for w in withheld] == [("us", "below_threshold")]
    assert "moderate for US" in withheld[0].detail


def test_desk_that_was_told_gets_later_versions_also_below_its_threshold():
    change = change_of()
    strict = desk("us", "US", threshold=Severity.EXTREME)
    told = {(change.alert.key, "us"): Severity.EXTREME}
    deliveries, _ = route([change], (strict,), told)
    assert [d.reason for d in deliveries] == ["update"]


def test_rise_over_what_the_desk_was_told_is_an_escalation():
    change = change_of()
    deliveries, _ = route([change], BOOK.desks, {(change.alert.key, "kr"): Severity.MODERATE})
    assert [d.reason for d in deliveries if d.desk_id == "kr"] == ["escalated"]


def test_context_alert_interrupts_nobody():
    _, withheld = route([change_of(interrupts=False)], BOOK.desks, {})
    assert {w.reason for w in withheld} == {"context"}


def test_joined_evidence_tells_nobody_anything():
    change = change_of()
    joined = type(change)(kind="joined", alert=change.alert, previous=change.alert)
    assert route([joined], BOOK.desks, {}) == ((), ())


@given(
    marking=st.sampled_from(list(Marking)),
    clearance=st.sampled_from(list(Marking)),
    ceiling=st.sampled_from(list(Marking)),
    release=st.none() | st.frozensets(st.sampled_from(["US", "JP", "KR"])),
)
def test_nothing_leaves_beyond_its_marking(marking, clearance, ceiling, release):
    shown = exhibit("i1", marking=marking, release_to=release)
    alert = change_of(exhibit=shown).alert
    here = Destination(channel="mail", to=("kr@example.org",), ceiling=ceiling)
    decision = decide(alert, desk("kr", "KR", clearance=clearance), here, {})
    may = marking <= clearance and marking <= ceiling and (release is None or "KR" in release)
    assert isinstance(decision, Delivery if may else Withheld)


@given(told=st.sampled_from([None, *Severity]), threshold=st.sampled_from(list(Severity)))
def test_rise_in_severity_is_never_withheld_from_a_desk_that_was_told(told, threshold):
    alert = change_of().alert
    known = {} if told is None else {(alert.key, "kr"): told}
    decision = decide(alert, desk("kr", "KR", threshold=threshold), HERE, known)
    if told is not None and alert.severity_for("KR") > told:
        assert isinstance(decision, Delivery)
        assert decision.reason == "escalated"


def test_delivery_id_is_the_same_in_every_run():
    one, other = (decide(change_of().alert, desk(), HERE, {}) for _ in range(2))
    assert isinstance(one, Delivery)
    assert isinstance(other, Delivery)
    assert one.id == other.id


def test_every_address_of_a_destination_is_owed_a_delivery_of_its_own():
    both = desk(
        "kr", "KR", destinations=(Destination(channel="mail", to=("a@example.org", "b@example.org")),)
    )
    deliveries, _ = route([change_of()], (both,), {})
    assert [d.address for d in deliveries] == ["a@example.org", "b@example.org"]
    assert len({d.id for d in deliveries}) == 2
