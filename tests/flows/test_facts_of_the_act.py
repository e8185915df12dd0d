"""Materials are those the act is about, read with the shipped words: no listed firm's trade, no law's reach, no fear."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from warning.catalog.load import load_rulebook
from warning.core.detect.text import detect_text
from warning.core.evidence import Item, Window
from warning.core.rulebook import Rulebook
from warning.core.signals import Facts

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 4, 14, 6, tzinfo=UTC)


@cache
def shipped() -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "feeds")


def facts(title: str, *, summary: str = "", body: str = "", language: str = "en", country: str = "US",
          source: str = "press", kind: str = "news", in_the_background: bool = False) -> list[Facts]:  # fmt: skip
    item = Item(
        id="i", source_id=source, kind=kind, country=country, language=language, title=title, summary=summary,
        body=body, published_at=NOW, known_at=NOW,
    )  # fmt: skip
    window = Window(items=(item,), observations=(), listing_changes=(), fresh=frozenset({"i"}))
    return [
        s.facts
        for s in detect_text(shipped(), window.as_known(NOW), NOW)[0]
        if s.interrupts or in_the_background
    ]


@pytest.mark.parametrize(
    ("title", "language", "materials"),
    [
        ("ロシア、ヘリウム輸出を許可制に 半導体への影響懸念", "ja", {"helium"}),
        ("中国、カナダの半導体調査会社など14社を「信頼できない企業」リストに", "ja", set()),
        ("Rare earths in focus as China passes export control law", "en", set()),
        (
            "China restricts gallium, germanium exports, chipmakers fear shortage",
            "en",
            {"gallium", "germanium"},
        ),
        ("US adds 36 Chinese chip firms to entity list", "en", {"semiconductors"}),
    ],
)
def test_materials_are_those_the_headline_says_the_act_is_about(title, language, materials):
    told = facts(title, language=language)
    assert told
    assert {material for one in told for material in one.materials} == materials


def test_the_three_chip_materials_are_read_from_the_notice_and_from_the_press():
    three = {"fluorinated_polyimide", "photoresist", "hydrogen_fluoride"}
    notice = facts(
        "大韓民国向け輸出管理の運用の見直しについて",
        summary="フッ化ポリイミド、レジスト及びフッ化水素の大韓民国向け輸出を、個別に輸出許可申請を求めることとします。",
        language="ja", country="JP", source="jp-meti-press", kind="regulatory",
    )  # fmt: skip
    press = facts(
        "Japan to tighten rules on exports of chip materials to South Korea",
        summary="Shipments of fluorinated polyimide, photoresist and hydrogen fluoride will need approval.",
    )
    for told in (notice, press):
        assert told
        assert all(three <= set(one.materials) and "semiconductors" not in one.materials for one in told)


def test_the_shop_till_is_no_photoresist():
    assert facts("日本、韓国向けレジスターの輸出を規制", language="ja", country="JP") == [] or all(
        "photoresist" not in one.materials
        for one in facts("日本、韓国向けレジスターの輸出を規制", language="ja")
    )


def test_additions_to_a_list_with_a_removal_tighten():
    told = facts(
        "Additions and Revisions to the Entity List and Conforming Removal From the Unverified List",
        summary="The Bureau of Industry and Security adds thirty-six entities. 87 FR 77505.",
        source="us-federal-register-bis", kind="regulatory",
    )  # fmt: skip
    assert told
    assert {one.direction for one in told} == {"tightening"}


@pytest.mark.parametrize("title", ["中国禁止稀土出口", "商务部宣布禁止镓、锗对美国出口"])
def test_ban_is_told_as_one_when_its_goods_stand_between_verb_and_trade(title):
    assert {one.act for one in facts(title, language="zh", country="CN")} == {"export_ban"}


@pytest.mark.parametrize(
    ("title", "language"),
    [("レアアースの日本向け輸出を停止", "ja"), ("희토류 일본행 수출 중단", "ko"), ("レアアース輸出を停止　日本向け", "ja")],
)  # fmt: skip
def test_stop_of_goods_that_china_sells_is_its_act_when_only_the_buyer_is_named(title, language):
    told = facts(title, language=language, country="JP")
    assert told
    assert {(one.actors, one.targets) for one in told} == {(("CN",), ("JP",))}


@pytest.mark.parametrize(
    ("title", "language", "country"),
    [
        ("고려아연, 안티모니 미국행 선적 중단…노조 파업", "ko", "KR"),
        ("고려아연 안티모니 미국행 수출 중단 없다", "ko", "KR"),
        ("포스코퓨처엠, 흑연 미국행 공급 중단", "ko", "KR"),
        ("黒鉛電極の米国向け出荷を停止 レゾナック", "ja", "JP"),
        ("戸田工業、磁石の欧州向け出荷を停止", "ja", "JP"),
        ("日本向け不足。レアアースの輸出を停止", "ja", "JP"),
        ("일본행 배 빈손? 희토류 수출 중단", "ko", "KR"),
    ],
)
def test_stop_of_a_maker_a_strike_or_another_sentence_is_not_told_as_chinas(title, language, country):
    assert "CN" not in {
        actor for one in facts(title, language=language, country=country) for actor in one.actors
    }


def test_duty_that_the_president_lifts_to_a_rate_is_the_united_states_act():
    told = facts("Trump lifts China tariffs to 50%")
    assert told
    assert {fact.actors for fact in told} == {("US",)}


@pytest.mark.parametrize(
    "title", ["Trump holds call as China bans gallium exports", "Trump golfs as China bans gallium exports"]
)
def test_act_of_china_at_which_the_president_only_talks_is_not_told_as_his(title):
    told = facts(title, in_the_background=True)
    assert told
    assert {fact.actors for fact in told} == {("CN",)}


@pytest.mark.parametrize(
    ("title", "act", "actors"),
    [
        ("Trump raises China tariffs to 100% as China tightens rare earth curbs", "tariff", {("US",)}),
        ("Trump bans chip exports to China as Japan tightens own curbs", "export_control", {("US",)}),
        ("Trump mulls ban, China bans gallium exports", "export_control", {("CN",)}),
        ("White House mulls ban, China halts rare earth exports", "export_control", {("CN",)}),
    ],
)
def test_act_of_the_president_stays_his_beside_anothers_and_what_he_weighs_silences_none(title, act, actors):
    told = [fact for fact in facts(title) if fact.act == act]
    assert {fact.actors for fact in told} == actors


def test_ban_on_which_the_president_only_muses_is_none():
    assert not facts("Trump mulls whether China bans gallium exports")


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("US bars Chinese drones over spying fears", "en"),
        ("China bans gallium exports to Japan over security concerns", "en"),
        ("Zimbabwe bans lithium ore exports citing smuggling risks", "en"),
        ("米、中国製ルーターの販売を禁止　安保上の懸念を理由に", "ja"),
        ("미국, 안보 우려를 이유로 중국산 드론 수입 금지", "ko"),
        ("美方以所谓安全担忧为由禁止中国产无人机", "zh"),
    ],
)
def test_act_is_told_when_its_headline_gives_a_fear_as_its_reason(title, language):
    assert facts(title, language=language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Chip stocks fall over fears China may restrict rare earth exports", "en"),
        ("US could ban Chinese drones over security fears", "en"),
        ("Lawmakers call for ban on Chinese routers over spying fears", "en"),
        ("Commerce Department stops short of banning Chinese drones", "en"),
        ("日本の航空会社、中国関税で米国製航空機の購入停止", "ja"),
        ("電池メーカー、米国の個別申請を開始", "ja"),
        ("中国製ドローン、安保上の懸念を理由に禁止を検討", "ja"),
        ("미국, 안보 우려로 중국산 드론 금지 검토", "ko"),
        ("美方考虑以安全担忧为由禁止中国无人机", "zh"),
    ],
)
def test_no_act_is_told_when_it_is_only_feared_or_considered(title, language):
    assert not facts(title, language=language)


def test_duty_that_is_lifted_to_a_rate_is_raised():
    told = facts("US lifts tariff on Chinese graphite to 50%")
    assert {one.direction for one in told} == {"tightening"}


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("China names ten American defence firms on dual-use blacklist", "en"),
        ("中国、米10社を軍民両用品の禁輸リストに", "ja"),
    ],
)
def test_act_of_china_is_told_by_no_rule_on_its_allies(title, language):
    item = Item(
        id="i", source_id="press", kind="news", country="JP", language=language, title=title, published_at=NOW, known_at=NOW,
    )  # fmt: skip
    window = Window(items=(item,), observations=(), listing_changes=(), fresh=frozenset({"i"}))
    told = {s.rule_id for s in detect_text(shipped(), window.as_known(NOW), NOW)[0] if s.interrupts}
    assert told
    assert not {rule for rule in told if rule.startswith(("ally-", "other-states-"))}
