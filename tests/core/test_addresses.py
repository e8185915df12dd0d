"""Addresses of one document have one canonical form, addresses of two documents have two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.addresses import canonical_address

PLAIN = "https://www.press.example/metals/2026/gallium-controls?id=5"


@pytest.mark.parametrize(
    "other",
    [
        "http://www.press.example/metals/2026/gallium-controls?id=5",
        "https://press.example/metals/2026/gallium-controls/?id=5",
        "HTTPS://WWW.PRESS.EXAMPLE:443/metals/2026/gallium-controls?id=5#comments",
        "https://m.press.example/metals/2026/gallium-controls?id=5&utm_source=feed&utm_medium=rss",
        "https://www.press.example/metals//2026/gallium-controls/amp/?fbclid=Iw3x&id=5",
        "https://www.press.example/metals/2026/gallium%2Dcontrols/index.html?id=5",
        "https://www.press.example/metals/2026/gallium-controls;jsessionid=0A1B2C3D?id=5",
        "https://www.press.example/metals/2026/gallium-controls?PHPSESSID=a1b2c3d4e5f6a7b8c9&id=5",
        "https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fpress.example%2Fmetals%2F2026%2Fgallium-controls%3Fid%3D5",
        "https://www.press.example/metals/2026/gallium-controls?id=5&ref=inbound_RHS&feature=share&source=rss",
        "https://www.press.example/metals/2026/gallium-controls?id=5&share&ref=https%3A%2F%2Fnews.example%2Fhome",
        "https://www.press.example/metals/2026/gallium-controls?id=5&traffic_source=rss&at_medium=RSS&UTM_Source=x&n_cid=DS1",
        "https://www-press-example.cdn.ampproject.org/c/s/www.press.example/metals/2026/gallium-controls?id=5",
    ],
)
def test_forms_of_one_address_are_one(other):
    assert canonical_address(other) == canonical_address(PLAIN) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PLAIN, PLAIN.replace("id=5", "id=6")),
        (PLAIN, PLAIN.replace("2026", "2025")),
        (PLAIN, PLAIN.replace("press.example", "press.example.org")),
        ("https://gov.example/art?sid=71", "https://gov.example/art?sid=72"),
        ("https://gov.example/#/notice/71", "https://gov.example/#/notice/72"),
        ("https://gov.example/a?no=%EA%B0%80", "https://gov.example/a?no=%B0%A1"),
        ("https://gov.example/notice?ref=123", "https://gov.example/notice?ref=124"),
        ("https://gov.example/notice?ref=rss-123", "https://gov.example/notice?ref=rss-124"),
        ("https://gov.example/notice?ref=annex-a", "https://gov.example/notice?ref=annex-b"),
        ("https://gov.example/map?feature=mobile", "https://gov.example/map?feature=home"),
        ("https://gov.example/file?share=a7Gx", "https://gov.example/file?share=b8Hy"),
        ("https://gov.example/view?source=gacc", "https://gov.example/view?source=mofcom"),
        ("https://gov.example/view?pk_seq=71", "https://gov.example/view?pk_seq=72"),
        ("https://gov.example/view?at_id=71", "https://gov.example/view?at_id=72"),
        ("https://gov.example/view?oc=5", "https://gov.example/view?oc=6"),
        ("https://gov.example/view?cmpid=71", "https://gov.example/view?cmpid=72"),
        ("https://example.org/lamp", "https://example.org/l"),
        (
            "https://news.google.com/rss/articles/CBMiA?oc=5",
            "https://news.google.com/rss/articles/CBMiB?oc=5",
        ),
    ],
)
def test_addresses_of_two_documents_stay_two(one, other):
    assert canonical_address(one) != canonical_address(other)


@pytest.mark.parametrize(
    "nothing",
    ["", "https://press.example/", "http://www.press.example", "https://press.example/index.html", "mailto:a@b.example",
     "https://press.example:99999/a", "https://[::1/a", "no address"],
)  # fmt: skip
def test_what_names_no_document_has_no_canonical_address(nothing):
    assert canonical_address(nothing) == ""


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_is_answered_and_the_answer_stands_still(path, query):
    found = canonical_address(f"https://www.gov.example/{path}?{query}")
    assert not found or canonical_address(f"https://{found}") == found


@given(st.integers(0, 999), st.integers(0, 999))
def test_numbers_of_an_address_are_never_lost(first, second):
    one, other = (canonical_address(f"https://m.gov.example/n/{n}/amp?x={n}&ref=1") for n in (first, second))
    assert (one == other) is (first == second)


@pytest.mark.parametrize(
    "name", ["ref", "share", "feature", "source", "src", "from", "f", "cid", "id", "p", "sid"]
)
@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_a_number_names_the_page_whatever_its_parameter_is_called(name, first, second):
    one, other = (canonical_address(f"https://gov.example/notice?{name}={n + 2}") for n in (first, second))
    assert (one == other) is (first == second)


@given(
    st.lists(
        st.sampled_from(
            ["www.", "m.", "amp.", "www2.", "gov", ".example", ".cn", "/", "/a", "/Index.html", "/amp", ".amp", "//", "default.aspx",
             "/%E4%B8%AD", "/中", ";jsessionid=1", ":80", "?id=3", "&ref=x", "x.cdn.ampproject.org/c/s/gov.example/b", "google.com/amp/s/gov.example/b", "~", "_"]
        ),
        max_size=7,
    ).map("".join)
)  # fmt: skip
def test_plain_addresses_have_the_form_that_looking_into_every_part_gives(rest):
    url = f"https://{rest}"
    # A place in a page is no part of the form, and an address with one is always looked into.
    assert canonical_address(url) == canonical_address(f"{url}#part")


@given(
    st.sampled_from(
        ["gov.example/a", "m.gov.example/a/", "news.google.com/articles/x", "google.com/url", "l.facebook.com/l.php", "bing.com/news/apiclick",
         "gov.example/amp/a", "gov.example/index.html", "x.cdn.ampproject.org/c/s/gov.example/b", "gov.example"]
    ),
    st.lists(
        st.sampled_from(
            ["id=3", "a=b=c", "utm_source=rss", "ref=rss", "ref=12", "sid=7", "sid=abcdef0123456789abcd", "PHPSESSID=abcdef0123456789abcd", "x",
             "=1", "A=", "", "q=a+b", "q=%20", "url=https://other.example/p", "oc=5", "rss", "rss=1", "b.c=~-_"]
        ),
        max_size=5,
    ).map("&".join),
)  # fmt: skip
def test_plain_queries_have_the_form_that_looking_into_every_part_gives(place, query):
    url = f"https://{place}?{query}"
    assert canonical_address(url) == canonical_address(f"{url}#part")
