"""How much room a workbook's cells would take, before a library lays them out row by row with all that is empty between."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from warning.collect.zip_parts import parts_of
from warning.errors import ParseError

MOST_CELLS = 4_000_000
MOST_STRINGS = 5_000_000
MOST_SHEET_TAGS = 16_000_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_PLACE = re.compile(r"([A-Za-z]{0,3})0*([1-9]\d{0,6})")
_SHEET, _STRINGS = b"sheetData", re.compile(rb"""niqueCount\s*=\s*["']\s*\+?(\d+)""")


def refuse_vast_workbook(body: bytes) -> None:
    """Raise ParseError for an .xlsx that would take too much room, and for any other ZIP.

    Counted is what a sheet spans from its first row and column to the last cell that holds something: a file of
    one thousand bytes can name a cell behind 17 thousand million empty ones.
    """
    parts = parts_of(body)
    if "xl/workbook.xml" not in parts.names or {"xl/workbook.bin", "content.xml"} & parts.names:
        raise ParseError(
            "a ZIP, but no .xlsx workbook: other workbooks (.xlsb, .ods) have to be saved as .xlsx"
        )
    if len(parts.archive.namelist()) > len(parts.names):
        raise ParseError("the workbook holds two parts of one name: not read")
    parts.refuse_bombs()
    cells = tags = 0
    for name in sorted(parts.names):
        content = parts.whole(name)
        _refuse_many_strings(name, content)
        if _SHEET not in content:
            continue
        tags += content.count(b"<")
        rows, columns = _span(name, content) if tags <= MOST_SHEET_TAGS else (0, 0)
        cells += rows * columns
        if cells > MOST_CELLS or tags > MOST_SHEET_TAGS:
            spans = (
                f"{name} of the workbook spans {rows} rows and {columns} columns"
                if rows
                else f"{name} of the workbook is too full"
            )
            raise ParseError(
                f"{spans}; over {MOST_CELLS} cells in a workbook, empty ones counted, are not read: "
                "delete what stands far outside the table, or split it"
            )


def _refuse_many_strings(name: str, content: bytes) -> None:
    """Room is made for as many texts as a part says it holds, before the first is read."""
    for told in _STRINGS.findall(content):
        if len(told) > len(str(MOST_STRINGS)) or int(told) > MOST_STRINGS:
            raise ParseError(f"{name} of the workbook says that it holds over {MOST_STRINGS} texts: not read")


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """What a pass over a sheet's tags finds: where the last cell with a value stands. Coloured, empty cells do not count."""

    name: str
    rows: int = 0
    columns: int = 0
    at: list[int] = field(default_factory=lambda: [0, 0])
    is_in_cell: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if self.is_in_cell:
            self._fill()
        elif kind == "row":
            self.at = self._place(attributes.get("r"), self.at[0] + 1, 0)
            self.at[1] = 0
        elif kind == "c":
            self.at = self._place(attributes.get("r"), self.at[0], self.at[1] + 1)
            self.is_in_cell = True

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "c":
            self.is_in_cell = False

    def _fill(self) -> None:
        row, column = self.at
        if row > _LAST_ROW or column > _LAST_COLUMN:
            raise ParseError(
                f"{self.name} of the workbook has a cell where no sheet has one (row {row}, column {column})"
            )
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)

    def _place(self, told: str | None, row: int, column: int) -> list[int]:
        """Where a row or cell says it stands; one that does not is the next in order."""
        if told is None:
            return [row, column]
        place = _PLACE.fullmatch(told)
        if place is None:
            raise ParseError(f"{self.name} of the workbook has a cell at {told[:40]!r}, which is no place")
        if place[1]:
            column = 0
            for letter in place[1].upper():
                column = column * 26 + ord(letter) - ord("A") + 1
        return [int(place[2]), column]

    def refuse_entity(self, *_: object) -> None:
        raise ParseError(f"{self.name} of the workbook defines entities of its own; such files are not read")


def _span(name: str, content: bytes) -> tuple[int, int]:
    """Rows and columns from the first of a sheet to the last that holds something."""
    sheet = _Sheet(name=name)
    parser = expat.ParserCreate("utf-8")  # as the library reads it, whatever the part declares
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    parser.EntityDeclHandler = sheet.refuse_entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as wrong:
        raise ParseError(f"{name} of the workbook is not well-formed XML: {wrong}") from wrong
    return sheet.rows, sheet.columns
