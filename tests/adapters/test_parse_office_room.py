"""Small files that would take much room or time: refused before they do, with what to do about it."""

import pytest

from tests.adapters.office_samples import (
    OFD,
    docx_of,
    paragraph,
    sheet_of,
    text_object,
    xls_of,
    xlsx_of,
    zip_of,
)
from tests.adapters.parse_samples import document
from warning.collect import sheet_sizes, zip_parts
from warning.collect.file_text import read_file_text
from warning.collect.table_read import read_table
from warning.errors import ParseError

FIRST = '<row r="1"><c r="A1"><v>1</v></c></row>'


def far(row: int, column: str, inside: str = "<v>8112929090</v>") -> bytes:
    return sheet_of(f'{FIRST}<row r="{row}"><c r="{column}{row}" s="1">{inside}</c></row>')


def as_text(body: bytes) -> str:
    return read_file_text(body)[0]


def as_table(body: bytes) -> object:
    return read_table(document(body)).rows


@pytest.mark.parametrize("read", [as_text, as_table])
@pytest.mark.parametrize(("row", "column"), [(1_048_576, "XFD"), (5_000, "XFD")])
def test_a_workbook_with_a_cell_far_outside_its_table_is_refused_before_it_is_laid_out(read, row, column):
    with pytest.raises(ParseError, match=f"spans {row} rows and 16384 columns; over 4000000 cells"):
        read(far(row, column))


@pytest.mark.parametrize("read", [as_text, as_table])
@pytest.mark.parametrize(
    "data",
    [
        FIRST + '<row r="1048576">' + "<c><v>1</v></c>" * 9 + "</row>",
        FIRST + '<c r="XFD5000"><v>1</v></c>',
        FIRST + "<x:row xmlns:x='u' r='9000'><x:c r='xfd9000'><x:v>1</x:v></x:c></x:row>",
        FIRST + "<row r='9000'><c r='XFD9000' t='inlineStr'><is><t>a</t></is></c></row>",
    ],
)
def test_a_far_cell_is_found_however_it_is_named(read, data):
    with pytest.raises(ParseError, match="over 4000000 cells"):
        read(sheet_of(data))


@pytest.mark.parametrize("place", ["XFE1", "A1048577", "1A", "AAAAAAAAAA1", ""])
def test_a_cell_at_no_place_of_a_sheet_is_refused(place):
    with pytest.raises(ParseError, match=r"no sheet has one|is no place"):
        as_text(sheet_of(f'<row><c r="{place}"><v>1</v></c></row>'))


def test_cells_that_are_only_coloured_stretch_no_table():
    assert as_text(far(1_048_576, "XFD", "")) == "清单\n1"


@pytest.mark.parametrize("read", [as_text, as_table])
def test_a_workbook_that_says_it_holds_endless_texts_is_refused(read):
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="99999999999"/>'
    )
    with pytest.raises(ParseError, match="over 5000000 texts"):
        read(xlsx_of(("镓",), **{"xl/sharedStrings.xml": strings}))


def test_a_workbook_full_of_tags_is_refused(monkeypatch):
    monkeypatch.setattr(sheet_sizes, "MOST_SHEET_TAGS", 1_000)
    with pytest.raises(ParseError, match="too full"):
        as_text(sheet_of(FIRST + "<row/>" * 1_000))


def test_a_workbook_that_unpacks_without_end_is_refused_as_a_table_too(monkeypatch):
    monkeypatch.setattr(zip_parts, "MAX_UNPACKED_BYTES", 50_000)
    with pytest.raises(ParseError, match="unpacks to over"):
        as_table(xlsx_of(("0" * 60_000,)))


def test_a_workbook_of_another_packing_is_named_or_refused():
    binary = zip_of({"xl/workbook.bin": "x"})
    assert "a binary workbook (.xlsb)" in read_file_text(binary)[2][0]
    for body in (binary, zip_of({"content.xml": "<x/>", "xl/workbook.xml": "<x/>"})):
        with pytest.raises(ParseError, match=r"saved as \.xlsx"):
            as_table(body)


def test_an_old_workbook_is_read():
    assert as_text(xls_of((0, 0, 8112929090))) == "A\n8112929090"
    assert as_table(xls_of((1, 1, 3))) == [["", ""], ["", 3.0]]


@pytest.mark.parametrize("read", [as_text, as_table])
def test_an_old_workbook_that_takes_too_much_memory_ends_only_its_own_reader(read):
    with pytest.raises(ParseError, match=r"more memory than it may.*save it as \.xlsx"):
        read(xls_of((0, 0, 1), (65_535, 65_535, 1)))


def tags(count: int) -> str:
    return "<w:p/>" * count


def test_a_word_document_that_is_nearly_all_tags_is_refused():
    with pytest.raises(ParseError, match="over 1500000 tags"):
        as_text(docx_of(tags(1_500_000)))


def test_the_tags_of_all_parts_of_a_file_count_together():
    parts = zip_parts.parts_of(zip_of({"a": f"<a>{'<b/>' * 60}</a>"}))
    parts.room_tags = 150
    for _ in range(2):
        assert len(parts.xml("a")) == 60
    with pytest.raises(ParseError, match="tags in the file"):
        parts.xml("a")


def test_what_is_read_of_a_file_counts_together_and_a_part_read_twice_counts_twice():
    parts = zip_parts.parts_of(zip_of({"a": "0" * 60, "b": "0" * 60}))
    parts.room_bytes = 150
    assert len(parts.part("a")) == len(parts.part("a")) == 60
    with pytest.raises(ParseError, match="b unpacks to over 30 bytes"):
        parts.part("b")


def test_of_a_word_document_with_many_texts_two_are_read():
    others = {f"word/document{n}.xml": f'<d xmlns:w="w">{paragraph(str(n))}</d>' for n in range(2, 9)}
    assert as_text(docx_of(paragraph("1"), **others)) == "1\n2"


def test_a_page_that_an_ofd_names_many_times_is_read_once():
    named = '<ofd:Page BaseLoc="P.xml"/>' * 1_000
    head = f'xmlns:ofd="{OFD}"'
    body = zip_of({
        "OFD.xml": f"<ofd:OFD {head}><ofd:DocBody><ofd:DocRoot>D.xml</ofd:DocRoot><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "D.xml": f"<ofd:Document {head}><ofd:Pages>{named}</ofd:Pages></ofd:Document>",
        "P.xml": f"<ofd:Page {head}>{text_object(20, 30, '镓')}</ofd:Page>",
    })  # fmt: skip
    assert as_text(body) == "镓"
