"""Feeds: what feedparser reads, as clean items with steady identities, and only what was not read before."""

import time

import pytest

from tests.adapters.parse_samples import FETCHED_AT, document, members, profile
from warning.collect.parse import parse
from warning.core.documents import Parsed
from warning.core.formats import RssFormat
from warning.errors import ParseError

FORMAT = RssFormat(format="rss")


def read(body: str | bytes, known: frozenset[str] = frozenset(), country: str = "CN") -> Parsed:
    return parse(document(body), FORMAT, profile(country), known=known)


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>t</title>{''.join(f'<item>{i}</item>' for i in items)}</channel></rss>"


def entry(number: int, **changes: str) -> str:
    said = {"title": f"Notice {number}", "link": f"/n/{number}", "guid": f"g{number}", **changes}
    return "".join(f"<{name}>{value}</{name}>" for name, value in said.items() if value)


def test_an_item_is_plain_text_with_a_resolved_link_and_an_utc_date() -> None:
    parsed = read(
        rss(
            entry(
                1,
                title="<![CDATA[<b>镓</b> &amp;middot; 锗]]>",
                description="&lt;p&gt;one&lt;/p&gt;two",
                pubDate="2023-07-03 18:30",
            )
        )
    )
    (item,) = parsed.items
    assert (item.title, item.summary) == ("镓 · 锗", "one\ntwo")
    assert item.url == "https://gov.example/n/1"
    assert item.published_at is not None
    assert item.published_at.isoformat() == "2023-07-03T10:30:00+00:00"
    assert (item.known_at, item.time_assumed, item.archive_hash) == (FETCHED_AT, False, "ab" * 32)


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title type='html'>a &amp;lt; b</title></entry></feed>", ["a < b"]),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><item rdf:about='x'><title>rdf</title></item></rdf:RDF>", ["rdf"]),
        ("<CHANNEL><ITEM HREF='http://x.example/'><TITLE>cdf</TITLE></ITEM></CHANNEL>", ["cdf"]),
        ('{"version":"https://jsonfeed.org/version/1.1","items":[{"id":7,"content_text":"json"},{"id":8,"title":"t"}]}', ["json", "t"]),
        ("<rss><channel><item><title>no end</title><link>", ["no end"]),
        ("\n\n <?xml version='1.0'?><rss><channel><item><title>late start \x0b</title></item></channel></rss>", ["late start"]),
    ],
)  # fmt: skip
def test_every_family_of_feeds_is_read(body: str, titles: list[str]) -> None:
    assert [item.title for item in read(body).items] == titles


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "empty"),
        ("<!DOCTYPE html><html><body>Please log in", "HTML page"),
        ("<FEDREG/>", "<FEDREG>"),
        ("{}", "JSON"),
        ("[1, 2", "JSON"),
        ("plain words", "starts with"),
    ],
)
def test_what_is_no_feed_is_refused_with_what_it_looks_like(body: str, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        read(body)


def test_a_feed_without_entries_is_no_error() -> None:
    assert read(rss()).seen == 0


def test_unsafe_links_are_dropped_with_a_problem_and_the_entry_stays() -> None:
    parsed = read(rss(entry(1, link="javascript:alert(1)", guid=""), entry(2)))
    assert [item.url for item in parsed.items] == ["", "https://gov.example/n/2"]
    assert any("javascript" in problem for problem in parsed.problems)


def test_a_date_far_ahead_is_clamped_and_an_unreadable_one_is_assumed() -> None:
    ahead, unread = read(rss(entry(1, pubDate="2031-01-01"), entry(2, pubDate="soon"))).items
    assert ahead.published_at == FETCHED_AT
    assert (unread.published_at, unread.time_assumed) == (None, True)


def test_one_empty_entry_costs_itself_only() -> None:
    parsed = read(rss("", entry(1)))
    assert [item.title for item in parsed.items] == ["Notice 1"]
    assert parsed.problems == ("entry 1: has no title, no text and no link",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<title>Ores & metals</title>", "</channel></rss>"),
        ("<item><title>a&nbsp;b</title></item>", "</channel></rss>"),
        ("<item><title>Below 3 < 4</title></item>", "</channel></rss>"),
        ("<item><title>Never closed</title>", "</channel></rss>"),
        ("", "</channel></rss><br>Warning: a page's own fault"),
        ("", "</channel>"),
    ],
)
def test_a_malformed_feed_of_which_every_entry_was_read_is_remarked_on(before: str, after: str) -> None:
    parsed = read(
        f"<rss version='2.0'><channel>{before}<item>{entry(1)}</item><item>{entry(2)}</item>{after}"
    )
    assert len(parsed.items) == 2 + before.count("<item>")
    assert parsed.unread == ()
    assert parsed.remarks[0].startswith("not well-formed (")
    assert parsed.remarks[0].endswith("; every entry was read")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("", "<item><title>Cut o"),
        ("", "<item><title>Cut off</title></item>"),
        ("<item><title><![CDATA[Swallows the rest</title></item>", "</channel></rss>"),
        ("<item><title>Swallows</title><!-- the rest</item>", "</channel></rss>"),
    ],
)
def test_a_malformed_feed_that_was_cut_off_or_lost_an_entry_was_not_read_whole(
    before: str, after: str
) -> None:
    unread, *_ = read(
        f"<rss version='2.0'><channel>{before}<item>{entry(1)}</item><item>{entry(2)}</item>{after}"
    ).unread
    assert unread.startswith("not well-formed (")
    assert unread.endswith("; read as far as it goes")


def test_an_exact_repetition_collapses() -> None:
    assert len(read(rss(entry(1), entry(1))).items) == 1


def test_a_shared_guid_with_different_links_keeps_both() -> None:
    items = read(rss(entry(1, guid="same"), entry(2, guid="same"))).items
    assert len({item.id for item in items}) == 2


def test_entries_that_share_one_link_and_have_no_guid_are_told_apart_by_title() -> None:
    items = read(rss(entry(1, guid="", link="/list"), entry(2, guid="", link="/list"))).items
    assert len({item.id for item in items}) == 2


def test_an_edited_title_keeps_the_identity_and_changes_the_content() -> None:
    (before,), (after,) = read(rss(entry(1))).items, read(rss(entry(1, title="Notice 1 (corrected)"))).items
    assert before.id == after.id
    assert before.content_hash != after.content_hash


def test_entries_read_before_are_not_returned_again() -> None:
    first = read(rss(*map(entry, range(50))))
    again = read(rss(*map(entry, range(50))), known=first.entry_hashes)
    assert (again.items, again.seen, again.entry_hashes) == ((), 50, first.entry_hashes)


def test_a_new_and_an_edited_entry_are_returned_and_equal_the_whole_parse() -> None:
    first = read(rss(*map(entry, range(50))))
    body = rss(entry(50), entry(0, title="edited"), *map(entry, range(1, 50)))
    changed = read(body, known=first.entry_hashes)
    whole = {item.id: item for item in read(body).items}
    assert [item.title for item in changed.items] == ["Notice 50", "edited"]
    assert all(whole[item.id] == item for item in changed.items)


def test_a_new_entry_with_the_guid_of_a_known_one_gets_the_same_identity_as_in_the_whole_parse() -> None:
    first = read(rss(entry(1, guid="same")))
    body = rss(entry(2, guid="same"), entry(1, guid="same"))
    assert read(body, known=first.entry_hashes).items == read(body).items


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY a "lol">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)),
        f'<!ENTITY big "{"x" * 50_000}">',
        "<!ENTITY % p \"<!ENTITY z 'z'>\"> %p;",
    ],
)
def test_an_expansion_attack_is_refused_in_bounded_time(declarations: str) -> None:
    body = f"<?xml version='1.0'?><!DOCTYPE r [{declarations}]><rss><channel><item><title>{'&big;' * 500}&j;</title></item></channel></rss>"
    started = time.process_time()
    with pytest.raises(ParseError, match="expansion"):
        read(body)
    assert time.process_time() - started < 20  # a hang guard, not a measurement


def test_an_external_entity_is_never_fetched() -> None:
    body = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss><channel><item><title>a &x; b</title></item></channel></rss>"
    assert "root:" not in read(body).items[0].title


@pytest.mark.shared_data
def test_the_corpus_of_eleven_libraries_gives_an_answer_for_every_document_and_the_same_in_parts() -> None:
    read_well = refused = 0
    for name, body in members("feeds/parser_corpus.tar.zst"):
        try:
            whole = read(body)
        except ParseError:
            refused += 1
            continue
        read_well += 1
        known = frozenset(sorted(whole.entry_hashes)[::2])
        if not known or len(body) > 60_000:
            continue
        part = {item.id: item for item in read(body, known=known).items}
        assert part.items() <= {item.id: item for item in whole.items}.items(), name
        assert len(part) >= len(whole.items) - len(known), name
    assert (read_well, refused) == (1492, 153)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "count"), [("fsa", 15), ("kantei", 25), ("mext", 21), ("mhlw", 67), ("mof", 100)]
)
def test_japanese_ministries_are_read_as_served(name: str, count: int) -> None:
    from tests.adapters.parse_samples import shared  # noqa: PLC0415 - skips when absent

    parsed = read(shared(f"feeds/jp_ministries/{name}.xml").read_bytes(), country="JP")
    assert len(parsed.items) == count
    assert all(item.published_at and item.published_at.year in {2025, 2026} for item in parsed.items)


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#55296;", "&#0;", "&#x1b;", "&#xFFFFFFF;", "&#x0000DFFF;"]
)
def test_reference_to_no_character_costs_itself_and_not_the_feed(reference: str) -> None:
    parsed = read(rss(entry(1, title=f"镓{reference}锗 &#x4E2D;"), entry(2)))
    assert [item.title for item in parsed.items] == ["镓锗 中", "Notice 2"]
