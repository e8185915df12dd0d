"""One poll keeps the processes that read documents only so long: what is left over is read at the next ones, and told."""

import asyncio
from contextlib import contextmanager

import pytest

from tests.adapters.collected_specs import DETAIL, spec_of
from tests.adapters.mail_desk import mail
from tests.adapters.mortal_parser import KILLS
from tests.adapters.slow_reading import AT_ONCE, poll_of, polled, slow, slow_reader
from tests.adapters.test_asking import JSON, TABLE, figures, rows
from tests.adapters.test_dropping import Drop
from warning.app.collecting import Memory
from warning.app.parse_pool import ParsePool
from warning.collect.mailbox_mark import put_back

__all__ = ["polled", "slow_reader"]


def test_pages_left_over_are_read_at_the_next_polls_and_none_is_asked_for_in_vain(polled):
    async def body(bench):
        spec = spec_of(bench.url("/list?n=3"), parse=DETAIL)
        outcomes = [await poll_of(bench, spec) for _ in range(3)]
        assert [outcome.condition for outcome in outcomes] == ["partial", "partial", "ok"]
        assert outcomes[0].cause == (
            "2 pages unread: reading took the 1e-09 s that all documents of a poll have: the rest follows at the next poll"
        )
        assert [outcome.items_new for outcome in outcomes] == [3, 0, 0]
        assert all(item.body for item in bench.items())
        assert {count for path, count in bench.server.hits.items() if path != "/list"} == {1}

    def pages_alone(pool: ParsePool) -> Memory:
        """The list itself takes nothing."""
        memory = slow(pool)

        async def parser(*what, spending):
            return await pool.parse(*what)

        memory.parser = parser
        return memory

    polled(body, pages_alone)


def test_documents_left_over_are_read_at_the_next_polls_until_all_are_stored_once(polled):
    async def body(bench):
        months = ("202510", "202511", "202512", "202601")
        bench.server.pages = {f"/{m}": figures((f"{m[:4]}-{m[4:]}", float(m))) for m in months}
        spec = spec_of(bench.url("/{from}"), parse=TABLE, kind="customs", window={"months": 1, "back": 4})
        outcomes, marks = [], []
        for _ in range(5):
            outcomes.append(await poll_of(bench, spec))
            marks.append((bench.state().etag, len(bench.state().read_pages)))
        assert [outcome.observations_new for outcome in outcomes] == [1, 1, 1, 1, 0]
        assert [outcome.condition for outcome in outcomes] == ["partial"] * 3 + ["ok", "ok"]
        assert outcomes[0].cause.startswith(
            "not all of it could be read: documents unread: 3 of 4: reading took"
        )
        assert marks[:4] == [("", 2), ("", 3), ("", 4), ("whole 2026-02-01", 1)], (
            "the months are whole when all was read"
        )
        assert outcomes[4].seen == 1, "and the newest window is read at each poll"

    polled(body)


def test_a_list_of_which_pages_are_left_over_is_not_stored(polled):
    async def body(bench):
        for page in (1, 2):
            bench.server.pages[f"/list/{page}"] = (200, b"name,country\nfirm %d,CN\n" % page)
        listing = {"format": "listing", "key": "name", "name": "name", "country": "country"}
        spec = spec_of(bench.url("/list/{page}"), parse=listing, pages={"size": 1, "most": 2})
        outcome = await poll_of(bench, spec)
        assert (outcome.condition, outcome.listing_changes) == ("failing", 0)
        assert outcome.cause.startswith("the list was not stored: reading took")

    polled(body)


def test_pages_that_are_counted_are_read_once(run):
    async def body(bench):
        async with ParsePool(workers=1) as pool:
            read = []

            async def parser(document, *how, spending):
                read.append(document.url)
                return await pool.parse(document, *how, spending=spending)

            bench.memory = Memory(parser=parser, elsewhere=pool.run)
            for page, numbers in ((1, (1, 2)), (2, (3, 4)), (3, (5,))):
                bench.server.pages[f"/{page}"] = rows(*numbers)
            outcome = await poll_of(bench, spec_of(bench.url("/{page}"), parse=JSON, pages={"size": 2}))
        assert (outcome.items_new, read) == (5, [bench.url(f"/{page}") for page in (1, 2, 3)])
        assert len({item.archive_hash for item in bench.items()} - {""}) == 3

    run(body)


@pytest.mark.parametrize("killed", [(), (1, 2)])
def test_mails_left_over_are_asked_for_again_and_none_is_lost_or_doubled(desk, killed):
    desk.in_processes = True
    desk.memory.reading_seconds = AT_ONCE
    for number in range(1, 4):
        desk.box.add(mail(number, KILLS if number in killed else b""))
    outcomes = [desk.poll() for _ in range(3)]
    well = [f"report {n}" for n in range(1, 4) if n not in killed]
    assert desk.titles() == well
    assert sum(outcome.items_new for outcome in outcomes) == len(well)
    assert len(desk.state.left_out) == len(killed)
    if killed:
        assert "mails unread: 2 of 3: reading took" in outcomes[0].cause
    desk.box.add(mail(9))
    assert (desk.poll().items_new, desk.state.condition) == (1, "ok")


def test_files_left_over_wait_in_taking_and_are_read_at_the_next_polls(tmp_path):
    drop = Drop(tmp_path)
    for name in ("a", "b", "c"):
        drop.put(f"{name}.txt", f"Notice {name}")

    async def polls():
        async with ParsePool(workers=1) as pool:
            return [await drop.collect(memory=slow(pool)) for _ in range(4)]

    outcomes = asyncio.run(polls())
    assert [outcome.items_new for outcome in outcomes] == [1, 1, 1, 0]
    assert [outcome.condition for outcome in outcomes] == ["partial", "partial", "ok", "not_modified"]
    assert outcomes[0].cause.startswith("files unread: 2 of 3: reading took")
    assert drop.lying("done") == ["a.txt", "b.txt", "c.txt"]


def test_what_waits_for_a_reader_takes_nothing_of_a_poll():
    told: list[str] = []

    def noted(name: str):
        @contextmanager
        def spending():
            told.append(f"{name} begins")
            yield
            told.append(f"{name} ends")

        return spending

    async def body():
        async with ParsePool(workers=1) as pool:
            await asyncio.gather(*(pool.run(len, "", spending=noted(name)) for name in ("one", "two")))

    asyncio.run(body())
    assert told == ["one begins", "one ends", "two begins", "two ends"]


def test_mails_put_back_are_asked_for_again_and_what_is_owed_stays_owed():
    assert put_back("7:20 12x1,18x0", "7:10 4x2", [15, 16]) == "7:14 12x1"
    assert put_back("7:20 12x1", "7:10 4x2,5x0", [4, 16]) == "7:15 4x2,12x1"
    assert put_back("7:20", "7:20 4x2", [4]) == "7:20 4x2"
    assert put_back("8:3", "7:20 4x2", [1, 2, 3]) == "8:0"
    assert put_back("8:3", "", [2, 3]) == "8:1"


def test_pages_that_are_counted_go_on_at_the_first_one_unread(polled):
    async def body(bench):
        for page in (1, 2, 3):
            bench.server.pages[f"/{page}"] = rows(page)
        bench.server.pages["/4"] = rows()
        spec = spec_of(bench.url("/{page}"), parse=JSON, pages={"size": 1, "most": 9})
        outcomes = [await poll_of(bench, spec) for _ in range(4)]
        assert [outcome.items_new for outcome in outcomes] == [1, 1, 1, 0]
        assert outcomes[0].cause.endswith("the rest follows at the next poll")

    polled(body)


def test_a_list_that_takes_several_polls_each_time_is_well_once_it_was_complete_and_says_in_how_many(polled):
    async def body(bench):
        bench.server.pages["/4"] = rows()
        spec = spec_of(bench.url("/{page}"), parse=JSON, pages={"size": 1, "most": 9})
        told = []
        for first in (1, 11, 21):
            bench.server.pages |= {f"/{page}": rows(first + page) for page in (1, 2, 3)}
            told += [await poll_of(bench, spec) for _ in range(7)]
        states = [outcome.condition for outcome in told]
        first = states.index("ok") + 1
        assert first > 2
        assert set(states[: first - 1]) == {"partial"}
        assert set(states[first:]) <= {"ok", "not_modified"}, "it swings no more"
        assert [o.condition for o in told if o.answer != "fresh"], "what does not change is not read anew"
        assert all(
            o.cause.endswith(f"complete in {first} polls") for o in told[first:] if o.answer == "fresh"
        )
        assert sum(o.items_new for o in told) == 9
        assert max(o.seen for o in told) == 3

    polled(body)


def test_a_list_that_takes_longer_than_a_poll_has_gets_more_time_at_the_next_ones(polled, slow_reader):
    async def body(bench):
        firms = {1: b"a,CN\nb,CN\n", 2: b"c,CN\nd,CN\n", 3: b"e,CN\n"}
        for page, lines in firms.items():
            bench.server.pages[f"/list/{page}"] = (200, b"name,country\n" + lines)
        listing = {"format": "listing", "key": "name", "name": "name", "country": "country"}
        spec = spec_of(bench.url("/list/{page}"), parse=listing, pages={"size": 2, "most": 3})
        outcomes = [await poll_of(bench, spec) for _ in range(4)]
        said = [outcome.cause.rpartition(": ")[2] for outcome in outcomes[:2]]
        assert said == ["the next poll has 2 s", "the next poll has 4 s"]
        assert [outcome.condition for outcome in outcomes] == ["failing", "failing", "ok", "not_modified"]
        assert outcomes[2].seen == 5

    polled(body, slow_reader)


def test_a_list_that_no_poll_can_read_counts_as_not_read_and_says_so(polled):
    async def body(bench):
        for page in (1, 2):
            bench.server.pages[f"/list/{page}"] = (200, b"name,country\nfirm %d,CN\n" % page)
        listing = {"format": "listing", "key": "name", "name": "name", "country": "country"}
        spec = spec_of(bench.url("/list/{page}"), parse=listing, pages={"size": 1, "most": 2})
        outcomes = [await poll_of(bench, spec) for _ in range(3)]
        assert outcomes[2].cause.startswith("the list was not stored: ")
        assert outcomes[2].cause.endswith("no poll has more: the list is never complete")
        state = bench.state()
        assert (state.condition, state.failures, state.last_success_at) == ("failing", 3, None)

    polled(body)
