"""What a desk reads of an alert that rests on more than the desk may see: nothing that its own evidence does not say."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import at, book, desk, exhibit, signal
from tests.core.marked_reports import NUMBER, said
from warning.core.correlate import correlate
from warning.core.grading import grade
from warning.core.pace import Past, pace
from warning.core.release import desk_refusal
from warning.core.routing import route
from warning.core.signals import Reason
from warning.core.tearlines import as_seen_by, may_read, versions_seen_by
from warning.core.vocabulary import Marking, Severity

KR = desk("kr", "KR", clearance=Marking.AMBER, threshold=Severity.MINOR)
US = desk("us", "US", clearance=Marking.GREEN, threshold=Severity.MINOR)
JP = desk("jp", "JP", clearance=Marking.AMBER, threshold=Severity.MINOR)
BOOK = replace(book(), desks=(JP, KR, US))


def through(*batches):
    """Return the changes of the one alert, batch by batch."""
    changes, alerts = [], ()
    for batch in batches:
        found, _ = correlate(batch, alerts, BOOK, max(s.known_at for s in batch))
        changes += [grade(change, BOOK) for change in found]
        if found:
            alerts = (changes[-1].alert,)
    return changes


def told(change, before=None):
    known = {} if before is None else {(change.alert.key, d.id): Severity.MODERATE for d in before}
    owed, withheld = route([change], BOOK.desks, known)
    return [d.desk_id for d in owed], {w.desk_id: w.reason for w in withheld}


OPEN = said("open")
SECRET = said(
    "mission",
    1,
    marking=Marking.AMBER,
    release_to=frozenset({"KR"}),
    severity=Severity.EXTREME,
    effective=date(2025, 12, 1),
    targets=("KR",),
)


def test_alert_of_open_evidence_needs_no_tearline():
    (change,) = through([OPEN])
    assert change.alert.tearlines == ()
    assert told(change)[0] == ["jp", "kr", "us"]


def test_restricted_fact_reaches_the_desk_it_is_released_to_and_no_other_learns_of_it():
    first, second = through([OPEN], [SECRET])
    assert second.kind == "updated"
    owed, withheld = told(second, BOOK.desks)
    assert (owed, withheld) == (["kr"], {"jp": "nothing_new", "us": "nothing_new"})
    assert second.alert.facts.effective == date(2025, 12, 1)
    for other in (JP, US):
        seen = as_seen_by(second.alert, other)
        assert (seen.facts, seen.severity, seen.exhibits) == (
            first.alert.facts,
            first.alert.severity,
            first.alert.exhibits,
        )
        assert (seen.marking, seen.evidence_total) == (Marking.CLEAR, 1)
        assert "mission" not in repr(seen)


def test_desk_without_any_readable_evidence_is_refused_and_told_when_some_appears():
    secret_first = replace(SECRET, known_at=at(0))
    first, second = through([secret_first], [said("open", 2)])
    assert told(first) == (["kr"], {"jp": "not_released", "us": "marking_exceeds_clearance"})
    assert versions_seen_by([first.alert], US) == ()
    owed, _withheld = told(second)
    assert owed[0:1] == ["jp"]
    assert "us" in owed
    assert [d.code for d in as_seen_by(second.alert, US).differences] == ["opened"]


def test_news_in_open_evidence_is_news_to_who_did_not_know_it():
    """The date was known to Korea from a mission report; the press prints it later: the others learn of it, Korea not."""
    _, _, third = through([OPEN], [SECRET], [said("wire", 2, effective=date(2025, 12, 1))])
    owed, withheld = told(third, BOOK.desks)
    assert (owed, withheld) == (["jp", "us"], {"kr": "nothing_new"})
    paced = pace(route([third], BOOK.desks, {})[0], [third], BOOK, {}, Past(), (), at(2))
    assert {d.desk_id for d in paced.deliveries} == {"jp", "us"}


markings = st.sampled_from([Marking.CLEAR, Marking.GREEN, Marking.AMBER, Marking.RED])
releases = st.none() | st.frozensets(st.sampled_from(["KR", "JP", "US"]))
reports = st.tuples(
    markings,
    releases,
    st.sampled_from([Severity.MINOR, Severity.SEVERE, Severity.EXTREME]),
    st.none() | st.dates(date(2025, 10, 1), date(2026, 3, 1)),
    st.sampled_from([(), ("KR",), ("JP", "US")]),
    st.sampled_from([("gallium",), ("gallium", "germanium"), ()]),
    st.booleans(),
)


def report(number, drawn):
    marking, release_to, severity, effective, targets, materials, official = drawn
    name = f"r{number}"
    shown = exhibit(
        name, marking=marking, release_to=release_to, known_at=at(number), official=official, publisher=name
    )
    return signal(
        name,
        days=number,
        exhibit=shown,
        severity=severity,
        facts={"instrument": NUMBER, "effective": effective, "targets": targets, "materials": materials},
        why=(Reason(code="text.matched", text=name, params=(("words", name),)),),
    )


def content(alert):
    """Everything a desk can read, save the number of the version and when it was touched."""
    return replace(alert, version=0, key="", tearlines=(), differences=())


@given(drawn=st.lists(reports, min_size=1, max_size=5))
def test_what_a_desk_reads_is_what_its_own_evidence_alone_would_have_given(drawn):
    """Two worlds, one without the evidence a desk may not see: the desk cannot tell them apart."""
    signals = [report(number, one) for number, one in enumerate(drawn)]
    whole = through(*([s] for s in signals))[-1].alert
    for one in BOOK.desks:
        readable = [s for s in signals if may_read(one, s.exhibit)]
        seen = as_seen_by(whole, one)
        if not readable:
            assert desk_refusal(seen, one) is not None
            continue
        assert desk_refusal(seen, one) is None
        assert content(seen) == content(through(*([s] for s in readable))[-1].alert)
