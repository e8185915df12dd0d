"""Names in catalogue entries: what stands for nothing is told where it stands, with what was meant."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from warning.catalog.load import read_rulebook
from warning.catalog.source_names import unknown_materials
from warning.catalog.source_overlays import load_catalogue
from warning.catalog.sources import read_placed_sources, read_sources
from warning.cli.main import cli

ROOT = Path(__file__).parents[2]
SOURCE = """\
id: kr-example
title: An example
url: https://example.org/data
kind: {kind}
country: KR
language: ko
publisher: example
publisher_title: Example
official: yes
reliability: A
licence: public domain
every: 1d
{more}
verified: never
"""
TABLE = """\
parse:
  format: table
  period: month
  frequency: M
  reporter: KR
  partner: "column:partner"
  values:
    kg: {measure: export_quantity, unit: kg}
"""
KNOWN = ("gallium", "germanium", "antimony")


def written(tmp_path: Path, more: str, *, kind: str = "customs", change: tuple[str, str] = ("", "")) -> Path:
    path = tmp_path / "feeds" / kind / "kr-example.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SOURCE.format(kind=kind, more=more).replace(*change), encoding="utf-8")
    return tmp_path / "feeds"


def told(feeds: Path) -> list[str]:
    placed, problems = read_placed_sources(feeds)
    assert problems == ()
    return [str(p).replace(f"{feeds}/customs/", "") for p in unknown_materials(placed, KNOWN)]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("materials: [gallium, galium]\n" + TABLE, "kr-example.yaml:13:22"),
        (TABLE.replace("  values", "  material: galium\n  values"), "kr-example.yaml:19"),
        (TABLE.replace("kg}", "kg, material: galium}"), "kr-example.yaml:20"),
        (TABLE.replace("  values", "  materials_by_hs: {'811292': galium}\n  values"), "kr-example.yaml:19"),
        (TABLE.replace("  values", "  material: column:what\n  materials: {갈륨: galium}\n  values"), "kr-example.yaml:20"),
    ],
)  # fmt: skip
def test_a_material_nobody_knows_is_told_where_it_stands_with_the_nearest_name(tmp_path, more, line):
    (problem,) = told(written(tmp_path, more))
    assert problem.startswith(line)
    assert "EW167" in problem
    assert "there is no material 'galium'" in problem
    assert "did you mean gallium?" in problem


def test_a_material_of_an_axis_is_told_with_the_value_it_was_made_of(tmp_path):
    feeds = written(
        tmp_path, "each: {item: [gallium, urania]}\nmaterials: ['{item}']\n" + TABLE, change=("id: kr-example", "id: kr-{item}")
    )  # fmt: skip
    (problem,) = told(feeds)
    assert "there is no material 'urania' (for item urania)" in problem


def test_the_shipped_sources_name_materials_that_the_shipped_terms_know():
    _, problems = read_rulebook(ROOT / "rules", ROOT / "feeds")
    assert [p for p in problems if p.code == "EW167"] == []


def test_rules_check_and_feeds_check_end_with_1_and_the_rulebook_still_loads(tmp_path, monkeypatch):
    feeds = written(tmp_path, "materials: [galium]\n" + TABLE)
    monkeypatch.setenv("WARNING_FEEDS_DIR", str(feeds))
    monkeypatch.setenv("WARNING_HOME", str(tmp_path))
    for command in (["rules", "check"], ["feeds", "check"]):
        done = CliRunner().invoke(cli, command)
        assert done.exit_code == 1, done.output
        assert "did you mean gallium?" in done.output
    book, _ = read_rulebook(ROOT / "rules", feeds)
    assert book is not None
    assert list(book.sources) == ["kr-example"]


def test_a_material_that_an_overlay_sets_is_told_at_the_overlay(tmp_path, monkeypatch):
    feeds = written(tmp_path, TABLE)
    overlay = tmp_path / "own" / "feeds" / "kr-example.yaml"
    overlay.parent.mkdir(parents=True)
    overlay.write_text("source: kr-example\nreason: r\nauthor: a\nset:\n  parse.material: germaniun\n")
    monkeypatch.setenv("WARNING_FEEDS_DIR", str(feeds))
    monkeypatch.setenv("WARNING_OVERLAY_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("WARNING_HOME", str(tmp_path))
    done = CliRunner().invoke(cli, ["feeds", "check"])
    assert done.exit_code == 1
    assert f"{overlay}:5" in done.output
    assert "did you mean germanium?" in done.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("country: KR", "country: UK"), "'UK' is no country of ISO 3166 alpha-2; did you mean GB?"),
        (("country: KR", "country: XX"), "'XX' is no country of ISO 3166 alpha-2; EU is the Union, WLD the world"),
        (("language: ko", "language: kr"), "'kr' is no language of ISO 639-1; did you mean ko?"),
        (("language: ko", "language: jp"), "did you mean ja?"),
        (("language: ko", "language: zh-Hans"), "did you mean zh?"),
        (("every: 1d", "every: 1d\nrelease_to: [KR, JA]"), "did you mean JP?"),
        (("every: 1d", "every: 1d\nencoding: gb-18030x"), "'gb-18030x' is no encoding; did you mean gb18030?"),
        (("every: 1d", "every: 1d\nencoding: zip"), "'zip' is no encoding; one of utf-8,"),
        (("reporter: KR", "reporter: KR\n  encoding: shift-jiz"), "did you mean shift_jis?"),
        (("reporter: KR", "reporter: KOR"), "'KOR' is no country"),
        (("reporter: KR", "reporter: KR\n  partners: {Nippon: JA}"), "did you mean JP?"),
        (("unit: kg}", "unit: kg, currency: US$}"), "'US$' is not allowed"),
        (("reporter: KR", "reporter: KR\n  materials_by_hs: {'8112.92': gallium}"), "'8112.92' is no beginning of an HS code"),
    ],
)  # fmt: skip
def test_a_code_that_is_none_is_told_with_the_one_that_was_meant(tmp_path, change, words):
    specs, problems = read_sources(written(tmp_path, TABLE, change=change))
    assert specs == ()
    (problem,) = problems
    assert words in str(problem)
    assert problem.line > 0


def test_a_list_without_a_header_has_only_the_columns_named(tmp_path):
    listing = "parse: {format: listing, header: false, columns: [number, name], key: number, name: nam}"
    _, (problem,) = read_sources(written(tmp_path, listing, kind="regulatory"))
    assert "the column 'nam' does not stand in `columns`; did you mean name?" in str(problem)


def test_a_source_may_be_in_any_language(tmp_path):
    (spec,), problems = read_sources(written(tmp_path, TABLE, change=("language: ko", "language: fr")))
    assert (spec.profile.language, problems) == ("fr", ())


def test_feeds_check_says_in_which_languages_rules_have_no_words(tmp_path, monkeypatch):
    monkeypatch.setenv(
        "WARNING_FEEDS_DIR", str(written(tmp_path, TABLE, change=("language: ko", "language: fr")))
    )
    monkeypatch.setenv("WARNING_HOME", str(tmp_path))
    done = CliRunner().invoke(cli, ["feeds", "check"])
    assert done.exit_code == 0
    assert "rules have no words in: fr 1; such text is collected" in done.output


def test_the_congolese_and_chilean_sources_are_in_their_languages():
    found = {spec.id: spec.language for spec in load_catalogue(ROOT / "feeds", None)}
    assert (found["cd-arecoms"], found["cl-cochilco-news"]) == ("fr", "es")


def test_a_source_that_a_folder_may_speak_for_and_nobody_knows_is_told_where_it_stands(tmp_path, monkeypatch):
    written(tmp_path, TABLE)
    folder = "parse: {format: file}\nspeaks_for: [kr-example, kr-exampel]"
    place = ("https://example.org/data", "file:drop/allies")
    feeds = written(tmp_path, folder, kind="missions", change=place)
    path = (feeds / "missions" / "kr-example.yaml").rename(feeds / "missions" / "allies.yaml")
    text = path.read_text(encoding="utf-8").replace("id: kr-example", "id: allies")
    path.write_text(text.replace("kind: missions", "kind: mission"), encoding="utf-8")
    monkeypatch.setenv("WARNING_FEEDS_DIR", str(feeds))
    monkeypatch.setenv("WARNING_HOME", str(tmp_path))
    for command in (["rules", "check"], ["feeds", "check"]):
        done = CliRunner().invoke(cli, command)
        assert done.exit_code == 1, done.output
        assert f"{path}:14:26: EW168 there is no source 'kr-exampel' to speak for" in done.output
        assert "did you mean kr-example?" in done.output
        assert done.output.count("EW168") == 1
    assert read_rulebook(ROOT / "rules", feeds)[0] is not None
