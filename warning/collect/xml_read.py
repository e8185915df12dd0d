"""The one door to XML of strangers: nothing is expanded, nothing is fetched, depth and size are bounded."""

import re

from lxml import etree

from warning.collect.decode import decode
from warning.core.documents import Document
from warning.errors import ParseError

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_ENTITIES = re.compile(r"<!ENTITY", re.IGNORECASE)
_PROLOGUE_CHARACTERS = 20_000


def read_xml(text: str) -> etree._Element:
    """Parse text as XML. Raises ParseError for what is not well-formed, empty, or defines entities of its own."""
    if _ENTITIES.search(text[:_PROLOGUE_CHARACTERS]):
        raise ParseError("the document defines entities of its own; such documents are not read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, encoding="utf-8"
    )
    xml = _DECLARATION.sub("", text.replace("\x00", "").lstrip("\ufeff"), count=1)
    try:
        root = etree.fromstring(xml.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise ParseError(f"not well-formed XML: {wrong}") from wrong
    if root is None:
        raise ParseError("the document is empty, XML is wanted")
    return root


def read_xml_document(document: Document) -> tuple[etree._Element, tuple[str, ...]]:
    """Return the root of a document and what was wrong with its encoding. A page of HTML is refused by name."""
    decoded = decode(document.body, document.content_type)
    if not decoded.text.strip():
        raise ParseError("the document is empty, XML is wanted")
    if decoded.text.lstrip()[:15].lower().startswith(("<!doctype html", "<html")):
        raise ParseError("an HTML page, XML is wanted: an error page, a login or a moved address?")
    return read_xml(decoded.text), decoded.problems


def local_name(node: etree._Element) -> str:
    """Return an element's name without its namespace; nothing for comments and the like."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def child_text(node: etree._Element, name: str) -> str:
    """Return the text of the first child of that name, in whatever namespace."""
    return next(("".join(c.itertext()).strip() for c in node if local_name(c) == name), "")
