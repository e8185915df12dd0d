"""What a poll says of its source: failing, drifted, frozen or well, and a bad one costs the others nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.collected_specs import NOW, spec_of
from warning.app.collecting import parse_known
from warning.app.source_judgement import judge_standstill
from warning.core.health import SourceState

NAMES = {"format": "listing", "encoding": "csv", "key": "name", "name": "name"}


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
        assert report.outcomes[0].cause == "the list was not stored: 1 entry, below 3 (expect.rows)"
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
        ({"rows": {"min": 2}}, "drifted", "1 entry, below 2 (expect.rows)"),
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
