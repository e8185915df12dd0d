"""What is collected and never assessed, or due and never asked for, is a fault of its own: the heartbeat stays away."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.test_source_telling import MINUTE, NOW, Room
from warning.app.auditing import audit_and_beat
from warning.app.telling_operators import tell_operators
from warning.core.evidence import Item
from warning.core.notices import Notice, NoticePlace
from warning.core.vocabulary import Marking
from warning.errors import DeliveryError
from warning.store.notices import Notices


@pytest.fixture
def room(tmp_path):
    one = Room(tmp_path, has_operators=True)
    one.system.canary.flies = False
    yield one
    one.system.close()


def item(known_at) -> Item:
    return Item(
        id="i1", source_id="s1", kind="news", country="US", language="en", title="Gallium", known_at=known_at
    )


def polled(room, *, minutes_ago: float, due_in: float) -> None:
    """All four sources: asked so long ago, and due again in so many minutes."""
    for name in ("s0", "s1", "s2", "s3"):
        room.set(name, "ok")
        state = room.system.repository.source_states()[name]
        asked_at, due_at = room.now - minutes_ago * MINUTE, room.now + due_in * MINUTE
        state = replace(state, last_attempt_at=asked_at, next_due_at=due_at)
        room.system.repository.save_source_state(state)


def faults(room) -> tuple[str, ...]:
    return asyncio.run(audit_and_beat(room.system)).faults


def watching_for(room, minutes: float) -> None:
    """The auditor has looked on for so long."""
    faults(room)
    room.now += minutes * MINUTE


def test_evidence_that_nothing_assesses_is_a_fault_after_half_an_hour(room):
    watching_for(room, 10)
    room.system.repository.add_items([item(room.now)])
    polled(room, minutes_ago=0, due_in=600)
    room.now += 29 * MINUTE
    assert faults(room) == ()
    room.now += 2 * MINUTE
    (fault,) = faults(room)
    assert fault == (
        "evidence has waited to be assessed for more than 30 minutes, since 06:10 UTC (in all 1): the log says on what "
        "the assessment breaks"
    )


def test_history_that_is_brought_in_is_not_late(room):
    watching_for(room, 10)
    room.system.repository.add_items([item(NOW - timedelta(days=400))])
    polled(room, minutes_ago=0, due_in=600)
    assert faults(room) == ()


def test_a_collector_that_asks_nobody_is_a_fault_though_nothing_new_comes(room):
    watching_for(room, 10)
    polled(room, minutes_ago=45, due_in=-35)
    (fault,) = faults(room)
    assert fault == "no source has been asked since 05:25 UTC, and 4 are due: the collector stands still"


def test_nothing_stands_still_where_one_source_was_asked_or_none_is_due(room):
    watching_for(room, 10)
    polled(room, minutes_ago=5, due_in=-45)
    assert faults(room) == ()
    polled(room, minutes_ago=300, due_in=5)
    assert faults(room) == ()


def test_a_service_that_has_just_started_is_given_time_to_catch_up(room):
    polled(room, minutes_ago=600, due_in=-500)
    assert faults(room) == ()
    room.now += 6 * MINUTE
    assert len(faults(room)) == 1


def test_operators_are_told_once_what_stands_still_and_again_the_next_time(room):
    def owed() -> list[str]:
        kept = Notices(room.system.repository.engine).since("operator", "operators", NOW - timedelta(days=1))
        return [notice.topic for notice in kept if notice.topic == "standing still"]

    polled(room, minutes_ago=600, due_in=-500)
    watching_for(room, 10)
    faults(room)
    faults(room)
    assert owed() == ["standing still"]
    room.now += 24 * 60 * MINUTE
    polled(room, minutes_ago=0, due_in=-500)
    faults(room)
    room.now += 60 * MINUTE
    faults(room)
    assert owed() == ["standing still"] * 2


def test_evidence_that_waits_for_days_is_told_once_a_day_and_not_at_every_audit(room):
    watching_for(room, 10)
    for hour in range(72):
        one = replace(item(room.now), id=f"i{hour}", title=f"Gallium {hour}")
        room.system.repository.add_items([one])
        polled(room, minutes_ago=0, due_in=600)
        room.now += 60 * MINUTE
        said = [fault for fault in faults(room) if "assessed" in fault]
    assert len(room.system.outbox.rows()) <= 4
    assert "since 2026-02-04 06:10 UTC or before" in said[0], "older evidence is not counted as late any more"


def test_deliveries_that_nobody_sends_are_told_past_the_outbox_once(room, capsys):
    watching_for(room, 10)
    polled(room, minutes_ago=0, due_in=6_000)
    tell_operators(room.system, topic="x", key="1", subject="something", lines=["a line"])
    room.now += 29 * MINUTE
    faults(room)
    assert "Deliveries stand still" not in capsys.readouterr().err
    room.now += 2 * MINUTE
    faults(room)
    said = " ".join(capsys.readouterr().err.split())
    assert "Deliveries stand still: warnings do not reach the desks" in said
    assert (
        "1 delivery has been free to go for more than 30 minutes, the oldest since 06:10 UTC by console"
        in said
    )
    assert "none of them was tried: does `warning run --role deliver` run?" in said
    for _ in range(4):
        room.now += 20 * MINUTE
        faults(room)
    assert "Deliveries stand still" not in capsys.readouterr().err


def test_where_no_place_takes_it_it_is_tried_again_every_half_hour(room, caplog):
    class Down:
        async def tell(self, _bulletin, _address) -> None:
            raise DeliveryError("the mail server does not answer")

    room.system.channels["console"] = Down()
    watching_for(room, 10)
    polled(room, minutes_ago=0, due_in=6_000)
    tell_operators(room.system, topic="x", key="1", subject="something", lines=["a line"])
    for _ in range(10):
        room.now += 10 * MINUTE
        faults(room)
    tries = [r for r in caplog.records if "nobody could be told that deliveries stand still" in r.message]
    assert len(tries) == 3
    assert "the mail server does not answer" in tries[0].message


@pytest.mark.parametrize("operators", ["none", "none that may carry it"])
def test_a_standstill_is_told_once_where_no_desk_of_the_operators_keeps_that_it_was(
    tmp_path, caplog, operators
):
    one = Room(tmp_path, has_operators=operators != "none")
    one.system.canary.flies = False
    if operators != "none":
        file = tmp_path / "rules/desks/operators.yaml"
        file.write_text(file.read_text() + "    ceiling: CLEAR\n")
    watching_for(one, 10)
    polled(one, minutes_ago=0, due_in=6_000)
    for _ in range(2):
        owe_a_word(one)
        for _ in range(36):
            one.now += 10 * MINUTE
            faults(one)
        for row in one.system.outbox.rows():
            one.system.outbox.dead(row.id, now=one.now, error="nobody there")
        faults(one)
    one.system.close()
    assert sum(r.message.startswith("Deliveries stand still") for r in caplog.records) == 2


def owe_a_word(room) -> None:
    notice = Notice(
        id=f"n-{room.now:%H%M}", kind="roll-up", desk_id="kr", topic="x", marking=Marking.CLEAR, content="{}", created_at=room.now
    )  # fmt: skip
    Notices(room.system.repository.engine).owe(notice, [NoticePlace(channel="console", address="kr")])
