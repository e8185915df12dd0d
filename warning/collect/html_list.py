"""A page that lists announcements -> items, by the CSS selectors of the catalogue entry.

A selector may end in `@attribute` to read an attribute instead of the text: `a@title`, `time@datetime`.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from warning.collect.decode import decode
from warning.collect.feed_items import RawEntry, items_from
from warning.collect.html_list_guess import guess_html_list
from warning.collect.main_text import main_text
from warning.collect.text import BODY_CHARACTERS, one_line, paragraphs
from warning.collect.times import date_in_url, read_month_day, read_time
from warning.core.documents import Document, Parsed
from warning.core.formats import HtmlListFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

MAX_PAGE_CHARACTERS = 20_000_000
MAX_ENTRIES = 5_000
DATE_FROM_URL = "url"

_ATTRIBUTE = re.compile(r"^(?P<selector>.*?)@(?P<attribute>[A-Za-z_][\w:-]*)$")
_CUT_OFF = re.compile(r"(?:\.{2,}|…+)$")
_MAIN_TEXT = (
    "#zoom", ".TRS_Editor", ".article-content", ".art_con", "#main_text", ".view_cont", ".board_view", "article",
    "main", "#main", "#content", "#contents", ".content", ".main", "body",
)  # fmt: skip


def parse_html_list(document: Document, layout: HtmlListFormat, profile: SourceProfile) -> Parsed:
    """Read a list page. A selector that finds nothing is a problem that names it, never an exception."""
    decoded = decode(document.body, document.content_type)
    if not decoded.text.strip():
        raise ParseError("the page is empty")
    parsed = read_list(decoded.text, document, layout, profile)
    return replace(parsed, problems=(*decoded.problems, *parsed.problems))


def guess_list(document: Document, profile: SourceProfile) -> Parsed:
    """Read a page nobody described: the links that repeat, with dates beside them."""
    decoded = decode(document.body, document.content_type)
    tree = _tree(decoded.text)
    format_ = guess_html_list(tree)
    if format_ is None:
        return Parsed(problems=("no repeated links found that look like a list of announcements",))
    return read_list(decoded.text, document, format_, profile)


def read_list(text: str, document: Document, layout: HtmlListFormat, profile: SourceProfile) -> Parsed:
    """Read a list page that is text already (a page, or HTML inside an API's answer)."""
    tree = _tree(text)
    nodes, headings = _nodes(tree, layout)
    if not nodes:
        return Parsed(problems=(f"item selector {layout.item!r} found nothing on the page{_titled(tree)}",))
    problems = (
        [f"only the first {MAX_ENTRIES} of {len(nodes)} entries are read"] if len(nodes) > MAX_ENTRIES else []
    )
    when = _When(country=profile.country, fetched_at=document.fetched_at)
    entries = [_entry(node, layout, when, headings) for node in nodes[:MAX_ENTRIES]]
    told = [entry for entry in entries if entry.title or entry.link]
    problems += _missing(entries, layout)
    if len(told) < len(entries) and told:
        problems.append(f"{len(entries) - len(told)} of {len(entries)} entries have neither title nor link")
    items, faults = items_from(told, replace(document, url=_address(tree, document)), profile)
    return Parsed(items=items, problems=(*problems, *faults), seen=len(entries))


def parse_detail(document: Document, layout: HtmlListFormat) -> tuple[str, str]:
    """Return the main text of the page behind a link, and a problem when the selector missed.

    Then the usual places of main text are tried, and last the longest block of the page.
    """
    decoded = decode(document.body, document.content_type)
    tree = _tree(decoded.text)
    for node in tree.css("script, style, noscript, nav, header, footer, aside, form"):
        node.decompose()
    if layout.detail:
        texts = [paragraphs(node.html or "", BODY_CHARACTERS) for node in _css(tree, layout.detail)]
        if text := "\n".join(filter(None, texts)):
            return text[:BODY_CHARACTERS], ""
    problem = f"detail selector {layout.detail!r} found no text; the page's longest text stands instead"
    return main_text(decoded.text) or _main_text(tree), problem if layout.detail else ""


def _main_text(tree: LexborHTMLParser) -> str:
    """The first usual place that holds a fair share of the page's text."""
    everything = paragraphs(tree.body.html or "", BODY_CHARACTERS) if tree.body else ""
    for selector in _MAIN_TEXT:
        node = tree.css_first(selector)
        text = paragraphs(node.html or "", BODY_CHARACTERS) if node else ""
        if len(text) > max(80, len(everything) // 4):
            return text
    return everything


def _tree(text: str) -> LexborHTMLParser:
    try:
        return LexborHTMLParser(text[:MAX_PAGE_CHARACTERS])
    except (SelectolaxError, ValueError, RuntimeError) as wrong:
        raise ParseError(f"the page cannot be read as HTML: {wrong}") from wrong


def _css(node: LexborHTMLParser | LexborNode, selector: str) -> list[LexborNode]:
    try:
        return node.css(selector)
    except (SelectolaxError, ValueError) as wrong:
        raise ParseError(f"{selector!r} is not a CSS selector ({wrong})") from wrong


def _nodes(tree: LexborHTMLParser, layout: HtmlListFormat) -> tuple[list[LexborNode], dict[int, str]]:
    """The entries, and for each the text of the date heading that stands before it."""
    if not layout.date_heading:
        return _css(tree, layout.item), {}
    marks = {node.mem_id for node in _css(tree, layout.date_heading)}
    entries, headings, heading = [], {}, ""
    for node in _css(tree, f"{layout.date_heading}, {layout.item}"):
        if node.mem_id in marks:
            heading = node.text(separator=" ")
        else:
            entries.append(node)
            headings[node.mem_id] = heading
    return entries, headings


@dataclass(frozen=True, slots=True, kw_only=True)
class _When:
    """What a date on a page is read against: the publisher's country, and the day the page was fetched."""

    country: str
    fetched_at: datetime

    def read(self, text: str) -> datetime | None:
        return read_time(text, self.country) or read_month_day(text, self.country, self.fetched_at)

    def in_url(self, link: str) -> datetime | None:
        return date_in_url(link, self.country)

    def anywhere(self, text: str) -> datetime | None:
        """The first whole date in an entry's text, which may be longer than what read_time looks at."""
        windows = (text[start : start + 300] for start in range(0, min(len(text), 1500), 250))
        return next(filter(None, (read_time(window, self.country) for window in windows)), None)


def _entry(node: LexborNode, layout: HtmlListFormat, when: _When, headings: dict[int, str]) -> RawEntry:
    link = _link(node, layout.link)
    date = _date(node, layout.date, link, when) or when.read(headings.get(node.mem_id, ""))
    return RawEntry(
        link=link,
        title=_title(node, layout),
        summary=_read(node, layout.summary) if layout.summary else "",
        dates=(date,) if date is not None else (),
    )


def _title(node: LexborNode, layout: HtmlListFormat) -> str:
    if layout.title_attribute:
        found = _first(node, layout.title)
        if found is not None and (value := found.attributes.get(layout.title_attribute)):
            return value
    title = _read(node, layout.title)
    if not title or _CUT_OFF.search(title):  # pages that cut titles keep the whole one in an attribute
        found = _first(node, layout.title)
        whole = (found.attributes.get("title") or "") if found is not None else ""
        return one_line(whole) or title
    return title


def _link(node: LexborNode, selector: str) -> str:
    plain, attribute = _split(selector)
    found = _first(node, plain)
    if found is None and plain == "a":
        found = _inside_link(node)
    if found is not None and not attribute and found.tag != "a":
        found = found.css_first("a[href]") or _inside_link(found) or found
    return (found.attributes.get(attribute or "href") or "").strip() if found is not None else ""


def _inside_link(node: LexborNode) -> LexborNode | None:
    """The link around a node: some lists wrap each row in its link."""
    parent = node.parent
    for _ in range(3):
        if parent is None or parent.tag == "a":
            return parent
        parent = parent.parent
    return None


def _date(node: LexborNode, selector: str | None, link: str, when: _When) -> datetime | None:
    if selector == DATE_FROM_URL:
        return when.in_url(link)
    if selector:
        return when.read(_read(node, selector)) or when.read(_before(node)) or when.in_url(link)
    text = f"{_before(node)} {node.text(separator=' ')}" if node.tag == "dd" else node.text(separator=" ")
    return when.anywhere(text) or when.in_url(link)


def _before(node: LexborNode) -> str:
    """The text of the <dt> that introduces a <dd>."""
    before = node.prev
    while before is not None and before.tag in {"-text", "dd", "_comment", "-comment"}:
        before = before.prev
    return before.text(separator=" ") if before is not None and before.tag == "dt" else ""


def _read(node: LexborNode, selector: str) -> str:
    plain, attribute = _split(selector)
    found = _first(node, plain)
    if found is None:
        return ""
    if attribute:
        return found.attributes.get(attribute) or ""
    if found.tag == "time" and found.attributes.get("datetime"):
        return found.attributes["datetime"] or ""
    return " ".join(paragraphs(found.html or "", 2000).split())


def _split(selector: str) -> tuple[str, str]:
    match = _ATTRIBUTE.match(selector)
    return (match["selector"], match["attribute"]) if match else (selector, "")


def _first(node: LexborNode, selector: str) -> LexborNode | None:
    """The first match inside a node, or the node itself for an empty selector or one that is the node's tag."""
    if not selector or (selector == node.tag):
        return node
    found = _css(node, selector)
    return found[0] if found else None


def _missing(entries: list[RawEntry], layout: HtmlListFormat) -> list[str]:
    """Selectors that found nothing in any entry: the page has changed, or the selector was never right."""
    told = (
        ("title", layout.title, any(entry.title for entry in entries)),
        ("link", layout.link, any(entry.link for entry in entries)),
        ("date", layout.date_heading or layout.date, any(entry.dates for entry in entries)),
        ("summary", layout.summary, any(entry.summary for entry in entries)),
    )
    return [
        f"{name} selector {selector!r} found nothing in any entry"
        for name, selector, hit in told
        if selector and not hit
    ]


def _address(tree: LexborHTMLParser, document: Document) -> str:
    node = tree.css_first("base[href]")
    try:
        return urljoin(document.url, (node.attributes.get("href") or "") if node else "")
    except ValueError:
        return document.url


def _titled(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    title = one_line(node.text(), 80) if node else ""
    return f" titled {title!r}" if title else ""
