"""Bursts: while a watch is open, the sources it concerns are asked at a shorter pace, and no others."""

from datetime import UTC, date, datetime, timedelta

import pytest

from warning.app.elevating import bursts
from warning.app.source_timing import in_burst, is_due_in_burst, next_poll
from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState
from warning.core.watches import Watch

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WATCH = Watch(
    rule_id="prc-answers-us-control", rule_title="t", title="t", opened_on=date(2026, 11, 20), until=date(2026, 12, 4),
    days_left=12, instrument=None, materials=("gallium",), alert_key="", evidence_id="e", actors=("CN",), sources=("named",),
)  # fmt: skip


def spec_of(**more) -> SourceSpec:
    return SourceSpec.model_validate(
        {
            "id": "s", "title": "S", "url": "https://x.example/", "kind": "news", "country": "US", "language": "en",
            "publisher": "p", "publisher_title": "P", "official": False, "reliability": "A", "licence": "x", "every": "30m",
            "burst": "5m", "parse": {"format": "rss"}, "verified": "never",
        } | more
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "is_meant"),
    [
        ({"id": "named"}, True),
        ({"country": "CN", "official": True}, True),
        ({"country": "CN"}, False),
        ({"materials": ["gallium"]}, True),
        ({"materials": ["urea"]}, False),
        ({"id": "named", "enabled": False}, False),
        ({"id": "named", "burst": None}, False),
    ],
)
def test_a_watch_hurries_what_it_concerns(more, is_meant):
    found = bursts([spec_of(**more)], [WATCH])
    assert bool(found) == is_meant
    assert all(burst.until == WATCH.until for burst in found.values())


def test_a_burst_polls_at_its_own_pace_and_pulls_the_next_poll_forward():
    usual = spec_of()
    hurried = in_burst(usual, frozenset({"s"}))
    assert next_poll(hurried, NOW) - NOW < timedelta(minutes=6)
    waiting = SourceState(
        source_id="s", next_due_at=NOW + timedelta(minutes=25), last_attempt_at=NOW - timedelta(minutes=5)
    )
    assert is_due_in_burst(hurried, waiting, NOW)
    assert not is_due_in_burst(hurried, waiting, NOW - timedelta(minutes=1))
    assert in_burst(usual, frozenset()) is usual


def test_a_source_that_fails_is_not_hurried():
    failing = SourceState(
        source_id="s", failures=2, next_due_at=NOW + timedelta(minutes=25), last_attempt_at=NOW - timedelta(hours=1)
    )  # fmt: skip
    assert not is_due_in_burst(in_burst(spec_of(), frozenset({"s"})), failing, NOW)
