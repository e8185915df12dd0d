"""Operators' YAML as text with positions: no value is guessed, and every mistake has a line and a column.

`NO`, `on`, `010121`, `2825.60` and `12:30` stay what was written; pydantic types them later (`typed.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from warning.catalog.yaml_tree import UNPRINTABLE, Grower, Path_, Position, Refusal
from warning.errors import Problem

MAX_FILE_BYTES = 4_000_000
Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# The parser notices these at the end of the file or the next line; the mistake is where the piece began.
_BLAMES_ITS_START = frozenset({"could not find expected ':'", "found unexpected end of stream"})
_SECOND_COLON = (
    "a second `: ` on one line: put the text in quotes; or the line stands deeper than the one it follows"
)
_MARK = "text that starts with * or & is put in quotes"
_ESCAPE = "in double quotes a backslash is written twice; in single quotes it is plain text"
_ONE_DOCUMENT = "one document a file: delete the line that ends it, and a line that starts with %"
_SENTENCES = {
    "could not find expected ':'": "this line is neither `key: value` nor part of the line before",
    "mapping values are not allowed in this context": _SECOND_COLON,
    "mapping values are not allowed here": _SECOND_COLON,
    "found unexpected end of stream": "a quotation mark is opened and never closed",
    "did not find expected '-' indicator": "a list entry or key stands at the wrong depth",
    "did not find expected ',' or ']'": "put text that holds [ ] { } or a comma in quotes, or close the list",
    "did not find expected ',' or '}'": "put text that holds [ ] { } or a comma in quotes, or close the braces",
    "did not find expected key": "the text goes on after its closing quote, the depth is wrong, or no key stands before the colon",
    "did not find expected alphabetic or numeric character": _MARK,
    "found unknown escape character": _ESCAPE,
    "found invalid Unicode character escape code": _ESCAPE,
    "did not find expected hexdecimal number": _ESCAPE,
    "did not find expected <document start>": _ONE_DOCUMENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlText:
    """One document. `value` is made of str, list and dict; `places` and `keys` are read through `at`, `key_at`.

    A path is the chain of keys and list indexes from the top: ("match", "all", 0, "act").
    """

    file: str
    value: Any
    places: Mapping[Path_, Position]
    keys: Mapping[Path_, Position]

    def at(self, path: Iterable[str | int]) -> Position:
        """Where the value at `path` stands, or its nearest ancestor that is in the file."""
        steps = tuple(path)
        while steps not in self.places and steps:
            steps = steps[:-1]
        return self.places.get(steps, Position(line=1, column=1))

    def key_at(self, path: Iterable[str | int]) -> Position:
        """Where the key that ends `path` stands; where its value stands when it has no key of its own."""
        steps = tuple(path)
        return self.keys.get(steps) or self.at(steps)

    def problem(
        self, path: Iterable[str | int], code: str, message: str, hint: str = "", *, fatal: bool = True
    ) -> Problem:
        """Return a problem that points at the value at `path`."""
        return _problem(self.file, self.at(path), code, message, hint, fatal=fatal)

    def problem_at_key(
        self, path: Iterable[str | int], code: str, message: str, hint: str = "", *, fatal: bool = True
    ) -> Problem:
        """Return a problem that points at the key that ends `path`."""
        return _problem(self.file, self.key_at(path), code, message, hint, fatal=fatal)


def read_yaml(path: Path) -> tuple[YamlText | None, tuple[Problem, ...]]:
    """Read one file. The text is None exactly when nothing in it can be used."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as wrong:
        problem = _problem(
            str(path), Position(line=0, column=0), "EW120", f"cannot be read: {wrong.strerror}"
        )
        return None, (problem,)
    return parse_yaml(data, str(path))


def parse_yaml(data: bytes, file: str) -> tuple[YamlText | None, tuple[Problem, ...]]:
    """Read bytes as one YAML document. Never raises: whatever is wrong comes back as problems."""
    text, problem = _decoded(data, file)
    if problem is not None:
        return None, (problem,)
    grower = Grower()
    try:
        grower.grow(yaml.parse(text, Loader=Loader))
    except Refusal as refusal:
        wrong = refusal.fault
        return None, (_problem(file, wrong.place, wrong.code, wrong.message, wrong.hint),)
    except yaml.YAMLError as error:
        return None, (_syntax(file, text, error),)
    problems = tuple(_problem(file, f.place, f.code, f.message, f.hint) for f in grower.faults)
    document = YamlText(file=file, value=grower.value, places=grower.places, keys=grower.keys)
    return document, problems


def _decoded(data: bytes, file: str) -> tuple[str, Problem | None]:
    if len(data) > MAX_FILE_BYTES:
        size = f"larger than {MAX_FILE_BYTES:,} bytes"
        return "", _problem(file, Position(line=0, column=0), "EW127", size, "split it into several files")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[1:4:2] == b"\0\0" or data[0:3:2] == b"\0\0":
        start = Position(line=1, column=1)
        return "", _problem(file, start, "EW121", "the file is UTF-16", "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        return "", _not_utf8(data, file, wrong.start)
    strange = UNPRINTABLE.search(text)
    if strange:
        place = _place(text, strange.start())
        message = f"a control character (U+{ord(strange.group()):04X})"
        return "", _problem(file, place, "EW128", message, "delete it")
    return text, None


def _not_utf8(data: bytes, file: str, offset: int) -> Problem:
    place = _place(data[:offset].decode("utf-8-sig", errors="replace"), None)
    message = f"byte 0x{data[offset]:02X} at offset {offset} is not UTF-8"
    return _problem(file, place, "EW121", message, "save the file as UTF-8")


def _place(text: str, offset: int | None) -> Position:
    before = (text if offset is None else text[:offset]).replace("\r\n", "\n")
    return Position(line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def _syntax(file: str, text: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return _problem(file, Position(line=0, column=0), "EW122", f"not YAML: {error}")
    said = getattr(error, "problem", "") or "not YAML"
    opened = getattr(error, "context_mark", None)
    if said in _BLAMES_ITS_START and opened:
        mark = opened
    place = Position(line=mark.line + 1, column=mark.column + 1)
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: mark.column + 1] and not line[: mark.column].strip():
        return _problem(file, place, "EW123", "a tab in the indentation", "indent with spaces")
    since = f", in what starts on line {opened.line + 1}" if opened and opened.line != mark.line else ""
    first = line[mark.column : mark.column + 1]
    if "cannot start any token" in said:
        said, hint = f"text cannot start with {first!r}", "put the text in quotes"
    elif said == "could not find expected ':'" and "\uff1a" in line:
        hint = "the colon is a full-width one; write `: `"
    else:
        hint = _SENTENCES.get(said, "")
    return _problem(file, place, "EW122", f"{said}{since}", hint)


def _problem(
    file: str, place: Position, code: str, message: str, hint: str = "", *, fatal: bool = True
) -> Problem:
    return Problem(
        file=file, line=place.line, column=place.column, code=code, message=message, hint=hint, fatal=fatal
    )
