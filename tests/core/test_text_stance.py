"""Whether a sentence imposes an act, eases it, or denies it."""

from datetime import UTC, datetime

import pytest

from warning.core.evidence import Item
from warning.core.rules import Group, TextRule
from warning.core.terms import Terms
from warning.core.text.conditions import compile_rule
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.reading import Reading
from warning.core.text.stance import eased_sentences, returning_sentences

NOW = datetime(2025, 11, 9, tzinfo=UTC)
TERMS = Terms.model_validate({
    "acts": {
        "export_control": {"label": {"en": "c"}, "direction": "tightening", "phrases": {"en": ["export control"], "zh": ["出口管制", "出口禁令"], "ja": ["輸出規制"], "ko": ["수출통제"]}},
        "export_ban": {"label": {"en": "b"}, "direction": "tightening", "phrases": {"en": ["export ban", "suspends export"], "ko": ["수출금지"]}},
    },
    "cues": {
        "ease": {"phrases": {"en": ["ease*", "lift*"], "zh": ["解除"], "ko": ["해제"]}},
        "suspend": {"phrases": {"en": ["suspends", "suspended"], "zh": ["暂停"], "ja": ["停止"], "ko": ["유예", "중단"]}},
        "end": {"phrases": {"en": ["to end"]}},
        "denied": {"phrases": {"en": ["not banned"], "zh": ["不属实"], "ko": ["사실무근"]}},
        "export": {"phrases": {"en": ["exports"]}},
        "instead": {"phrases": {"en": ["with quotas"]}},
        "back_in_force": {"phrases": {"en": ["resumes", "reinstates"], "zh": ["恢复"], "ja": ["再開"], "ko": ["재개"]}},
        "lapse": {"phrases": {"en": ["ends", "expires", "lapse"], "zh": ["期满", "停止"], "ja": ["打ち切り", "解除"], "ko": ["종료"]}},
        "control_pause": {"phrases": {"en": ["suspension"], "zh": ["暂停"], "ja": ["猶予"], "ko": ["유예"]}},
        "control_noun": {"phrases": {"en": ["export control", "export ban"], "zh": ["出口管制", "出口禁令"], "ja": ["輸出規制"], "ko": ["수출통제"]}},
    },
})  # fmt: skip


def fires(title: str, *, summary: str = "", direction: str | None = "tightening", kind: str = "news") -> bool:
    rule = TextRule.model_validate({
        "id": "r", "kind": "text", "title": "r", "severity": "severe", "owner": "o", "rationale": "r",
        "direction": direction, "match": {"near": [{"of": [{"act": ["any"]}, {"act": ["any"]}]}]},
        "examples": [{"fires": True, "title": "a"}, {"fires": False, "title": "b"}],
    })  # fmt: skip
    lexicon = Lexicon(TERMS)
    compiled = compile_rule(rule, lexicon)
    item = Item(id="i", source_id="s", kind=kind, country="US", language="en", title=title, summary=summary, known_at=NOW)  # fmt: skip
    reading = Reading(item)
    reading.hits = Matcher(lexicon.entries).hits(reading.folded.text, reading.comparable, reading.languages)
    return compiled.verdict(reading).met


@pytest.mark.parametrize(
    "title",
    [
        "China suspends export ban on gallium",
        "Congo to end export ban in favour of quotas",
        "Export control lifted",
        "Export ban on nickel: export control is to be eased",
        "중국, 갈륨 등 대미 수출금지 조치 유예",
        "중국, 희토류 수출통제 1년 유예",
        "中国、レアアース輸出規制を1年停止",
        "中国暂停实施镓、锗对美出口禁令",
    ],
)
def test_tightening_rule_stays_quiet_when_easing_words_stand_upon_the_act(title):
    assert not fires(title)
    assert fires(title, direction=None)


@pytest.mark.parametrize(
    "title",
    [
        "Congo suspends exports of cobalt as export control bites",
        "Congo suspends exports",
        "China imposes export control, suspends talks",
        "レアアース輸出規制で生産停止",
        "희토류 수출통제에 공장 중단",
        "对氦气实施出口管制，解除时间另行公告",
    ],
)
def test_tightening_rule_fires_when_easing_words_only_stand_beside_the_act(title):
    assert fires(title)


def test_denial_in_the_title_silences_the_whole_item_and_elsewhere_its_sentence():
    assert not fires("No, China has not banned silver: export control explained")
    assert not fires("网传出口管制 商务部：不属实", summary="出口管制公告。")
    assert not fires("Silver falls", summary="China has not banned silver, no export control.")
    assert fires("Export control on silver", summary="It has not banned copper.")


def test_denial_in_the_body_of_a_document_of_state_is_the_language_of_law():
    assert fires("出口管制公告", summary="材料不属实的，不予出口管制许可。", kind="regulatory")


def test_a_ban_that_gives_way_to_another_curb_is_not_eased():
    def told(title: str) -> frozenset[int]:
        lexicon = Lexicon(TERMS)
        lexicon.concepts_of(Group(act=("any",)))
        lexicon.concepts_of(Group(cue=("end", "instead")))
        item = Item(
            id="i", source_id="s", kind="news", country="US", language="en", title=title, known_at=NOW
        )
        reading = Reading(item)
        reading.hits = Matcher(lexicon.entries).hits(
            reading.folded.text, reading.comparable, reading.languages
        )
        return eased_sentences(reading, TERMS.acts)

    assert told("Congo to end export ban")
    assert not told("Congo to end export ban with quotas from October")


def returns(title: str, language: str) -> bool:
    lexicon = Lexicon(TERMS)
    item = Item(
        id="i", source_id="s", kind="news", country="US", language=language, title=title, known_at=NOW
    )
    reading = Reading(item)
    reading.hits = Matcher(lexicon.entries).hits(reading.folded.text, reading.comparable, reading.languages)
    return bool(returning_sentences(reading))


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "China resumes rare earth export controls"),
        ("en", "China ends suspension of gallium export ban"),
        ("en", "China lets suspension of gallium export ban lapse"),
        ("en", "Suspension of gallium export ban expires"),
        ("zh", "中国恢复对日稀土出口管制"),
        ("zh", "镓锗对美出口禁令暂停期满"),
        ("ja", "中国、レアアース輸出規制を再開"),
        ("ja", "中国、ガリウム輸出規制の猶予を打ち切り"),
        ("ko", "중국, 희토류 수출통제 재개"),
        ("ko", "중국, 갈륨 수출통제 유예 종료"),
    ],
)
def test_control_comes_back_when_its_verb_or_the_end_of_its_suspension_says_so(language, title):
    assert returns(title, language)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "China resumes rare earth exports"),
        ("en", "China resumes exports of rare earths under export control"),
        ("en", "China ends gallium export ban"),
        ("en", "Suspension of gallium export ban goes on"),
        ("en", "Congo ends suspension of cobalt exports"),
        ("zh", "中国恢复稀土出口"),
        ("zh", "中国停止实施稀土出口管制"),
        ("ja", "レアアース輸出再開 輸出規制は継続"),
        ("ja", "中国、レアアース輸出規制を解除"),
        ("ko", "중국, 갈륨 수출통제 유예 연장"),
    ],
)
def test_control_does_not_come_back_when_flows_do_or_the_control_itself_ends(language, title):
    assert not returns(title, language)
