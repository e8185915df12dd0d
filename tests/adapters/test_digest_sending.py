"""The weekly digest on its way: due on Monday morning, once to each address, tried again when it failed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from warning.app.compose import compose
from warning.app.digests import MAILED, send_due_digests
from warning.errors import DeliveryError
from warning.settings import Settings

MONDAY_NINE_IN_SEOUL = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
WEEK = "2026-W47"


class Postbox:
    """A mail channel that keeps what it is given; `broken` addresses cannot be reached."""

    def __init__(self):
        self.posted = []
        self.broken = set()

    async def post(self, mail, *, recipient, name):
        if recipient in self.broken:
            raise DeliveryError("the mail server cannot be reached")
        self.posted.append((recipient, name, mail))
        return f"<{name}>"


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def system(tmp_path, postbox):
    def at(now):
        return replace(composed, clock=lambda: now, channels={"mail": postbox})

    composed = compose(Settings(home=tmp_path / "ews"), clock=lambda: MONDAY_NINE_IN_SEOUL)
    yield at
    composed.close()


def test_due_digests_go_out_on_monday_morning_in_the_desks_own_zone(system, postbox):
    sent = asyncio.run(send_due_digests(system(MONDAY_NINE_IN_SEOUL)))
    assert [(s.desk_id, s.week, s.error) for s in sent] == [("jp", WEEK, ""), ("kr", WEEK, "")]
    assert [name for _, name, _ in postbox.posted] == [f"digest-{WEEK}-jp", f"digest-{WEEK}-kr"]


def test_due_digests_wait_before_eight_and_end_with_tuesday(system, postbox):
    assert asyncio.run(send_due_digests(system(datetime(2026, 11, 22, 22, 59, tzinfo=UTC)))) == ()
    assert asyncio.run(send_due_digests(system(datetime(2026, 11, 25, 12, 0, tzinfo=UTC)))) == ()
    assert postbox.posted == []


def test_due_digests_go_out_once(system, postbox):
    asyncio.run(send_due_digests(system(MONDAY_NINE_IN_SEOUL)))
    again = asyncio.run(send_due_digests(system(MONDAY_NINE_IN_SEOUL.replace(hour=3))))
    assert again == ()
    assert len(postbox.posted) == 2


def test_due_digests_try_again_what_failed_and_nothing_else(system, postbox):
    postbox.broken = {"desk-kr@example.org"}
    first = asyncio.run(send_due_digests(system(MONDAY_NINE_IN_SEOUL)))
    assert [bool(s.error) for s in first] == [False, True]
    postbox.broken = set()
    second = asyncio.run(send_due_digests(system(MONDAY_NINE_IN_SEOUL.replace(hour=1))))
    assert [(s.desk_id, s.error) for s in second] == [("kr", "")]
    assert [recipient for recipient, _, _ in postbox.posted] == ["desk-jp@example.org", "desk-kr@example.org"]


def test_sent_digests_are_kept_as_they_were_sent(system, postbox):
    seoul = system(MONDAY_NINE_IN_SEOUL)
    asyncio.run(send_due_digests(seoul))
    kept = {d.format: d.content for d in seoul.repository.digests(desk_id="kr", week=WEEK)}
    assert set(kept) == {"html", "text", "json", f"{MAILED}desk-kr@example.org"}
    assert kept[f"{MAILED}desk-kr@example.org"] == postbox.posted[1][2]
