from datetime import UTC, date, datetime

import pytest

from warning.core.evidence import Item
from warning.core.text.calendar_dates import dates_in
from warning.core.text.instruments import instrument_of
from warning.core.text.timing import timing_of

PUBLISHED = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)


def item(title: str = "", *, country: str = "CN", url: str = "", source: str = "s") -> Item:
    return Item(
        id="i", source_id=source, kind="regulatory", country=country, language="zh", title=title, url=url,
        published_at=PUBLISHED, known_at=PUBLISHED,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("商务部 海关总署公告2025年第18号", "MOFCOM-GACC 2025/18"),
        ("商务部、海关总署公告2025年第18号", "MOFCOM-GACC 2025/18"),
        ("商务部公告2024年第46号", "MOFCOM 2024/46"),
        ("商务部公告2025第61号", "MOFCOM 2025/61"),
        ("同日，商务部发布2025年第13号公告", "MOFCOM 2025/13"),
        ("海关总署公告2021年第81号", "GACC 2021/81"),
        ("中华人民共和国商务部令二〇二五年第6号", "MOFCOM Order 2025/6"),
        ("不可靠实体清单工作机制发布2025年第5号公告", "UEL 2025/5"),
        ("国务院令第792号", "State Council Order 792"),
        ("MOFCOM and Customs Announcement No. 18 of 2025", "MOFCOM-GACC 2025/18"),
        ("Announcement No. 61 [2025] of the Ministry of Commerce", "MOFCOM 2025/61"),
        ("see 89 FR 96790", "89 FR 96790"),
        ("Council Regulation (EU) 2022/328", "EU 2022/328"),
        ("令和5年経済産業省令第26号", "METI Ordinance 2023/26"),
        ("산업통상자원부 고시 제2024-12호", "MOTIE Notice 2024-12"),
        ("Decision n°004/ARECOMS/2025", "ARECOMS 2025/4"),
        ("Statutory Instrument 213 of 2022", "SI 2022/213"),
        ("不可靠实体清单工作机制〔2025〕14号", "UEL 2025/14"),
        ("中华人民共和国主席令（第九十号）", "Presidential Order 90"),
        ("主席令 第一一二号", "Presidential Order 112"),
        ("Order No. 58 of the President of the People's Republic of China", "Presidential Order 58"),
        ("FR Doc. 2025-19001, effective today", "FR 2025-19001"),
        ("Arecoms set 18,125 tonnes in decision 004/2025.", "ARECOMS 2025/4"),
        ("Décision ARECOMS n° 001/2025", "ARECOMS 2025/1"),
        ("no number here in 2025", None),
    ],
)
def test_instrument_is_read_in_the_issuers_form(text, number):
    assert instrument_of(item(), [text]) == number


@pytest.mark.parametrize(
    ("title", "summary", "number"),
    [
        ("China expands rare earth controls", "Under notice No. 61 of the commerce ministry a licence is needed.", "MOFCOM 2025/61"),
        ("Beijing controls batteries", "MOFCOM issued six acts. Notice No. 58 covers anodes.", "MOFCOM 2025/58"),
        ("Announcement No. 18 of 2025 covers seven rare earths", "China's Ministry of Commerce acted.", "MOFCOM 2025/18"),
        ("Announcement 2025 No. 61", "MOFCOM", "MOFCOM 2025/61"),
        ("MOFCOM: No. 62 [2025]", "", "MOFCOM 2025/62"),
        ("China's customs: Announcement No. 81 of 2021", "GACC", "GACC 2021/81"),
        ("School issues notice No. 61", "Parents were told.", None),
        ("Commerce ministry pauses Announcement No. 61 of 2025", "", None),
        ("商务部暂停实施商务部公告2025年第61号", "", None),
    ],
)  # fmt: skip
def test_press_names_the_announcement_and_the_ministry_apart(title, summary, number):
    told = Item(
        id="i", source_id="s", kind="news", country="GB", language="en", title=title, summary=summary,
        published_at=PUBLISHED, known_at=PUBLISHED,
    )  # fmt: skip
    assert instrument_of(told, [title, summary]) == number


def test_instrument_of_a_federal_register_page_is_its_document_number():
    url = "https://www.federalregister.gov/documents/2025/09/30/2025-19001/expansion-of-end-user-controls"
    assert instrument_of(item(country="US", url=url), ["Expansion"]) == "FR 2025-19001"


@pytest.mark.parametrize(
    ("text", "effective"),
    [
        ("自2023年8月1日起正式施行。", date(2023, 8, 1)),
        ("本公告自2025年11月8日起正式实施。", date(2025, 11, 8)),
        ("本公告自发布之日起正式实施。", date(2025, 10, 9)),
        ("The rule is effective Dec. 1.", date(2025, 12, 1)),
        ("will take effect on 1 December 2025", date(2025, 12, 1)),
        ("with immediate effect", date(2025, 10, 9)),
        ("12月1日から施行する", date(2025, 12, 1)),
        ("令和7年12月1日から施行する", date(2025, 12, 1)),
        ("12월 1일부터 시행한다", date(2025, 12, 1)),
        ("공포한 날부터 시행한다", date(2025, 10, 9)),
        ("effective 60 days after publication", date(2025, 12, 8)),
        ("prices rose on 3 October", None),
    ],
)
def test_effective_date_is_read_in_four_languages(text, effective):
    start = item()
    if effective and effective.year == 2023:
        early = datetime(2023, 7, 3, tzinfo=UTC)
        start = Item(
            id="i",
            source_id="s",
            kind="regulatory",
            country="CN",
            language="zh",
            title="",
            published_at=early,
            known_at=early,
        )
    assert timing_of(start, text, [], official=True).effective == effective


def test_suspension_ends_on_the_stated_day():
    timing = timing_of(item(), "自即日起至2026年11月10日，暂停实施上述公告。", [], official=True)
    assert timing.expires == date(2026, 11, 10)
    assert timing.effective == date(2025, 10, 9)


def test_announcement_day_is_the_issuers_own():
    late = datetime(2025, 10, 8, 16, 30, tzinfo=UTC)
    evening = Item(
        id="i",
        source_id="s",
        kind="regulatory",
        country="CN",
        language="zh",
        title="",
        published_at=late,
        known_at=late,
    )
    assert timing_of(evening, "", [], official=True).announced == date(2025, 10, 9)


def test_bare_publication_date_stays_that_date_west_of_greenwich():
    bare = datetime(2025, 9, 30, tzinfo=UTC)
    document = Item(
        id="i",
        source_id="s",
        kind="regulatory",
        country="US",
        language="en",
        title="",
        published_at=bare,
        known_at=bare,
    )
    assert timing_of(document, "", [], official=True).announced == date(2025, 9, 30)


def test_undated_item_invents_no_announcement():
    undated = Item(
        id="i", source_id="s", kind="news", country="US", language="en", title="", known_at=PUBLISHED
    )
    assert timing_of(undated, "from January 1", [], official=False).announced is None


def test_date_without_year_follows_the_anchor_and_impossible_dates_are_left_out():
    assert [f.day for f in dates_in("2月3日, 13月40日", date(2025, 12, 20))] == [date(2026, 2, 3)]


@pytest.mark.parametrize(
    ("title", "published", "number"),
    [
        ("経済産業省告示第百二号", datetime(2026, 7, 10, tzinfo=UTC), "METI Notice 2026/102"),
        ("輸出貿易管理令の一部を改正する省令（経済産業省令第26号）", datetime(2025, 12, 31, 16, tzinfo=UTC), "METI Ordinance 2026/26"),
        ("平成三年経済産業省告示第49号", datetime(2026, 7, 10, tzinfo=UTC), "METI Notice 1991/49"),
    ],
)  # fmt: skip
def test_a_japanese_number_without_its_era_is_of_the_year_in_which_it_is_published(title, published, number):
    notice = Item(
        id="i", source_id="s", kind="regulatory", country="JP", language="ja", title=title, published_at=published,
        known_at=published,
    )  # fmt: skip
    assert instrument_of(notice, [title]) == number
