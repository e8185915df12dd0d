"""What a page offers in place of what no longer works: feeds it names, and selectors that find its list again."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from warning.collect.decode import Decoded, decode
from warning.collect.html_list_guess import guess_html_list
from warning.collect.text import one_line
from warning.core.documents import Document

FEED_TYPES = ("rss", "atom", "feed+json", "rdf")
MOST_FEEDS = 5
MOST_LINKS = 5_000
LEAST_ANCHORS = 2
DEPTH = 6


def feeds_named(document: Document) -> tuple[str, ...]:
    """Return the addresses of feeds that a page names in its head, then those its links look like, in that order."""
    tree = _tree(document)
    if tree is None:
        return ()
    named = [
        node.attributes.get("href") or ""
        for node in tree.css("link[rel~=alternate][href]")
        if any(kind in (node.attributes.get("type") or "").lower() for kind in FEED_TYPES)
    ]
    linked = [node.attributes.get("href") or "" for node in tree.css("a[href]")[:MOST_LINKS]]
    named += [href for href in linked if _looks_like_a_feed(href)]
    found = dict.fromkeys(urljoin(document.url, href.strip()) for href in named if href.strip())
    return tuple(url for url in found if url.startswith(("http://", "https://")) and url != document.url)[
        :MOST_FEEDS
    ]


def selectors_for(document: Document, known: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield selectors (item, title, link) that may find the list again, the likeliest first.

    `known` are addresses and titles of entries that this source had when it was well: where several stand on the
    page, the elements that hold one each are its entries. Without any, the links that repeat beside dates are.
    """
    tree = _tree(document)
    if tree is None:
        return
    anchors = _anchors(tree, document.url, known)
    if len(anchors) >= LEAST_ANCHORS:
        yield from _around(anchors)
    guessed = guess_html_list(tree)
    if guessed is not None:
        yield {"item": guessed.item, "title": guessed.title, "link": guessed.link}


def encoding_found(document: Document, declared: str = "") -> Decoded | None:
    """Return how a document reads where that is not as declared (by the catalogue, else by its publisher); else None."""
    said = f"text/plain; charset={declared}" if declared else document.content_type
    found = decode(document.body, said)
    return found if found.problem and not found.problem[0].isdigit() else None


def _looks_like_a_feed(href: str) -> bool:
    path = href.lower().split("?")[0]
    return path.endswith(
        (".rss", ".atom", "/rss", "/feed", "/feed/", "rss.xml", "atom.xml", "feed.xml", ".rdf")
    )


def _tree(document: Document) -> LexborHTMLParser | None:
    try:
        tree = LexborHTMLParser(decode(document.body, document.content_type).text)
    except (SelectolaxError, ValueError, RuntimeError):
        return None
    for node in tree.css("script, style, noscript"):
        node.decompose()
    return tree


def _anchors(tree: LexborHTMLParser, base: str, known: Mapping[str, str]) -> list[LexborNode]:
    """The links whose address or text is that of a known entry; each entry once."""
    titles = {one_line(title, 200) for title in known.values() if title}
    found: dict[str, LexborNode] = {}
    for link in tree.css("a[href]")[:MOST_LINKS]:
        address = urljoin(base, (link.attributes.get("href") or "").strip())
        title = one_line(link.text(), 200)
        if address in known or title in titles or (link.attributes.get("title") or "") in titles:
            found.setdefault(address, link)
    return list(found.values())


def _around(anchors: Collection[LexborNode]) -> Iterator[dict[str, str]]:
    """Selectors of the largest elements that hold one known link each, from the most exact to the loosest."""
    held: Counter[int] = Counter()
    for link in anchors:
        held.update(node.mem_id for node in _upwards(link))
    link = next(iter(anchors))
    row = [node for node in _upwards(link) if held[node.mem_id] == 1][-1]
    inside = _inside(link, row)
    chain = _upwards(row)
    for depth in (3, 2, 1):
        item = " > ".join(_step(node) for node in reversed(chain[:depth]))
        yield {"item": item, "title": inside, "link": inside}


def _inside(link: LexborNode, row: LexborNode) -> str:
    steps: list[str] = []
    node: LexborNode | None = link
    while node is not None and node.mem_id != row.mem_id and len(steps) < 2:
        steps.append(_step(node))
        node = node.parent
    return " > ".join(reversed(steps)) or "a"


def _upwards(node: LexborNode) -> list[LexborNode]:
    chain = [node]
    while len(chain) < DEPTH and (parent := chain[-1].parent) is not None:
        if parent.tag in {"body", "html", "-undef"}:
            break
        chain.append(parent)
    return chain


def _step(node: LexborNode) -> str:
    names = (node.attributes.get("class") or "").split()
    name = next((n for n in names if n.replace("-", "").replace("_", "").isalpha()), "")
    return f"{node.tag}.{name}" if name else str(node.tag)
