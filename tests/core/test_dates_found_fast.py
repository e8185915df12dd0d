"""Dates are looked for only where one may begin: what is found is what the whole pattern finds in the text."""

from hypothesis import given
from hypothesis import strategies as st

from warning.core.text.calendar_dates import _date, _matches

PIECES = [
    "2025", "12", "5", "03", "20251", "１２", "年", "月", "日", "일", "월", "년", "号", " ", "  ", "\n", "\u3000", "令和", "平成", "元",
    "지난달", "이번 달", "다음달", "下个月", "下月", "上月", "今月", "Jan", "january.", "May", "sept", "MAR", "of", "th", ",", ".", "-", ":",
    "翌年", "一昨年", "来年", "の", "next year", "二〇二五", "十二", "一", "三十", "○", "부터", "から", "より", "第", "제", "a", "x",
]  # fmt: skip


@given(text=st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_dates_are_found_where_the_whole_pattern_finds_them(text):
    assert [m.span() for m in _matches(text)] == [m.span() for m in _date().finditer(text)]
