"""Word documents and workbooks -> their text: what a reader of the printed page sees, without what was struck out."""

import re
from collections.abc import Iterator

from lxml import etree

from warning.collect.text import BODY_CHARACTERS
from warning.collect.workbooks import open_workbook
from warning.collect.xml_read import local_name
from warning.collect.zip_parts import Parts

MOST_SHEETS = 20
MOST_ROWS = 5_000
MOST_WORD_TEXTS = 2
_WORD = re.compile(r"word/document\d*\.xml")
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
# Struck out, moved away, told a second time for old programs, hidden, or a box that is told after its paragraph.
_UNSEEN = frozenset({"del", "moveFrom", "Fallback", "txbxContent", "instrText", "rPr", "pPr"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def is_word(parts: Parts) -> bool:
    return any(map(_WORD.fullmatch, parts.names))


def is_workbook(parts: Parts) -> bool:
    return "xl/workbook.xml" in parts.names


def word_text(parts: Parts) -> str:
    """Return the paragraphs, tables (a line a row, cells by tabs), text boxes and notes. Raises ParseError.

    Numbers that Word counts itself (一、 二、 of a list) do not stand in the file and are not in the text.
    """
    lines: list[str] = []
    told = sorted(filter(_WORD.fullmatch, parts.names))[:MOST_WORD_TEXTS]
    for name in (*told, *filter(parts.names.__contains__, _NOTES)):
        lines += filter(str.strip, _blocks(parts.xml(name)))
    return "\n".join(lines)


def _blocks(around: etree._Element) -> Iterator[str]:
    """The lines of what stands below an element, tables row by row."""
    for node in around:
        kind = local_name(node)
        if kind == "p":
            yield "".join(_inline(node))
            for box in _boxes(node):
                yield from _blocks(box)
        elif kind == "tr":
            yield "\t".join(" ".join(_blocks(cell)).strip() for cell in _cells(node))
        elif kind and kind not in _UNSEEN:
            yield from _blocks(node)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for node in row:
        if local_name(node) == "tc":
            yield node
        elif local_name(node) in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _cells(node)


def _inline(around: etree._Element) -> Iterator[str]:
    for node in around:
        kind = local_name(node)
        if kind == "t":
            yield node.text or ""
        elif kind in _SIGNS:
            yield _SIGNS[kind]
        elif kind and kind not in _UNSEEN:
            yield from _inline(node)


def _boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The outermost text boxes of a paragraph: one in another is read with it."""
    for node in paragraph:
        kind = local_name(node)
        if kind == "txbxContent":
            yield node
        elif kind and kind not in _UNSEEN:
            yield from _boxes(node)


def workbook_text(body: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the rows of all sheets (cells by tabs), and what was left out. Raises ParseError."""
    lines: list[str] = []
    problems: list[str] = []
    book = open_workbook(body, most_sheets=MOST_SHEETS, most_rows=MOST_ROWS, skip_empty_area=True)
    for name in book.names[:MOST_SHEETS]:
        rows = book.rows(name)
        told = ["\t".join(map(_shown, row)).strip() for row in rows]
        lines += [name, *filter(None, told)] if any(told) else []
        problems += [f"only the first {MOST_ROWS} rows of {name} are read"] if len(rows) >= MOST_ROWS else []
    if len(book.names) > MOST_SHEETS:
        problems.append(f"only the first {MOST_SHEETS} sheets are read")
    return "\n".join(lines)[: 4 * BODY_CHARACTERS], tuple(problems)


def _shown(cell: object) -> str:
    """A cell as it is read: codes that a workbook holds as numbers have no decimal point (8112929090.0)."""
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell)) if whole and isinstance(cell, float) else str(cell).replace("\n", " ")
