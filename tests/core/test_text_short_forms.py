"""Short forms of states (对美, 대일, 米企業5社): whom an act is aimed at, in headlines of any length."""

import pytest

from warning.core.text.parties import short_forms


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("商务部对美实体采取措施", ["US"]),
        ("中国对日、对韩实施管制", ["JP", "KR"]),
        ("中方对中国驻美使馆表示关切", []),
        ("对美表示不满。对日实施管制", ["JP"]),
        ("对美军售，对日管制", ["JP"]),
        ("应针对美方", []),
        ("対日本身という語", []),
        ("对美国企业，对欧实体", ["US", "EU"]),
        ("对 美方常务会议 对日制裁", ["JP"]),
        ("정부 대미 수출 규제", ["US"]),
        ("中国、米防衛企業12社に制裁", ["US"]),
        ("12家美国实体", ["US"]),
    ],
)
def test_whom_an_act_is_aimed_at_is_read_from_short_forms(sentence, codes):
    assert list(short_forms(sentence)) == codes


HOSTILE = {"1": 0, "对中": 0, "米9": 0, "对日。": 333_333, "1 家美": 0}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_million_hostile_signs_are_read_to_their_end(piece):
    """A word of speaking at the end of a run of letters takes back all that the run aims at."""
    run = (piece * 1_000_000)[:999_999]
    assert sum(1 for _ in short_forms(f"{run}表")) == HOSTILE[piece]
