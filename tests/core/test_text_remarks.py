"""Whether a headline tells an act, or only what someone makes of an act that stands."""

from datetime import UTC, datetime

import pytest

from warning.core.evidence import Item
from warning.core.rules import TextRule
from warning.core.terms import Terms
from warning.core.text.clauses import clause_bounds
from warning.core.text.conditions import compile_rule
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.reading import Reading

NOW = datetime(2025, 11, 9, tzinfo=UTC)
TERMS = Terms.model_validate({
    "acts": {
        "curb": {"label": {"en": "c"}, "direction": "tightening", "phrases": {"en": ["curbs", "halts"], "zh": ["限制"], "ja": ["規制"], "ko": ["통제"]}},
    },
    "actors": {
        "CN": {"label": {"en": "China"}, "names": {"en": ["China"], "ja": ["中国"], "ko": ["중국", "中"]}, "issuers": {"ja": ["中国商務省"]}},
    },
    "cues": {
        "announce": {"phrases": {"en": ["announces"], "ja": ["発表"], "ko": ["발표"]}},
        "remarked": {"phrases": {"en": ["criticis*", "slams", "bet", "seize on"], "zh": ["批评"], "ja": ["非難", "を商機"], "ko": ["비판", "웃는다"]}},
        "goods": {"phrases": {"en": ["gallium"], "zh": ["镓"], "ja": ["ガリウム"], "ko": ["갈륨"]}},
        "way": {"phrases": {"en": ["exports"], "zh": ["出口"], "ja": ["輸出"], "ko": ["수출"]}},
    },
})  # fmt: skip


def fires(
    title: str, *, summary: str = "", kind: str = "news", language: str = "en", fallback: bool = True
) -> bool:
    rule = TextRule.model_validate({
        "id": "r", "kind": "text", "title": "r", "severity": "severe", "owner": "o", "rationale": "r", "fallback": fallback,
        "match": {"near": [{"of": [{"act": ["curb"]}, {"cue": ["way"]}, {"cue": ["goods"]}]}]},
        "examples": [{"fires": True, "title": "a"}, {"fires": False, "title": "b"}],
    })  # fmt: skip
    lexicon = Lexicon(TERMS)
    compiled = compile_rule(rule, lexicon)
    item = Item(id="i", source_id="s", kind=kind, country="US", language=language, title=title, summary=summary, known_at=NOW)  # fmt: skip
    reading = Reading(item)
    reading.hits = Matcher(lexicon.entries).hits(reading.folded.text, reading.comparable, reading.languages)
    return compiled.verdict(reading).met


@pytest.mark.parametrize(
    "title",
    [
        "Minister criticises curbs on gallium exports in Beijing",
        "Curbs on gallium exports criticised",
        "Traders bet China curbs gallium exports",
        "德国部长批评镓出口限制",
        "独経済相、ガリウム輸出規制を非難",
        "독일 장관, 갈륨 수출 통제 비판",
    ],
)
def test_headline_tells_no_act_when_the_act_is_what_a_remark_is_about(title):
    assert not fires(title)


@pytest.mark.parametrize(
    "title",
    [
        "China curbs gallium exports, Yellen criticises move",
        "Beijing slams US list, halts gallium exports",
        "China halts gallium exports as US criticises Beijing",
        "中国限制镓出口，美方批评",
        "中国、ガリウム輸出規制…独が非難",
        "中, 갈륨 수출 통제…美 비판",
    ],
)
def test_headline_tells_the_act_when_the_remark_stands_in_another_clause(title):
    assert fires(title)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ja", "豪鉱山会社、ガリウム輸出規制を商機に"),
        ("ko", "제련업체, 갈륨 수출 통제에 웃는다"),
        ("en", "Refiners seize on China's curbs on gallium exports"),
    ],
)
def test_headline_tells_no_act_when_someone_makes_something_of_it(language, title):
    assert not fires(title, language=language)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ja", "中国がガリウム輸出規制を打ち出す"),
        ("ja", "中国がガリウム輸出規制を断行"),
        ("ja", "ガリウム輸出規制"),
        ("ko", "중국이 갈륨 수출 통제에 나섰다"),
        ("ko", "중국 정부가 갈륨 수출 통제를 앞당겼다"),
        ("en", "Traders say China's curbs on gallium exports now cover wafers"),
        ("en", "Ministry confirms China's curbs on gallium exports"),
    ],
)
def test_headline_tells_the_act_when_no_known_remark_stands_beside_it(language, title):
    assert fires(title, language=language)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "China criticises US list and curbs gallium exports"),
        ("en", "Minister criticises sudden curbs on gallium exports"),
        ("en", "China curbs gallium exports in a bet on chips"),
        ("zh", "中方批评美方 决定限制镓出口"),
        ("zh", "中方批评美国清单并限制镓出口"),
        ("ko", "중국 미국 관세 비판 갈륨 수출 통제"),
    ],
)
def test_headline_tells_the_act_when_who_remarks_goes_on_to_act(language, title):
    assert fires(title, language=language)


def test_rule_that_is_no_fallback_heeds_no_remark():
    assert fires("Minister criticises curbs on gallium exports in Beijing", fallback=False)


def test_sentence_of_a_lead_tells_the_act_when_only_its_neighbour_remarks():
    lead = "China curbs gallium exports from Monday. Ministers criticised the step."
    assert fires("Metals", summary=lead)
    assert not fires("Metals", summary="Ministers criticised curbs on gallium exports. Talks go on.")


def test_notice_makes_no_remark():
    assert fires("Curbs on gallium exports: criticised articles amended", kind="regulatory")


def test_clause_never_leaves_its_line():
    text = "first, second\nthird; fourth, 1,000"
    words = ("second", "third", "1,000")
    clauses = [text[slice(*clause_bounds(text, text.index(word)))].strip() for word in words]
    assert clauses == ["second", "third", "1,000"]
