"""A time of effect is found however it is written; what a long text lacks is not looked for in it."""

from datetime import UTC, date, datetime

import pytest

from warning.core.evidence import Item
from warning.core.text.timing import timing_of

DAY = date(2025, 3, 3)
FILLER = "A quiet day at the port. " * 8


def effective(text):
    moment = datetime(2025, 3, 3, tzinfo=UTC)
    item = Item(
        id="i", source_id="s", kind="regulatory", country="", language="en", title="t", published_at=moment, known_at=moment
    )  # fmt: skip
    return timing_of(item, FILLER + text, [FILLER + text], official=True).effective


@pytest.mark.parametrize(
    "text",
    [
        "自公布之日起施行", "本日起实施", "应立即停止出口", "即日施行", "本日から施行", "きょうから適用", "今から実施", "同日付で施行",
        "공포한 날부터 시행한다", "즉시 시행", "오늘부터 전격 시행", "이날부터 시행", "당일부터 시행", "Effective Immediately",
        "TAKES IMMEDIATE EFFECT", "in force on the date of its promulgation", "effective upon issuance", "effective \u0131mmediately",
        "effective immed\u0131ately", "from the day of publication",
    ],
)  # fmt: skip
def test_effect_at_once_is_the_day_of_the_notice_when_the_text_says_so(text):
    assert effective(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("30 Days after publication", date(2025, 4, 2)), ("takes effect in 30 days", date(2025, 4, 2)),
        ("公布之日起30天后施行", date(2025, 4, 2)), ("30日后生效", date(2025, 4, 2)), ("30일 뒤 시행", date(2025, 4, 2)),
        ("公布の日から起算して30日", date(2025, 4, 2)), ("Three Months after its publication", date(2025, 6, 3)),
        ("公布之日起三个月后施行", date(2025, 6, 3)), ("공포 후 3개월", date(2025, 6, 3)), ("公布の日から三月", date(2025, 6, 3)),
    ],
)  # fmt: skip
def test_effect_after_days_or_months_is_counted_when_the_text_says_so(text, day):
    assert effective(text) == day


def test_no_effect_is_told_when_the_text_states_none():
    assert effective("日") is None


@pytest.mark.parametrize(
    "text",
    [
        "11월 8일 0시부터 시행한다", "11월 8일 오전 9시부터 적용", "11月8日零时起施行", "11月8日0时起实施", "１１月８日午前０時から施行", "November 8 at 00:01 takes effect",
        "from November 8", "11月8日起执行", "11月8日から施行", "11월 8일부터 시행", "Controls from November 8", "8 November takes effect",
    ],
)  # fmt: skip
def test_effect_at_an_hour_of_a_day_without_a_year_is_that_day_next_to_come(text):
    moment = datetime(2025, 10, 9, tzinfo=UTC)
    item = Item(
        id="i",
        source_id="s",
        kind="news",
        country="",
        language="en",
        title=text,
        published_at=moment,
        known_at=moment,
    )
    assert timing_of(item, text, [text], official=False).effective == date(2025, 11, 8)
