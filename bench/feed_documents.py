"""The items of the real feeds of EWS_SHARED_DATA as evidence interchange records, each item once, in a fixed order.

A line number is an item's place in that order: feeds by name, polls by time, items as they stand in the document.
"""

import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import zstandard
from selectolax.lexbor import LexborHTMLParser

FEEDS = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data")) / "feeds"
SHORTEST_TITLE = 12  # characters: a shorter link of a ministry's page is its navigation
Fields = dict[str, Any]


def members(packed: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a .tar.zst, sorted by name."""
    plain = (
        zstandard.ZstdDecompressor(max_window_size=1 << 28).decompressobj().decompress(packed.read_bytes())
    )
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        for member in sorted(tar.getmembers(), key=lambda one: one.name):
            content = tar.extractfile(member)
            if content is not None:
                yield member.name, content.read()


def once(found: Iterator[Fields]) -> Iterator[Fields]:
    seen: set[tuple[str, str, str]] = set()
    for one in found:
        key = (one["source"], one["title"], one.get("url") or "")
        if one["title"] and key not in seen:
            seen.add(key)
            yield one


def iso(entry: feedparser.FeedParserDict) -> str | None:
    at = entry.get("published_parsed") or entry.get("updated_parsed")
    return f"{at[0]:04}-{at[1]:02}-{at[2]:02}T{at[3]:02}:{at[4]:02}:{at[5]:02}Z" if at else None


def feed_items(source: str, document: bytes) -> Iterator[Fields]:
    for entry in feedparser.parse(document).entries:
        yield {
            "source": source,
            "title": " ".join(entry.get("title", "").split()),
            "summary": entry.get("summary"),
            "url": entry.get("link"),
            "date": iso(entry),
        }


def page_items(source: str, document: bytes) -> Iterator[Fields]:
    """Links of a ministry's press page that read like a headline; the page's own navigation is short."""
    for link in LexborHTMLParser(document).css("a"):
        title = " ".join(link.text().split())
        if len(title) >= SHORTEST_TITLE:
            yield {"source": source, "title": title, "url": link.attributes.get("href")}


def ministries() -> Iterator[Fields]:
    for path in sorted((FEEDS / "jp_ministries").iterdir()):
        read = page_items if path.suffix == ".html" else feed_items
        yield from read(path.stem, path.read_bytes())
    for _, content in members(FEEDS / "jp_ministries_polls.tar.zst"):
        for ministry in json.loads(content)["companies"]:
            for one in ministry.get("items", []):
                yield {
                    "source": ministry["id"],
                    "title": one["title"],
                    "url": one["url"],
                    "date": one["date"],
                }


def jp_ministries() -> Iterator[Fields]:
    yield from once(ministries())


def rss_polls() -> Iterator[Fields]:
    """Items of the publishers' RSS polls; a title edited while in the feed is an item of its own."""
    yield from once(
        one
        for name, content in members(FEEDS / "news_rss_polls.tar.zst")
        for one in feed_items(name.split("/")[0], content)
    )


def json_feeds() -> Iterator[Fields]:
    for path in sorted((FEEDS / "json_feeds").iterdir()):
        for one in json.loads(path.read_text(encoding="utf-8"))["items"]:
            text = re.sub(r"<[^>]+>", " ", one.get("content_text") or one.get("content_html") or "")
            yield {
                "source": path.stem,
                "title": " ".join((one.get("title") or "").split()),
                "summary": text,
                "url": one.get("url"),
                "date": one.get("date_published"),
            }


def publishers() -> Iterator[Fields]:
    yield from once(json_feeds())


def aggregated_stories() -> Iterator[Fields]:
    """Titles of an aggregator's polls; its own sources (wires and one machine-written index) keep their names."""
    for _, content in members(FEEDS / "aggregator_polls.tar.zst"):
        for one in json.loads(content)["stories"]:
            yield {
                "source": one["sourceId"],
                "title": " ".join(one["title"].split()),
                "url": one["url"],
                "date": one["publishedAt"],
            }


def aggregator() -> Iterator[Fields]:
    yield from once(aggregated_stories())


COUNTRIES = {"jp": "ja", "cn": "zh", "tw": "en", "kr": "ko"}


def page_headlines() -> Iterator[Fields]:
    """Every headline a saved newspaper page links to, with the language its folder names; an English page is Latin."""
    for name, content in members(FEEDS / "news_article_pages.tar.zst"):
        country, paper = name.split("/")
        if country in COUNTRIES and paper.endswith(".html"):
            for one in page_items(paper.split("_", maxsplit=1)[0], content):
                language = COUNTRIES[country] if re.search(r"[^\x00-\u2fff]", one["title"]) else "en"
                yield one | {"country": country.upper(), "language": language}


def article_pages() -> Iterator[Fields]:
    yield from once(page_headlines())
