"""A file that a notice hangs on itself -> its text, whatever its name says it is: the first bytes decide.

Read are PDF, Word (.docx), workbooks (.xlsx, .xls) and OFD. What is not read is named, so that a person reads it.
"""

from warning.collect.feed_items import RawEntry, items_from
from warning.collect.ofd_text import is_ofd, ofd_text
from warning.collect.office_text import is_word, is_workbook, word_text, workbook_text
from warning.collect.pdf_text import is_pdf, read_pdf
from warning.collect.zip_parts import parts_of
from warning.core.documents import Document, Parsed
from warning.core.formats_documents import PdfFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

MAX_FILE_BYTES = 30_000_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OLD = (
    ("EncryptedPackage", "an encrypted Office document, which asks for a password"),
    ("WordDocument", "an old Word or WPS document (.doc, .wps)"),
    ("WpsDocument", "an old WPS document (.wps)"),
)
_UNREAD = (
    (b"{\\rtf", "an RTF document"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x89PNG", "a picture"),
    (b"CEB", "a CEB document"),
)
_PICTURES = "the document holds pictures instead of text, somebody has to read it"


def parse_file(document: Document, layout: PdfFormat, profile: SourceProfile) -> Parsed:
    """Read a file as one item. Raises ParseError for what is none, is damaged, or asks for a password.

    One of pictures, or of a kind that is not read, is an item without text, and a problem says so.
    """
    text, title, problems = read_file_text(document.body, most_pages=layout.pages)
    name = layout.title or _file_name(document.url)
    first = next((line for line in text.splitlines() if len(line.strip()) > 3), "")
    entry = RawEntry(
        external_id=document.url, link=document.url if document.url.startswith("http") else "", title=_html_safe(title or first or name or "file"),
        body=_html_safe(text),
    )  # fmt: skip
    items, faults = items_from([entry], document, profile)
    return Parsed(items=items, problems=(*problems, *faults), seen=1)


def is_document(body: bytes) -> bool:
    """Whether it begins as a kind of which some are read."""
    return is_pdf(body) or body.startswith((_ZIP, _OLE))


def is_file(body: bytes) -> bool:
    """Whether it begins as a file of a known kind, so that nobody takes it for a page."""
    return is_document(body) or body.startswith(tuple(start for start, _ in _UNREAD))


def read_file_text(body: bytes, *, most_pages: int = 300) -> tuple[str, str, tuple[str, ...]]:
    """Return the text, the title the file gives itself, and what of it only a person can read.

    A kind that is not read has no text and is named there. Raises ParseError for what is damaged, locked or no file.
    """
    if is_pdf(body):
        return read_pdf(body, most_pages=most_pages)
    if len(body) > MAX_FILE_BYTES:
        raise ParseError(f"a file of {len(body)} bytes; over {MAX_FILE_BYTES} are not read")
    if body.startswith(_ZIP):
        text, problems = _packed(body)
    elif body.startswith(_OLE):
        text, problems = _old(body)
    else:
        text, problems = "", (_unread(_what(body)),)
    return text, "", problems


def _packed(body: bytes) -> tuple[str, tuple[str, ...]]:
    parts = parts_of(body)
    if is_ofd(parts):
        return ofd_text(parts)
    if is_word(parts):
        text = word_text(parts)
        return text, () if text.strip() else (_PICTURES,)
    if is_workbook(parts):
        return workbook_text(body)
    if "xl/workbook.bin" in parts.names:
        return "", (_unread("a binary workbook (.xlsb)"),)
    slides = any(name.startswith("ppt/") for name in parts.names)
    return "", (_unread("slides (.pptx)" if slides else "a ZIP archive"),)


def _old(body: bytes) -> tuple[str, tuple[str, ...]]:
    """Workbooks of the old kind are read; documents of it are not."""
    for stream, what in _OLD:
        if stream.encode("utf-16-le") in body:
            return "", (_unread(what),)
    if any(stream.encode("utf-16-le") in body for stream in ("Workbook", "Book")):
        return workbook_text(body)
    return "", (_unread("an old Office document"),)


def _what(body: bytes) -> str:
    for start, what in _UNREAD:
        if body.startswith(start):
            return what
    if body[:1024].lstrip().lower().startswith(b"<"):
        raise ParseError("no file that can be read: a page stands in its place")
    raise ParseError("no PDF, Word document, workbook or OFD: it does not begin as one")


def _unread(what: str) -> str:
    return f"{what}, which is not read: somebody has to read it"


def _file_name(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2].partition("?")[0]


def _html_safe(text: str) -> str:
    """Text of a file is no markup: what looks like a tag stays."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
