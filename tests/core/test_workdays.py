"""Office time and rest by a country's calendar and a desk's own clock."""

from datetime import UTC, date, datetime, time

import pytest

from warning.core.workdays import Hours, is_workday, office_time_after, rest_ends_at

OFFICE = Hours(start=time(9), end=time(18))
SEOUL = {"timezone": "Asia/Seoul", "country": "KR"}


@pytest.mark.parametrize(
    ("day", "country", "open_"),
    [
        (date(2026, 1, 1), "US", False),
        (date(2026, 11, 23), "JP", False),
        (date(2026, 11, 23), "KR", True),
        (date(2026, 11, 21), "KR", False),
        (date(2026, 11, 23), "ZZ", True),
    ],
    ids=["New Year", "Labour Thanksgiving", "a Monday in Seoul", "a Saturday", "a country nobody lists"],
)
def test_offices_are_shut_on_weekends_and_the_countrys_own_holidays(day, country, open_):
    assert is_workday(day, country) is open_


def test_office_minutes_run_on_over_a_night_and_a_weekend():
    """Friday 17:30 in Seoul: 30 minutes are left that day, the other 30 on Monday."""
    friday = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert office_time_after(friday, 60, OFFICE, **SEOUL) == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


def test_office_minutes_begin_when_the_office_opens():
    before = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert office_time_after(before, 60, OFFICE, **SEOUL) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_rest_over_a_change_of_the_clocks_ends_at_the_local_hour():
    """Clocks in Washington go forward on 8 March 2026: 07:00 is 11:00 UTC from then on."""
    night = Hours(start=time(22), end=time(7))
    where = {"timezone": "America/New_York", "country": "US"}
    before = datetime(2026, 3, 8, 4, 0, tzinfo=UTC)
    assert rest_ends_at(before, night, days_off=False, **where) == datetime(2026, 3, 8, 11, 0, tzinfo=UTC)


def test_there_is_no_rest_to_end_by_day():
    noon = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert rest_ends_at(noon, Hours(start=time(22), end=time(7)), days_off=True, **SEOUL) is None


def test_hours_that_span_nothing_are_refused():
    with pytest.raises(ValueError, match="the span is empty"):
        Hours(start=time(9), end=time(9))
