"""Acts of the register in a desk's own words: the issuer's number beside a gloss, titles in its language."""

from dataclasses import replace
from datetime import date

import pytest

from tests.core.build import book, desk, exhibit, signal
from tests.core.deadline_samples import CONTROL, measure
from warning.channels.acts_named import act_said, number_said
from warning.channels.naming import naming
from warning.channels.render_facts import changes, sources
from warning.channels.render_why import translated
from warning.core.alerts import Difference
from warning.core.detect.deadline import REGISTER
from warning.core.joining import open_alert

GRAPHITE = measure(
    CONTROL,
    title="Licences for graphite items",
    titles={"ja": "黒鉛品目の輸出許可制", "ko": "흑연 품목 수출허가제"},
    issuer="Ministry of Commerce",
    issuers={"ja": "商務部", "ko": "상무부"},
    instrument="MOFCOM-GACC 2023/39",
    issued_as="商务部 海关总署公告2023年第39号",
    effective=date(2023, 12, 1),
)
BOOK = replace(book(), measures=(GRAPHITE,))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "商务部 海关总署公告2023年第39号 (MOFCOM-GACC 2023/39)"),
        ("ja", "商务部 海关总署公告2023年第39号（商務部・税関総署公告2023年第39号）"),
        ("ko", "商务部 海关总署公告2023年第39号(상무부·해관총서 공고 2023년 제39호)"),
    ],
)
def test_number_stands_as_its_issuer_writes_it_beside_a_gloss(language, said):
    assert number_said("MOFCOM-GACC 2023/39", naming(language, BOOK)) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("MOFCOM 2026/50", "商務部公告2026年第50号"),
        ("MOFCOM Order 2025/6", "商務部令2025年第6号"),
        ("State Council 785", "国務院令第785号"),
        ("89 FR 96830", "89 FR 96830"),
        ("ARECOMS 2025/4", "ARECOMS 2025/4"),
        ("", ""),
    ],
)
def test_number_the_register_does_not_know_is_only_glossed_and_one_of_another_kind_left_alone(number, said):
    assert number_said(number, naming("ja", BOOK)) == said


def test_title_of_an_act_is_in_the_desks_language_wherever_the_register_is_quoted():
    korean = naming("ko", BOOK)
    assert (
        act_said("Ministry of Commerce: Licences for graphite items", korean)
        == "상무부: 흑연 품목 수출허가제"
    )
    said = act_said("MOFCOM-GACC 2023/39: Licences for graphite items", korean)
    assert said == "상무부·해관총서 공고 2023년 제39호: 흑연 품목 수출허가제"
    assert act_said("Licences for graphite items", naming("en", BOOK)) == "Licences for graphite items"
    assert act_said("An act that is gone", korean) == "An act that is gone"


def test_clauses_that_apply_again_keep_their_clause():
    said = translated({"acts": "MOFCOM-GACC 2023/39, MOFCOM 2024/46 (2)"}, naming("ja", BOOK))
    assert said["acts"] == "商務部・税関総署公告2023年第39号, 商務部公告2024年第46号 (2)"


@pytest.mark.parametrize(
    ("code", "before", "after", "said"),
    [
        ("suspended", "MOFCOM-GACC 2025/70", "2025-11-07", "商務部・税関総署公告2025年第70号"),
        ("instrument", "", "MOFCOM-GACC 2023/39", "商务部 海关总署公告2023年第39号"),
    ],
)
def test_number_in_what_changed_is_the_issuers_or_its_gloss(code, before, after, said):
    alert = open_alert("a", [signal()], BOOK)
    news = Difference(code=code, before=before, after=after)
    (line,) = changes(replace(alert, version=2, differences=(news,)), naming("ja", BOOK), desk("jp", "JP"))
    assert said in line


def test_register_entry_with_a_title_of_the_desks_language_is_not_called_english():
    shown = exhibit(
        source_id=REGISTER, title="Ministry of Commerce: Licences for graphite items", language="en"
    )
    alert = open_alert("a", [signal(exhibit=shown)], BOOK)
    (source,) = sources(alert, naming("ja", BOOK), desk("jp", "JP"))
    assert source.title == "商務部：黒鉛品目の輸出許可制"
    assert not any("英語" in note for note in source.notes)
