"""One layout for all files: nothing said is changed, no comment lost, and a second time changes nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.trees_for_tests import FEEDS, RULES
from warning.catalog.layout import LINE_LENGTH, laid_out
from warning.catalog.load import load_rulebook
from warning.catalog.yaml_text import parse_yaml

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "rules").rglob("*.yaml"))


def lay_out(text: str) -> str:
    after, problems = laid_out(text.encode(), "rule.yaml")
    assert problems == ()
    assert after is not None
    return after


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_rules_are_laid_out_already(path: Path):
    text = path.read_text(encoding="utf-8")
    assert lay_out(text) == text


def test_layout_mends_indentation_spaces_and_line_ends():
    untidy = "id:   x\r\nlist:\r\n- a\r\n-   b\r\nof: {a:   [1,2],  b: 3}   \r\n\r\n\r\n"
    assert lay_out(untidy) == "id: x\nlist:\n  - a\n  - b\nof: {a: [1, 2], b: 3}\n"


def test_layout_keeps_words_as_written():
    text = "a: NO\nb: 010121\nc: 2825.60\nd: 12:30\ne: \"true\"\nf: 'single'\ng: 2023-07-03\nh: 1_000\n"
    assert lay_out(text) == text


def test_layout_keeps_comments_in_their_places():
    text = "# of the file\na: 1  # of a\n\n# of b\nb:\n  # of the first\n  - x\n  - y  # of the second\n# the end\n"
    assert lay_out(text) == text


def test_layout_breaks_a_long_list_between_entries_and_never_inside_one():
    words = [f"export control {n}" for n in range(20)]
    after = lay_out(f"match:\n- {{phrases: {{en: [{', '.join(words)}]}}}}\n")
    lines = after.splitlines()
    assert max(map(len, lines)) <= LINE_LENGTH
    assert all(line.startswith("      ") for line in lines[2:])
    assert not any(line.endswith("control") for line in lines)


def test_layout_leaves_a_file_alone_that_it_could_not_keep():
    after, problems = laid_out(b"a: [1,   # why one\n    2]\n# between\n", "rule.yaml")
    if after is None:
        assert [problem.code for problem in problems] == ["EW144"]
    else:
        assert after.count("# why one") == after.count("# between") == 1


@pytest.mark.parametrize(
    ("text", "code"), [("a: [", "EW122"), ("\ta: 1", "EW123"), ("a: 1\na: 2\n", "EW124")]
)
def test_layout_refuses_what_is_not_read(text: str, code: str):
    after, problems = laid_out(text.encode(), "rule.yaml")
    assert after is None
    assert [problem.code for problem in problems] == [code]


WORDS = st.sampled_from(
    [
        "gallium",
        "출구 통제",
        "出口管制",
        "NO",
        "010",
        "a b c",
        "12:30",
        "x" * 60,
        "it's",
        'say "so"',
        "#1",
        "a: b",
        "- x",
        "*y",
    ]
)
VALUES = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=12) | st.dictionaries(WORDS, inner, min_size=1, max_size=5)
    ),
    max_leaves=30,
)


def in_flow(value: object, *, spaces: str) -> str:
    if isinstance(value, dict):
        pairs = (f"{in_flow(k, spaces='')}: {in_flow(v, spaces=spaces)}" for k, v in value.items())
        return "{" + f",{spaces} ".join(pairs) + "}"
    if isinstance(value, list):
        return f"[{spaces}" + f",{spaces} ".join(in_flow(v, spaces=spaces) for v in value) + "]"
    quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


@given(st.lists(VALUES, min_size=1, max_size=4), st.sampled_from(["", "  ", "\n      "]))
def test_layout_of_anything_says_the_same_and_twice_is_once(values: list, spaces: str):
    text = "".join(f"key{n}: {in_flow(value, spaces=spaces)} \n" for n, value in enumerate(values))
    before, problems = parse_yaml(text.encode(), "x")
    assert problems == ()
    after = lay_out(text)
    again, _ = parse_yaml(after.encode(), "x")
    assert before is not None
    assert again is not None
    assert again.value == before.value
    assert lay_out(after) == after


def test_layout_changes_neither_rulebook_nor_versions(tmp_path: Path):
    for path in RULES.rglob("*.yaml"):
        copy = tmp_path / path.relative_to(RULES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(lay_out(path.read_text(encoding="utf-8")), encoding="utf-8")
    before, after = load_rulebook(RULES, FEEDS), load_rulebook(tmp_path, FEEDS)
    assert after == before
    assert [rule.version for rule in after.rules] == [rule.version for rule in before.rules]
