"""Sources of an operator's own directory: known to rules as the shipped ones are, and checked with them."""

import shutil
from pathlib import Path

import pytest

from tests.catalog.trees_for_tests import FEEDS, RULES, TODAY
from warning.catalog.last_good import read_catalogue
from warning.catalog.load import read_rulebook
from warning.catalog.source_overlays import load_catalogue
from warning.errors import CatalogError

PAPER = """\
id: our-paper
title: Our paper
url: https://paper.example.org/feed
kind: news
country: KR
language: ko
publisher: our-paper
publisher_title: Our paper
official: no
reliability: C
licence: ours
every: 1h
parse: {format: rss}
verified: never
"""
CHANGE = "source: cn-mofcom\nreason: it moved\nauthor: a.analyst\nset:\n  every: 2h\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own" / "feeds" / "news").mkdir(parents=True)
    return tmp_path / "own"


def put(own: Path, text: str, place: str = "news/our-paper.yaml") -> None:
    (own / "feeds" / place).write_text(text, encoding="utf-8")


def told(own: Path, rules: Path = RULES) -> list[str]:
    _, problems = read_rulebook(rules, FEEDS, own, today=TODAY)
    return [str(problem).replace(f"{own}/feeds/", "") for problem in problems]


def test_a_source_of_ones_own_is_known_to_rules_and_asked(own: Path, tmp_path: Path):
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    rule = rules / "signals" / "prc-export-control.yaml"
    text = rule.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith("id:")
    rule.write_text(text + "\nwhere: {sources: [our-paper]}\n", encoding="utf-8")
    assert any("EW205" in line for line in told(own, rules))
    put(own, PAPER)
    assert told(own, rules) == []
    book, specs, problems = read_catalogue((rules, FEEDS, own), TODAY)
    assert problems == ()
    assert book is not None
    assert "our-paper" in book.sources
    assert {spec.id: spec for spec in specs}["our-paper"].kind == "news"
    assert [spec.id for spec in load_catalogue(FEEDS, own)] == sorted(book.sources)


def test_a_change_of_a_shipped_source_holds_for_rules_too(own: Path):
    put(own, CHANGE.replace("  every: 2h\n", "  enabled: no\n  expect.list.absent_days: 7\n"), "mofcom.yaml")
    book, problems = read_rulebook(RULES, FEEDS, own, today=TODAY)
    assert book is not None, problems
    assert book.sources["cn-mofcom"].patience.absent_days == 7


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        (PAPER.replace("language: ko\n", ""), "news/our-paper.yaml", "news/our-paper.yaml:1:1: EW103"),
        (PAPER.replace("https://", "ftp://"), "news/our-paper.yaml", "news/our-paper.yaml:3:6: EW107"),
        (PAPER.replace("{format: rss}", "rss"), "news/our-paper.yaml", "news/our-paper.yaml:13:8: EW102 parse cannot be 'rss' (a mapping: {format: one of "),
        (PAPER.replace("verified: never\n", ""), "news/our-paper.yaml", "news/our-paper.yaml:1:1: EW103 the key 'verified' is missing (verified: a mapping: {on: …, how: …} or \"never\")"),
        (PAPER, "news/another.yaml", "news/another.yaml:1:5: EW162"),
        (PAPER, "our-paper.yaml", "our-paper.yaml:0:0: EW161"),
        (PAPER.replace("our-paper", "cn-mofcom"), "news/cn-mofcom.yaml", "news/cn-mofcom.yaml:1:5: EW164"),
        (PAPER + "materials: [galium]\n", "news/our-paper.yaml", "news/our-paper.yaml:15:13: EW167"),
        (CHANGE.replace("cn-mofcom", "cn-mofcm"), "a.yaml", "a.yaml:1:9: EW165"),
        (CHANGE.replace("every: 2h", "evry: 2h"), "a.yaml", "a.yaml:5:9: EW166"),
        (CHANGE.replace("every: 2h", "url: ftp://x.example"), "a.yaml", "a.yaml:5:8: EW166 url starts"),
        (CHANGE.replace("every: 2h", "expect.list.abscent_days: 7"), "a.yaml", "a.yaml:5:29: EW166 unknown key 'abscent_days' (did you mean absent_days?)"),
        (CHANGE.replace("every: 2h", "method: POST\n  every: 2x"), "a.yaml", "a.yaml:6:10: EW166 '2x' is not a duration"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_source_there_is_told_where_it_stands(own: Path, text, place, line):
    put(own, text, place)
    (problem,) = told(own)
    assert problem.startswith(line)


def test_a_source_there_with_a_mistake_is_left_out_and_stops_the_load(own: Path):
    put(own, PAPER.replace("language: ko\n", ""))
    with pytest.raises(CatalogError, match="language"):
        load_catalogue(FEEDS, own)
    assert read_catalogue((RULES, FEEDS, own), TODAY)[0] is None
    book, _ = read_rulebook(RULES, FEEDS, own, today=TODAY, without_broken_rules=True)
    assert book is not None
