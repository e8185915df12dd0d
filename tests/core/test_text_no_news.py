"""Headlines whose act is no news: what would be if, a war game, an anniversary, a rumour; and whose act a rule leaves to others."""

import pytest

from tests.core.judged_headline import is_met
from warning.core.terms import Terms

TERMS = Terms.model_validate({
    "actors": {
        "CN": {"label": {"en": "China"}, "names": {"en": ["China"], "zh": ["中国", "商务部"], "ja": ["中国"], "ko": ["중국"]}},
        "US": {"label": {"en": "US"}, "names": {"en": ["US"], "zh": ["美国"], "ja": ["米国"], "ko": ["미국"]}},
    },
    "acts": {
        "curb": {"label": {"en": "c"}, "direction": "tightening", "phrases": {
            "en": ["bans", "banned", "embargo"], "zh": ["禁止", "限制", "禁运"], "ja": ["禁輸", "停止", "止め"], "ko": ["금수", "중단", "금지", "통제"]}},
    },
    "cues": {
        "rumoured": {"phrases": {"en": ["rumour*"], "zh": ["传中国", "网传", "据传"], "ja": ["との観測", "うわさ"], "ko": ["금지설", "소문"]}},
        "goods": {"phrases": {"en": ["gallium"], "zh": ["镓"], "ja": ["ガリウム"], "ko": ["갈륨"]}},
    },
})  # fmt: skip
AN_ACT = [{"act": ["curb"]}, {"cue": ["goods"]}]


def fires(title: str, language: str = "en", *, of: object = AN_ACT, **said: object) -> bool:
    return is_met(TERMS, of, title, language, country="US", **said)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("If China bans gallium, who pays?", "en"),
        ("如果中国禁止镓出口 谁受损", "zh"),
        ("もし中国がガリウムを禁輸にしたら", "ja"),
        ("ガリウムを止めたら　専門家が試算", "ja"),
        ("중국이 갈륨을 금지한다면…시나리오", "ko"),
        ("Think tank war game imagines embargo on gallium", "en"),
        ("智库兵棋推演：镓禁运", "zh"),
        ("米研究所が机上演習　ガリウム禁輸", "ja"),
        ("싱크탱크 워게임, 갈륨 금수 가정", "ko"),
        ("Fifteen years after China banned gallium, Japan still buys", "en"),
        ("从镓禁运十五年看日本", "zh"),
        ("ガリウム禁輸から15年　日本の調達", "ja"),
        ("갈륨 금수 15년, 일본의 선택", "ko"),
        ("传中国将限制镓出口", "zh"),
        ("Rumours that China bans gallium", "en"),
        ("中国がガリウムを禁輸との観測", "ja"),
        ("중국 갈륨 수출 금지설", "ko"),
    ],
)
def test_headline_tells_no_act_when_it_supposes_looks_back_or_passes_on_a_rumour(title, language):
    assert not fires(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("A year after its ban, China bans gallium", "en"),
        ("中国禁止镓出口 若美国加税将扩大", "zh"),
        ("中国限制镓和模拟芯片出口", "zh"),
        ("中国、ガリウムを1日から2年間禁輸", "ja"),
        ("중국, 갈륨 수출 금지 1년 더 연장", "ko"),
    ],
)
def test_act_is_told_when_it_stands_outside_what_is_supposed_or_past(title, language):
    assert fires(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        # A word of supposing that is another word, or a name.
        ("美国若干企业遭殃 中国禁止镓出口", "zh"),
        ("若干中国企业获批 中国禁止镓出口", "zh"),
        ("中国、ガリウムもしくは黒鉛を禁輸", "ja"),
        ("中国、ガリウムもしばらく禁輸", "ja"),
        ("中国、ガリウム輸出を禁止ならびに停止", "ja"),
        ("중국, 갈륨 수출 금지 정부 만일의 사태 대비", "ko"),
        ("Imagine Technologies cut off as China bans gallium", "en"),
        # Games as goods, in another clause, or as the time of the act.
        ("中国禁止镓出口 美智库兵棋推演曾预警", "zh"),
        ("中国禁止镓、推演软件出口", "zh"),
        ("中国禁止镓出口 沙盘山停产", "zh"),
        ("中国解放军围台推演之际 中国禁止镓出口", "zh"),
        ("中国、シミュレーション用ソフトとガリウムを禁輸", "ja"),
        ("中国、ガリウムを禁輸 政府は途絶を想定し備蓄放出", "ja"),
        ("中国がガリウムを禁輸、政府は途絶を想定し備蓄放出", "ja"),
        ("中国がガリウムを禁輸 台湾有事の図上演習直後", "ja"),
        ("중국, 시뮬레이션 소프트웨어·갈륨 수출 금지", "ko"),
        ("중국, 갈륨 수출 금지…정부, 차단 가정 시나리오 가동", "ko"),
        ("China bans gallium used in simulating nuclear tests", "en"),
        ("China bans gallium as army holds tabletop drill", "en"),
        ("Should China bar trade: China bans gallium", "en"),
        # Years that today's act is the first or strictest in, and anniversaries with an act behind them.
        ("中国祭出镓禁运十年来最严", "zh"),
        ("中国实施镓禁运十年来首次", "zh"),
        ("中国镓禁运两年后中国禁止锑", "zh"),
        ("A year after trade truce China bans gallium", "en"),
        ("Two years after truce China again bans gallium", "en"),
        ("禁輸から1年たち、中国がガリウムも禁輸", "ja"),
        ("禁輸から2年 中国がガリウムを全面禁輸", "ja"),
        ("중국, 흑연 통제 이후 2년 만에 갈륨 금지", "ko"),
        ("중국 갈륨 금지 10년, 이번엔 흑연 금지", "ko"),
        # Rumours that came true, or stand in another clause.
        ("China bans gallium, confirming weeks of rumours", "en"),
        ("China confirms rumours and bans gallium", "en"),
        ("中国禁止镓出口 印证网传消息", "zh"),
        ("网传消息证实 中国禁止镓出口", "zh"),
        ("中国、ガリウムを禁輸 うわさ現実に", "ja"),
        ("중국 갈륨 수출 금지…소문이 현실로", "ko"),
        ("중국 갈륨 수출 금지, 업계 소문 무성", "ko"),
    ],
)
def test_real_act_is_told_when_words_of_no_news_stand_beside_it(title, language):
    assert fires(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("智库推演：中国禁止镓出口", "zh"),
        ("日本模拟中国停止镓禁运 演练应急", "zh"),
        ("据传中国禁止镓出口 未获证实", "zh"),
        ("网传消息，中国限制镓出口", "zh"),
        ("机上演習、中国のガリウム停止を想定", "ja"),
        ("もし、中国がガリウムを禁輸にしたら", "ja"),
        ("ガリウム禁輸から15年、日本の調達", "ja"),
        ("워게임: 중국 갈륨 수출 금지", "ko"),
        ("War game: China bans gallium", "en"),
        ("China bans gallium in Pentagon war game", "en"),
        ("Imagine China bans gallium", "en"),
        ("Rumours not confirmed that China bans gallium", "en"),
    ],
)
def test_headline_still_tells_no_act_when_the_act_itself_is_supposed_or_rumoured(title, language):
    assert not fires(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("China bans gallium, rumour says", "en"),
        ("China bans gallium, rumour has it", "en"),
        ("中国禁止镓出口 网传消息", "zh"),
        ("ガリウム禁輸　うわさ広がる", "ja"),
        ("중국, 갈륨 수출 금지…소문 확산", "ko"),
    ],
)
def test_act_is_a_rumour_when_the_clause_behind_it_only_says_so(title, language):
    assert not fires(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("China bans gallium, ending rumours", "en"),
        ("China bans gallium, rumours of silver follow", "en"),
        ("中国禁止镓出口 网传锑也在列", "zh"),
        ("中国禁止镓出口 网传一年终成真", "zh"),
        ("ガリウム禁輸　うわさ通り", "ja"),
        ("중국, 갈륨 수출 금지…소문 끝", "ko"),
    ],
)
def test_act_is_told_when_the_clause_behind_it_says_more_than_that_it_is_a_rumour(title, language):
    assert fires(title, language)


def test_what_stands_below_a_headline_is_told():
    assert fires("Beijing acts as PLA holds tabletop drill", summary="China bans gallium exports.")
    assert fires("War game: who acts first?", summary="China bans gallium exports.")
    assert not fires("Ports busy", summary="Rumours say China bans gallium exports.")


def test_notice_and_mission_suppose_nothing():
    assert fires("如果中国禁止镓出口", "zh", kind="mission")
    assert fires("If China bans gallium", kind="regulatory")


def test_rumour_is_told_by_the_rule_that_asks_for_its_words():
    assert fires("传中国将限制镓出口", "zh", of=[{"cue": ["rumoured"]}, *AN_ACT])


@pytest.mark.parametrize(
    ("title", "language"),
    [("China bans gallium to US", "en"), ("中国禁止镓对美国出口", "zh"), ("中国、米国へのガリウムを禁輸", "ja"), ("중국, 갈륨 미국 수출 금지", "ko")],
)  # fmt: skip
def test_rule_leaves_the_acts_of_a_state_to_others_when_it_excepts_it(title, language):
    assert fires(title, language)
    assert not fires(title, language, except_actors=["CN"])


def test_rule_that_excepts_a_state_tells_of_the_others():
    assert fires("US bans gallium to China", except_actors=["CN"])


HOSTILE = {
    "en": (
        "rumour ",
        "rumour, ",
        "war game ",
        " in a war game",
        "a year after China ",
        "after the ",
        "If ",
        "ten years after ",
        'China says "',
        "US: ",
    ),
    "zh": (" ", "网传，", "兵棋推演", "中国再禁十年", "中国称", "若", "模拟", "禁运十", "美国：“", "政府将"),
    "ja": (
        "　",
        "うわさ、",
        "もし、",
        "中国が規制",
        "中国が、",
        "仮に",
        "停止を",
        "規制から1",
        "米国「",
        "速報 ",
    ),
    "ko": (
        "소문, ",
        "시뮬레이션 ",
        "중국이 규제",
        "중국은 ",
        "만약",
        "중단을 ",
        "규제 이후 1",
        "미국 '",
        "정부 ",
    ),
}
ACTS = {
    "en": ("China", " bans gallium"), "zh": ("中国", "禁止镓"), "ja": ("中国", "、ガリウムを禁輸"), "ko": ("중국", " 갈륨 금지"),
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("language", HOSTILE)
def test_a_headline_of_twenty_thousand_hostile_signs_is_read_to_its_end(language):
    state, act = ACTS[language]
    assert fires(f"{state}{act}", language, actors=["CN"]), (
        "what is put around this is asked whose act it is, and of what"
    )
    for piece in HOSTILE[language]:
        run = (piece * 20_000)[:20_000]
        for title in (f"{state}{run}{act}", f"{run}{state}{act}", f"{state}{act}{run}"):
            fires(title, language, actors=["CN"])
