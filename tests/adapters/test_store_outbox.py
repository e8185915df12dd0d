"""Every owed delivery ends sent or dead, in the order of versions, and is in one pair of hands at a time."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine, Select, event, select, text, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable

from warning.core.deliveries import Delivery
from warning.core.vocabulary import Severity
from warning.errors import StoreError
from warning.store import migrate
from warning.store.due_deliveries import CUT_SHORT, due
from warning.store.engine import open_engine, writing
from warning.store.outbox import Outbox
from warning.store.pace import past
from warning.store.rows import insert_new
from warning.store.schema import alerts
from warning.store.schema import outbox as outbox_table

T0 = datetime(2023, 7, 3, 10, 40, tzinfo=UTC)
LEASE = 60.0


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def delivery(
    key: str = "al-1", version: int = 1, desk: str = "kr", address: str = "kr@example.org"
) -> Delivery:
    return Delivery(
        alert_key=key, alert_version=version, desk_id=desk, channel="mail", address=address, reason="first"
    )


def owe(engine: Engine, *owed: Delivery, now: datetime = T0) -> list[str]:
    """Put rows into the outbox the way a committed assessment leaves them; return their ids."""
    with writing(engine) as connection:
        for one in owed:
            connection.execute(insert_new(connection, alerts), _alert_row(one.alert_key))
            connection.execute(insert_new(connection, outbox_table), _outbox_row(one, now))
    return [one.id for one in owed]


def _alert_row(key: str) -> dict[str, object]:
    times = dict.fromkeys(("opened_at", "updated_at", "last_evidence_at"), T0)
    texts = dict.fromkeys(("rule_id", "act", "direction"), "x")
    return {
        "key": key,
        "version": 9,
        "state": "open",
        "severity": "severe",
        "interrupts": True,
        **times,
        **texts,
    }


def _outbox_row(one: Delivery, now: datetime) -> dict[str, object]:
    names = ("alert_key", "alert_version", "desk_id", "channel", "address", "reason")
    times = dict.fromkeys(("next_attempt_at", "created_at", "updated_at"), now)
    state = {
        "state": "pending",
        "attempts": 0,
        "severity": Severity.SEVERE.value,
        "provider_ref": "",
        "error": "",
    }
    return {"id": one.id, **{name: getattr(one, name) for name in names}, **state, **times}


def claimed(outbox: Outbox, now: datetime, limit: int = 100) -> list[str]:
    return [row.id for row in outbox.claim(now, limit=limit, lease_seconds=LEASE)]


def test_a_claimed_row_is_nobody_elses_until_it_is_given_back(outbox: Outbox):
    (row_id,) = owe(outbox.engine, delivery())
    (row,) = outbox.claim(T0, limit=10, lease_seconds=LEASE)
    assert (row.id, row.state, row.attempts) == (row_id, "pending", 1)
    assert claimed(outbox, at(1)) == []
    assert outbox.retry(row_id, at=at(30), error="421 busy")
    assert claimed(outbox, at(29)) == []
    (again,) = outbox.claim(at(30), limit=10, lease_seconds=LEASE)
    assert (again.state, again.attempts, again.error) == ("pending", 2, "421 busy")


def test_a_sent_row_is_final_and_carries_the_channels_own_id(outbox: Outbox):
    (row_id,) = owe(outbox.engine, delivery())
    claimed(outbox, T0)
    assert outbox.sent(row_id, now=at(2), provider_ref="1234.5")
    row = outbox.row(row_id)
    assert row is not None
    assert (row.state, row.sent_at, row.provider_ref) == ("sent", at(2), "1234.5")
    assert not outbox.retry(row_id, at=at(3), error="late")
    assert not outbox.dead(row_id, now=at(3), error="late")
    assert not outbox.requeue(row_id, now=at(3))
    assert claimed(outbox, at(9999)) == []


def test_a_claim_and_a_sending_are_on_the_disk_when_they_are_committed(sqlite_url: str):
    """SQLite waits for the disk at these commits alone (2, FULL): the others may be lost, whole, in a power cut."""
    engine, waits = open_engine(sqlite_url), []
    event.listen(
        engine, "commit", lambda c: waits.append(c.exec_driver_sql("PRAGMA synchronous").scalar_one())
    )
    outbox = Outbox(engine)
    (row_id,) = owe(engine, delivery())
    claimed(outbox, T0)
    assert outbox.unknown(row_id, at=at(1), error="no answer")
    assert outbox.sent(row_id, now=at(2))
    owe(engine, delivery("al-2"))
    assert waits == [1, 2, 1, 2, 1]
    engine.dispose()


def test_a_row_whose_sender_was_killed_comes_back_as_unknown(outbox: Outbox):
    (row_id,) = owe(outbox.engine, delivery())
    claimed(outbox, T0)
    assert claimed(outbox, at(LEASE - 1)) == []
    (row,) = outbox.claim(at(LEASE), limit=10, lease_seconds=LEASE)
    assert (row.id, row.state, row.error, row.attempts) == (row_id, "unknown", CUT_SHORT, 2)


def test_a_slow_sender_that_did_send_is_believed(outbox: Outbox):
    (row_id,) = owe(outbox.engine, delivery())
    claimed(outbox, T0)
    claimed(outbox, at(LEASE))
    assert outbox.sent(row_id, now=at(LEASE + 1), provider_ref="x")


def test_a_slow_sender_cannot_give_back_what_another_holds(outbox: Outbox):
    (row_id,) = owe(outbox.engine, delivery())
    (slow,) = outbox.claim(T0, limit=1, lease_seconds=LEASE)
    (second,) = outbox.claim(at(LEASE), limit=1, lease_seconds=LEASE)
    assert not outbox.retry(row_id, at=at(LEASE), error="timeout", attempt=slow.attempts)
    assert claimed(outbox, at(LEASE + 1)) == []
    assert outbox.retry(row_id, at=at(LEASE), error="timeout", attempt=second.attempts)


def test_an_unknown_row_is_claimed_as_unknown(outbox: Outbox):
    (row_id,) = owe(outbox.engine, delivery())
    claimed(outbox, T0)
    assert outbox.unknown(row_id, at=at(10), error="no answer")
    (row,) = outbox.claim(at(10), limit=1, lease_seconds=LEASE)
    assert (row.state, row.error) == ("unknown", "no answer")


def test_claims_are_oldest_first_and_no_more_than_asked(outbox: Outbox):
    late = owe(outbox.engine, delivery("al-1"), now=at(5))
    early = owe(outbox.engine, delivery("al-2"), delivery("al-3"), now=at(1))
    assert set(claimed(outbox, at(9), limit=2)) == set(early)
    assert claimed(outbox, at(9), limit=2) == late


@pytest.mark.parametrize("end", ["sent", "dead"])
def test_a_version_waits_for_the_one_before_at_its_own_destination(outbox: Outbox, end: str):
    first, second = owe(outbox.engine, delivery(version=1), delivery(version=2))
    (elsewhere,) = owe(outbox.engine, delivery(version=2, desk="us", address="us@example.org"))
    assert set(claimed(outbox, T0)) == {first, elsewhere}
    outbox.unknown(first, at=at(1), error="no answer")
    assert claimed(outbox, at(1)) == [first]
    if end == "sent":
        outbox.sent(first, now=at(2))
    else:
        outbox.dead(first, now=at(2), error="no such mailbox")
    assert claimed(outbox, at(2)) == [second]


def test_a_paused_destination_rests_and_no_other(outbox: Outbox):
    kr, us = owe(outbox.engine, delivery(), delivery(desk="us", address="us@example.org"))
    outbox.pause("mail", "kr@example.org", until=at(60))
    outbox.pause("mail", "kr@example.org", until=at(30))
    assert claimed(outbox, at(31)) == [us]
    assert claimed(outbox, at(60)) == [kr]


def test_a_dead_row_can_be_requeued_with_fresh_attempts(outbox: Outbox):
    (row_id,) = owe(outbox.engine, delivery())
    claimed(outbox, T0)
    outbox.dead(row_id, now=at(1), error="no such mailbox")
    assert [row.id for row in outbox.rows(state="dead")] == [row_id]
    assert outbox.requeue(row_id, now=at(2))
    (row,) = outbox.claim(at(2), limit=1, lease_seconds=LEASE)
    assert (row.state, row.attempts) == ("pending", 1)
    with pytest.raises(StoreError, match="d-nothing"):
        outbox.requeue("d-nothing", now=at(2))


def test_the_root_is_the_first_message_that_arrived(outbox: Outbox):
    first, second = owe(outbox.engine, delivery(version=1), delivery(version=2))
    where = ("al-1", "kr", "mail", "kr@example.org")
    assert outbox.root_ref(*where) is None
    outbox.dead(first, now=T0, error="x")
    outbox.sent(second, now=T0, provider_ref="<2@example.org>")
    assert outbox.root_ref(*where) == "<2@example.org>"
    assert outbox.root_ref("al-1", "us", "mail", "kr@example.org") is None


def test_next_due_is_the_earliest_that_waits(outbox: Outbox):
    assert outbox.next_due_at() is None
    first, _ = owe(outbox.engine, delivery("al-1"), delivery("al-2"), now=at(5))
    claimed(outbox, at(5))
    outbox.retry(first, at=at(90), error="x")
    assert outbox.next_due_at() == at(90)


def test_racing_claimers_never_get_the_same_row(outbox: Outbox):
    owed = owe(outbox.engine, *(delivery(f"al-{n}") for n in range(120)))

    def take(_: int) -> list[str]:
        taken: list[str] = []
        while rows := claimed(outbox, T0, limit=3):
            taken += rows
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [row_id for part in pool.map(take, range(4)) for row_id in part]
    assert sorted(taken) == sorted(owed)


def test_a_claimer_skips_rows_that_another_is_taking(postgres_url: str):
    engine = open_engine(postgres_url)
    outbox = Outbox(engine)
    first, second = owe(engine, delivery("al-1")) + owe(engine, delivery("al-2"), now=at(1))
    with writing(engine) as other:
        other.execute(text("SET LOCAL lock_timeout = '5s'"))
        assert [row.id for row in other.execute(due(at(2), 1))] == [first]
        assert claimed(outbox, at(2)) == [second]
    engine.dispose()


def test_what_waits_is_found_without_a_look_at_all_that_was_sent(postgres_url: str):
    engine = open_engine(postgres_url)
    owe(engine, *(delivery(f"al-{number}") for number in range(1_000)), now=T0 - timedelta(days=9))
    with writing(engine) as connection:
        connection.execute(update(outbox_table).values(state="sent"))
    owe(engine, delivery("al-0", version=2))
    with writing(engine) as connection:
        connection.execute(text("ANALYZE outbox"))
        plan = connection.execute(Explain(due(at(2), 20))).scalars().all()
    engine.dispose()
    assert any("ix_outbox_waiting" in line for line in plan), plan


class Explain(Executable, ClauseElement):
    """How PostgreSQL would run a statement."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(Explain, "postgresql")
def _explain(element: Explain, compiler: Any, **options: Any) -> str:
    return f"EXPLAIN {compiler.process(element.statement, **options)}"


class OutboxMachine(RuleBasedStateMachine):
    """Two destinations, some alerts in versions, senders that succeed, fail, forget and die in any order."""

    @initialize()
    def begin(self) -> None:
        self.engine = open_engine("sqlite://")
        migrate.upgrade_engine(self.engine)
        self.outbox = Outbox(self.engine)
        self.now = T0
        self.held: dict[str, datetime] = {}
        self.paused: dict[str, datetime] = {}
        self.versions: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.owed: dict[str, tuple[str, str, int]] = {}
        self.final: dict[str, str] = {}

    @rule(key=st.sampled_from(["al-1", "al-2"]), address=st.sampled_from(["kr", "us"]))
    def owe(self, key: str, address: str) -> None:
        self.versions[key, address] += 1
        version = self.versions[key, address]
        (row_id,) = owe(self.engine, delivery(key, version, address, address), now=self.now)
        self.owed[row_id] = (key, address, version)

    @rule(seconds=st.sampled_from([1, 20, 70]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        for row in self.outbox.claim(self.now, limit=limit, lease_seconds=LEASE):
            key, address, version = self.owed[row.id]
            lease = self.held.get(row.id)
            assert lease is None or lease <= self.now
            assert row.id not in self.final
            assert lease is None or row.state == "unknown"
            assert self.paused.get(address, self.now) <= self.now
            before = [i for i, (k, a, v) in self.owed.items() if (k, a) == (key, address) and v < version]
            assert all(i in self.final for i in before)
            self.held[row.id] = self.now + timedelta(seconds=LEASE)

    @rule(data=st.data(), how=st.sampled_from(["sent", "retry", "unknown", "dead"]), pause=st.booleans())
    def end(self, data, how: str, pause: bool) -> None:
        if not self.held:
            return
        row_id = data.draw(st.sampled_from(sorted(self.held)))
        self._end(row_id, how)
        if pause:
            address = self.owed[row_id][1]
            self.paused[address] = max(self.paused.get(address, T0), self.now + timedelta(seconds=40))
            self.outbox.pause("mail", address, until=self.paused[address])

    def _end(self, row_id: str, how: str) -> None:
        if how == "sent":
            self.outbox.sent(row_id, now=self.now, provider_ref=row_id)
        elif how == "retry":
            self.outbox.retry(row_id, at=self.now + timedelta(seconds=5), error="x")
        elif how == "unknown":
            self.outbox.unknown(row_id, at=self.now + timedelta(seconds=5), error="x")
        else:
            self.outbox.dead(row_id, now=self.now, error="x")
        if how in {"sent", "dead"}:
            self.final[row_id] = how
        # A row that was given back may be claimed again; one that lapsed is unknown whoever ends it.
        self.held.pop(row_id)

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "engine"):
            return
        with self.engine.connect() as connection:
            states = dict(connection.execute(select(outbox_table.c.id, outbox_table.c.state)).all())
        assert states.keys() == self.owed.keys()
        assert {i: s for i, s in states.items() if s in {"sent", "dead"}} == self.final

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        for _ in range(4 * len(self.owed) + 4):
            if self.final.keys() == self.owed.keys():
                break
            self.now += timedelta(seconds=200)
            for row in self.outbox.claim(self.now, limit=100, lease_seconds=LEASE):
                self._end_claimed(row.id)
        assert self.final.keys() == self.owed.keys()
        self.engine.dispose()

    def _end_claimed(self, row_id: str) -> None:
        self.outbox.sent(row_id, now=self.now)
        self.final[row_id] = "sent"


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize(
    ("error", "reached"),
    [("given up after 9 attempts, it may have arrived: time-out", True), ("channel_not_found", False)],
)
def test_a_dead_delivery_that_may_have_arrived_counts_as_reached_and_is_owed_a_correction(
    outbox, error, reached
):
    (row_id,) = owe(outbox.engine, delivery())
    outbox.claim(T0, limit=1, lease_seconds=LEASE)
    outbox.dead(row_id, now=T0, error=error)
    with outbox.engine.connect() as connection:
        known = past(connection, ["al-1"]).reached
    assert known == ({("al-1", "kr", "mail", "kr@example.org")} if reached else frozenset())
