"""The day of announcement is told when a text states it: a report's own day of publication is nobody's word."""

from datetime import UTC, date, datetime

import pytest

from warning.core.evidence import Item
from warning.core.text.timing import timing_of

MOMENT = datetime(2025, 10, 14, 6, tzinfo=UTC)  # a Tuesday


def timing(title, lead="", *, official=False, country="", language="en", moment=MOMENT):
    item = Item(
        id="i", source_id="s", kind="news", country=country, language=language, title=title, summary=lead,
        published_at=moment, known_at=moment,
    )  # fmt: skip
    return timing_of(item, f"{title}\n{lead}", [title], official=official)


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("China bans exports of helium", ""),
        ("Zimbabwe bans raw lithium exports", "Companies building concentrators are exempt."),
        ("中国、ヘリウムの輸出を一時禁止", "半導体への影響が懸念される。"),
        ("짐바브웨, 리튬 원광 수출 전면 금지", ""),
        ("津巴布韦禁止锂原矿出口", "在当地建厂的中资企业称不受影响。"),
        ("China to control exports", "The ministry said the rule will take effect on Monday."),
        ("中国、輸出規制を発表", "20日から施行する。30日間の猶予がある。"),
    ],
)
def test_a_report_that_dates_no_announcement_gives_none(title, lead):
    assert timing(title, lead).announced is None


def test_an_official_notice_bears_the_day_it_was_published():
    assert timing("Notice on exports", official=True).announced == date(2025, 10, 14)


@pytest.mark.parametrize(
    ("title", "lead", "day"),
    [
        ("China bars Nexperia exports", "The ministry's notice is dated 4 October and covers parts.", date(2025, 10, 4)),
        ("Congo suspends cobalt exports", "The decision, dated October 11, applies to all.", date(2025, 10, 11)),
        ("安世：商务部10月4日发布出口管制公告，禁止出口", "", date(2025, 10, 4)),
        ("中国商务部9日公布稀土出口管制", "", date(2025, 10, 9)),
        ("中国商务部周五宣布稀土出口管制", "", date(2025, 10, 10)),
        ("中国、レアアース輸出規制", "中国商務省は9日、レアアースの輸出規制を強化すると発表した。", date(2025, 10, 9)),
        ("中, 희토류 수출통제", "중국 상무부는 9일 희토류 수출통제를 강화한다고 발표했다.", date(2025, 10, 9)),
        ("중국 희토류 수출통제", "상무부가 10월 9일 공고했다.", date(2025, 10, 9)),
        ("China curbs rare earths", "The ministry announced the controls on Thursday.", date(2025, 10, 9)),
        ("China curbs rare earths", "On Thursday, the ministry announced the controls.", date(2025, 10, 9)),
        ("Congo extends cobalt ban", "Stocks remain high, regulator Arecoms said on Saturday.", date(2025, 10, 11)),
        ("Congo extends cobalt ban", "Arecoms said on Tuesday that stocks are high.", date(2025, 10, 14)),
    ],
)  # fmt: skip
def test_a_report_tells_the_day_of_announcement_when_it_states_it(title, lead, day):
    assert timing(title, lead).announced == day


def test_days_far_back_are_of_another_act():
    old = timing("China curbs rare earths", "On July 3, China announced controls on gallium.")
    assert old.announced is None


def test_a_weekday_counts_back_from_the_readers_own_day_of_the_report():
    seoul_morning = datetime(2025, 10, 13, 23, tzinfo=UTC)
    told = timing(
        "Beijing curbs exports", "China announced it on Tuesday.", country="KR", moment=seoul_morning
    )
    assert told.announced == date(2025, 10, 14)


def test_a_day_on_which_an_order_was_imposed_is_its_effect_and_not_its_announcement():
    told = timing("Dutch invoke act over chipmaker", "The minister imposed the order on 30 September.")
    assert (told.announced, told.effective) == (None, date(2025, 9, 30))
