"""The end of a burst: polls go back to the usual pace at once, and the board shows both paces while it lasts."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from tests.adapters.collected_specs import NOW, spec_of
from tests.adapters.hostile_server import hostile_server
from warning.app.collecting import collect_due
from warning.app.compose import open_repository
from warning.app.elevating import Burst
from warning.app.round_memory import Memory
from warning.app.source_board import BoardRow
from warning.cli.feeds_status import _row
from warning.collect.fetch import Fetcher
from warning.core.health import SourceState
from warning.settings import Settings

FEED = (
    b"<rss version='2.0'><channel><title>t</title><item><title>a</title><guid>1</guid></item></channel></rss>"
)
BEGINS, ENDS, LAST = 60, 180, 360


def minutes_of_polls(tmp_path) -> list[int]:
    """Rounds every minute for six hours; the third part of them while a watch is open."""

    async def main() -> list[int]:
        clock, asked, memory = [NOW], [], Memory()
        async with (
            hostile_server() as server,
            Fetcher(lambda: clock[0], allow_private_hosts=(server.host,)) as fetcher,
        ):
            server.pages = {"/feed": (200, FEED)}
            spec = spec_of(server.base + "/feed", every="30m", burst="5m", jitter="0s")
            repository = open_repository(Settings(home=tmp_path))
            for minute in range(LAST):
                clock[0] = NOW + timedelta(minutes=minute)
                elevated = frozenset({"s"}) if BEGINS <= minute < ENDS else frozenset()
                report = await collect_due(
                    [spec],
                    repository,
                    fetcher,
                    lambda: clock[0],
                    settings=Settings(),
                    memory=memory,
                    elevated=elevated,
                )
                asked += [minute] * len(report.outcomes)
            repository.close()
            return asked

    return asyncio.run(main())


def test_intervals_go_back_to_the_usual_pace_when_the_watch_ends(tmp_path):
    asked = minutes_of_polls(tmp_path)
    before = {b - a for a, b in pairwise(m for m in asked if m < BEGINS)}
    during = {b - a for a, b in pairwise(m for m in asked if BEGINS <= m < ENDS)}
    after = {b - a for a, b in pairwise(m for m in asked if m >= ENDS + 5)}
    assert (before, during, after) == ({30}, {5}, {30})


def test_the_board_shows_when_a_source_in_a_burst_is_asked_next_and_both_paces():
    state = SourceState(
        source_id="s", condition="ok", last_attempt_at=NOW - timedelta(minutes=3), next_due_at=NOW + timedelta(minutes=27)
    )  # fmt: skip
    spec = spec_of("https://x.example/", every="30m", burst="5m")
    usual = BoardRow(spec=spec, state=state)
    hurried = BoardRow(spec=spec, state=state, burst=Burst(until=NOW.date() + timedelta(days=9), rule_id="r"))
    assert (usual.next_at, hurried.next_at) == (NOW + timedelta(minutes=27), NOW + timedelta(minutes=2))
    assert "burst every 5m, usually 30m, until 02-10" in _row(hurried, None, NOW)
    assert "burst" not in _row(usual, None, NOW)


def test_a_failing_source_in_a_burst_shows_its_growing_interval():
    state = SourceState(
        source_id="s", condition="failing", failures=3, last_attempt_at=NOW, next_due_at=NOW + timedelta(hours=1)
    )  # fmt: skip
    burst = Burst(until=NOW.date(), rule_id="r")
    row = BoardRow(spec=spec_of("https://x.example/", every="30m", burst="5m"), state=state, burst=burst)
    assert row.next_at == NOW + timedelta(hours=1)
