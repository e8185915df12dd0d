"""What a document says comes next: the following page, the file a page links to, the sitemaps of an index.

These are called where documents are read, and named by who asks: what they read with is loaded over there.
"""

import json

from warning.collect.text import safe_link
from warning.core.documents import Document
from warning.core.formats_documents import SitemapFormat
from warning.errors import ParseError

MAX_PAGE_CHARACTERS = 20_000_000


def next_said(document: Document, path: str) -> str:
    """Return the text or number at a path of a JSON answer, nothing when there is none."""
    from warning.collect.decode import decode  # noqa: PLC0415 - loaded by who reads
    from warning.collect.json_api import follow  # noqa: PLC0415 - as above

    try:
        found = follow(json.loads(decode(document.body, document.content_type).text, strict=False), path)
    except (ValueError, RecursionError):
        return ""
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return str(found)[:2_000]


def first_link(document: Document, selector: str) -> str:
    """Return where the first link a CSS selector finds leads to; nothing when it finds none."""
    links = links_at(document, selector, 1)
    return links[0] if links else ""


def links_at(document: Document, selector: str, most: int) -> tuple[str, ...]:
    """Return the addresses of the links a selector finds, each once. Raises ParseError for what is no selector."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError  # noqa: PLC0415 - loaded by who reads

    from warning.collect.decode import decode  # noqa: PLC0415 - as above

    try:
        tree = LexborHTMLParser(decode(document.body, document.content_type).text[:MAX_PAGE_CHARACTERS])
        nodes = tree.css(selector)
    except (SelectolaxError, ValueError, RuntimeError) as wrong:
        raise ParseError(f"{selector!r} finds nothing that can be read ({wrong})") from wrong
    links = (safe_link(node.attributes.get("href") or "", document.url) for node in nodes)
    return tuple(dict.fromkeys(link for link in links if link))[:most]


def sitemaps_of(document: Document, layout: SitemapFormat) -> tuple[str, ...]:
    """Return the sitemaps an index names (`collect/sitemap.py`)."""
    from warning.collect import sitemap  # noqa: PLC0415 - loaded by who reads

    return sitemap.sitemaps_of(document, layout)
