"""The one door to every parser: a document and how its source says it is to be read -> evidence."""

from collections.abc import Callable, Mapping
from typing import Any

from warning.collect.html_list import parse_detail as read_detail
from warning.collect.html_list import parse_html_list
from warning.collect.json_api import parse_json
from warning.collect.listing import parse_listing
from warning.collect.parse_time_limit import time_limit
from warning.collect.rss import parse_rss
from warning.collect.table import parse_table
from warning.core.documents import Document, Parsed
from warning.core.formats import Format, HtmlListFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

Parser = Callable[[Document, Any, SourceProfile, frozenset[str]], Parsed]

PARSERS: Mapping[str, Parser] = {
    "rss": lambda document, _layout, profile, known: parse_rss(document, profile, known),
    "html_list": lambda document, layout, profile, _known: parse_html_list(document, layout, profile),
    "json": lambda document, layout, profile, _known: parse_json(document, layout, profile),
    "table": lambda document, layout, profile, _known: parse_table(document, layout, profile),
    "listing": lambda document, layout, _profile, _known: parse_listing(document, layout),
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


def parse_detail(document: Document, format: HtmlListFormat) -> str:  # noqa: A002 - the word of the catalogue
    """Return the main text of the page behind a list entry's link, by `detail`, else the page's longest text."""
    return read_detail(document, format)[0]
