"""What this program reads of a poll, and waits for its own readers, is no source's slowness: meanwhile no other poll begins.

No test waits for the clock: time leaps.
"""

import asyncio
import os
from itertools import groupby

import pytest

from tests.adapters.collected_specs import DETAIL, LIST, NOW, spec_of
from tests.adapters.leaping_clock import HOUR, Clock
from warning.app.body_room import BodyRoom
from warning.app.collecting import Memory, collect_due
from warning.app.parse_pool import parse_known
from warning.app.poll_turns import PollTurns
from warning.collect.fetch_values import MEBIBYTE, Fetched, Validators
from warning.collect.large_bodies import MOST_BYTES
from warning.core.documents import Document, Parsed
from warning.settings import Settings
from warning.store.engine import open_engine
from warning.store.repository import Repository


class Polls:
    """Two polls and a place for one; `begun` names those let in."""

    def __init__(self) -> None:
        self.clock, self.begun = Clock(), []
        self.turns = PollTurns(1, patience_seconds=HOUR, reading_seconds=9 * HOUR)
        for name in ("one", "next"):
            self.turns.begin(name, name, lambda name=name: self.begun.append(name))

    async def after(self, hours: float) -> int:
        await self.clock.leap(hours * HOUR)
        return len(self.begun)


def test_patience_stands_still_while_a_document_is_read_and_goes_on_behind_it():
    async def body():
        polls = Polls()
        seen = [await polls.after(0.5)]
        with polls.turns.reading("one"):
            seen.append(await polls.after(8))
        return [*seen, await polls.after(0.25), await polls.after(0.5)]

    assert asyncio.run(body()) == [1, 1, 1, 2]


def test_patience_goes_on_when_the_last_of_several_readings_of_a_poll_is_over():
    async def body():
        polls = Polls()
        first, second = polls.turns.reading("one"), polls.turns.reading("one")
        first.__enter__()
        second.__enter__()
        seen = [await polls.after(2)]
        first.__exit__(None, None, None)
        seen.append(await polls.after(2))
        second.__exit__(None, None, None)
        return [*seen, await polls.after(0.5), await polls.after(1)]

    assert asyncio.run(body()) == [1, 1, 1, 2]


def test_a_document_that_hangs_its_reader_is_not_waited_for_without_end():
    async def body():
        polls = Polls()
        with polls.turns.reading("one"):
            return [await polls.after(8), await polls.after(2)]

    assert asyncio.run(body()) == [1, 2]


def test_all_readings_of_a_poll_have_one_time_together():
    """A source of many pages would hold its place for as long as all of them hang their readers."""

    async def body():
        polls = Polls()
        seen = []
        for _ in range(2):
            with polls.turns.reading("one"):
                seen.append(await polls.after(4))
        with polls.turns.reading("one"):
            return [*seen, await polls.after(0.5), await polls.after(1)]

    assert asyncio.run(body()) == [1, 1, 1, 2]


def test_patience_stands_still_while_a_request_waits_for_room_that_other_documents_take():
    async def body():
        polls = Polls()
        memory = Memory(turns=polls.turns, bodies=BodyRoom(most_bytes=1, patience_seconds=99 * HOUR))
        taken = memory.bodies.take(1)
        waiting = asyncio.create_task(memory.bodies.opened("one"))
        seen = [await polls.after(0), await polls.after(8)]
        memory.bodies.give_back(taken)
        await waiting
        return [*seen, await polls.after(0.5), await polls.after(1)]

    assert asyncio.run(body()) == [1, 1, 1, 2]


def test_patience_stands_still_while_a_large_document_waits_for_room():
    async def body():
        polls = Polls()
        large = Memory(turns=polls.turns).bodies.large
        await large.hold("ahead", 2 * MOST_BYTES)
        with large.share("one") as share:
            growing = asyncio.create_task(share.grow(MEBIBYTE))
            seen = [await polls.after(0), await polls.after(8)]
            large.give_back("ahead", 2 * MOST_BYTES)
            await growing
        return [*seen, await polls.after(0.5), await polls.after(1)]

    assert asyncio.run(body()) == [1, 1, 1, 2]


def test_a_process_that_ends_takes_its_waiting_requests_with_it():
    async def body():
        polls = Polls()
        polls.turns.waits("one", waits=True)
        seen = [await polls.after(8)]
        polls.turns.forget_late()
        return [*seen, await polls.after(0.5), await polls.after(1)]

    assert asyncio.run(body()) == [1, 1, 2]


def test_a_poll_that_counts_no_longer_gives_nothing_back_when_its_reading_is_over():
    async def body():
        polls = Polls()
        with polls.turns.reading("one"):
            polls.turns.end("one")
        for name in ("one", "next"):
            with polls.turns.reading(name):
                pass
        polls.turns.end("next")
        return polls.turns.counting, polls.turns._of_host

    assert asyncio.run(body()) == (0, {})


ENTRIES = b"".join(
    b'<li><a href="/p/%d">Notice %d</a><span>2026-01-0%d</span></li>' % (n, n, n) for n in (1, 2, 3)
)
PAGES = {
    "/": b'<html><body><ul class="list">' + ENTRIES + b'</ul><a class="more" href="/list">all</a></body></html>',
    "/p/": b'<html><body><div id="text">The notice. <a class="annex" href="/annex.txt">annex</a></div></body></html>',
    "/annex.txt": b"%PDF-1.4 no more than this",
    "/map": b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/map2</loc></sitemap></sitemapindex>',
    "/map2": b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/p/1</loc></url></urlset>',
    "/list": b'<html><body><ul class="list">' + ENTRIES + b"</ul></body></html>",
}  # fmt: skip


class Answers:
    """Answers with the page at the longest beginning of a path; `asked` names the sources in the order of their requests."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fetch(self, request):
        self.asked.append(request.source_id)
        path = "/" + request.url.split("/", 3)[3].partition("?")[0]
        page = PAGES[max((place for place in PAGES if path.startswith(place)), key=len)]
        document = Document(
            source_id=request.source_id, url=request.url, body=page.replace(b"<loc>/", b"<loc>" + request.url.rpartition("/")[0].encode() + b"/"),
            content_type="text/html", fetched_at=NOW,
        )  # fmt: skip
        return Fetched(status="fresh", document=document, validators=Validators(url=request.url))


def polled(sqlite_url, specs, settings=None):
    """The sources in the order in which they were asked and read, with one place and readers that keep all waiting for hours."""

    async def body():
        clock, fetcher, engine = Clock(), Answers(), open_engine(sqlite_url)
        memory = Memory(turns=PollTurns(1, patience_seconds=HOUR, reading_seconds=99 * HOUR))
        doing = fetcher.asked

        async def parser(document, *how, spending) -> Parsed:
            return await elsewhere(parse_known, document, *how)

        async def elsewhere(function, *arguments, spending=None):
            await clock.leap(2 * HOUR)
            doing.append(getattr(arguments[0], "source_id", None) or arguments[1].id)
            return function(*arguments)

        memory.parser = parser
        memory.elsewhere = elsewhere
        await collect_due(
            specs, Repository(engine), fetcher, lambda: NOW, settings=settings or Settings(), memory=memory
        )
        engine.dispose()
        return doing

    return [name for name, _ in groupby(asyncio.run(body()))]


@pytest.mark.parametrize(
    ("place", "more"),
    [
        ("list", {"parse": LIST}),
        ("", {"parse": {**DETAIL, "annexes": "a.annex"}}),
        ("map", {"parse": {"format": "sitemap"}}),
        ("list{page}", {"parse": LIST, "pages": {"size": 3}}),
        ("", {"parse": LIST, "through": "a.more"}),
    ],
    ids=["one document", "pages behind a list", "sitemaps", "pages of rows", "a file behind a page"],
)
def test_a_poll_that_waits_for_busy_readers_lets_no_other_begin(sqlite_url, place, more):
    specs = [spec_of(f"https://h{n}.example/{place}", f"b-{n}", **more) for n in range(3)]
    assert polled(sqlite_url, specs) == ["b-0", "b-1", "b-2"]


def test_a_folder_whose_files_wait_for_busy_readers_lets_no_other_poll_begin(sqlite_url, tmp_path):
    specs = []
    for n in range(3):
        folder = tmp_path / f"drop{n}"
        folder.mkdir()
        for name in ("one", "two"):
            file = folder / f"{name}.txt"
            file.write_text(f"A title {name}\n\nWhat it says.")
            os.utime(file, (0, 0))
        parse = {"format": "file", "settle_seconds": 0}
        specs.append(spec_of(f"file:drop{n}", f"b-{n}", parse=parse))
    assert polled(sqlite_url, specs, Settings(home=tmp_path)) == ["b-0", "b-1", "b-2"]
