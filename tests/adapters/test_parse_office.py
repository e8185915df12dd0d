"""Annexes in Word, workbooks and OFD: what a reader of the page sees is read, and no file harms its reader."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.office_samples import (
    OLD_WORD,
    docx_of,
    ofd_of,
    paragraph,
    table,
    text_object,
    xlsx_of,
    zip_of,
)
from warning.collect import zip_parts
from warning.collect.file_text import read_file_text
from warning.core.text.hs_codes import hs_codes_in
from warning.errors import ParseError

BOX = (
    "<w:p><w:r><mc:AlternateContent xmlns:mc='urn:mc'><mc:Choice><w:drawing><w:txbxContent>{0}</w:txbxContent>"
    "</w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r></w:p>"
)


def text_of(body: bytes) -> str:
    return read_file_text(body)[0]


def test_a_code_that_word_wrote_in_two_runs_is_one_code():
    assert text_of(docx_of(paragraph("参考海关商品编号：8112", "929090"))) == "参考海关商品编号：8112929090"


def test_a_table_of_word_is_read_row_by_row():
    body = docx_of(paragraph("附件") + table(("序号", "物项", "编号"), ("1", "镓", "8112929090")))
    assert text_of(body) == "附件\n序号\t物项\t编号\n1\t镓\t8112929090"


def test_what_was_struck_out_in_word_is_not_read_and_what_was_put_in_is():
    struck = "<w:p><w:del><w:r><w:delText>禁止</w:delText></w:r></w:del><w:ins><w:r><w:t>许可</w:t></w:r></w:ins></w:p>"
    assert text_of(docx_of(struck)) == "许可"


def test_a_text_box_told_twice_for_old_programs_is_read_once():
    assert text_of(docx_of(BOX.format(paragraph("锗")))) == "锗"


def test_notes_below_the_page_are_read():
    note = '<w:footnotes xmlns:w="urn:w"><w:footnote><w:p><w:r><w:t>注：不含废料</w:t></w:r></w:p></w:footnote></w:footnotes>'
    assert "注：不含废料" in text_of(docx_of(paragraph("镓"), **{"word/footnotes.xml": note}))


def test_a_code_that_a_workbook_holds_as_a_number_has_no_decimal_point():
    assert text_of(xlsx_of(("物项", "编号"), ("镓", 8112929090))) == "清单\n物项\t编号\n镓\t8112929090"


def test_an_ofd_is_read_line_by_line_and_page_by_page():
    first = text_object(20, 30, "商务部公告", width=40) + text_object(60, 30, "2026年第74号")
    second = text_object(20, 30, "镓", width=5) + text_object(100, 30, "8112929090")
    assert text_of(ofd_of(first + text_object(20, 40, "对相关物项实施出口管制"), second)) == (
        "商务部公告2026年第74号\n对相关物项实施出口管制\n镓\t8112929090"
    )


def codes_of(*codes: str, **said: str) -> str:
    """A TextObject, 100 millimetres wide, of several TextCodes."""
    return f'<ofd:TextObject Boundary="10 10 100 5" Size="4" {" ".join(f"{k}={v!r}" for k, v in said.items())}>{"".join(codes)}</ofd:TextObject>'


@pytest.mark.parametrize(
    ("page", "line"),
    [
        (codes_of('<c:TextCode xmlns:c="u" X="0" Y="4" DeltaX="g 9 2">2504101000</c:TextCode>', '<TextCode X="60" Y="4">球化石墨</TextCode>'), "2504101000\t球化石墨"),
        (codes_of('<TextCode X="0" Y="4">镓</TextCode>', '<TextCode X="9" Y="4">锗</TextCode>'), "镓 锗"),
        (codes_of('<TextCode X="0" Y="4" DeltaX="4">出口</TextCode>', '<TextCode X="8" Y="4">管制</TextCode>'), "出口管制"),
        (codes_of('<TextCode X="0" Y="4">出口</TextCode>', '<TextCode X="2" Y="4">管制</TextCode>', CTM="4 0 0 4 0 0"), "出口管制"),
        (codes_of('<TextCode X="0" Y="4">镓</TextCode>', '<TextCode X="0" Y="14">锗</TextCode>'), "镓\n锗"),
        (codes_of('<TextCode X="nan" Y="4" DeltaX="g g 3 x">镓</TextCode>', '<TextCode X="" Y="4">锗</TextCode>'), "镓锗"),
    ],
)  # fmt: skip
def test_text_codes_of_one_object_stand_where_they_say(page, line):
    assert text_of(ofd_of(page)) == line


def test_a_code_and_its_goods_in_one_ofd_object_are_read_as_columns():
    row = (
        '<TextCode X="0" Y="4" DeltaX="g 9 2">2504101000</TextCode>',
        '<TextCode X="60" Y="4">球化石墨</TextCode>',
    )
    text = text_of(ofd_of(text_object(10, 0, "商品编号") + codes_of(*row)))
    assert hs_codes_in(text) == ("2504101000",)


def test_an_ofd_of_pictures_is_for_people_to_read():
    text, _, unread = read_file_text(ofd_of("<ofd:ImageObject/>"))
    assert (text, "somebody has to read" in unread[0]) == ("", True)


def test_an_ofd_whose_font_numbers_its_own_glyphs_is_said_to_be_incomplete():
    _, _, unread = read_file_text(ofd_of(text_object(20, 30, "\ue11e\ue236\ue28a\ue0c0浏览器")))
    assert "does not say which characters" in unread[0]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (OLD_WORD, "an old Word or WPS document (.doc, .wps)"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "asks for a password"),
        (b"{\\rtf1 text}", "an RTF document"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (zip_of({"ppt/presentation.xml": "<p/>"}), "slides"),
        (zip_of({"readme.txt": "x"}), "a ZIP archive"),
    ],
)
def test_a_kind_that_is_not_read_is_named_for_people(body, what):
    text, _, (unread,) = read_file_text(body)
    assert (text, what in unread, "somebody has to read it" in unread) == ("", True, True)


def lying(size: int) -> bytes:
    """A part that says it is ten bytes long, and unpacks to more."""
    body = docx_of(paragraph("a" * size))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        real = archive.getinfo("word/document.xml").file_size
    return body.replace(real.to_bytes(4, "little"), (10).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (docx_of(paragraph("0" * (zip_parts.MAX_PART_BYTES + 1))), "unpacks to over"),
        (lying(90_000), "damaged|not well-formed"),
        (ofd_of(text_object(0, 0, "0" * (zip_parts.MAX_PART_BYTES + 1))), "unpacks to over"),
        (zip_of({"word/document.xml": '<!DOCTYPE d [<!ENTITY a "镓">]><d>&a;</d>'}), "entities of its own"),
        (zip_of({"OFD.xml": "<OFD><DocRoot>../../etc/passwd</DocRoot></OFD>"}), "holds no ../../etc/passwd"),
        (zip_of({"OFD.xml": "<OFD/>"}), "does not say where"),
        (docx_of("<w:p>" * 400 + "</w:p>" * 400), "Excessive depth|not well-formed"),
        (docx_of(paragraph("镓"))[:200], "damaged or cut off"),
        (zip_of({f"part{n}": "" for n in range(zip_parts.MOST_PARTS + 1)}), "parts"),
        (zip_of({"OFD.xml": "<OFD/>", "Encryptions.xml": "<e/>"}), "password"),
        (b"<html><body>Please sign in</body></html>", "a page stands in its place"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused_with_its_cause(body, cause):
    with pytest.raises(ParseError, match=cause):
        read_file_text(body)


def test_a_workbook_that_unpacks_without_end_is_refused_before_a_library_opens_it(monkeypatch):
    monkeypatch.setattr(zip_parts, "MAX_UNPACKED_BYTES", 50_000)
    with pytest.raises(ParseError, match="unpacks to over"):
        read_file_text(xlsx_of(("0" * 60_000,)))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [docx_of(paragraph("镓")), xlsx_of(("镓", 8112929090.0)), ofd_of(text_object(0, 0, "镓"))]
    ),
    st.data(),
)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(body, data):
    at = data.draw(st.integers(0, len(body) - 1))
    cut = data.draw(st.integers(0, len(body)))
    damaged = bytearray(body)
    damaged[at] = data.draw(st.integers(0, 255))
    for one in (bytes(damaged), body[:cut]):
        try:
            text, _, unread = read_file_text(one)
        except ParseError:
            continue
        assert isinstance(text, str)
        assert all(unread)
