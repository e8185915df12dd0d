import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from tests.adapters.collected_specs import DETAIL, NOW, spec_of
from tests.adapters.collecting_bench import run_on_bench
from tests.adapters.hostile_server import FEED
from warning.app.collecting import Memory, collect_due, parse_known
from warning.app.source_judgement import judge_standstill
from warning.core.health import OWN_FAULT, SourceState
from warning.errors import StoreError
from warning.settings import Settings
from warning.store.repository import Repository

NAMES = {"format": "listing", "encoding": "csv", "key": "name", "name": "name"}


@pytest.fixture
def run(sqlite_url):
    """Call an async test body with a bench."""
    return partial(run_on_bench, sqlite_url)


def test_a_first_poll_stores_bytes_evidence_and_state(run):
    async def body(bench):
        report = await bench.collect(spec_of(bench.url("/conditional")))
        (outcome,) = report.outcomes
        (item,) = bench.items()
        state = bench.state()
        assert (outcome.answer, outcome.items_new, state.condition) == ("fresh", 1, "ok")
        assert bench.repository.archived(item.archive_hash) == FEED
        assert state.etag == '"v1"'
        assert state.since == NOW
        assert state.newest_at == datetime(2023, 7, 3, 10, tzinfo=UTC)
        assert NOW < state.next_due_at <= NOW + timedelta(minutes=17)

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


def test_only_the_named_sources_are_polled(run):
    async def body(bench):
        one, two = spec_of(bench.url("/feed"), "one"), spec_of(bench.url("/feed"), "two", enabled="no")
        report = await bench.collect(one, two, only=["two"])
        assert [outcome.source_id for outcome in report.outcomes] == ["two"]
        assert [o.source_id for o in (await bench.collect(one, two, force=True)).outcomes] == ["one"]

    run(body)


def test_a_source_without_its_key_is_unconfigured_and_polled_as_soon_as_the_key_is_there(run):
    async def body(bench):
        spec = spec_of(bench.url("/feed?k={key}"), needs_key="acme")
        report = await bench.collect(spec)
        assert report.counts()["unconfigured"] == 1
        assert report.failed == 0
        assert (bench.state().condition, bench.state().cause) == (
            "unconfigured",
            "WARNING_KEY_ACME is not set",
        )
        bench.settings = Settings(source_keys={"acme": SecretStr("s3cret")})
        assert (await bench.collect(spec)).outcomes[0].answer == "fresh"
        assert "s3cret" not in bench.state().fetched_url
        assert all("s3cret" not in fetch.url for fetch in bench.repository.fetch_log())

    run(body)


def test_a_failing_source_says_why_since_when_and_is_tried_at_growing_intervals(run):
    async def body(bench):
        spec = spec_of(bench.url("/status/500"))
        waits = []
        for _ in range(8):
            await bench.collect(spec, force=True)
            waits.append(bench.state().next_due_at - bench.now)
            bench.now += timedelta(hours=1)
        state = bench.state()
        assert state.condition == "failing"
        assert state.cause == "the server answered 500: the server failed"
        assert (state.since, state.failures) == (NOW, 8)
        assert waits[:5] == sorted(waits[:5])
        assert waits[0] < timedelta(minutes=20)
        assert waits[-1] <= timedelta(hours=6, minutes=10)
        bench.now += timedelta(days=1)
        await bench.collect(spec_of(bench.url("/feed")))
        assert (bench.state().condition, bench.state().failures, bench.state().since) == ("ok", 0, bench.now)

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


def test_one_bad_source_of_each_kind_costs_the_good_one_nothing(run):
    async def body(bench):
        paths = [
            "/endless",
            "/drip",
            "/bomb",
            "/loop",
            "/status/404",
            "/redirect?to=http://10.0.0.1/",
            "/silent",
        ]
        bad = [
            spec_of(bench.url(path), f"bad-{n}", timeout="1s", idle_timeout="1s", max_size="64KiB")
            for n, path in enumerate(paths)
        ]
        report = await bench.collect(*bad, spec_of(bench.url("/feed"), "good"))
        by_id = {outcome.source_id: outcome for outcome in report.outcomes}
        assert by_id.pop("good").items_new == 1
        assert {outcome.condition for outcome in by_id.values()} == {"failing"}
        assert all(outcome.cause for outcome in by_id.values())
        assert len(bench.repository.source_states()) == len(paths) + 1

    run(body)


def test_a_fault_of_a_parser_costs_only_its_source(run):
    async def body(bench):
        def parser(document, format_, profile, known):
            if document.source_id == "bad":
                raise ZeroDivisionError("boom")
            return parse_known(document, format_, profile, known)

        report = await bench.collect(
            spec_of(bench.url("/feed"), "bad"), spec_of(bench.url("/feed"), "good"), parser=parser
        )
        assert [o.condition for o in report.outcomes] == ["failing", "ok"]
        assert "ZeroDivisionError" in bench.state("bad").cause

    run(body)


def test_a_document_that_is_not_what_was_declared_has_drifted_and_is_read_again(run):
    async def body(bench):
        spec = spec_of(bench.url("/list"), parse=NAMES)
        report = await bench.collect(spec)
        state = bench.state()
        assert report.outcomes[0].answer == "failed"
        assert state.condition == "drifted"
        assert state.cause
        assert state.body_hash == ""
        assert bench.repository.counts()["documents"] == 1

    run(body)


def test_half_a_list_is_not_stored_so_that_nothing_reads_as_removed(run):
    async def body(bench):
        spec = spec_of(bench.url("/feed"), parse=NAMES, expect={"rows": {"min": 3}})
        bench.server.feed = b"name\nAcme\nBolt\nCrane\n"
        await bench.collect(spec)
        bench.server.feed = b"name\nAcme\n"
        report = await bench.collect(spec, force=True)
        assert report.outcomes[0].cause == "the list was not stored: 1 entries, below 3 (expect.rows)"
        assert bench.state().condition == "drifted"
        assert len(bench.repository.latest_listing("s").entries) == 3
        bench.server.feed = b"name\nAcme\nBolt\nCrane\n"
        assert (await bench.collect(spec, force=True)).outcomes[0].answer == "unchanged"
        assert (bench.state().condition, bench.state().failures) == ("not_modified", 0)
        bench.server.feed = b"name\nAcme\nBolt\nDrill\n"
        assert (await bench.collect(spec, force=True)).outcomes[0].listing_changes == 2

    run(body)


@pytest.mark.parametrize(
    ("expect", "condition", "words"),
    [
        ({"rows": {"min": 2}}, "drifted", "1 entries, below 2 (expect.rows)"),
        ({"newest_within_days": 30}, "frozen", "nothing newer than 2023-07-03"),
        ({"required_fields": ["title", "summary"]}, "drifted", "1 of 1 entries have no summary"),
        ({"required_fields": ["title", "url", "published_at"], "rows": {"max": 5}}, "ok", ""),
    ],
)
def test_what_a_source_expects_of_itself_is_judged(run, expect, condition, words):
    async def body(bench):
        await bench.collect(spec_of(bench.url("/feed"), expect=expect))
        assert bench.state().condition == condition
        assert words in bench.state().cause
        assert len(bench.items()) == 1

    run(body)


def test_a_source_that_freezes_is_found_by_answers_that_bring_nothing_new(run):
    async def body(bench):
        spec = spec_of(bench.url("/feed"), expect={"newest_within_days": 1500})
        await bench.collect(spec)
        assert bench.state().condition == "ok"
        bench.now += timedelta(days=1000)
        report = await bench.collect(spec)
        assert report.outcomes[0].answer == "unchanged"
        assert bench.state().condition == "frozen"
        assert "nothing newer than 2023-07-03" in bench.state().cause

    run(body)


def test_what_was_wrong_with_a_document_still_is_while_it_does_not_change():
    spec = spec_of("https://example.org/")
    state = SourceState(source_id="s", condition="partial", cause="2 entries could not be read: ...")
    assert judge_standstill(spec, state, NOW).condition == "partial"
    assert judge_standstill(spec, replace(state, condition="failing"), NOW).condition == "not_modified"


def test_pages_behind_new_entries_are_read_once_and_become_bodies(run):
    async def body(bench):
        spec = spec_of(bench.url("/list?n=3"), parse=DETAIL)
        await bench.collect(spec)
        items = {item.title: item for item in bench.items()}
        assert items["Announcement No 2"].body == "Full text of 2: gallium."
        assert b"Full text of 2" in bench.repository.archived(items["Announcement No 2"].archive_hash)
        grown = spec_of(bench.url("/list?n=4"), parse=DETAIL)
        report = await bench.collect(grown, force=True)
        assert (report.outcomes[0].items_new, report.outcomes[0].items_revised) == (1, 0)
        assert [bench.server.hits[f"/page/{n}"] for n in (1, 2, 3, 4)] == [1, 1, 1, 1]
        assert len(bench.items()) == 4

    run(body)


def test_pages_beyond_the_limit_follow_at_the_next_poll_though_the_list_is_unchanged(run):
    async def body(bench):
        spec = spec_of(bench.url("/list?n=5"), parse=DETAIL, detail_pages=2)
        first = await bench.collect(spec)
        assert (first.outcomes[0].items_new, first.outcomes[0].condition) == (5, "partial")
        assert "3 pages unread" in bench.state().cause
        second = await bench.collect(spec, force=True)
        assert second.outcomes[0].items_revised == 2
        third = await bench.collect(spec, force=True)
        assert (third.outcomes[0].items_revised, third.outcomes[0].condition) == (1, "ok")
        assert all(item.body for item in bench.items())
        assert (await bench.collect(spec, force=True)).outcomes[0].answer == "unchanged"

    run(body)


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


def test_an_edited_entry_of_a_feed_is_a_revision_and_the_others_are_not_parsed_again(run):
    async def body(bench):
        spec = spec_of(bench.url("/feed"))
        second = (
            b"<item><guid>2</guid><title>Antimony</title><link>https://example.org/2</link></item></channel>"
        )
        bench.server.feed = FEED.replace(b"</channel>", second)
        await bench.collect(spec)
        bench.server.feed = bench.server.feed.replace(b"on gallium", b"on gallium and germanium")
        report = await bench.collect(spec, force=True)
        assert (report.outcomes[0].items_new, report.outcomes[0].items_revised) == (0, 1)
        assert report.outcomes[0].seen == 2

    run(body)


def test_the_report_counts_as_json(run):
    async def body(bench):
        report = await bench.collect(spec_of(bench.url("/feed")), spec_of(bench.url("/status/500"), "t"))
        counts = json.loads(json.dumps(report.counts()))
        assert counts == {
            "polled": 2, "fresh": 1, "unchanged": 0, "failed": 1, "unconfigured": 0, "items_new": 1,
            "items_revised": 0, "observations_new": 0, "listing_changes": 0, "still_running": 0,
        }  # fmt: skip

    run(body)


# Timing and pace, without a network


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


def test_a_poll_with_news_wakes_the_assessor_and_one_without_does_not(run):
    async def body(bench):
        spec = spec_of(bench.url("/conditional"))
        await bench.collect(spec)
        await asyncio.wait_for(bench.repository.evidence.heard(), 5)
        again = await bench.collect(spec, force=True)
        assert again.outcomes[0].answer == "not_modified"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(bench.repository.evidence.heard(), 0.2)

    run(body)
