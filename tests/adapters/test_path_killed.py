"""`kill -9` anywhere between evidence and desks: nothing lost, nothing silent, nothing twice that could be looked for."""

import asyncio

import pytest

from bench import kill_notices
from bench.kill_deliveries import DESKS, VERSIONS, Tally, kill_all_along

KILLS = 4


def assert_nothing_lost(tally: Tally) -> None:
    assert tally.kills >= KILLS
    assert tally.lost == {"slack": 0, "mail": 0, "outbox": 0}
    assert tally.silent == 0
    assert tally.states == {"sent": tally.rounds * DESKS * VERSIONS * 2}
    assert tally.doubled["slack"] == 0
    # A mail server cannot be asked: one copy at most for each death.
    assert tally.doubled["mail"] <= tally.kills


@pytest.mark.timeout(180)
def test_path_killed_between_its_writes_loses_nothing_and_doubles_no_message_it_can_look_for(database_url):
    assert_nothing_lost(asyncio.run(kill_all_along(database_url, KILLS)))


@pytest.mark.timeout(180)
def test_digests_rollups_and_words_to_operators_survive_a_kill_between_their_writes(database_url):
    tally = asyncio.run(kill_notices.kill_all_along(database_url, KILLS))
    assert tally.kills >= KILLS
    assert set(tally.lost.values()) == {0}
    assert (tally.silent, tally.states) == (0, {"sent": tally.rounds * len(kill_notices.KINDS) * 2})
    assert tally.doubled["slack"] == 0
    assert tally.doubled["mail"] <= tally.kills
