"""The delivery round on a real store, a real Slack stub and a real SMTP server: nothing lost, nothing twice."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.adapters import mail_server, slack_stub
from tests.adapters.alert_samples import BOOK, control, flow, marked, updated
from warning.app import delivering
from warning.app.delivered_message import payload_refusal
from warning.app.delivering import (
    LEASE_SECONDS,
    DeliveryCounts,
    InFlight,
    deliver_due,
    retry_delay_seconds,
)
from warning.channels.channel import Missing, Sent
from warning.channels.mail import MailChannel
from warning.channels.mail_mime import MailIdentity
from warning.channels.render import render
from warning.channels.slack import SlackChannel
from warning.channels.smtp_target import SmtpTarget
from warning.core.alerts import AlertChange
from warning.core.assess import Assessment
from warning.core.deliveries import MAY_HAVE_ARRIVED
from warning.core.evidence import Window
from warning.core.routing import route
from warning.core.vocabulary import Marking
from warning.errors import (
    DeliveryError,
    DeliveryRateLimited,
    DeliveryRefused,
    DeliveryUnknown,
    StoreError,
)
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

START = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
SLACK_ROOMS = ("C0JP", "C0KR", "C0US")


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Fake:
    """A channel that raises what it is told, by address, and keeps what it accepted."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str, int]] = []
        self.tried: Counter[str] = Counter()
        self.failures: dict[str, list[BaseException]] = {}
        self.found: Sent | Missing = Missing.ABSENT

    async def send(self, message, *, row, root_ref):
        self.tried[row.address] += 1
        await asyncio.sleep(0)
        waiting = self.failures.get(row.address)
        if waiting:
            raise waiting.pop(0)
        self.accepted.append((row.address, row.alert_key, row.alert_version))
        return Sent(provider_ref=f"{row.address}:{len(self.accepted)}.0")

    async def reconcile(self, row, *, root_ref):
        return self.found


class Bench:
    """A store with owed deliveries and everything that works on them."""

    def __init__(self, engine) -> None:
        self.repository = Repository(engine)
        self.outbox = Outbox(engine)
        self.clock = Clock()
        self.book = BOOK
        self.slack, self.mail = Fake(), Fake()
        self.channels = {"slack": self.slack, "mail": self.mail}

    def owe(self, alert, *, told=None, previous=None) -> None:
        kind = "updated" if previous else "opened"
        change = AlertChange(kind=kind, alert=alert, previous=previous)
        owed, withheld = route([change], self.book.desks, told or {})
        assessment = Assessment(
            as_of=self.clock(), signals=(), changes=(change,), deliveries=owed, withheld=withheld, traces=()
        )
        assert self.repository.commit_assessment(assessment, Window(), book_version="b-1")
        self.clock.advance(seconds=1)

    def round(self, limit: int = 100) -> DeliveryCounts:
        work = deliver_due(self.outbox, self.repository, self.channels, self.book, self.clock, limit=limit)
        return asyncio.run(work)

    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.outbox.rows())

    def row_of(self, address: str):
        return next(row for row in self.outbox.rows() if row.address == address)


@pytest.fixture
def bench(sqlite_url):
    engine = open_engine(sqlite_url)
    yield Bench(engine)
    engine.dispose()


def test_round_sends_what_is_owed_once(bench):
    bench.owe(control())
    assert bench.round() == DeliveryCounts(claimed=6, sent=6)
    assert bench.round() == DeliveryCounts()
    assert bench.states() == {"sent": 6}
    assert sorted(address for address, *_ in bench.slack.accepted) == list(SLACK_ROOMS)


def test_one_destinations_failure_touches_no_other(bench):
    bench.owe(control())
    bench.slack.failures["C0JP"] = [DeliveryError("down")]
    bench.slack.failures["C0KR"] = [DeliveryRefused("is_archived")]
    counts = bench.round()
    assert (counts.sent, counts.retried, counts.dead) == (4, 1, 1)
    assert bench.row_of("C0KR").error == "is_archived"
    bench.clock.advance(minutes=1)
    assert bench.round().sent == 1


def test_waiting_time_asked_for_is_kept_and_survives_a_new_process(bench):
    bench.owe(control())
    bench.owe(flow())
    bench.slack.failures["C0JP"] = [DeliveryRateLimited("wait", retry_after_seconds=600)]
    bench.round()
    assert bench.slack.tried["C0JP"] == 1
    bench.clock.advance(seconds=590)
    bench.outbox = Outbox(bench.outbox.engine)
    assert bench.round().claimed == 0
    bench.clock.advance(seconds=15)
    assert bench.round().sent == 2


def test_rate_limit_without_a_time_waits_by_itself(bench):
    bench.owe(control())
    bench.slack.failures["C0JP"] = [DeliveryRateLimited("wait", retry_after_seconds=None)]
    bench.round()
    bench.clock.advance(seconds=25)
    assert bench.round().claimed == 0
    bench.clock.advance(seconds=10)
    assert bench.round().sent == 1


def test_versions_reach_a_destination_in_their_order_also_after_a_failure(bench):
    first = control()
    bench.owe(first)
    bench.slack.failures["C0KR"] = [DeliveryError("down"), DeliveryError("down")]
    bench.round()
    bench.owe(updated(), previous=first)
    for _ in range(6):
        bench.clock.advance(minutes=2)
        bench.round()
    seoul = [version for address, _, version in bench.slack.accepted if address == "C0KR"]
    assert seoul == [1, 2]


def test_unknown_is_looked_for_before_it_is_sent_again(bench):
    bench.owe(control())
    bench.slack.failures["C0US"] = [DeliveryUnknown("timed out")]
    assert bench.round().unknown == 1
    bench.slack.found = Sent(provider_ref="C0US:9.0")
    bench.clock.advance(minutes=1)
    counts = bench.round()
    assert (counts.sent, counts.adopted, counts.resent) == (1, 1, 0)
    assert bench.slack.tried["C0US"] == 1
    assert bench.row_of("C0US").provider_ref == "C0US:9.0"


def test_unknown_that_cannot_be_looked_for_is_sent_again_and_counted(bench):
    bench.owe(control())
    bench.mail.failures["desk-us@example.org"] = [DeliveryUnknown("dropped")]
    bench.mail.found = Missing.UNKNOWABLE
    bench.round()
    bench.clock.advance(minutes=1)
    counts = bench.round()
    assert (counts.sent, counts.resent) == (1, 1)


def test_a_delivery_that_is_dead_after_an_unknown_says_that_it_may_have_arrived(bench):
    bench.owe(control())
    bench.mail.failures["desk-us@example.org"] = [
        DeliveryUnknown("dropped"),
        DeliveryRefused("550 no such user"),
    ]
    bench.mail.found = Missing.UNKNOWABLE
    bench.round()
    bench.clock.advance(minutes=1)
    assert bench.round().dead == 1
    dead = bench.row_of("desk-us@example.org")
    assert (dead.state, MAY_HAVE_ARRIVED in dead.error) == ("dead", True)


def test_unknown_whose_search_fails_stays_unknown(bench):
    bench.owe(control())
    bench.slack.failures["C0US"] = [DeliveryUnknown("timed out")]
    bench.round()

    async def broken(row, *, root_ref):
        raise DeliveryError("history is down")

    bench.slack.reconcile = broken
    bench.clock.advance(minutes=1)
    assert bench.round().unknown == 1
    assert bench.row_of("C0US").state == "unknown"


def test_killed_process_leaves_unknowns_that_are_reconciled(bench):
    bench.owe(control())
    claimed = bench.outbox.claim(bench.clock(), limit=100, lease_seconds=300)
    assert bench.states() == {"sending": 6}
    bench.slack.found = Sent(provider_ref="C0:1.0")
    bench.clock.advance(minutes=6)
    counts = bench.round()
    assert (counts.claimed, counts.sent, counts.adopted) == (len(claimed), 6, 3)
    assert bench.slack.accepted == []


def test_surprise_in_one_delivery_is_kept_and_stops_no_other(bench, caplog):
    bench.owe(control())
    bench.slack.failures["C0US"] = [ZeroDivisionError("oops")]
    assert bench.round().sent == 5
    assert bench.row_of("C0US").error == "ZeroDivisionError: oops"
    assert "ZeroDivisionError" in caplog.text


def test_failing_destination_is_tried_for_days_before_it_is_given_up(bench):
    bench.owe(control())
    bench.slack.failures["C0US"] = [DeliveryError("down")] * 400
    while bench.clock() < START + timedelta(days=6, hours=23):
        bench.round()
        bench.clock.advance(minutes=30)
    assert bench.row_of("C0US").state == "pending"
    while bench.clock() < START + timedelta(days=8):
        bench.round()
        bench.clock.advance(minutes=30)
    assert bench.row_of("C0US").state == "dead"
    assert "given up after" in bench.row_of("C0US").error


def test_waits_double_up_to_an_hour():
    assert [retry_delay_seconds(n) for n in (1, 2, 3, 9, 500)] == [15, 30, 60, 3600, 3600]


@pytest.mark.parametrize(
    "alert",
    [
        marked(Marking.RED),
        marked(Marking.AMBER, release_to=frozenset({"US"})),
        marked(Marking.AMBER, release_to=frozenset()),
    ],
)
def test_alert_that_rose_above_a_destination_after_routing_is_held_back(bench, alert):
    """The outbox owes it, but the stored version may not leave: the second check refuses what the first passed."""
    change = AlertChange(kind="opened", alert=alert)
    owed, _ = route([AlertChange(kind="opened", alert=control())], BOOK.desks, {})
    bench.repository.commit_assessment(
        Assessment(as_of=START, signals=(), changes=(change,), deliveries=owed, withheld=(), traces=()),
        Window(),
        book_version="b-1",
    )
    bench.round()
    allowed = [] if alert.marking is Marking.RED or not alert.release_to else ["C0US"]
    assert [address for address, *_ in bench.slack.accepted] == allowed
    held = [row for row in bench.outbox.rows() if row.state == "dead"]
    assert all(row.error.startswith("withheld: ") for row in held)
    assert len(held) == 6 - 2 * len(allowed)


def test_one_piece_of_evidence_above_the_ceiling_holds_the_whole_message():
    desk = BOOK.desks[0]
    alert = control()
    secret = replace(alert.exhibits[1], marking=Marking.RED)
    said = render(replace(alert, exhibits=(alert.exhibits[0], secret)), desk, BOOK)
    assert payload_refusal(said, desk, desk.destinations[0]) == (
        "marking_exceeds_ceiling",
        "TLP:RED shown, TLP:AMBER allowed",
    )
    foreign = replace(alert.exhibits[1], release_to=frozenset({"US"}))
    said = render(replace(alert, exhibits=(alert.exhibits[0], foreign)), desk, BOOK)
    assert payload_refusal(said, desk, desk.destinations[0]) == (
        "not_released",
        "a part of the message is not released to JP",
    )


def test_destination_that_a_desk_no_longer_lists_gets_nothing(bench):
    bench.owe(control())
    desks = tuple(d.model_copy(update={"destinations": d.destinations[1:]}) for d in BOOK.desks)
    bench.book = replace(BOOK, desks=desks)
    counts = bench.round()
    assert (counts.sent, counts.dead) == (3, 3)
    assert bench.slack.accepted == []
    assert "no longer lists slack C0JP" in bench.row_of("C0JP").error


def test_round_takes_no_more_than_its_limit(bench):
    bench.owe(control())
    assert bench.round(limit=4).claimed == 4
    assert bench.round(limit=4).claimed == 2


async def _until_settled(bench, rounds: int = 12) -> Counter[str]:
    total: Counter[str] = Counter()
    for _ in range(rounds):
        counts = await deliver_due(bench.outbox, bench.repository, bench.channels, bench.book, bench.clock)
        total.update({"resent": counts.resent, "adopted": counts.adopted})
        bench.clock.advance(minutes=5)
    return total


@pytest.mark.parametrize(
    "fault", [*slack_stub.FAULTS, "internal_error", "fatal_error", "message_limit_exceeded"]
)
@pytest.mark.parametrize("strikes", ["first version", "update", "note"])
def test_slack_fault_loses_nothing_and_doubles_nothing(bench, fault, strikes):
    """One fault at each writing step of an alert and its update, then three rooms with one root and one note."""

    async def scenario():
        async with slack_stub.running(START.timestamp()) as stub:
            stub.hang_seconds = 1.2
            bench.channels = {
                "slack": SlackChannel("xoxb-test", stub.url, timeout_seconds=1),
                "mail": bench.mail,
            }
            first = control()
            bench.owe(first)
            if strikes == "first version":
                stub.faults.append(fault)
            await _until_settled(bench, 6)
            bench.owe(updated(), previous=first, told={})
            if strikes != "first version":
                stub.faults.extend([""] * 3 if strikes == "note" else [])
                stub.faults.append(fault)
            total = await _until_settled(bench, 6)
            assert bench.states() == {"sent": 12}
            for room in SLACK_ROOMS:
                assert [m["metadata"]["event_payload"]["version"] for m in stub.roots(room)] == [2]
                assert len(stub.notes(room)) == 1
            assert total["resent"] == 0

    asyncio.run(scenario())


def test_slack_without_history_may_double_but_says_so(bench):
    async def scenario():
        async with slack_stub.running(START.timestamp()) as stub:
            bench.channels["slack"] = SlackChannel("xoxb-test", stub.url, timeout_seconds=1)
            bench.owe(control())
            stub.faults.append("reset-after")
            stub.read_faults.extend(["missing_scope"] * 4)
            total = await _until_settled(bench, 4)
            assert bench.states() == {"sent": 6}
            assert sum(len(stub.roots(room)) for room in SLACK_ROOMS) == 4
            assert total["resent"] == 1

    asyncio.run(scenario())


def test_closed_room_is_a_dead_letter_that_can_be_sent_after_mending(bench):
    async def scenario():
        async with slack_stub.running(START.timestamp()) as stub:
            bench.channels["slack"] = SlackChannel("xoxb-test", stub.url, timeout_seconds=1)
            bench.owe(control())
            stub.closed["C0KR"] = "is_archived"
            await _until_settled(bench, 2)
            assert bench.row_of("C0KR").state == "dead"
            stub.closed.clear()
            assert bench.outbox.requeue(bench.row_of("C0KR").id, now=bench.clock())
            await _until_settled(bench, 1)
            assert len(stub.roots("C0KR")) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize("fault", ["450", "451", "421", "rcpt 450", "drop", "drop-unread"])
def test_mail_fault_loses_nothing_and_doubles_only_what_cannot_be_known(bench, fault):
    with mail_server.running() as mailbox:
        target = SmtpTarget(host="localhost", port=mailbox.port, security="none")
        bench.channels["mail"] = MailChannel(
            target, MailIdentity(sender="EWS <ews@example.org>"), timeout_seconds=5
        )
        bench.owe(control())
        mailbox.faults.append(fault)
        total = asyncio.run(_until_settled(bench, 4))
    assert bench.states() == {"sent": 6}
    assert set(mailbox.recipients) == {f"desk-{desk.id}@example.org" for desk in BOOK.desks}
    assert len(mailbox.mails) == (4 if fault == "drop" else 3)
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 3
    assert total["resent"] == fault.startswith("drop")


def test_mail_recipient_that_is_refused_costs_the_others_nothing(bench):
    with mail_server.running() as mailbox:
        target = SmtpTarget(host="localhost", port=mailbox.port, security="none")
        bench.channels["mail"] = MailChannel(
            target, MailIdentity(sender="EWS <ews@example.org>"), timeout_seconds=5
        )
        mailbox.refused["desk-jp@example.org"] = "550 no such user"
        bench.owe(control())
        asyncio.run(_until_settled(bench, 3))
    assert sorted(mailbox.recipients) == ["desk-kr@example.org", "desk-us@example.org"]
    assert "no such user" in bench.row_of("desk-jp@example.org").error


async def _hang(message, *, row, root_ref):
    await asyncio.sleep(3600)


def test_destination_that_hangs_delays_no_other_and_is_not_asked_twice(bench):
    async def scenario():
        bench.owe(control())
        in_flight = InFlight()
        parts = (bench.outbox, bench.repository, bench.channels, bench.book, bench.clock)
        bench.channels["mail"] = hanging = Fake()
        hanging.send = _hang
        first = await deliver_due(*parts, in_flight=in_flight, patience_seconds=0.5)
        assert (first.claimed, first.sent, len(in_flight.running)) == (6, 3, 3)
        bench.owe(flow())
        second = await deliver_due(*parts, in_flight=in_flight, patience_seconds=0.5)
        assert (second.claimed, second.sent) == (3, 3)
        await in_flight.drain(0.01)

    asyncio.run(scenario())
    assert bench.states() == {"sent": 6, "sending": 3, "pending": 3}


@pytest.mark.parametrize("asked", [float("inf"), float("nan"), 1e300, -5.0])
def test_absurd_waiting_time_holds_a_destination_for_an_hour_at_most(bench, asked):
    bench.owe(control())
    bench.slack.failures["C0JP"] = [DeliveryRateLimited("wait", retry_after_seconds=asked)]
    assert bench.round().retried == 1
    bench.clock.advance(minutes=61)
    assert bench.round().sent == 1


def test_message_nobody_takes_does_not_hold_the_others_back(bench):
    bench.owe(control())
    poison = bench.row_of("C0JP").id
    taken = bench.slack.send

    async def picky(message, *, row, root_ref):
        if row.id == poison:
            raise DeliveryError("451 not this one")
        return await taken(message, row=row, root_ref=root_ref)

    bench.slack.send = picky
    bench.round()
    bench.owe(flow())
    bench.clock.advance(minutes=1)
    bench.round()
    assert [row.state for row in bench.outbox.rows() if row.address == "C0JP"] == ["pending", "sent"]


def test_row_that_was_not_tried_counts_no_attempt(bench):
    bench.owe(control())
    bench.owe(flow())
    bench.slack.failures["C0JP"] = [DeliveryError("down")]
    bench.round()
    assert sorted(row.attempts for row in bench.outbox.rows() if row.address == "C0JP") == [0, 1]


def test_sender_whose_lease_ran_out_cannot_give_back_what_another_holds(bench):
    bench.owe(control())
    lease = timedelta(seconds=LEASE_SECONDS + 1)

    async def slow(message, *, row, root_ref):
        if row.address != "C0JP":
            return Sent(provider_ref="x")
        other = bench.outbox.claim(bench.clock() + lease, limit=10, lease_seconds=LEASE_SECONDS)
        assert row.id in {r.id for r in other}
        raise DeliveryError("too late")

    bench.slack.send = slow
    bench.round()
    assert bench.row_of("C0JP").state == "sending"


def test_what_was_sent_while_the_store_was_locked_is_written_down_later(bench, monkeypatch):
    bench.owe(control())
    monkeypatch.setattr(delivering, "STORE_WAITS_SECONDS", (0.0, 0.0))
    sent, refusals = bench.outbox.sent, [StoreError("locked"), StoreError("full")]

    def locked(row_id, **told):
        if refusals:
            raise refusals.pop()
        return sent(row_id, **told)

    bench.outbox.sent = locked
    bench.round()
    assert bench.states() == {"sent": 6}


def test_times_written_by_a_clock_far_ahead_hold_nothing(bench):
    bench.owe(control())
    bench.clock.advance(days=3650)
    bench.slack.failures["C0JP"] = [DeliveryError("down")]
    bench.slack.failures["C0KR"] = [DeliveryRateLimited("wait", retry_after_seconds=60)]
    bench.slack.failures["C0US"] = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        bench.round()
    assert bench.states() == {"sent": 3, "pending": 2, "sending": 1}
    bench.clock.advance(days=-3650)
    assert bench.round().sent == 3
