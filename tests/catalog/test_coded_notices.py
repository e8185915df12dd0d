"""A notice that names its goods by customs codes alone, in the table of its annex: the shipped rules tell what it is about."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from warning.app.evaluating import evaluate_records
from warning.catalog.load import load_rulebook
from warning.core.evidence import Item
from warning.core.rulebook import Rulebook

ROOT = Path(__file__).resolve().parents[2]
DAY = datetime(2026, 7, 3, 10, 30, tzinfo=UTC)
BODY = (
    "根据《中华人民共和国出口管制法》，决定对下列物项实施出口管制：\n[annex fj.docx]\n序号\t物项\t参考海关商品编号\n"
    "1\t高纯物项\t{}\n2\t其他\t{}\n本公告自公布之日起正式实施。"
)


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "feeds", tmp_path_factory.mktemp("none"), today=DAY.date())


def told(book: Rulebook, *codes: str):
    notice = Item(
        id="i", source_id="cn-mofcom-announcements", kind="regulatory", country="CN", language="zh",
        title="商务部 海关总署公告2026年第71号 关于对有关物项实施出口管制的公告", body=BODY.format(*codes),
        published_at=DAY, known_at=DAY,
    )  # fmt: skip
    (evaluated,) = evaluate_records(book, [notice])
    return {signal.rule_id: signal.facts for signal in evaluated.signals}["prc-export-control-notice"]


def test_the_codes_of_an_annex_are_facts_and_say_which_material_is_meant(book):
    facts = told(book, "8110101000、8110200000", "2825800010")
    assert (facts.hs_codes, facts.materials) == (("8110101000", "8110200000", "2825800010"), ("antimony",))


def test_a_code_that_several_materials_share_says_of_none_that_it_is_meant(book):
    facts = told(book, "8112929090", "8112999000")
    assert (facts.hs_codes, facts.materials) == (("8112929090", "8112999000"), ())
