"""Pages that stand where a document should be: challenges, captchas, logins, and notices that a page has moved.

A challenge answers 200 as often as 403, so the bytes are looked at. The marks of a platform count only on a page
that shows little text: the same scripts are put into pages that are there to be read.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from warning.collect.barrier_marks import (
    CAPTCHA_FORMS,
    CHALLENGES,
    GONE_WORDS,
    LOGIN_PATHS,
    LOGIN_WORDS,
    TITLES,
)
from warning.collect.decode import decode
from warning.collect.text import LINK_CHARACTERS, has_unseen, one_line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

LOOKED_AT_BYTES = 400_000
SHORT_TEXT = 2_500
VERY_SHORT_TEXT = 700
LONGEST_REFRESH_SECONDS = 60
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|meta|title)\b", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf|\?xml-stylesheet|urlset|alert)\b", re.IGNORECASE)
_REFRESH = re.compile(
    r"^\s*(?P<seconds>\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?(?P<url>[^'\"]+)", re.IGNORECASE
)
_SCRIPTED = re.compile(
    r"(?:window|document|top|self)?\.?location(?:\.href)?\s*(?:=|\.replace\(|\.assign\()\s*['\"](?P<url>[^'\"]{4,500})['\"]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """What stands in the way. `cause` is one clause in words; `target` is where a moved page points to."""

    kind: Literal["blocked", "moved"]
    cause: str
    target: str = ""


def barrier_in(body: bytes, content_type: str = "", *, url: str = "", entries: int = 0) -> Barrier | None:
    """Return what stands in the way, None when nothing does.

    `entries` is how many the source's own parser found: where it found some, only the unmistakable counts.
    """
    if not is_page(body):
        return None
    text = decode(body[:LOOKED_AT_BYTES], content_type).text
    page = _page(text, url)
    if page is None:
        return None
    challenge = _challenge(page)
    if challenge or entries:
        return challenge
    return _login(page) or _moved(page)


def is_page(body: bytes) -> bool:
    """Whether the bytes are an HTML page, whatever the server says they are."""
    head = body[:4_096]
    return bool(_HTML.search(head)) and not _FEED.search(head[:1_500])


def canonical_elsewhere(body: bytes, content_type: str, url: str) -> str:
    """Return the address a page names as its own when that is on another host, else nothing."""
    if not is_page(body):
        return ""
    page = _page(decode(body[:LOOKED_AT_BYTES], content_type).text, url)
    node = page.tree.css_first("link[rel=canonical][href]") if page else None
    target = _joined(url, (node.attributes.get("href") or "") if node else "")
    return target if target and not _same_host(target, url) else ""


@dataclass(frozen=True, slots=True)
class _Page:
    """`shown` is what a reader would see, `source` the markup in lower case."""

    tree: "LexborHTMLParser"
    source: str
    title: str
    shown: str
    url: str


def _page(text: str, url: str) -> _Page | None:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError  # noqa: PLC0415 - most sources send no page

    try:
        tree = LexborHTMLParser(text)
        title = tree.css_first("title")
        shown = LexborHTMLParser(text)
        for node in shown.css("script, style, noscript, template"):
            node.decompose()
        seen = " ".join((shown.body.text(separator=" ") if shown.body else "").split())
    except (SelectolaxError, ValueError, RuntimeError):
        return None
    name = one_line(title.text(), 200).lower() if title else ""
    return _Page(tree, text.lower(), name, seen, url)


def _challenge(page: _Page) -> Barrier | None:
    if len(page.shown) > SHORT_TEXT:
        return None
    for platform, marks in CHALLENGES:
        if any(mark.search(page.source) for mark in marks):
            return Barrier(kind="blocked", cause=f"an anti-bot page stands in its place ({platform})")
    for words in TITLES:
        if words in page.title:
            return Barrier(kind="blocked", cause=f"a page titled {page.title[:80]!r} stands in its place")
    if len(page.shown) <= VERY_SHORT_TEXT:
        for name, mark in CAPTCHA_FORMS:
            if mark.search(page.source):
                return Barrier(kind="blocked", cause=f"a captcha stands in its place ({name})")
    return None


def _login(page: _Page) -> Barrier | None:
    """A password field on a page with little else, or an address that is a sign-in's."""
    has_field = page.tree.css_first("input[type=password]") is not None
    path = urlsplit(page.url).path.lower()
    says_so = any(words in page.title or words in page.shown[:600].lower() for words in LOGIN_WORDS)
    if (has_field and len(page.shown) <= SHORT_TEXT and says_so) or (
        LOGIN_PATHS.search(path) and (has_field or says_so)
    ):
        return Barrier(kind="blocked", cause="a sign-in form stands in its place")
    return None


def _moved(page: _Page) -> Barrier | None:
    if len(page.shown) > SHORT_TEXT:
        return None
    target = _refresh_target(page) or _scripted_target(page)
    if not target and any(words in page.shown.lower() for words in GONE_WORDS):
        target = _only_link(page)
        if not target:
            return Barrier(kind="moved", cause="the page says that it has moved, and not where to")
    if not target or target.split("#")[0] == page.url.split("#")[0]:
        return None
    if LOGIN_PATHS.search(urlsplit(target).path.lower()):
        return Barrier(kind="blocked", cause=f"the page sends everybody to a sign-in ({_shown(target)})")
    return Barrier(kind="moved", cause=f"the page only points to {_shown(target)}", target=target)


def _refresh_target(page: _Page) -> str:
    for node in page.tree.css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        found = _REFRESH.match(node.attributes.get("content") or "")
        if found and int(found["seconds"][:6]) <= LONGEST_REFRESH_SECONDS:
            return _joined(page.url, found["url"])
    return ""


def _scripted_target(page: _Page) -> str:
    """A script that sends the reader on, on a page that has nothing else to say."""
    if len(page.shown) > VERY_SHORT_TEXT:
        return ""
    for node in page.tree.css("script"):
        found = _SCRIPTED.search(node.text()[:20_000])
        if found:
            return _joined(page.url, found["url"])
    return ""


def _only_link(page: _Page) -> str:
    """The first link to another page; a notice that names the new address has few others."""
    for node in page.tree.css("a[href]")[:20]:
        target = _joined(page.url, node.attributes.get("href") or "")
        if target and target.split("#")[0] != page.url.split("#")[0]:
            return target
    return ""


def _joined(base: str, href: str) -> str:
    """The address a page names; nothing for one that cannot be asked, or cannot be shown as it is."""
    try:
        target = urljoin(base, href.strip())
        parts = urlsplit(target)
        _ = parts.port
    except ValueError:
        return ""
    if len(target) > LINK_CHARACTERS or has_unseen(target):
        return ""
    return target if parts.scheme in {"http", "https"} and parts.hostname else ""


def _same_host(one: str, other: str) -> bool:
    return _host(one) == _host(other)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _shown(url: str) -> str:
    return one_line(url.split("?", maxsplit=1)[0], 160)
