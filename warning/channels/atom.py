"""A desk's out-feed as Atom: an entry for each version, linked to its CAP message. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from lxml import etree

from warning.channels.message import Message

NAMESPACE = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
CAP_TYPE = "application/cap+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One CAP message: `name` is its file, `message` the version in the desk's own language.

    `entered_at` is when it came into the feed, which may be later than the version was made.
    """

    name: str
    message: Message
    entered_at: datetime | None = field(default=None, compare=False)

    @property
    def moment(self) -> datetime:
        return self.entered_at or self.message.updated_at


def atom_feed(
    entries: Sequence[Entry],
    *,
    feed_id: str,
    title: str,
    author: str,
    base_url: str,
    empty_at: datetime,
    name: str = "alerts.atom",
    links: Mapping[str, str] = MappingProxyType({}),
    is_archive: bool = False,
) -> bytes:
    """Return one page of the feed: what entered it last comes first.

    `base_url` ends in a slash, or is empty for files that lie side by side. `empty_at` is its date while it has no
    entry. `links` are the pages beside it by relation, `is_archive` says that nothing is added to it any more (RFC 5005).
    """
    newest_first = sorted(entries, key=lambda e: (e.moment, e.name), reverse=True)
    root = etree.Element(f"{{{NAMESPACE}}}feed", nsmap={None: NAMESPACE, "fh": HISTORY})
    _add(root, "id", feed_id)
    _add(root, "title", title)
    _add(root, "updated", _instant(newest_first[0].moment if newest_first else empty_at))
    _add(etree.SubElement(root, f"{{{NAMESPACE}}}author"), "name", author)
    if is_archive:
        etree.SubElement(root, f"{{{HISTORY}}}archive")
    for relation, page in {"self": name, **links}.items():
        _link(root, relation, f"{base_url}{page}", "application/atom+xml")
    for entry in newest_first:
        _entry(root, entry, feed_id, base_url)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _entry(root: etree._Element, entry: Entry, feed_id: str, base_url: str) -> None:
    message = entry.message
    element = etree.SubElement(root, f"{{{NAMESPACE}}}entry")
    _add(element, "id", f"{feed_id}:{entry.name}")
    _add(element, "title", message.title)
    _add(element, "published", _instant(entry.moment))
    _add(element, "updated", _instant(message.updated_at))
    _add(element, "summary", message.lead)
    _link(element, "alternate", f"{base_url}{entry.name}.xml", CAP_TYPE)
    for scheme, term in (("tlp", f"TLP:{message.marking.value}"), ("severity", message.severity.value)):
        category = etree.SubElement(element, f"{{{NAMESPACE}}}category")
        category.set("scheme", f"urn:allied-early-warning:{scheme}")
        category.set("term", term)


def _link(parent: etree._Element, relation: str, address: str, content_type: str) -> None:
    link = etree.SubElement(parent, f"{{{NAMESPACE}}}link")
    link.set("rel", relation)
    link.set("href", address)
    link.set("type", content_type)


def _instant(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text
