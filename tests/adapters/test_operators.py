"""The operators are told what goes wrong with the system, each thing once, and never what an alert says."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.adapters.alert_samples import BOOK, control
from tests.adapters.judged import document, fired, judge, waiting
from tests.core.build import START, at, desk
from warning.app.auditing import audit_deliveries
from warning.app.delivering import deliver_due
from warning.app.operations import tell_operations
from warning.app.telling_operators import tell_operators, told_operators
from warning.channels.channel import Sent
from warning.core.assess import State
from warning.core.desks import Destination, QuietHours
from warning.core.vocabulary import Marking
from warning.store.outbox import Outbox
from warning.store.repository import Repository

MONDAY = datetime(2023, 7, 10, 9, tzinfo=UTC)


class Console:
    def __init__(self) -> None:
        self.bulletins = []

    async def tell(self, bulletin, address):
        self.bulletins.append((address, bulletin))
        return Sent(provider_ref=bulletin.id)


def operators(**changes):
    where = (Destination(channel="console", to=("operators",), ceiling=Marking.GREEN),)
    return desk("operator", "US", kind="operator", clearance=Marking.GREEN, destinations=where, **changes)


class Room:
    """A store, an operator desk on the console, and the time."""

    def __init__(self, repository: Repository, desk=None) -> None:
        self.now = at(0.1)
        self.console = Console()
        self.book = replace(BOOK, operators=(desk or operators(),))
        self.outbox = Outbox(repository.engine)
        self.system = SimpleNamespace(
            repository=repository, outbox=self.outbox, clock=lambda: self.now, book=lambda: self.book
        )

    def look(self) -> list[str]:
        """Audit, tell, deliver; return the subjects that came out, but for the reviews of exposure that are due."""
        tell_operations(self.system, audit_deliveries(self.system).accounts)
        before = len(self.console.bulletins)
        channels = {"console": self.console}
        asyncio.run(deliver_due(self.outbox, self.system.repository, channels, self.book, lambda: self.now))
        subjects = [bulletin.subject for _, bulletin in self.console.bulletins[before:]]
        return [subject for subject in subjects if "exposure reviews" not in subject]


@pytest.fixture
def room(repository: Repository) -> Room:
    repository.add_items([document()])
    repository.commit_assessment(judge([fired()], State()), waiting(repository), book_version="b1")
    room = Room(repository)
    for row in room.outbox.rows():
        room.outbox.sent(row.id, now=START)
    return room


def test_dead_letters_are_told_once(room: Room):
    assert room.look() == []
    row = room.outbox.rows()[0]
    with room.system.repository.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE outbox SET state = 'dead', error = 'channel_not_found' WHERE reason = 'first'"
        )
    (subject,) = room.look()
    assert subject == "[TLP:GREEN] Early warning, operations: 2 deliveries are dead"
    lines = room.console.bulletins[-1][1].lines
    assert any(row.id in line and "channel_not_found" in line for line in lines)
    room.now += timedelta(hours=1)
    assert room.look() == []


def test_a_destination_unaccounted_for_is_told(room: Room):
    with room.system.repository.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox WHERE desk_id = 'us'")
        connection.exec_driver_sql(
            "INSERT INTO withheld (alert_key, alert_version, desk_id, channel, address, reason, detail, at) "
            "SELECT key, 99, 'us', 'mail', 'us@example.org', 'context', '', '2023-07-01 00:00:00+00' FROM alerts"
        )
    if room.system.repository.engine.dialect.name == "sqlite":
        with room.system.repository.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE withheld SET at = '2023-07-01 00:00:00.000000'")
    assert room.look() == ["[TLP:GREEN] Early warning, operations: 1 delivery is unaccounted for"]
    assert room.look() == []


def test_a_channel_that_refuses_who_we_are_is_told_and_told_again_after_it_worked(room: Room):
    room.outbox.hold("slack", now=room.now, cause="Slack answered token_revoked")
    assert room.look() == ["[TLP:GREEN] Early warning, operations: 1 channel refuses who we are"]
    assert room.look() == []
    assert "token_revoked" in room.console.bulletins[-1][1].lines[0]


def test_noisy_rules_are_told_once_a_week_from_monday_morning(room: Room):
    with room.system.repository.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'sent'")
        when = "2023-07-09 00:00:00.000000" + ("" if connection.dialect.name == "sqlite" else "+00")
        connection.exec_driver_sql(
            "INSERT INTO withheld (alert_key, alert_version, desk_id, channel, address, reason, detail, at) "
            f"SELECT key, 1, 'kr', 'slack', 'C1', 'over_budget', '', '{when}' FROM alerts"
        )
    rule = room.system.repository.alerts()[0].rule_id
    room.now = MONDAY - timedelta(hours=2)
    assert room.look() == [], "seven in the morning: last week was told, or is over"
    room.now = MONDAY
    if rule in {r.id for r in room.book.rules}:
        assert room.look() == ["[TLP:GREEN] Early warning, operations: noisy rules, 2023-W28"]
        assert rule in room.console.bulletins[-1][1].lines[0]
        room.now += timedelta(days=2)
        assert room.look() == []
    else:
        pytest.fail(f"the rulebook of this test has no rule {rule}")


def test_message_above_a_destinations_ceiling_goes_to_nobody(room: Room):
    told = tell_operators(room.system, topic="x", key="1", subject="s", lines=["l"], marking=Marking.AMBER)
    assert told == 0


def test_one_message_for_a_topic_and_key_however_often_it_is_told(room: Room):
    owed = [
        tell_operators(room.system, topic="sources", key=key, subject="blind", lines=["l"], about=[key])
        for key in ("mofcom", "mofcom", "bis")
    ]
    assert owed == [1, 0, 1]
    assert told_operators(room.system, "sources") == {"mofcom", "bis"}


def test_operators_have_quiet_hours_too(repository: Repository):
    room = Room(repository, operators(quiet_hours=QuietHours(start="12:00", end="15:00")))
    tell_operators(room.system, topic="sources", key="1", subject="blind", lines=["l"])
    (row,) = room.outbox.rows()
    assert (row.hold_reason, row.hold_until) == ("quiet_hours", datetime(2023, 7, 3, 15, tzinfo=UTC))


def test_no_operator_is_told_an_alert(room: Room):
    alert = control()
    every = [line for _, bulletin in room.console.bulletins for line in (bulletin.subject, *bulletin.lines)]
    assert not any(alert.title in line for line in every)
    assert {row.desk_id for row in room.outbox.rows()} == {"kr", "us"}
