"""Who acts, and against whom, as headlines of four languages say it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.evidence import Item
from warning.core.text.reading import Reading
from warning.core.text.subject import acting_state, led_state, others_sentences

DAY = datetime(2025, 1, 16, tzinfo=UTC)


def reading(title: str, language: str = "zh") -> Reading:
    return Reading(
        Item(id="i", source_id="s", kind="news", country="CN", language=language, title=title, published_at=DAY, known_at=DAY)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("米商務省、中国AI企業など11社を輸出規制リストに", "US"),
        ("美, 중국 YMTC 등 36곳 수출통제 명단에 추가", "US"),
        ("US hits 140 Chinese chip companies with new export restrictions", "US"),
        ("壁仞科技、摩尔线程等13家中国企业被列入美国实体清单", "US"),
        ("智谱等11家中国实体被美列入实体清单", "US"),
        ("美发布出口管制“穿透性规则” 商务部：性质十分恶劣", "US"),
        ("28家美国实体被列入出口管制管控名单", "CN"),
        ("三家美企被列入不可靠实体清单", "CN"),
        ("[속보] 중국, 美 방산업체 10곳 제재", "CN"),
        ("Japan's curbs on high-tech materials bound for South Korea take effect", "JP"),
        ("荷兰扩大光刻机出口管制范围", "NL"),
        ("米政府「米国は規制を緩めない」", "US"),
        ("美国商务部：对中国芯片加征关税", "US"),
        ("미국, 중국 반도체 기업 10곳 제재", "US"),
        ("美国商务部：中国企业10家列入管制", "US"),
        ("日本、中国向け半導体装置の輸出規制を強化すると発表", "JP"),
        ("미 상무부, 중국 기업 11곳 수출통제 명단 추가", "US"),
        ("美 상무부, 中 기업 11곳 수출통제 명단에 추가", "US"),
        ("中 상무부, 미 기업 11곳 수출통제 명단에 추가", "CN"),
        ("日 경제산업성, 中 기업 10곳 외국 사용자 명단에 추가", "JP"),
        ("中国商務省、米企業11社を輸出管理リストに追加", "CN"),
        ("美商务部将11家中国企业列入出口管制清单", "US"),
    ],
)
def test_the_acting_state_is_the_agent_the_owner_of_the_list_or_the_opening_state(title, state):
    assert acting_state(reading(title)) == state


@pytest.mark.parametrize(
    "title",
    [
        "韓国への半導体材料の輸出 管理を厳しく",
        "日 수산물 수입 재개 2주 만에 재중단…中, 보복 이어가",
        "日本药企员工在京因涉嫌间谍罪被逮捕",
        "Japan faces Chinese export curbs",
        "中小企業、輸出規制に備え",
        "日銀、利上げを決定",
        "Uncertainty over rare earths grows",
        "米政府「中国がレアアースの輸出を停止」",
        "米国、中国がガリウム輸出を止めたと主張",
        "韓国政府「中国が尿素の輸出検査を義務化」",
        "日本政府証実：中国停止进口日本水产品",
        "韩国称中国已停止对韩出口尿素",
        "美国官员：中国暂停稀土出口",
        "日本政府证实中国停止进口水产品",
        '일본 정부 "중국, 수산물 수입 중단 통보"',
        "미국, 중국이 희토류 수출을 막았다고 주장",
        '美 상무장관 "中, 희토류 수출 통제 시행"',
        "中 기업, 美 상무부 상대로 소송",
        "U.S.-based banker stopped from leaving China",
        "",
    ],
)
def test_a_state_that_is_hit_or_only_part_of_a_word_does_not_act(title):
    assert acting_state(reading(title)) is None


def test_a_rule_bound_to_another_state_leaves_the_headline_out():
    told = reading("US hits 140 Chinese chip companies with new export restrictions")
    assert others_sentences(told, ("CN",)) == {0}
    assert others_sentences(told, ("US",)) == frozenset()
    assert others_sentences(told, ()) == frozenset()


@given(st.text(max_size=80))
def test_any_headline_gets_one_state_or_none(title):
    assert acting_state(reading(title)) in {None, "US", "CN", "JP", "KR", "EU", "NL", "TW", "GB"}


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("Trump lifts China tariffs to 50%", "US"),
        ("US President Donald Trump imposes duties on China", "US"),
        ("特朗普签署对华加征关税令", "US"),
        ("川普對中國商品加徵關稅", "US"),
        ("トランプ氏、対中関税を引き上げ", "US"),
        ("트럼프, 중국산에 50% 관세 부과", "US"),
        ("Trump says China bans gallium", None),
        ("Trump tariffs: China hits back", None),
        ("特朗普称中国停止采购大豆", None),
        ("トランプ氏、中国が大豆購入を停止と非難", None),
        ("트럼프, 중국이 합의 위반", None),
        ("China answers Trump tariffs", None),
        ("Trump holds call as China bans gallium exports", None),
    ],
)
def test_the_united_states_act_where_their_president_opens_the_headline_and_acts(title, state):
    assert led_state(reading(title)) == state


@pytest.mark.parametrize(
    ("title", "language", "state"),
    [
        ("Trump golfs as China bans gallium exports", "en", None),
        ("トランプ氏、演説　中国、ガリウムを禁輸", "ja", None),
        ("트럼프, 순방 출발…중국, 갈륨 수출 금지", "ko", None),
        ("Trump lifts China tariffs to 50% as Beijing vows response", "en", "US"),
        ("트럼프, 중국산에 50% 관세 부과…중국 반발", "ko", "US"),
    ],
)
def test_president_who_opens_a_headline_does_not_act_where_a_later_clause_tells_anothers_act(
    title, language, state
):
    assert led_state(reading(title, language)) == state
