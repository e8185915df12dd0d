"""Sources that hang fill neither the fetcher's places nor a host's gate: others are answered while they still hang."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from tests.adapters.hostile_server import hostile_server
from warning.app.body_room import MOST_BYTES_OF_ONE, BodyRoom
from warning.collect.fetch import Fetcher
from warning.collect.fetch_values import FetchRequest
from warning.collect.lanes import Lanes
from warning.errors import FetchError

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PLACES = 4
HANGING = 3 * PLACES


@asynccontextmanager
async def asking(**options):
    """A server on every loopback address and `ask(source, path, address=...)`."""
    async with hostile_server("0.0.0.0") as server:
        port = server.base.rpartition(":")[2]
        hosts = tuple(f"127.2.0.{n}:{port}" for n in range(1, 100))
        lanes = Lanes(PLACES, slow_places=2, patience_seconds=0.05)
        async with Fetcher(lambda: NOW, allow_private_hosts=hosts, lanes=lanes, **options) as fetcher:

            def ask(source: str, path: str, *, address: int, **more: float) -> asyncio.Task:
                url = f"http://127.2.0.{address}:{port}{path}"
                usual = {"spacing_seconds": 0.0, "total_seconds": 20.0}
                request = FetchRequest(source_id=source, url=url, **(usual | more))
                return asyncio.create_task(fetcher.fetch(request))

            yield ask, lanes


async def ended(tasks) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def become_slow(lanes: Lanes, sources: list[str]) -> None:
    """Those that got their place last are within their patience while others are answered through a single place."""
    has_changed = asyncio.Event()
    lanes.tell_late = lambda _, late: has_changed.set()
    async with asyncio.timeout(10):
        while not all(map(lanes.is_slow, sources)):
            has_changed.clear()
            await has_changed.wait()


def test_sources_that_hang_leave_their_places_to_others() -> None:
    """As many as there are places; those that come after them are answered while all of them still hang."""

    async def body():
        async with asking() as (ask, _):
            hanging = [ask(f"h{n}", "/silent", address=n + 1) for n in range(PLACES)]
            well = [ask(f"w{n}", "/feed", address=50 + n) for n in range(20)]
            answers = await asyncio.gather(*well)
            pending = sum(not task.done() for task in hanging)
            await ended(hanging)
            return [answer.status for answer in answers], pending

    assert asyncio.run(body()) == (["fresh"] * 20, PLACES)


@pytest.mark.parametrize("path", ["/silent", "/stalls"])
def test_silence_longer_than_the_patience_is_counted_from_its_end(path):
    async def body():
        async with asking() as (ask, lanes):
            idle_seconds = 4 * lanes.patience_seconds
            with pytest.raises(FetchError) as failed:
                await ask("h", path, address=1, idle_seconds=idle_seconds)
            return str(failed.value)

    assert asyncio.run(body()) == "the server said nothing for 0.2 s"


def test_a_document_that_comes_late_in_pieces_is_not_silent():
    """It takes many times its idle time, and none of its pauses does."""

    async def body():
        async with asking() as (ask, lanes):
            with pytest.raises(FetchError) as failed:
                await ask("h", "/drip", address=1, idle_seconds=4 * lanes.patience_seconds, total_seconds=1.0)
            return str(failed.value)

    assert asyncio.run(body()) == "the document was not complete after 1 s"


def test_sources_that_hung_wait_among_their_like_however_many_they_are() -> None:
    async def body():
        async with asking() as (ask, lanes):
            for n in range(HANGING):
                lanes.learn(f"h{n}", late=True)
            hanging = [ask(f"h{n}", "/silent", address=n + 1) for n in range(HANGING)]
            await asyncio.sleep(0.1)
            answers = await asyncio.gather(*(ask(f"w{n}", "/feed", address=50 + n) for n in range(20)))
            in_usual_places = PLACES - lanes.usual.free
            pending = sum(not task.done() for task in hanging)
            await ended(hanging)
            return [answer.status for answer in answers], pending, in_usual_places

    assert asyncio.run(body()) == (["fresh"] * 20, HANGING, 0)


def test_sources_that_hang_for_the_first_time_hold_up_nobody_however_many_they_are() -> None:
    """Four times the places: those beside are all taken, and then the ones that waited longest give theirs up."""

    async def body():
        async with asking() as (ask, lanes):
            hanging = [ask(f"h{n}", "/silent", address=n + 1) for n in range(4 * PLACES)]
            await asyncio.sleep(0)
            well = [ask(f"w{n}", "/feed", address=50 + n) for n in range(20)]
            answers = await asyncio.gather(*well)
            pending = sum(not task.done() for task in hanging)
            causes = {str(task.exception()) for task in hanging if task.done()}
            await become_slow(lanes, [f"h{n}" for n in range(4 * PLACES)])
            await ended(hanging)
            given_back = lanes.usual.free, lanes.slow.free, lanes.left_beside
            return [answer.status for answer in answers], pending, causes, given_back

    statuses, pending, causes, given_back = asyncio.run(body())
    assert statuses == ["fresh"] * 20
    assert 0 < pending <= 3 * PLACES
    assert [cause for cause in causes if "many sources kept us waiting" not in cause] == []
    assert given_back == (PLACES, 2, 2 * PLACES)


def test_a_document_that_is_coming_is_not_given_up_for_sources_that_hang() -> None:
    async def body():
        async with asking() as (ask, _):
            coming = ask("large", "/flow", address=40)
            hanging = [ask(f"h{n}", "/silent", address=n + 1) for n in range(4 * PLACES)]
            well = [ask(f"w{n}", "/feed", address=50 + n) for n in range(20)]
            await asyncio.gather(*well)
            answer = await coming
            await ended(hanging)
            return answer.status, len(answer.document.body)

    assert asyncio.run(body()) == ("fresh", 20_000)


def test_nobody_is_given_up_while_nobody_waits() -> None:
    async def body():
        async with asking() as (ask, _):
            hanging = [ask(f"h{n}", "/silent", address=n + 1) for n in range(3 * PLACES)]
            await asyncio.sleep(0.5)
            pending = sum(not task.done() for task in hanging)
            await ended(hanging)
            return pending

    assert asyncio.run(body()) == 3 * PLACES


def test_a_source_that_answers_in_time_again_is_among_the_usual_ones() -> None:
    async def body():
        async with asking() as (ask, lanes):
            hanging = ask("s", "/silent", address=1)
            await asyncio.wait([hanging], timeout=0.3)
            was_slow = lanes.is_slow("s")
            await ended([hanging])
            after_failure = lanes.is_slow("s")
            await ask("s", "/feed", address=2)
            return was_slow, after_failure, lanes.is_slow("s")

    assert asyncio.run(body()) == (True, True, False)


def test_sources_that_hang_leave_their_hosts_gate_to_its_others() -> None:
    """Three of one host hang, one more than its gate lets in; the fourth of the host is answered meanwhile."""

    async def body():
        async with asking() as (ask, lanes):
            for name in ("h0", "h1"):
                lanes.learn(name, late=True)
            hanging = [ask(f"h{n}", "/silent", address=1) for n in range(3)]
            answer = await ask("well", "/feed", address=1)
            pending = sum(not task.done() for task in hanging)
            await ended(hanging)
            return answer.status, pending

    assert asyncio.run(body()) == ("fresh", 3)


def test_all_places_are_given_back_whatever_became_of_the_requests() -> None:
    async def body():
        async with asking() as (ask, lanes):
            for _ in range(3):
                hanging = [ask(f"h{n}", "/silent", address=n + 1) for n in range(2 * PLACES)]
                refused = [ask(f"r{n}", "/reset", address=40 + n) for n in range(5)]
                answers = await asyncio.gather(*refused, return_exceptions=True)
                assert all(isinstance(answer, FetchError) for answer in answers)
                await ended(hanging)
            return lanes.usual.free, lanes.slow.free, lanes.left_beside

    assert asyncio.run(body()) == (PLACES, 2, 2 * PLACES)


def test_asking_pauses_while_what_came_is_not_read() -> None:
    async def body():
        room = BodyRoom(most_bytes=2 * MOST_BYTES_OF_ONE, patience_seconds=600)
        async with asking(room=room.opened) as (ask, _):
            counted = [room.take(50 * MOST_BYTES_OF_ONE), room.take(MOST_BYTES_OF_ONE)]
            asked = ask("s", "/feed", address=1)
            done, _ = await asyncio.wait([asked], timeout=0.2)
            room.give_back(counted[0])
            return len(done), (await asked).status

    assert asyncio.run(body()) == (0, "fresh")


def test_a_reader_that_hangs_does_not_end_the_asking() -> None:
    async def body():
        room = BodyRoom(most_bytes=1, patience_seconds=0.05)
        async with asking(room=room.opened) as (ask, _):
            room.take(1)
            return (await ask("s", "/feed", address=1)).status

    assert asyncio.run(body()) == "fresh"


def test_a_host_that_asks_to_wait_is_not_asked_by_its_slow_sources_either() -> None:
    async def body():
        async with asking() as (ask, lanes):
            lanes.learn("slow", late=True)
            first = await asyncio.gather(ask("s", "/busy?wait=120", address=1), return_exceptions=True)
            second = await asyncio.gather(ask("slow", "/feed", address=1), return_exceptions=True)
            return [isinstance(answer, FetchError) for answer in (*first, *second)]

    assert asyncio.run(body()) == [True, True]


def test_a_request_ends_at_its_time_whether_that_is_before_or_after_the_patience() -> None:
    """0.05 s of patience; the server never answers."""

    async def body(total_seconds: float) -> str:
        async with hostile_server("127.0.0.1") as server:
            lanes = Lanes(PLACES, patience_seconds=0.05)
            host = server.base.removeprefix("http://")
            async with Fetcher(lambda: NOW, allow_private_hosts=(host,), lanes=lanes) as fetcher:
                request = FetchRequest(
                    source_id="s", url=f"{server.base}/silent", total_seconds=total_seconds
                )
                answers = await asyncio.gather(fetcher.fetch(request), return_exceptions=True)
                return str(answers[0])

    for total_seconds in (0.02, 0.05, 0.2):
        assert asyncio.run(body(total_seconds)) == f"the document was not complete after {total_seconds:g} s"


def test_each_of_many_requests_has_a_patience_of_its_own() -> None:
    """Sent one after the other, and late one after the other; those that end in time are forgotten."""

    async def body():
        loop = asyncio.get_running_loop()
        lanes = Lanes(PLACES, patience_seconds=0.2)
        found: list[tuple[str, bool]] = []
        lanes.learn = lambda source, *, late: found.append((source, late))

        async def request(name: str, seconds: float) -> None:
            async with lanes.place(name) as place:
                place.start()
                await asyncio.sleep(seconds)

        tasks = [loop.create_task(request("a", 0.5)), loop.create_task(request("b", 0.0))]
        await asyncio.sleep(0.1)
        tasks.append(loop.create_task(request("c", 0.25)))
        await asyncio.gather(*tasks)
        return found, len(lanes._in_time)

    found, left = asyncio.run(body())
    assert found == [("b", False), ("a", True), ("c", True), ("c", True), ("a", True)]
    assert left == 0
