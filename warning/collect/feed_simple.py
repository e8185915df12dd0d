"""Entries of RSS that hold nothing unusual, read from the tree that marking them needs anyway.

The full parser's answer depends on little in such a feed, and is given here in a tenth of its time. Whatever is not
known to be simple (an element twice, an attribute, a namespace, a date only the full parser reads) is left to it, and
with one such entry all of them.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from xml.parsers import expat

from lxml import etree

from warning.collect.feed_items import RawEntry
from warning.collect.feed_lean import CONTENT, DUBLIN, UNREAD, as_read, is_unread, name_of
from warning.collect.text import one_line
from warning.collect.times import read_time

_ATOM = "http://www.w3.org/2005/Atom"
_SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"
_READ = frozenset(
    {("", "title"), ("", "link"), ("", "guid"), ("", "pubDate"), ("", "description"), (CONTENT, "encoded"), (DUBLIN, "date")}
)  # fmt: skip
_OF_THE_FEED = frozenset(
    {
        *(("", name) for name in ("title", "link", "description", "language", "pubDate", "lastBuildDate", "generator")),
        *(("", name) for name in ("ttl", "copyright", "managingEditor", "webMaster", "category", "docs")),
        *((_SYNDICATION, name) for name in ("updatePeriod", "updateFrequency")),
    }
)  # fmt: skip
_OF_AN_IMAGE = frozenset({"url", "title", "link", "width", "height", "description"})
_USUAL_PREFIXES = {"content": CONTENT, "dc": DUBLIN, "atom": _ATOM, "sy": _SYNDICATION, "media": "http://search.yahoo.com/mrss/"}  # fmt: skip
_LINKS = frozenset({"href", "rel", "type", "title", "hreflang"})
_AMPERSAND_WORD = re.compile("&([A-Za-z0-9_]+);")
_MORE_SLASHES = re.compile(r"[A-Za-z][A-Za-z0-9+-.]*:///")


def simple_entries(
    xml: bytes, root: etree._Element, entries: Sequence[etree._Element], country: str
) -> tuple[RawEntry, ...] | None:
    """Return the `entries` of a feed as the full parser gives them, or None where that has to be asked.

    `xml` is the document of `root`, UTF-8, without the entries read before or with them. A time is given as `read_time`
    understands it for a source of `country`.
    """
    if not (_is_simple_feed(root) and xml.count(b"xmlns") == len(root.nsmap) and b"xml:base" not in xml):
        return None
    read: list[RawEntry] = []
    for entry in entries:
        raw = _entry(entry, country)
        if raw is None:
            return None
        read.append(raw)
    return tuple(read) if _is_sound(xml) else None


def _is_simple_feed(root: etree._Element) -> bool:
    """Whether nothing outside the entries changes how they are read."""
    if root.tag != "rss" or not set(root.attrib) <= {"version"} or root.getroottree().docinfo.doctype:
        return False
    if any(_USUAL_PREFIXES.get(str(prefix), uri) != uri or not prefix for prefix, uri in root.nsmap.items()):
        return False
    if len(root) != 1 or root[0].tag != "channel" or root[0].attrib:
        return False
    return all(child.tag == "item" or _is_of_the_feed(child) for child in root[0])


def _is_of_the_feed(element: etree._Element) -> bool:
    name = name_of(element)
    if name == ("", "image"):
        return not element.attrib and all(
            part.tag in _OF_AN_IMAGE and not len(part) and not part.attrib for part in element
        )
    if len(element):
        return False
    if name == (_ATOM, "link"):
        return "href" in element.attrib and set(element.attrib) <= _LINKS
    return name in _OF_THE_FEED and not element.attrib


def _entry(entry: etree._Element, country: str) -> RawEntry | None:
    """One entry, or None when anything in it is unusual."""
    if entry.attrib:
        return None
    texts: dict[tuple[str, str], str] = {}
    is_link = False
    for child in entry:
        name = name_of(child)
        if name in _READ:
            if len(child) or name in texts:
                return None
            if child.attrib and (name != ("", "guid") or child.keys() != ["isPermaLink"]):
                return None
            texts[name] = as_read(child.text or "")
            if name == ("", "guid"):
                is_link = child.get("isPermaLink", "true") == "true"
        elif not _is_unread(child, name) or "base" in child.attrib:
            return None
    return _raw(texts, country, guid_is_link=is_link)


def _is_unread(element: etree._Element, name: tuple[str, str]) -> bool:
    return len(element) == 0 if name == ("", "source") else name in UNREAD and is_unread(element, name)


def _raw(texts: dict[tuple[str, str], str], country: str, *, guid_is_link: bool) -> RawEntry | None:
    dates: list[datetime] = []
    for written in (texts.get(("", "pubDate")), texts.get((DUBLIN, "date"))):
        if written:
            moment = read_time(written, country)
            if moment is None:
                return None
            dates.append(moment)
    guid = texts.get(("", "guid"), "")
    link = texts.get(("", "link"))
    if _MORE_SLASHES.match(guid) or _MORE_SLASHES.match(link or ""):
        return None
    if link is None:
        link = guid if guid_is_link else ""
    else:
        link = _AMPERSAND_WORD.sub(r"&\g<1>", link.replace("&amp;", "&"))
    title, body = texts.get(("", "title"), ""), texts.get((CONTENT, "encoded"), "")
    summary = texts.get(("", "description"), body)
    if not _says_something(title):  # then the item is named by whatever else stands in the entry
        return None
    return RawEntry(
        external_id=guid,
        link=link,
        title=title,
        summary=summary or body,
        body=body if summary else "",
        dates=tuple(dates),
    )


def _says_something(title: str) -> bool:
    text = one_line(title) if "<" in title or "&" in title else title
    return any(map(str.isalnum, text))


def _is_sound(xml: bytes) -> bool:
    """Whether the full parser's own reader of XML takes the document: it is another than ours."""
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(xml, True)
    except expat.ExpatError:
        return False
    return True
