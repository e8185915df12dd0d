"""A PDF -> its text. Pure Python reads it, so that the limits of time and memory hold inside it too.

CJK fonts that name a standard character map instead of embedding one (the usual case of Chinese notices) are read.
"""

import io
import logging
import re
import unicodedata
import zlib
from collections.abc import Iterable
from contextlib import suppress

from warning.collect.text import BODY_CHARACTERS, literal
from warning.errors import ParseError

MAX_PDF_BYTES = 30_000_000
MAX_PAGE_BYTES = 4_000_000
MAGIC = b"%PDF-"
LEAST_LETTERS_A_PAGE = 8
_CID = re.compile(r"\(cid:\d+\)")
# Fonts map a glyph back to the radical of the same shape: 出\u2f1d管制 would be read by no date and cited by nobody.
_RADICAL = re.compile(r"[\u2f00-\u2fd5\u2e80-\u2ef3]")
_UNNAMED = dict(zip(
    "\u2e81\u2e85\u2e8b\u2e97\u2e9f\u2ea0\u2ea9\u2eab\u2ec1\u2ec4\u2ec5\u2ec6\u2ec9\u2ecb\u2ecd\u2ed1\u2ed3\u2ed4\u2ed8\u2ed9\u2eda"
    "\u2edb\u2edc\u2edd\u2ee2\u2ee3\u2ee4\u2ee5\u2ee6\u2ee8\u2ee9\u2eec\u2eed\u2eee\u2ef0\u2ef3",
    "厂亻卩心母民王目虎西见角贝车辶長长门青韦页风飞食马骨鬼鱼鸟麦黄齐齒齿龙龟", strict=True,
))  # fmt: skip


def is_pdf(body: bytes) -> bool:
    return MAGIC in body[:1024]


def read_pdf(body: bytes, *, most_pages: int = 300) -> tuple[str, str, tuple[str, ...]]:
    """Return the text, the title the file gives itself, and what could not be read."""
    if not is_pdf(body):
        raise ParseError("not a PDF: it does not begin as one")
    if len(body) > MAX_PDF_BYTES:
        raise ParseError(f"a PDF of {len(body)} bytes; over {MAX_PDF_BYTES} are not read")
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect  # noqa: PLC0415 - PDFs are rare
    from pdfminer.pdfexceptions import PDFException  # noqa: PLC0415 - and their import is not free
    from pdfminer.psexceptions import PSException  # noqa: PLC0415 - as above

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        return _read(body, most_pages)
    except (PDFPasswordIncorrect, PDFEncryptionError) as wrong:
        raise ParseError("the PDF is encrypted and asks for a password") from wrong
    except (PDFException, PSException) as wrong:
        raise ParseError(f"the PDF is damaged or cut off: {type(wrong).__name__} {wrong}".rstrip()) from wrong
    except (ParseError, RecursionError, MemoryError):
        raise
    except Exception as wrong:  # the library lets through whatever a damaged file makes of its code
        raise ParseError(f"the PDF is damaged: {type(wrong).__name__}: {wrong}") from wrong


def _read(body: bytes, most_pages: int) -> tuple[str, str, tuple[str, ...]]:
    from pdfminer.converter import TextConverter  # noqa: PLC0415 - see read_pdf
    from pdfminer.layout import LAParams  # noqa: PLC0415 - see read_pdf
    from pdfminer.pdfdocument import PDFDocument  # noqa: PLC0415 - see read_pdf
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager  # noqa: PLC0415 - see read_pdf
    from pdfminer.pdfpage import PDFPage  # noqa: PLC0415 - see read_pdf
    from pdfminer.pdfparser import PDFParser  # noqa: PLC0415 - see read_pdf

    document = PDFDocument(PDFParser(io.BytesIO(body)))
    written, manager = io.StringIO(), PDFResourceManager()
    converter = TextConverter(manager, written, laparams=LAParams(all_texts=True))
    interpreter = PDFPageInterpreter(manager, converter)
    pages, problems = 0, []
    for page in PDFPage.create_pages(document):
        if pages == most_pages or written.tell() > 4 * BODY_CHARACTERS:
            problems.append(f"only the first {pages} pages are read")
            break
        pages += 1
        _refuse_bombs(page.contents)
        interpreter.process_page(page)
    text = _CID.sub("\N{REPLACEMENT CHARACTER}", written.getvalue()).replace("\f", "\n").strip()
    text = _RADICAL.sub(_sign_of, text)
    letters = sum(ch.isalnum() for ch in text)
    if text.count("\N{REPLACEMENT CHARACTER}") * 5 > letters:
        problems.append("a font of the PDF does not say which characters it shows: the text is incomplete")
    elif pages and letters < LEAST_LETTERS_A_PAGE * pages:
        problems.append(f"scanned: {pages} pages hold pictures instead of text, somebody has to read them")
    return text, _title(document.info), tuple(problems)


def _sign_of(radical: re.Match[str]) -> str:
    return _UNNAMED.get(radical.group()) or unicodedata.normalize("NFKC", radical.group())


def _refuse_bombs(contents: Iterable[object]) -> None:
    """Look at how long a page's drawing unpacks before the library unpacks it whole."""
    from pdfminer.pdftypes import PDFStream, resolve1  # noqa: PLC0415 - see read_pdf

    room = MAX_PAGE_BYTES
    for content in contents:
        stream = resolve1(content)
        packed = (stream.rawdata or b"") if isinstance(stream, PDFStream) else b""
        with suppress(zlib.error):
            room -= len(zlib.decompressobj().decompress(packed, room + 1))
        if room < 0 or len(packed) > MAX_PAGE_BYTES:
            raise ParseError(f"a page of the PDF unpacks to over {MAX_PAGE_BYTES} bytes")


def _title(info: object) -> str:
    from pdfminer.pdftypes import resolve1  # noqa: PLC0415 - see read_pdf
    from pdfminer.utils import decode_text  # noqa: PLC0415 - see read_pdf

    first = info[0] if isinstance(info, list) and info and isinstance(info[0], dict) else {}
    raw = resolve1(first.get("Title", b""))
    title = literal(decode_text(raw)) if isinstance(raw, bytes) else ""
    return "" if title.lower().endswith((".doc", ".docx", ".wps", ".pdf")) or len(title) < 4 else title
