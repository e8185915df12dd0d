"""Documents read in processes of their own."""

import asyncio
import os
import signal
import time
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from tests.adapters.hostile_server import FEED
from warning.app.parse_nursery import Alone, Forked
from warning.app.parse_pool import ParsePool
from warning.collect.parse import parse
from warning.core.documents import Document
from warning.core.formats import Format
from warning.core.sources import unknown_source
from warning.errors import ParseError

PROFILE = unknown_source("s", "news", "KR", "ko")
RSS = TypeAdapter(Format).validate_python({"format": "rss"})


def document(body: bytes) -> Document:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Document(source_id="s", url="https://example.org/", body=body, fetched_at=at)


async def pooled(*bodies: bytes, **options):
    async with ParsePool(**options) as pool:
        asked = [pool.parse(document(body), RSS, PROFILE, frozenset()) for body in bodies]
        return await asyncio.gather(*asked, return_exceptions=True)


def test_the_pool_reads_as_the_parser_does():
    first, second = asyncio.run(pooled(FEED, b"{}"))
    assert first == parse(document(FEED), RSS, PROFILE)
    assert isinstance(second, ParseError)


def test_entries_read_before_stay_unread():
    async def twice():
        async with ParsePool(workers=1) as pool:
            first = await pool.parse(document(FEED), RSS, PROFILE, frozenset())
            return await pool.parse(document(FEED), RSS, PROFILE, first.entry_hashes)

    again = asyncio.run(twice())
    assert (again.seen, again.items) == (1, ())


NURSERIES = pytest.mark.parametrize("nursery", [Forked, Alone])


@NURSERIES
def test_a_document_that_hangs_is_ended_and_the_next_one_is_read(nursery):
    async def body():
        async with ParsePool(workers=1, born_in=nursery()) as pool:
            await pool.run(len, ())
            pool._seconds = 0.2
            with pytest.raises(ParseError, match=r"took longer than 0\.2 s"):
                await pool.run(time.sleep, 100)
            pool._seconds = 60
            return await pool.parse(document(FEED), RSS, PROFILE, frozenset())

    assert len(asyncio.run(body()).items) == 1


@NURSERIES
def test_a_document_that_ends_its_worker_costs_nothing_else(nursery):
    async def body():
        async with ParsePool(workers=1, born_in=nursery()) as pool:
            with pytest.raises(ParseError, match="ended the process"):
                await pool.run(os._exit, 1)
            return await pool.parse(document(FEED), RSS, PROFILE, frozenset())

    assert len(asyncio.run(body()).items) == 1


@NURSERIES
def test_a_cancelled_reading_leaves_no_process_behind(nursery):
    async def body():
        async with ParsePool(workers=1, born_in=nursery()) as pool:
            process = await pool.run(os.getpid)
            task = asyncio.create_task(pool.run(time.sleep, 100))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return process

    assert is_gone(asyncio.run(body()))


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@NURSERIES
def test_a_reading_is_finished_when_all_processes_of_the_service_are_asked_to_end(nursery):
    """As a service manager does; the service itself then lets what runs finish, and ends the others."""

    async def body():
        async with ParsePool(workers=1, born_in=nursery()) as pool:
            worker, parent = await pool.run(os.getpid), await pool.run(os.getppid)
            reading = asyncio.create_task(pool.run(meet, 0.3))
            await asyncio.sleep(0.1)
            for process in {worker, parent} - {os.getpid()}:
                os.kill(process, signal.SIGTERM)
            return worker, parent, await reading

    worker, parent, read_by = asyncio.run(body())
    assert read_by == worker
    assert is_gone(worker)
    assert parent == os.getpid() or is_gone(parent)


def test_workers_of_one_origin_are_two_processes_and_none_is_left_when_the_pool_closes():
    async def body():
        async with ParsePool(workers=2) as pool:
            return await asyncio.gather(*(pool.run(meet, 0.5) for _ in range(2)))

    first, second = asyncio.run(body())
    assert first != second
    assert is_gone(first)
    assert is_gone(second)


def meet(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def test_the_origin_of_the_workers_may_die():
    """The reading that begins at that moment may fail with it; the next ones do not."""

    async def body():
        async with ParsePool(workers=1) as pool:
            origin = await pool.run(os.getppid)
            os.kill(origin, signal.SIGKILL)
            worker = pool._idle.get_nowait()
            worker.stop()
            pool._idle.put_nowait(None)
            await asyncio.gather(pool.run(len, ()), return_exceptions=True)
            return await pool.run(len, (1, 2, 3)), await pool.run(os.getppid) != origin

    assert asyncio.run(body()) == (3, True)
