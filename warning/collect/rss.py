"""RSS 0.9 to 2.0, RDF, Atom, CDF and JSON Feed -> items.

The reading itself is feedparser's, the most tolerant there is. We give it UTF-8 (decoded by our own rules), no
markup cleaning (we keep no markup), and only the entries that were not read before.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from warning.collect.decode import Decoded, decode
from warning.collect.feed_items import RawEntry, items_from
from warning.collect.feed_json import entries_of, is_json_feed
from warning.collect.feed_lean import Texts
from warning.collect.feed_split import Split, split_feed
from warning.core.documents import Document, Parsed, Remark
from warning.core.phrases import counted
from warning.core.sources import SourceProfile
from warning.errors import ParseError

MAX_ENTITY_BYTES = 2_000_000

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}?\?>", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:x0*([0-9a-f]{1,8})|0*([0-9]{1,8}));", re.IGNORECASE)
_ENTITY = re.compile(r"""<!ENTITY\s+(%?)\s*([\w.:-]+)\s+(?:SYSTEM|PUBLIC|"([^"]*)"|'([^']*)')""")
_CDF = re.compile(r"(?:\s*<(?:\?[^>]{0,300}|!--.{0,2000}?--)>)*\s*<channel\b", re.IGNORECASE | re.DOTALL)
# Without any of these elements feedparser finds nothing, and on large pages it takes long over it.
_BONES = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel|item|entry)\b", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_HTML = re.compile(
    r"^\s*(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


def parse_rss(document: Document, profile: SourceProfile, known: frozenset[str] = frozenset()) -> Parsed:
    """Read a feed. Raises ParseError when the document is no feed at all or attacks its reader."""
    decoded = decode(document.body, document.content_type)
    text = decoded.text.lstrip("\ufeff \t\r\n\x00")
    if not text:
        raise ParseError("the document is empty, a feed is wanted")
    if text[0] in "{[":
        return _from_json(text, decoded, document, profile)
    if not _BONES.search(text):
        raise ParseError(_not_a_feed(text))
    _refuse_entity_bombs(text)
    return _from_xml(text, decoded, document, profile, known)


def _from_json(text: str, decoded: Decoded, document: Document, profile: SourceProfile) -> Parsed:
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError) as wrong:
        raise ParseError(f"neither XML nor JSON: {wrong}") from wrong
    if not is_json_feed(data):
        raise ParseError("JSON, but not a JSON Feed (no items list); read it with `format: json`")
    entries = list(entries_of(data))
    items, problems = items_from(entries, document, profile)
    return Parsed(items=items, problems=(*decoded.problems, *problems), seen=len(entries))


def _from_xml(
    text: str, decoded: Decoded, document: Document, profile: SourceProfile, known: frozenset[str]
) -> Parsed:
    cleaned, xml = possible_xml(text)
    split = None if "<!DOCTYPE" in cleaned[:4096] else split_feed(xml, known, profile.country)
    if split is not None and not split.rest:
        return Parsed(problems=decoded.problems, seen=split.total, entry_hashes=split.hashes)
    feed, entries = _read(split, xml)
    if not entries and not feed.get("version") and not _CDF.match(cleaned):
        raise ParseError(_not_a_feed(cleaned))
    items, problems = items_from(entries, document, profile)
    odd = (*_malformed(feed, split.rest if split else xml, len(entries)), *_removed(text, cleaned))
    return Parsed(
        items=items,
        problems=(*decoded.problems, *odd, *problems),
        seen=split.total if split else len(entries),
        entry_hashes=split.hashes if split else frozenset(),
    )


def possible_xml(text: str) -> tuple[str, bytes]:
    """Return a document without what no XML may hold, and that as UTF-8 which says so."""
    cleaned = _REFERENCE.sub(_possible, _NOT_XML.sub("", text))
    return cleaned, _DECLARATION.sub('<?xml version="1.0" encoding="utf-8"?>', cleaned, count=1).encode()


def _read(split: Split | None, xml: bytes) -> tuple[Mapping[str, Any], list[RawEntry]]:
    """The feed and its entries: the simple ones, else from the lean document unless that says less than the whole."""
    if split is not None and split.entries is not None:
        return {}, list(split.entries)
    if split is not None and split.lean:
        feed = _feedparser(split.lean)
        entries = [_raw(entry, split.texts) for entry in feed["entries"]]
        if not feed.get("bozo") and all(e.link or e.title or e.summary or e.body for e in entries):
            return feed, entries
    feed = _feedparser(split.rest if split else xml)
    return feed, [_raw(entry, Texts()) for entry in feed["entries"]]


def _possible(reference: re.Match[str]) -> str:
    """Drop a reference to what is no character: one of them would cost the whole feed."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    no_character = code > 0x10FFFF or _NOT_XML.match(chr(code)) is not None
    return "" if no_character else reference[0]


def _feedparser(xml: bytes) -> Mapping[str, Any]:
    # Without the document's address: we resolve links ourselves, and feedparser would do it for every element.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        feed: Mapping[str, Any] = feedparser.parse(
            BytesIO(xml), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as wrong:
        raise ParseError(f"the feed cannot be read: {type(wrong).__name__}: {wrong}") from wrong
    return feed


def _raw(entry: dict[str, Any], texts: Texts) -> RawEntry:
    """Read feedparser's entry as a plain dictionary: its own look-ups mix up published and updated."""

    def get(key: str) -> Any:
        return dict.get(entry, key)

    bodies = [
        texts.restored(str(dict.get(part, "value") or ""))
        for part in get("content") or ()
        if isinstance(part, dict)
    ]
    summary = texts.restored(_text(get("summary")))
    body = max(bodies, key=len, default="")
    written = [_text(get(key)) for key in ("published", "updated", "created")]
    understood = [_utc(get(f"{key}_parsed")) for key in ("published", "updated", "created")]
    dates = [date for pair in zip(written, understood, strict=True) for date in pair if date]
    return RawEntry(
        external_id=_text(get("id")),
        link=_text(get("link")),
        title=texts.restored(_text(get("title"))),
        summary=summary or body,
        body=body if summary else "",
        dates=tuple(dates),
        otherwise=_anything(entry),
    )


def _anything(entry: object, depth: int = 0) -> str:
    """The first word an entry says anywhere, for entries without title, text and link."""
    if isinstance(entry, str):
        return entry.strip()
    if depth > 3 or not isinstance(entry, dict | list):
        return ""
    parts = (dict.get(entry, key) for key in sorted(entry)) if isinstance(entry, dict) else iter(entry)
    return next(filter(None, (_anything(part, depth + 1) for part in parts)), "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _utc(parsed: Any) -> datetime | None:
    """Feedparser's struct_time, for the odd formats that only it knows."""
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) if year >= 1900 else None
    except (TypeError, ValueError):
        return None


def _refuse_entity_bombs(text: str) -> None:
    """Entities that expand entities, or that would grow the document beyond reason, are an attack."""
    if "<!ENTITY" not in text:
        return
    grown = 0
    for number, match in enumerate(_ENTITY.finditer(text)):
        value = match[3] or match[4] or ""
        if match[1] or number > 500 or re.search(r"&(?!#|amp;|lt;|gt;|quot;|apos;)\w", value):
            raise ParseError(
                "the DOCTYPE declares entities made of entities: refused, as an expansion attack"
            )
        grown += len(value) * text.count(f"&{match[2]};")
    if grown > MAX_ENTITY_BYTES:
        raise ParseError(f"entities would expand to {grown} characters: refused, as an expansion attack")


def _malformed(feed: Mapping[str, Any], given: bytes, read: int) -> tuple[str, ...]:
    """What is wrong with the XML that was given to feedparser, which yielded `read` entries: a remark where none is lost."""
    fault = feed.get("bozo_exception")
    if not feed.get("bozo") or fault is None or "Encoding" in type(fault).__name__:
        return ()
    told = f"not well-formed ({str(fault)[:120]})"
    if _is_whole(given.decode("utf-8", "replace"), read):
        return (Remark(f"{told}; every entry was read"),)
    return (f"{told}; read as far as it goes",)


def _is_whole(given: str, read: int) -> bool:
    """Whether each entry that begins was read and the feed ends behind the last one: it was not cut off."""
    begun = [match.start() for match in _ENTRY.finditer(given)]
    return len(begun) == read and _END.search(given, begun[-1] if begun else 0) is not None


def _removed(text: str, cleaned: str) -> tuple[str, ...]:
    removed = len(text) - len(cleaned)
    return (Remark(f"{counted(removed, 'control character')} removed"),) if removed else ()


def _not_a_feed(text: str) -> str:
    if _HTML.match(text[:2000]):
        return "an HTML page, not a feed (an error page, a login or a moved address?)"
    if match := re.search(r"<([A-Za-z_][\w:.-]*)", text[:2000]):
        return f"the root element <{match[1]}> is not a feed; rss, feed or rdf:RDF is wanted"
    return f"not a feed: it starts with {text[:40]!r}"
