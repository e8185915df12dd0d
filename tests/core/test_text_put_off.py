"""Bans that are put off or not enforced, and waits that a headline says are over: neither tightens anything."""

import pytest

from tests.core.judged_headline import is_met
from warning.core.terms import Terms

TERMS = Terms.model_validate({
    "acts": {"curb": {"label": {"en": "c"}, "direction": "tightening", "phrases": {"en": ["zzz"]}}},
    "cues": {
        "bar": {"phrases": {"en": ["ban", "bans", "bars"], "zh": ["禁令", "禁止"], "ja": ["禁止"], "ko": ["금지"]}},
        "wait": {"phrases": {"en": ["delay", "delays", "delayed", "held"], "zh": ["滞留", "延迟"], "ja": ["遅れ", "滞"], "ko": ["지연"]}},
        "good": {"phrases": {"en": ["drones", "routers", "exports"], "zh": ["无人机", "出口"], "ja": ["ドローン", "輸出"], "ko": ["드론", "수출"]}},
    },
})  # fmt: skip


def fires(title: str, language: str, word: str, direction: str = "tightening") -> bool:
    near = [{"cue": [word]}, {"cue": ["good"]}]
    return is_met(TERMS, near, title, language, country="GB", act="curb", direction=direction)


PUT_OFF = [
    ("FCC stops enforcing ban on drones", "en"),
    ("FCC  delays  “ban”  on drones", "en"),
    ("美國推遲對無人機的禁令", "zh"),
    ("US declines to enforce its drones ban", "en"),
    ("Pentagon delays rule that bars purchases of drones", "en"),
    ("US extends deadline for ban on drones", "en"),
    ("美国推迟对无人机的禁令", "zh"),
    ("美国不再执行禁止采购无人机的规定", "zh"),
    ("无人机禁令推迟一年实施", "zh"),
    ("米国、ドローンの禁止を延期", "ja"),
    ("米国、ドローン禁止の執行を当面停止", "ja"),
    ("미국, 드론 금지 시행 1년 연기", "ko"),
    ("미국, 드론 금지 집행 않기로", "ko"),
]


@pytest.mark.parametrize(("title", "language"), PUT_OFF)
def test_ban_that_is_put_off_or_not_enforced_tightens_nothing(title, language):
    assert not fires(title, language, "bar")
    assert fires(title, language, "bar", direction="easing")


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("FCC starts enforcing ban on drones", "en"),
        ("US bans drones, delays rule on cameras", "en"),
        ("US refuses to delay ban on drones", "en"),
        ("US delays shipments under ban on drones", "en"),
        ("Maker delays drones China bans", "en"),
        ("US stops sales of drones to end ban row", "en"),
        ("US to stop delaying ban on drones", "en"),
        ("China cancels delay of ban on drones", "en"),
        ("China delays drones permits in de facto ban", "en"),
        ("China delays drones shipments in export ban", "en"),
        ("US declines to apply waiver from ban for drones", "en"),
        ("US grants reprieve from ban on drones, adds cameras to list", "en"),
        ("China delays drones plant, US stops enforcing ban", "en"),
        ("美国拒绝推迟无人机禁令", "zh"),
        ("美国停止进口并禁止销售无人机", "zh"),
        ("日企推迟投产 因无人机禁令推迟交付", "zh"),
        ("日企推迟投产因中国禁止无人机出口", "zh"),
        ("中国终止暂停实施无人机出口禁令", "zh"),
        ("中国撤回推迟无人机出口禁令的决定", "zh"),
        ("中国推迟无人机许可形同禁令", "zh"),
        ("中国推迟访问禁止无人机出口", "zh"),
        ("中国不再执行无人机禁令豁免", "zh"),
        ("米国、ドローンを禁止　カメラは延期", "ja"),
        ("米国、ドローンの禁止を延期せず", "ja"),
        ("中国、ドローン禁止の猶予を撤回", "ja"),
        ("中国、ドローン禁止の一時停止が失効", "ja"),
        ("미국, 드론 금지…카메라는 연기", "ko"),
        ("미국, 드론 금지 연기 없이 시행", "ko"),
        ("중국, 드론 금지 유예 철회", "ko"),
        ("중국, 드론 금지 유예 만료", "ko"),
    ],
)
def test_ban_beside_a_delay_and_one_whose_delay_is_refused_stand(title, language):
    assert fires(title, language, "bar")


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("China clears exports after permits delayed", "en"),
        ("China releases exports held at customs", "en"),
        ("After months of delays, China clears gallium exports", "en"),
        ("中国放行滞留海关的石墨出口", "zh"),
        ("许可延迟数月后，中国批准镓出口", "zh"),
        ("中国、許可が遅れていたガリウム輸出を承認", "ja"),
        ("중국, 허가 지연된 갈륨 수출 승인", "ko"),
    ],
)
def test_wait_that_is_over_tightens_nothing(title, language):
    assert not fires(title, language, "wait")
    assert fires(title, language, "wait", direction="easing")


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("China clears gallium, antimony exports delayed", "en"),
        ("China clears few exports after permits delayed", "en"),
        ("China approves delay of exports", "en"),
        ("US approves exports after China delays permits", "en"),
        ("Pentagon clears exports after permits delayed", "en"),
        ("China clears exports after US delays permits", "en"),
        ("China approves stockpile after exports delayed", "en"),
        ("After delayed exports, Japan approves loan", "en"),
        ("China approves soybean imports after exports delayed", "en"),
        ("China clears exports held at customs, but others still stuck as exports delayed", "en"),
        ("China has not cleared exports held at customs", "en"),
        ("中国不批准滞留海关的石墨出口", "zh"),
        ("中国批准镓 锑出口许可仍延迟", "zh"),
        ("中国延迟的稀土出口促日本批准动用储备", "zh"),
        ("出口许可延迟后，日本批准项目", "zh"),
        ("中国、許可が遅れていたガリウム輸出を承認せず", "ja"),
        ("中国の輸出許可遅れの後、日本が備蓄放出を承認", "ja"),
        ("중국, 허가 지연된 갈륨 수출 승인 거부", "ko"),
        ("중국 수출 통관 지연 끝에 정부 비축 방출 허가", "ko"),
    ],
)
def test_wait_that_goes_on_for_others_or_that_another_state_answers_stands(title, language):
    assert fires(title, language, "wait")


@pytest.mark.parametrize(
    ("piece", "language", "told"),
    [
        ("delays ", "en", "ban on drones"),
        ("clears held ", "en", "ban, delay of exports"),
        ("推迟", "zh", "，禁止出口 延迟"),
        ("批准滞留", "zh", "，禁止出口 延迟"),
        ("禁止1年間の", "ja", "、輸出の遅れ"),
        ("遅れた", "ja", "、輸出を禁止"),
        ("금지 시행 ", "ko", "…수출 지연"),
        ("지연된 ", "ko", "…수출 금지"),
    ],
)
@pytest.mark.parametrize("word", ["bar", "wait"])
def test_a_headline_of_thousands_of_such_words_is_read_to_its_end(piece, language, told, word):
    assert isinstance(fires(piece * 4_000 + told, language, word), bool)
