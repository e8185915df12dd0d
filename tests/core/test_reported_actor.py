"""Whose act a mission report tells: whom its author names, else whom its words show, else whom the rule understands."""

from datetime import UTC, datetime

import pytest

from warning.core.detect.text import detect_text
from warning.core.evidence import Item, Window
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import TextRule
from warning.core.severity_table import SeverityTable
from warning.core.sources import unknown_source
from warning.core.terms import Terms

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATES = {
    "CN": ["China", "Chinese", "中国", "중국"], "RU": ["Russia", "Russian", "俄罗斯", "ロシア", "러시아"],
    "ID": ["Indonesia", "Indonesian", "印尼", "インドネシア", "인도네시아"], "US": ["US", "American", "美国", "米国", "미국"],
    "JP": ["Japan", "Japanese", "日本", "일본"], "VN": ["Vietnam", "Vietnamese", "越南", "ベトナム", "베트남"],
    "KR": ["Korea", "Korean", "韩国", "韓国", "한국"],
}  # fmt: skip
TERMS = Terms.model_validate({
    "materials": {"nickel": {"label": {"en": "Nickel"}, "names": {"en": ["nickel"], "zh": ["镍"], "ja": ["ニッケル"], "ko": ["니켈"]}}},
    "acts": {"customs_hold": {"label": {"en": "hold"}, "direction": "tightening", "phrases": {"en": ["hold"]}}},
    "actors": {
        code: {"label": {"en": code}, "names": dict.fromkeys(("en", "zh", "ja", "ko"), names)}
        for code, names in STATES.items()
    },
})  # fmt: skip
HOLD = TextRule.model_validate({
    "id": "hold", "kind": "text", "title": "hold", "severity": "severe", "owner": "o", "rationale": "r",
    "act": "customs_hold", "direction": "tightening", "else_actors": ["CN"], "where": {"kinds": ["mission"]},
    "match": {"all": [{"material": ["any"]}]},
    "examples": [{"fires": True, "title": "a"}, {"fires": False, "title": "b"}],
})  # fmt: skip


def _book() -> Rulebook:
    table = {
        "by_grade": {level: dict.fromkeys("ABCD", "moderate") for level in ("unknown", "minor", "moderate", "severe", "extreme")},
        "no_material": dict.fromkeys(("unknown", "minor", "moderate", "severe", "extreme"), "minor"),
        "named_as_target_steps": 0, "others_are_target_steps": 0, "own_act_steps": 0, "ceiling_by_direction": {},
    }  # fmt: skip
    known = {k: v for k, v in table.items() if k in SeverityTable.model_fields}
    policy = Policy(severity=SeverityTable.model_validate(known))
    folder = unknown_source("mission-jp-b", "mission", "JP", "en")
    mailbox = unknown_source("mailbox", "mission", "WLD", "en")
    return Rulebook(
        rules=(HOLD,), terms=TERMS, policy=policy, sources={"mission-jp-b": folder, "mailbox": mailbox}
    )


def actors_of(
    title: str, *, country: str, source: str = "mission-jp-b", language: str = "en"
) -> tuple[str, ...]:
    item = Item(
        id="i", source_id=source, kind="mission", country=country, language=language, title=title, summary="",
        body="", published_at=NOW, known_at=NOW,
    )  # fmt: skip
    known = Window(items=(item,), fresh=frozenset({"i"})).as_known(NOW)
    (signal,), _ = detect_text(_book(), known, NOW)
    return signal.facts.actors


@pytest.mark.parametrize(
    ("country", "title"),
    [
        ("ID", "Customs at Morowali hold nickel for Japan"),
        ("RU", "State trader refuses new contracts for nickel"),
        ("US", "Licences for nickel to Japan no longer granted"),
        ("CN", "Customs at Manzhouli hold nickel for Russia"),
        ("ID", "Korean buyers say customs hold nickel"),
    ],
)
def test_a_report_tells_the_act_of_the_state_its_author_names(country, title):
    assert actors_of(title, country=country) == (country,)


@pytest.mark.parametrize(
    ("country", "language", "title", "of"),
    [
        ("KR", "ko", "대사관 보고: 중국 세관, 한국행 니켈 선적 보류", "CN"),
        ("JP", "en", "Indonesian customs hold nickel for Japan", "ID"),
        ("KR", "en", "Nickel held at the border of Vietnam and China", "CN"),
        ("US", "en", "Customs hold nickel bound for China", "US"),
    ],
)
def test_a_state_named_for_its_waiting_buyers_is_not_told_as_who_holds(country, language, title, of):
    assert actors_of(title, country=country, language=language) == (of,)


@pytest.mark.parametrize("source", ["mission-jp-b", "mailbox"])
@pytest.mark.parametrize(
    ("language", "title", "actor"),
    [
        ("en", "Russian customs hold nickel for Korea", "RU"),
        ("en", "Indonesian nickel producer refuses contracts with Japanese buyers", "ID"),
        ("en", "Vietnamese importer says Chinese customs hold nickel", "CN"),
        ("en", "Nickel is stuck in Indonesia", "ID"),
        ("zh", "俄罗斯海关扣留对日本的镍", "RU"),
        ("ja", "ロシア税関でニッケルが足止め", "RU"),
        ("ja", "インドネシアでニッケルの貨物が止まっている", "ID"),
        ("ko", "러시아 업체, 니켈 신규 계약 거부", "RU"),
    ],
)
def test_a_report_whose_author_names_nobody_tells_the_act_of_whom_its_words_show(
    source, language, title, actor
):
    country = "JP" if source == "mission-jp-b" else "WLD"
    assert actors_of(title, country=country, source=source, language=language) == (actor,)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Customs at Tianjin hold nickel"),
        ("en", "Customs at Tianjin hold nickel for Korea"),
        ("en", "Customs at Pingxiang hold nickel bound for Vietnam"),
        ("en", "Japanese buyers say customs hold nickel"),
        ("ja", "天津税関で日本向けニッケルが足止め"),
        ("ko", "톈진 세관에 한국행 니켈 묶여 있어"),
        ("zh", "天津海关扣留对日本的镍"),
    ],
)
def test_a_report_that_names_no_actor_is_laid_to_whom_the_rule_understands(language, title):
    assert actors_of(title, country="WLD", source="mailbox", language=language) == ("CN",)
