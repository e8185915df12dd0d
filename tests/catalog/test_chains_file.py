"""rules/chains.yaml: its names must stand for something, and what shows a step must be able to."""

import shutil
from pathlib import Path

import pytest

from warning.catalog.load import load_rulebook, read_rulebook

ROOT = Path(__file__).parents[2]
RULES, FEEDS = ROOT / "rules", ROOT / "feeds"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def wrong_in(rules: Path, before: str, after: str):
    path = rules / "chains.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    _, problems = read_rulebook(rules, FEEDS)
    return [(p.code, p.fatal) for p in problems if p.file == str(path)]


def test_shipped_chains_are_read_for_every_issuer_of_the_three_countries_and_china():
    chains = load_rulebook(RULES, FEEDS).chains
    assert {actor for chain in chains for actor in chain.actors} == {"CN", "US", "JP", "KR"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("acts: [export_control,", "acts: [export_controll,", ("EW202", True)),
        ("actors: [CN]", "actors: [XX]", ("EW203", True)),
        ("sources: [cn-mofcom-announcements]", "sources: [cn-mofcom-announcement]", ("EW205", False)),
        ("id: cn-list", "id: cn-control", ("EW206", True)),
        ("{by: report}", "{by: figures}", ("EW225", True)),
        ("step: gazetted", "step: printed", ("EW104", True)),
        ("        within_days: 3\n", "", ("EW107", True)),
    ],
)
def test_mistake_in_the_chains_is_told_with_its_code(rules, before, after, told):
    assert wrong_in(rules, before, after)[0] == told


def test_tree_without_chains_follows_no_case(rules):
    (rules / "chains.yaml").unlink()
    assert load_rulebook(rules, FEEDS).chains == ()


def test_operators_own_chains_take_the_place_of_the_shipped_ones(rules, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    text = (RULES / "chains.yaml").read_text(encoding="utf-8")
    (own / "chains.yaml").write_text(text.split("  - id: cn-list")[0], encoding="utf-8")
    assert [chain.id for chain in load_rulebook(rules, FEEDS, own).chains] == ["cn-control"]
