"""Lists -> entries with steady keys; two versions that differ in punctuation only give no change."""

from collections import Counter

import pytest

from tests.adapters.parse_samples import document, profile, shared, unpacked
from warning.collect.listing_guess import guess_listing
from warning.collect.parse import parse
from warning.core.documents import Parsed
from warning.core.evidence import Listing, compare_listings
from warning.core.formats import ListingFormat
from warning.errors import ParseError

ENTITY_LIST = ListingFormat(
    format="listing", encoding="xml", section="Supplement No. 4 to Part 744", entries="TBODY/TR",
    key="1+2", name="2", country="1", fields=("2", "3", "5"), filled_down=("1",),
    name_until=r"(?i),?\s*\b[af]\.?k\.?a\.?\b|,\s+(?=\S*\d)|\.?\s*\(See",
)  # fmt: skip


def read(body: str | bytes, **said: object) -> Parsed:
    return parse(
        document(body),
        ListingFormat(**{"format": "listing", "key": "id", "name": "name", **said}),
        profile("US"),
    )


def listing(parsed: Parsed) -> Listing:
    assert parsed.listing is not None
    return parsed.listing


def test_entries_have_key_name_country_and_the_fields_asked_for() -> None:
    (one,) = listing(
        read(
            'id,name,where,note\n7, ACME  Ltd ,"China, People\'s Republic of",x\n',
            country="where",
            fields=("note",),
        )
    ).entries
    assert (one.key, one.name, one.country, one.fields) == ("7", "ACME Ltd", "CN", (("note", "x"),))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("id\tname\n1\tA\n2\tB\n", {"encoding": "tsv"}),
        (
            '{"list":[{"id":1,"name":{"en":"A"}},{"id":2,"name":{"en":"B"}}]}',
            {"encoding": "json", "entries": "list", "name": "name.en"},
        ),
        ('["A","B"]', {"encoding": "json", "key": "line", "name": "line"}),
        ("A\n# comment\n\nB\n", {"encoding": "lines", "key": "line", "name": "line"}),
        (
            "<l xmlns='urn:x'><e id='1'><name>A</name></e><e id='2'><name>B</name></e></l>",
            {"encoding": "xml", "entries": "e", "key": "@id"},
        ),
        ("1,A\n2,B\n\x1a", {"header": False, "columns": ("id", "name")}),
    ],
)
def test_every_encoding_of_a_list_is_read(body: str, said: dict[str, object]) -> None:
    assert [entry.name for entry in listing(read(body, **said)).entries] == ["A", "B"]


def test_empty_garbled_and_punctuation_rows_are_problems_and_no_entries() -> None:
    parsed = read("id,name\n1,\n2,â\n3,***\n4,Real Co\n")
    assert [entry.name for entry in listing(parsed).entries] == ["Real Co"]
    assert len(parsed.problems) == 3


def test_repetitions_are_merged_and_rivals_numbered_with_a_problem() -> None:
    parsed = read("id,name\n1,A\n1,A\n1,B\n")
    assert [(entry.key, entry.name) for entry in listing(parsed).entries] == [("1", "A"), ("1#2", "B")]
    assert len(parsed.problems) == 2


def test_a_list_without_a_usable_entry_is_none_so_that_nothing_counts_as_removed() -> None:
    parsed = read("id,name\n")
    assert parsed.listing is None
    assert "no usable entry" in parsed.problems[0]


def test_editors_punctuation_does_not_change_a_key_made_of_the_name() -> None:
    before, after = (
        listing(read(f"name,id\n{n},1\n", key="name")) for n in ('"Acme Co., Ltd."', '"ACME Co Ltd"')
    )
    assert compare_listings(before, after) == ()


@pytest.mark.parametrize(
    ("body", "said", "error"),
    [
        ("<html>", {}, "HTML or XML page"),
        ("a,b\n1,2\n", {}, "no column"),
        ("{", {"encoding": "json"}, "not JSON"),
        ("<a>", {"encoding": "xml", "entries": "e"}, "not well-formed"),
        ("<a/>", {"encoding": "xml", "entries": "e"}, "no element at 'e'"),
        ("<a/>", {"encoding": "xml", "entries": "e", "section": "Supplement"}, "no section"),
        ("", {}, "empty"),
    ],
)
def test_a_document_that_is_not_the_list_is_refused(body: str, said: dict[str, object], error: str) -> None:
    with pytest.raises(ParseError, match=error):
        read(body, **said)


@pytest.mark.shared_data
def test_the_two_stored_versions_of_the_us_entity_list_differ_in_nothing() -> None:
    before, after = (
        listing(parse(document(unpacked(f"lists/ecfr_15cfr744_{day}.xml.zst")), ENTITY_LIST, profile("US")))
        for day in ("2026-03-25", "2026-07-18")
    )
    assert len(before.entries) == len(after.entries) == 3415
    assert compare_listings(before, after) == ()
    assert Counter(entry.country for entry in after.entries)["CN"] > 900


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("china_control_lists.json", 101), ("japan_foreign_end_user_list.json", 397), ("bis_denied_persons_2019-06.tsv", 543),
        ("us_consolidated_screening_list_sample_2019-12.csv", 115), ("entity_list_broken_encoding.csv", 0),
    ],
)  # fmt: skip
def test_a_real_list_is_read_without_a_description(name: str, entries: int) -> None:
    body = shared(f"lists/{name}").read_bytes()
    found = guess_listing(body.decode())
    assert found is not None
    assert parse(document(body), found, profile("US")).records == entries


@pytest.mark.shared_data
def test_the_broken_extract_yields_problems_and_not_one_entry() -> None:
    how = {"key": "Entity", "name": "Entity", "country": "Country"}
    parsed = read(shared("lists/entity_list_broken_encoding.csv").read_bytes(), **how)
    assert parsed.listing is None
    assert parsed.seen == 26
