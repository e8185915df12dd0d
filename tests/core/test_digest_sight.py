"""What a digest says of silence: counted from the cells, blind ones with since when, in three languages."""

from datetime import UTC, datetime

import pytest

from warning.core.blindness import Dark, Sight
from warning.core.coverage import Cell
from warning.report.sight import certificate, rules_text, sight_count
from warning.report.words import digest_words

SINCE = datetime(2026, 11, 20, 8, tzinfo=UTC)
DARK = (Dark(source_id="gacc", condition="failing", since=SINCE),)
CELLS = (
    Cell(material="gallium", country="CN", kind="news", state="covered", evidence=2),
    Cell(material="gallium", country="JP", kind="news", state="quiet"),
    Cell(material="gallium", country="CN", kind="customs", state="blind", dark=DARK, since=SINCE),
    Cell(material="gallium", country="KR", kind="price", state="uncovered"),
)
BLIND = Sight(rule_id="flow-gallium", needs=("gacc",), dark=DARK, level="blind", since=SINCE)


def test_blind_places_are_counted_apart_from_quiet_ones():
    count = sight_count(CELLS, [BLIND, Sight(rule_id="r", needs=())])
    assert (count.covered, count.quiet, count.blind, count.uncovered) == (1, 1, 1, 1)
    assert count.rules_blind == (("flow-gallium", SINCE),)


@pytest.mark.parametrize(
    ("language", "day"), [("en", "Nov 20, 2026"), ("ja", "2026年11月20日"), ("ko", "2026년 11월 20일")]
)
def test_blind_rule_is_named_with_since_when_in_each_language(language, day):
    words = digest_words(language)
    said = rules_text(sight_count(CELLS, [BLIND]), words)
    assert "flow-gallium" in said
    assert day in said
    assert rules_text(sight_count(CELLS, [Sight(rule_id="r", needs=())]), words) != said


def test_blind_rule_is_called_by_its_title_where_it_has_one():
    count = sight_count(CELLS, [BLIND], {"flow-gallium": "ガリウム輸出の急減"})
    said = rules_text(count, digest_words("ja"))
    assert "ガリウム輸出の急減" in said
    assert "flow-gallium" not in said


def test_certificate_of_an_installation_that_read_nothing_says_so():
    words = digest_words("en")
    assert "Last reading: never" in certificate(sight_count((), ()), None, words, "UTC")
