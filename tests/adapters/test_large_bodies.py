"""Large documents share a room of bytes: however many sources flood at once, memory is bound and the rest goes on.

No test waits for the clock: patience lasts for hours, and time leaps where it is to be over.
"""

import asyncio
import gzip
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import accumulate
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.hostile_server import hostile_server
from tests.adapters.leaping_clock import HOUR, Clock
from warning.app.body_room import BodyRoom
from warning.app.poll_room import PollRoom
from warning.collect import fetch
from warning.collect.fetch import GIVEN_UP, NO_ROOM, Fetcher
from warning.collect.fetch_body import read_body
from warning.collect.fetch_values import MEBIBYTE, FetchRequest
from warning.collect.lanes import Lanes
from warning.collect.large_bodies import LARGE_BYTES, STEP_BYTES, LargeBodies
from warning.collect.politeness import Politeness
from warning.errors import FetchError, FetchTooLarge

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MANY = 40


class Watched(LargeBodies):
    """Remembers the most that was ever held."""

    most_held = 0

    def _take(self, source_id: str, size_bytes: int) -> None:
        super()._take(source_id, size_bytes)
        self.most_held = max(self.most_held, self.held_bytes)


def asked(path: str, large: LargeBodies, bodies: BodyRoom | None = None, **options):
    """Ask `MANY` sources for the same at once, and one small document beside them; what each gave or failed with."""

    async def one(fetcher, url, name="small"):
        room = PollRoom(fetcher.fetch, MEBIBYTE, bodies or BodyRoom())
        usual = {"spacing_seconds": 0.0, "max_bytes": MEBIBYTE, "total_seconds": HOUR, "idle_seconds": HOUR}
        try:
            return await room.fetch(FetchRequest(source_id=name, url=url, **(usual | options)))
        except FetchError as failure:
            return failure
        finally:
            await asyncio.sleep(0)  # a moment in which it would be read
            room.leave()

    async def body():
        async with hostile_server() as server:
            server.pages["/large"] = (200, b"x" * (MEBIBYTE // 2))
            async with Fetcher(
                lambda: NOW,
                allow_private_hosts=(server.host,),
                politeness=Politeness(per_host=MANY + 1),
                lanes=Lanes(MANY + 1, patience_seconds=HOUR),
                large=large,
            ) as fetcher:
                many = [
                    asyncio.create_task(one(fetcher, server.base + path, f"s{number}"))
                    for number in range(MANY)
                ]
                small = await one(fetcher, server.base + "/feed")
                return await asyncio.gather(*many), small

    return asyncio.run(body())


def test_sources_that_flood_at_once_hold_no_more_than_the_room_and_one_document_and_all_end():
    large = Watched(3 * MEBIBYTE, patience_seconds=HOUR)
    many, small = asked("/endless", large)
    assert [type(one) for one in many] == [FetchTooLarge] * MANY
    assert small.status == "fresh"
    assert 0 < large.most_held < 4 * MEBIBYTE + STEP_BYTES
    assert large.held_bytes == 0


def test_large_documents_count_until_their_poll_is_over_and_all_come():
    bodies = BodyRoom()
    bodies.large = large = Watched(2 * MEBIBYTE, patience_seconds=HOUR)
    many, _ = asked("/large", large, bodies)
    assert [len(one.document.body) for one in many] == [MEBIBYTE // 2] * MANY
    assert 0 < large.most_held < 2.5 * MEBIBYTE + STEP_BYTES
    assert large.held_bytes == 0


@given(st.lists(st.integers(1, 3 * STEP_BYTES), min_size=1, max_size=40))
def test_a_document_that_comes_in_pieces_of_any_size_holds_less_than_a_step_more_than_has_come(pieces):
    async def body():
        large, held = Watched(), []

        async def chunks():
            for size in pieces:
                yield b"x" * size
                held.append(large.held_bytes)

        with large.share("s") as share:
            come = await read_body(chunks(), "", MEBIBYTE * 8, share.grow)
        return len(come), held, large.held_bytes

    come, held, left = asyncio.run(body())
    sizes = list(accumulate(pieces))
    assert (come, left) == (sizes[-1], 0)
    assert all(
        size <= holds < size + STEP_BYTES if size > LARGE_BYTES else holds == 0
        for size, holds in zip(sizes, held, strict=True)
    )


def patient(source_id: str, url: str, *, hours: float) -> FetchRequest:
    return FetchRequest(
        source_id=source_id, url=url, total_seconds=hours * HOUR, idle_seconds=99 * HOUR, spacing_seconds=0.0
    )


def waiting_for_room(large: LargeBodies) -> set[str]:
    return {turn.source_id for turn in large._waiting}


async def until_waiting(large: LargeBodies, source_id: str) -> None:
    while source_id not in waiting_for_room(large):  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.01)


def test_a_large_document_that_never_had_room_fails_in_words_and_its_source_is_not_called_slow():
    async def body():
        clock, large, lanes = Clock(), LargeBodies(MEBIBYTE), Lanes(4, patience_seconds=HOUR)
        await large.hold("ahead", 2 * MEBIBYTE)  # another source's, which is never given back
        async with hostile_server() as server:
            server.pages["/large"] = (200, b"x" * (MEBIBYTE // 2))
            async with Fetcher(
                lambda: NOW, allow_private_hosts=(server.host,), large=large, lanes=lanes
            ) as fetcher:
                asked = asyncio.create_task(fetcher.fetch(patient("s", server.base + "/large", hours=4)))
                await until_waiting(large, "s")
                await clock.leap(5 * HOUR)
                with pytest.raises(FetchError) as failed:
                    await asked
        return str(failed.value), large.held_bytes, lanes.is_slow("s")

    assert asyncio.run(body()) == (NO_ROOM, 2 * MEBIBYTE, False)


def test_waiting_for_room_takes_nothing_of_the_time_a_source_has():
    async def body():
        clock, large, lanes = Clock(), LargeBodies(MEBIBYTE), Lanes(4, patience_seconds=HOUR)
        await large.hold("ahead", 2 * MEBIBYTE)
        async with hostile_server() as server:
            server.pages["/large"] = (200, b"x" * (MEBIBYTE // 2))
            async with Fetcher(
                lambda: NOW, allow_private_hosts=(server.host,), large=large, lanes=lanes
            ) as fetcher:
                asked = asyncio.create_task(fetcher.fetch(patient("s", server.base + "/large", hours=4)))
                await until_waiting(large, "s")
                await clock.leap(3 * HOUR)
                large.give_back("ahead", 2 * MEBIBYTE)
                return (await asked).status, lanes.is_slow("s")

    assert asyncio.run(body()) == ("fresh", False)


@pytest.mark.parametrize(
    ("polls", "pages", "size"), [(1, 6, MEBIBYTE), (3, 5, MEBIBYTE), (6, 2, 3 * MEBIBYTE)]
)
def test_polls_of_many_large_pages_wait_neither_for_themselves_nor_for_each_other(polls, pages, size):
    async def body():
        bodies = BodyRoom()
        bodies.large = large = Watched(3 * MEBIBYTE)

        async def poll(fetcher, server, name):
            room, url = PollRoom(fetcher.fetch, 20 * MEBIBYTE, bodies), server.base + "/large"
            try:
                for _ in range(pages):
                    await room.fetch(FetchRequest(source_id=name, url=url, spacing_seconds=0.0))
            finally:
                room.leave()

        async with hostile_server() as server:
            server.pages["/large"] = (200, b"x" * size)
            async with Fetcher(
                lambda: NOW,
                allow_private_hosts=(server.host,),
                politeness=Politeness(per_host=2),
                large=large,
            ) as fetcher:
                await asyncio.gather(*(poll(fetcher, server, f"s{number}") for number in range(polls)))
        await asyncio.sleep(0)
        return large.most_held, large.held_bytes

    most, left = asyncio.run(asyncio.wait_for(body(), 60))
    assert most <= 3 * MEBIBYTE + pages * size
    assert left == 0


@asynccontextmanager
async def dripping(size):
    """A server that sends `size` bytes of a body without end at once, and then a few at a time; its address."""

    async def talk(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % size + b"x" * size)
            while True:
                writer.write(b"\r\n1\r\nx")
                await writer.drain()
                await asyncio.sleep(0.02)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    serving = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with serving:
        yield f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}"


def beside_drips(dripped, most, large_documents):
    """Four sources drip while honest ones send a large document; what these gave or failed with, and what those did.

    Hours pass whenever none of the honest can go on without room.
    """

    async def body():
        clock, large = Clock(), LargeBodies(most, patience_seconds=HOUR)
        lanes = Lanes(16, patience_seconds=HOUR)
        async with hostile_server() as server, dripping(dripped) as drips:
            server.pages["/large"] = (200, b"x" * (MEBIBYTE // 2))
            async with Fetcher(
                lambda: NOW,
                allow_private_hosts=("127.0.0.1",),
                politeness=Politeness(per_host=16),
                large=large,
                lanes=lanes,
            ) as fetcher:

                def ask(source_id, url):
                    return asyncio.create_task(
                        fetcher.fetch(patient(source_id, url, hours=9_999)), name=source_id
                    )

                bad = [ask(f"bad{number}", drips) for number in range(4)]
                while large.held_bytes < min(most, 4 * dripped):  # noqa: ASYNC110 - the server tells nobody
                    await asyncio.sleep(0.01)
                good = [ask(f"good{number}", server.base + "/large") for number in range(large_documents)]
                while under_way := {task.get_name() for task in good if not task.done()}:
                    if under_way <= waiting_for_room(large):
                        await clock.leap(4 * HOUR)
                    await asyncio.sleep(0.01)
                came = await asyncio.gather(*good, return_exceptions=True)
                ended = [str(task.exception()) for task in bad if task.done()]
                for task in bad:
                    task.cancel()
                await asyncio.gather(*bad, return_exceptions=True)
                late = [number for number in range(large_documents) if lanes.is_slow(f"good{number}")]
        return [getattr(one, "status", one) for one in came], ended, late

    return asyncio.run(body())


def test_sources_that_drip_hold_only_what_has_come_of_them():
    came, ended, late = beside_drips(300 * 1024, 4 * MEBIBYTE, 6)
    assert (came, ended, late) == (["fresh"] * 6, [], [])


def test_what_drips_gives_its_room_to_those_that_wait():
    came, ended, late = beside_drips(MEBIBYTE, 2 * MEBIBYTE, 6)
    assert (came, late) == (["fresh"] * 6, [])
    assert set(ended) <= {GIVEN_UP}


def test_a_poll_that_went_ahead_and_drips_is_given_up_for_those_that_wait():
    came, ended, _ = beside_drips(2 * MEBIBYTE, MEBIBYTE, 2)
    assert came == ["fresh"] * 2
    assert GIVEN_UP in ended


def test_one_goes_on_without_room_and_the_next_when_that_has_left():
    async def body():
        large = LargeBodies(10)
        first = asyncio.create_task(large.hold("a", 4))
        second = asyncio.create_task(large.hold("b", 99))
        third = asyncio.create_task(large.hold("c", 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        seen = [(first.done(), second.done(), third.done())]
        large.give_back("b", 99)
        await asyncio.sleep(0.01)
        seen.append((first.done(), second.done(), third.done()))
        return seen

    assert asyncio.run(body()) == [(True, True, False), (True, True, True)]


def test_of_those_that_wait_the_one_that_has_held_longest_goes_on_and_stays_ahead():
    async def body():
        large = LargeBodies(10)
        for name in "ab":
            await large.hold(name, 5)
        waiting = {name: asyncio.create_task(large.hold(name, 7)) for name in "cba"}
        await asyncio.sleep(0.01)
        # c asked first and so went on alone; a comes next, as it has held longest, and then asks for more
        seen = [[name for name, task in waiting.items() if task.done()]]
        large.give_back("c", 7)
        await asyncio.sleep(0.01)
        seen.append([name for name, task in waiting.items() if task.done()])
        await asyncio.wait_for(large.hold("a", 50), 1)
        large.give_back("a", 62)
        await asyncio.sleep(0.01)
        seen.append([name for name, task in waiting.items() if task.done()])
        return seen

    assert asyncio.run(body()) == [["c"], ["c", "a"], ["c", "b", "a"]]


def test_one_that_is_cancelled_in_the_queue_takes_nothing_with_it():
    async def body():
        large = LargeBodies(10)
        await large.hold("a", 11)
        tired, next_one = (asyncio.create_task(large.hold(*turn)) for turn in (("b", 10), ("c", 3)))
        await asyncio.sleep(0)
        tired.cancel()
        large.give_back("a", 11)
        await asyncio.sleep(0.01)
        return next_one.done(), large.held_bytes

    assert asyncio.run(body()) == (True, 3)


@pytest.mark.parametrize("length", ["0" * 18 + "5000000", "9" * 5_000])
def test_a_length_in_any_spelling_is_refused_when_it_is_too_large(length):
    answer = SimpleNamespace(headers={"Content-Length": length})
    with pytest.raises(FetchTooLarge):
        fetch._refuse_announced(answer, MEBIBYTE)
    fetch._refuse_announced(SimpleNamespace(headers={"Content-Length": "0" * 20 + "12"}), MEBIBYTE)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, LARGE_BYTES, LARGE_BYTES + 1, 3 * MEBIBYTE])
def test_a_packed_body_of_any_size_comes_whole_and_asks_for_room_only_when_large(size):
    packed = gzip.compress(b"g" * size)

    async def body():
        turns = []

        async def chunks():
            for start in range(0, len(packed), 1_000):
                yield packed[start : start + 1_000]

        async def take(size):
            turns.append(size)
            return size + 64 * 1024

        return len(await read_body(chunks(), "gzip", 4 * MEBIBYTE, take)), turns

    come, turns = asyncio.run(body())
    assert come == size
    assert bool(turns) == (size > LARGE_BYTES)
    assert not turns or turns[-1] + 64 * 1024 >= size
