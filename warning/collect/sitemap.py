"""Sitemaps -> items: the addresses a site says it has, with the titles and times of news sitemaps."""

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import unquote, urlsplit

from lxml import etree

from warning.collect.feed_items import RawEntry, items_from
from warning.collect.text import safe_link
from warning.collect.times import read_time
from warning.collect.xml_read import child_text, local_name, read_xml_document
from warning.core.documents import Document, Parsed
from warning.core.formats_documents import SitemapFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

MAX_UNPACKED_BYTES = 60_000_000
_GZIP = b"\x1f\x8b"
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
_WORDS = re.compile(r"[-_+]+")


def parse_sitemap(document: Document, layout: SitemapFormat, profile: SourceProfile) -> Parsed:
    """Read a sitemap; an index of sitemaps has no items of its own (`sitemaps_of` gives its addresses)."""
    root, problems = read_xml_document(unpacked(document))
    if _is_index(root):
        return Parsed(problems=problems, seen=len(_children(root, "sitemap")))
    if local_name(root) != "urlset":
        raise ParseError(f"a sitemap begins with urlset or sitemapindex; this begins with {local_name(root)}")
    entries = _children(root, "url")
    kept = [entry for entry in entries if _is_wanted(child_text(entry, "loc"), layout)]
    newest = sorted(kept, key=lambda entry: _moment(entry, profile.country), reverse=True)[: layout.newest]
    items, faults = items_from([_raw(entry) for entry in newest], document, profile)
    return Parsed(items=items, problems=(*problems, *faults), seen=len(entries))


def sitemaps_of(document: Document, layout: SitemapFormat) -> tuple[str, ...]:
    """Return the sitemaps an index names, the latest first, at most `follow`; nothing when it is no index.

    Only those on the index's own host: an index is no invitation to ask anybody else.
    """
    root, _ = read_xml_document(unpacked(document))
    if not _is_index(root):
        return ()
    host = urlsplit(document.url).hostname
    named = [(_moment(entry, ""), child_text(entry, "loc")) for entry in _children(root, "sitemap")]
    latest = sorted(named, key=lambda pair: pair[0], reverse=True)
    links = (safe_link(link, document.url) for _, link in latest if _is_wanted(link, layout))
    return tuple(dict.fromkeys(link for link in links if urlsplit(link).hostname == host))[: layout.follow]


def unpacked(document: Document) -> Document:
    """Return the document with its body unpacked when it is gzip. Raises ParseError over 60 MB."""
    if not document.body.startswith(_GZIP):
        return document
    try:
        body = gzip.GzipFile(fileobj=BytesIO(document.body)).read(MAX_UNPACKED_BYTES + 1)
    except (OSError, EOFError, zlib.error) as wrong:
        raise ParseError(f"the packed sitemap is damaged: {wrong}") from wrong
    if len(body) > MAX_UNPACKED_BYTES:
        raise ParseError(f"the sitemap unpacks to over {MAX_UNPACKED_BYTES} bytes")
    return replace(document, body=body, content_type="")


def _is_index(root: etree._Element) -> bool:
    return local_name(root) == "sitemapindex"


def _children(root: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in root if local_name(child) == name]


def _is_wanted(link: str, layout: SitemapFormat) -> bool:
    if any(part in link for part in layout.never):
        return False
    return not layout.only or any(part in link for part in layout.only)


def _moment(entry: etree._Element, country: str) -> datetime:
    dates = (read_time(date, country) for date in _dates(entry))
    return next((moment for moment in dates if moment is not None), _LONG_AGO)


def _dates(entry: etree._Element) -> Sequence[str]:
    news = next((child for child in entry if local_name(child) == "news"), None)
    own = child_text(news, "publication_date") if news is not None else ""
    return [date for date in (own, child_text(entry, "lastmod")) if date]


def _raw(entry: etree._Element) -> RawEntry:
    link = child_text(entry, "loc")
    news = next((child for child in entry if local_name(child) == "news"), None)
    title = child_text(news, "title") if news is not None else ""
    keywords = child_text(news, "keywords") if news is not None else ""
    return RawEntry(
        external_id=link, link=link, title=title or _named(link), summary=keywords, dates=_dates(entry)
    )


def _named(link: str) -> str:
    """The last words of an address, for entries without a title: /2026/08/rare-earth-quota.html."""
    last = unquote(urlsplit(link).path.rstrip("/").rpartition("/")[2]).partition(".")[0]
    words = _WORDS.sub(" ", last).strip()
    return words if any(ch.isalpha() for ch in words) else link
