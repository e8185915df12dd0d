"""When sources are asked: when they are due, or forced, or as a server wishes; a straggler holds up no round."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

from tests.adapters.collected_specs import NOW, spec_of
from warning.app.collecting import collect_due


def test_a_source_is_left_alone_until_it_is_due_unless_forced(run):
    async def body(bench):
        spec = spec_of(bench.url("/conditional"))
        await bench.collect(spec)
        assert (await bench.collect(spec)).outcomes == ()
        forced = await bench.collect(spec, force=True)
        assert forced.outcomes[0].answer == "not_modified"
        bench.now += timedelta(minutes=40)
        assert (await bench.collect(spec)).outcomes[0].answer == "not_modified"
        assert bench.state().condition == "not_modified"
        assert len(bench.items()) == 1

    run(body)


def test_retry_after_is_obeyed_when_it_is_longer_than_the_own_interval(run):
    async def body(bench):
        await bench.collect(spec_of(bench.url("/busy?wait=3000")))
        assert bench.state().next_due_at == NOW + timedelta(minutes=50)
        assert bench.state().condition == "failing"

    run(body)


def test_a_server_that_asks_for_a_week_is_asked_again_within_the_hour(run):
    async def body(bench):
        await bench.collect(spec_of(bench.url("/busy?wait=604800")))
        assert bench.state().next_due_at == NOW + timedelta(hours=1)

    run(body)


def test_week_that_one_source_is_told_to_wait_holds_its_neighbours_for_an_hour_and_a_slow_one_longer(run):
    async def body(bench):
        now = [0.0]
        bench.fetcher._politeness._monotonic = lambda: now[0]
        await bench.collect(spec_of(bench.url("/busy?wait=604800"), "told", every="1d"))
        await bench.collect(spec_of(bench.url("/feed"), "neighbour"), force=True)
        assert bench.server.hits["/feed"] == 0
        now[0] += 3601.0
        await bench.collect(spec_of(bench.url("/feed"), "neighbour"), force=True)
        assert bench.server.hits["/feed"] == 1
        assert bench.state("told").next_due_at - bench.now == timedelta(days=2)

    run(body)


def test_a_round_returns_at_the_end_of_its_patience_and_the_straggler_goes_on_alone(run):
    async def body(bench):
        slow, quick = spec_of(bench.url("/slow"), "slow"), spec_of(bench.url("/feed"), "quick", every="1m")
        gate = asyncio.Event()

        class Held:
            async def fetch(self, request):
                if request.source_id == "slow":
                    await gate.wait()
                return await bench.fetcher.fetch(request)

        held = SimpleNamespace(fetch=Held().fetch)
        options = {"settings": bench.settings, "memory": bench.memory, "patience_seconds": 1.5}
        first = await collect_due([slow, quick], bench.repository, held, lambda: bench.now, **options)
        assert [o.source_id for o in first.outcomes] == ["quick"]
        assert first.still_running == ("slow",)
        bench.now += timedelta(minutes=5)
        second = await collect_due([slow, quick], bench.repository, held, lambda: bench.now, **options)
        assert [o.source_id for o in second.outcomes] == ["quick"]
        gate.set()
        await bench.memory.drain(5)
        assert bench.state("slow").condition == "ok"
        assert bench.memory.running == {}

    run(body)


def test_the_last_polls_that_bring_nothing_new_wait_for_no_others(run, monkeypatch):
    """Nor do those before them: they are written down with the last one, however long they might wait."""
    monkeypatch.setattr("warning.app.group_writing.LINGER_SECONDS", 3600)

    async def body(bench):
        specs = [spec_of(bench.url("/conditional"), name) for name in ("a", "b", "c")]
        await bench.collect(*specs)
        report = await asyncio.wait_for(bench.collect(*specs, force=True), 60)
        assert [outcome.answer for outcome in report.outcomes] == ["not_modified"] * 3

    run(body)
