"""Keys of a YAML text changed in place: comments, order and everything else stay as the operator wrote them."""

import json
import re
from collections.abc import Mapping
from typing import Any

_PLAIN = re.compile(r"^[A-Za-z0-9_./][^:#{}\[\],&*!|>'\"%@`]*$")
_KEY = re.compile(r"^(?P<indent> *)(?P<key>[\w.-]+):(?P<rest>.*)$")
_VALUE = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^#"'\s]|(?<=\S)["'#]|\s(?!\s*\#))*""")


def set_keys(text: str, changes: Mapping[str, Any]) -> str:
    """Return the text with dotted keys set. A key that is missing is added at the end of its block."""
    lines = text.rstrip("\n").split("\n")
    for dotted, value in changes.items():
        _set(lines, dotted.split("."), value)
    return "\n".join(lines) + "\n"


def set_in_block(text: str, block: str, changes: Mapping[str, Any]) -> str:
    """Return the text with keys of one block set that may have dots in their names (`parse.item: ...`)."""
    lines = text.rstrip("\n").split("\n")
    for name, value in changes.items():
        _set(lines, [block, name], value)
    return "\n".join(lines) + "\n"


def scalar(value: Any) -> str:
    """Return a value on one line: plain where YAML reads it so, quoted or in flow form where not."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {scalar(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(scalar(inner) for inner in value) + "]"
    written = str(value)
    return (
        written
        if _PLAIN.match(written) and written == written.strip()
        else json.dumps(written, ensure_ascii=False)
    )


def _set(lines: list[str], path: list[str], value: Any) -> None:
    start, end, indent = 0, len(lines), 0
    for depth, name in enumerate(path):
        found = _line_of(lines, name, start, end, indent)
        is_last = depth == len(path) - 1
        if found is None:
            _insert(lines, end, indent, path[depth:], value)
            return
        stop = _end_of(lines, found, indent, end)
        if is_last:
            lines[found:stop] = [f"{' ' * indent}{name}: {scalar(value)}{_comment(lines[found])}"]
            return
        inner = _KEY.match(lines[found])
        rest = (inner["rest"] if inner else "").split(" #")[0].strip()
        if rest:  # written in flow form on one line: its keys are set there
            lines[found:stop] = [f"{' ' * indent}{name}: {_in_flow(rest, path[depth + 1 :], value)}"]
            return
        start, end = found + 1, stop
        indent = _indent_of(lines, start, end, indent)


def _comment(line: str) -> str:
    """What an operator wrote behind a value, with the blanks before it; a `#` inside a value is none."""
    key = _KEY.match(line)
    rest = key["rest"] if key else ""
    value = _VALUE.match(rest)
    behind = rest[value.end() :] if value else ""
    return behind if behind.lstrip().startswith("#") and behind[:1].isspace() else ""


def _line_of(lines: list[str], name: str, start: int, end: int, indent: int) -> int | None:
    for number in range(start, end):
        found = _KEY.match(lines[number])
        if found and len(found["indent"]) == indent and found["key"] == name:
            return number
    return None


def _end_of(lines: list[str], line: int, indent: int, end: int) -> int:
    """The line after the last that belongs to a key: what follows is indented more, or is a list under it."""
    number = line + 1
    while number < end and (
        not lines[number].strip()
        or len(lines[number]) - len(lines[number].lstrip()) > indent
        or lines[number][indent:].startswith("- ")
    ):
        number += 1
    while number > line + 1 and not lines[number - 1].strip():
        number -= 1
    return number


def _indent_of(lines: list[str], start: int, end: int, outer: int) -> int:
    for line in lines[start:end]:
        if found := _KEY.match(line):
            return len(found["indent"])
    return outer + 2


def _insert(lines: list[str], end: int, indent: int, path: list[str], value: Any) -> None:
    nested: Any = value
    for name in reversed(path[1:]):
        nested = {name: nested}
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    lines.insert(end, f"{' ' * indent}{path[0]}: {scalar(nested)}")


def _in_flow(written: str, path: list[str], value: Any) -> str:
    """Set a key of `{min: 10, max: 60}`; what is no such mapping gives way to one."""
    body = written.strip()
    pairs: dict[str, str] = {}
    if body.startswith("{") and body.endswith("}") and "{" not in body[1:]:
        for part in re.split(r",\s*(?![^\[]*\])", body[1:-1]):
            key, colon, inner = part.partition(":")
            if colon:
                pairs[key.strip()] = inner.strip()
    nested: Any = value
    for name in reversed(path[1:]):
        nested = {name: nested}
    pairs[path[0]] = scalar(nested)
    return "{" + ", ".join(f"{key}: {inner}" for key, inner in pairs.items()) + "}"
