"""What desks read after a marking was narrowed: as much as if it had stood there from the start, and no word more."""

from dataclasses import replace
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.build import at, book, desk
from tests.core.marked_reports import NUMBER, said
from warning.core.alerts import AlertChange
from warning.core.correlate import correlate
from warning.core.desks import Destination, QuietHours
from warning.core.grading import grade
from warning.core.narrowing import Bound, narrowed_in
from warning.core.pace import Held, Past, pace
from warning.core.recalls import RECALLED
from warning.core.release import desk_refusal
from warning.core.routing import route
from warning.core.shares import share_refusal
from warning.core.signals import no_wider, signal_ids_of
from warning.core.tearlines import as_seen_by, may_read
from warning.core.vocabulary import Marking, Severity

MAIL = Destination(channel="mail", to=("desk@example.org",), ceiling=Marking.AMBER)
OPEN_ROOM = Destination(channel="slack", to=("C1",), ceiling=Marking.GREEN)
KR = desk("kr", "KR", clearance=Marking.AMBER, threshold=Severity.MINOR, destinations=(MAIL, OPEN_ROOM))
US = desk("us", "US", clearance=Marking.GREEN, threshold=Severity.MINOR, destinations=(MAIL,))
JP = desk("jp", "JP", clearance=Marking.AMBER, threshold=Severity.MINOR, destinations=(MAIL,))
BOOK = replace(book(), desks=(JP, KR, US))


def through(signals):
    """Return the alert of these signals, assessed one by one."""
    alerts = ()
    for one in signals:
        changes, _ = correlate([one], alerts, BOOK, one.known_at)
        alerts = tuple(grade(change, BOOK).alert for change in changes)
    return alerts[0]


def bound_to(one, marking, release_to):
    name = one.exhibit.evidence_id
    return Bound(
        evidence_id=name,
        marking=marking,
        release_to=release_to,
        signal_ids=signal_ids_of(BOOK.rule_ids, name),
    )


def narrowing(alert, signals, bound):
    """Return the graded change that one bound makes of the alert, None where it makes none."""
    changes = narrowed_in((), (alert,), (bound,), signals, BOOK, alert.updated_at)
    return grade(changes[0], BOOK) if changes else None


OPEN = said("open")
SECRET = said("mission", 1, severity=Severity.EXTREME, effective=date(2025, 12, 1), targets=("KR",))
FOR_KOREA = (Marking.AMBER, frozenset({"KR"}))


def told(change, *desks, past=None):
    places = [(d.id, each.channel, each.address) for d in desks for each in d.destinations]
    reached = frozenset((change.alert.key, *place) for place in places)
    known = {(change.alert.key, d.id): Severity.MODERATE for d in desks}
    return route([change], BOOK.desks, known, past=past or Past(reached=reached))


def test_desk_reads_what_is_left_when_one_report_is_narrowed():
    before = through([OPEN, SECRET])
    change = narrowing(before, [OPEN, SECRET], bound_to(SECRET, *FOR_KOREA))
    alone = through([OPEN])
    for one in (JP, US):
        seen = as_seen_by(change.alert, one)
        assert seen.differences == (RECALLED,)
        assert (seen.facts, seen.severity, seen.marking, seen.why, seen.exhibits) == (
            alone.facts,
            alone.severity,
            Marking.CLEAR,
            alone.why,
            alone.exhibits,
        )
        assert "mission" not in repr(seen)
    owed, _ = told(change, *BOOK.desks)
    assert {(d.desk_id, d.channel, d.reason) for d in owed} == {
        ("jp", "mail", "correction"),
        ("kr", "mail", "correction"),
        # The room that carries GREEN at most showed what is AMBER now.
        ("kr", "slack", "recall"),
        ("us", "mail", "correction"),
    }


@given(
    bound=st.sampled_from(
        [(Marking.RED, None), (Marking.AMBER, None), FOR_KOREA, (Marking.GREEN, frozenset({"JP"}))]
    )
)
def test_room_that_was_told_before_restricted_evidence_joined_is_told_when_what_it_shows_is_narrowed(bound):
    restricted = said("mission", 1, marking=Marking.AMBER)
    before = through([OPEN, restricted])
    assert before.marking is Marking.AMBER, "the room may not have this version, and shows the first"
    change = narrowing(before, [OPEN, restricted], bound_to(OPEN, *bound))
    owed, _ = told(change, KR)
    assert [(d.reason, d.address) for d in owed if d.channel == "slack"] == [("recall", "C1")]


def test_room_keeps_what_it_shows_when_evidence_that_it_never_could_show_is_narrowed():
    restricted = said("mission", 1, marking=Marking.AMBER)
    change = narrowing(through([OPEN, restricted]), [OPEN, restricted], bound_to(restricted, *FOR_KOREA))
    owed, withheld = told(change, KR)
    assert [d.channel for d in owed if d.desk_id == "kr"] == ["mail"]
    assert [w.reason for w in withheld if w.channel == "slack"] == ["marking_exceeds_ceiling"]


def test_places_that_may_show_all_are_told_nothing_when_evidence_is_narrowed_within_what_the_alert_obeys():
    restricted = said("mission", 1, marking=Marking.AMBER)
    change = narrowing(through([OPEN, restricted]), [OPEN, restricted], bound_to(OPEN, Marking.AMBER, None))
    owed, withheld = told(change, KR)
    assert {d.channel for d in owed} == {"slack"}
    assert ("mail", "nothing_new") in {(w.channel, w.reason) for w in withheld if w.desk_id == "kr"}


def test_desk_with_nothing_left_is_told_so_under_the_marking_it_had_and_by_no_word_of_it():
    green = replace(SECRET, exhibit=replace(SECRET.exhibit, marking=Marking.GREEN))
    change = narrowing(through([green]), [green], bound_to(green, *FOR_KOREA))
    gone = as_seen_by(change.alert, US)
    assert (gone.is_recalled, gone.marking, gone.evidence_total) == (True, Marking.GREEN, 0)
    for word in ("mission", "gallium", "CN", NUMBER, "control", "2025-12", "moderate", "extreme"):
        assert word not in repr(gone)
    owed, withheld = told(change, US)
    told_washington = [(d.reason, d.severity) for d in owed if d.desk_id == "us"]
    assert told_washington == [("recall", Severity.UNKNOWN)]
    assert ("jp", "nothing_new") in {(w.desk_id, w.reason) for w in withheld}, "it was never told"


def test_desk_whose_first_message_still_waited_is_told_nothing_and_the_message_leaves_the_outbox():
    change = narrowing(through([SECRET]), [SECRET], bound_to(SECRET, *FOR_KOREA))
    place = (change.alert.key, "us", "mail", "desk@example.org")
    waits = Past(held={place: Held(version=1, reason="first", until=at(9))})
    owed, withheld = told(change, past=waits)
    assert "us" not in {d.desk_id for d in owed}
    assert [(w.reason, w.alert_version) for w in withheld if w.desk_id == "us"] == [("superseded", 1)]


def test_what_may_no_longer_be_shown_is_taken_back_at_night_too():
    quiet = QuietHours(start="00:00", end="23:59", days_off=True)
    sleeping = [one.model_copy(update={"quiet_hours": quiet}) for one in BOOK.desks]
    asleep = replace(BOOK, desks=tuple(sleeping))
    change = narrowing(through([SECRET]), [SECRET], bound_to(SECRET, *FOR_KOREA))
    owed, _ = told(change, *BOOK.desks)
    paced = pace(owed, [change], asleep, {}, Past(), (), at(3)).deliveries
    assert {d.desk_id for d in paced if d.hold_until is None} >= {"us", "jp"}


def test_desk_from_which_all_was_taken_back_reads_the_next_open_report_as_news():
    change = narrowing(through([SECRET]), [SECRET], bound_to(SECRET, *FOR_KOREA))
    (later,), _ = correlate([said("wire", 2)], (change.alert,), BOOK, at(2))
    seen = as_seen_by(grade(later, BOOK).alert, US)
    assert ([d.code for d in seen.differences], seen.publishers) == (["opened"], ("wire",))


def test_desk_from_which_all_was_taken_back_shares_nothing_and_is_given_nothing():
    change = narrowing(through([SECRET]), [SECRET], bound_to(SECRET, *FOR_KOREA))
    assert share_refusal(change.alert, US, KR) == "the desk us may not see it"
    assert "any more" in share_refusal(change.alert, KR, US)


def test_signals_that_are_not_kept_any_more_are_left_out_of_what_is_left():
    change = narrowing(through([OPEN, SECRET]), [], bound_to(SECRET, *FOR_KOREA))
    assert as_seen_by(change.alert, US).is_recalled


markings = st.sampled_from([Marking.CLEAR, Marking.GREEN, Marking.AMBER, Marking.RED])
releases = st.none() | st.frozensets(st.sampled_from(["KR", "JP", "US"]))
reports = st.tuples(
    markings,
    releases,
    st.sampled_from([Severity.MINOR, Severity.SEVERE, Severity.EXTREME]),
    st.none() | st.dates(date(2025, 10, 1), date(2026, 3, 1)),
    st.sampled_from([(), ("KR",), ("JP", "US")]),
    st.sampled_from([("gallium",), ("gallium", "germanium"), ()]),
)


def report(number, drawn):
    marking, release_to, severity, effective, targets, materials = drawn
    facts = {"effective": effective, "targets": targets, "materials": materials}
    return said(f"r{number}", number, marking=marking, release_to=release_to, severity=severity, **facts)


def content(alert):
    """Everything a desk can read, save the number of the version and what it changed."""
    return replace(alert, version=0, key="", tearlines=(), differences=())


PLAIN = (Marking.CLEAR, None, Severity.MINOR, None, (), ("gallium",))


@given(
    drawn=st.lists(reports, min_size=1, max_size=4), which=st.integers(0, 3), marking=markings, names=releases
)
@example(drawn=[PLAIN, PLAIN], which=1, marking=Marking.AMBER, names=None)
def test_after_a_narrowing_a_desk_reads_what_it_would_have_read_had_it_stood_there_from_the_start(
    drawn, which, marking, names
):
    signals = [report(number, one) for number, one in enumerate(drawn)]
    narrow = signals[which % len(signals)]
    before = through(signals)
    bound = bound_to(narrow, marking, names)
    change = narrowing(before, signals, bound)
    after = before if change is None else change.alert
    now = [replace(s, exhibit=no_wider(s.exhibit, [(marking, names)])) if s is narrow else s for s in signals]
    for one in BOOK.desks:
        seen, readable = as_seen_by(after, one), [s for s in now if may_read(one, s.exhibit)]
        if readable:
            assert desk_refusal(seen, one) is None
            assert content(seen) == content(through(readable))
        elif any(may_read(one, s.exhibit) for s in signals):
            assert seen.is_recalled
            assert desk_refusal(seen, one) is None
        else:
            assert desk_refusal(seen, one) is not None


def test_a_further_narrowing_leaves_what_was_taken_back_as_it_is():
    first = narrowing(through([SECRET]), [SECRET], bound_to(SECRET, *FOR_KOREA))
    second = narrowing(first.alert, [SECRET], bound_to(SECRET, Marking.RED, frozenset({"KR"})))
    assert as_seen_by(second.alert, US).is_recalled
    assert as_seen_by(second.alert, US).differences == ()
    assert as_seen_by(second.alert, KR).is_recalled, "its clearance ends at AMBER"


def test_change_without_a_narrowing_recalls_nothing():
    (opened,), _ = correlate([OPEN], (), BOOK, at(0))
    assert route([AlertChange(kind="opened", alert=opened.alert)], BOOK.desks, {})[0]
