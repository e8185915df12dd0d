"""The digest as PDF, from the blocks of its text form. Reasons for the library: docs/decisions/0006-digest-as-pdf.md.

The letters used of an open font (WenQuanYi Micro Hei: Latin, Han, kana and Hangul) are carried inside, so that a reader without
any font shows them. Text can be searched and copied. The same digest gives the same bytes.
"""

import re
import unicodedata
from functools import cache
from html import escape
from importlib.resources import as_file, files
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate

from warning.report.document import DigestDocument
from warning.report.render import as_blocks, subject

FONT = "WenQuanYiMicroHei"
LINK = re.compile(r"https?://[^\s<>\"&;]+(?:&amp;[^\s<>\"&;]+)*")
# The font has the full-width tilde alone, which looks the same.
WAVE_DASH = "\u301c"
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
MARGIN = 18 * mm
# Size in points, room above and indent in millimetres, colour: one weight of type is carried, so size and colour tell ranks.
STYLES = {
    "title": (15.0, 0.0, 0.0, "#1f4e79"),
    "heading": (11.5, 4.0, 0.0, "#1f4e79"),
    "line": (9.5, 0.0, 0.0, "#000000"),
    "foot": (8.5, 2.0, 0.0, "#333333"),
    "below": (9.0, 0.0, 5.0, "#333333"),
}


def as_pdf(document: DigestDocument) -> bytes:
    """Return the digest as A4 pages; the marking stands at the head and foot of each."""
    _register()
    target = BytesIO()
    said = subject(document)
    pages = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=said, author="Early warning", invariant=1, lang=document.language,
    )  # fmt: skip
    head, *blocks = as_blocks(document)
    story: list[Any] = [_paragraph(head[1], "title"), *(_paragraph(line, "line") for line in head[2:])]
    *sections, foot = blocks
    for title, *lines in sections:
        story += [_paragraph(title, "heading"), *map(_entry, lines)]
    story += [_paragraph(line, "foot") for line in foot]
    mark = head[0]

    def marked(canvas: Any, page: Any) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawString(MARGIN, A4[1] - 11 * mm, mark)
        canvas.drawString(MARGIN, 9 * mm, mark)
        canvas.drawRightString(A4[0] - MARGIN, 9 * mm, f"{document.desk_id} {document.week}  {page.page}")

    pages.build(story, onFirstPage=marked, onLaterPages=marked)
    return target.getvalue()


@cache
def _register() -> None:
    """Read the font once. Its two faces stand in one file; the first is the proportional one."""
    with as_file(files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc") as path:
        pdfmetrics.registerFont(TTFont(FONT, path, subfontIndex=0))


def _entry(text: str) -> Any:
    """One entry with its lines below it; short ones stay on one page."""
    first, *more = text.split("\n")
    parts = [_paragraph(first, "line"), *(_paragraph(line.strip(), "below") for line in more)]
    return KeepTogether(parts) if len(parts) > 1 else parts[0]


def _paragraph(text: str, kind: str) -> Paragraph:
    """Only lines with Han or kana may break anywhere; addresses can be clicked, nothing else is markup."""
    said = unicodedata.normalize("NFC", text).replace(WAVE_DASH, "\uff5e")
    marked = LINK.sub(
        lambda found: f'<link href="{found[0]}" color="#1f4e79">{found[0]}</link>', escape(said)
    )
    return Paragraph(marked, _style(kind, breaks_anywhere=bool(UNSPACED.search(said))))


@cache
def _style(kind: str, *, breaks_anywhere: bool) -> ParagraphStyle:
    size, before, indent, colour = STYLES[kind]
    return ParagraphStyle(
        kind,
        fontName=FONT,
        fontSize=size,
        leading=size * 1.45,
        textColor=colour,
        wordWrap="CJK" if breaks_anywhere else None,
        splitLongWords=1,
        spaceBefore=before * mm,
        spaceAfter=1.2 * mm,
        leftIndent=indent * mm,
        keepWithNext=kind == "heading",
    )
