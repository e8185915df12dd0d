"""A channel that refuses who we are is held whole, tried again at growing intervals, and buries nothing."""

import asyncio
from datetime import timedelta

from tests.adapters.judged import BOOK, document, fired, judge, waiting
from tests.core.build import START
from warning.app.delivering import deliver_due
from warning.channels.channel import Sent
from warning.core.assess import State
from warning.errors import DeliveryBarred
from warning.store.outbox import Outbox
from warning.store.repository import Repository


class Locked:
    """A channel whose account is closed until it is opened."""

    def __init__(self) -> None:
        self.is_open, self.tries = False, 0

    async def send(self, message, *, row, root_ref):
        self.tries += 1
        if not self.is_open:
            raise DeliveryBarred("AUTH: 535 authentication failed")
        return Sent(provider_ref=row.id)

    async def reconcile(self, row, *, root_ref):
        raise AssertionError


def test_channel_is_held_and_let_go_with_the_first_message_it_takes(repository: Repository):
    repository.add_items([document()])
    repository.commit_assessment(judge([fired()], State()), waiting(repository), book_version="b1")
    outbox, channel, now = Outbox(repository.engine), Locked(), START

    def round_(after: timedelta):
        nonlocal now
        now += after
        return asyncio.run(deliver_due(outbox, repository, {"mail": channel}, BOOK, lambda: now))

    waits = []
    round_(timedelta())
    for _ in range(9):
        (held,) = outbox.held_channels()
        assert held.cause.startswith("AUTH: 535")
        waits.append(int((held.until - now).total_seconds() // 60))
        assert round_(timedelta(seconds=30)).claimed == 0, "nobody knocks while it is held"
        round_(held.until - now)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert {row.state for row in outbox.rows()} == {"pending"}
    (held,) = outbox.held_channels()
    channel.is_open = True
    round_(held.until - now)
    assert outbox.held_channels() == ()
    round_(timedelta(hours=2))
    assert {row.state for row in outbox.rows()} == {"sent"}


def test_two_queues_that_meet_the_same_refusal_lengthen_the_hold_once(repository: Repository):
    outbox = Outbox(repository.engine)
    first = outbox.hold("mail", now=START, cause="535")
    assert outbox.hold("mail", now=START + timedelta(seconds=1), cause="535") == first
    assert outbox.held_channels()[0].failures == 1
