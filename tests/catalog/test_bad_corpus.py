"""Every fault of the corpus is told with its place, its code and what would be right, and nothing else is."""

import shutil
from pathlib import Path

import pytest

from tests.catalog.trees_for_tests import BAD, FEEDS, GOOD, OWN, RULES, TODAY, findings
from warning.catalog.load import load_rulebook, read_rulebook
from warning.errors import CatalogError

CORPUS = sorted(BAD.glob("*.yaml"))


@pytest.mark.parametrize("bad", CORPUS, ids=lambda path: path.stem)
def test_bad_file_is_told_as_written_beside_it(bad: Path, tmp_path: Path):
    assert findings(bad, tmp_path) == bad.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


def test_corpus_has_an_answer_for_every_fault_and_no_answer_without_one():
    assert {p.stem for p in BAD.glob("*.txt")} == {p.stem for p in CORPUS}


def test_good_tree_loads_without_a_word():
    book, problems = read_rulebook(RULES, FEEDS, today=TODAY)
    assert problems == ()
    assert book is not None
    assert [rule.id for rule in book.rules] == [
        "entity-list-added",
        "exports-collapse",
        "gallium-background",
        "prc-export-control",
    ]
    assert set(book.terms.acts) >= {"export_control", "suspension"}
    assert list(book.exposure) == ["KR", "US"]
    assert [desk.id for desk in book.desks] == ["kr", "us"]
    assert list(book.sources) == ["cn-customs", "cn-mofcom", "us-entity-list"]


def test_load_raises_every_fatal_problem_at_once(tmp_path: Path):
    for name in ("signals/one", "signals/two", "desks/three"):
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("id: [", encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_rulebook(tmp_path, FEEDS)
    names = {Path(problem.file).name for problem in caught.value.problems}
    assert names == {"one.yaml", "two.yaml", "three.yaml", "policy.yaml"}


def test_missing_directory_is_a_problem_and_not_a_crash(tmp_path: Path):
    _, problems = read_rulebook(tmp_path / "no", tmp_path / "nothing", tmp_path / "nowhere")
    assert {problem.code for problem in problems} == {"EW141", "EW160"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("sginals/rule.yaml", "EW142"),
        ("signals/rule.yml", "EW140"),
        ("signals/rule.json", "EW140"),
        ("prices.yaml", "EW142"),
    ],
)
def test_file_nothing_would_read_is_told(name: str, code: str, tmp_path: Path):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("id: x\n", encoding="utf-8")
    _, problems = read_rulebook(tmp_path, FEEDS)
    assert code in {problem.code for problem in problems}


def test_feeds_with_mistakes_keep_rules_from_being_blamed_for_their_sources(tmp_path: Path):
    source = tmp_path / "regulatory" / "us-entity-list.yaml"
    source.parent.mkdir()
    source.write_text("id: us-entity-list\n", encoding="utf-8")
    _, problems = read_rulebook(RULES, tmp_path)
    assert {Path(problem.file).parent.name for problem in problems} == {"regulatory"}


def test_terms_with_mistakes_keep_rules_from_being_blamed_for_their_words(tmp_path: Path):
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    (rules / "terms" / "terms.yaml").write_text("materials: [", encoding="utf-8")
    _, problems = read_rulebook(rules, FEEDS)
    assert [(Path(p.file).name, p.code) for p in problems] == [("terms.yaml", "EW122")]


def test_own_directory_adds_rules_and_replaces_desks():
    book = load_rulebook(RULES, FEEDS, OWN, today=TODAY)
    assert [desk.id for desk in book.desks] == ["seoul"]
    assert "germanium-background" in {rule.id for rule in book.rules}


def test_own_rule_with_a_shipped_id_is_refused(tmp_path: Path):
    own = tmp_path / "signals" / "prc-export-control.yaml"
    own.parent.mkdir()
    own.write_bytes((GOOD / "rules" / "signals" / "prc-export-control.yaml").read_bytes())
    _, problems = read_rulebook(RULES, FEEDS, tmp_path)
    assert [problem.code for problem in problems if problem.fatal] == ["EW206"]
