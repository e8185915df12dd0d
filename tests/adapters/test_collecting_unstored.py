"""What the store would not take: nothing of it is lost, and nobody is asked without a pause."""

from datetime import timedelta

import pytest

from tests.adapters.collected_specs import spec_of
from warning.app.collecting import Memory
from warning.core.health import OWN_FAULT
from warning.errors import StoreError
from warning.store.repository import Repository


class Fails:
    """A store that cannot do `at`."""

    def __init__(self, store: Repository, at: str) -> None:
        self._store, self._at = store, at

    def __getattr__(self, name: str):
        return self._fail if name == self._at else getattr(self._store, name)

    def together(self, works):
        if self._at == "commit":
            raise StoreError("the disk is full")
        return self._store.together(
            [lambda writer, work=work: work(Fails(writer, self._at)) for work in works]
        )

    def _fail(self, *_args, **_options):
        raise StoreError("the disk is full")


@pytest.mark.parametrize("at", ["archive", "add_items", "add_observations"])
def test_evidence_that_could_not_be_stored_is_fetched_again(run, at):
    async def body(bench):
        spec = spec_of(bench.url("/conditional"))
        report = await bench.collect(spec, store=Fails(bench.repository, at))
        assert report.outcomes[0].condition == "failing"
        assert bench.state().cause.startswith(OWN_FAULT)
        assert "the disk is full" in bench.state().cause
        assert bench.state().etag == ""
        again = await bench.collect(spec, force=True)
        assert again.outcomes[0].answer == "fresh"
        assert len(bench.items()) == 1

    run(body)


@pytest.mark.parametrize("at", ["save_source_state", "commit"])
def test_a_round_cut_off_before_the_state_is_saved_loses_nothing(run, at):
    async def body(bench):
        spec = spec_of(bench.url("/conditional"))
        with pytest.raises(StoreError):
            await bench.collect(spec, store=Fails(bench.repository, at))
        assert bench.items() == []
        assert bench.repository.source_states() == {}
        again = await bench.collect(spec, memory=Memory())
        assert (again.outcomes[0].answer, again.outcomes[0].items_new) == ("fresh", 1)
        assert bench.state().etag == '"v1"'

    run(body)


def test_a_state_that_could_not_be_saved_once_is_forgotten_when_a_later_one_is(run):
    async def body(bench):
        spec = spec_of(bench.url("/conditional"), burst="5m")
        with pytest.raises(StoreError):
            await bench.collect(spec, store=Fails(bench.repository, "commit"))
        bench.now += timedelta(days=1)
        assert (await bench.collect(spec)).outcomes[0].condition == "ok"
        bench.now += timedelta(minutes=1)
        assert (await bench.collect(spec, elevated=frozenset({"s"}))).outcomes == ()
        assert (await bench.collect(spec, force=True)).outcomes[0].answer == "not_modified"
        assert bench.state().failures == 0

    run(body)


def test_store_that_takes_no_state_does_not_make_us_ask_without_a_pause(run):
    async def body(bench):
        spec = spec_of(bench.url("/feed"))
        broken = Fails(bench.repository, "save_source_state")
        with pytest.raises(StoreError):
            await bench.collect(spec, store=broken)
        await bench.collect(spec, store=broken)
        assert bench.server.hits["/feed"] == 1
        bench.now += timedelta(minutes=20)
        await bench.collect(spec)
        assert bench.server.hits["/feed"] == 2
        assert bench.state().next_due_at > bench.now

    run(body)
