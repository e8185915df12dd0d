"""Both ends of the line between the service and the process that asks: what crosses once, fails alone, takes room and is told anew."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from tests.adapters.asking_bench import Apart, until
from tests.adapters.collected_specs import NOW
from tests.adapters.hostile_server import FEED, hostile_server
from warning.app.asking_apart import AskingApart
from warning.app.asking_line import Manner
from warning.app.asking_process import Asking
from warning.app.body_room import BodyRoom
from warning.app.parse_nursery import can_fork
from warning.app.poll_room import PollRoom
from warning.collect.fetch_values import MEBIBYTE, Fetched, FetchRequest
from warning.core.documents import Document
from warning.errors import FetchError

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot fork processes")


class HereToo:
    """Bears the process that asks in this one, so that a test can look into it."""

    def __init__(self) -> None:
        self.asking: Asking | None = None
        self.loop = asyncio.get_running_loop()

    def asker(self):
        ours, theirs = socket.socketpair()
        asyncio.run_coroutine_threadsafe(self._serve(theirs), self.loop).result()
        return b"", ours

    async def _serve(self, theirs) -> None:
        self.asking = Asking()
        await self.loop.create_connection(lambda: self.asking.line, sock=theirs)
        self.serving = asyncio.create_task(self.asking.serve())

    def end(self, process: bytes) -> None:
        pass


@asynccontextmanager
async def apart_here():
    born_in, room = HereToo(), BodyRoom()
    async with hostile_server() as server:
        manner = Manner(allow_private_hosts=(server.host,))
        async with AskingApart(born_in, manner, room) as fetcher:
            yield Apart(server, fetcher, room), born_in
        await born_in.serving


def test_the_service_hears_which_sources_keep_us_waiting():
    async def body():
        async with apart_here() as (asked, born_in):
            await asked.ask("/feed")
            heard = []
            asked.fetcher._turns.learn = lambda source_id, *, late: heard.append((source_id, late))
            for late in (True, True, False):
                born_in.asking.fetcher._lanes.learn("s", late=late)
            await until(lambda: len(heard) == 2)
            return heard

    assert asyncio.run(asyncio.wait_for(body(), 60)) == [("s", True), ("s", False)]


def test_what_cannot_be_passed_on_fails_alone_and_the_line_goes_on():
    async def body():
        async with apart_here() as (asked, born_in):
            await asked.ask("/feed")
            with pytest.raises(RuntimeError, match="the request cannot be packed"):
                await asked.ask("/feed", headers={"x": lambda: None})
            fetch, born_in.asking.fetcher.fetch = born_in.asking.fetcher.fetch, unpackable
            with pytest.raises(RuntimeError, match="the answer cannot be packed"):
                await asked.ask("/feed")
            born_in.asking.fetcher.fetch = refused
            with pytest.raises(RuntimeError, match="refused for a reason"):
                await asked.ask("/feed")
            born_in.asking.fetcher.fetch = fetch
            return (await asked.ask("/feed")).status, born_in.asking._unheard_bytes

    async def unpackable(_request):
        document = Document(source_id="s", url="https://x.example/", body=b"x" * 100_000, fetched_at=NOW)
        return Fetched(status="fresh", document=document, validators=lambda: None)

    async def refused(_request):
        failure = FetchError("refused for a reason")
        failure.told_by = lambda: None
        raise failure

    status, unheard = asyncio.run(asyncio.wait_for(body(), 60))
    assert status == "fresh"
    assert unheard <= len(FEED), "what was never sent takes no room"


def test_a_request_that_is_asked_again_crosses_once():
    async def body():
        async with apart_here() as (asked, born_in):
            await asked.ask("/feed")
            heard, whole = [], born_in.asking.line._heard
            born_in.asking.line._heard = lambda message: (heard.append(message), whole(message))
            first, other = (
                FetchRequest(source_id="s", url=asked.server.base + path, spacing_seconds=0.0)
                for path in ("/feed", "/conditional")
            )
            came = [await asked.fetcher.fetch(one) for one in (first, first, other, first, first)]
            kinds = [message[0] for message in heard if message[0] in {"ask", "again"}]
            return kinds, [fetched.document.url.rsplit("/", 1)[1] for fetched in came]

    kinds, came = asyncio.run(asyncio.wait_for(body(), 60))
    assert kinds == ["ask", "again", "ask", "ask", "again"]
    assert came == ["feed", "feed", "conditional", "feed", "feed"]


def test_a_request_that_cannot_be_packed_is_no_other_when_it_is_asked_again():
    async def body():
        async with apart_here() as (asked, _):
            await asked.ask("/feed")
            never = FetchRequest(source_id="s", url=asked.server.base + "/feed", headers={"x": lambda: None})
            both = (asked.fetcher.fetch(never), asked.fetcher.fetch(never))
            return await asyncio.gather(*both, return_exceptions=True)

    failures = asyncio.run(asyncio.wait_for(body(), 60))
    assert ["the request cannot be packed" in str(one) for one in failures] == [True, True]


def test_a_process_that_takes_the_place_of_another_is_told_requests_anew():
    async def body():
        async with apart_here() as (asked, _):
            request = FetchRequest(source_id="s", url=asked.server.base + "/feed", spacing_seconds=0.0)
            await asked.fetcher.fetch(request)
            asked.fetcher._process.line.close()
            await until(lambda: asked.fetcher._process is None)
            asked.fetcher._next_start = 0.0
            return (await asked.fetcher.fetch(request)).status

    assert asyncio.run(asyncio.wait_for(body(), 60)) == "fresh"


def test_what_the_service_keeps_takes_room_in_the_process_that_asks():
    async def body():
        async with apart_here() as (asked, born_in):
            asked.server.pages["/large"] = (200, b"x" * MEBIBYTE)
            polls = [PollRoom(asked.fetcher.fetch, MEBIBYTE, asked.room) for _ in range(3)]
            for number, poll in enumerate(polls):
                url = asked.server.base + "/large"
                await poll.fetch(FetchRequest(source_id=f"s{number}", url=url, spacing_seconds=0.0))
            large = born_in.asking.large
            await until(lambda: sum(large._kept_elsewhere.values()) == 3 * MEBIBYTE)
            seen = [large.held_bytes]
            for poll in polls:
                poll.leave()
            await until(lambda: not large.held_bytes)
            return seen

    assert asyncio.run(asyncio.wait_for(body(), 60)) == [3 * MEBIBYTE]


def test_a_large_document_that_nobody_waits_for_any_more_leaves_no_room_taken():
    async def body():
        async with apart_here() as (asked, born_in):
            asked.server.pages["/large"] = (200, b"x" * MEBIBYTE)
            await asked.ask("/feed")
            large = born_in.asking.large
            for moment in range(12):
                task = asyncio.create_task(asked.ask("/large", max_bytes=2 * MEBIBYTE))
                await asyncio.sleep(0.002 * moment)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await asked.ask("/large", max_bytes=2 * MEBIBYTE)
            await until(lambda: not large.held_bytes and not born_in.asking._tasks)
            return asked.room.large.held_bytes, born_in.asking._unheard_bytes

    assert asyncio.run(asyncio.wait_for(body(), 60)) == (0, 0)


def test_a_process_that_takes_the_place_of_another_hears_what_is_kept():
    async def body():
        async with apart_here() as (asked, born_in):
            asked.room.large.keep("s", MEBIBYTE)
            await asked.ask("/feed")
            await until(lambda: born_in.asking.large.held_bytes)
            return born_in.asking.large.held_bytes

    assert asyncio.run(asyncio.wait_for(body(), 60)) == MEBIBYTE
