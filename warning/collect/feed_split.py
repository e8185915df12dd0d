"""A feed's raw entries: their marks, and the document without those read before.

Parsing a feed well is expensive and most of a poll has been seen. lxml drops the entries whose raw bytes are
known; the full parser gets the rest. The mark is a hash of the raw entry, not its guid: an edited entry is new.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from warning.collect.feed_items import RawEntry
from warning.collect.feed_lean import Texts, is_marked, make_lean
from warning.collect.feed_simple import simple_entries

# Entries in these namespaces are entries for the full parser too; any other makes us read the document whole.
_NAMESPACES = frozenset(
    {
        "", "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/", "http://channel.netscape.com/rdf/simple/0.9/",
        "http://purl.org/net/rss1.1#", "http://backend.userland.com/rss2", "http://blogs.law.harvard.edu/tech/rss",
    }
)  # fmt: skip
_IDENTITIES = ("guid", "id", "link")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`rest` is the document without known entries (empty when nothing is new); `total` counts all entries.

    `lean` is the same without what is never read, and `texts` puts back what marks stand for in it. Where all entries
    are simple ones, `entries` are what they say, and there is no lean document.
    """

    rest: bytes
    hashes: frozenset[str]
    total: int
    lean: bytes = b""
    texts: Texts
    entries: tuple[RawEntry, ...] | None = None


def split_feed(xml: bytes, known: frozenset[str], country: str | None = None) -> Split | None:
    """Return the part of a feed that is not known, or None when the document must be read whole.

    `xml` is UTF-8. None is given for what lxml rejects and for entries where we do not expect them. With the `country`
    of the source, simple entries are read at once.
    """
    root = _tree(xml)
    entries = None if root is None else _entries(root)
    if root is None or not entries:
        return None
    marks = [mark_of(entry) for entry in entries]
    hashes = frozenset(marks)
    shared = _shared_identities(entries) if known else frozenset()
    dropped = [
        e for e, mark in zip(entries, marks, strict=True) if mark in known and not (_identity(e) & shared)
    ]
    if hashes <= known:
        return Split(rest=b"", hashes=hashes, total=len(entries), texts=Texts())
    for entry in dropped:
        _drop(entry)
    left = [entry for entry in entries if entry.getparent() is not None]
    simple = None if country is None else simple_entries(xml, root, left, country)
    if simple is not None:
        return Split(rest=xml, hashes=hashes, total=len(entries), texts=Texts(), entries=simple)
    rest = _written(root) if dropped else xml
    if is_marked(rest):
        return Split(rest=rest, hashes=hashes, total=len(entries), texts=Texts())
    texts = make_lean(left)
    return Split(rest=rest, hashes=hashes, total=len(entries), lean=_written(root), texts=texts)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def mark_of(entry: etree._Element) -> str:
    """The mark of one raw entry: 16 hexadecimal digits."""
    raw = etree.tostring(entry, encoding="utf-8", with_tail=False)
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


def _tree(xml: bytes) -> etree._Element | None:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        strip_cdata=False,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _entries(root: etree._Element) -> list[etree._Element] | None:
    """The entries below the root or the channel; None when one stands elsewhere."""
    entries = list(root.iter("{*}item", "{*}entry"))
    for entry in entries:
        parent = entry.getparent()
        if parent is None or (etree.QName(entry).namespace or "") not in _NAMESPACES:
            return None
        if parent is not root and parent.getparent() is not root:
            return None
        if parent is not root and etree.QName(parent).localname != "channel":
            return None
    return entries


def _identity(entry: etree._Element) -> frozenset[str]:
    return frozenset(
        (child.text or child.get("href") or "").strip()
        for child in entry
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in _IDENTITIES
    )


def _shared_identities(entries: Iterable[etree._Element]) -> frozenset[str]:
    """Ids and links that several entries carry: those must be read together to be told apart."""
    counts = Counter(identity for entry in entries for identity in _identity(entry))
    return frozenset(identity for identity, count in counts.items() if count > 1)


def _drop(entry: etree._Element) -> None:
    parent = entry.getparent()
    assert parent is not None, "an entry stands in a channel"
    parent.remove(entry)
