"""Arrests that another state's police makes, and those of China beside which other police is named."""

import pytest

from tests.core.judged_headline import is_met
from warning.core.terms import Terms

TERMS = Terms.model_validate({
    "actors": {
        "US": {"label": {"en": "US"}, "names": {"en": ["US"], "zh": ["美国"]}},
        "KR": {"label": {"en": "Korea"}, "names": {"en": ["Korean"], "zh": ["韩国"], "ja": ["韓国"], "ko": ["한국"]}},
        "CN": {"label": {"en": "China"}, "names": {"en": ["China", "Chinese"], "zh": ["中国", "北京"], "ja": ["中国"], "ko": ["중국"]}},
    },
    "acts": {"curb": {"label": {"en": "c"}, "direction": "tightening", "phrases": {"en": ["zzz"]}}},
    "cues": {
        "seized": {"phrases": {"en": ["arrest", "arrests", "detain", "detains", "hold", "question"], "zh": ["逮捕", "带走"], "ja": ["逮捕", "拘束"], "ko": ["체포"]}},
        "people": {"phrases": {"en": ["engineer", "executive"], "zh": ["员工", "职员"], "ja": ["社員"], "ko": ["직원"]}},
    },
})  # fmt: skip
ARRESTS = [
    ("FBI arrests Chinese engineer over secrets", "en"),
    ("Korean police arrest engineer over leak of secrets to China", "en"),
    ("Korean police arrest engineer for selling secrets to China", "en"),
    ("FBI arrests engineer bound for China", "en"),
    ("Korean police hold Chinese engineer for leak to China", "en"),
    ("Korean prosecutors question Chinese engineer", "en"),
    ("US arrests Chinese engineer", "en"),
    ("韩国警方逮捕一名中国籍企业员工", "zh"),
    ("警視庁、中国に技術を渡した社員を逮捕", "ja"),
    ("한국 경찰, 중국에 기술 유출한 직원 체포", "ko"),
    ("韓国警察、中国企業の社員を逮捕", "ja"),
    ("警視庁、中国籍の社員を逮捕", "ja"),
    ("한국 경찰, 중국 기업 직원 체포", "ko"),
]


def fires(title: str, language: str, *, act: str = "countermeasure", kind: str = "news") -> bool:
    near = [{"cue": ["seized"]}, {"cue": ["people"]}]
    said = {"act": act, "direction": "tightening", "actors": ["CN"]}
    return is_met(TERMS, near, title, language, country="GB", kind=kind, **said)


@pytest.mark.parametrize(("title", "language"), ARRESTS)
def test_arrest_is_no_pressure_of_china_when_another_states_police_opens_the_headline(title, language):
    assert not fires(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("China detains executive, Korean police say", "en"),
        ("FBI arrests lead China to detain executive", "en"),
        ("FBI arrests Chinese engineer, Chinese police detain executive", "en"),
        ("FBI arrests engineer, China detains executive", "en"),
        ("FBI arrests Chinese engineer, Shanghai police detain executive", "en"),
        ("Korean police arrest Chinese engineer; MSS detains executive", "en"),
        ("FBI arrests Chinese engineer as Shanghai police detain executive", "en"),
        ("北京带走职员 韩国警方回应", "zh"),
        ("中国、企業の社員を拘束　韓国警察、確認", "ja"),
        ("중국, 기업 직원 체포…한국 경찰, 확인", "ko"),
    ],
)
def test_arrest_is_chinas_when_china_acts_anywhere_in_the_headline(title, language):
    assert fires(title, language)


def test_other_rules_and_missions_tell_every_arrest():
    assert fires(*ARRESTS[0], act="detention")
    assert fires(*ARRESTS[0], kind="mission")


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Officers arrest foreign engineer", "en"),
        ("After Korean police visit, officers detain engineer", "en"),
        ("一名外企员工被带走", "zh"),
        ("外資系企業の社員を拘束", "ja"),
        ("외국 기업 직원 체포", "ko"),
    ],
)
def test_arrest_is_told_when_no_other_states_police_opens_the_headline(title, language):
    assert fires(title, language)
