"""Relabelling takes several polls: it holds no document, keeps no other source waiting, and leaves no label of a mend taken back."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event

import pytest

from tests.adapters.collected_specs import DETAIL, NOW, spec_of
from tests.adapters.collecting_bench import run_on_bench
from tests.core.build import at
from warning.app import stored_labels
from warning.app.collecting import Memory
from warning.app.reading_basis import basis_of
from warning.app.stored_labels import Relabelling
from warning.core.documents import Document
from warning.core.evidence import Item
from warning.core.health import SourceState
from warning.core.relabelling import labels_of
from warning.errors import StoreError
from warning.store import relabelled_items
from warning.store.repository import Repository

BEFORE = {"kind": "news", "country": "CN", "language": "zh"}


@pytest.fixture
def run(database_url):
    return partial(run_on_bench, database_url)


def feed(*names: str) -> tuple[int, bytes]:
    entries = "".join(
        f"<item><title>Notice {name} of the ministry</title><link>http://x.example/{name}</link>"
        f"<guid>{name}</guid></item>"
        for name in names
    )
    return 200, f"<rss version='2.0'><channel><title>t</title>{entries}</channel></rss>".encode()


def stored(name: str, number: int, known_at=NOW - timedelta(days=5), **labels) -> Item:
    title, url = f"Old notice {name} {number}", f"http://x.example/old/{name}/{number}"
    given = BEFORE | labels
    return Item(id=f"{name}-{number}", source_id=name, title=title, url=url, known_at=known_at, **given)


def held_documents() -> int:
    gc.collect()
    return sum(isinstance(one, Document) for one in gc.get_objects())


class CutShort(Repository):
    """A store that is gone after the first few relabelled items."""

    def relabel_items(self, *mend):
        yield next(super().relabel_items(*mend))
        raise StoreError("gone")


class NoTurn(Repository):
    """A store in which nothing is relabelled."""

    def relabel_items(self, *_mend):
        raise StoreError("gone")
        yield


class Slow(Repository):
    """A store that relabels nothing until it may."""

    def __init__(self, engine) -> None:
        super().__init__(engine)
        self.begun, self.may = asyncio.Event(), Event()
        self.asked: list[str] = []
        self._loop = asyncio.get_running_loop()

    def relabel_items(self, *mend):
        self.asked.append(mend[0])
        self._loop.call_soon_threadsafe(self.begun.set)
        self.may.wait(30)
        yield from super().relabel_items(*mend)


def test_while_one_source_is_relabelled_the_polls_of_other_mended_ones_end_and_no_document_is_held(run):
    async def body(bench):
        mended = await several_mended(bench, [f"s{number}" for number in range(6)])
        slow = Slow(bench.repository.engine)
        before = held_documents()
        polls = asyncio.create_task(bench.collect(*mended, store=slow, force=True))
        try:
            async with asyncio.timeout(20):
                await slow.begun.wait()
                while bench.memory.running:  # noqa: ASYNC110 - a dictionary tells nobody of its end
                    await asyncio.sleep(0.01)
            assert held_documents() <= before
        finally:
            slow.may.set()
        assert [outcome.items_revised for outcome in (await polls).outcomes] == [4] * 6
        assert {item.language for item in bench.items()} == {"en"}
        assert {bench.state(spec.id).read_as for spec in mended} == {basis_of(spec) for spec in mended}

    run(body)


async def several_mended(bench, names: list[str]):
    """Sources with older items stored, asked once and mended since."""
    bench.server.pages = {f"/{name}": feed(f"{name}-new") for name in names}
    bench.repository.add_items([stored(name, number) for name in names for number in range(3)])
    await bench.collect(*(spec_of(bench.url(f"/{name}"), name, **BEFORE) for name in names))
    bench.now += timedelta(hours=1)
    return [spec_of(bench.url(f"/{name}"), name, **BEFORE | {"language": "en"}) for name in names]


def test_a_round_with_patience_waits_for_no_relabelling_and_each_source_waits_once(run):
    async def body(bench):
        mended = await several_mended(bench, ["s0", "s1", "s2"])
        slow = Slow(bench.repository.engine)
        for _ in range(3):
            report = await bench.collect(*mended, store=slow, force=True, patience_seconds=30)
            assert report.still_running == ()
            async with asyncio.timeout(20):
                await slow.begun.wait()
        slow.may.set()
        await bench.memory.mending.over()
        assert sorted(slow.asked[1:]) == ["s0", "s1", "s2"]
        assert {item.language for item in bench.items()} == {"en"}
        assert {bench.state(spec.id).read_as for spec in mended} == {basis_of(spec) for spec in mended}

    run(body)


def test_a_process_that_ends_leaves_relabelling_to_the_next_polls(run):
    async def body(bench):
        mended = await several_mended(bench, ["s0", "s1", "s2"])
        slow = Slow(bench.repository.engine)
        await bench.collect(*mended, store=slow, force=True, patience_seconds=30)
        async with asyncio.timeout(20):
            await slow.begun.wait()
        await bench.memory.drain(0)
        slow.may.set()
        assert {bench.state(spec.id).read_as for spec in mended}.isdisjoint(map(basis_of, mended))
        bench.memory = Memory()
        bench.now += timedelta(hours=1)
        await bench.collect(*mended, force=True)
        assert {item.language for item in bench.items()} == {"en"}
        assert {bench.state(spec.id).read_as for spec in mended} == {basis_of(spec) for spec in mended}

    run(body)


def test_relabelling_that_waits_takes_what_another_document_shows_beside_what_the_first_one_showed():
    spec = spec_of("http://x.example/s", language="en")
    state = SourceState(source_id="s", read_as=basis_of(spec_of("http://x.example/s", **BEFORE)))
    first, second = (Relabelling.of(spec, state, at(day), (stored("s", day),)) for day in (0, 1))
    both = second.with_those_of(first)
    assert (both.since, set(both.shown)) == (first.since, {"s-0", "s-1"})


@pytest.mark.parametrize("last", [{}, {"language": "ko"}, {"kind": "price", "country": "JP"}])
@pytest.mark.parametrize("wrong", [{"language": "en"}, {"kind": "regulatory"}, {"country": "KR"}])
def test_a_mend_that_was_cut_short_leaves_nothing_when_it_is_taken_back_or_mended_again(
    run, monkeypatch, wrong, last
):
    monkeypatch.setattr(relabelled_items, "BATCH", 2)

    async def body(bench):
        bench.server.pages = {"/s": feed("a", "b")}

        async def poll(labels, store=None):
            bench.now += timedelta(hours=1)
            await bench.collect(
                spec_of(bench.url("/s"), **labels), store=store or bench.repository, force=True
            )

        own = stored("s", 9, language="ja", country="TW", kind="customs")
        bench.repository.add_items([own, *(stored("s", number) for number in range(5))])
        await poll(BEFORE)
        bench.server.pages = {"/s": feed("c")}
        await poll(BEFORE | wrong, CutShort(bench.repository.engine))
        assert len({labels_of(item) for item in bench.items()}) == 3
        bench.server.pages = {"/s": feed("d")}
        await poll(BEFORE | last, CutShort(bench.repository.engine))
        await poll(BEFORE | last)
        wanted = labels_of(replace(own, **BEFORE | last))
        assert {item.id: labels_of(item) for item in bench.items() if labels_of(item) != wanted} == {
            own.id: labels_of(own)
        }
        assert bench.state().read_as == basis_of(spec_of(bench.url("/s"), **BEFORE | last))

    run(body)


def test_what_came_under_a_mend_whose_turn_did_not_come_is_relabelled_when_it_is_taken_back(run):
    async def body(bench):
        bench.server.pages = {"/s": feed("a")}
        await bench.collect(spec_of(bench.url("/s"), **BEFORE))
        bench.server.pages = {"/s": feed("b")}
        bench.now += timedelta(hours=1)
        wrong = spec_of(bench.url("/s"), **BEFORE | {"language": "en"})
        report = await bench.collect(wrong, store=NoTurn(bench.repository.engine), force=True)
        assert (report.outcomes[0].items_new, report.outcomes[0].items_revised) == (1, 0)
        assert sorted(item.language for item in bench.items()) == ["en", "zh"]
        bench.server.pages = {"/s": feed("c")}
        bench.now += timedelta(hours=1)
        await bench.collect(spec_of(bench.url("/s"), **BEFORE), force=True)
        assert [item.language for item in bench.items()] == ["zh"] * 3

    run(body)


@pytest.mark.parametrize("wrong", [{"language": "en"}, {"kind": "regulatory"}, {"country": "KR"}])
def test_a_wrong_mend_that_was_done_and_is_taken_back_restores_every_label_however_late(run, wrong):
    """An item whose own label is the wrong one keeps it, and what a mend relabelled is known months later."""

    async def body(bench):
        bench.server.pages = {"/s": feed("a", "b")}

        async def poll(**labels):
            bench.now += timedelta(hours=1)
            await bench.collect(spec_of(bench.url("/s"), **BEFORE | labels), force=True)

        own, others = stored("s", 9, **wrong), [stored("s", number) for number in range(5)]
        bench.repository.add_items([own, *others])
        await poll()
        before = {item.id: labels_of(item) for item in bench.items()}
        await poll(**wrong)
        assert len({labels_of(item) for item in bench.items()}) == 1
        bench.server.pages = {"/s": feed("came-meanwhile")}
        await poll(**wrong)
        bench.now += timedelta(days=90)
        for labels in ({}, wrong, {}):
            await poll(**labels)
        after = {item.id: labels_of(item) for item in bench.items()}
        came = after.keys() - before.keys()
        assert [after.pop(name) for name in came] == [tuple(BEFORE.values())]
        assert after == before
        await poll(**wrong)
        assert {item.id for item in bench.items() if labels_of(item) == labels_of(own)} == {*after, *came}

    run(body)


@pytest.mark.parametrize("is_shown", [False, True])
def test_a_poll_relabels_so_many_and_the_next_ones_go_on_with_what_is_recent_or_shown(
    run, monkeypatch, is_shown
):
    monkeypatch.setattr(relabelled_items, "BATCH", 1)
    monkeypatch.setattr(stored_labels, "MOST_STEPS", 2)

    async def body(bench):
        given = BEFORE | {"parse": DETAIL}
        if not is_shown:
            bench.repository.add_items([stored("s", number) for number in range(5)])
        path = bench.url("/list?n=5" if is_shown else "/list?n=0")
        given |= {"expect": {"rows": {"min": 0}}}
        await bench.collect(spec_of(path, **given))
        if is_shown:
            bench.now += timedelta(days=400)
        mended = spec_of(path, **given | {"language": "en"})
        revised = []
        for _ in range(4):
            bench.now += timedelta(hours=1)
            report = await bench.collect(mended, force=True)
            revised.append(report.outcomes[0].items_revised)
        assert revised == [2, 2, 1, 0]
        assert [item.language for item in bench.items()] == ["en"] * 5
        assert bench.state().read_as == basis_of(mended)

    run(body)


def test_relabelling_that_begins_anew_ends_with_the_latest_items_of_the_first_time(repository, monkeypatch):
    monkeypatch.setattr(relabelled_items, "BATCH", 2)
    monkeypatch.setattr(relabelled_items, "MOST_RELABELLED", 4)
    repository.add_items([stored("latest", number) for number in range(9)])
    mend = ("news", "CN", "zh"), ("news", "CN", "en")
    assert next(repository.relabel_items("latest", mend, at(-400), [])) == 2
    assert [sum(repository.relabel_items("latest", mend, at(-400), [])) for _ in range(3)] == [2, 0, 0]


@pytest.mark.parametrize("is_mended_otherwise", [False, True])
def test_the_end_of_relabelling_keeps_what_another_process_wrote_of_the_source_meanwhile(
    run, is_mended_otherwise
):
    async def body(bench):
        bench.server.pages = {"/s": feed("a")}
        await bench.collect(spec_of(bench.url("/s"), **BEFORE))
        mended = spec_of(bench.url("/s"), **BEFORE | {"language": "en"})
        bench.now += timedelta(hours=1)
        wrote: list[SourceState] = []

        class Other(Repository):
            def relabel_items(self, *mend):
                yield from super().relabel_items(*mend)
                state = self.source_states()["s"]
                begun = state.read_as + "+news/CN/ko" * is_mended_otherwise
                wrote.append(replace(state, etag='"later"', read_as=begun))
                self.save_source_state(wrote[0])

        await bench.collect(mended, store=Other(bench.repository.engine), force=True)
        after = bench.state()
        assert after == (wrote[0] if is_mended_otherwise else replace(wrote[0], read_as=after.read_as))
        assert (after.read_as == basis_of(mended)) is not is_mended_otherwise

    run(body)


def test_relabelled_items_are_no_news_of_their_source(run):
    """A source that stands still would be found frozen days later."""

    async def body(bench):
        async def poll(**labels):
            bench.now += timedelta(days=1)
            (outcome,) = (await bench.collect(spec_of(bench.url("/s"), **labels), force=True)).outcomes
            return outcome

        bench.server.pages = {"/s": feed("a", "b", "c")}
        await poll(**BEFORE)
        before = bench.state()
        outcome = await poll(**BEFORE | {"language": "en"})
        assert (outcome.items_revised, outcome.items_relabelled) == (3, 3)
        after = bench.state()
        assert (after.last_new_at, after.news_days) == (before.last_new_at, before.news_days)
        bench.server.pages = {"/s": feed("a", "b", "c", "d")}
        await poll(**BEFORE | {"language": "ko"})
        assert bench.state().last_new_at == bench.now

    run(body)
