"""The one door to every parser: a document and how its source says it is to be read -> evidence."""

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from warning.collect.parse_time_limit import time_limit
from warning.collect.text import BODY_CHARACTERS
from warning.core.documents import Document, Parsed
from warning.core.formats import Format, HtmlListFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

Parser = Callable[[Document, Any, SourceProfile, frozenset[str]], Parsed]


class _Late:
    """A parser `module:function` that is loaded when it first reads: those that nobody needs take no memory.

    A service reads in processes of its own and needs none itself: all of them with their libraries take 25 MB.
    """

    def __init__(
        self, place: str, arguments: Callable[[Document, Any, SourceProfile, frozenset[str]], tuple[Any, ...]]
    ) -> None:
        self._module, _, self._name = place.partition(":")
        self._arguments = arguments

    def load(self) -> Callable[..., Parsed]:
        return getattr(importlib.import_module(f"warning.collect.{self._module}"), self._name)  # type: ignore[no-any-return]

    def __call__(
        self, document: Document, layout: Any, profile: SourceProfile, known: frozenset[str]
    ) -> Parsed:
        return self.load()(*self._arguments(document, layout, profile, known))


def _plainly(place: str) -> _Late:
    return _Late(place, lambda document, layout, profile, _known: (document, layout, profile))


def _no_document(*_: object) -> Parsed:
    raise ParseError("files of a drop folder are read by their names: `warning feeds parse FILE --as ...`")


PARSERS: Mapping[str, Parser] = {
    "rss": _Late("rss:parse_rss", lambda document, _layout, profile, known: (document, profile, known)),
    "html_list": _plainly("html_list:parse_html_list"),
    "json": _plainly("json_api:parse_json"),
    "table": _plainly("table:parse_table"),
    "listing": _Late("listing:parse_listing", lambda document, layout, _profile, _known: (document, layout)),
    "xml": _plainly("xml_items:parse_xml"),
    "sitemap": _plainly("sitemap:parse_sitemap"),
    "cap": _plainly("cap_alerts:parse_cap"),
    "pdf": _plainly("file_text:parse_file"),
    "mail": _plainly("mail_items:parse_mail"),
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


def load_parsers(formats: Iterable[str]) -> None:
    """Load what documents of these formats are read with, for processes that are to share it."""
    for name in formats:
        parser = PARSERS[name]
        if isinstance(parser, _Late):
            parser.load()


def parse_detail(document: Document, format: HtmlListFormat) -> tuple[str, tuple[str, ...]]:  # noqa: A002 - the word of the catalogue
    """Return the main text of what stands behind a list entry's link, of a page by `detail` or of a file.

    Second is what of a file only a person can read.
    """
    from warning.collect.file_text import is_file  # noqa: PLC0415 - loaded by who reads
    from warning.collect.html_list import parse_detail as read_detail  # noqa: PLC0415 - as above

    return parse_annex(document) if is_file(document.body) else (read_detail(document, format)[0], ())


def parse_detail_page(
    document: Document,
    format: HtmlListFormat,  # noqa: A002 - the word of the catalogue
) -> tuple[str, tuple[str, ...]]:
    """Return what `parse_detail` does. Raises ParseError where something else stands in the page's place."""
    from warning.collect.barriers import barrier_in  # noqa: PLC0415 - loaded by who reads

    barrier = barrier_in(document.body, document.content_type, url=document.url)
    if barrier is not None:
        raise ParseError(barrier.cause)
    return parse_detail(document, format)


def parse_annex(document: Document) -> tuple[str, tuple[str, ...]]:
    """Return the text of a notice's annex and what of it only a person can read. Raises ParseError for what is no file to be read."""
    from warning.collect.file_text import read_file_text  # noqa: PLC0415 - loaded by who reads

    text, _, problems = read_file_text(document.body)
    return text[:BODY_CHARACTERS], problems
