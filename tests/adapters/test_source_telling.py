"""Operators hear of sources: once a change that lasts, many in one message, through the outbox where they have a desk."""

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.adapters.collected_specs import spec_of
from warning import resources
from warning.app.alarming import alarm, owe_to_operators
from warning.app.compose import compose
from warning.app.live import full_round, open_fetcher
from warning.app.source_telling import tell_source_changes
from warning.core.health import OWN_FAULT, SourceState
from warning.core.operator_notices import OperatorNotice
from warning.errors import DeliveryError
from warning.settings import Settings
from warning.store.source_notices import SourceHistory

NOW = datetime(2026, 2, 3, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OPERATORS = """
id: operators
kind: operator
title: Operators
country: US
language: en
timezone: UTC
destinations:
  - channel: console
    to: [ops]
"""


class Room:
    """A composed system with four sources, a clock moved by hand, and what its operators were told."""

    now = NOW

    def __init__(self, tmp_path, *, has_operators: bool) -> None:
        feeds, rules = tmp_path / "feeds", tmp_path / "rules"
        for group in ("customs", "news", "regulatory", "prices"):
            (feeds / group).mkdir(parents=True)
        (rules / "signals").mkdir(parents=True)
        for name in ("policy.yaml", "desks/kr.yaml"):
            (rules / name).parent.mkdir(exist_ok=True)
            shutil.copy(resources.tree("rules") / name, rules / name)
        if has_operators:
            (rules / "desks/operators.yaml").write_text(OPERATORS)
        settings = Settings(home=tmp_path / "home", feeds_dir=feeds, rules_dir=rules)
        self.system = compose(settings, clock=lambda: self.now)
        specs = tuple(spec_of("https://x.example/", f"s{n}") for n in range(4))
        object.__setattr__(self.system, "sources_at_start", specs)
        self.told: list[OperatorNotice] = []

    def set(self, source_id: str, condition: str, cause: str = "", **more) -> None:
        state = SourceState(
            source_id=source_id, condition=condition, cause=cause, since=self.now, last_attempt_at=self.now,
            last_success_at=NOW, next_due_at=self.now + 30 * MINUTE, **more,
        )  # fmt: skip
        self.system.repository.save_source_state(state)

    async def keep(self, notice: OperatorNotice) -> None:
        self.told.append(notice)

    def tell(self, minutes: int = 0, tell=None):
        self.now += minutes * MINUTE
        return asyncio.run(tell_source_changes(self.system, tell or self.keep))


@pytest.fixture
def room(tmp_path):
    one = Room(tmp_path, has_operators=False)
    yield one
    one.system.close()


def test_a_change_that_lasts_is_told_once_with_cause_and_next_attempt(room):
    room.set("s1", "ok")
    room.set("s1", "blocked", "a captcha stands in its place")
    assert room.tell(10) == ()
    assert len(room.tell(30)) == 1
    assert room.tell(5) == ()
    (notice,) = room.told
    assert notice.subject == "Sources: 1 source in trouble"
    assert "s1: blocked since 02-03 06:00 UTC: a captcha stands in its place" in notice.lines[0]
    assert "next attempt 02-03 06:30 UTC" in notice.lines[0]


def test_a_recovery_is_told_with_how_long_it_was_and_what_came_late(room):
    room.set("s1", "failing", "no connection")
    room.tell(60)
    room.set("s1", "ok", late_items=3)
    room.tell(45)
    assert room.told[-1].lines == ("s1: read again after 1h (failing); 3 items came late",)
    assert SourceHistory(room.system.repository.engine).told()["s1"].late_items == 3


def test_what_fails_at_once_is_told_in_one_message_with_the_likeliest_cause(room):
    for name in ("s0", "s1", "s2", "s3"):
        room.set(name, "failing", "the name has no address")
    room.tell(45)
    (notice,) = room.told
    assert len(notice.lines) == 4
    assert notice.lead == "4 of 4 sources fail at once: look at this machine's own network first."


def test_sources_whose_evidence_found_no_room_are_told_as_this_installations_own_fault(room):
    for number in range(4):
        room.set(f"s{number}", "failing", f"{OWN_FAULT}: database or disk is full")
    room.now += 60 * MINUTE
    room.tell()
    (notice,) = room.told
    assert "this installation's disk" in notice.lead
    assert "network" not in notice.lead


def test_what_could_not_be_told_is_told_at_the_next_call(room):
    async def broken(_notice: OperatorNotice) -> None:
        raise DeliveryError("nobody there")

    room.set("s1", "failing", "no connection")
    with pytest.raises(DeliveryError):
        room.tell(60, broken)
    assert len(room.tell(1)) == 1


def test_operators_with_a_desk_are_told_through_the_outbox_once(tmp_path):
    room = Room(tmp_path, has_operators=True)
    room.set("s1", "failing", "no connection")

    async def owe(notice: OperatorNotice) -> None:
        await owe_to_operators(room.system, notice)
        await owe_to_operators(room.system, notice)

    room.tell(60, owe)
    (row,) = room.system.outbox.rows()
    assert (row.desk_id, row.channel, row.address) == ("operators", "console", "ops")
    room.system.close()


def test_an_alarm_goes_to_every_place_past_the_outbox_and_names_those_it_could_not_reach(tmp_path, capsys):
    room = Room(tmp_path, has_operators=True)
    notice = OperatorNotice(id="o1", kind="canary", subject="The canary is missing", lead="Look.", at=NOW)
    assert asyncio.run(alarm(room.system, notice)) == ()
    assert "The canary is missing" in capsys.readouterr().err
    assert room.system.outbox.rows() == ()

    async def refuse(*_args):
        raise DeliveryError("down")

    room.system.channels["console"].tell = refuse
    with pytest.raises(DeliveryError, match="console ops: down"):
        asyncio.run(alarm(room.system, notice))
    room.system.close()


def test_a_trouble_that_turns_into_another_and_back_is_told_each_time(room):
    for condition in ("failing", "drifted", "failing"):
        room.set("s1", condition, "why")
        assert room.tell(60)
    assert len({notice.id for notice in room.told}) == 3


def test_one_round_by_itself_tells_of_sources_as_the_service_does(tmp_path):
    """Who runs `run --once` by a clock of his own must not be the one who is never told."""
    room = Room(tmp_path, has_operators=True)
    object.__setattr__(room.system, "sources_at_start", (spec_of("https://x.example/", "s1"),))
    room.set("s1", "blocked", "a captcha stands in its place")
    room.now += 60 * MINUTE
    state = room.system.repository.source_states()["s1"]
    room.system.repository.save_source_state(replace(state, next_due_at=room.now + 60 * MINUTE))

    async def once():
        async with open_fetcher(room.system) as fetcher:
            return await full_round(room.system, fetcher)

    report = asyncio.run(once())
    assert report.delivered.sent == 1
    assert SourceHistory(room.system.repository.engine).told()["s1"].condition == "blocked"
    room.system.close()
