"""Stops that a maker or a carrier owes to itself, and those that a state orders whatever reason is given."""

import pytest

from tests.core.judged_headline import is_met
from warning.core.terms import Terms

TERMS = Terms.model_validate({
    "actors": {
        "US": {"label": {"en": "US"}, "names": {"en": ["US"]}, "issuers": {"en": ["Fire Bureau"]}},
        "CN": {"label": {"en": "China"}, "names": {"en": ["China", "Chinese", "Beijing"], "zh": ["中国", "中方"], "ja": ["中国"], "ko": ["중국"]}},
        "GN": {"label": {"en": "Guinea"}, "names": {"en": ["Guinea"], "zh": ["几内亚"], "ja": ["ギニア"], "ko": ["기니"]}},
    },
    "acts": {"curb": {"label": {"en": "c"}, "direction": "tightening", "phrases": {"en": ["zzz"]}}},
    "cues": {
        "stops": {"phrases": {
            "en": ["stop", "stops", "halts", "suspend", "cut"], "zh": ["停止", "暂停", "取消", "叫停"], "ja": ["停止", "減便", "運休"], "ko": ["중단", "감편"]}},
        "goods": {"phrases": {
            "en": ["wafer", "flights"], "zh": ["晶圆", "航班"], "ja": ["ウエハー", "路線"], "ko": ["웨이퍼", "노선"]}},
    },
})  # fmt: skip


def fires(title: str, language: str, **said: object) -> bool:
    told = {"act": "tourism_stop", "direction": "tightening", "actors": ["CN"]} | said
    return is_met(TERMS, [{"cue": ["stops"]}, {"cue": ["goods"]}], title, language, country="JP", **told)


OWN = [
    ("Smelter fire stops wafer shipments", "en"),
    ("Carriers cut flights as winter demand fades", "en"),
    ("信越化学因停电暂停晶圆出货", "zh"),
    ("吉祥航空取消部分航班 因客源不足", "zh"),
    ("信越化学、停電でウエハー出荷停止", "ja"),
    ("労組がスト　ウエハー出荷停止", "ja"),
    ("항공사, 탑승률 저조로 노선 운항 중단", "ko"),
    ("노조 파업에 웨이퍼 출하 중단", "ko"),
    ("Chinese carriers cut Guinea flights as bookings slump", "en"),
    ("Korea Zinc walkout stops wafer shipments to US", "en"),
    ("Guinea mine suspends wafer exports to China amid weak demand", "en"),
    ("中国航空公司取消几内亚航班 因客座率下降", "zh"),
    ("中国の航空各社、ギニア路線を運休　採算悪化で", "ja"),
    ("중국 항공사들, 유가 급등에 기니 노선 감편", "ko"),
]


@pytest.mark.parametrize(("title", "language"), OWN)
def test_stop_is_no_states_act_when_its_maker_or_carrier_gives_a_reason_of_its_own(title, language):
    assert not fires(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Carriers cut flights after travel advisory, demand fades", "en"),
        ("Carriers cut flights on weak demand after travel alert", "en"),
        ("Carriers cut flights as demand fades following Takaichi comments", "en"),
        ("航空公司因客源不足取消航班 避免赴日建议发出", "zh"),
        ("航空各社、需要減で路線を運休　訪日回避の呼び掛け受け", "ja"),
        ("항공사, 탑승률 저조로 노선 감편…여행 경보 여파", "ko"),
        ("Government halts wafer exports after smelter fire", "en"),
        ("China halts flights to Sendai after fire", "en"),
        ("Beijing strikes back, maker halts wafer sales", "en"),
        ("Maker under fire halts wafer sales to plants", "en"),
        ("Fire Bureau halts wafer transport", "en"),
        ("航司取消航班 民航局要求 客座率下降", "zh"),
        ("中国暂停日本航班 台风过后", "zh"),
        ("中国、日本路線を一斉減便　搭乗率低下", "ja"),
        ("当局がウエハー出荷停止　火災受け", "ja"),
        ("リストのウエハー出荷停止", "ja"),
        ("항공사, 당국 자제령에 노선 감편…탑승률 저조", "ko"),
        ("중국, 웨이퍼 출하 중단…공장 화재", "ko"),
        ("Tanzania halts wafer exports after strike at mine", "en"),
        ("Tourists avoid Sendai as bookings slump, carriers cut flights", "en"),
        ("Carriers cut flights as political storm builds", "en"),
        ("Carriers cut flights, bookings slump", "en"),
        ("Carriers cut flights as demand fades; Beijing silent", "en"),
        ("Chinese carriers cut flights as bookings slump in row", "en"),
        ("Films stop despite strong box office, flights cut", "en"),
        ("航空公司取消航班 客座率骤降", "zh"),
        ("航空公司取消航班 因客座率下降 中方表态", "zh"),
        ("航空各社、路線を運休　搭乗率低下", "ja"),
        ("航空各社、路線を運休　採算悪化で　中国が動く", "ja"),
        ("항공사, 노선 감편…탑승률 급락", "ko"),
        ("항공사, 탑승률 저조로 노선 감편…중국 침묵", "ko"),
    ],
)
def test_stop_is_a_states_act_when_an_order_an_office_or_a_state_that_stops_is_named(title, language):
    assert fires(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Guinea halts wafer exports as demand weakens", "en"),
        ("几内亚停止晶圆出口 油价上涨", "zh"),
        ("ギニア、ウエハー輸出停止　労組反発", "ja"),
        ("기니, 웨이퍼 수출 중단…노조 반발", "ko"),
    ],
)
def test_stop_is_that_of_any_state_of_the_vocabulary_when_it_opens_the_headline(title, language):
    assert fires(title, language, act="export_control", actors=["GN"])


def test_reason_below_the_headline_leaves_the_act():
    assert fires("Carriers cut flights to Sendai", "en", summary="Weak demand was named.")


def test_report_of_a_mission_is_told_when_it_gives_a_reason():
    assert fires(*OWN[0], kind="mission")


@pytest.mark.parametrize("title", [OWN[0][0]])
def test_rules_on_chinas_exports_and_on_stopped_supply_tell_a_makers_stop(title):
    assert fires(title, "en", act="export_control")
    assert fires(title, "en", act="supply_stop", actors=[])
    assert not fires(title, "en", act="export_control", actors=["JP"])


@pytest.mark.parametrize(
    "piece",
    [
        "weak ",
        "strike",
        "strikes back ",
        "ministr",
        "The Hague ",
        "low aaaa ",
        "halts ",
        "mine ",
        "as the ",
        "Chinese ",
    ],
)
def test_long_headline_of_words_of_reason_is_read_in_linear_time(piece):
    short, long = ("Mine stops wafer " + piece * times for times in (3, 100_000 // len(piece)))
    assert fires(long, "en"), "there is no reason in it"
    assert fires(f"{long} amid weak demand", "en") == fires(f"{short} amid weak demand", "en")
