"""What is collected and never assessed, or due and never asked for, is a fault of its own: the heartbeat stays away."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.test_source_telling import MINUTE, NOW, Room
from warning.app.auditing import audit_and_beat
from warning.core.evidence import Item


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
        return [row.address for row in room.system.outbox.rows()]

    polled(room, minutes_ago=600, due_in=-500)
    watching_for(room, 10)
    faults(room)
    faults(room)
    assert owed() == ["ops"]
    room.now += 24 * 60 * MINUTE
    polled(room, minutes_ago=0, due_in=-500)
    faults(room)
    room.now += 60 * MINUTE
    faults(room)
    assert owed() == ["ops", "ops"]


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
