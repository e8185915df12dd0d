"""The one door to every parser: a document and how its source says it is to be read -> evidence."""

from collections.abc import Callable, Mapping
from typing import Any

from warning.collect.cap_alerts import parse_cap
from warning.collect.file_text import is_file, parse_file, read_file_text
from warning.collect.html_list import parse_detail as read_detail
from warning.collect.html_list import parse_html_list
from warning.collect.json_api import parse_json
from warning.collect.listing import parse_listing
from warning.collect.mail_items import parse_mail
from warning.collect.parse_time_limit import time_limit
from warning.collect.sitemap import parse_sitemap
from warning.collect.table import parse_table
from warning.collect.text import BODY_CHARACTERS
from warning.collect.xml_items import parse_xml
from warning.core.documents import Document, Parsed
from warning.core.formats import Format, HtmlListFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

Parser = Callable[[Document, Any, SourceProfile, frozenset[str]], Parsed]


def _no_document(*_: object) -> Parsed:
    raise ParseError("files of a drop folder are read by their names: `warning feeds parse FILE --as ...`")


def _rss(document: Document, _layout: object, profile: SourceProfile, known: frozenset[str]) -> Parsed:
    # feedparser takes 6 MB, and a service reads in processes of their own
    from warning.collect.rss import parse_rss  # noqa: PLC0415

    return parse_rss(document, profile, known)


PARSERS: Mapping[str, Parser] = {
    "rss": _rss,
    "html_list": lambda document, layout, profile, _known: parse_html_list(document, layout, profile),
    "json": lambda document, layout, profile, _known: parse_json(document, layout, profile),
    "table": lambda document, layout, profile, _known: parse_table(document, layout, profile),
    "listing": lambda document, layout, _profile, _known: parse_listing(document, layout),
    "xml": lambda document, layout, profile, _known: parse_xml(document, layout, profile),
    "sitemap": lambda document, layout, profile, _known: parse_sitemap(document, layout, profile),
    "cap": lambda document, layout, profile, _known: parse_cap(document, layout, profile),
    "pdf": lambda document, layout, profile, _known: parse_file(document, layout, profile),
    "mail": lambda document, layout, profile, _known: parse_mail(document, layout, profile),
    "file": _no_document,
}

MAX_DOCUMENT_BYTES = 64_000_000
PARSE_SECONDS = 60.0


def parse(
    document: Document,
    format: Format,  # noqa: A002 - the word of the catalogue
    profile: SourceProfile,
    *,
    known: frozenset[str] = frozenset(),
) -> Parsed:
    """Read one document as its source declares. The same document always gives the same evidence.

    `known` are the marks of entries read before (`Parsed.entry_hashes` of the last poll). Raises ParseError,
    and nothing else, when the document as a whole is not what was declared; faults of single entries are
    `Parsed.problems`.
    """
    return guarded(document, lambda: PARSERS[format.format](document, format, profile, known))


def guarded(document: Document, read: Callable[[], Parsed]) -> Parsed:
    """Run a parser within the limits of size and time, its exhaustion told as ParseError."""
    if len(document.body) > MAX_DOCUMENT_BYTES:
        raise ParseError(f"{len(document.body)} bytes; documents over {MAX_DOCUMENT_BYTES} are not read")
    try:
        with time_limit(PARSE_SECONDS):
            return read()
    except (RecursionError, MemoryError) as wrong:
        raise ParseError(f"the document exhausts its reader: {type(wrong).__name__}") from wrong


def parse_detail(document: Document, format: HtmlListFormat) -> tuple[str, tuple[str, ...]]:  # noqa: A002 - the word of the catalogue
    """Return the main text of what stands behind a list entry's link, of a page by `detail` or of a file.

    Second is what of a file only a person can read.
    """
    return parse_annex(document) if is_file(document.body) else (read_detail(document, format)[0], ())


def parse_annex(document: Document) -> tuple[str, tuple[str, ...]]:
    """Return the text of a notice's annex and what of it only a person can read. Raises ParseError for what is no file to be read."""
    text, _, problems = read_file_text(document.body)
    return text[:BODY_CHARACTERS], problems
