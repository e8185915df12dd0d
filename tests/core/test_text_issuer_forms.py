"""Numbers, dates and targets as issuers and headlines of four languages write them."""

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.evidence import Item
from warning.core.text.calendar_dates import dates_in, months_after
from warning.core.text.clauses import speaks_later
from warning.core.text.han_numbers import number_of
from warning.core.text.instruments import instrument_of
from warning.core.text.timing import timing_of

PUBLISHED = datetime(2025, 10, 28, 1, 0, tzinfo=UTC)


def item(title: str = "", country: str = "CN", language: str = "zh") -> Item:
    return Item(
        id="i", source_id="s", kind="regulatory", country=country, language=language, title=title,
        published_at=PUBLISHED, known_at=PUBLISHED,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("商务部　海关总署公告２０２５年第１８号", "MOFCOM-GACC 2025/18"),
        ("商务部公告〔2025〕18号", "MOFCOM 2025/18"),
        ("不可靠实体清单工作机制公告〔2025〕9号", "UEL 2025/9"),
        ("商务部 海关总署 国家国防科工局 中央军委装备发展部公告2023年第27号", "MOFCOM-GACC 2023/27"),
        ("中华人民共和国主席令第五十八号", "Presidential Order 58"),
        ("中华人民共和国主席令第九十号", "Presidential Order 90"),
        ("商务部令2020年第4号 不可靠实体清单规定", "MOFCOM Order 2020/4"),
        ("国务院令第803号", "State Council Order 803"),
        ("官報（号外第120号）に掲載", "Kanpo Extra 120"),
        ("令和七年政令第12号", "JP Cabinet Order 2025/12"),
        ("令和五年政令第百八十四号", "JP Cabinet Order 2023/184"),
        ("令和五年経済産業省令第二十六号", "METI Ordinance 2023/26"),
        ("平成三十一年経済産業省告示第八十五号", "METI Notice 2019/85"),
        ("令和元年経済産業省告示第十号", "METI Notice 2019/10"),
        ("官報（号外第百二十号）", "Kanpo Extra 120"),
        ("官報（令和七年五月二十八日号外第百二十号）", "Kanpo Extra 120"),
        ("商务部公告二〇二五年第十号", "MOFCOM 2025/10"),
        ("商务部 海关总署公告二○二三年第二十三号", "MOFCOM-GACC 2023/23"),
        ("国务院令第七百九十二号", "State Council Order 792"),
        ("國務院令第792號", "State Council Order 792"),
        ("산업통상부 고시 제2025-34호", "MOTIR Notice 2025-34"),
        ("The Export Control (Amendment) Regulations 2024, SI 2024/346", "UK SI 2024/346"),
        ("Staatscourant 2023, 18212", "NL Stcrt 2023/18212"),
        ("see 90 FR 4617", "90 FR 4617"),
        ("Delegated Regulation (EU) 2025/2003", "EU 2025/2003"),
    ],
)
def test_instrument_is_read_in_wide_digits_brackets_and_counting_words(text, number):
    assert instrument_of(item(), [text]) == number


@pytest.mark.parametrize(
    "text",
    [
        "官報で公布された外国為替及び外国貿易法第四十八条第一号により許可制とする",
        "官報に掲載された関税定率法第21条第1号に基づく",
        "官報に掲載の輸出貿易管理令別表第一号",
    ],
)
def test_article_of_a_law_told_in_the_gazette_is_no_number_of_the_gazette(text):
    assert instrument_of(item(), [text]) is None


@given(st.integers(1, 999), st.integers(2010, 2035))
def test_full_width_digits_give_the_number_that_half_width_digits_give(number, year):
    half = f"商务部公告{year}年第{number}号"
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isdigit() else c for c in half)
    assert unicodedata.normalize("NFKC", wide) == half
    assert instrument_of(item(), [wide]) == instrument_of(item(), [half]) == f"MOFCOM {year}/{number}"


@pytest.mark.parametrize("written", ["二〇二五年十月二十七日", "2025年10月27日"])
def test_notice_bears_the_day_below_it_in_numerals_or_digits(written):
    text = f"商务部公告\n现公布如下。\n商务部\n{written}\n"
    assert timing_of(item(text), text, [text], official=True).announced == date(2025, 10, 27)


@given(st.integers(0, 9999))
def test_han_numerals_say_the_number_they_count(number):
    signs = "〇一二三四五六七八九"
    plain = "".join(signs[int(digit)] for digit in str(number))
    counted = "".join(
        ("" if digit == "1" and unit == "十" and number < 20 else signs[int(digit)]) + unit
        for digit, unit in zip(f"{number:04}", "千百十 ", strict=True)
        if digit != "0"
    ).strip()
    assert number_of(plain) == number_of(str(number)) == number_of(counted or "〇") == number


@pytest.mark.parametrize(
    ("text", "country", "effective"),
    [
        ("本公告自公布之日起实施。", "CN", date(2025, 10, 28)),
        ("锑出口管制今日起实施", "CN", date(2025, 10, 28)),
        ("自公布之日起30日后施行。", "CN", date(2025, 11, 27)),
        ("对华芯片新规30天后生效", "CN", date(2025, 11, 27)),
        ("自公布之日起六个月后施行。", "CN", date(2026, 4, 28)),
        ("令和8年1月15日から施行する。", "JP", date(2026, 1, 15)),
        ("この省令は、公布の日から起算して60日を経過した日から施行する。", "JP", date(2025, 12, 27)),
        ("令和七年十一月二十八日から施行する。", "JP", date(2025, 11, 28)),
        (
            "11月4日より、包括輸出許可制度の対象から外し、個別に輸出許可申請を求める。",
            "JP",
            date(2025, 11, 4),
        ),
        ("この省令は、公布の日から起算して三十日を経過した日から施行する。", "JP", date(2025, 11, 27)),
        ("この政令は、公布の日から起算して六月を経過した日から施行する。", "JP", date(2026, 4, 28)),
        ("自二〇二五年十一月八日起施行。", "CN", date(2025, 11, 8)),
        ("自公布之日起三十日后施行。", "CN", date(2025, 11, 27)),
        ("来月４日から輸出を規制", "JP", date(2025, 11, 4)),
        ("이 고시는 공포한 날부터 시행한다.", "KR", date(2025, 10, 28)),
        ("이 영은 공포 후 3개월이 경과한 날부터 시행한다.", "KR", date(2026, 1, 28)),
        ("희토류 수출통제 내달 8일부터 시행", "KR", date(2025, 11, 8)),
        ("수출규제 4일부터 시행", "KR", date(2025, 11, 4)),
        ("희토류 수출통제 내년 3월 8일부터 시행", "KR", date(2026, 3, 8)),
        ("来年３月８日から輸出を規制する。", "JP", date(2026, 3, 8)),
        ("自明年3月8日起施行。", "CN", date(2026, 3, 8)),
        ("The order takes effect on March 8 next year.", "NL", date(2026, 3, 8)),
        ("The order takes effect on March 8, next year.", "NL", date(2026, 3, 8)),
        ("The rule takes effect 60 days after publication in the Gazette.", "GB", date(2025, 12, 27)),
        ("This order enters into force three months after publication.", "NL", date(2026, 1, 28)),
    ],
)
def test_effect_is_read_from_eras_near_months_and_spans_after_publication(text, country, effective):
    assert timing_of(item(text, country), text, [text], official=True).effective == effective


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Nov. 27 last year", [date(2024, 11, 27)]),
        ("27 November of this year", [date(2025, 11, 27)]),
        ("announced in October 2023, in force Jan 1 of the next year", [date(2024, 1, 1)]),
        ("지난해 12월 3일, 작년 12월 4일", [date(2024, 12, 3), date(2024, 12, 4)]),
        ("一昨年12月3日と昨年12月3日", [date(2023, 12, 3), date(2024, 12, 3)]),
        ("去年12月3日，明年的1月3日", [date(2024, 12, 3), date(2026, 1, 3)]),
        ("2023年公布、翌年8月1日に施行", [date(2024, 8, 1)]),
        ("令和5年に公布、翌年8月1日に施行", [date(2024, 8, 1)]),
        ("昨年公布、翌年8月1日に施行", [date(2025, 8, 1)]),
        ("2023년 발표, 이듬해 8월 1일 시행", [date(2024, 8, 1)]),
        ("次年8月1日起施行，2023年公布", []),
    ],
)
def test_a_year_told_in_words_is_the_one_they_say(text, days):
    assert [found.day for found in dates_in(text, date(2025, 11, 9))] == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("capped at 2000 tonnes from Jan. 1 the following year", [date(2026, 1, 1)]),
        ("cut by 2000 tonnes from Jan. 1 the following year", [date(2026, 1, 1)]),
        ("Notice No. 1993 takes effect Jan 1 of the following year", [date(2026, 1, 1)]),
        ("under HS 2025, from Jan 1 of the following year", [date(2026, 1, 1)]),
        ("a rule of 1993 is tightened from Jan 1 of the following year", [date(2026, 1, 1)]),
        ("issued in 2024 for 2000 units, in force Jan 1 of the following year", [date(2025, 1, 1)]),
        ("Oct. 9, 2023 notice, in force Jan 1 of the next year", [date(2023, 10, 9), date(2024, 1, 1)]),
        ("2000トンに制限、翌年1月1日に施行", []),
        ("2023年公布、上限 2000 吨，次年1月1日起施行", [date(2024, 1, 1)]),
        ("2000 톤으로 제한, 이듬해 1월 1일 시행", []),
    ],
)
def test_quantities_and_numbers_are_no_year_that_another_follows(text, days):
    assert [found.day for found in dates_in(text, date(2025, 11, 9))] == days


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.integers(-24, 24))
def test_months_after_lands_in_the_month_asked_for(day, months):
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day <= day.day


@given(st.dates(date(2015, 1, 1), date(2040, 12, 31)), st.integers(1, 31))
def test_a_day_told_alone_lies_at_most_a_week_back_and_never_crashes(anchor, number):
    for found in dates_in(f"수출통제 {number}일부터 시행", anchor):
        assert -7 <= (found.day - anchor).days <= 62
        assert found.day.day == number


@pytest.mark.parametrize(
    ("text", "act", "word", "later"),
    [
        ("china restricts graphite exports, analysts warn of shortages", "restricts graphite exports", "warn", True),
        ("china restricts graphite exports as carmakers fear stops", "restricts graphite exports", "fear", True),
        ("us bars chinese drones over spying fears", "bars chinese drones", "fears", True),
        ("ban on gallium exports over licence concerns rumoured", "ban on gallium exports", "rumoured", False),
        ("ban on gallium exports over licence concerns is denied", "ban on gallium exports", "denied", False),
        ("analysts warn china may restrict graphite exports", "restrict graphite exports", "warn", False),
        ("china restricts exports of graphite analysts fear", "restricts exports of graphite", "fear", False),
        ("中, 희토류 수출 통제…업계 우려", "수출 통제", "우려", True),
        ("中国、レアアース輸出規制を強化 懸念広がる", "輸出規制を強化", "懸念", True),
    ],
)  # fmt: skip
def test_reaction_is_what_follows_the_clause_of_the_act(text, act, word, later):
    assert speaks_later(text, text.index(act) + len(act), text.index(word)) is later


@pytest.mark.parametrize(
    ("title", "language", "number"),
    [
        ("中国商務省、公告2026年第91号でタングステンの輸出を禁止", "ja", "MOFCOM 2026/91"),
        ("中国商務省と税関総署が公告2026年第29号", "ja", "MOFCOM-GACC 2026/29"),
        ("중국 상무부 공고 2026년 제91호, 텅스텐 수출 금지", "ko", "MOFCOM 2026/91"),
        ("중국 해관총서 2026년 제81호 공고", "ko", "GACC 2026/81"),
        ("経済産業省公告2026年第91号", "ja", None),
        ("산업통상부 공고 2026년 제91호, 중국산 흑연", "ko", None),
    ],
)
def test_chinese_notice_is_numbered_as_the_press_of_japan_and_korea_writes_it(title, language, number):
    report = Item(
        id="i", source_id="s", kind="news", country="JP", language=language, title=title, published_at=PUBLISHED, known_at=PUBLISHED,
    )  # fmt: skip
    assert instrument_of(report, [title]) == number
