"""One poll of a source: what it stores, what it reads behind a list, and whom it wakes."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from tests.adapters.collected_specs import DETAIL, NOW, spec_of
from tests.adapters.hostile_server import FEED
from warning.settings import Settings


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
