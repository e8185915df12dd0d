"""Evidence that is taken back: a correction where other evidence stands, a cancel where none does, to whom it was told."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import at, book, press, signal
from warning.app.backtesting import carry
from warning.core.assess import Sensed, State, decide
from warning.core.chain_codes import SUSPENDED
from warning.core.desks import Destination, QuietHours
from warning.core.signals import Reason
from warning.core.silences import Silence
from warning.core.vocabulary import Certainty, Severity
from warning.core.withdrawals import (
    PUBLISHER,
    Withdrawal,
    is_correction,
    is_retraction,
    standing_withdrawals,
    withdrawal_id,
)

BOOK = book()
AUGUST, SEPTEMBER = date(2023, 8, 1), date(2023, 9, 1)


def act(evidence_id, days=1.0, action="withdrawn", actor="J. Kim"):
    return Withdrawal(
        id=withdrawal_id(evidence_id, action, at(days)),
        evidence_id=evidence_id,
        source_id="wire",
        action=action,
        reason="a forged page",
        actor=actor,
        known_at=at(days),
    )


class Desk:
    """A run of assessments over one state, as a service or a backtest makes it."""

    def __init__(self, rulebook=BOOK):
        self.book, self.state = rulebook, State()

    def assess(self, *signals, withdrawals=(), days=0.0):
        sensed = Sensed(signals=tuple(signals), traces=(), withdrawals=tuple(withdrawals))
        done = decide(self.book, sensed, self.state, at(days))
        self.state = carry(self.state, done)
        return done


def report(evidence_id, publisher, days=0.0, title="report", **changes):
    facts = changes.pop("facts", {})
    shown = press(evidence_id, publisher, known_at=at(days), title=title)
    return signal(evidence_id, days=days, exhibit=shown, facts=facts, **changes)


def codes(change):
    return {difference.code for difference in change.alert.differences}


def test_only_evidence_that_is_withdrawn_cancels_the_alert_and_tells_who_was_told():
    desk = Desk()
    first = desk.assess(report("n1", "wire"))
    done = desk.assess(withdrawals=[act("n1")], days=1)
    (change,) = done.changes
    assert {"withdrawn", "cancelled"} <= codes(change)
    assert (change.alert.version, change.alert.state) == (2, "cancelled")
    reached = {(d.desk_id, d.channel, d.address) for d in first.deliveries}
    assert {(d.desk_id, d.channel, d.address, d.reason) for d in done.deliveries} == {
        (*place, "cancel") for place in reached
    }


def test_fact_that_only_withdrawn_evidence_gave_falls_back_to_what_stands():
    desk = Desk()
    desk.assess(
        signal("o1", facts={"effective": AUGUST}, severity=Severity.EXTREME),
        report("n1", "wire", facts={"effective": SEPTEMBER}, severity=Severity.MODERATE),
    )
    (change,) = desk.assess(withdrawals=[act("o1")], days=1).changes
    assert change.alert.facts.effective == SEPTEMBER
    assert (change.alert.certainty, change.alert.severity) == (Certainty.POSSIBLE, Severity.MODERATE)
    assert {"withdrawn", "effective", "certainty"} <= codes(change)
    assert "cancelled" not in codes(change)
    assert change.alert.state == "open"


def test_restored_evidence_brings_back_the_alert_as_it_was():
    desk = Desk()
    (opened,) = desk.assess(signal("o1", facts={"effective": AUGUST}), report("n1", "wire")).changes
    desk.assess(withdrawals=[act("o1")], days=1)
    (change,) = desk.assess(withdrawals=[act("o1", days=2, action="restored")], days=2).changes
    assert "restored" in codes(change)
    same = replace(
        change.alert, version=1, differences=opened.alert.differences, updated_at=opened.alert.updated_at
    )
    assert same == opened.alert


def test_desk_that_was_not_told_is_not_told_of_the_end_either():
    strict = book(
        desks=tuple(d.model_copy(update={"threshold": Severity.EXTREME}) for d in BOOK.desks[:1])
        + BOOK.desks[1:]
    )
    desk = Desk(strict)
    first = desk.assess(report("n1", "wire", severity=Severity.MODERATE))
    done = desk.assess(withdrawals=[act("n1")], days=1)
    assert {d.desk_id for d in done.deliveries} == {d.desk_id for d in first.deliveries}


def test_desk_that_has_moved_is_told_where_it_is_read_now():
    desk = Desk()
    first = desk.assess(report("n1", "wire"))
    old = first.deliveries[0]
    moved = tuple(
        d.model_copy(update={"destinations": (Destination(channel="console", to=("elsewhere",)),)})
        if d.id == old.desk_id
        else d
        for d in BOOK.desks
    )
    desk.book = replace(BOOK, desks=moved)
    done = desk.assess(withdrawals=[act("n1")], days=1)
    assert ("elsewhere", "cancel") in {
        (d.address, d.reason) for d in done.deliveries if d.desk_id == old.desk_id
    }


def test_desk_that_is_gone_is_named_and_nobody_else_told():
    desk = Desk()
    first = desk.assess(report("n1", "wire"))
    gone = first.deliveries[0].desk_id
    desk.book = replace(BOOK, desks=tuple(d for d in BOOK.desks if d.id != gone))
    done = desk.assess(withdrawals=[act("n1")], days=1)
    assert [w.reason for w in done.withheld if w.desk_id == gone] == ["desk_gone"]
    assert {d.desk_id for d in done.deliveries} == {d.desk_id for d in first.deliveries} - {gone}


def test_silence_keeps_no_desk_from_the_correction_of_what_it_was_told():
    desk = Desk()
    first = desk.assess(report("n1", "wire"))
    silences = tuple(
        Silence(
            id=f"s-{desk_id}",
            desk_id=desk_id,
            matchers=(),
            severity=Severity.EXTREME,
            mute=True,
            actor="kim",
            reason="enough of it",
            created_at=at(0.1),
            until=at(9),
        )
        for desk_id in {d.desk_id for d in first.deliveries}
    )
    desk.state = replace(desk.state, silences=silences)
    done = desk.assess(withdrawals=[act("n1")], days=1)
    assert {d.desk_id for d in done.deliveries} == {d.desk_id for d in first.deliveries}


def test_further_report_revives_a_cancelled_alert_without_the_withdrawn_one():
    desk = Desk()
    desk.assess(report("n1", "wire", facts={"effective": AUGUST}))
    desk.assess(withdrawals=[act("n1")], days=1)
    (change,) = desk.assess(report("n2", "daily", days=1.5), days=1.5).changes
    assert change.alert.state == "open"
    assert change.alert.evidence_total == 1
    assert change.alert.facts.effective is None
    assert [e.evidence_id for e in change.alert.exhibits] == ["n2"]


def test_retraction_by_the_publisher_takes_back_the_report_of_that_headline():
    desk = Desk()
    desk.assess(report("n1", "wire", title="China bans gallium exports"), signal("o1"))
    notice = report("n2", "wire", days=0.5, title="[Withdrawn] China bans gallium exports")
    (change,) = desk.assess(notice, days=0.5).changes
    assert {w.evidence_id for w in change.alert.withdrawn} == {"n1", "n2"}
    assert [e.evidence_id for e in change.alert.exhibits] == ["o1"]


def test_page_that_is_published_again_stands_again_unless_a_person_took_it_back():
    again = report("n1", "wire", days=2, title="China bans gallium exports")
    for actor, total in ((PUBLISHER, 2), ("J. Kim", 1)):
        desk = Desk()
        desk.assess(report("n1", "wire"), signal("o1"))
        desk.assess(withdrawals=[act("n1", actor=actor)], days=1)
        done = desk.assess(again, days=2)
        assert done.changes[0].alert.evidence_total == total


def test_withdrawal_of_evidence_that_nothing_rests_on_changes_nothing():
    desk = Desk()
    desk.assess(report("n1", "wire"))
    done = desk.assess(withdrawals=[act("n9")], days=1)
    assert (done.changes, done.deliveries) == ((), ())


def test_marks_of_retraction_and_correction_are_told_from_acts_that_are_withdrawn():
    assert all(
        map(
            is_retraction,
            ["[Withdrawn] x", "撤稿：中国禁止", "【取り消し】x", "[기사 취소] x", "Retraction: x"],
        )
    )
    assert all(map(is_correction, ["CORRECTED-x", "更正：x", "【訂正】x", "[정정] x", "Correction: x"]))
    other = ["China withdraws export ban", "중국, 수출통제 철회", "撤回出口禁令的公告", "更正公告"]
    assert not any(is_retraction(t) or is_correction(t) for t in other)


REPORTS = [
    signal("o1", facts={"effective": AUGUST, "instrument": "MOFCOM-GACC 2023/23"}),
    report("n1", "wire", 0.1, facts={"effective": SEPTEMBER}),
    report("n2", "daily", 0.2, severity=Severity.EXTREME, facts={"materials": ("gallium", "germanium")}),
    report("n3", "times", 0.3),
]


@given(
    gone=st.lists(st.sampled_from(["o1", "n1", "n2", "n3"]), unique=True, min_size=1),
    dice=st.randoms(use_true_random=False),
)
def test_withdrawn_and_restored_evidence_ends_where_it_began_whatever_the_order(gone, dice):
    desk = Desk()
    (opened,) = desk.assess(*REPORTS, days=0.4).changes
    acts = [act(one, days=1 + n / 10) for n, one in enumerate(gone)]
    acts += [
        act(one, days=3 + n / 10, action="restored") for n, one in enumerate(dice.sample(gone, len(gone)))
    ]
    last = opened
    for one in acts:
        (last,) = desk.assess(withdrawals=[one], days=5).changes
    kept = replace(
        last.alert, version=1, differences=opened.alert.differences, updated_at=opened.alert.updated_at
    )
    assert kept == opened.alert


@given(gone=st.lists(st.sampled_from(["o1", "n1", "n2", "n3"]), unique=True, min_size=1))
def test_several_withdrawals_at_once_or_one_by_one_leave_the_same(gone):
    acts = [act(one, days=1) for one in gone]
    at_once, one_by_one = Desk(), Desk()
    for desk in (at_once, one_by_one):
        desk.assess(*REPORTS, days=0.4)
    (whole,) = at_once.assess(withdrawals=acts, days=2).changes
    for one in acts:
        (part,) = one_by_one.assess(withdrawals=[one], days=2).changes
    assert replace(part.alert, version=2, differences=()) == replace(whole.alert, differences=())


@given(
    acts=st.lists(
        st.builds(
            act,
            st.sampled_from(["a", "b"]),
            st.sampled_from([1.0, 2.0, 3.0]),
            st.sampled_from(["withdrawn", "restored"]),
            st.sampled_from(["kim", PUBLISHER]),
        ),
        max_size=6,
    ),
    dice=st.randoms(use_true_random=False),
)
def test_last_word_on_each_piece_counts_in_whatever_order_it_is_learnt(acts, dice):
    assert standing_withdrawals((), dice.sample(acts, len(acts))) == standing_withdrawals((), acts)


def quoting(evidence_id, publisher, sentence, days=0.0):
    why = (Reason(code="text.sentence", text=f"body: {sentence}", params=(("sentence", sentence),)),)
    return report(evidence_id, publisher, days, title=f"headline {evidence_id}", why=why)


def test_sentence_of_a_withdrawn_body_is_no_reason_any_more_unless_another_page_says_it():
    desk = Desk()
    desk.assess(
        quoting("n1", "wire", "The ministry bans gallium."),
        quoting("n2", "daily", "Gallium needs a licence."),
        quoting("n3", "times", "Gallium needs a licence."),
    )

    def quoted(done):
        (change,) = done.changes
        return [dict(reason.params)["sentence"] for reason in change.alert.why]

    assert quoted(desk.assess(withdrawals=[act("n1")], days=1)) == ["Gallium needs a licence."]
    assert quoted(desk.assess(withdrawals=[act("n2", 2)], days=2)) == ["Gallium needs a licence."]
    assert set(quoted(desk.assess(withdrawals=[act("n1", 3, "restored")], days=3))) == {
        "The ministry bans gallium.",
        "Gallium needs a licence.",
    }


def test_step_of_the_act_is_told_although_other_evidence_was_taken_back_before():
    desk = Desk()
    desk.assess(report("n1", "wire"), report("n2", "times"))
    (lost,) = desk.assess(withdrawals=[act("n1")], days=1).changes
    why = Reason(code=SUSPENDED, text="set aside", params=(("instrument", "No. 46"), ("day", "2023-07-07")))
    step = report("n3", "ministry", days=2, why=(why,), joins=lost.alert.signal_ids[0])
    done = desk.assess(step, days=2)
    (change,) = done.changes
    assert (change.kind, codes(change)) == ("updated", {"suspended"})
    assert done.deliveries


LOW, GRAVE = Severity.MINOR, Severity.EXTREME  # the first reaches the desk in Seoul alone


def first_told(done):
    return {delivery.desk_id for delivery in done.deliveries if delivery.reason == "first"}


def test_new_evidence_of_a_cancelled_alert_tells_desks_that_were_never_told():
    desk = Desk()
    assert first_told(desk.assess(report("n1", "wire", severity=LOW))) == {"kr"}
    desk.assess(withdrawals=[act("n1")], days=1)
    done = desk.assess(report("n2", "times", days=2, severity=GRAVE), days=2)
    (change,) = done.changes
    assert "restored" in codes(change)
    assert {(d.desk_id, d.reason) for d in done.deliveries} == {("kr", "correction"), ("us", "first")}


def test_grave_report_beside_a_withdrawal_tells_desks_that_were_never_told():
    desk = Desk()
    assert first_told(desk.assess(report("n1", "wire", severity=LOW))) == {"kr"}
    report_of_it = report("n2", "times", days=1, severity=GRAVE)
    done = desk.assess(report_of_it, withdrawals=[act("n1")], days=1)
    assert "withdrawn" in codes(done.changes[0])
    assert {(d.desk_id, d.reason) for d in done.deliveries} == {("kr", "correction"), ("us", "first")}


def test_alert_cancelled_before_it_went_out_is_told_when_its_evidence_stands_again():
    quiet = QuietHours(start="00:00", end="23:59")
    desk = Desk(replace(BOOK, desks=tuple(d.model_copy(update={"quiet_hours": quiet}) for d in BOOK.desks)))
    held = desk.assess(report("n1", "wire", severity=LOW)).deliveries
    assert held
    assert all(delivery.hold_until for delivery in held)
    assert not desk.assess(withdrawals=[act("n1", 0.1)], days=0.1).deliveries
    assert (dict(desk.state.told), dict(desk.state.past.held)) == ({}, {})
    back = desk.assess(withdrawals=[act("n1", 0.2, "restored")], days=0.2).deliveries
    assert {delivery.desk_id for delivery in back} == {"kr"}


def test_partial_withdrawal_tells_nobody_new():
    desk = Desk()
    desk.assess(report("n1", "wire", severity=LOW), report("n2", "times", severity=LOW))
    done = desk.assess(withdrawals=[act("n1")], days=1)
    assert {(d.desk_id, d.reason) for d in done.deliveries} == {("kr", "correction")}


def test_report_that_its_publisher_takes_back_at_once_is_told_to_nobody():
    done = Desk().assess(report("n1", "wire", title="[Withdrawn] China controls gallium"))
    assert done.changes[0].alert.state == "cancelled"
    assert not done.deliveries
