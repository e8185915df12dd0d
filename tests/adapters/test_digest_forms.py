"""The weekly digest as its readers get it: HTML, a mail, a PDF; its words, and the bounds of its week."""

import string
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pdfminer.high_level import extract_pages, extract_text
from pdfminer.layout import LTChar
from reportlab.pdfbase import pdfmetrics

from tests.adapters.digest_samples import (
    alert,
    digest,
    exhibit,
    week,
)
from warning import report
from warning.errors import ConfigError
from warning.report import pdf
from warning.report.mail import digest_mail
from warning.report.render import as_html, as_text
from warning.report.week import last_full_week, week_bounds
from warning.report.words import LANGUAGES, digest_words
from warning.resources import tree

MAIL_LIMIT_BYTES = 80 * 1024


def test_digest_html_escapes_what_publishers_wrote_and_needs_nothing_from_outside():
    hostile = alert(exhibits=(exhibit(title='<script>alert("x")</script> & more'),))
    html = as_html(digest("en", week(versions=(hostile,))))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "Wire &lt;service&gt;" in html
    assert "http" not in html.replace("http-equiv", "")
    assert len(html.encode()) < MAIL_LIMIT_BYTES


def test_digest_html_stays_under_the_clipping_limit_in_a_very_busy_week():
    versions = tuple(alert(key=f"a-{n:04d}") for n in range(120))
    html = as_html(digest("ko", week(versions=versions, standing=versions)))
    assert len(html.encode()) <= MAIL_LIMIT_BYTES
    shown = html.count("MOFCOM-GACC 2023/23 ·")
    assert 20 < shown < 120
    assert digest_words("ko").say("line.more", count=120 - shown) in html


def test_digest_mail_is_text_then_html_and_the_same_twice():
    once, again = (
        digest_mail(digest("ja"), sender="Warning <w@example.org>", recipient="d@example.org")
        for _ in range(2)
    )
    assert once == again
    assert once.index(b"text/plain") < once.index(b"text/html")
    assert b"Auto-Submitted: auto-generated" in once


def test_digest_catalogues_hold_the_same_keys_and_places():
    catalogues = {language: digest_words(language).templates for language in LANGUAGES}
    english = catalogues["en"]
    for language, templates in catalogues.items():
        assert templates.keys() == english.keys(), language
        for key, sentence in templates.items():
            assert _places(sentence) == _places(english[key]), f"{language} {key}"


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_week_bounds_follow_the_desks_clock_change():
    since, until = week_bounds("2025-W10", "America/New_York")
    assert until - since == timedelta(days=7, hours=-1)
    assert since == datetime(2025, 3, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-47", "2026-W60", "2025-W53", "W47"])
def test_week_bounds_refuse_what_is_no_week(written):
    with pytest.raises(ConfigError, match="W"):
        week_bounds(written, "UTC")


def test_last_full_week_depends_on_the_desks_zone():
    monday_in_seoul = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert last_full_week(monday_in_seoul, "Asia/Seoul") == "2026-W47"
    assert last_full_week(monday_in_seoul, "America/New_York") == "2026-W46"


@pytest.mark.parametrize("language", LANGUAGES)
def test_digest_pdf_carries_its_letters_and_reads_as_the_text_does(language):
    content = pdf.as_pdf(digest(language))
    assert content == pdf.as_pdf(digest(language))
    read = "".join(extract_text(BytesIO(content)).split())
    for line in as_text(digest(language)).splitlines():
        assert "".join(line.replace("\u301c", "\uff5e").split()) in read
    assert b"/FontFile2" in content
    drawn = {letter.fontname for letter in _letters(extract_pages(BytesIO(content)))}
    assert drawn
    assert all(name.endswith(f"+{pdf.FONT}-0") for name in drawn), "every letter is of a font inside the file"


def test_digest_pdf_has_every_letter_of_the_shipped_words():
    pdf.as_pdf(digest())
    known = pdfmetrics.getFont(pdf.FONT).face.charToGlyph
    shipped = [*tree("rules").glob("terms/*.yaml"), *Path(report.__file__).parent.glob("messages/*.toml")]
    letters = {letter for path in shipped for letter in path.read_text(encoding="utf-8") if letter > " "}
    assert len(letters) > 500
    assert {letter for letter in letters if ord(letter) not in known} <= {pdf.WAVE_DASH}


def _letters(part):
    if isinstance(part, LTChar):
        yield part
    elif isinstance(part, Iterable):
        for smaller in part:
            yield from _letters(smaller)


def test_digest_pdf_links_addresses_and_obeys_no_markup_of_a_headline():
    pdf.as_pdf(digest())
    said = pdf._paragraph("<b>see</b> https://example.org/a?b=1&c=2 now", "line")
    assert said.getPlainText() == "<b>see</b> https://example.org/a?b=1&c=2 now"
    linked = [address for part in said.frags for _, address in getattr(part, "link", ())]
    assert set(linked) == {"https://example.org/a?b=1&c=2"}
