"""The pace of a desk in the running system: what waits for the morning, for a review, and for an answer."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warning.app.auditing import audit_deliveries
from warning.app.compose import compose
from warning.app.delivering import deliver_due
from warning.app.live import assess_new, watch_desks
from warning.app.publishing import decide, review_queue
from warning.app.system import System
from warning.app.triage import Act, act
from warning.core.evidence import Item
from warning.core.silences import Matcher, Silence
from warning.core.vocabulary import Severity
from warning.errors import ReviewRefused
from warning.settings import Settings

ROOT = Path(__file__).parents[2]
# 14:00 UTC is 23:00 in Seoul, on Monday 13 October 2025.
LATE = datetime(2025, 10, 13, 14, 0, tzinfo=UTC)
MORNING = datetime(2025, 10, 13, 22, 0, tzinfo=UTC)
DESK = """
id: kr
title: Seoul desk
country: KR
language: en
timezone: Asia/Seoul
clearance: AMBER
destinations: [{channel: console, to: [seoul]}]
deputies: [{channel: console, to: [seoul-deputy]}]
"""
QUIET = DESK + 'quiet_hours: {start: "22:00", end: "07:00"}\n'


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Bench:
    """A composed system with one desk, shipped rules without the register, and a clock of its own."""

    def __init__(self, home: Path, url: str, desk: str, edits: dict[str, tuple[str, str]]) -> None:
        rules = home / "rules"
        shutil.copytree(ROOT / "rules", rules)
        shutil.rmtree(rules / "measures")
        for other in (rules / "desks").glob("*.yaml"):
            other.unlink()
        (rules / "desks" / "kr.yaml").write_text(desk)
        for name, (old, new) in edits.items():
            path = rules / name
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new, 1))
        self.clock = Clock(LATE)
        self.system: System = compose(
            Settings(home=home, database_url=url, rules_dir=rules), clock=self.clock
        )

    def hear(self, name: str, title: str) -> None:
        notice = Item(
            id=name,
            source_id="mofcom-announcements",
            kind="regulatory",
            country="CN",
            language="zh",
            title=title,
            published_at=self.clock.now,
            known_at=self.clock.now,
        )
        self.system.repository.add_items([notice])
        assess_new(self.system)

    def deliver(self) -> int:
        watch_desks(self.system)
        counts = asyncio.run(
            deliver_due(
                self.system.outbox,
                self.system.repository,
                self.system.channels,
                self.system.book(),
                self.clock,
            )
        )
        return counts.sent

    @property
    def key(self) -> str:
        (alert,) = [a for a in self.system.repository.alerts() if a.interrupts]
        return alert.key

    def rows(self) -> list[tuple[int, str, str, int]]:
        return [
            (row.alert_version, row.address, row.state, row.step)
            for row in self.system.repository.deliveries_of(self.key)
        ]


@pytest.fixture
def bench(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(desk: str = DESK, **edits: tuple[str, str]) -> Bench:
        one = Bench(tmp_path / "home", database_url, desk, edits)
        made.append(one)
        return one

    yield make
    for one in made:
        one.system.close()


NOTICE = "商务部 海关总署公告2025年第18号 公布对镓、锗相关物项实施出口管制的决定"
EASED = "商务部公告2025年第72号 暂停实施对镓、锗相关物项的出口管制措施"
EASED_WITH_DATE = "商务部公告2025年第72号 暂停实施对镓、锗相关物项的出口管制措施,自2025年11月10日起实施"
GATE = {
    "signals/prc-gallium-germanium-control.yaml": ("severity: extreme", "severity: extreme\npublish: review")
}


def test_what_comes_at_night_goes_out_in_the_morning_in_its_newest_version(bench):
    kr = bench(QUIET)
    kr.hear("n1", EASED)
    (row,) = kr.system.repository.deliveries_of(kr.key)
    assert (row.hold_reason, row.hold_until, row.reason) == ("quiet_hours", MORNING, "first")
    assert kr.deliver() == 0
    kr.clock.now += timedelta(hours=1)
    kr.hear("n2", EASED_WITH_DATE)
    (row,) = kr.system.repository.deliveries_of(kr.key)
    assert (row.alert_version, row.hold_until, row.reason) == (2, MORNING, "first")
    gone = [w for w in kr.system.repository.withheld_of(kr.key) if w.reason == "superseded"]
    assert [w.alert_version for w in gone] == [1]
    kr.clock.now = MORNING - timedelta(seconds=1)
    assert kr.deliver() == 0
    kr.clock.now = MORNING
    assert kr.deliver() == 1
    assert kr.rows() == [(2, "seoul", "sent", 0)]


def test_gravest_alert_goes_out_at_night(bench):
    kr = bench(QUIET)
    kr.hear("n1", NOTICE)
    assert kr.deliver() == 1


def test_alert_that_nobody_acknowledges_is_told_again_and_then_to_the_deputies(bench):
    kr = bench()
    kr.hear("n1", NOTICE)
    sent = [kr.deliver()]
    for minutes in (14, 1, 14, 1, 60, 600):
        kr.clock.now += timedelta(minutes=minutes)
        sent.append(kr.deliver())
    assert sent == [1, 0, 1, 0, 1, 0, 0]
    assert kr.rows() == [(1, "seoul", "sent", 0), (1, "seoul", "sent", 1), (1, "seoul-deputy", "sent", 2)]
    told = [json.loads(entry.content) for entry in kr.system.repository.audit(subject=kr.key)]
    assert [one["step"] for one in told if one.get("action") == "reminder"] == [2, 1]
    assert kr.system.repository.verify_audit().holds


def test_acknowledged_alert_rings_nobody_again(bench):
    kr = bench()
    kr.hear("n1", NOTICE)
    kr.deliver()
    wanted = Act(alert_key=kr.key, desk_id="kr", actor="Kim", action="ack")
    act(kr.system.repository, kr.system.book(), wanted, kr.clock)
    kr.clock.now += timedelta(hours=5)
    assert kr.deliver() == 0


def test_reminders_missed_for_days_are_not_made_up_for(bench):
    kr = bench()
    kr.hear("n1", NOTICE)
    kr.deliver()
    kr.clock.now += timedelta(days=5)
    assert kr.deliver() == 0


def test_nobody_is_told_before_somebody_has_approved_it(bench):
    kr = bench(**GATE)
    kr.hear("n1", NOTICE)
    assert kr.rows() == []
    assert [(q.alert.key, q.is_overdue) for q in review_queue(kr.system)] == [(kr.key, False)]
    with pytest.raises(ReviewRefused, match="not at version 2"):
        decide(kr.system, kr.key, "approved", actor="Kim", reason="", seen_version=2)
    done = decide(kr.system, kr.key, "approved", actor="Kim", reason="")
    assert [d.address for d in done.owed] == ["seoul"]
    assert review_queue(kr.system) == ()
    assert kr.deliver() == 1
    with pytest.raises(ReviewRefused, match="does not wait"):
        decide(kr.system, kr.key, "approved", actor="Kim", reason="")


def test_rejected_alert_says_by_whom_and_why_and_can_still_be_approved(bench):
    kr = bench(**GATE)
    kr.hear("n1", NOTICE)
    with pytest.raises(ReviewRefused, match="say why"):
        decide(kr.system, kr.key, "rejected", actor="Kim", reason=" ")
    decide(kr.system, kr.key, "rejected", actor="Kim", reason="old news")
    (refused,) = kr.system.repository.withheld_of(kr.key)
    assert (refused.reason, refused.detail) == ("rejected", "rejected by Kim: old news")
    assert (review_queue(kr.system), kr.deliver()) == ((), 0)
    decide(kr.system, kr.key, "approved", actor="Park", reason="it is new after all")
    assert kr.deliver() == 1


def test_approved_alert_that_the_desk_silenced_says_so_and_leaves_no_gap(bench):
    kr = bench(**GATE)
    kr.hear("n1", NOTICE)
    kr.system.repository.add_silence(
        Silence(
            id="silence-1",
            desk_id="kr",
            matchers=(Matcher(field="material", value="gallium"),),
            severity=Severity.EXTREME,
            mute=True,
            actor="Kim",
            reason="an exercise",
            created_at=kr.clock.now,
            until=kr.clock.now + timedelta(days=1),
        )
    )
    assert decide(kr.system, kr.key, "approved", actor="Kim", reason="").owed == ()
    assert [w.reason for w in kr.system.repository.withheld_of(kr.key)] == ["silenced"]
    assert audit_deliveries(kr.system).faults == ()


def test_grave_alert_that_nobody_reviews_goes_out_when_the_review_is_overdue(bench):
    kr = bench(**GATE)
    kr.hear("n1", NOTICE)
    kr.clock.now += timedelta(minutes=59)
    assert kr.deliver() == 0
    kr.clock.now += timedelta(minutes=1)
    assert [q.is_overdue for q in review_queue(kr.system)] == [True]
    assert kr.deliver() == 1
    last = kr.system.repository.audit(subject=kr.key)
    assert any("nobody reviewed it within 60 minutes" in entry.content for entry in last)
