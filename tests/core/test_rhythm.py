"""Silence by a source's own rhythm: weekdays, holidays, and the pauses it is known to make."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from warning.core.rhythm import REMEMBERED_DAYS, recall, remember, silence
from warning.core.workdays import is_workday


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def working(first: date, count: int, country: str) -> list[date]:
    return [day for day in days(first, count) if is_workday(day, country)]


MINISTRY = working(date(2026, 1, 5), 330, "CN")


def first_unusual(known: list[date], country: str) -> int:
    """After how many days without news the silence becomes unusual."""
    last = known[-1]
    for gone in range(1, 200):
        told = silence(known, country, last + timedelta(days=gone))
        if told is not None and told.is_unusual:
            return gone
    raise AssertionError("silence never becomes unusual")


def test_a_wire_that_never_rests_is_silent_after_a_few_days_and_a_weekly_one_is_not():
    daily = days(date(2026, 6, 1), 100)
    weekly = [date(2026, 1, 7) + timedelta(days=7 * n) for n in range(30)]
    assert 3 <= first_unusual(daily, "CN") <= 4
    assert 12 <= first_unusual(weekly, "CN") <= 22


def test_a_weekend_and_a_golden_week_are_no_silence_for_a_ministry():
    known = [day for day in MINISTRY if day <= date(2026, 9, 30)]
    during = silence(known, "CN", date(2026, 10, 7))
    assert during is not None
    assert not during.is_unusual
    assert silence(known, "CN", date(2026, 10, 20)).is_unusual


def test_the_same_days_of_silence_are_unusual_in_an_ordinary_week():
    known = [day for day in MINISTRY if day <= date(2026, 6, 2)]
    assert silence(known, "CN", date(2026, 6, 11)).is_unusual


def test_a_source_that_pauses_now_and_then_is_given_its_longest_pause():
    known = sorted({*days(date(2026, 3, 1), 40), *days(date(2026, 4, 24), 60)})
    assert first_unusual(known, "CN") >= 14


def test_too_few_days_teach_nothing():
    assert silence(days(date(2026, 3, 1), 7), "CN", date(2027, 1, 1)) is None
    assert silence(days(date(2026, 3, 1), 10), "CN", date(2027, 1, 1)) is None
    assert silence([], "CN", date(2027, 1, 1)) is None


def test_a_country_nobody_keeps_holidays_of_has_its_weekdays():
    assert silence(days(date(2026, 3, 1), 40), "WLD", date(2026, 4, 9)) is not None


@given(st.sets(st.dates(date(2024, 1, 1), date(2026, 12, 31)), max_size=80))
def test_remembered_days_come_back_as_they_were_within_the_memory(known):
    encoded = remember("", known)
    expected = [d for d in sorted(known) if known and (max(known) - d).days < REMEMBERED_DAYS]
    assert list(recall(encoded)) == expected
    assert len(encoded) <= 112


@given(st.lists(st.dates(date(2025, 1, 1), date(2026, 12, 31)), max_size=40), st.integers(0, 40))
def test_the_order_and_the_batches_in_which_days_are_learned_do_not_matter(known, cut):
    together = remember("", known)
    assert (
        set(recall(remember(remember("", known[:cut]), known[cut:])))
        >= {day for day in recall(together) if known and (max(known) - day).days < 300}
        or not known
    )


@given(
    st.sets(st.dates(date(2026, 1, 1), date(2026, 8, 31)), min_size=8, max_size=90),
    st.integers(0, 300),
    st.integers(0, 60),
)
def test_silence_only_becomes_more_unusual_as_it_lasts(known, gone, more):
    ordered = sorted(known)
    one = silence(ordered, "KR", ordered[-1] + timedelta(days=gone))
    other = silence(ordered, "KR", ordered[-1] + timedelta(days=gone + more))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert other.missed >= one.missed
        assert other.is_unusual or not one.is_unusual
