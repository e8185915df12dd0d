"""Dates in four languages become aware UTC, read on the publisher's own clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.collect.times import date_in_url, not_in_future, read_month_day, read_time


@pytest.mark.parametrize(
    ("written", "country", "utc"),
    [
        ("2023-07-03 18:30", "CN", "2023-07-03T10:30"),
        ("Mon, 03 Jul 2023 18:30:00 +0800", "US", "2023-07-03T10:30"),
        ("Mon, 3 Jul 23 18:30 EST", "", "2023-07-03T23:30"),
        ("Sat, 01 Jul 2023 09:00:00 JST", "", "2023-07-01T00:00"),
        ("Jul 3, 2023 5:30 PM ET", "US", "2023-07-03T21:30"),
        ("July 3, 2023", "US", "2023-07-03T04:00"),
        ("2026年8月21日", "JP", "2026-08-20T15:00"),
        ("令和8年8月17日", "JP", "2026-08-16T15:00"),
        ("令和元年5月1日 午後3時20分", "JP", "2019-05-01T06:20"),
        ("令和８年８月１７日（月）", "JP", "2026-08-16T15:00"),
        ("平成31年4月30日", "JP", "2019-04-29T15:00"),
        ("2026.08.21", "KR", "2026-08-20T15:00"),
        ("2026. 8. 21.", "KR", "2026-08-20T15:00"),
        ("2026년 8월 21일 (금) 14:05", "KR", "2026-08-21T05:05"),
        ("2026-08-21 오후 2:05", "KR", "2026-08-21T05:05"),
        ("发布时间：2023-07-03 下午6:30", "CN", "2023-07-03T10:30"),
        ("07/17/2023", "US", "2023-07-17T04:00"),
        ("17/07/2023", "GB", "2023-07-16T23:00"),
        ("20230703", "CN", "2023-07-02T16:00"),
        ("1688380200", "", "2023-07-03T10:30"),
        ("1688380200000", "", "2023-07-03T10:30"),
        ("2003-12-31T24:00:00Z", "", "2004-01-01T00:00"),
        ("2023-07-03T18:30:00.123456+09:00", "", "2023-07-03T09:30"),
        ("Mon Jul  3 18:30:00 2023", "", "2023-07-03T18:30"),
        ("Mon, 03 Jul 2023 18:30:00 CST", "CN", "2023-07-03T10:30"),
    ],
)
def test_a_date_is_read_on_the_publishers_clock(written: str, country: str, utc: str) -> None:
    assert read_time(written, country) == datetime.fromisoformat(f"{utc}+00:00")


@pytest.mark.parametrize(
    "written", ["", "soon", "2023-02-31", "0001-01-01", "1066-10-14", "99/99/9999", "第18号"]
)
def test_an_absurd_or_missing_date_is_none(written: str) -> None:
    assert read_time(written, "CN") is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("/press/2026/08/20260817001.html", "2026-08-17"),
        ("https://x.example/art/t20230703_3419666.html", "2023-07-03"),
        ("https://x.example/2024/08/15/notice", "2024-08-15"),
        ("https://x.example/item/12345678", None),
    ],
)
def test_a_day_is_read_out_of_an_address(url: str, day: str | None) -> None:
    found = date_in_url(url)
    assert (found.date().isoformat() if found else None) == day


def test_a_day_without_its_year_is_the_latest_such_day() -> None:
    near = datetime(2027, 1, 5, tzinfo=UTC)
    assert read_month_day("12月28日", "JP", near) == datetime(2026, 12, 27, 15, tzinfo=UTC)
    assert read_month_day("Jan 4", "", near) == datetime(2027, 1, 4, tzinfo=UTC)


def test_a_date_in_the_future_is_clamped_and_told() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert not_in_future(now + timedelta(days=1), now) == (now + timedelta(days=1), "")
    moment, problem = not_in_future(now + timedelta(days=30), now)
    assert moment == now
    assert "future" in problem


@given(st.text(max_size=80))
def test_any_text_gives_an_aware_time_or_none(written: str) -> None:
    moment = read_time(written, "JP")
    assert moment is None or moment.tzinfo is not None
