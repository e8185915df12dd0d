"""The daily roll-up: everything the budget withheld is told once, to each destination what it may carry."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest

from tests.adapters.alert_samples import BOOK, DESKS, SAMPLES, control
from tests.adapters.slack_stub import running
from warning.app.delivering import deliver_due
from warning.app.rolling_up import is_due, owe_due_rollups, roll_up
from warning.channels.block_kit import MAX_JSON, escape, json_size
from warning.channels.bulletin import bulletin_mail, bulletin_payload, bulletin_text
from warning.channels.channel import Sent
from warning.channels.mail_mime import MailIdentity
from warning.channels.render import render
from warning.channels.slack import SlackChannel
from warning.channels.words import LANGUAGES
from warning.core.alerts import AlertChange
from warning.core.assess import Assessment
from warning.core.deliveries import Withheld
from warning.core.desks import Budget, QuietHours
from warning.core.evidence import Window
from warning.core.routing import route
from warning.core.vocabulary import Marking
from warning.errors import DeliveryError, DeliveryUnknown
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

MORNING = datetime(2023, 7, 4, 0, 30, tzinfo=UTC)  # 09:30 in Seoul


class Told:
    """A channel that keeps bulletins, and fails as told."""

    def __init__(self) -> None:
        self.bulletins, self.failures = [], []

    async def send(self, message, *, row, root_ref):
        raise AssertionError

    async def reconcile(self, row, *, root_ref):
        raise AssertionError

    async def tell(self, bulletin, address):
        if self.failures:
            raise self.failures.pop(0)
        self.bulletins.append((address, bulletin))
        return Sent(provider_ref=bulletin.id)


KR = DESKS["ko"].model_copy(update={"weekly_budget": Budget(alerts=1)})


class Office:
    """A store with what was withheld from Seoul, and the hour it is there."""

    def __init__(self, engine, desk=KR) -> None:
        self.now = MORNING
        self.repository = Repository(engine)
        self.outbox = Outbox(engine)
        self.slack, self.mail = Told(), Told()
        self.book = replace(BOOK, desks=(desk,))
        self.system = SimpleNamespace(
            repository=self.repository,
            clock=lambda: self.now,
            book=lambda: self.book,
            channels={"slack": self.slack, "mail": self.mail},
        )

    def withhold(self, alert, *, owed=False, reason="over_budget") -> None:
        self.now += timedelta(seconds=1)
        change = AlertChange(kind="opened", alert=alert)
        deliveries, _ = route([change], self.book.desks, {}) if owed else ((), ())
        kept = [
            Withheld(
                alert_key=alert.key,
                alert_version=alert.version,
                desk_id="kr",
                channel=destination.channel,
                address=destination.address,
                reason=reason,
                detail="the budget is 1",
            )
            for destination in KR.destinations
        ]
        done = Assessment(
            as_of=self.now,
            signals=(),
            changes=(change,),
            deliveries=deliveries,
            withheld=() if owed else tuple(kept),
            traces=(),
        )
        assert self.repository.commit_assessment(done, Window(), book_version="b-1")

    def roll(self):
        """Owe what is due and deliver; return (channel, state, alerts told) of what was owed in this call."""
        before = {row.id for row in self.outbox.rows()}
        owe_due_rollups(self.system)
        self.deliver()
        return [(row.channel, row.state) for row in self.outbox.rows() if row.id not in before]

    def deliver(self):
        return asyncio.run(
            deliver_due(self.outbox, self.repository, self.system.channels, self.book, lambda: self.now)
        )


@pytest.fixture
def office(sqlite_url):
    engine = open_engine(sqlite_url)
    yield Office(engine)
    engine.dispose()


def test_what_the_budget_withheld_is_told_once_a_day_and_never_again(office):
    office.withhold(control())
    office.withhold(SAMPLES["listing"]())
    assert sorted(office.roll()) == [("mail", "sent"), ("slack", "sent")]
    office.withhold(SAMPLES["flow"]())
    assert office.roll() == []
    office.now += timedelta(days=1)
    assert len(office.roll()) == 2
    office.now += timedelta(days=1)
    assert office.roll() == []
    ((_, first), (_, second)) = office.mail.bulletins
    assert all(key in " ".join(first.lines) for key in ("a-0123456789abcdef", "a-listing"))
    assert "a-flow" in second.lines[0]


def test_alert_that_was_withheld_for_another_reason_or_told_after_all_is_no_part_of_it(office):
    office.withhold(control(), reason="silenced")
    office.withhold(SAMPLES["listing"](), owed=True)
    assert owe_due_rollups(office.system) == 0


def test_destination_that_fails_is_tried_again_and_the_other_is_not_told_twice(office):
    office.withhold(control())
    office.slack.failures = [DeliveryError("down")]
    assert sorted(office.roll()) == [("mail", "sent"), ("slack", "pending")]
    office.now += timedelta(minutes=5)
    assert office.roll() == []
    assert (len(office.slack.bulletins), len(office.mail.bulletins)) == (1, 1)


def test_roll_up_that_may_have_arrived_goes_again_under_the_same_name(office):
    office.withhold(control())
    office.mail.failures = [DeliveryUnknown("broke off")]
    assert sorted(office.roll()) == [("mail", "unknown"), ("slack", "sent")]
    office.now += timedelta(minutes=5)
    office.roll()
    assert len(office.mail.bulletins) == 1


def test_roll_up_that_was_owed_when_the_process_ended_is_sent_by_the_next(office):
    office.withhold(control())
    assert owe_due_rollups(office.system) == 2
    office.now += timedelta(days=1)
    assert owe_due_rollups(office.system) == 0, "what is told stands with what is owed"
    assert office.deliver().sent == 2


def test_roll_up_shows_each_destination_what_it_may_carry(sqlite_url):
    engine = open_engine(sqlite_url)
    narrow, wide = KR.destinations
    desk = KR.model_copy(
        update={"destinations": (narrow.model_copy(update={"ceiling": Marking.GREEN}), wide)}
    )
    office = Office(engine, desk)
    office.withhold(control(marking=Marking.AMBER))
    office.withhold(SAMPLES["listing"]())
    office.roll()
    engine.dispose()
    ((_, slack),), ((_, mail),) = office.slack.bulletins, office.mail.bulletins
    assert (len(slack.lines), slack.marking) == (1, Marking.CLEAR)
    assert (len(mail.lines), mail.marking) == (2, Marking.AMBER)
    assert mail.subject.startswith("[TLP:AMBER]")


@pytest.mark.parametrize(
    ("hour", "quiet", "due"),
    [
        (23, None, False),
        (0, None, True),
        (14, None, True),
        (3, QuietHours(start="11:00", end="13:00"), False),
    ],
)
def test_roll_up_is_due_from_the_start_of_office_hours_outside_quiet_hours(hour, quiet, due):
    desk = KR.model_copy(update={"quiet_hours": quiet})
    assert is_due(desk, datetime(2023, 7, 4, hour, tzinfo=UTC)) is due


def bulletin(language: str, count: int = 30):
    desk = DESKS[language]
    found = [
        (render(replace(control(), key=f"a-{n:016d}"), desk, BOOK), MORNING + timedelta(minutes=n))
        for n in range(count)
    ]
    return roll_up(found, [("prc-controls", 7), ("price-spike", 4)], desk, BOOK, MORNING)


@pytest.mark.parametrize("language", LANGUAGES)
def test_roll_up_keeps_slacks_limits_and_counts_what_it_leaves_out(language):
    said = bulletin(language)
    payload = bulletin_payload(said, escape)
    assert json_size(payload) <= MAX_JSON
    assert len(payload["blocks"][0]["text"]["text"]) <= 150
    assert "mrkdwn" not in json.dumps(payload)
    assert len(said.lines) == 20
    assert "10" in said.closing[0]
    assert "prc-controls" in said.closing[1]
    assert said.subject in bulletin_text(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_roll_up_mail_reads_as_its_text_and_is_the_same_every_time(language):
    identity = MailIdentity(sender="Early Warning <ews@example.org>")
    raw = bulletin_mail(bulletin(language), identity, "kr@example.org")
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_content().replace("\r\n", "\n") == bulletin_text(bulletin(language))
    assert mail["Subject"] == bulletin(language).subject
    assert raw == bulletin_mail(bulletin(language), identity, "kr@example.org")


def test_slack_is_not_told_twice_when_the_process_ended_before_it_was_noted():
    async def run():
        async with running(now=MORNING.timestamp()) as stub:
            channel = SlackChannel("xoxb-1", stub.url)
            first = await channel.tell(bulletin("ko"), "C0KR")
            again = await channel.tell(bulletin("ko"), "C0KR")
            assert (first, len(stub.roots("C0KR"))) == (again, 1)

    asyncio.run(run())
