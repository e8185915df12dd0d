"""One file, many sources: what `each` makes, and what it says of mistakes."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.catalog.source_asking import Windows, window_places
from warning.catalog.source_each import combinations
from warning.catalog.sources import load_sources, read_sources
from warning.catalog.yaml_text import parse_yaml

FILE = """\
each:
  material:
    gallium: {title: Gallium, en: gallium export, zh: 镓 出口}
    urea: {title: Urea, en: urea export, zh: none}
  language:
    en: {name: English, hl: en-US}
    zh: {name: Chinese, hl: zh-CN}
id: search-{material}-{language}
title: "Search: {material.title} ({language.name})"
url: https://search.example/rss?q={material.language}&hl={language.hl}&day={day}
kind: news
country: US
language: "{language}"
materials: ["{material}"]
publisher: search
publisher_title: Search
official: no
reliability: E
licence: links only
every: 30m
parse: {format: rss}
expect: {rows: {min: 0}}
verified: never
"""


def written(tmp_path, text=FILE):
    path = tmp_path / "news" / "search.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def test_every_combination_of_the_axes_is_a_source_but_for_what_is_left_out(tmp_path):
    specs = load_sources(written(tmp_path))
    assert [spec.id for spec in specs] == ["search-gallium-en", "search-gallium-zh", "search-urea-en"]
    chinese = specs[1]
    assert (chinese.title, chinese.language, chinese.materials) == (
        "Search: Gallium (Chinese)",
        "zh",
        ("gallium",),
    )
    assert chinese.url == "https://search.example/rss?q=%E9%95%93%20%E5%87%BA%E5%8F%A3&hl=zh-CN&day={day}"


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (
            ("{material.title} (", "{materiel.title} ("),
            9,
            "{materiel} is no axis of `each` (did you mean material?)",
        ),
        (("{language.hl}", "{language.hi}"), 10, "language en has no word 'hi' (did you mean hl?)"),
        (("zh: none}", "zz: none}"), 10, "material urea has no word 'zh'"),
        (("kind: news", "kind: newt"), 11, "(for material gallium, language en)"),
        (("  language:\n", "  key:\n"), 2, "'key' is no name for an axis"),
        (("{title: Urea, en: urea export, zh: none}", "urea"), 2, "urea takes words by name"),
    ],
)
def test_mistakes_are_told_with_their_place_and_what_would_be_right(tmp_path, change, line, words):
    _, problems = read_sources(written(tmp_path, FILE.replace(*change)))
    told = [str(problem) for problem in problems]
    assert any(f"search.yaml:{line}:" in one and words in one for one in told), told


def test_two_combinations_of_one_id_are_told(tmp_path):
    _, problems = read_sources(
        written(tmp_path, FILE.replace("id: search-{material}-{language}", "id: search-{material}"))
    )
    assert [problem.code for problem in problems] == ["EW164"]


def test_a_file_without_axes_stays_as_it_is():
    text, _ = parse_yaml(b"id: '{x}'\nurl: 'a{year}'\n", "f.yaml")
    made, problems = combinations(text)
    assert (made[0].value, problems) == ({"id": "{x}", "url": "a{year}"}, ())


def test_more_sources_than_anybody_means_are_refused(tmp_path):
    many = (
        "each:\n  a: ["
        + ", ".join(f"v{n}" for n in range(60))
        + "]\n  b: ["
        + ", ".join(f"w{n}" for n in range(60))
        + "]\nid: x\n"
    )
    _, problems = read_sources(written(tmp_path, many))
    assert "3600 sources from one file" in problems[0].message


@given(
    st.recursive(
        st.text(max_size=12),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=12,
    )
)
def test_whatever_stands_under_each_is_read_or_told(each):
    text, _ = parse_yaml(b"id: x\n", "f.yaml")
    text.value["each"] = each
    made, problems = combinations(text)
    assert made or problems


NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_windows_go_back_from_the_latest_month_that_is_out():
    latest, before, rest = window_places(Windows(months=12, back=30), NOW, 30, whole=True)
    assert (latest["{from}"], latest["{to}"]) == ("202510", "202609")
    assert (before["{iso_from}"], before["{iso_to}"]) == ("2024-10", "2025-09")
    assert (rest["{from_day}"], rest["{to_day}"]) == ("2024-04-01", "2024-09-30")
    assert window_places(Windows(months=12, back=30), NOW, 30, whole=False) == (latest,)


@given(st.integers(1, 120), st.integers(1, 600), st.integers(0, 400))
def test_windows_leave_no_month_out_and_read_none_twice(months, back, lag):
    windows = window_places(Windows(months=months, back=back), NOW, lag, whole=True)
    spans = [
        (int(w["{from}"][:4]) * 12 + int(w["{from}"][4:]), int(w["{to}"][:4]) * 12 + int(w["{to}"][4:]))
        for w in windows
    ]
    assert all(later[0] == earlier[1] + 1 for later, earlier in itertools.pairwise(spans))
    assert spans[0][1] - spans[-1][0] + 1 == back
