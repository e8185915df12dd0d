"""Older news under a new date opens no alert: a number of a year long past, a day without a year far ahead."""

from datetime import UTC, date, datetime

import pytest

from tests.core.build import at, exhibit, press, signal, text_rule
from warning.core.old_news import came_late, is_old_news

SPRING = datetime(2026, 3, 30, 3, tzinfo=UTC)


def headline(title, *, published=SPRING, facts=None, shown=press):
    exhibit_ = shown("p1", title=title, published_at=published, known_at=published)
    return signal("p1", exhibit=exhibit_, occurred_at=published, known_at=published, facts=facts or {})


@pytest.mark.parametrize(
    ("title", "facts", "again"),
    [
        ("Controls from August 1", {"effective": date(2026, 8, 1)}, True),
        ("중국, 8월 1일부터 수출통제 시행", {"effective": date(2026, 8, 1)}, True),
        ("Controls from August 1, 2026", {"effective": date(2026, 8, 1)}, False),
        ("Controls from May 1", {"effective": date(2026, 5, 1)}, False),
        ("Controls announced", {"effective": date(2026, 8, 1)}, False),
        ("商务部公告2024年第33号", {"instrument": "MOFCOM 2024/33"}, True),
        ("商务部公告2025年第70号", {"instrument": "MOFCOM 2025/70"}, False),
        ("MOFCOM lifts 46 of 2024", {"instrument": "MOFCOM 2024/46", "direction": "easing"}, False),
        ("89 FR 96790", {"instrument": "89 FR 96790"}, False),
    ],
)
def test_a_headline_with_the_marks_of_an_older_one_comes_late(title, facts, again):
    told = headline(title, facts=facts)
    assert came_late(told, text_rule()) is again
    assert is_old_news(told, text_rule(), SPRING) is again


def test_an_official_text_is_never_taken_for_an_older_one():
    told = headline("Controls from August 1", facts={"effective": date(2026, 8, 1)}, shown=exhibit)
    assert not came_late(told, text_rule())


def test_a_signal_without_its_rule_is_left_to_others():
    assert not came_late(headline("Controls", facts={"instrument": "MOFCOM 2024/33"}), None)
    assert not is_old_news(signal(), None, at(0))
