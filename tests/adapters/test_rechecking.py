"""Pages behind open alerts are looked at once a day; what its publisher took off the net is taken back."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.adapters.hostile_server import hostile_server
from tests.adapters.judged import commit, document, fired
from tests.core.build import START, book
from warning.app.rechecking import recheck_due
from warning.collect.fetch import Fetcher
from warning.collect.politeness import Politeness
from warning.core.health import SourceState
from warning.core.page_checks import PageChecks
from warning.core.withdrawals import PUBLISHER

PAGE = b"<html><title>x</title><p>Announcement No. 23</p></html>"


class Days:
    """A store with alerts on pages of one server, and looks at them on one day after another."""

    def __init__(self, repository, server, **policy):
        self.repository, self.server, self.now, self.waits = repository, server, START, []
        rules = book()
        checks = PageChecks(**{"spacing_seconds": 7, **policy})
        self.book = replace(rules, policy=rules.policy.model_copy(update={"page_checks": checks}))
        self.system = SimpleNamespace(book=lambda: self.book, repository=repository, clock=lambda: self.now)

    def tell(self, *names, **exhibit):
        for place, name in enumerate(names):
            one = fired(
                name, instrument=f"MOFCOM 2023/{name}", materials=("gallium", "germanium")[place % 2 :]
            )
            url = f"{self.server.base}/{name}"
            self.repository.add_items([document(name)])
            commit(self.repository, replace(one, exhibit=replace(one.exhibit, url=url, **exhibit)))
            self.server.pages[f"/{name}"] = (200, PAGE)

    async def look(self, days=1.0):
        """Look at everything that is due, so many days later; what is said, by evidence."""
        self.now += timedelta(days=days)
        before = {act.id for act in self.repository.waiting_withdrawals(self.now)}

        async def wait(seconds):
            self.waits.append(seconds)

        polite = Politeness(monotonic=lambda: sum(self.waits), sleep=wait)
        async with Fetcher(
            lambda: self.now, allow_private_hosts=("127.0.0.1", "127.0.0.2"), politeness=polite
        ) as fetcher:
            await recheck_due(self.system, fetcher, most=100)
        found = self.repository.waiting_withdrawals(self.now)
        return [(act.evidence_id, act.action) for act in found if act.id not in before]


@pytest.fixture
def days(repository):
    def run(told, **policy):
        async def served():
            async with hostile_server("0.0.0.0") as server:  # another address is another site
                await told(Days(repository, server, **policy))

        asyncio.run(served())

    return run


def test_page_that_is_gone_takes_its_evidence_back_once_with_the_reason_in_the_audit_log(days):
    async def told(run):
        run.tell("a", "b")
        assert await run.look() == []
        run.server.pages["/a"] = (410, b"")
        assert await run.look() == [("a", "withdrawn")]
        (act,) = run.repository.waiting_withdrawals(run.now)
        assert act.actor == PUBLISHER
        assert act.reason == f"its page is gone (410) since 2023-07-05: {run.server.base}/a"
        entries = run.repository.audit(subject="a")
        assert entries
        assert await run.look() == await run.look() == []
        run.server.pages["/a"] = (200, PAGE)
        assert await run.look() == [("a", "restored")]

    days(told)


def test_page_that_is_not_found_takes_back_only_on_a_second_day(days):
    async def told(run):
        run.tell("a")
        assert await run.look() == []
        run.server.pages["/a"] = (404, b"")
        assert await run.look() == []
        assert await run.look(0.1) == []
        assert run.server.hits["/a"] == 2
        assert await run.look() == [("a", "withdrawn")]
        assert await run.look() == []

    days(told)


def test_page_that_is_back_on_the_second_day_takes_nothing_back(days):
    async def told(run):
        run.tell("a")
        for status in (404, 200, 404, 500, 503, 200):
            run.server.pages["/a"] = (status, PAGE)
            assert await run.look() == []

    days(told)


@pytest.mark.parametrize("status", [404, 410])
def test_site_that_was_rebuilt_takes_nothing_back(days, status):
    async def told(run):
        run.tell("a", "b", "c")
        assert await run.look() == []
        for name in "abc":
            run.server.pages[f"/{name}"] = (status, b"")
        assert [*(await run.look()), *(await run.look())] == []

    days(told)


def test_pages_that_went_one_after_the_other_are_no_rebuilt_site(days):
    async def told(run):
        run.tell("a", "b", "c")
        assert await run.look() == []
        for name in "abc":
            run.server.pages[f"/{name}"] = (410, b"")
            assert await run.look(20) == [(name, "withdrawn")]

    days(told)


def test_page_that_this_reader_never_saw_is_not_missed(days):
    async def told(run):
        run.tell("a")
        run.server.pages["/a"] = (404, b"")
        assert [*(await run.look()), *(await run.look())] == []

    days(told)


@pytest.mark.parametrize("status", [404, 410])
def test_site_whose_source_is_not_read_takes_nothing_back(days, status):
    async def told(run):
        run.tell("a")
        assert await run.look() == []
        run.server.pages["/a"] = (status, b"")
        (source_id,) = {check.source_id for check in run.repository.page_checks()}
        down = SourceState(source_id=source_id, condition="failing", cause="HTTP 404")
        run.repository.save_source_state(down)
        assert [*(await run.look()), *(await run.look())] == []
        run.repository.save_source_state(replace(down, condition="ok", cause=""))
        assert [*(await run.look()), *(await run.look())] == [("a", "withdrawn")]

    days(told)


@pytest.mark.parametrize("status", [404, 410])
def test_wall_on_another_site_takes_nothing_back(days, status):
    async def told(run):
        run.tell("a")
        assert await run.look() == []
        wall = run.server.base.replace("127.0.0.1", "127.0.0.2")
        run.server.pages |= {"/a": (302, f"{wall}/login".encode()), "/login": (status, b"")}
        assert [*(await run.look()), *(await run.look())] == []

    days(told)


def test_page_that_leads_home_after_it_was_taken_back_stays_taken_back(days):
    async def told(run):
        run.tell("a")
        assert await run.look() == []
        run.server.pages["/a"] = (410, b"")
        assert await run.look() == [("a", "withdrawn")]
        run.server.pages |= {"/a": (302, b"/home"), "/home": (200, b"<html>all news</html>")}
        assert await run.look() == []
        run.server.pages["/a"] = (200, PAGE)
        assert await run.look() == [("a", "restored")]

    days(told)


def test_pages_are_asked_one_after_the_other_once_a_day_and_at_most_so_many(days):
    async def told(run):
        run.tell("a", "b", "c")
        await run.look(0.2)
        assert sum(run.server.hits.values()) == 2
        assert run.waits == [7.0]
        await run.look(0.1)
        assert sum(run.server.hits.values()) == 2
        await run.look(1)
        assert {path for path, hits in run.server.hits.items() if hits} == {"/a", "/b", "/c"}

    days(told, most_a_day=2)


def test_press_pages_ended_alerts_and_a_policy_that_is_off_ask_nobody(days):
    async def told(run):
        run.tell("a", official=False)
        await run.look()
        assert not run.server.hits
        run.tell("b")
        run.book = replace(
            run.book,
            policy=run.book.policy.model_copy(update={"page_checks": PageChecks(enabled=False)}),
        )
        await run.look()
        assert not run.server.hits

    days(told)
