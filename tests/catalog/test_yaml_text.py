"""The YAML reader: text stays text, positions hold, and no bytes make it crash."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.catalog.yaml_text import MAX_FILE_BYTES, parse_yaml, read_yaml


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in parse_yaml(data, "x.yaml")[1]]


@pytest.mark.parametrize(
    "written", ["NO", "on", "010121", "2825.60", "12:30", "1e3", "2023-08-01", "0x1F", "1_000", "true"]
)
def test_scalar_stays_what_was_written(written: str):
    text, problems = parse_yaml(f"key: {written}\n".encode(), "x.yaml")
    assert text is not None
    assert problems == ()
    assert text.value == {"key": written}


def test_positions_count_characters_also_after_wide_ones():
    text, _ = parse_yaml("列: {甲: 乙, 丙: [丁, 戊]}\n".encode(), "x.yaml")
    assert text is not None
    place = text.at(("列", "丙", 1))
    assert (place.line, place.column) == (1, 18)
    key = text.key_at(("列", "丙"))
    assert (key.line, key.column) == (1, 11)


def test_position_of_what_is_missing_is_that_of_its_parent():
    text, _ = parse_yaml(b"a:\n  b: 1\n", "x.yaml")
    assert text is not None
    assert text.at(("a", "c", 3)).line == 2


def test_windows_line_ends_and_byte_order_mark_change_nothing():
    text, problems = parse_yaml(b"\xef\xbb\xbfa: 1\r\nb: NO\r\n", "x.yaml")
    assert text is not None
    assert problems == ()
    assert text.value == {"a": "1", "b": "NO"}
    assert text.at(("b",)).line == 2


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        ("a: 镓\nb: ".encode() + b"\xe9\n", "EW121", 2, 4),
        ("a: 1".encode("utf-16"), "EW121", 1, 1),
        (b"a: 1\nb: \x07\n", "EW128", 2, 4),
        (b"", "EW126", 1, 1),
        (b"---\n", "EW126", 1, 1),
        (b"x" * (MAX_FILE_BYTES + 1), "EW127", 0, 0),
    ],
)
def test_bytes_that_are_not_text_are_told_with_their_place(data: bytes, code: str, line: int, column: int):
    _, (problem,) = parse_yaml(data, "x.yaml")
    assert (problem.code, problem.line, problem.column) == (code, line, column)


def test_byte_that_is_not_utf8_is_named():
    _, (problem,) = parse_yaml(b"a: caf\xe9\n", "x.yaml")
    assert "0xE9" in problem.message
    assert "offset 6" in problem.message


def test_several_faults_of_one_document_are_told_together():
    assert codes(b"a: 1\na: 2\nb: ~\nc: !!int 3\n") == ["EW124", "EW130", "EW131"]


def test_alias_of_a_finished_value_is_read():
    text, problems = parse_yaml(b"a: &x [1, 2]\nb: *x\n", "x.yaml")
    assert text is not None
    assert problems == ()
    assert text.value["b"] == ["1", "2"]


def test_file_that_cannot_be_opened_is_a_problem(tmp_path: Path):
    text, (problem,) = read_yaml(tmp_path / "missing.yaml")
    assert text is None
    assert problem.code == "EW120"


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_a_reason(data: bytes):
    text, problems = parse_yaml(data, "x.yaml")
    assert text is not None or problems


FRAGMENTS = st.sampled_from(
    ["a", "镓", ":", ": ", "- ", "\n", "  ", "\t", "{", "}", "[", "]", ",", "&x ", "*x", "!!t ", "'", '"', "|\n",
     ">", "#", "? ", "---\n", "...\n", "%Y", "~", "<<", "\\", "\x00", "\u2028"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_any_yaml_like_text_gives_a_document_or_a_reason(text: str):
    document, problems = parse_yaml(text.encode(), "x.yaml")
    assert document is not None or problems
    assert all(problem.line >= 1 for problem in problems)
