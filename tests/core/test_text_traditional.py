"""A Chinese text in traditional characters is read like the same text in simplified ones, and shown as it was published."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from warning.catalog.load import load_rulebook
from warning.core.detect.text import detect_text
from warning.core.evidence import Item, Window
from warning.core.rulebook import Rulebook
from warning.core.rules import TextRule
from warning.core.text.characters import variants
from warning.core.text.folding import simplified
from warning.core.text.reading import Reading

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


@cache
def book() -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "feeds")


@cache
def _table() -> dict[int, str]:
    back: dict[int, str] = {}
    for variant, one in variants():
        back.setdefault(ord(one), variant)
    return back


def traditional(text: str) -> str:
    return text.translate(_table())


def item(title: str, kind: str = "news", country: str = "CN") -> Item:
    return Item(
        id="1", source_id="press", kind=kind, country=country, language="zh", title=title,
        published_at=NOW, known_at=NOW,
    )  # fmt: skip


def told(items: list[Item]) -> list[set[tuple[object, ...]]]:
    """What the rules say of each of the items, apart from all others."""
    numbered = tuple(replace(one, id=str(n)) for n, one in enumerate(items))
    window = Window(
        items=numbered, observations=(), listing_changes=(), fresh=frozenset(one.id for one in numbered)
    )
    found: list[set[tuple[object, ...]]] = [set() for _ in items]
    for s in detect_text(book(), window.as_known(NOW), NOW)[0]:
        facts = s.facts
        said = (s.rule_id, facts.act, facts.direction, facts.actors, facts.targets, facts.materials)
        found[int(s.exhibit.evidence_id)].add(said)
    return found


def titles() -> list[Item]:
    """The Chinese headlines that stand in the shipped rules and in the probes of the press."""
    examples = (e for r in book().rules if isinstance(r, TextRule) for e in r.examples if e.language == "zh")
    shown = [item(e.title, e.kind or "news", e.country) for e in examples if e.title]
    probes = (ROOT / "tests/flows/probes").glob("*.txt")
    lines = (line for path in probes for line in path.read_text(encoding="utf-8").splitlines())
    return [*shown, *(item(line.split("|")[3]) for line in lines if line.startswith("zh|"))]


def test_every_headline_says_the_same_in_traditional_characters():
    shown = titles()
    wide = [replace(one, title=traditional(one.title)) for one in shown]
    both = zip(wide, told(shown), told(wide), strict=True)
    assert {one.title: before ^ after for one, before, after in both if before != after} == {}


def test_trade_that_is_halted_is_no_relief_in_either_script():
    for said in told([item("中国暂停对台军工企业两用物项出口"), item("中國暫停對台軍工企業兩用物項出口")]):
        assert {direction for _, _, direction, *_ in said} == {"tightening"}


@pytest.mark.parametrize("title", ["中國對鎵、鍺實施出口管制", "中国对镓、锗实施出口管制"])
def test_what_is_shown_is_what_was_published(title):
    reading = Reading(item(title))
    assert (reading.field("title"), reading.quoted(0)) == (title, title)
    assert reading.title == simplified(title) == "中国对镓、锗实施出口管制"


def test_a_japanese_text_under_a_wrong_label_stays_as_it_is():
    assert Reading(item("中国、日本の輸出規制に対抗措置")).text.startswith("中国、日本の輸出規制に対抗措置")
