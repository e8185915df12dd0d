"""Whatever the bytes, a parser answers with evidence or ParseError: mutated real shapes of every format."""

import gzip
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.parse_samples import document, profile
from warning.collect.html_list import parse_detail
from warning.collect.parse import parse
from warning.collect.parse_guess import GUESSERS, guess
from warning.core.formats import Format, HtmlListFormat, JsonFormat, ListingFormat, RssFormat, TableFormat
from warning.errors import ParseError

ENTITY = "<!DOCTYPE r [<!ENTITY e 'x'>]>"
SEEDS: tuple[bytes, ...] = (
    f"<?xml version='1.0' encoding='utf-8'?>{ENTITY}<rss><channel><item><title>稀土&e;</title><link>/1</link><pubDate>Mon, 3 Jul 2023 18:30 EST</pubDate></item></channel></rss>".encode(),
    b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/x'><entry><id>1</id><title type='xhtml'><div>a<b>c</b></div></title><updated>2023-07-03T18:30Z</updated></entry></feed>",
    '{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"title":"t","date_published":"令和8年8月17日"}]}'.encode(),
    "<html><meta charset=gbk><ul><li class=a><a href=/20230703.html title=x>公告</a><span>2023.7.3</span></li><dl><dt>7月3日<dd><a href=b>long enough title</a></dl>".encode("gbk"),
    b'callback({"data":{"html":"<li><a href=1>x</a></li>","list":[{"id":1,"title":"t","url":"u","date":1688380200}]}});',
    "month;partner;hs;kg;usd\n2023-08;Japan;811292;1.234,5;(7)\n2023Q3;中国;010121;>95;E\n".encode(),
    b"id,name,country\n1,A,CN\n2,\xe2,US\n1,B,\n",
    "<l><s N='Supplement No. 4'><TR><TD>CHINA</TD><TD>Acme, a.k.a. B<br/>c</TD></TR><TR><TD/><TD>Z</TD></TR></s></l>".encode("utf-16"),
)  # fmt: skip
FORMATS: tuple[Format, ...] = (
    RssFormat(format="rss"),
    HtmlListFormat(format="html_list", item="li, dd", date="span", date_heading="dt"),
    JsonFormat(format="json", entries="data.list", id="id", title="title", url="url", date="date"),
    JsonFormat(format="json", html="data.html", html_list=HtmlListFormat(format="html_list", item="li")),
    TableFormat(format="table", period="month", frequency="M", reporter="CN", partner="column:partner", hs_code="column:hs", decimal=",", values={"kg": {"measure": "export_quantity", "unit": "kg"}}),
    TableFormat(format="table", period="date", frequency="D", reporter="CN", entries="data.list", values={"id": {"measure": "index", "unit": "1"}}),
    ListingFormat(format="listing", key="id", name="name", country="country", fields=("country",)),
    ListingFormat(format="listing", encoding="json", entries="data.list", key="id", name="title"),
    ListingFormat(format="listing", encoding="xml", section="Supplement", entries="TR", key="1+2", name="2", filled_down=("1",), name_until=",? a.k.a"),
    ListingFormat(format="listing", encoding="lines", key="line", name="line"),
)  # fmt: skip
TYPES = st.sampled_from(["", "text/html; charset=utf-16", "text/xml; charset=big5", "; charset=euc-jp"])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A seed with pieces cut, doubled, replaced by noise, or spliced with another seed."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 5))):
        at, length = draw(st.integers(0, len(body))), draw(st.integers(0, 30))
        other = draw(st.sampled_from(SEEDS))
        noise = draw(
            st.sampled_from(
                [
                    b"",
                    b"\xff\xfe",
                    b"\x00",
                    b"<",
                    b"]]>",
                    b"&",
                    b'"',
                    b"{",
                    b"\x1b$B",
                    other[:40],
                    body[at : at + length] * 3,
                ]
            )
            | st.binary(max_size=6)
        )
        body = body[:at] + noise + body[at + length :]
    return body


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(), st.sampled_from(FORMATS), TYPES)
def test_every_parser_answers_or_refuses_whatever_the_bytes(
    body: bytes, format_: Format, content_type: str
) -> None:
    with suppress(ParseError):
        parsed = parse(document(body, content_type), format_, profile())
        assert all(item.title and "\x00" not in item.title for item in parsed.items)
        assert len({item.id for item in parsed.items}) == len(parsed.items)


def answers_or_refuses(body: bytes, family: str) -> bool:
    """True when the document gave a count of what it holds, or a refusal that says why."""
    try:
        parsed = guess(document(body), family, profile())
    except ParseError as refusal:
        return bool(str(refusal).strip())
    return parsed.records >= 0 and all(problem.strip() for problem in parsed.problems)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(), st.sampled_from(sorted(GUESSERS)))
def test_every_guesser_answers_or_refuses_whatever_the_bytes(body: bytes, family: str) -> None:
    assert answers_or_refuses(body, family)


@settings(max_examples=40, deadline=None)
@given(mutated())
def test_a_detail_page_gives_a_text_whatever_the_bytes(body: bytes) -> None:
    with suppress(ParseError):
        text, _problem = parse_detail(
            document(body), HtmlListFormat(format="html_list", item="li", detail="li")
        )
        assert "\x00" not in text


@pytest.mark.parametrize("family", sorted(GUESSERS))
@pytest.mark.parametrize(
    "body",
    [
        b"<" * 300_000,
        b"<a>" * 100_000,
        b"<div><a href=x>" * 8_000,
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'"' * 300_000,
        b"<!--" * 100_000,
        b"<rss><channel>" + b"<item><title>&amp;amp;" * 5_000,
        b"\xa1" * 300_000,
        b"," * 300_000 + b"\n1",
        gzip.compress(b"x" * 1_000),
    ],
    ids=[
        "angles",
        "tags",
        "deep",
        "lists",
        "objects",
        "quotes",
        "comments",
        "items",
        "high",
        "commas",
        "packed",
    ],
)
def test_pathological_documents_end(family: str, body: bytes) -> None:
    assert answers_or_refuses(body, family)


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"<x>" + b" " * 30_000_000)
    with pytest.raises(ParseError):
        guess(document(packed.getvalue()), "table", profile())
