"""A headline that tells relief and a ban is read as two headlines; one that only halts something else stays whole."""

import re

import pytest

from warning.core.rules import TextRule
from warning.core.terms import Terms
from warning.core.text.ban_beside import halves_of, two_clauses
from warning.core.text.edits import words_changed
from warning.core.text.lexicon import Lexicon

GOODS = re.compile(
    r"gallium|antimony|germanium|rare earths?|镓|锗|锑|稀土|ガリウム|アンチモン|갈륨|안티모니|요소 수출|urea|mineral curb"
)


def halves(language, headline):
    clauses = two_clauses(language, headline, [found.span() for found in GOODS.finditer(headline)])
    return halves_of(headline, clauses) if clauses else None


@pytest.mark.parametrize(
    ("language", "headline", "relief", "ban"),
    [
        (
            "en", "China lifts antimony ban for US but bans gallium to Japan",
            "China lifts antimony ban for US", "China bans gallium to Japan",
        ),
        (
            "en", "China bans gallium to Japan but lifts antimony ban for US",
            "China lifts antimony ban for US", "China bans gallium to Japan",
        ),
        (
            "en", "Beijing to suspend germanium curbs while halting exports of gallium and rare earths to Japan",
            "Beijing to suspend germanium curbs", "Beijing halting exports of gallium and rare earths to Japan",
        ),
        (
            "en", "China's germanium ban on US is suspended, but gallium exports to Japan are halted",
            "China's germanium ban on US is suspended", "China gallium exports to Japan are halted",
        ),
        (
            "en", "US lifts antimony curbs on Beijing, China bans gallium exports to Japan",
            "US lifts antimony curbs on Beijing", "China bans gallium exports to Japan",
        ),
        (
            "en", "China lifts rare earth ban for US and EU firms but bans gallium exports to Japan",
            "China lifts rare earth ban for US and EU firms", "China bans gallium exports to Japan",
        ),
        (
            "en", "China lifts antimony ban as US firms wait, halts gallium exports from Jan 1",
            "China lifts antimony ban as US firms wait", "China halts gallium exports from Jan 1",
        ),
        ("zh", "中国暂停对美锑出口管制，禁止对日出口镓、锗", "中国暂停对美锑出口管制", "中国禁止对日出口镓、锗"),
        ("zh", "中国对日禁止出口镓，暂停对美锑出口管制", "中国暂停对美锑出口管制", "中国对日禁止出口镓"),
        (
            "ja", "中国、対米アンチモン禁輸を解除　日本向けガリウムは輸出禁止",
            "中国、対米アンチモン禁輸を解除", "中国、日本向けガリウムは輸出禁止",
        ),
        (
            "ja", "中国、日本向けガリウム輸出を禁止する一方、対米アンチモン禁輸を解除",
            "中国、対米アンチモン禁輸を解除", "中国、日本向けガリウム輸出を禁止",
        ),
        (
            "ko", "중국, 안티모니 수출 통제 해제…일본에는 갈륨 수출 금지",
            "중국, 안티모니 수출 통제 해제", "중국, 일본에는 갈륨 수출 금지",
        ),
        (
            "ko", "중국, 한국엔 요소 수출 중단하고 미국엔 갈륨 수출 통제 유예",
            "중국, 미국엔 갈륨 수출 통제 유예", "중국, 한국엔 요소 수출 중단",
        ),
    ],
)  # fmt: skip
def test_each_half_of_a_headline_names_its_own_goods_and_whose_act_it_is(language, headline, relief, ban):
    assert halves(language, headline) == (relief, ban)


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("en", "China suspends gallium curbs, halts port fees"),
        ("en", "China suspends gallium curbs, halts rare earth export controls"),
        ("en", "China suspends gallium curbs, halts mineral curbs for a year"),
        ("en", "China suspends gallium curbs and stops blocking exports"),
        ("en", "China suspends gallium ban, announced in 2024, barring shipments to US"),
        ("en", "China suspends order that restricts antimony and bans gallium exports to US"),
        ("en", "China tightens antimony rules, bans gallium exports to Japan"),
        ("en", "China halts gallium exports to US under export rules, bans antimony exports to Japan"),
        ("en", "China suspends rare earth curbs while US halts, bars exports to Huawei"),
        ("en", "China suspends rare earth curbs and US restricts sales, bars exports to Huawei"),
        ("en", "China lifts urea import ban but halts shipments from Russia"),
        ("en", "China bans gallium exports to Japan, rolls out controls on antimony"),
        ("en", "China clears way for ban on antimony exports, bans gallium exports to Japan"),
        ("en", "China suspends permits for antimony exports, bans gallium exports to Japan"),
        ("en", "China resumes rare earth export controls, bans gallium exports to Japan"),
        ("en", "China blocks gallium exports to Japan, suspends export licensing for US"),
        ("zh", "中国批准锑出口禁令，对日禁止出口镓"),
        ("zh", "中国暂停锑出口 禁止对日出口镓"),
        ("zh", "中国恢复对美锑出口管制，禁止对日出口镓"),
        ("zh", "中国暂停稀土出口管制，禁止出口条款中止"),
        ("zh", "中国暂停稀土出口管制，同时叫停稀土出口限制"),
        ("zh", "中国暂停对日出口镓，同时禁止对韩出口锑"),
        ("ja", "中国、ガリウム輸出規制を緩和へ 対米輸出禁止"),
        ("ko", "중국 규제 해제…갈륨 대미 수출 금지"),
        ("fr", "La Chine lève un contrôle, bans gallium to Japan"),
    ],
)
def test_other_ends_and_the_ban_that_ends_itself_leave_a_headline_whole(language, headline):
    assert halves(language, headline) is None


def test_long_run_of_goods_that_leads_nowhere_is_given_up_at_once():
    assert halves("zh", "中国暂停对美锑出口管制，禁止对日出口" + "镓稀土的" * 2_000 + "条款") is None


@pytest.mark.parametrize(
    "headline",
    [
        "Trump" + " " * 100_000 + "lifts China tariffs",
        "China lifts gallium ban " + " " * 100_000,
        " and" * 25_000,
        "China" + "," * 5_000 + " all" * 20_000,
    ],
)
def test_headline_of_thousands_of_spaces_and_links_is_read_in_linear_time(headline):
    assert halves("en", headline) is None


def test_edit_that_asks_for_relief_beside_the_ban_is_no_edit_of_words_alone():
    def rule(**match):
        examples = [{"fires": False, "title": "a"}, {"fires": False, "title": "b", "language": "ko"}]
        return TextRule.model_validate({
            "kind": "text", "id": "r", "title": "r", "owner": "o", "rationale": "r", "severity": "minor", "examples": examples,
            "match": {"all": [{"phrases": {"en": ["gallium"]}}], **match},
        })  # fmt: skip

    lexicon = Lexicon(Terms())
    assert words_changed(rule(), rule(), lexicon) == frozenset()
    assert words_changed(rule(), rule(beside_relief=True), lexicon) is None
