"""Documents without a catalogue entry: only the family of the format is known, the rest is guessed."""

from collections.abc import Callable, Mapping

from warning.collect.cap_alerts import parse_cap
from warning.collect.decode import decode
from warning.collect.file_text import parse_file
from warning.collect.html_list import guess_list
from warning.collect.json_api import guess_entries
from warning.collect.listing import parse_listing
from warning.collect.listing_guess import guess_listing
from warning.collect.mail_items import parse_mail
from warning.collect.parse import guarded
from warning.collect.rss import parse_rss
from warning.collect.sitemap import parse_sitemap
from warning.collect.table import guess_figures
from warning.collect.xml_items import guess_xml
from warning.core.documents import Document, Parsed
from warning.core.formats_documents import CapFormat, MailFormat, PdfFormat, SitemapFormat
from warning.core.sources import SourceProfile


def _rss(document: Document, profile: SourceProfile) -> Parsed:
    return parse_rss(document, profile)


def _listing(document: Document, _profile: SourceProfile) -> Parsed:
    found = guess_listing(decode(document.body, document.content_type).text)
    if found is None:
        return Parsed(problems=("no list of entries found",))
    return parse_listing(document, found)


GUESSERS: Mapping[str, Callable[[Document, SourceProfile], Parsed]] = {
    "rss": _rss,
    "html_list": guess_list,
    "json": guess_entries,
    "table": guess_figures,
    "listing": _listing,
    "xml": guess_xml,
    "sitemap": lambda document, profile: parse_sitemap(document, SitemapFormat(format="sitemap"), profile),
    "cap": lambda document, profile: parse_cap(document, CapFormat(format="cap"), profile),
    "pdf": lambda document, profile: parse_file(document, PdfFormat(format="pdf"), profile),
    "mail": lambda document, profile: parse_mail(document, MailFormat(format="mail"), profile),
}


def guess(document: Document, family: str, profile: SourceProfile) -> Parsed:
    """Read a document as one of the families of `GUESSERS`. Raises ParseError, and nothing else."""
    return guarded(document, lambda: GUESSERS[family](document, profile))
