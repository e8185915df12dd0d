"""Printing: one JSON document with its schema on stdout, or aligned text; progress and logs go to stderr."""

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click


def print_json(schema: str, content: dict[str, Any]) -> None:
    """Print one versioned JSON document, keys in the order given."""
    click.echo(json.dumps({"schema": schema, **content}, ensure_ascii=False, indent=2, default=str))


def print_json_line(content: dict[str, Any]) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, default=str))


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print left-aligned columns; wide (CJK) characters count two cells."""
    table = [tuple(str(cell) for cell in row) for row in rows]
    widths = [max(map(_cells, column)) for column in zip(header, *table, strict=True)]
    for row in (tuple(header), *table):
        line = "  ".join(cell + " " * (width - _cells(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def _cells(text: str) -> int:
    from unicodedata import east_asian_width  # noqa: PLC0415 - used by tables only

    return sum(2 if east_asian_width(ch) in "WF" else 1 for ch in text)


def wrapped(text: str, width: int) -> list[str]:
    """Break at spaces into lines of at most `width` cells; what has no spaces is broken where it must."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if _cells(joined) <= width:
            lines[-1] = joined
            continue
        lines.append(word)
        while _cells(lines[-1]) > width:
            cut = clipped(lines[-1], width, pad=False, mark="")
            lines[-1:] = [cut, lines[-1][len(cut) :]]
    return [line for line in lines if line]


def clipped(text: str, width: int, *, pad: bool = True, mark: str = "…") -> str:
    """Return at most `width` cells of a text, marked where it was cut, and filled with spaces to `width`."""
    if _cells(text) > width:
        kept = text
        while _cells(kept) > width - len(mark):
            kept = kept[:-1]
        text = kept + mark
    return text + " " * (width - _cells(text)) if pad else text


def program() -> str:
    """How to call this command again as the reader just did: `warning` on the PATH, else the path from here."""
    called = Path(sys.argv[0]).absolute()
    if called.name != "warning" or shutil.which("warning") == str(called):
        return "warning"
    return str(called.relative_to(Path.cwd())) if called.is_relative_to(Path.cwd()) else str(called)
