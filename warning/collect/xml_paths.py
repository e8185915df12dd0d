"""Paths of element names, as the catalogue writes them, followed through an XML tree."""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from warning.collect.xml_read import local_name

MOST_FOUND = 100_000
XML = "http://www.w3.org/XML/1998/namespace"
_STEP = re.compile(r"(?P<deep>/)?(?P<name>@?[^\[/]+)(?:\[@(?P<attribute>[^=]+)=(?P<value>[^\]]*)\])?(?:/|$)")


def elements_at(node: etree._Element, path: str, namespaces: Mapping[str, str]) -> list[etree._Element]:
    """Return the elements at a path, in the order of the document, each once.

    A path that begins with the name of `node` itself may leave it out or name it.
    """
    steps = _steps(path)
    found = _follow([node], steps, namespaces)
    if not found and steps and _fits(node, steps[0], namespaces):
        found = _follow([node], steps[1:], namespaces) if steps[1:] else [node]
    return found


def text_at(entry: etree._Element, path: str, namespaces: Mapping[str, str]) -> str:
    """Return what stands at a path: an attribute, or an element's content with its markup; several by line."""
    way, at, attribute = path.rpartition("@")
    if at and (not way or way.endswith("/")):
        nodes = elements_at(entry, way.rstrip("/"), namespaces) if way else [entry]
        name = _qualified(attribute, namespaces)
        return "\n".join(filter(None, (node.get(name, "") for node in nodes)))
    nodes = [entry] if path == "." else elements_at(entry, path, namespaces)
    return "\n".join(filter(None, map(content, nodes)))


def content(node: etree._Element) -> str:
    """Return an element's text; with child elements, its inner markup."""
    if not len(node):
        return (node.text or "").strip()
    inner = [node.text or "", *(etree.tostring(child, encoding="unicode") for child in node)]
    return "".join(inner).strip()


def _steps(path: str) -> list[re.Match[str]]:
    deep = path.startswith("//")
    return list(_STEP.finditer(path[1:] if deep else path))


def _follow(
    nodes: Sequence[etree._Element], steps: Sequence[re.Match[str]], namespaces: Mapping[str, str]
) -> list[etree._Element]:
    current = list(nodes)
    for step in steps:
        below: dict[etree._Element, None] = {}
        for node in current:
            for child in _candidates(node, deep=bool(step["deep"])):
                if _fits(child, step, namespaces):
                    below[child] = None
                if len(below) >= MOST_FOUND:
                    break
        current = list(below)
    return current


def _candidates(node: etree._Element, *, deep: bool) -> Iterator[etree._Element]:
    if deep:
        yield from node.iterdescendants()
    else:
        yield from node


def _fits(node: etree._Element, step: re.Match[str], namespaces: Mapping[str, str]) -> bool:
    if not isinstance(node.tag, str):
        return False
    prefix, colon, name = step["name"].rpartition(":")
    if name not in {"*", local_name(node)}:
        return False
    if colon and not node.tag.startswith(f"{{{namespaces.get(prefix, '')}}}"):
        return False
    return not step["attribute"] or node.get(_qualified(step["attribute"], namespaces)) == step["value"]


def _qualified(name: str, namespaces: Mapping[str, str]) -> str:
    prefix, colon, local = name.rpartition(":")
    if not colon:
        return name
    return f"{{{XML if prefix == 'xml' else namespaces.get(prefix, '')}}}{local}"
