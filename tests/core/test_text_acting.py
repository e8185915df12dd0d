"""Headlines in which several states act, each in a clause of its own: each clause is read as its state's act."""

from datetime import UTC, datetime

import pytest

from warning.core.evidence import Item
from warning.core.terms import Terms
from warning.core.text.acting import find_acting
from warning.core.text.continued import with_goods
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.reading import Reading

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TERMS = Terms.model_validate({
    "materials": {"antimony": {"label": {"en": "a"}, "names": {"en": ["antimony"], "zh": ["锑"], "ja": ["アンチモン"], "ko": ["안티모니"]}}},
    "actors": {
        "CN": {"label": {"en": "China"}, "names": {"en": ["China", "Chinese", "Beijing"], "zh": ["中国"], "ja": ["中国"], "ko": ["중국", "중국산"]}},
        "JP": {"label": {"en": "Japan"}, "names": {"en": ["Japan"], "zh": ["日本"], "ja": ["日本"], "ko": ["일본"]}},
        "ID": {"label": {"en": "Indonesia"}, "names": {"en": ["Indonesia"], "zh": ["印尼"], "ja": ["インドネシア"], "ko": ["인도네시아"]}},
    },
})  # fmt: skip
MATCHER = Matcher(Lexicon(TERMS).entries)


def find(reading: Reading) -> None:
    reading.hits = MATCHER.hits(reading.folded.text, reading.comparable, reading.languages)


def read(language: str, title: str) -> Reading:
    reading = Reading(
        Item(id="i", source_id="s", kind="news", country="GB", language=language, title=title, known_at=NOW)
    )
    find(reading)
    find_acting(reading, find)
    return reading


def clauses(language: str, title: str) -> list[tuple[str, str, bool]]:
    reading = read(language, title)
    return [(one.state, reading.title[one.start : one.end], one.tells) for one in reading.acting]


@pytest.mark.parametrize(
    ("language", "title", "clause"),
    [
        ("en", "Japan to build reserve after China bans antimony exports", "China bans antimony exports"),
        (
            "en",
            "After Beijing halts antimony exports, Japan to build reserve",
            "Beijing halts antimony exports",
        ),
        ("en", "Japan builds reserve as China suspends antimony exports", "China suspends antimony exports"),
        ("zh", "日本因中国禁止锑出口建立储备", "中国禁止锑出口"),
        ("zh", "中国停止锑出口后，日本宣布建立储备", "中国停止锑出口"),
        ("zh", "日本将建立储备 此前中国暂停锑出口", "中国暂停锑出口"),
        ("ja", "日本、中国がアンチモン輸出を禁止したのを受け備蓄へ", "中国がアンチモン輸出を禁止"),
        ("ja", "日本、中国のアンチモン輸出停止で備蓄へ", "中国のアンチモン輸出停止"),
        ("ko", "일본, 중국이 안티모니 수출을 금지하자 비축 나서", "중국이 안티모니 수출을 금지"),
        ("ko", "일본, 중국의 안티모니 수출 중단에 따라 비축", "중국의 안티모니 수출 중단"),
    ],
)
def test_a_clause_behind_another_states_act_tells_its_own_states(language, title, clause):
    assert ("CN", clause, True) in clauses(language, title)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Japan to build reserve following China's antimony export curbs"),
        ("en", "Japan to build reserve after Chinese curbs on antimony bite"),
        ("zh", "日本担心中国禁止锑出口 将建立储备"),
        ("zh", "日本为应对中国出口管制建立储备"),
        ("ja", "日本、中国のアンチモン輸出規制を受け備蓄へ"),
        ("ko", "일본, 중국 안티모니 수출 통제에 비축 확대"),
    ],
)
def test_an_act_that_is_only_named_or_feared_is_no_news_of_its_state(language, title):
    assert [(state, tells) for state, _, tells in clauses(language, title)] == [("CN", False)]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Japan would respond when China bans antimony exports"),
        ("en", "Japan to tap reserve once China bans antimony exports"),
        ("en", "Japan built reserve after China banned antimony exports in 2010"),
        ("en", "Japan still buys, 15 years after China banned antimony exports"),
        ("en", "Japan simulation: makers stop after China bans antimony exports"),
        ("zh", "日本演练应对中国停止锑出口"),
        ("zh", "日本2010年因中国停止锑出口建立储备"),
        ("ja", "日本、中国がアンチモン輸出を停止した場合に備え備蓄"),
        ("ja", "日本、中国がアンチモン輸出を禁止すれば対抗へ"),
        ("ja", "日本、中国がアンチモン輸出を停止してから15年"),
        ("ko", "일본, 중국이 안티모니 수출을 금지하면 비축 방출"),
        ("ko", "일본, 중국이 안티모니 수출을 금지할 경우 대비"),
        ("ko", "일본, 중국이 안티모니 수출 중단한 뒤 15년"),
    ],
)
def test_what_is_supposed_planned_for_or_long_past_is_no_news_of_its_state(language, title):
    assert [tells for state, _, tells in clauses(language, title) if state == "CN"] == [False]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "China bans antimony exports"),
        ("en", "Japan to build antimony reserve"),
        ("ko", "일본, 중국산 안티모니 판매 금지"),
        ("ko", "일본, 중국 안티모니 수출 통제"),
        ("ja", "日本、中国の企業を規制"),
        ("fr", "Le Japon après que China bans antimony exports"),
    ],
)
def test_one_states_act_and_what_is_done_to_another_make_no_clauses(language, title):
    assert [one for one in clauses(language, title) if one[0] == "CN"] == []


@pytest.mark.parametrize(
    ("language", "title", "whole"),
    [
        ("en", "Japan to build antimony reserve after China bans exports", "China bans antimony exports"),
        ("zh", "日本建立锑储备 此前中国禁止出口", "中国禁止锑出口"),
        ("ja", "日本、アンチモン備蓄へ 中国が輸出を禁止したのを受け", "中国がアンチモン輸出を禁止"),
        ("ko", "일본, 안티모니 비축 중국이 수출을 금지하자", None),
    ],
)
def test_a_clause_without_goods_takes_those_of_the_headline(language, title, whole):
    told = [one.reading.title for one in read(language, title).acting if one.tells]
    assert told == ([whole] if whole else [])


def test_goods_stand_before_the_trade_else_before_the_curb_else_nowhere():
    assert with_goods("bans exports to Japan", ("gallium", "germanium"), "en") == "bans gallium and germanium exports to Japan"  # fmt: skip
    assert with_goods("lifts ban for US", ("gallium",), "en") == "lifts gallium ban for US"
    assert with_goods("bars Japan", ("gallium",), "en") == "bars Japan"
    assert with_goods("bans exports", (), "en") == "bans exports"
    assert with_goods("interdit les exports", ("gallium",), "fr") == "interdit les exports"
