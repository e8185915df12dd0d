"""A feed's document without what we never read: the full parser's time goes by elements and characters.

Leaves that say nothing we store (categories, authors, pictures) are dropped; long texts are stood in for by a
mark and put back afterwards. What feedparser makes of the rest is what it makes of the whole.
"""

import re
from collections.abc import Iterable
from contextlib import suppress

from lxml import etree

LONG_TEXT_CHARACTERS = 60

# The namespaces as feedparser knows them; an element in any other is left alone.
_PLAIN = frozenset(
    {"", "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/", "http://backend.userland.com/rss2"}
)
DUBLIN = "http://purl.org/dc/elements/1.1/"
_MEDIA = frozenset({"http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss"})
_COUNTS = frozenset(
    {
        "http://purl.org/rss/1.0/modules/slash/",
        "http://wellformedweb.org/CommentAPI/",
        "http://purl.org/syndication/thread/1.0",
    }
)
CONTENT = "http://purl.org/rss/1.0/modules/content/"

UNREAD = frozenset(
    {
        *(
            (namespace, name)
            for namespace in _PLAIN
            for name in ("category", "comments", "author", "enclosure")
        ),
        *((DUBLIN, name) for name in ("creator", "subject", "publisher")),
        *(
            (namespace, name)
            for namespace in _MEDIA
            for name in ("thumbnail", "content", "credit", "keywords")
        ),
        *(
            (namespace, name)
            for namespace in _COUNTS
            for name in ("comments", "commentRss", "comment", "total")
        ),
    }
)
_AUTHORS = frozenset((namespace, "author") for namespace in _PLAIN)
_PERSON = frozenset((namespace, name) for namespace in _PLAIN for name in ("name", "uri", "email"))
_TEXTS = frozenset(
    {
        *(
            (namespace, name)
            for namespace in _PLAIN
            for name in ("title", "description", "summary", "content")
        ),
        (CONTENT, "encoded"),
    }
)
_WRITTEN_AS = frozenset({"text", "html", "text/plain", "text/html"})
_MARK = re.compile("\ue000([0-9]+)\ue001")
_MARK_REFERENCE = re.compile(rb"&#(?:[xX]0*[eE]000|0*57344);")
_HIGH_CONTROL = re.compile("[\x80-\x9f]")
_WINDOWS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}


class Texts:
    """The long texts of one document, by the marks that stand in for them."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def mark(self, text: str) -> str:
        """Keep a text; return what stands in its place."""
        self._texts.append(text)
        return f"\ue000{len(self._texts) - 1}\ue001"

    def restored(self, value: str) -> str:
        """Return the text that a value stands for, as feedparser would have given it; other values as they are."""
        match = _MARK.fullmatch(value) if self._texts else None
        return as_read(self._texts[int(match[1])]) if match else value


def make_lean(entries: Iterable[etree._Element]) -> Texts:
    """Take from the entries of a well-formed feed what is never read, in place; return the texts taken out."""
    texts = Texts()
    for entry in entries:
        for child in list(entry):
            name = name_of(child)
            if name in UNREAD and is_unread(child, name):
                _drop(child)
            elif name in _TEXTS and _is_long_text(child):
                child.text = texts.mark(child.text or "")
    return texts


def is_marked(xml: bytes) -> bool:
    """True for a document that itself holds what our marks are made of, written out or as a reference."""
    return b"\xee\x80\x80" in xml or _MARK_REFERENCE.search(xml) is not None


def name_of(element: etree._Element) -> tuple[str, str]:
    if not isinstance(element.tag, str):
        return "", ""
    namespace, _, local = element.tag.rpartition("}")
    return namespace[1:], local


def is_unread(element: etree._Element, name: tuple[str, str]) -> bool:
    if len(element) == 0:
        return True
    return name in _AUTHORS and all(name_of(part) in _PERSON and len(part) == 0 for part in element)


def _is_long_text(element: etree._Element) -> bool:
    text = element.text or ""
    return (
        len(element) == 0
        and len(text) > LONG_TEXT_CHARACTERS
        and not text.isspace()
        and all(name == "type" and value in _WRITTEN_AS for name, value in element.attrib.items())
    )


def _drop(element: etree._Element) -> None:
    """Take an element out and leave what stands after it: text between elements is nobody's."""
    parent = element.getparent()
    assert parent is not None, "a child has a parent"
    parent.remove(element)


def as_read(text: str) -> str:
    """What feedparser does to every text: no outer space, UTF-8 read as Latin-1 mended, Windows' signs put right."""
    text = text.strip()
    if not text.isascii():
        with suppress(UnicodeError):  # raised by every text that was not decoded wrongly
            text = text.encode("iso-8859-1").decode("utf-8")
        if _HIGH_CONTROL.search(text):
            text = text.translate(_WINDOWS)
    return text
