"""An API's answer in XML -> items, by the paths of the catalogue entry."""

import re
from collections.abc import Sequence

from lxml import etree

from warning.collect.feed_items import RawEntry, items_from
from warning.collect.xml_paths import elements_at, text_at
from warning.collect.xml_read import child_text, local_name, read_xml, read_xml_document
from warning.core.documents import Document, Parsed
from warning.core.formats_documents import XmlFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

MAX_ENTRIES = 50_000
_FIELDS = ("id", "title", "summary", "body", "url", "date")
_REFUSALS = ("returnAuthMsg", "errMsg", "resultMsg", "returnReasonCode", "ERROR_MSG", "message", "error")


def parse_xml(document: Document, layout: XmlFormat, profile: SourceProfile) -> Parsed:
    """Read an answer. Raises ParseError for what is no XML, or lacks the elements `entries` names."""
    root, problems = read_xml_document(document)
    entries = elements_at(root, layout.entries, layout.namespaces)
    if not entries:
        return _none(root, layout.entries, problems)
    kept = entries[:MAX_ENTRIES]
    items, faults = items_from([_raw(entry, layout) for entry in kept], document, profile)
    more = (
        [f"only the first {MAX_ENTRIES} of {len(entries)} entries are read"]
        if len(entries) > MAX_ENTRIES
        else []
    )
    return Parsed(
        items=items, problems=(*problems, *more, *_missing(kept, layout), *faults), seen=len(entries)
    )


def guess_xml(document: Document, profile: SourceProfile) -> Parsed:
    """Read XML nobody described: the child that repeats most, its fields by their usual names."""
    root, _ = read_xml_document(document)
    path = repeated_path(root)
    if not path:
        return Parsed(problems=("no element that repeats was found",))
    entries = elements_at(root, path, {})
    found = {field: next((n for n in names if _has(entries, n)), None) for field, names in _USUAL.items()}
    return parse_xml(document, XmlFormat(format="xml", entries=path, **found), profile)


_USUAL = {
    "id": ("guid", "id", "identifier", "docid", "@id"),
    "title": ("title", "headline", "subject", "SUBJECT", "name"),
    "summary": ("description", "summary", "abstract"),
    "body": ("body", "content", "text"),
    "url": ("link", "url", "link/@href", "loc"),
    "date": ("pubDate", "published", "date", "updated", "pubdate", "lastmod"),
}


def repeated_path(root: etree._Element) -> str:
    """Return the path of the elements that repeat most under one parent; nothing when none does."""
    best, most = "", 1
    for node in root.iter(etree.Element):
        counts: dict[str, int] = {}
        for child in node:
            name = local_name(child)
            if name:
                counts[name] = counts.get(name, 0) + (1 + min(len(child), 20))
        name, count = max(counts.items(), key=lambda pair: pair[1], default=("", 0))
        if count > most and re.fullmatch(r"[^\W\d][\w.-]*", name):
            best, most = name, count
    return f"//{best}" if best else ""


def _has(entries: Sequence[etree._Element], path: str) -> bool:
    return any(text_at(entry, path, {}) for entry in entries[:20])


def _raw(entry: etree._Element, layout: XmlFormat) -> RawEntry:
    said = {
        field: text_at(entry, path, layout.namespaces) if (path := getattr(layout, field)) else ""
        for field in _FIELDS
    }
    link = said["url"].split("\n")[0]
    if link and layout.url_prefix and not re.match(r"https?://", link, re.IGNORECASE):
        link = layout.url_prefix + link
    return RawEntry(
        external_id=said["id"],
        link=link,
        title=said["title"],
        summary=said["summary"],
        body=said["body"],
        dates=tuple(filter(None, said["date"].split("\n"))),
    )


def _none(root: etree._Element, path: str, problems: tuple[str, ...]) -> Parsed:
    """No entries: an answer whose list is empty, unless it says that it refuses or is another document."""
    for name in _REFUSALS:
        for node in root.iter(f"{{*}}{name}"):
            said = "".join(node.itertext()).strip()
            if said and not re.match(r"(?i)(normal|ok|success|00\b)", said):
                raise ParseError(f"no element at {path!r}; the answer says {name}: {said[:200]}")
    first = re.split(r"//?", path.strip("/"))[0].rpartition(":")[2].partition("[")[0]
    known = {local_name(node) for node in root.iter(etree.Element)}
    if first not in {"*", *known}:
        names = ", ".join(sorted(filter(None, known))[:12])
        raise ParseError(f"no element at {path!r}; the document holds: {names}")
    return Parsed(problems=problems)


def _missing(entries: Sequence[etree._Element], layout: XmlFormat) -> list[str]:
    return [
        f"{field} path {path!r} leads nowhere in any entry"
        for field in _FIELDS
        if (path := getattr(layout, field))
        and not any(text_at(entry, path, layout.namespaces) for entry in entries)
    ]


def records_of_xml(text: str, path: str) -> list[dict[str, str]]:
    """Return the elements at a path as rows: their attributes and the texts of their children, by name."""
    root = read_xml(text)
    entries = elements_at(root, path, {})
    if not entries:
        _none(root, path, ())
    return [
        {**{str(k): str(v) for k, v in entry.attrib.items()}, **_children(entry)}
        for entry in entries[:MAX_ENTRIES]
    ]


def _children(entry: etree._Element) -> dict[str, str]:
    return {name: child_text(entry, name) for child in entry if (name := local_name(child))}
