"""A stop of what China all but alone sells is China's act where its buyers are named and nobody else."""

from datetime import UTC, datetime

import pytest

from warning.core.evidence import Item
from warning.core.terms import Actor, Terms
from warning.core.text.finders import patterns_of
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.reading import Reading
from warning.core.text.sentences import sentence_at
from warning.core.text.unsaid import entries_of_homes, with_unsaid, with_verbs

LEXICON = Lexicon(
    Terms(
        actors={
            "CN": Actor(names={"zh": ("中国",), "ja": ("中国",)}, label={"en": "China"}),
            "JP": Actor(names={"ja": ("日本",), "ko": ("일본",)}, label={"en": "Japan"}),
        }
    )
)
HOMES = entries_of_homes(LEXICON.entries)
TOLD = [
    ("ja", "レアアースの日本向け輸出を停止"),
    ("ja", "レアアース輸出を停止　日本向け"),
    ("ja", "【速報】ガリウム・ゲルマニウムの日本向け輸出を全面停止"),
    ("ja", "重希土類磁石の日本向け輸出を即日停止、業界に衝撃"),
    ("ja", "レアアースの日本向け輸出を停止 - 東都経済新聞"),
    ("ja", "黒鉛の日本向け・韓国向け出荷を停止。"),
    ("ko", "희토류 일본행 수출 중단"),
    ("ko", "[속보] 희토류 한국행 선적 전면 중단…업계 비상"),
    ("ko", "희토류 일본행·한국행 수출이 전면 중단됐다"),
    ("ko", "희 토 류 일 본 행 수 출 중 단"),
]
UNTOLD = [
    ("ko", "고려아연, 안티모니 미국행 선적 중단…노조 파업"),
    ("ko", "고려아연 안티모니 미국행 수출 중단 없다"),
    ("ko", "포스코퓨처엠, 흑연 미국행 공급 중단"),
    ("ko", "안티모니 미국행 선적 중단…노조 파업"),
    ("ko", "희토류 일본행 수출 중단 우려"),
    ("ko", "희토류 일본행 수출 중단 - 고려아연"),
    ("ja", "黒鉛電極の米国向け出荷を停止 レゾナック"),
    ("ja", "戸田工業、磁石の欧州向け出荷を停止"),
    ("ja", "レアアースの日本向け輸出停止を否定"),
    ("ja", "レアアースの日本向け輸出停止を解除"),
    ("ja", "設備故障で磁石の欧州向け出荷を停止"),
    ("ja", "台風で黒鉛の韓国向け出荷を停止"),
    ("ja", "米国、レアアースの日本向け輸出を停止"),
    ("ja", "日本向け不足。レアアースの輸出を停止"),
    ("ja", "日本向け。レアアースの輸出を停止"),
    ("ja", "レアアースの輸出を停止！日本向け"),
    ("ja", "日本向け；レアアースの輸出を停止"),
    ("ko", "일본행? 희토류 수출 중단"),
    ("ko", "일본행 배 빈손? 희토류 수출 중단"),
    ("ko", "희토류 일본행 배 끊겨. 수출 전면 중단"),
]


def reading_of(language, title, kind="news", country="JP"):
    item = Item(
        id="i", source_id="s", kind=kind, country=country, language=language, title=title, summary="日本向け。일본행",
        external_id="1", published_at=None, known_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    reading = Reading(item)
    hits = Matcher(LEXICON.entries).hits(reading.folded.text, reading.comparable, reading.languages)
    reading.hits = with_unsaid(reading, hits, HOMES)
    return reading


@pytest.mark.parametrize(("language", "title"), TOLD)
def test_stop_is_put_at_its_verb_where_goods_and_buyers_are_named_alone(language, title):
    reading = reading_of(language, title)
    (hit,) = reading.hits["actor:CN"]
    assert reading.folded.text[hit.start : hit.end] in {"停止", "禁止", "중단"}


@pytest.mark.parametrize(("language", "title"), TOLD)
def test_what_an_index_looks_for_stands_in_the_sentence_of_the_verb(language, title):
    reading = reading_of(language, title)
    (hit,) = reading.hits["actor:CN"]
    needles = {
        pattern.needle.decode()
        for entry in with_verbs(LEXICON.entries)
        if entry.perhaps and entry.concept == "actor:CN" and entry.phrase.language == language
        for pattern in patterns_of(entry.phrase)
    }
    text = reading.folded.text
    places = [place for place in range(len(text)) if any(text.startswith(n, place) for n in needles)]
    sentences = {sentence_at(reading.ends, reading.folded.origin(place)) for place in places}
    assert reading.sentence_of(hit) in sentences


@pytest.mark.parametrize(("language", "title"), UNTOLD)
def test_stop_is_not_laid_to_china_where_another_word_may_say_who_or_why_or_a_sentence_ends(language, title):
    assert "actor:CN" not in reading_of(language, title).hits


def test_stop_of_a_regulator_is_its_own():
    assert "actor:CN" not in reading_of("ja", TOLD[0][1], kind="regulatory").hits


@pytest.mark.parametrize("filler", [" ", "の", "1", "日本向け", "    "])
def test_long_headline_is_read_once_through(filler):
    assert "actor:CN" not in reading_of("ja", f"レアアース{filler * 40_000}輸出を停止{filler * 40_000}x").hits


@pytest.mark.timeout(60)
@pytest.mark.parametrize("opening", ["快讯", "快讯-", "【快讯】", "即日起", ""])
def test_a_chinese_headline_of_forty_thousand_spaces_is_read_to_its_end(opening):
    assert "actor:CN" in reading_of("zh", f"{opening}  禁止出口镓", country="CN").hits
    for behind in ("", "x稀土出口逐单审批", "镓出口"):
        assert "actor:CN" not in reading_of("zh", f"{opening}{' ' * 40_000}{behind}", country="CN").hits


@pytest.mark.parametrize(
    "title", ["钇、钪出口逐案审批", "稀土磁材出口须逐单审批", "快讯：镓锗对日出口实行逐批许可"]
)
def test_permit_for_each_cargo_of_goods_alone_is_laid_to_the_outlets_own_state(title):
    assert "actor:CN" in reading_of("zh", title, country="CN").hits


@pytest.mark.parametrize(
    "title",
    ["公司：镓产品出口逐案审批 目前正常供货", "印度：稀土出口逐案审批", "稀土永磁出口增长 逐案审批提速", "钨、钼出口企业名单公示", "云南锗业出口逐单审批", "稀土出口审批提速", "稀土出口逐批审批流程优化 企业点赞", "快讯 钇、钪出口逐案审批 公司正常供货"],
)  # fmt: skip
def test_permit_for_each_cargo_is_laid_to_nobody_where_a_firm_or_another_state_opens(title):
    assert "actor:CN" not in reading_of("zh", title, country="CN").hits
