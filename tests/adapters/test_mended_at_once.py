"""A mended source is asked at once, however long its next attempt was put off; what is well waits for its time."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.adapters.collected_specs import LIST, spec_of
from warning.app.collecting import Memory, collect_due
from warning.errors import StoreError


@pytest.mark.parametrize("keeps_running", [True, False])
@pytest.mark.parametrize("edit", [{"url": "/feed"}, {"parse": {"format": "rss"}}, {"expect": {}}])
def test_a_source_that_is_not_well_is_asked_at_once_when_its_entry_is_mended(run, edit, keeps_running):
    async def body(bench):
        declared = {"url": "/feed", "parse": {"format": "rss"}, "expect": {}}
        wrong = {"url": "/status/500", "parse": LIST, "expect": {"rows": {"min": 99}}}
        at_first, mended = declared | {name: wrong[name] for name in edit}, declared | edit
        broken = spec_of(bench.url(at_first.pop("url")), **at_first)
        for _ in range(3):
            await bench.collect(broken, force=True)
        assert bench.state().condition in {"failing", "empty", "drifted"}
        bench.now += timedelta(seconds=30)
        assert (await bench.collect(broken)).outcomes == ()
        if not keeps_running:
            bench.memory = Memory()
        spec = spec_of(bench.url(mended.pop("url")), **mended)
        assert [o.condition for o in (await bench.collect(spec)).outcomes] == ["ok"]
        bench.now += timedelta(seconds=30)
        assert (await bench.collect(spec)).outcomes == ()

    run(body)


def test_a_mend_that_mends_nothing_is_tried_once_and_then_at_growing_intervals(run):
    async def body(bench):
        await bench.collect(spec_of(bench.url("/status/500")))
        other = spec_of(bench.url("/status/404"))
        assert len((await bench.collect(other)).outcomes) == 1
        bench.memory = Memory()
        assert (await bench.collect(other)).outcomes == ()
        assert bench.state().failures == 2

    run(body)


def test_well_sources_that_are_read_otherwise_wait_for_their_next_poll(run):
    async def body(bench):
        names = [f"s{n}" for n in range(20)]
        await bench.collect(*(spec_of(bench.url("/feed"), name) for name in names))
        asked = bench.server.hits["/feed"]
        edited = [spec_of(bench.url("/feed"), name, encoding="utf-8") for name in names]
        assert (await bench.collect(*edited)).outcomes == ()
        bench.now += timedelta(minutes=30)
        assert len((await bench.collect(*edited)).outcomes) == 20
        assert bench.server.hits["/feed"] == asked + 20

    run(body)


def test_a_source_mended_while_it_is_being_asked_in_the_old_way_is_asked_again_when_that_is_over(run):
    async def body(bench):
        gate = asyncio.Event()

        async def fetch(request):
            if request.url.endswith("/status/500"):
                await gate.wait()
            return await bench.fetcher.fetch(request)

        options = {"settings": bench.settings, "memory": bench.memory, "patience_seconds": 0.05}
        held = SimpleNamespace(fetch=fetch)
        broken, mended = [spec_of(bench.url("/status/500"))], [spec_of(bench.url("/feed"))]
        for catalogue in (broken, mended, mended):
            report = await collect_due(catalogue, bench.repository, held, lambda: bench.now, **options)
            assert report.outcomes == ()
        gate.set()
        await bench.memory.drain(5)
        assert bench.state().condition == "failing"
        del options["patience_seconds"]
        report = await collect_due(mended, bench.repository, held, lambda: bench.now, **options)
        assert [o.condition for o in report.outcomes] == ["ok"]

    run(body)


class Full:
    """A store on a full disk: it takes no document, and still how a source does."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def together(self, works):
        def full(*_, **__):
            raise StoreError("the disk is full")

        def on_full_disk(writer, work):
            return work(SimpleNamespace(archive=full, save_source_state=writer.save_source_state))

        return self._store.together([lambda writer, work=work: on_full_disk(writer, work) for work in works])


def test_a_full_disk_puts_no_source_off_longer_than_a_first_failure_does(run):
    async def body(bench):
        spec = spec_of(bench.url("/feed"), every="6h", jitter="0s")
        for _ in range(6):
            await bench.collect(spec, store=Full(bench.repository), force=True)
            assert bench.state().condition == "failing"
            assert bench.state().next_due_at - bench.now == timedelta(minutes=15)
            bench.now += timedelta(minutes=15)
        assert [o.condition for o in (await bench.collect(spec)).outcomes] == ["ok"]

    run(body)
