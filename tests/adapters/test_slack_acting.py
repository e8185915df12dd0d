"""What people do to alerts in Slack: through real messages, a real store and a stub of Slack, by the one handler."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.adapters.alert_samples import BOOK, NOON, control, updated
from tests.adapters.slack_people import fill, press
from tests.adapters.slack_stub import running
from warning.app.delivering import deliver_due
from warning.app.slack_acting import SlackActing
from warning.app.standing import show_owed, show_standing
from warning.app.triage import Act, act
from warning.channels.slack import SlackChannel
from warning.channels.slack_answers import SlackAnswers
from warning.channels.slack_controls import NEEDS_PERSON, NEEDS_REASON, SHOWN, form, read_interaction
from warning.channels.words import LANGUAGES
from warning.core.alerts import AlertChange
from warning.core.assess import Assessment
from warning.core.evidence import Window
from warning.core.routing import route
from warning.core.vocabulary import Marking
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

ROOM = "C0KR"


class Room:
    """A desk's channel with what was delivered to it, and the handler of its buttons."""

    def __init__(self, engine, stub) -> None:
        self.stub = stub
        self.now = NOON
        self.repository, self.outbox = Repository(engine), Outbox(engine)
        self.system = SimpleNamespace(
            repository=self.repository, outbox=self.outbox, clock=lambda: self.now, book=lambda: BOOK
        )
        self.system.live_book = self.system.book
        self.acting = SlackActing(self.system, SlackAnswers("xoxb-1", stub.url))
        self.channel = SlackChannel("xoxb-1", stub.url)
        self.system.channels = {"slack": self.channel}

    def owe(self, alert, previous=None, told=None) -> None:
        self.now += timedelta(seconds=1)
        change = AlertChange(kind="updated" if previous else "opened", alert=alert, previous=previous)
        desks = [
            desk.model_copy(update={"destinations": desk.destinations[:1]})
            for desk in BOOK.desks
            if desk.id != "jp"
        ]
        owed, withheld = route([change], desks, told or {})
        done = Assessment(
            as_of=self.now, signals=(), changes=(change,), deliveries=owed, withheld=withheld, traces=()
        )
        assert self.repository.commit_assessment(done, Window(), book_version="b-1")

    async def deliver(self) -> None:
        channels = {"slack": self.channel}
        await deliver_due(self.outbox, self.repository, channels, BOOK, lambda: self.now)

    async def told(self, alert=None):
        self.owe(alert or control())
        await self.deliver()
        return self.stub.roots(ROOM)[0]

    async def send(self, payload):
        answer = self.acting.accept(payload)
        await self.acting.drain(10)
        return answer

    def review(self):
        return [(e.action, e.actor, e.verdict, e.reason, e.assignee) for e in self.repository.review_events()]


def in_room(sqlite_url, scenario):
    async def run():
        engine = open_engine(sqlite_url)
        try:
            async with running() as stub:
                return await scenario(Room(engine, stub))
        finally:
            engine.dispose()

    asyncio.run(run())


def words(said) -> str:
    return json.dumps(said, ensure_ascii=False)


def test_acknowledging_is_kept_under_the_slack_account_and_told_in_the_thread(sqlite_url):
    async def scenario(room):
        root = await room.told()
        assert await room.send(press(root, "ack")) == {}
        assert room.review() == [("ack", "slack:U0KIM kim", None, "", "")]
        (note,) = room.stub.notes(ROOM)
        assert (note["thread_ts"], "kim 님이 확인했습니다(제1판)" in note["text"]) == (root["ts"], True)
        assert room.stub.notes("C0US") == []
        assert [e.actor for e in room.repository.audit(subject=control().key)][-1] == "slack:U0KIM kim"

    in_room(sqlite_url, scenario)


def test_the_message_says_in_its_place_who_of_the_desk_acknowledged_it_and_no_other_desk_reads_the_name(
    sqlite_url,
):
    async def scenario(room):
        root = await room.told()
        before, elsewhere = words(root["blocks"]), words(room.stub.roots("C0US"))
        await room.send(press(root, "ack"))
        (after,) = room.stub.roots(ROOM)
        assert after["ts"] == root["ts"]
        assert "확인됨: kim" in words(after["blocks"])
        assert "확인됨: kim" not in before
        assert len(room.stub.notes(ROOM)) == 1
        assert words(room.stub.roots("C0US")) == elsewhere

    in_room(sqlite_url, scenario)


def test_a_message_keeps_who_acknowledged_it_over_a_version_that_is_no_worse(sqlite_url):
    async def scenario(room):
        await room.told()
        for desk_id, actor in (("kr", "kim"), ("us", "smith")):
            wanted = Act(alert_key=control().key, desk_id=desk_id, actor=actor, action="ack")
            act(room.repository, BOOK, wanted, lambda: room.now)
        assert await show_standing(room.system, control().key, "kr") == 1
        assert "kim" in words(room.stub.roots(ROOM))
        assert "smith" not in words(room.stub.channels)
        room.owe(updated(), previous=control())
        await room.deliver()
        assert "kim" in words(room.stub.roots(ROOM)[0]["blocks"])

    in_room(sqlite_url, scenario)


def test_a_message_that_cannot_be_replaced_stays_and_what_was_done_is_kept(sqlite_url):
    async def scenario(room):
        root = await room.told()
        room.stub.channels[ROOM].clear()
        await room.send(press(root, "ack"))
        assert [action for action, *_ in room.review()] == ["ack"]

    in_room(sqlite_url, scenario)


def test_what_was_done_before_a_process_ended_is_shown_by_the_next_one_and_then_left_alone(sqlite_url):
    async def scenario(room):
        await room.told()
        wanted = Act(alert_key=control().key, desk_id="kr", actor="kim", action="ack")
        room.now += timedelta(minutes=5)
        act(room.repository, BOOK, wanted, lambda: room.now)  # and here the process ends
        assert await show_owed(room.system) == 0, "whoever stored it may be showing it at this moment"
        room.now += timedelta(minutes=2)
        assert await show_owed(room.system) == 1
        assert "kim" in words(room.stub.roots(ROOM)[0]["blocks"])
        assert await show_owed(room.system) == 0

    in_room(sqlite_url, scenario)


def test_what_was_shown_at_once_is_not_shown_again(sqlite_url):
    async def scenario(room):
        root = await room.told()
        room.now += timedelta(minutes=5)
        await room.send(press(root, "ack"))
        room.now += timedelta(minutes=5)
        assert await show_owed(room.system) == 0

    in_room(sqlite_url, scenario)


def test_a_message_posted_anew_for_a_lost_one_is_the_one_that_later_versions_replace(sqlite_url):
    async def scenario(room):
        await room.told()
        room.stub.channels[ROOM].clear()
        room.owe(updated(), previous=control())
        await room.deliver()
        (anew,) = room.stub.roots(ROOM)
        room.owe(replace(updated(), version=3), previous=updated())
        await room.deliver()
        assert [root["ts"] for root in room.stub.roots(ROOM)] == [anew["ts"]]
        assert len(room.stub.notes(ROOM)) == 1

    in_room(sqlite_url, scenario)


@pytest.mark.parametrize(
    ("pressed", "given", "expected"),
    [
        (
            "false_positive",
            {"reason": "박람회 공고"},
            ("close", "slack:U0KIM kim", "false_positive", "박람회 공고", ""),
        ),
        ("assign", {"person": "U0PARK"}, ("assign", "slack:U0KIM kim", None, "", "slack:U0PARK")),
        (
            "escalate",
            {"person": "U0LEE", "reason": "오늘"},
            ("escalate", "slack:U0KIM kim", None, "오늘", "slack:U0LEE"),
        ),
    ],
)
def test_form_asks_for_what_the_act_needs_and_the_act_is_done(sqlite_url, pressed, given, expected):
    async def scenario(room):
        root = await room.told()
        await room.send(press(root, pressed))
        (opened,) = room.stub.views
        assert (opened["trigger_id"], room.review()) == ("T1.2", [])
        assert await room.send(fill(opened["view"], **given)) == {}
        assert room.review() == [expected]
        note = words(room.stub.notes(ROOM)[0]["blocks"])
        assert all(value in note for value in given.values())

    in_room(sqlite_url, scenario)


def test_form_without_its_reason_is_sent_back_beside_the_field(sqlite_url):
    async def scenario(room):
        root = await room.told()
        await room.send(press(root, "false_positive"))
        answer = await room.send(fill(room.stub.views[0]["view"], reason="   "))
        assert answer["response_action"] == "errors"
        assert list(answer["errors"]) == ["reason"]
        assert room.review() == []

    in_room(sqlite_url, scenario)


def test_stale_button_does_nothing_says_what_changed_and_offers_the_version_that_stands(sqlite_url):
    async def scenario(room):
        root = dict(await room.told())
        room.owe(updated(), previous=control())
        await room.send(press(root, "ack"))
        assert room.review() == []
        (said,) = room.stub.private
        assert (said["user"], said["channel"]) == ("U0KIM", ROOM)
        assert "제2판" in said["text"]
        assert "2023년 9월 1일" in said["text"]
        await room.send(press(said, "ack"))
        assert [event.alert_version for event in room.repository.review_events()] == [2]

    in_room(sqlite_url, scenario)


def test_form_opened_before_a_new_version_is_stale_too(sqlite_url):
    async def scenario(room):
        root = await room.told()
        await room.send(press(root, "false_positive"))
        room.owe(updated(), previous=control())
        await room.send(fill(room.stub.views[0]["view"], reason="known"))
        assert room.review() == []
        assert "2023년 9월 1일" in room.stub.private[0]["text"]

    in_room(sqlite_url, scenario)


@pytest.mark.parametrize(
    ("marking", "answer"), [(Marking.GREEN, "표시할 수 없습니다"), (Marking.RED, "등록되어")]
)
def test_what_changed_is_not_told_in_a_channel_that_may_not_carry_it(sqlite_url, marking, answer):
    """GREEN is beyond the channel's ceiling here, RED beyond the desk's own clearance."""

    async def scenario(room):
        root = dict(await room.told())
        room.owe(replace(updated(), marking=marking), previous=control())
        room.system.book = lambda: replace(BOOK, desks=tuple(_lowered(desk) for desk in BOOK.desks))
        await room.send(press(root, "ack"))
        assert room.review() == []
        (said,) = room.stub.private
        assert answer in said["text"]
        assert "2023년 9월 1일" not in words(said)

    in_room(sqlite_url, scenario)


def _lowered(desk):
    lower = [d.model_copy(update={"ceiling": Marking.CLEAR}) for d in desk.destinations]
    return desk.model_copy(update={"destinations": tuple(lower)})


def test_button_of_one_desk_pressed_elsewhere_does_nothing(sqlite_url):
    async def scenario(room):
        root = await room.told()
        await room.send(press(root, "ack", channel="C0US"))
        assert room.review() == []
        assert "다른 채널" in room.stub.private[0]["text"]

    in_room(sqlite_url, scenario)


def test_second_person_closing_is_told_of_the_first(sqlite_url):
    async def scenario(room):
        root = await room.told()
        await room.send(press(root, "false_positive"))
        view = room.stub.views[0]["view"]
        await room.send(fill(view, reason="fair"))
        await room.send(fill(view, reason="fair", user_id="U0LEE", name="lee"))
        assert len(room.review()) == 1
        assert "slack:U0KIM kim" in room.stub.private[0]["text"]

    in_room(sqlite_url, scenario)


def test_alert_above_green_is_shared_by_two_accounts_whatever_they_call_themselves(sqlite_url):
    async def scenario(room):
        root = await room.told(control(marking=Marking.AMBER))
        await room.send(press(root, "share"))
        view = room.stub.views[0]["view"]
        offered = next(b for b in view["blocks"] if b.get("block_id") == "desk")["element"]["options"]
        assert [option["value"] for option in offered] == ["jp", "us"]
        await room.send(fill(view, desk="jp", reason="they hold stocks"))
        asked = room.stub.notes(ROOM)[0]
        await room.send(press(asked, "confirm", name="renamed"))
        assert [r.desk_id for r in room.outbox.rows() if r.reason == "shared"] == []
        await room.send(press(asked, "confirm", user_id="U0PARK", name="park"))
        assert {r.desk_id for r in room.outbox.rows() if r.reason == "shared"} == {"jp"}
        (share,) = room.repository.shares_of(control().key)
        assert (share.actor, share.confirmed_by) == ("slack:U0KIM kim", "slack:U0PARK park")
        await room.deliver()
        shared = words(room.stub.roots("C0JP")[0]["blocks"])
        assert "Seoul supply-chain desk（kim、承認者 park）からの共有：they hold stocks" in shared
        assert room.repository.verify_audit().holds

    in_room(sqlite_url, scenario)


def test_confirming_for_another_desk_is_refused(sqlite_url):
    async def scenario(room):
        root = await room.told(control(marking=Marking.AMBER))
        await room.send(press(root, "share"))
        await room.send(fill(room.stub.views[0]["view"], desk="jp", reason="stocks"))
        theirs = room.stub.roots("C0US")[0]
        forged = press(theirs, "ack", channel="C0US", user_id="U0SAM")
        forged["actions"][0].update(action_id="alert_confirm", value=forged["actions"][0]["value"] + ":jp")
        await room.send(forged)
        assert [r for r in room.outbox.rows() if r.reason == "shared"] == []

    in_room(sqlite_url, scenario)


@pytest.mark.parametrize("value", ["", "d-1", "d-1:0", "d-1:1:x:y", "d-1:1; drop", None, 7, "d-none:1"])
def test_value_that_is_none_of_ours_does_nothing(sqlite_url, value):
    async def scenario(room):
        payload = press(await room.told(), "ack")
        payload["actions"][0]["value"] = value
        assert await room.send(payload) == {}
        assert room.review() == []

    in_room(sqlite_url, scenario)


@pytest.mark.parametrize(
    "payload",
    [{}, {"type": "block_actions"}, {"type": "view_submission", "view": None}, {"type": "shortcut"},
     {"type": "block_actions", "actions": [], "user": {}}, {"type": "block_actions", "actions": "x"}],
)  # fmt: skip
def test_payload_of_another_sort_is_left_alone(payload):
    assert read_interaction(payload) is None


def test_service_that_fails_tells_the_person_and_goes_on(sqlite_url):
    async def scenario(room):
        root = await room.told()
        whole, room.system.repository = room.system.repository, None
        await room.send(press(root, "ack"))
        room.system.repository = whole
        assert len(room.stub.private) == 1
        await room.send(press(root, "ack"))
        assert len(room.review()) == 1

    in_room(sqlite_url, scenario)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pressed", SHOWN[1:])
def test_forms_keep_slacks_limits_in_every_language(language, pressed):
    root = {
        "blocks": [{"type": "actions", "elements": [{"action_id": f"alert_{pressed}", "value": "d-1:1"}]}]
    }
    used = read_interaction(press(root, pressed))
    desks = [(f"desk-{n}", "데스크 " * 60) for n in range(150)]
    view = form(used, "a-0123456789abcdef", 1, desks, language)
    assert all(len(view[part]["text"]) <= 24 for part in ("title", "submit", "close"))
    assert len(view["private_metadata"]) <= 3000
    asked = {block.get("block_id"): block for block in view["blocks"]}
    assert asked["reason"]["optional"] is (pressed not in NEEDS_REASON)
    assert ("who" in asked) is (pressed in NEEDS_PERSON)
    for block in view["blocks"]:
        options = block.get("element", {}).get("options", ())
        assert len(options) <= 100
        assert all(len(option["text"]["text"]) <= 75 for option in options)
