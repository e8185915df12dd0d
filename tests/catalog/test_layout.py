"""One layout for all files: nothing said is changed, no comment lost, and a second time changes nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalog.trees_for_tests import FEEDS, RULES
from warning.catalog.layout import LINE_LENGTH, laid_out
from warning.catalog.load import load_rulebook
from warning.catalog.plain_runs import LEAST_RUN, without_runs
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


ENTRIES = st.sampled_from(
    ["gallium", "a b c", "출구 통제", "出口管制", "NO", "010", '"a: b"', "x/y.z-1", '"-"']
)
BEFORE = [
    "titles:\n",
    "# one\ntitles: # two\n",
    "a:\n  - b: 1\n    c:\n",
    "text: |\n  - a\n",
    "text: of more\n",
    "text: >-\n  so\n",
]
BEHIND = ["", "# end\n", "more: [1,  2]\n", "\n\n# of more\nmore: x\n"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(BEFORE), st.integers(0, 6), st.integers(1, 3),
    st.lists(ENTRIES, min_size=1, max_size=4), st.sampled_from(["", " ", "  # why"]), st.sampled_from(BEHIND),
)  # fmt: skip
def test_long_lists_are_laid_out_as_short_ones_are(before, depth, gap, words, trail, behind):
    entries = [f"{' ' * depth}-{' ' * gap}{words[n % len(words)]}" for n in range(LEAST_RUN + 5)]
    entries[LEAST_RUN // 2] += trail
    text = before + "\n".join(entries) + "\n" + behind
    after, problems = laid_out(text.encode(), "x")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("warning.catalog.layout.without_runs", lambda text, lay_out, _: lay_out(text))
        assert laid_out(text.encode(), "x") == (after, problems)


OPENED = [
    "x: [",
    "- x:  [ ",
    "a:\n    b: [",
    "# of x\n\nx: [\n  ",
    "a:\n  - b: 1\n    c: [",
    "text: |\n  x: [",
    "x: of more\n  y: [",
]
CLOSED = ["]\n", " ]  \nmore:   1\n", "\n  ]\n", "]  # why\n", ", ]\n", "]\n\n\n# end\n"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(OPENED), st.sampled_from([", ", ",", ",\n   "]),
    st.lists(ENTRIES | st.integers(1, 130).map("w".__mul__), min_size=1, max_size=6), st.sampled_from(CLOSED),
)  # fmt: skip
def test_long_lists_in_brackets_are_laid_out_as_short_ones_are(opened, between, words, closed):
    text = opened + between.join(words[n % len(words)] for n in range(LEAST_RUN + 5)) + closed
    after, problems = laid_out(text.encode(), "x")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("warning.catalog.layout.without_runs", lambda text, lay_out, _: lay_out(text))
        assert laid_out(text.encode(), "x") == (after, problems)


def test_a_long_list_in_brackets_does_not_pass_through_the_library():
    seen: list[str] = []

    def lay_out(short: str) -> str:
        seen.append(short)
        return short.replace("[word, ", "[word,\n    ")

    after = without_runs(f"x: [{', '.join(['word'] * 1000)}]\n", lay_out, LINE_LENGTH)
    assert [one.count("word") for one in seen] == [1]
    assert after.count("word") == 1000
    assert max(map(len, after.splitlines())) <= LINE_LENGTH


@pytest.mark.parametrize("entry", ["word", "출구 통제", '"a: b"', "  far"])
def test_a_long_list_does_not_pass_through_the_library(entry: str):
    seen: list[str] = []
    text = "titles:\n" + f"  - {entry}\n" * 1000
    after = without_runs(text, lambda short: seen.append(short) or short, LINE_LENGTH)
    assert [one.count("\n") for one in seen] == [4]
    assert after.count(entry.strip()) == 1000


def test_layout_changes_neither_rulebook_nor_versions(tmp_path: Path):
    for path in RULES.rglob("*.yaml"):
        copy = tmp_path / path.relative_to(RULES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(lay_out(path.read_text(encoding="utf-8")), encoding="utf-8")
    before, after = load_rulebook(RULES, FEEDS), load_rulebook(tmp_path, FEEDS)
    assert after == before
    assert [rule.version for rule in after.rules] == [rule.version for rule in before.rules]
