"""What the polls before had time to read stays read: where a page fails, and where what stands at the source does not change."""

import pytest

from tests.adapters.collected_specs import spec_of
from tests.adapters.slow_reading import poll_of, polled, slow_reader
from tests.adapters.test_asking import JSON, rows
from warning.app.collecting import Memory

__all__ = ["polled", "slow_reader"]
FAILS = (500, b"")


def test_pages_behind_one_that_fails_now_and_then_are_all_read(polled):
    async def body(bench):
        bench.server.pages = {f"/{page}": rows(page) for page in range(1, 7)} | {"/7": rows()}
        spec = spec_of(bench.url("/{page}"), parse=JSON, pages={"size": 1, "most": 9})
        told = []
        for poll in range(12):
            bench.server.pages["/2"] = FAILS if poll % 4 == 3 else rows(2)
            told.append(await poll_of(bench, spec))
        assert [outcome.items_new for outcome in told] == [1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0]
        assert [told[poll].condition for poll in (3, 7, 8, 9, 11)] == [
            "partial", "partial", "ok", "not_modified", "partial",
        ]  # fmt: skip
        assert "500" in told[3].cause

    polled(body)


def test_sitemaps_beside_one_that_fails_now_and_then_are_all_read(polled, slow_reader):
    def urls(*names: str) -> tuple[int, bytes]:
        told = "".join(f"<url><loc>https://p.example/{n}</loc></url>" for n in names)
        return 200, f"<urlset>{told}</urlset>".encode()

    async def body(bench):
        names = "abcde"
        listed = "".join(f"<sitemap><loc>{bench.url(f'/{n}.xml')}</loc></sitemap>" for n in names)
        bench.server.pages = {f"/{n}.xml": urls(n) for n in names}
        bench.server.pages["/index.xml"] = 200, f"<sitemapindex>{listed}</sitemapindex>".encode()
        spec = spec_of(bench.url("/index.xml"), parse={"format": "sitemap", "follow": 9})
        new = 0
        for poll in range(9):
            bench.server.pages["/b.xml"] = FAILS if poll % 2 else urls("b")
            new += (await poll_of(bench, spec)).items_new
        assert new == len(names)

    polled(body, slow_reader)


def test_marks_do_not_grow_while_pages_change_and_one_fails(polled):
    async def body(bench):
        bench.server.pages = {f"/{page}": rows(page) for page in (2, 3, 4)} | {"/5": rows()}
        spec = spec_of(bench.url("/{page}"), parse=JSON, pages={"size": 1, "most": 9})
        kept = []
        for poll in range(16):
            bench.server.pages["/1"] = rows(100 + poll // 2)
            bench.server.pages["/2"] = FAILS if poll % 2 else rows(2)
            await poll_of(bench, spec)
            kept.append(len([mark for mark in bench.state().read_pages if mark.startswith("d")]))
        assert max(kept) <= 5

    polled(body)


@pytest.mark.parametrize("turned", ["by number", "by next"])
def test_a_standing_source_with_one_page_that_changes_stays_well_and_whole(polled, slow_reader, turned):
    async def body(bench):
        def page(number: int, row: int) -> tuple[int, bytes]:
            return rows(row, next=str(number + 1) if number < 4 else "")

        bench.server.pages = {f"/{n}": page(n, n) for n in (1, 2, 3, 4)} | {"/5": rows()}
        pages = {"size": 1, "most": 9} if turned == "by number" else {"first": 1, "next": "next", "most": 9}
        spec = spec_of(bench.url("/{page}"), parse=JSON, pages=pages)
        told, seen = [], []
        for poll in range(16):
            bench.server.pages["/2"] = page(2, 2 if poll < 7 else 20 + poll // 3)
            told.append(await poll_of(bench, spec))
            seen.append(bench.state().items_seen)
        states = [outcome.condition for outcome in told]
        first = states.index("ok")
        assert set(states[:first]) == {"partial"}
        assert set(states[first:]) == {"ok", "not_modified"}
        assert set(seen[first:]) == {4}
        assert sum(outcome.items_new for outcome in told) == 4 + len(
            {20 + poll // 3 for poll in range(7, 16)}
        )

    polled(body, slow_reader)


def test_a_list_with_a_page_that_fails_counts_as_not_read_and_is_well_when_the_page_is_back(polled):
    async def body(bench):
        lists = {1: (200, b"name,country\na,CN\nb,CN\n"), 2: (200, b"name,country\nc,CN\n")}
        listing = {"format": "listing", "key": "name", "name": "name", "country": "country"}
        spec = spec_of(bench.url("/list/{page}"), parse=listing, pages={"size": 2, "most": 3})
        bench.server.pages = {"/list/1": lists[1], "/list/2": FAILS}
        outcome = await poll_of(bench, spec)
        state = bench.state()
        assert (outcome.answer, state.condition, state.failures) == ("failed", "failing", 1)
        assert state.last_success_at is None
        assert state.cause == "the list was not stored: the server answered 500: the server failed"
        bench.server.pages["/list/2"] = lists[2]
        outcome = await poll_of(bench, spec)
        assert (outcome.condition, outcome.seen, bench.state().failures) == ("ok", 3, 0)

    polled(body, lambda pool: Memory(parser=pool.parse, elsewhere=pool.run))
