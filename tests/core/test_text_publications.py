"""Guidelines and lists that set a curb are the act itself; figures and papers about one are only something to read."""

from datetime import UTC, datetime

import pytest

from warning.core.evidence import Item
from warning.core.text.publications import MOST, only_published_sentences, set_out_sentences
from warning.core.text.reading import Reading

DAY = datetime(2025, 11, 10, tzinfo=UTC)
SET = [
    ("en", "Beijing issues export ban guidelines on antimony"),
    ("en", "China issues guidelines for ban on rare earth technology exports"),
    ("ja", "中国、レアアース輸出許可制の指針を公表"),
    ("ko", "중국, 희토류 수출 허가제 지침 발표"),
    ("zh", "中国发布稀土出口许可管理指南"),
]
READ = [
    ("en", "China publishes white paper on rare earth export controls"),
    ("en", "China releases export control compliance guidelines"),
    ("zh", "中国发布两用物项出口管制合规指南"),
    ("en", "China releases data as rare earth rules take effect"),
    ("ja", "レアアース輸出規制の発効に合わせ、中国が統計を公表"),
    ("ko", "희토류 수출 통제 시행 속 중국 통계 발표"),
    ("zh", "稀土出口管制生效之际，中国公布贸易数据"),
]


def reading(language: str, title: str) -> Reading:
    return Reading(
        Item(id="i", source_id="s", kind="news", country="CN", language=language, title=title, published_at=DAY, known_at=DAY)
    )  # fmt: skip


@pytest.mark.parametrize(("language", "title"), SET)
def test_guidelines_that_set_a_curb_are_the_act_when_no_relief_is_told(language, title):
    told = reading(language, title)
    assert only_published_sentences(told) == frozenset()
    assert set_out_sentences(told)


@pytest.mark.parametrize(("language", "title"), READ)
def test_figures_and_papers_on_a_curb_are_something_to_read(language, title):
    assert only_published_sentences(reading(language, title))


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "China issues guidelines easing rare earth export controls"),
        ("ja", "中国、レアアース輸出規制の緩和指針を公表"),
        ("ko", "중국, 희토류 수출 통제 완화 지침 발표"),
        ("zh", "中国发布放宽稀土出口管制指南"),
    ],
)
def test_guidelines_that_ease_a_curb_are_left_to_the_rules_of_relief(language, title):
    assert set_out_sentences(reading(language, title)) == frozenset()


def test_words_behind_the_longest_headline_decide_nothing():
    assert set_out_sentences(reading("zh", "镓，中国发布稀土出口许可管理指南"))
    assert not set_out_sentences(reading("zh", "镓，" * MOST + "中国发布稀土出口许可管理指南"))
