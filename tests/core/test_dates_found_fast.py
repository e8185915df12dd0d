"""Dates are looked for only where one may begin: what is found is what the whole pattern finds in the text."""

import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.text.calendar_dates import _date, _dates, _matches

PIECES = [
    "2025", "12", "5", "03", "20251", "１２", "年", "月", "日", "일", "월", "년", "号", " ", "  ", "\n", "\u3000", "令和", "平成", "元",
    "지난달", "이번 달", "다음달", "下个月", "下月", "上月", "今月", "Jan", "january.", "May", "sept", "MAR", "of", "th", ",", ".", "-", ":",
    "翌年", "一昨年", "来年", "の", "next year", "二〇二五", "十二", "一", "三十", "○", "부터", "から", "より", "第", "제", "a", "x",
]  # fmt: skip


@given(text=st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_dates_are_found_where_the_whole_pattern_finds_them(text):
    assert [m.span() for m in _matches(text)] == [m.span() for m in _date().finditer(text)]


def calls_to_read(text):
    """How often functions are called, those of the regular expressions among them, to read the dates of a text."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found = list(_dates(text, date(2026, 11, 23)))
    finally:
        sys.setprofile(before)
    return len(found), calls


@pytest.mark.parametrize(
    "unit",
    [
        "2023年公布、翌年1月1日に施行、",
        "in 2025, from Jan. 1 of the following year, ",
        "昨年公布、次年1月1日に、",
    ],
)
def test_years_after_one_another_are_read_in_work_that_grows_with_the_text(unit):
    (few, work), (many, more) = calls_to_read(unit * 200), calls_to_read(unit * 1_000)
    assert (few, many) == (200, 1_000)
    assert more <= 5.5 * work
