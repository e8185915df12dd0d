"""Asking in a process of its own: the same answers and failures, and a process that is killed costs what was under way."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from tests.adapters.asking_bench import apart, until
from tests.adapters.collected_specs import NOW, spec_of
from tests.adapters.collecting_bench import Bench
from tests.adapters.hostile_server import FEED
from warning.app.asking_apart import ENDED, LEAST_SOURCES, AskingApart, is_worth_it
from warning.app.asking_line import LENGTH_BYTES, Manner
from warning.app.body_room import BodyRoom
from warning.app.collecting import Memory
from warning.app.compose import system_clock
from warning.app.live import open_asking, open_nursery
from warning.app.parse_messages import packed
from warning.app.parse_nursery import can_fork
from warning.collect.fetch_values import FetchRequest
from warning.errors import FetchError, FetchGone, FetchRateLimited, FetchRefused, FetchTooLarge
from warning.settings import Settings
from warning.store.engine import open_engine
from warning.store.repository import Repository

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot fork processes")


def test_answers_and_failures_are_those_of_the_fetcher():
    async def body():
        async with apart() as asked:
            first = await asked.ask("/conditional")
            again = await asked.ask("/conditional", validators=first.validators)
            failures = []
            for path, options in (
                ("/not-here-at-all", {}),
                ("/endless", {"max_bytes": 100_000}),
                ("http://10.0.0.1/", {}),
            ):
                with pytest.raises(FetchError) as failed:
                    await asked.ask(path, **options)
                failures.append(failed.value)
            return first, again, failures, asked.server.seen["/conditional"]["User-Agent"]

    first, again, failures, agent = asyncio.run(body())
    assert (first.status, first.document.body, first.validators.etag) == ("fresh", FEED, '"v1"')
    assert (again.status, again.document, again.max_age_seconds) == ("not_modified", None, 900)
    assert [type(one) for one in failures] == [FetchGone, FetchTooLarge, FetchRefused]
    assert failures[0].status == 404
    assert "10.0.0.1 is not a public address" in str(failures[2])
    assert "ops@example.org" in agent


def test_what_a_server_asks_of_us_comes_across():
    async def body():
        async with apart() as asked:
            asked.server.pages["/later"] = (429, b"")
            with pytest.raises(FetchRateLimited) as limited:
                await asked.ask("/later")
            return limited.value.retry_after_seconds

    assert asyncio.run(body()) == 600.0


def test_a_process_that_is_killed_costs_what_was_under_way_and_another_takes_its_place():
    async def body():
        async with apart() as asked:
            await asked.ask("/feed")
            asked.fetcher._next_start = 0.0  # its pause is over
            killed = asked.process
            hanging = [asyncio.create_task(asked.ask("/silent")) for _ in range(3)]
            await until(lambda: asked.server.hits["/silent"] == 2)  # the gate of the host
            os.kill(killed, signal.SIGKILL)
            causes = await asyncio.gather(*hanging, return_exceptions=True)
            after = await asked.ask("/feed")
            return causes, after.status, killed != asked.process

    causes, status, is_another = asyncio.run(asyncio.wait_for(body(), 60))
    assert [(type(cause), str(cause)) for cause in causes] == [(FetchError, ENDED)] * 3
    assert (status, is_another) == ("fresh", True)


def test_a_process_that_keeps_ending_is_not_started_without_a_pause():
    async def body():
        async with apart() as asked:
            await asked.ask("/feed")
            os.kill(asked.process, signal.SIGKILL)
            await until(lambda: asked.fetcher._process is None)
            asked.fetcher._next_start = asked.fetcher._monotonic() + 600
            with pytest.raises(FetchError, match="has ended"):
                await asked.ask("/feed")
            asked.fetcher._next_start = 0.0
            return (await asked.ask("/feed")).status

    assert asyncio.run(asyncio.wait_for(body(), 60)) == "fresh"


def test_the_poll_that_starts_the_process_may_be_given_up_without_those_behind_it():
    async def body():
        async with apart() as asked:
            first, second = (asyncio.create_task(asked.ask("/feed")) for _ in range(2))
            await until(lambda: asked.fetcher._starting is not None)
            first.cancel()
            ends = await asyncio.gather(first, second, return_exceptions=True)
            return type(ends[0]), ends[1].status

    assert asyncio.run(asyncio.wait_for(body(), 60)) == (asyncio.CancelledError, "fresh")


def test_a_process_that_is_still_starting_ends_with_the_service():
    async def body():
        async with apart() as asked:
            first = asyncio.create_task(asked.ask("/feed"))
            await until(lambda: asked.fetcher._starting is not None)
        with pytest.raises((FetchError, asyncio.CancelledError)):
            await first

    asyncio.run(asyncio.wait_for(body(), 60))


def test_the_service_hears_which_requests_wait_for_what_it_has_to_read():
    async def body():
        async with apart() as asked:
            await asked.ask("/feed")
            heard = []
            asked.fetcher._turns.waits = lambda source_id, *, waits: heard.append((source_id, waits))
            taken = asked.room.take(9_000_000), *(asked.room.take(1_000_000) for _ in range(8))
            waiting = asyncio.create_task(asked.ask("/conditional"))
            await until(lambda: heard)
            seen = list(heard)
            for size in taken:
                asked.room.give_back(size)
            await waiting
            await until(lambda: len(heard) == 2)
            return seen, heard

    assert asyncio.run(asyncio.wait_for(body(), 60)) == ([("s", True)], [("s", True), ("s", False)])


def test_a_poll_that_is_given_up_is_asked_no_longer():
    async def body():
        async with apart() as asked:
            task = asyncio.create_task(asked.ask("/drip"))
            await until(lambda: asked.server.open_at_once)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(lambda: not asked.server.open_at_once)  # its connection is closed

    asyncio.run(asyncio.wait_for(body(), 60))


def test_asking_waits_while_what_came_is_still_to_be_read():
    async def body():
        async with apart() as asked:
            await asked.ask("/feed")
            taken = [asked.room.take(1_000_000) for _ in range(9)]
            waiting = asyncio.create_task(asked.ask("/conditional"))
            await asyncio.sleep(0.3)
            before = asked.server.hits["/conditional"]
            for size in taken:
                asked.room.give_back(size)
            return before, (await waiting).status

    assert asyncio.run(asyncio.wait_for(body(), 60)) == (0, "fresh")


class EndsWhenReady:
    """Bears processes that end in the moment in which they say that they are ready, as one killed for its memory does."""

    def __init__(self) -> None:
        self.ended: list[bytes] = []

    def asker(self) -> tuple[bytes, socket.socket]:
        ours, theirs = socket.socketpair()
        Thread(target=self._live, args=(theirs,)).start()
        return b"1", ours

    def _live(self, theirs: socket.socket) -> None:
        with theirs:
            size = int.from_bytes(theirs.recv(LENGTH_BYTES, socket.MSG_WAITALL), "big")
            theirs.recv(size, socket.MSG_WAITALL)  # what is left unread would break the line, not end it
            packing = packed([("ready",)])
            theirs.sendall(len(packing).to_bytes(LENGTH_BYTES, "big") + packing)

    def end(self, process: bytes) -> None:
        self.ended.append(process)


def test_no_poll_waits_for_a_process_that_ended_as_soon_as_it_was_ready():
    async def body():
        async with AskingApart(
            EndsWhenReady(), Manner(), BodyRoom(), monotonic=count(0, 2).__next__
        ) as fetcher:
            polls = [
                fetcher.fetch(FetchRequest(source_id=f"s{n}", url="http://x.example/")) for n in range(3)
            ]
            first = await asyncio.gather(*polls, return_exceptions=True)
            later = await asyncio.gather(fetcher.fetch(FetchRequest(source_id="s", url="http://x.example/")), return_exceptions=True)  # fmt: skip
            return {str(failure) for failure in (*first, *later)}

    assert asyncio.run(asyncio.wait_for(body(), 30)) == {ENDED}


class Silent(EndsWhenReady):
    """Its processes never say that they are ready."""

    def __init__(self) -> None:
        super().__init__()
        self.theirs: list[socket.socket] = []

    def asker(self) -> tuple[bytes, socket.socket]:
        ours, theirs = socket.socketpair()
        self.theirs.append(theirs)
        return bytes([len(self.theirs)]), ours


def test_a_process_that_is_not_ready_in_time_is_ended_and_its_line_closed(monkeypatch):
    monkeypatch.setattr("warning.app.asking_apart.READY_SECONDS", 0.05)

    async def body():
        nursery = Silent()
        async with AskingApart(nursery, Manner(), BodyRoom()) as fetcher:
            with pytest.raises(FetchError, match="could not be started"):
                await fetcher.fetch(FetchRequest(source_id="s", url="http://x.example/"))
            (theirs,) = nursery.theirs
            with theirs:
                theirs.settimeout(5)
                said = iter(lambda: theirs.recv(65_536), b"")
                return b"".join(said) != b"", nursery.ended

    told, ended = asyncio.run(asyncio.wait_for(body(), 30))
    assert told
    assert ended[0] == b"\x01"


PARENT = """
import asyncio, pathlib, sys
from warning.app.asking_apart import AskingApart
from warning.app.asking_line import Manner
from warning.app.body_room import BodyRoom
from warning.app.collecting import Memory
from warning.app.compose import system_clock
from warning.app.live import open_asking, open_nursery
from warning.app.parse_nursery import Forked
async def main():
    born_in = Forked(asks=True)
    async with AskingApart(born_in, Manner(), BodyRoom()) as fetcher:
        await fetcher._started()
        origin = born_in._origin.pid
        print(origin, pathlib.Path(f"/proc/{origin}/task/{origin}/children").read_text().split()[0], flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


def test_the_end_of_the_service_ends_the_process_that_asks():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    born = [int(number) for number in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert len(born) == 2
    for _ in range(3_000):
        if not any(is_running(number) for number in born):
            return
        time.sleep(0.01)
    pytest.fail(f"still running: {[number for number in born if is_running(number)]}")


def is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_round_asked_from_another_process_stores_what_it_brings_and_then_finds_it_unchanged(sqlite_url):
    async def body():
        engine = open_engine(sqlite_url)
        async with apart() as asked:
            bench = Bench(asked.server, asked.fetcher, Repository(engine))
            specs = [spec_of(bench.url("/conditional"), name) for name in ("a", "b")]
            specs.append(spec_of(bench.url("/not-here-at-all"), "c"))
            first = await bench.collect(*specs)
            second = await bench.collect(*specs, force=True)
            stored = len(bench.items())
        engine.dispose()
        told = [[(one.answer, one.condition) for one in report.outcomes] for report in (first, second)]
        return told, stored

    told, stored = asyncio.run(asyncio.wait_for(body(), 60))
    assert told == [
        [("fresh", "ok"), ("fresh", "ok"), ("failed", "failing")],
        [("not_modified", "not_modified"), ("not_modified", "not_modified"), ("failed", "failing")],
    ]
    assert stored == 2


def test_a_service_of_many_sources_asks_from_another_process_and_one_under_a_virtual_clock_does_not(
    monkeypatch,
):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    def asks(clock, sources) -> bool:
        specs = [spec_of("https://x.example/")] * sources
        system = SimpleNamespace(clock=clock, sources=specs, settings=Settings(), memory=Memory())
        born_in = open_nursery(system)
        return isinstance(open_asking(system, born_in), AskingApart)

    assert asks(system_clock, LEAST_SOURCES)
    assert not asks(system_clock, LEAST_SOURCES - 1)
    assert not asks(lambda: NOW, LEAST_SOURCES)


def test_few_sources_are_asked_in_the_service_itself(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert [is_worth_it(count) for count in (316, LEAST_SOURCES)] == [False, True]
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert not is_worth_it(LEAST_SOURCES)
