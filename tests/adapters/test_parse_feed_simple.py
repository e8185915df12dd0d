"""Simple entries are read as the full parser reads them, and what is not simple is left to it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.parse_samples import document, members, profile
from warning.collect import rss
from warning.collect.decode import decode
from warning.collect.feed_items import RawEntry, items_from
from warning.collect.feed_lean import Texts
from warning.collect.feed_split import split_feed

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
)
TEXTS = st.sampled_from(
    [
        "", "  ", "Controls on gallium", " 镓、锗 出口管制 \n", "AT&amp;T &amp;#8217; R&amp;amp;D", "a &lt;b&gt;bold&lt;/b&gt; word",
        "<![CDATA[<p>antimony &nbsp; &amp; tin</p><script>x</script>]]>", "Ã©tude", "&#133; &#147;quoted&#148; \x85",
        "<b>inline</b>", "before <!-- a remark --> after", "Z2FsbGl1bQ==", "&lt;img src=&quot;x&quot;&gt;", "\U0001f600 한국",
    ]
)  # fmt: skip
ADDRESSES = st.sampled_from(
    [
        "https://a.example/1?x=1&amp;y=2", "https://a.example/1?x=1&amp;amp;y=2&amp;z;=3", "", "urn:1", " /relative ", "a b",
        "http:////a.example/x", "https://a.example/é", "tag:a.example,2023:1", "javascript:alert(1)", "//b.example/2",
    ]
)  # fmt: skip
DATES = st.sampled_from(
    ["Mon, 03 Jul 2023 18:30:00 +0800", "2023-07-03", "2023-07-03T01:02:03Z", "", "soon", "03/07/2023", "Thu, 01 Jan 99 00:00 EST"]
)  # fmt: skip
HOLDS = {
    "title": TEXTS, "description": TEXTS, "content:encoded": TEXTS, "link": ADDRESSES, "guid": ADDRESSES, "pubDate": DATES,
    "dc:date": DATES, "dc:creator": TEXTS, "category": TEXTS, "source": TEXTS, "media:thumbnail": st.just(""), "author": TEXTS,
    "media:title": TEXTS, "dc:title": TEXTS, "summary": TEXTS, "atom:link": st.just(""), "updated": DATES, "unheard-of": TEXTS,
}  # fmt: skip
USUAL = tuple(HOLDS)[:12]
ATTRIBUTES = {
    "guid": ["", "", ' isPermaLink="true"', ' isPermaLink="false"', ' isPermaLink="TRUE"', ' ispermalink="false"', ' a="b"'],
    "category": ["", ' domain="x"', ' base="https://b.example/"', ' xml:base="https://b.example/"'],
    "source": ["", ' url="https://c.example/"'],
    "atom:link": [' href="https://d.example/"', ' rel="self" href="https://d.example/"', ""],
    "description": ["", "", "", ' type="xhtml"', ' xml:lang="zh"'],
    "link": ["", "", "", ' rel="x"', ' href="https://e.example/"'],
}  # fmt: skip
HEADS = st.sampled_from(
    [
        "<title>t</title>", "<title>t</title><image><url>u</url><title>i</title><link>https://i.example/</link></image>", "",
        "<image><title>i</title></image>", '<atom:link rel="self" href="https://a.example/feed"/><language>zh</language>',
        "<link>https://a.example/</link><ttl>5</ttl>", "<textInput><title>find</title></textInput>", "<svg/>", "<div>x</div>",
        '<category domain="d">c</category>', '<image href="x"/>', "<media:title>m</media:title>",
    ]
)  # fmt: skip
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@st.composite
def entries(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(USUAL), unique=True, max_size=9))
    if draw(st.integers(0, 3)) == 0:
        names.insert(draw(st.integers(0, len(names))), draw(st.sampled_from(tuple(HOLDS))))
    if draw(st.integers(0, 3)):
        names = ["title", *(name for name in names if name != "title")]
    return "".join(
        f"<{name}{draw(st.sampled_from(ATTRIBUTES.get(name, [''])))}>{draw(HOLDS[name])}</{name}>"
        for name in draw(st.permutations(names))
    )


def feed_of(items: list[str], head: str = "<title>t</title>", root: str = 'version="2.0"') -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss {root} {NAMESPACES}><channel>{head}{body}</channel></rss>".encode()


def read_whole(xml: bytes) -> list[RawEntry]:
    return [rss._raw(entry, Texts()) for entry in rss._feedparser(xml)["entries"]]


def told(read: list[RawEntry] | tuple[RawEntry, ...]) -> list[tuple[str, ...]]:
    """Texts and addresses of entries; times are compared as items have them."""
    return [(e.external_id, e.link, e.title, e.summary, e.body) for e in read]


def assert_the_same(xml: bytes, simple: tuple[RawEntry, ...], name: str = "") -> None:
    whole = read_whole(xml)
    assert told(simple) == told(whole), name
    asked = document(b""), profile("JP")
    assert items_from(simple, *asked) == items_from(whole, *asked), name
    assert not rss._feedparser(xml).get("bozo"), name


@given(st.lists(entries(), min_size=1, max_size=3), HEADS)
def test_entries_taken_for_simple_are_what_the_full_parser_gives(items, head):
    xml = feed_of(items, head)
    split = split_feed(xml, frozenset(), "JP")
    if split is not None and split.entries is not None:
        assert_the_same(xml, split.entries)


@pytest.mark.shared_data
def test_simple_documents_of_the_corpus_are_read_as_the_full_parser_reads_them():
    simple = 0
    for archive, every in (("feeds/parser_corpus.tar.zst", 1), ("feeds/news_rss_polls.tar.zst", 60)):
        for number, (name, body) in enumerate(members(archive)):
            text = decode(body, "").text.lstrip("\ufeff \t\r\n\x00") if number % every == 0 else ""
            cleaned, xml = rss.possible_xml(text)
            split = None if "<!DOCTYPE" in cleaned[:4096] else split_feed(xml, frozenset(), "JP")
            if split is not None and split.entries is not None:
                assert_the_same(xml, split.entries, name)
                simple += 1
    assert simple > 80


ENTRY = "<title>Controls on gallium</title><link>https://a.example/1</link><guid>1</guid><description>text</description>"


def test_an_ordinary_feed_is_simple():
    split = split_feed(feed_of([ENTRY, f"{ENTRY}<category>c</category>"]), frozenset(), "JP")
    assert split is not None
    assert split.entries is not None
    assert [entry.title for entry in split.entries] == ["Controls on gallium"] * 2


@pytest.mark.parametrize(
    "xml",
    [
        feed_of([ENTRY + "<title>again</title>"]),
        feed_of([ENTRY + "<media:description>of a picture</media:description>"]),
        feed_of([ENTRY + '<atom:link href="https://b.example/"/>']),
        feed_of([ENTRY + "<pubDate>soon</pubDate>"]),
        feed_of([ENTRY, "<link>https://a.example/untitled</link>"]),
        feed_of([ENTRY, "<title>&lt;img&gt;</title>"]),
        feed_of([ENTRY], "<textInput><title>find</title></textInput>"),
        feed_of([ENTRY], root='version="2.0" xml:base="https://b.example/"'),
        feed_of([ENTRY], root='version="2.0" xmlns="http://backend.userland.com/rss2"'),
        feed_of([ENTRY], root='version="2.0" xmlns:sy="http://purl.org/dc/terms/"'),
        feed_of([ENTRY.replace("<title>", '<title xmlns:x="urn:x">')]),
    ],
)
def test_what_is_unusual_is_left_to_the_full_parser(xml):
    split = split_feed(xml, frozenset(), "JP")
    assert split is not None
    assert split.entries is None


def test_of_a_feed_read_before_only_the_new_entries_are_given():
    before, after = feed_of([ENTRY]), feed_of([ENTRY.replace("gallium", "tin").replace("1<", "2<"), ENTRY])
    known = split_feed(before, frozenset(), "JP")
    assert known is not None
    split = split_feed(after, known.hashes, "JP")
    assert split is not None
    assert split.entries is not None
    assert [(entry.title, entry.external_id) for entry in split.entries] == [("Controls on tin", "2")]
    assert split.total == 2
