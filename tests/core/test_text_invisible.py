"""Characters that nobody sees change nothing that is read, whoever brings the text."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.catalog.load import load_rulebook
from warning.core.detect.text import detect_text
from warning.core.evidence import Item, Window
from warning.core.text.reading import Reading

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u2060\ufeff"
TITLES = {
    "zh": "中国对稀土实施出口管制",
    "en": "China imposes export controls on gallium",
    "ja": "中国、レアアースの輸出を規制",
    "ko": "중국, 희토류 수출 통제",
}


def item(number: int, language: str, title: str) -> Item:
    return Item(
        id=str(number), source_id="press", kind="news", country="GB", language=language, title=title,
        published_at=NOW, known_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("language", TITLES)
def test_a_headline_full_of_unseen_characters_says_the_same(language):
    title = TITLES[language]
    pair = (item(0, language, title), item(1, language, UNSEEN.join(title)))
    window = Window(items=pair, observations=(), listing_changes=(), fresh=frozenset({"0", "1"}))
    signals, _ = detect_text(load_rulebook(ROOT / "rules", ROOT / "feeds"), window.as_known(NOW), NOW)
    told = {n: {(s.rule_id, s.facts) for s in signals if s.exhibit.evidence_id == n} for n in ("0", "1")}
    assert told["0"] == told["1"] != set()


@given(st.sampled_from(sorted(TITLES.items())), st.lists(st.sampled_from(UNSEEN), max_size=30), st.randoms())
def test_a_reading_holds_none_of_them(written, unseen, chance):
    language, title = written
    letters = list(title)
    for one in unseen:
        letters.insert(chance.randrange(len(letters) + 1), one)
    assert Reading(item(0, language, "".join(letters))).folded == Reading(item(0, language, title)).folded
