"""Chinese phrases are found in the words of Taiwan as well."""

import pytest

from warning.core.text.phrases import parse_phrase


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("特朗普", "川普"),
        ("英偉達", "辉达"),
        ("芯片设计软件", "晶片设计软体"),
        ("光刻机", "曝光机"),
        ("人工智能芯片", "人工智慧晶片"),
    ],
)
def test_chinese_phrase_finds_what_taiwan_writes_for_it_beside_its_own(written, found):
    assert parse_phrase(written, "zh").needles[1:] == (found,)


@pytest.mark.parametrize("written", ["稀土", "光刻", "出口管制"])
def test_phrase_without_a_word_of_taiwans_own_is_looked_for_once(written):
    assert len(parse_phrase(written, "zh").needles) == 1


def test_words_of_taiwan_are_looked_for_in_chinese_phrases_alone():
    assert len(parse_phrase("芯片", "ja").needles) == 1
