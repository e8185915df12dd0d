"""Small Word documents, workbooks and OFDs made by hand, as Chinese authorities hang them on notices."""

import io
import struct
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFD = "http://www.ofdspec.org/2016"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(400)


def zip_of(parts: dict[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def docx_of(body: str, **others: str) -> bytes:
    main = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return zip_of({"[Content_Types].xml": "<Types/>", "word/document.xml": main, **others})


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def text_object(left: float, top: float, text: str, width: float = 40) -> str:
    return (
        f'<ofd:TextObject Boundary="{left} {top} {width} 5" Size="4.2"><ofd:TextCode X="0" Y="4">{text}</ofd:TextCode>'
        "</ofd:TextObject>"
    )


def ofd_of(*pages: str) -> bytes:
    named = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    head = f'xmlns:ofd="{OFD}"'
    parts: dict[str, str | bytes] = {
        "OFD.xml": f"<ofd:OFD {head}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {head}><ofd:Pages>{named}</ofd:Pages></ofd:Document>",
    }
    for n, page in enumerate(pages):
        layer = f"<ofd:Page {head}><ofd:Content><ofd:Layer>{page}</ofd:Layer></ofd:Content></ofd:Page>"
        parts[f"Doc_0/Pages/Page_{n}/Content.xml"] = layer
    return zip_of(parts)


def xlsx_of(*rows: tuple[object, ...], **others: str) -> bytes:
    return sheet_of("".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows), **others)


def sheet_of(data: str, **others: str) -> bytes:
    """A workbook of one sheet with these rows, as XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006/relationships"
    return zip_of({
        "_rels/.rels": f'<Relationships xmlns="{packages}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="清单" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
        **others,
    })  # fmt: skip


def xls_of(*cells: tuple[int, int, float]) -> bytes:
    """An old workbook with numbers in rows and columns counted from 0: BIFF8 in a compound file of 512-byte sectors."""
    begin, end = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0), struct.pack("<HH", 10, 0)
    numbers = (struct.pack("<HHHHHd", 0x203, 14, row, column, 0, number) for row, column, number in cells)
    sheet = begin + b"".join(numbers) + end
    named = struct.pack("<HHIBBBB", 0x85, 9, len(begin) + 13 + len(end), 0, 0, 1, 0) + b"A"
    stream = (begin + named + end + sheet).ljust(4096, b"\0")
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 10), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack(
        "<109I", 0, *[0xFFFFFFFF] * 108
    )
    entries = _entry("Root Entry", 5, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 2, len(stream))
    return head + table + entries.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    said = name.encode("utf-16-le")
    links = struct.pack(
        "<HBBIII", len(said) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF
    )
    return said.ljust(64, b"\0") + links + bytes(36) + struct.pack("<II", start, size) + bytes(4)


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
