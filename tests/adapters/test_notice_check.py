"""What waits in the outbox while a marking is narrowed: nothing goes out as it was written, whatever kind it is."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.adapters.test_marking_narrowed import BOOK, KEPT, SEOUL, WASHINGTON, Days, report
from tests.core.build import START
from warning.app.delivered_message import message_of
from warning.app.digests import write_digest
from warning.app.feed_messages import cap_documents, feed_sender
from warning.app.notice_check import as_may_be_told
from warning.app.noticing import BULLETIN, DIGEST
from warning.app.rolling_up import roll_up
from warning.channels.render import render
from warning.core.deliveries import OutboxRow
from warning.core.notices import Notice, NoticePlace
from warning.core.tearlines import as_seen_by
from warning.core.vocabulary import Marking
from warning.errors import DeliveryRefused
from warning.report.week import week_of
from warning.store.notices import Notices

BESIDE = report(title="Export control on germanium widened")


@pytest.fixture
def days(repository):
    days = Days(repository)
    days.learn(report(), 0)
    days.learn(replace(BESIDE, id="i-2", url="https://example.org/2"), 1)
    days.system = SimpleNamespace(
        repository=repository, clock=lambda: days.now, book=lambda: BOOK, sources=()
    )
    days.notices = Notices(repository.engine)
    return days


def digest(days, desk="us") -> Notice:
    week = week_of(START, "UTC")
    document = write_digest(days.repository, BOOK, (), desk, week=week, now=days.now)
    content = DIGEST.dump_json(document).decode()
    return kept(days, Notice(
        id=f"n-{desk}", kind="digest", desk_id=desk, topic=week, marking=document.marking, content=content,
        created_at=days.now, about=(week,),
    ))  # fmt: skip


def rolled_up(days, desk, titles) -> Notice:
    alerts = [a for a in days.repository.alerts() if any(t in a.title for t in titles)]
    messages = [(render(as_seen_by(alert, desk), desk, BOOK), days.now) for alert in alerts]
    bulletin = roll_up(messages, (), desk, BOOK, days.now, address="us@example.org")
    return kept(days, Notice(
        id=bulletin.id, kind="roll-up", desk_id=desk.id, topic="2023-07-03", marking=bulletin.marking,
        content=BULLETIN.dump_json(bulletin).decode(), created_at=days.now, about=tuple(a.key for a in alerts),
    ))  # fmt: skip


def kept(days, notice: Notice) -> Notice:
    days.notices.owe(notice, [NoticePlace(channel="mail", address=f"{notice.desk_id}@example.org")])
    return notice


def shown(notice: Notice) -> set[str]:
    """What it tells of: a digest lists every material, so its lines alone count."""
    document = json.loads(notice.content)
    lines = document.get("changes", document.get("lines"))
    return {word for word in ("gallium", "germanium") if word in json.dumps(lines).casefold()}


def sent(days, notice: Notice) -> Notice:
    return as_may_be_told(days.system, notice, days.notices.deliveries(notice.id)[0])


def test_notices_go_out_as_they_were_written_while_nothing_was_narrowed(days):
    for notice in (digest(days), rolled_up(days, WASHINGTON, ("gallium", "germanium"))):
        assert sent(days, notice) == notice


def test_digest_that_waits_is_written_anew_without_what_was_narrowed(days):
    first = {desk: digest(days, desk) for desk in ("kr", "us")}
    assert all(shown(notice) == {"gallium", "germanium"} for notice in first.values())
    days.learn(report(**KEPT), 5)
    seoul, washington = (sent(days, first[desk]) for desk in ("kr", "us"))
    assert shown(washington) == {"germanium"}
    assert (shown(seoul), seoul.marking) == ({"gallium", "germanium"}, Marking.AMBER)
    assert days.notices.notice("n-us") == washington, "also for who tries again"
    (entry,) = [e for e in days.repository.audit(subject="n-us") if "rewritten" in e.content]
    assert json.loads(entry.content)["because"] == "a marking was narrowed since it was written"


def test_digest_of_a_desk_that_is_gone_is_refused_and_does_not_count_as_perhaps_sent(days):
    waits = digest(days)
    days.learn(report(**KEPT), 5)
    days.system.book = lambda: replace(BOOK, desks=(SEOUL,))
    with pytest.raises(DeliveryRefused, match="there is no desk 'us'"):
        sent(days, waits)


def test_roll_up_tells_what_is_left_and_is_refused_where_nothing_is(days):
    both = rolled_up(days, WASHINGTON, ("gallium", "germanium"))
    alone = rolled_up(days, SEOUL.model_copy(update={"id": "us"}), ("gallium",))
    days.learn(report(**KEPT), 5)
    assert shown(both) == {"gallium", "germanium"}
    assert shown(sent(days, both)) == {"germanium"}
    with pytest.raises(DeliveryRefused, match="narrowed since it was written"):
        sent(days, replace(alone, id=both.id))


@pytest.mark.parametrize("reason", ["first", "update", "escalated", "reminder", "shared", "correction"])
def test_whatever_waits_of_the_wider_version_is_refused_when_its_turn_comes(days, reason):
    (alert,) = [a for a in days.repository.alerts() if "gallium" in a.title]
    row = OutboxRow(
        id="d-1", alert_key=alert.key, alert_version=1, desk_id="us", channel="mail", address="us@example.org",
        reason=reason, state="sending", attempts=2, next_attempt_at=START, created_at=START,
        step=int(reason == "reminder"),
    )  # fmt: skip
    assert "allium" in message_of(row, days.repository, BOOK, days.now).title
    days.learn(report(**KEPT), 5)
    with pytest.raises(DeliveryRefused, match=r"withheld: (not_released|marking)"):
        message_of(row, days.repository, BOOK, days.now)


def test_feed_that_was_rendered_before_shows_the_wider_message_no_more(days):
    (alert,) = [a for a in days.repository.alerts() if "gallium" in a.title]
    made, sender = {}, feed_sender("a <a@example.org>")

    def said() -> str:
        versions = days.repository.alert_versions(alert.key)
        return "".join(d.body.decode() for d in cap_documents(versions, WASHINGTON, BOOK, sender, made))

    assert "allium" in said()
    days.now += timedelta(hours=1)
    days.learn(report(**KEPT), 5)
    assert "allium" not in said()
    assert "<references>" in said()
