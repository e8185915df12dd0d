"""What it takes to tell how sentences speak of an act grows with the text, however often it repeats its words."""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import pytest

from warning.core.evidence import Item
from warning.core.terms import Terms
from warning.core.text import acting, continued, counts, stance
from warning.core.text.halves import find_halves
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.reading import Reading
from warning.core.text.stance import consented_sentences, eased_sentences, returning_sentences

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TERMS = Terms.model_validate({
    "materials": {"gallium": {"label": {"en": "Gallium"}, "names": {"en": ["gallium"]}}},
    "acts": {
        "export_ban": {"label": {"en": "b"}, "direction": "tightening", "family": "control", "phrases": {"en": ["export ban"], "zh": ["出口禁令"], "ja": ["輸出禁止"], "ko": ["수출금지"]}},
    },
    "cues": {
        "ease": {"phrases": {"en": ["lifts"], "zh": ["解除"], "ja": ["解除"], "ko": ["해제"]}},
        "halt": {"phrases": {"en": ["halts"]}},
        "export": {"phrases": {"en": ["exports"], "zh": ["放货"]}},
        "consent": {"phrases": {"en": ["approved"], "zh": ["批准"], "ja": ["承認"], "ko": ["승인"]}},
        "back_in_force": {"phrases": {"en": ["resumes"], "zh": ["恢复"]}},
        "lapse": {"phrases": {"en": ["ends"], "zh": ["期满"]}},
        "control_pause": {"phrases": {"en": ["suspension"], "zh": ["暂停"]}},
        "control_noun": {"phrases": {"en": ["export ban"], "zh": ["出口禁令"], "ja": ["輸出禁止"], "ko": ["수출금지"]}},
    },
})  # fmt: skip
LEXICON = Lexicon(TERMS)
MATCHER = Matcher(LEXICON.entries)


def read(language: str, title: str, body: str = "") -> Reading:
    reading = Reading(
        Item(id="i", source_id="s", kind="news", country="US", language=language, title=title, body=body, known_at=NOW)
    )  # fmt: skip
    reading.hits = MATCHER.hits(reading.folded.text, reading.comparable, reading.languages)
    return reading


def steps(work: Callable[[], object], of: str = "") -> int:
    """How many calls of functions a piece of work takes, or of the one function that is named."""
    count = 0

    def counted(frame: FrameType, event: str, _called: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"} and (not of or frame.f_code.co_name == of)

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def eased(reading: Reading) -> frozenset[int]:
    return eased_sentences(reading, TERMS.acts)


def consented(reading: Reading) -> frozenset[int]:
    return consented_sentences(reading, TERMS.acts)


def halved(reading: Reading) -> None:
    find_halves(reading, TERMS.acts, lambda half: None)


@pytest.mark.parametrize(
    ("find", "language", "words"),
    [
        (consented, "en", "export ban x approved "),
        (consented, "en", "The export ban was approved. "),
        (consented, "zh", "出口禁令批准"),
        (consented, "ja", "輸出禁止承認"),
        (consented, "ko", "수출금지 승인 "),
        (eased, "en", "lifts, export ban "),
        (eased, "zh", "解除放货出口禁令"),
        (eased, "zh", "解除出口禁令但禁止镓…"),
        (eased, "ko", "해제 x 수출금지 "),
        (eased, "en", "lifts import of export ban "),
        (eased, "en", "lifts gallium, gallium and gallium export ban "),
        (eased, "en", "halts gallium, gallium and gallium export ban "),
        (eased, "en", "halts x export ban "),
        (returning_sentences, "en", "resumes suspension, export ban ends "),
        (returning_sentences, "zh", "恢复暂停出口禁令，期满"),
        (halved, "zh", "解除出口禁令但禁止镓…"),
    ],
)
def test_twice_the_text_takes_twice_the_work(find, language, words):
    _, once, twice = (steps(lambda n=n: find(read(language, "x", words * n))) for n in (2, 60, 120))
    assert twice <= 2.3 * once


def test_a_run_of_signs_that_leads_to_nothing_is_not_searched_again_from_each_of_them():
    tail = acting._TAIL.match("''''")
    assert tail is not None
    assert tail.group() == "'"
    assert not continued._WITH_TRADE.match("  export")
    others = counts._OTHERS.search("国" * 60 + ", x and two others")
    assert others is not None
    assert len(others["several"]) <= 82


def test_halves_ask_nothing_of_the_body_where_the_headline_has_no_two_clauses():
    told = read("en", "China lifts export ban but bans exports")
    quiet = read("en", "Weather", "lifts export ban")
    assert steps(lambda: halved(told), of="_neighbours")
    assert not steps(lambda: halved(quiet), of="_neighbours")


@pytest.mark.parametrize(
    ("language", "row"), [("ja", "を"), ("ko", "법안"), ("zh", "法律"), ("en", " by in")]
)
def test_a_row_of_words_between_a_curb_and_consent_is_tried_once(language, row):
    assert re.fullmatch(stance._CONSENT_AFTER.pattern, row * 30)
    assert not re.fullmatch(stance._CONSENT_AFTER.pattern + re.escape(row), row * 3)


def test_a_bill_between_a_curb_and_consent_is_read_whole():
    assert consented(read("ko", "수출금지 법안 승인"))
    assert consented(read("ko", "수출금지 개정안 국회에서 승인"))
    assert consented(read("zh", "出口禁令法律获国会批准"))
    assert consented(read("ja", "輸出禁止を国会が承認"))
    assert not consented(read("ja", "輸出禁止を対象品を承認"))


def test_an_answer_is_kept_until_other_hits_are_put_there():
    reading = read("en", "Parliament lifts export ban")
    assert eased(reading)
    assert steps(lambda: eased(reading)) < 10
    reading.hits = {}
    assert not eased(reading)
