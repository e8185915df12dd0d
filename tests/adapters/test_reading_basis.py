"""A document is read anew when the way of reading it changes, and its verdict holds for as long as it stands as it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.adapters.collected_specs import LIST, RSS, spec_of
from warning import resources
from warning.app import reading_basis
from warning.app.reading_basis import as_now_read, basis_of, read_as
from warning.catalog.sources import load_sources
from warning.collect.decode import decode
from warning.core.documents import Remark
from warning.core.health import SourceState, is_well
from warning.store.evidence_tables import items
from warning.store.rows import from_json

MAIL = {"format": "mail"}


def page(name: str, days: range, tag: str = "a") -> bytes:
    rows = "".join(
        f'<li><{tag} href="/p{n}.htm">Announcement {n} on gallium</{tag}><span>2026-01-{n:02d}</span></li>'
        for n in reversed(days)
    )
    return f"<html><ul class='{name}'>{rows}</ul></html>".encode()


def feed(count: int) -> bytes:
    entries = "".join(
        f"<item><title>Notice {n}</title><link>http://x.example/{n}</link><guid>{n}</guid>"
        f"<pubDate>Sat, 31 Jan 2026 0{n}:00:00 GMT</pubDate></item>"
        for n in range(count)
    )
    return f"<rss version='2.0'><channel><title>t</title>{entries}</channel></rss>".encode()


@pytest.mark.parametrize("keeps_running", [True, False])
def test_a_mended_selector_takes_effect_while_the_page_stands_as_it_is(run, keeps_running):
    async def body(bench):
        broken = spec_of(bench.url("/n"), parse=LIST)
        bench.server.pages["/n"] = (200, page("list", range(1, 4)))
        await bench.collect(broken)
        bench.server.pages["/n"] = (200, page("newlist", range(1, 6)))
        await bench.collect(broken, force=True)
        assert bench.state().condition == "empty"
        assert (await bench.collect(broken, force=True)).outcomes[0].answer == "unchanged"
        mended = spec_of(bench.url("/n"), parse={**LIST, "item": "ul.newlist li"})
        if not keeps_running:
            bench.memory = type(bench.memory)()
        report = await bench.collect(mended, force=True)
        assert (report.outcomes[0].answer, report.outcomes[0].items_new) == ("fresh", 2)
        assert bench.state().condition == "ok"
        assert (await bench.collect(mended, force=True)).outcomes[0].answer == "unchanged"

    run(body)


def test_an_etag_is_not_sent_when_the_source_is_read_another_way(run):
    async def body(bench):
        await bench.collect(spec_of(bench.url("/conditional")))
        await bench.collect(spec_of(bench.url("/conditional")), force=True)
        assert "If-None-Match" in bench.server.seen["/conditional"]
        report = await bench.collect(spec_of(bench.url("/conditional"), encoding="utf-8"), force=True)
        assert "If-None-Match" not in bench.server.seen["/conditional"]
        assert report.outcomes[0].seen == 1

    run(body)


def test_a_running_service_reads_the_entries_of_a_feed_anew_when_they_are_read_another_way(run):
    """It remembers which it has read, and would not look at them again."""

    async def body(bench):
        bench.server.feed = feed(3)
        await bench.collect(spec_of(bench.url("/feed")))
        named = {"required_fields": ["summary"]}
        await bench.collect(spec_of(bench.url("/feed"), expect=named), force=True)
        assert (bench.state().condition, bench.state().cause) == (
            "drifted",
            "3 of 3 entries have no summary (expect.required_fields)",
        )

    run(body)


@pytest.mark.parametrize("keeps_running", [True, False])
@pytest.mark.parametrize("mended", [{"language": "en"}, {"kind": "news"}, {"country": "KR"}])
def test_a_mended_label_holds_at_the_next_poll_for_what_stands_in_an_unchanged_document(
    run, keeps_running, mended
):
    async def body(bench):
        bench.server.feed = feed(3)
        await bench.collect(spec_of(bench.url("/feed")))
        before = bench.items()
        with bench.repository.engine.begin() as connection:
            connection.execute(items.update().values(assessed_at=bench.now))
        if not keeps_running:
            bench.memory = type(bench.memory)()
        bench.now += timedelta(hours=1)
        report = await bench.collect(spec_of(bench.url("/feed"), **mended), force=True)
        assert (report.outcomes[0].answer, report.outcomes[0].items_revised) == ("fresh", 3)
        assert bench.items() == [replace(item, **mended) for item in before]
        with bench.repository.engine.begin() as connection:
            assert connection.execute(select(items.c.assessed_at).distinct()).scalars().all() == [None]
        report = await bench.collect(spec_of(bench.url("/feed"), **mended), force=True)
        assert (report.outcomes[0].answer, report.outcomes[0].items_revised) == ("unchanged", 0)

    run(body)


def test_a_basis_of_an_earlier_release_is_taken_as_under_the_labels_of_now():
    spec, mended = spec_of("https://x.example/"), spec_of("https://x.example/", language="en")
    state = known(spec)
    state = replace(state, read_as=state.read_as.rpartition(".")[0])
    assert as_now_read(spec, state) is state
    remembered = replace(state, read_as=read_as(spec, state, is_fresh=False))
    assert remembered.read_as == basis_of(spec)
    assert as_now_read(mended, remembered).etag == ""


def test_corrected_expectations_are_held_against_the_page_as_it_stands(run):
    async def body(bench):
        await bench.collect(spec_of(bench.url("/feed"), expect={"rows": {"min": 8}}))
        assert bench.state().condition == "drifted"
        await bench.collect(spec_of(bench.url("/feed"), expect={"rows": {"min": 1}}), force=True)
        assert bench.state().condition == "ok"

    run(body)


@pytest.mark.parametrize(("after", "condition"), [(feed(0), "empty"), (feed(3), "drifted"), (b"", "drifted")])
def test_one_failure_does_not_make_a_bad_document_good(run, after, condition):
    async def body(bench):
        spec = spec_of(bench.url("/f"), expect={"rows": {"min": 8}})
        bench.server.pages["/f"] = (200, feed(9))
        await bench.collect(spec)
        bench.server.pages["/f"] = (200, after)
        await bench.collect(spec, force=True)
        assert bench.state().condition == condition
        dark_since, cause = bench.state().dark_since, bench.state().cause
        bench.server.pages["/f"] = (500, b"")
        await bench.collect(spec, force=True)
        assert bench.state().condition == "failing"
        bench.server.pages["/f"] = (200, after)
        await bench.collect(spec, force=True)
        assert (bench.state().condition, bench.state().cause) == (condition, cause)
        assert bench.state().dark_since == dark_since
        bench.server.pages["/f"] = (200, feed(9))
        await bench.collect(spec, force=True)
        assert is_well(bench.state().condition)

    run(body)


def test_what_failed_is_over_when_the_good_document_is_back(run):
    async def body(bench):
        spec = spec_of(bench.url("/f"))
        bench.server.pages["/f"] = (200, feed(3))
        await bench.collect(spec)
        bench.server.pages["/f"] = (500, b"")
        await bench.collect(spec, force=True)
        bench.server.pages["/f"] = (200, feed(3))
        assert (await bench.collect(spec, force=True)).outcomes[0].answer == "unchanged"
        assert bench.state().condition == "not_modified"

    run(body)


def test_a_frozen_page_whose_new_rows_cannot_be_read_is_blind(run):
    async def body(bench):
        spec = spec_of(
            bench.url("/n"), parse={**LIST, "title": "a", "link": "a"}, expect={"newest_within_days": 10}
        )
        old, new = page("list", range(1, 9)), page("list", range(20, 28), tag="b")
        bench.server.pages["/n"] = (
            200,
            new.replace(b"</ul></html>", b"") + old.partition(b">")[2].partition(b">")[2],
        )
        await bench.collect(spec)
        state = bench.state()
        assert (state.condition, state.is_blind) == ("partial", True)
        assert "8 of 16 entries have neither title nor link" in state.cause
        assert "nothing newer than 2026-01-07" in state.cause

    run(body)


def test_a_304_to_a_request_that_did_not_ask_for_one_is_no_reading(run):
    async def body(bench):
        bench.server.pages["/n"] = (304, b"")
        await bench.collect(spec_of(bench.url("/n")))
        assert (bench.state().condition, bench.state().last_success_at) == ("failing", None)
        assert bench.state().cause.startswith(
            "the server answered 304 (not modified) to a request that did not ask"
        )

    run(body)


def test_a_wrong_declaration_and_a_dropped_link_cost_no_entry_and_no_sight(run):
    async def body(bench):
        spec = spec_of(bench.url("/f"))
        text = (
            feed(2)
            .decode()
            .replace("http://x.example/1", "javascript:alert(1)")
            .replace("Notice", "商务部公告关于对镓实施出口管制")
        )
        bench.server.pages["/f"] = (200, b'<?xml version="1.0" encoding="iso-8859-1"?>' + text.encode())
        await bench.collect(spec)
        state = bench.state()
        assert len(bench.items()) == 2
        assert (state.condition, state.is_blind) == ("ok", False)
        assert state.cause == (
            "encoding: declared cp1252, is utf-8; entry 2: link 'javascript:alert(1)' points to a scheme that is never followed"
        )

    run(body)


def test_all_shipped_sources_have_a_basis_that_is_the_same_when_they_are_read_again():
    once, again = (load_sources(resources.tree("feeds")) for _ in range(2))
    named = [basis_of(spec) for spec in once]
    reading_basis._known.clear()
    assert [basis_of(spec) for spec in again] == named
    assert {len(name.rpartition(".")[0]) for name in named} == {38}
    assert "regulatory/CN/zh" in {name.rpartition(".")[2] for name in named}


def known(spec, **fields) -> SourceState:
    validators = {"etag": '"v"', "last_modified": "m", "body_hash": "b", "read_pages": ("p",)}
    return SourceState(
        source_id=spec.id, **{"condition": "ok", "read_as": basis_of(spec), **validators, **fields}
    )


@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({"read_as": ""}, True),
        ({"read_as": "", "condition": "not_modified"}, True),
        ({"read_as": "", "condition": "frozen"}, False),
        ({"read_as": "", "condition": "failing"}, False),
        ({"condition": "frozen"}, True),
    ],
)
def test_an_upgrade_asks_whole_only_those_that_are_not_well(fields, stays):
    spec = spec_of("https://x.example/")
    state = known(spec, **fields)
    assert (as_now_read(spec, state) is state) == stays


@pytest.mark.parametrize(("condition", "stays"), [("ok", True), ("partial", False), ("frozen", False)])
def test_other_readers_read_anew_what_is_not_well(condition, stays):
    spec = spec_of("https://x.example/")
    state = known(spec, condition=condition)
    reading, expected, _, labels = state.read_as.split(".")
    state = replace(state, read_as=f"{reading}.{expected}.0123456789ab.{labels}")
    assert (as_now_read(spec, state) is state) == stays


def test_the_place_in_a_mailbox_is_kept_unless_its_mails_are_read_another_way():
    spec = spec_of("imaps://u@x.example/INBOX", parse=MAIL)
    state = known(spec, condition="partial")
    expecting = spec_of("imaps://u@x.example/INBOX", parse=MAIL, expect={"newest_within_days": 3})
    assert as_now_read(expecting, state).etag == '"v"'
    assert as_now_read(spec, replace(state, read_as="")).etag == '"v"'
    reading = spec_of("imaps://u@x.example/INBOX", parse={**MAIL, "attachments": 1})
    assert as_now_read(reading, state).etag == ""


TABLE = {
    "format": "table", "entries": "rows", "period": "month", "frequency": "M", "reporter": "KR", "partner": "CN",
    "material": "gallium", "values": {"kg": {"measure": "import_quantity", "unit": "kg"}},
}  # fmt: skip


def test_all_windows_of_dates_are_asked_again_when_they_are_read_or_asked_another_way():
    def windowed(**more):
        url = "https://x.example/?a={iso_from}&b={iso_to}"
        told = {"url": url, "parse": TABLE, "window": {"months": 12, "back": 36}}
        return spec_of(**{**told, **more})

    state = known(windowed(), etag="whole 2026-01-01", condition="drifted")
    assert as_now_read(windowed(expect={"rows": {"min": 1}}), state).etag == "whole 2026-01-01"
    assert as_now_read(windowed(expect={"rows": {"min": 1}}), state).body_hash == ""
    older = replace(state, read_as="")
    french = as_now_read(windowed(language="fr"), state)
    assert (french.etag, french.body_hash) == ("whole 2026-01-01", ""), "figures have no language"
    assert as_now_read(windowed(), older).etag == "whole 2026-01-01", "an upgrade asks on where it stood"
    assert as_now_read(windowed(parse={**TABLE, "period": "day"}), state).etag == ""
    assert as_now_read(windowed(url="https://x.example/?c=8112&a={iso_from}&b={iso_to}"), state).etag == ""


def test_pages_behind_entries_are_owed_again_when_they_are_read_another_way():
    spec = spec_of("https://x.example/", parse={**LIST, "detail": "#a"})
    other = spec_of("https://x.example/", parse={**LIST, "detail": "#b"})
    assert as_now_read(other, known(spec)).read_pages == ()
    assert as_now_read(spec, known(spec)).read_pages == ("p",)


def test_a_state_stored_before_this_was_remembered_is_read():
    stored = from_json(SourceState, '{"source_id": "s", "condition": "partial", "etag": "v"}')
    assert (stored.read_as, stored.document_condition) == ("", "ok")


def test_a_frozen_list_whose_new_pages_are_unread_is_blind(run):
    async def body(bench):
        expect = {"newest_within_days": 10}
        spec = spec_of(bench.url("/n"), parse={**LIST, "detail": "#text"}, expect=expect)
        bench.server.pages["/n"] = (200, page("list", range(1, 4)))
        await bench.collect(spec)
        assert (bench.state().condition, bench.state().is_blind) == ("partial", True)
        assert bench.state().cause.startswith("3 pages unread")
        assert bench.state().cause.endswith("expected within 10 days (expect.newest_within_days)")

    run(body)


@pytest.mark.parametrize(("broken", "costs"), [(1, False), (40, True)])
def test_a_few_broken_bytes_are_a_remark_and_many_are_a_text_nobody_can_read(broken, costs):
    text = "商务部公告关于对镓实施出口管制".encode() * 10 + b"\xff " * broken
    (told,) = decode(text, "text/plain; charset=utf-8").problems
    assert isinstance(told, Remark) != costs


def test_a_source_in_a_burst_is_read_as_ever():
    spec = spec_of("https://x.example/")
    assert basis_of(spec.model_copy(update={"every": timedelta(minutes=2)})) == basis_of(spec)
    assert basis_of(spec_of("https://x.example/", parse=RSS, every="2h")) == basis_of(spec)
