"""When a source is asked next, and what an answer tells of its pace: arithmetic, without a server."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.collected_specs import NOW, spec_of
from warning.app.collecting import parse_known
from warning.app.source_judgement import brief, items_per_week
from warning.app.source_timing import LONGEST_RETRY, is_due, next_poll, next_retry
from warning.core.documents import Document, Parsed
from warning.core.evidence import Item
from warning.core.health import SourceState


def test_polls_of_different_sources_spread_out_and_are_the_same_in_every_run():
    specs = [spec_of("https://example.org/", f"s{n}") for n in range(200)]
    due = [next_poll(spec, NOW) - NOW for spec in specs]
    assert due == [next_poll(spec, NOW) - NOW for spec in specs]
    assert all(timedelta(minutes=15) <= wait <= timedelta(minutes=16.5) for wait in due)
    assert len(set(due)) == 200


def test_max_age_stretches_the_pace_to_twice_at_most():
    spec = spec_of("https://example.org/", jitter="0s")
    assert next_poll(spec, NOW, max_age_seconds=60) - NOW == timedelta(minutes=15)
    assert next_poll(spec, NOW, max_age_seconds=1200) - NOW == timedelta(minutes=20)
    assert next_poll(spec, NOW, max_age_seconds=86_400) - NOW == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("every", "first", "cap"), [("5m", 5, 6 * 60), ("1d", 15, 4 * 1440), ("30d", 15, 7 * 1440)]
)
def test_retries_start_soon_and_end_at_a_cap_that_is_never_never(every, first, cap):
    spec = spec_of("https://example.org/", every=every, jitter="0s")
    waits = [(next_retry(spec, NOW, failures=n) - NOW).total_seconds() / 60 for n in (1, 2, 3, 500)]
    assert waits == [first, 2 * first, 4 * first, cap]


@pytest.mark.parametrize(
    ("every", "asked_hours", "waits_hours"),
    [("5m", 168, 1), ("5m", 0.75, 0.75), ("3h", 168, 6), ("1d", 30, 30), ("1d", 168, 48), ("30d", 1e6, 168)],
)
def test_a_request_to_wait_is_obeyed_for_twice_the_pace_or_an_hour_and_no_longer(
    every, asked_hours, waits_hours
):
    spec = spec_of("https://example.org/", every=every, jitter="0s")
    due = next_retry(spec, NOW, failures=1, retry_after_seconds=asked_hours * 3600)
    assert due - NOW == timedelta(hours=waits_hours)


def test_the_pace_is_scaled_up_for_a_feed_that_shows_less_than_a_week():
    hourly = [NOW - timedelta(hours=n) for n in range(1, 25)]
    assert items_per_week(hourly, NOW) == pytest.approx(168)
    assert items_per_week([NOW - timedelta(days=n) for n in range(20)], NOW) == 7
    assert items_per_week(hourly[:4], NOW) is None


def test_an_assumed_time_is_no_time():
    item = Item(id="i", source_id="s", kind="news", country="US", language="en", title="t", known_at=NOW)
    assert "published_at" in brief(replace(item, published_at=NOW, time_assumed=True)).missing
    assert brief(replace(item, published_at=NOW)).published_at == NOW
    assert Parsed().records == 0


def items_of_feed_without_titles():
    body = b"<rss version='2.0'><channel><item><link>https://x.example/7</link></item></channel></rss>"
    spec = spec_of("https://x.example/feed", "s")
    document = Document(source_id="s", url=spec.url, body=body, fetched_at=NOW)
    return parse_known(document, spec.parse, spec.profile, frozenset()).items


def test_an_address_in_a_titles_place_is_no_title() -> None:
    """An entry without title and text is shown by its link; a feed whose titles are gone has drifted all the same."""
    item = items_of_feed_without_titles()[0]
    assert (item.title, "title" in brief(item).missing) == (item.url, True)
    assert "title" not in brief(replace(item, title="Notice 7")).missing


@pytest.mark.parametrize(("ahead", "due"), [(LONGEST_RETRY, False), (timedelta(days=3650), True)])
def test_time_set_by_a_clock_far_ahead_silences_no_source(ahead, due):
    state = SourceState(source_id="s", next_due_at=NOW + ahead)
    assert is_due(spec_of("https://example.org/"), state, NOW) is due
