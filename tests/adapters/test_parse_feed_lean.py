"""A lean document is read as the whole one would be, whatever its entries hold."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.collect import rss
from warning.collect.feed_items import RawEntry
from warning.collect.feed_lean import Texts
from warning.collect.feed_split import split_feed

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
LONG = "镓、锗 export licence — Ã©tude " * 5
TEXTS = st.sampled_from(
    [
        "",
        "  ",
        "short",
        f"  {LONG}\n",
        "x" * 61,
        f"<![CDATA[<p>{LONG}</p> &nbsp; &amp;]]>",
        f"&lt;b&gt;{LONG}&lt;/b&gt; AT&amp;amp;T",
        f"{LONG}<!-- a remark -->{LONG}",
        "&#133;\x85 quoted &#147;" + LONG,
        f"<div>{LONG}</div>",
        "Ã¤" * 70,
        "Z2FsbGl1bSBhbmQgZ2VybWFuaXVt" * 4,
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        "", ' type="html"', ' type="text"', ' type="text/plain"', ' type="xhtml"', ' mode="base64" type="text/plain"',
        ' type="application/octet-stream"', ' xml:lang="zh"', ' src="https://a.example/"',
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "title", "description", "summary", "content", "content:encoded", "category", "author", "comments",
        "dc:creator", "dc:subject", "dc:title", "dc:description", "dc:date", "media:thumbnail", "media:content",
        "media:title", "media:description", "media:keywords", "slash:comments", "itunes:summary", "guid", "id",
        "link", "pubDate", "published", "updated", "enclosure", "source", "unheard-of",
    ]
)  # fmt: skip


@st.composite
def elements(draw: st.DrawFn) -> str:
    name = draw(NAMES)
    text = draw(TEXTS)
    if name in {"guid", "id", "link"}:
        text = draw(
            st.sampled_from(["https://a.example/1?x=1&amp;y=2", "", "urn:1", "https://a.example/" + "z" * 90])
        )
    if name in {"pubDate", "published", "updated", "dc:date"}:
        text = draw(st.sampled_from(["Mon, 03 Jul 2023 18:30:00 +0800", "2023-07-03", "soon", ""]))
    inner = draw(
        st.sampled_from(["", "", "", "<name>Ministry</name>", "<media:title>Of a picture</media:title>"])
    )
    return f"<{name}{draw(ATTRIBUTES)}>{text}{inner}</{name}>"


ENTRIES = st.lists(st.lists(elements(), max_size=7).map("".join), min_size=1, max_size=3)


def rss_of(entries: list[str]) -> bytes:
    body = "".join(f"<item>{entry}</item>" for entry in entries)
    return f'<rss version="2.0" {NAMESPACES}><channel><title>t</title>{body}</channel></rss>'.encode()


def atom_of(entries: list[str]) -> bytes:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}><title>t</title>{body}</feed>'.encode()


def told(entries: list[RawEntry]) -> list[Mapping[str, object]]:
    """Everything but `otherwise`, which is looked at only where an entry says nothing else."""
    fields = ("external_id", "link", "title", "summary", "body", "dates")
    return [{name: getattr(entry, name) for name in fields} for entry in entries]


@given(ENTRIES, st.sampled_from([rss_of, atom_of]))
def test_a_lean_document_is_read_as_the_whole_one(entries, written):
    xml = written(entries)
    split = split_feed(xml, frozenset())
    assert split is not None
    lean, read = rss._read(split, xml)
    whole = rss._feedparser(xml)
    assert told(read) == told([rss._raw(entry, Texts()) for entry in whole["entries"]])
    assert lean.get("version") == whole.get("version")


def test_an_entry_that_says_nothing_else_keeps_the_word_of_its_author():
    xml = rss_of(["<author>desk@ministry.example</author><category>notice</category>"])
    split = split_feed(xml, frozenset())
    assert split is not None
    _, (entry,) = rss._read(split, xml)
    assert entry.otherwise == "notice" or "ministry" in entry.otherwise


def test_what_is_never_read_and_long_texts_are_not_given_to_the_full_parser():
    xml = rss_of([f"<title>a</title><category>c</category><description>{LONG}</description>"])
    split = split_feed(xml, frozenset())
    assert split is not None
    assert b"category" not in split.lean
    assert LONG.encode() not in split.lean


@pytest.mark.parametrize("start", ["\ue000", "&#xE000;", "&#57344;"])
def test_a_document_that_holds_our_marks_is_read_whole(start):
    xml = rss_of([f"<title>{start}0\ue001</title><description>{LONG}</description>"])
    split = split_feed(xml, frozenset())
    assert split is not None
    _, (entry,) = rss._read(split, xml)
    assert entry.title == "\ue0000\ue001"
