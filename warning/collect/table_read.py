"""Any table -> its rows. What it is, its first bytes say, not its name: CSV named .xls is common."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from warning.collect.decode import decode
from warning.collect.json_api import steps_of
from warning.collect.said_refusals import refusal_in
from warning.collect.table_cells import Cell
from warning.collect.workbooks import Workbook, open_workbook
from warning.core.documents import Document
from warning.errors import ParseError

MAX_ROWS = 2_000_000
MAX_SHEETS = 200
MAX_CELL_CHARACTERS = 1_000_000

Row = Sequence[Cell | None]
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATORS = ",;\t|"
_PLACE = re.compile(r"#([1-9]\d{0,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All rows of a document, header and notes included; `problems` are faults of the reading."""

    rows: Sequence[Row]
    problems: tuple[str, ...] = ()


def read_table(
    document: Document, *, sheet: str | None = None, separator: str | None = None, encoding: str | None = None
) -> Table:
    """Read a spreadsheet or delimited text. Raises ParseError when the document is neither."""
    if document.body.startswith(_SPREADSHEETS):
        return _spreadsheet(document.body, sheet)
    if not document.body.strip():
        raise ParseError("the document is empty, a table is wanted")
    decoded = decode(document.body, f"text/csv; charset={encoding}" if encoding else document.content_type)
    text = decoded.text.lstrip("\ufeff").replace("\x00", "").removesuffix("\x1a")
    head = text.lstrip()[:200].lower()
    if head.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise ParseError("an HTML or XML page, a table (CSV, XLSX, XLS) is wanted: an error page or a login?")
    return Table(rows=delimited(text, separator or sniff_separator(text)), problems=decoded.problems)


def delimited(text: str, separator: str) -> list[list[str]]:
    """Rows of delimited text. Raises ParseError when one field swallows the file (an unclosed quote)."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True):
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise ParseError(f"over {MAX_ROWS} rows; split the document or narrow the request")
    except csv.Error as wrong:
        raise ParseError(f"row {len(rows) + 1} cannot be read as CSV: {wrong}") from wrong
    return rows


def sniff_separator(text: str) -> str:
    """The separator that cuts the first lines into the same number of parts, at least two."""
    lines = [line for line in text[:20_000].splitlines()[:30] if line.strip()]
    best, rating = ",", 0.0
    for separator in _SEPARATORS:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=separator, skipinitialspace=True))
        parts, times = max(counts.items(), key=lambda item: (item[0] > 1, item[1])) if counts else (1, 0)
        if parts > 1 and times * (1 + parts / 100) > rating:
            best, rating = separator, times * (1 + parts / 100)
    return best


def _spreadsheet(body: bytes, sheet: str | None) -> Table:
    try:
        return _first_rows(
            open_workbook(body, most_sheets=MAX_SHEETS, most_rows=MAX_ROWS, skip_empty_area=False), sheet
        )
    except ParseError as wrong:
        raise ParseError(f"the spreadsheet cannot be read: {wrong}") from wrong


def _first_rows(book: Workbook, sheet: str | None) -> Table:
    if sheet is not None and sheet not in book.names:
        raise ParseError(
            f"sheet {sheet!r} is not in the workbook; it has: {', '.join(map(repr, book.names))}"
        )
    for name in [sheet] if sheet is not None else book.names[:MAX_SHEETS]:
        if rows := book.rows(name):
            return Table(rows=[[_cell(cell) for cell in row] for row in rows])
    raise ParseError("the workbook holds no row")


def _cell(cell: object) -> Cell:
    """A cell without its spreadsheet's durations and hours of the day: no column of ours holds those."""
    return cell if isinstance(cell, str | float | int | bool | datetime | date) else str(cell)


def rows_of_json(document: Document, path: str) -> Table:
    """The objects at a path as rows with a header; fields of the objects around them as `<list>.<field>`.

    Lists at the path are rows themselves, the first of them the header. XML is read as well: elements as rows.
    """
    decoded = decode(document.body, document.content_type)
    if decoded.text.lstrip("\ufeff \r\n\t").startswith("<"):
        return _rows_of_xml(decoded.text, path)
    try:
        data = json.loads(decoded.text, strict=False)
    except (ValueError, RecursionError) as wrong:
        raise ParseError(f"not JSON: {wrong}") from wrong
    if (listed := _row_lists(data, steps_of(path))) is not None:
        return listed
    records = list(_records(data, steps_of(path), "", {}))
    if not records and _leads_somewhere(data, steps_of(path)):
        _refuse_refusal(data, path)
        return Table(rows=[])
    if not records:
        keys = ", ".join(sorted(map(str, data))[:12]) if isinstance(data, Mapping) else type(data).__name__
        raise ParseError(f"no rows at {path!r}; the document holds: {keys}")
    header = list(dict.fromkeys(name for record in records for name in record))
    return Table(rows=[header, *([record.get(name) for name in header] for record in records)])


def _refuse_refusal(data: Any, path: str) -> None:
    """An empty list beside words that say why is no publisher without figures: Comtrade and others answer so, with status 200."""
    if said := refusal_in(data):
        raise ParseError(f"no rows at {path!r}; the answer says {said}")


def _rows_of_xml(text: str, path: str) -> Table:
    from warning.collect.xml_items import records_of_xml  # noqa: PLC0415 - few tables are XML

    records = records_of_xml(text, path)
    header = list(dict.fromkeys(name for record in records for name in record))
    rows = [[record.get(name) for name in header] for record in records]
    return Table(rows=[header, *rows] if records else [])


def _row_lists(data: Any, steps: Sequence[str]) -> Table | None:
    """Rows that are lists (a header and its figures) where the path leads; None when they are not."""
    for step in steps:
        data = data.get(step) if isinstance(data, Mapping) else None
    if not isinstance(data, list) or len(data) < 1 or not all(isinstance(row, list) for row in data):
        return None
    return Table(rows=[[_plain_cell(cell) for cell in row] for row in data[:MAX_ROWS]])


def _plain_cell(cell: Any) -> Cell | None:
    return cell if cell is None or isinstance(cell, str | int | float | bool) else json.dumps(cell)


def _leads_somewhere(data: Any, steps: Sequence[str]) -> bool:
    """True when the path is there, be its lists empty: a publisher without figures yet, not a new layout."""
    if isinstance(data, list):
        return not data or any(_leads_somewhere(element, steps) for element in data)
    if not steps:
        return True
    return isinstance(data, Mapping) and steps[0] in data and _leads_somewhere(data[steps[0]], steps[1:])


def largest_json_table(document: Document) -> Table | None:
    """The largest set of like objects in a JSON document as a table; None when it is no JSON or has none."""
    if not document.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return None
    try:
        data = json.loads(decode(document.body, document.content_type).text, strict=False)
    except (ValueError, RecursionError):
        return None
    sizes: Counter[str] = Counter()
    _measure(data, "", sizes, depth=0)
    return rows_of_json(document, sizes.most_common(1)[0][0]) if sizes else None


def _measure(data: Any, path: str, sizes: Counter[str], depth: int) -> None:
    """Count the objects at each path of lists, whatever their index."""
    if depth > 12:
        return
    if isinstance(data, list):
        sizes.update({path: sum(isinstance(element, Mapping) for element in data)})
        for element in data:
            _measure(element, path, sizes, depth + 1)
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, Mapping | list):
                step = str(key).replace("\\", "\\\\").replace(".", "\\.")
                _measure(value, f"{path}.{step}" if path else step, sizes, depth + 1)


def _records(
    data: Any, steps: Sequence[str], name: str, around: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    if isinstance(data, list):
        for element in data:
            yield from _records(element, steps, name, around)
    elif not isinstance(data, Mapping):
        return
    elif not steps:
        yield {**around, **_plain_fields(data, "")}
    elif steps[0] in data:
        inner = {**around, **_plain_fields(data, f"{name}." if name else "")}
        yield from _records(data[steps[0]], steps[1:], steps[0], inner)


def _plain_fields(record: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The fields that are text, numbers or nothing, one level of nesting as `outer.inner`."""
    plain = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            plain.update(
                {f"{prefix}{key}.{k}": v for k, v in value.items() if not isinstance(v, Mapping | list)}
            )
        elif not isinstance(value, list):
            plain[f"{prefix}{key}"] = value
    return plain


def find_column(header: Sequence[str], name: str) -> int:
    """The index of a column by name, without regard to case, blanks and byte order marks; `#2` is the second one.

    Raises ParseError that names the column, the nearest name and what the table has.
    """
    wanted = plain_name(name)
    for index, column in enumerate(header):
        if plain_name(column) == wanted:
            return index
    if (place := _PLACE.fullmatch(wanted)) and int(place[1]) <= len(header):
        return int(place[1]) - 1
    from difflib import get_close_matches  # noqa: PLC0415 - for the message only

    near = get_close_matches(name, header, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ParseError(
        f"no column {name!r}{hint} The table has: {', '.join(map(repr, filter(None, header)))[:400]}"
    )


def plain_name(name: str) -> str:
    return re.sub(r"[\s\ufeff]+", " ", name).strip().casefold()
