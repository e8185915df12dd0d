"""Selectors for a list page nobody described: the kind of link that repeats most, preferably beside dates.

Used for documents without a catalogue entry, and to propose new selectors when a page has changed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from warning.collect.text import one_line
from warning.collect.times import date_in_url, read_time
from warning.core.formats import HtmlListFormat

LEAST_ENTRIES = 2
MAX_LINKS = 5_000
_NAME = re.compile(r"^[A-Za-z_][\w-]*$")
_COUNTED = re.compile(r"\d+$")
_PARTS = 3


def guess_html_list(tree: LexborHTMLParser) -> HtmlListFormat | None:
    """Return the selectors of the likeliest list on the page, or None when no link repeats."""
    for node in tree.css("script, style, noscript"):
        node.decompose()
    groups: dict[str, list[LexborNode]] = defaultdict(list)
    for link in tree.css("a[href]")[:MAX_LINKS]:
        if _is_content(link):
            groups[_path(link, depth=6)].append(link)
    rated = [(_score(links, rows), links, rows) for links in groups.values() if (rows := _rows(links))]
    if not rated:
        return None
    best, links, rows = max(rated, key=lambda rating: rating[0])
    return _selectors(links[0], rows[0]) if best > 0 else None


def _is_content(link: LexborNode) -> bool:
    href = (link.attributes.get("href") or "").strip().lower()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return False
    return len(one_line(link.text(), 200)) >= 4


def _step(node: LexborNode) -> str:
    """A node as a selector: its tag and the first class that looks like a name and not like a counter."""
    if not _NAME.match(str(node.tag)):
        return "*"
    names = (node.attributes.get("class") or "").split()
    name = next((name for name in names if _NAME.match(name) and not _COUNTED.search(name)), "")
    return f"{node.tag}.{name}" if name else str(node.tag)


def _path(node: LexborNode, depth: int) -> str:
    return " > ".join(_step(n) for n in reversed(_upwards(node, depth)))


def _upwards(node: LexborNode, depth: int) -> list[LexborNode]:
    chain = [node]
    while (
        len(chain) < depth
        and (parent := chain[-1].parent) is not None
        and parent.tag not in {"body", "html", "-undef"}
    ):
        chain.append(parent)
    return chain


def _rows(links: Sequence[LexborNode]) -> list[LexborNode]:
    """For each link the largest element that holds no other link of its group; [] for fewer than two."""
    if len({link.attributes.get("href") for link in links}) < LEAST_ENTRIES:
        return []
    held: Counter[int] = Counter()
    for link in links:
        held.update(node.mem_id for node in _upwards(link, 40))
    rows = []
    for link in links:
        chain = [node for node in _upwards(link, 40) if held[node.mem_id] == 1]
        rows.append(chain[-1] if chain else link)
    return rows


def _score(links: Sequence[LexborNode], rows: Sequence[LexborNode]) -> float:
    """Long titles and dates make a list of announcements; short words without dates make a menu."""
    titles = [one_line(link.text(), 100) for link in links[:60]]
    weights = [sum(2 if character > "\u2e80" else 1 for character in title) for title in titles]
    dated = sum(_is_dated(link, row) for link, row in zip(links[:60], rows[:60], strict=True)) / len(titles)
    length = sum(min(weight, 80) for weight in weights) / len(weights)
    if dated < 0.3 and length < 18:
        return 0.0
    return float(min(len(links), 100) ** 0.7) * length * (0.25 + 2 * dated)


def _is_dated(link: LexborNode, row: LexborNode) -> bool:
    text = row.text(separator=" ")[:600]
    if row.tag == "dd" and row.prev is not None:
        text += row.prev.text(separator=" ")[:100]
    return (
        read_time(text) is not None
        or read_time(text[-300:]) is not None
        or date_in_url(link.attributes.get("href") or "") is not None
    )


def _selectors(link: LexborNode, row: LexborNode) -> HtmlListFormat:
    item = _path(row, depth=_PARTS)
    inner = []
    node: LexborNode | None = link
    while node is not None and node.mem_id != row.mem_id:
        inner.append(_step(node))
        node = node.parent
    inside = " > ".join(reversed(inner[:_PARTS])) or "a"
    return HtmlListFormat(format="html_list", item=item, title=inside, link=inside)
