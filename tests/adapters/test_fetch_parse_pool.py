"""Documents read in processes of their own."""

import asyncio
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from tests.adapters.hostile_server import FEED
from warning.app.parse_pool import ParsePool, _Worker
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


class Sleeper(_Worker):
    """A worker on which a document hangs: it never answers."""

    def ask(self, task: bytes) -> bytes:
        assert self._process.stdout is not None
        self._process.stdout.read()
        raise EOFError


def test_a_document_that_hangs_is_ended_and_the_next_one_is_read():
    async def body():
        async with ParsePool(workers=1, seconds=20) as pool:
            pool._idle.get_nowait()
            pool._idle.put_nowait(Sleeper())
            pool._seconds = 0.2
            with pytest.raises(ParseError, match=r"took longer than 0\.2 s"):
                await pool.parse(document(FEED), RSS, PROFILE, frozenset())
            pool._seconds = 20
            return await pool.parse(document(FEED), RSS, PROFILE, frozenset())

    assert len(asyncio.run(body()).items) == 1


def test_a_document_that_ends_its_worker_costs_nothing_else():
    async def body():
        async with ParsePool(workers=1) as pool:
            await pool.parse(document(FEED), RSS, PROFILE, frozenset())
            worker = pool._idle.get_nowait()
            worker._process.kill()
            pool._idle.put_nowait(worker)
            with pytest.raises(ParseError, match="ended the process"):
                await pool.parse(document(FEED), RSS, PROFILE, frozenset())
            return await pool.parse(document(FEED), RSS, PROFILE, frozenset())

    assert len(asyncio.run(body()).items) == 1


def test_a_cancelled_reading_leaves_no_process_behind():
    async def body():
        async with ParsePool(workers=1) as pool:
            pool._idle.get_nowait()
            sleeper = Sleeper()
            pool._idle.put_nowait(sleeper)
            task = asyncio.create_task(pool.parse(document(FEED), RSS, PROFILE, frozenset()))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return sleeper._process.poll()

    assert asyncio.run(body()) is not None
