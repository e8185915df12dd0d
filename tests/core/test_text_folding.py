import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.text.characters import variants
from warning.core.text.folding import (
    _CHANGING,
    BMP,
    _fold_character,
    closed_up,
    fold,
    fold_term,
    fold_terms,
)
from warning.core.text.phrases import learn, parse_phrase

SHIPPED = Path(__file__).parents[2] / "rules"
# Written alike in both, or Japanese alone.
_ONE_FORM = set("勐酰噂扱")


def test_fold_makes_widths_case_and_hyphens_one_spelling():
    assert fold("Ｒａｒｅ-Earth　ＭＡＧＮＥＴＳ").text == "rare earth magnets"


def test_fold_writes_traditional_and_japanese_forms_as_simplified_ones():
    assert fold("關於對鎵、鍺實施出口管制").text == "关于对镓、锗实施出口管制"
    assert fold("輸出規制").text == fold("输出规制").text


def test_fold_keeps_lookalike_elements_apart():
    assert len({fold_term(c) for c in "镓镝氦氯"}) == 4
    assert fold_term("鎵") == fold_term("镓") != fold_term("鏑")


def test_fold_composes_half_width_voiced_kana_and_remembers_the_places():
    folded = fold("x ｶﾞﾘｳﾑ")
    assert folded.text == "x ガリウム"
    place = folded.text.index("リ")
    assert "x ｶﾞﾘｳﾑ"[folded.origin(place)] == "ﾘ"


def test_a_mark_behind_a_line_s_end_stands_in_its_own_place():
    assert fold("x\n\uff9e").origins == (0, 1, 2)


def test_fold_composes_decomposed_hangul():
    assert "수출" in fold("\u1109\u116e\u110e\u116e\u11af 통제").text


def test_each_variant_is_folded_once_and_straight_to_its_simplified_form():
    pairs = list(variants())
    assert len(dict(pairs)) == len(pairs)
    assert all(variant != folded for variant, folded in pairs)
    assert all(_is_in(folded, "gb2312") for variant, folded in pairs if _is_in(variant, "big5"))


def test_every_simplified_character_of_the_shipped_terms_is_found_in_traditional_texts():
    """A simplified form is in GB 2312 and not in Big5; a traditional one in Big5 and not in GB 2312."""
    words = "".join(path.read_text("utf-8") for path in SHIPPED.rglob("*.yaml"))
    han = set(re.findall("[\u4e00-\u9fff]", words))
    simplified = {char for char in han if _is_in(char, "gb2312") and not _is_in(char, "big5")}
    written_so = {folded for _, folded in variants()}
    assert len(simplified) > 500
    assert simplified - written_so - _ONE_FORM == set()
    traditional = {char for char in han if _is_in(char, "big5") and not _is_in(char, "gb2312")}
    assert {char for char in traditional if fold_term(char) == char} <= _ONE_FORM


def _is_in(char, charset):
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_fold_gives_every_folded_character_a_place_in_the_original(text):
    folded = fold(text)
    if folded.origins is None:
        assert len(folded.text) == len(text)
    else:
        assert len(folded.origins) == len(folded.text)
        assert list(folded.origins) == sorted(folded.origins)
        assert all(0 <= origin < len(text) for origin in folded.origins)


@given(st.text(alphabet="abcXYZ -Ａｂ镓鎵ガ가나", max_size=30))
def test_fold_of_folded_text_changes_nothing(text):
    once = fold(text).text
    assert fold(once).text == once


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("갈륨 수 출 통 제 시행", "갈륨 수출통제 시행"),
        ("갈륨  수  출  통  제  시행", "갈륨  수출통제  시행"),
        ("중 국 , 갈 륨 수 출 통 제", "중국,갈륨수출통제"),
        ("중 국  갈 륨  수 출 통 제", "중국  갈륨  수출통제"),
        ("이 중 한 곳은", "이 중 한 곳은"),
        ("할 수 있다", "할 수 있다"),
    ],
)
def test_korean_set_wide_is_closed_up_and_every_letter_keeps_its_place(written, read):
    closed = closed_up(fold(written))
    assert closed.text == read
    assert [written[closed.origin(place)] for place in range(len(read))] == list(read)


def test_characters_that_the_table_passes_over_fold_to_themselves():
    looked_at = {code for begin, end in _CHANGING for code in range(begin, end)}
    passed_over = [chr(code) for code in range(BMP) if code not in looked_at and not 0xD800 <= code <= 0xDFFF]
    assert len(passed_over) > 40_000
    assert all(_fold_character(one) == one for one in passed_over)


@given(
    st.lists(
        st.one_of(st.text(max_size=12), st.sampled_from(["수출 통제", "ﾊﾞﾅｼﾞｳﾑ", "e\u0301", "two\nlines", ""]))
    )
)
def test_terms_folded_together_are_those_folded_one_by_one(terms):
    assert fold_terms(terms) == [fold_term(term) for term in terms]


def test_phrases_learnt_together_are_those_read_one_by_one():
    written = [
        ("Export-Ban*", "en"),
        ("METI", "en"),
        ("수출 통제$", "ko"),
        ("禁輸", "ja"),
        ("e\u0301tain", "en"),
    ]
    one_by_one = [parse_phrase(*one) for one in written]
    learn(written)
    assert [parse_phrase(*one) for one in written] == one_by_one
    with pytest.raises(ValueError, match="nothing to search for"):
        learn([(" * ", "en")])
