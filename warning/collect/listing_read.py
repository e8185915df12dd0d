"""A list's document as records: column name -> text, in the order of the document."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from warning.collect.json_api import follow
from warning.collect.table_read import delimited, find_column, sniff_separator
from warning.collect.xml_read import read_xml
from warning.core.formats import ListingFormat
from warning.errors import ParseError

Record = Mapping[str, str]

LINE = "line"
_BREAKING = frozenset({"br", "p", "div", "li", "td", "th", "tr"})


def read_records(text: str, layout: ListingFormat) -> Iterator[Record]:
    """Yield the records of a list. Raises ParseError when the document is not of the declared encoding."""
    match layout.encoding:
        case "csv" | "tsv":
            return _from_rows(text, layout)
        case "json":
            return _from_json(text, layout)
        case "lines":
            return ({LINE: line, layout.key: line, layout.name: line} for line in _lines(text))
        case "xml":
            return _from_xml(text, layout)


def _lines(text: str) -> Iterator[str]:
    return (line for raw in text.splitlines() if (line := raw.strip()) and not line.startswith("#"))


def _from_rows(text: str, layout: ListingFormat) -> Iterator[Record]:
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise ParseError("an HTML or XML page, a list in CSV is wanted: an error page or a login?")
    separator = "\t" if layout.encoding == "tsv" else sniff_separator(text)
    rows = delimited(text, separator)
    header = list(layout.columns) or ([] if not layout.header else rows[0])
    if not header:
        raise ParseError("a list without header needs `columns`")
    for name in {part for names in (layout.key, layout.name) for part in names.split("+")}:
        find_column(header, name)
    body = rows[1:] if layout.header else rows
    width = len(header)
    return (
        dict(zip(header, row, strict=False))
        for row in body
        if len(row) >= min(width, 2) or (width == 1 and row)
    )


def _from_json(text: str, layout: ListingFormat) -> Iterator[Record]:
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError) as wrong:
        raise ParseError(f"not JSON: {wrong}") from wrong
    entries = follow(data, layout.entries) if layout.entries else data
    if isinstance(entries, Mapping):
        entries = [
            {"key": key, **value} if isinstance(value, Mapping) else {"key": key, "name": value}
            for key, value in entries.items()
        ]
    if not isinstance(entries, list):
        raise ParseError(f"no list at {layout.entries or 'the top'!r}")
    names = {
        part
        for said in (layout.key, layout.name, layout.country or "", *layout.fields, *layout.where)
        for part in said.split("+")
    }
    for entry in entries:
        if isinstance(entry, Mapping):
            yield {name: _text(follow(entry, name)) for name in names if name}
        else:
            yield {LINE: _text(entry), layout.key: _text(entry), layout.name: _text(entry)}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(filter(None, map(_text, value)))
    return "" if value is None or isinstance(value, Mapping) else str(value)


def _from_xml(text: str, layout: ListingFormat) -> Iterator[Record]:
    root = read_xml(text)
    where = _sections(root, layout.section) if layout.section else [root]
    if not where:
        raise ParseError(f"no section that begins with {layout.section!r} in the document")
    path = ".//" + "/".join(
        f"*[local-name()='{step}']" for step in layout.entries.split("/") if re.fullmatch(r"[\w.-]+", step)
    )
    found = [entry for section in where for entry in _elements(section, path)]
    if not found:
        raise ParseError(f"no element at {layout.entries!r} in the document")
    names = {
        part
        for said in (
            layout.key,
            layout.name,
            layout.country or "",
            *layout.fields,
            *layout.where,
            *layout.filled_down,
        )
        for part in said.split("+")
    }
    return ({name: _cell(entry, name) for name in names if name} for entry in found)


def _elements(node: etree._Element, path: str) -> list[etree._Element]:
    found = node.xpath(path)
    return (
        [element for element in found if isinstance(element, etree._Element)]  # noqa: SLF001 - lxml has no other name for it
        if isinstance(found, list)
        else []
    )


def _sections(root: etree._Element, begins: str) -> list[etree._Element]:
    """Elements with an attribute or a heading that begins with a text."""
    found = []
    for node in root.iter(etree.Element):
        heading = node[0] if len(node) else None
        head = (
            "".join(heading.itertext()).strip()
            if heading is not None and _local(heading) in {"head", "title", "h1", "h2"}
            else ""
        )
        if head.startswith(begins) or any(str(value).startswith(begins) for value in node.attrib.values()):
            found.append(node)
    return found[:1]


def _local(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def _cell(entry: etree._Element, name: str) -> str:
    """The text of a child: by its number among the cells, by path, or an attribute (`@id`)."""
    if name.startswith("@"):
        return entry.get(name[1:]) or ""
    if name.isdigit():
        cells = [child for child in entry if isinstance(child.tag, str)]
        return _words(cells[int(name) - 1]) if 0 < int(name) <= len(cells) else ""
    path = "./" + "/".join(
        f"*[local-name()='{step}']" for step in name.split("/") if re.fullmatch(r"[\w.-]+", step)
    )
    return "; ".join(filter(None, map(_words, _elements(entry, path))))


def _words(node: etree._Element) -> str:
    parts: list[str] = []
    if not isinstance(node.tag, str):
        return ""
    for event, element in etree.iterwalk(node, events=("start", "end")):
        breaks = _local(element) in _BREAKING
        if event == "start":
            parts += [" " if breaks else "", (element.text or "") if isinstance(element.tag, str) else ""]
        elif element is not node:
            parts += [" " if breaks else "", element.tail or ""]
    return " ".join("".join(parts).split())
