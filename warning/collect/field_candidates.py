"""Where the fields of a source's entries stand now: proposals for selectors, paths and columns that no longer hold."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from warning.collect.decode import decode
from warning.collect.json_api import read_json
from warning.collect.json_api_guess import guess_json
from warning.collect.table_cells import as_text
from warning.collect.table_read import find_column, plain_name, read_table, rows_of_json
from warning.collect.times import date_in_url, read_time
from warning.core.documents import Document
from warning.core.formats import COLUMN, PERIODS_ARE_COLUMNS, HtmlListFormat, JsonFormat, TableFormat
from warning.errors import ParseError

LOOKED_AT = 40
LONGEST_DATE = 60
ATTRIBUTES = ("datetime", "content", "title", "data-date", "data-time")
ALIKE = 0.5
# What `expect.required_fields` calls them, and what the formats do.
FIELDS: Mapping[str, str] = {"published_at": "date", "title": "title", "url": "url", "summary": "summary", "body": "body"}  # fmt: skip

Changes = Mapping[str, Any]


def fields_in_list(
    document: Document, layout: HtmlListFormat, lacking: Collection[str]
) -> Iterator[tuple[str, Changes]]:
    """Yield selectors for the dates of a list page whose entries have none; titles and links go with the entries."""
    if "published_at" not in lacking:
        return
    try:
        tree = LexborHTMLParser(decode(document.body, document.content_type).text)
        rows = tree.css(layout.item)[:LOOKED_AT]
    except (SelectolaxError, ValueError, RuntimeError):
        return
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(set(_dated(row)))
    for selector, count in counts.most_common(3):
        if count * 2 > len(rows):
            yield f"dates stand in {selector}", {"parse.date": selector}
    links = (row.css_first("a[href]") for row in rows)
    in_urls = sum(bool(link and date_in_url(link.attributes.get("href") or "")) for link in links)
    if in_urls * 2 > len(rows):
        yield "dates stand in the addresses", {"parse.date": "url"}


def _dated(row: LexborNode) -> Iterator[str]:
    for node in row.css("*"):
        if node.mem_id == row.mem_id:
            continue
        name = (node.attributes.get("class") or "").split()
        step = f"{node.tag}.{name[0]}" if name and name[0].isidentifier() else str(node.tag)
        for attribute in ATTRIBUTES:
            if read_time((node.attributes.get(attribute) or "")[:LONGEST_DATE]) is not None:
                yield f"{step}@{attribute}"
        text = node.text(separator=" ").strip()
        if len(text) <= LONGEST_DATE and read_time(text) is not None:
            yield step


def fields_in_json(
    document: Document, layout: JsonFormat, lacking: Collection[str]
) -> Iterator[tuple[str, Changes]]:
    """Yield the paths of fields that entries lack, then those of the whole list where it is somewhere else."""
    if layout.html is not None:
        return
    try:
        data, _ = read_json(document)
    except ParseError:
        return
    guessed = guess_json(data)
    if guessed is None:
        return
    for name in lacking:
        part = FIELDS.get(name, "")
        found = getattr(guessed, part, None) if part else None
        if guessed.entries == layout.entries and found and found != getattr(layout, part):
            yield f"{name} stands in {found}", {f"parse.{part}": found}
    if guessed.entries != layout.entries or not lacking:
        said = guessed.model_dump(exclude_unset=True, exclude_none=True, exclude={"format"})
        changed = {f"parse.{k}": v for k, v in said.items() if v != getattr(layout, k)}
        if changed:
            yield f"the entries stand in {guessed.entries or 'the document itself'}", changed


def columns_in_table(document: Document, layout: TableFormat) -> Iterator[tuple[str, Changes]]:
    """Yield the new names of columns that are called otherwise now, all of them together."""
    header = _header(document, layout)
    renamed: dict[str, str] = {}
    for name in _columns_of(layout):
        if not _has(header, name):
            near = get_close_matches(plain_name(name), [plain_name(h) for h in header], n=1, cutoff=ALIKE)
            if not near:
                return
            renamed[name] = next(h for h in header if plain_name(h) == near[0])
    if renamed:
        because = ", ".join(f"{old} is called {new}" for old, new in renamed.items())
        yield because, _with_columns(layout, renamed)


def _header(document: Document, layout: TableFormat) -> list[str]:
    try:
        if layout.entries is not None:
            rows = rows_of_json(document, layout.entries).rows
        else:
            rows = read_table(
                document, sheet=layout.sheet, separator=layout.separator, encoding=layout.encoding
            ).rows
    except ParseError:
        return []
    return [as_text(cell) for cell in rows[layout.header_row - 1]] if len(rows) >= layout.header_row else []


def _columns_of(layout: TableFormat) -> Iterator[str]:
    """Every column the layout names, in the order it would be missed."""
    if layout.period and layout.period != PERIODS_ARE_COLUMNS:
        yield from layout.period.removeprefix(COLUMN).split("+")
    for said in _PLACES:
        written = getattr(layout, said) or ""
        if written.startswith(COLUMN):
            yield from written.removeprefix(COLUMN).split("+")
    yield from layout.where
    if layout.period != PERIODS_ARE_COLUMNS:
        for name, value in layout.values.items():
            yield value.column or name
            yield from value.where


_PLACES = ("material", "reporter", "partner", "hs_code", "series")


def _has(header: Sequence[str], name: str) -> bool:
    try:
        find_column(header, name)
    except ParseError:
        return False
    return True


def _with_columns(layout: TableFormat, renamed: Mapping[str, str]) -> Changes:
    changes: dict[str, Any] = {}
    if layout.period and (period := _put(layout.period, renamed)) != layout.period:
        changes["parse.period"] = period
    for said in _PLACES:
        written = getattr(layout, said) or ""
        if written.startswith(COLUMN) and (new := _put(written, renamed)) != written:
            changes[f"parse.{said}"] = new
    if any(name in renamed for name in layout.where):
        changes["parse.where"] = {renamed.get(name, name): list(only) for name, only in layout.where.items()}
    values = {name: value.model_dump(exclude_unset=True) for name, value in layout.values.items()}
    moved = {name: _moved(name, value, renamed) for name, value in values.items()}
    if moved != values:
        changes["parse.values"] = moved
    return changes


def _put(written: str, renamed: Mapping[str, str]) -> str:
    mark = COLUMN if written.startswith(COLUMN) else ""
    return mark + "+".join(renamed.get(part, part) for part in written.removeprefix(COLUMN).split("+"))


def _moved(name: str, value: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """A column of figures under its new name; its key stays, for it is a part of the names of series."""
    own = value.get("column") or name
    moved = {**value, "column": renamed[own]} if own in renamed else dict(value)
    if where := value.get("where"):
        moved["where"] = {renamed.get(column, column): only for column, only in where.items()}
    return moved
