"""A name that no entry of the terms has: what was meant by it, as people say it."""

from pathlib import Path

import pytest

from warning.catalog.load import load_rulebook
from warning.catalog.meant_names import meant

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def terms():
    return load_rulebook(ROOT / "rules", ROOT / "feeds").terms


@pytest.mark.parametrize(
    ("kind", "written", "named"),
    [
        ("actors", "China", "CN (China)"),
        ("actors", "日本", "JP (Japan)"),
        ("actors", "USA", "US (United States)"),
        ("actors", "Korea", "KR (South Korea)"),
        ("materials", "magnets", "rare_earth_magnets (Rare-earth magnets)"),
        ("materials", "diesel exhaust fluid", "urea (Urea)"),
        ("acts", "hold", "customs_hold (customs hold)"),
        ("materials", "gallim", "gallium"),
        ("acts", "customs_held", "customs_hold"),
    ],
)
def test_what_people_say_leads_to_the_entry(terms, kind, written, named):
    entries = getattr(terms, kind)
    assert meant(written, entries, tuple(entries)) == f"did you mean {named}?"


def test_a_word_like_none_leads_nowhere(terms):
    assert meant("xyz", terms.materials, tuple(terms.materials)) == ""
