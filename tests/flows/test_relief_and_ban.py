"""What the shipped rules tell of a headline with relief in one clause and a ban in the other, whatever its words are."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from warning.catalog.load import load_rulebook
from warning.core.detect.text import judge_item
from warning.core.evidence import Item
from warning.core.rulebook import Rulebook
from warning.core.text.ban_beside import CONTRASTS, VERBS
from warning.core.text.engine import engine_of

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
# Relief for antimony and a ban on other goods, with a place for the word that is tried.
WORDED = {
    "en": "China lifts antimony export ban for US {contrast} {verb} {goods} exports to Japan",
    "zh": "中国解除对美锑出口禁令 {contrast}{verb}对日出口{goods}",
    "ja": "中国、対米アンチモン禁輸を解除する{contrast}、日本への{goods}輸出を{verb}",
    "ko": "중국, 대미 안티모니 수출 통제 해제…{contrast} 일본엔 {goods} 수출 {verb}",
}
USUAL = {
    "en": {"contrast": "but", "verb": "bans", "goods": "gallium"},
    "zh": {"contrast": "同时", "verb": "禁止", "goods": "镓"},
    "ja": {"contrast": "一方", "verb": "禁止", "goods": "ガリウム"},
    "ko": {"contrast": "대신", "verb": "금지", "goods": "갈륨"},
}


@cache
def book() -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "feeds")


def banned(language: str, title: str) -> tuple[str, ...] | None:
    """The goods that the rule for such headlines tells as banned; None where it is silent."""
    item = Item(
        id="1", source_id="press", kind="news", country="US", language=language, title=title,
        published_at=NOW, known_at=NOW,
    )  # fmt: skip
    rules = engine_of(book()).rules
    number = next(n for n, one in enumerate(rules) if one.rule.id == "prc-curb-beside-relief")
    signals = judge_item(book(), item, [number])
    return signals[0].facts.materials if signals else None


@pytest.mark.parametrize("language", WORDED)
def test_every_verb_and_every_contrast_tells_the_ban_and_its_goods_alone(language):
    tried = [{"verb": verb} for verb in VERBS[language]]
    tried += [{"contrast": contrast} for contrast in CONTRASTS[language]]
    titles = [WORDED[language].format(**USUAL[language] | words) for words in tried]
    assert {title: banned(language, title) for title in titles} == dict.fromkeys(titles, ("gallium",))


@pytest.mark.parametrize("language", WORDED)
def test_every_material_of_the_register_is_told_as_banned_by_one_of_its_names(language):
    untold = {
        material: titles
        for material, known in book().terms.materials.items()
        if material != "antimony" and known.names.get(language)
        for titles in [
            [WORDED[language].format(**USUAL[language] | {"goods": n}) for n in known.names[language][:4]]
        ]
        if not any(material in (banned(language, title) or ()) for title in titles)
    }
    assert untold == {}


@pytest.mark.parametrize(
    "title",
    [
        "China lifts antimony ban for US but bans dual-use exports to Japan",
        "China lifts antimony ban for US while also banning gallium exports to Japan",
        "China lifts antimony ban for US but will ban gallium exports to Japan",
        "China lifts antimony ban for US, but gallium exports to Japan are halted",
    ],
)
def test_forms_of_the_verb_and_trade_without_named_goods_are_told(title):
    assert banned("en", title) in {(), ("gallium",)}


def test_a_ban_on_all_exports_beside_relief_is_on_the_goods_of_the_relief():
    assert banned("en", "China lifts antimony ban for US, bans all exports to Japan") == ("antimony",)
