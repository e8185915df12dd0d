"""The digest as PDF, from the blocks of its text form. Reasons for the library: docs/decisions/0006-digest-as-pdf.md.

The Asian fonts are named, not carried: every reader brings its own (HeiseiKakuGo, HYGothic, STSong and what stands in
for them). Text can be searched and copied. The same digest gives the same bytes.
"""

import re
import unicodedata
from functools import cache
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from warning.report.document import DigestDocument
from warning.report.render import as_blocks, subject

FONTS = {"ja": "HeiseiKakuGo-W5", "ko": "HYGothic-Medium", "zh": "STSong-Light"}
LATIN = "Helvetica"
# Outside Latin-1 Helvetica has no letters; these stand for the signs our own words use.
PLAIN = str.maketrans(
    {
        "\u2013": "-",
        "\u2014": "-",
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u2192": "->",
    }
)
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
KANA = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
MARGIN = 18 * mm


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
    story: list[Any] = [Paragraph(_mixed(head[1], document.language), _style("title", 15, bold=True))]
    story += [Paragraph(_mixed(line, document.language), _style("line", 9.5)) for line in head[2:]]
    for title, *lines in blocks:
        story += [
            Spacer(1, 3 * mm),
            Paragraph(_mixed(title, document.language), _style("heading", 11.5, bold=True)),
        ]
        story += [Paragraph(_mixed(line, document.language), _style("line", 9.5)) for line in lines]
    mark = head[0]

    def marked(canvas: Any, page: Any) -> None:
        canvas.setFont(LATIN, 8)
        canvas.drawString(MARGIN, A4[1] - 11 * mm, mark)
        canvas.drawString(MARGIN, 9 * mm, mark)
        canvas.drawRightString(A4[0] - MARGIN, 9 * mm, f"{document.desk_id} {document.week}  {page.page}")

    pages.build(story, onFirstPage=marked, onLaterPages=marked)
    return target.getvalue()


@cache
def _register() -> None:
    for font in FONTS.values():
        pdfmetrics.registerFont(UnicodeCIDFont(font))


@cache
def _style(name: str, size: float, *, bold: bool = False) -> ParagraphStyle:
    font = f"{LATIN}-Bold" if bold else LATIN
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=size * 1.45,
        alignment=TA_LEFT,
        wordWrap="CJK",
        spaceAfter=1.2 * mm,
    )


def _mixed(text: str, language: str) -> str:
    """Mark up each run of letters with a font that has them: a title may be Chinese in a Korean digest."""
    plain = unicodedata.normalize("NFC", text).translate(PLAIN)
    runs: list[tuple[str, str]] = []
    asian = _asian_font(plain, language)
    for letter in plain:
        font = LATIN if letter <= "\xff" else FONTS["ko"] if HANGUL.match(letter) else asian
        if runs and runs[-1][0] == font:
            runs[-1] = (font, runs[-1][1] + letter)
        else:
            runs.append((font, letter))
    return "".join(
        escape(run) if font == LATIN else f'<font name="{font}">{escape(run)}</font>' for font, run in runs
    )


def _asian_font(text: str, language: str) -> str:
    """Han characters look as the line's own language writes them."""
    if KANA.search(text):
        return FONTS["ja"]
    if HANGUL.search(text):
        return FONTS["ko"]
    return FONTS.get(language, FONTS["zh"]) if language == "ja" else FONTS["zh"]
