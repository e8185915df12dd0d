"""XML by paths, sitemaps and PDF: real shapes, real documents where the data set has them, and hostile ones."""

import gzip
import zlib
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.adapters.parse_samples import FETCHED_AT, document, profile, unpacked
from tests.adapters.pdf_samples import CJK, cjk_pdf, page_of, pdf_of, scanned_pdf, stream
from warning.collect.parse import parse, parse_detail
from warning.collect.parse_guess import guess
from warning.collect.sitemap import sitemaps_of
from warning.core.formats import (
    HtmlListFormat,
    ListingFormat,
    PdfFormat,
    SitemapFormat,
    TableFormat,
    XmlFormat,
)
from warning.errors import ParseError

PDF = PdfFormat(format="pdf")
SITEMAP = SitemapFormat(format="sitemap")
GAZETTE = """<?xml version="1.0" encoding="utf-8"?>
<g:list xmlns:g="urn:gazette" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <g:notice id="n1"><dc:title>Order on <g:em>gallium</g:em></dc:title><title>wrong one</title>
    <link rel="self" href="/a.xml"/><link rel="alternate" href="/a.html"/><dc:date>2023-07-03</dc:date></g:notice>
  <g:notice id="n2"><dc:title>Order on antimony</dc:title><link rel="alternate" href="/b.html"/>
    <dc:date>2024-08-15</dc:date></g:notice>
</g:list>"""
BY_PATHS = XmlFormat(
    format="xml",
    entries="g:list/g:notice",
    namespaces={"g": "urn:gazette", "dc": "http://purl.org/dc/elements/1.1/"},
    id="@id",
    title="dc:title",
    url="link[@rel=alternate]/@href",
    date="dc:date",
)


def test_xml_is_read_by_paths_with_namespaces_and_attributes():
    first, second = parse(document(GAZETTE), BY_PATHS, profile()).items
    assert (first.external_id, first.title) == ("n1", "Order on gallium")
    assert first.url == "https://gov.example/a.html"
    assert (
        second.published_at.date().isoformat() == "2024-08-14"
    )  # the fifteenth in Beijing began then in UTC


def test_xml_paths_without_prefix_fit_any_namespace():
    loose = XmlFormat(format="xml", entries="//notice", id="@id", title="title", date="date")
    assert [item.title for item in parse(document(GAZETTE), loose, profile()).items] == [
        "Order on gallium wrong one",
        "Order on antimony",
    ]


def test_xml_tells_a_path_that_leads_nowhere_and_what_the_document_holds():
    lost = BY_PATHS.model_copy(update={"summary": "abstract"})
    assert (
        "summary path 'abstract' leads nowhere in any entry"
        in parse(document(GAZETTE), lost, profile()).problems
    )
    with pytest.raises(ParseError, match=r"no element at 'rows/row'; the document holds: .*notice"):
        parse(document(GAZETTE), XmlFormat(format="xml", entries="rows/row"), profile())


def test_xml_that_refuses_is_no_empty_answer():
    said = "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg></cmmMsgHeader></OpenAPI_ServiceResponse>"
    with pytest.raises(ParseError, match="SERVICE_KEY_IS_NOT_REGISTERED"):
        parse(document(said), XmlFormat(format="xml", entries="//item"), profile())
    empty = (
        "<response><header><resultMsg>NORMAL SERVICE.</resultMsg></header><body><items/></body></response>"
    )
    assert parse(document(empty), XmlFormat(format="xml", entries="body/items/item"), profile()).seen == 0


@pytest.mark.parametrize(
    "written", ["a[1]", "a/text()", "//", "a|b", "a b", "document('x')", "..", "a[@x='']"]
)
def test_xml_paths_that_are_more_than_steps_are_refused_with_an_example(written):
    with pytest.raises(ValidationError, match="channel/item"):
        XmlFormat(format="xml", entries=written)


def test_xml_prefix_without_its_namespace_is_refused():
    with pytest.raises(ValidationError, match="'dc' is used in a path"):
        XmlFormat(format="xml", entries="item", date="dc:date")


@pytest.mark.parametrize(
    "hostile",
    [
        "<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><r><item>&b;</item></r>",
        "<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><r><item>&e;</item></r>",
        "<r>" + "<a>" * 5_000 + "</a>" * 5_000 + "</r>",
        "<html><body>please log in</body></html>",
    ],
    ids=["expansion", "outside", "deep", "login"],
)
def test_hostile_xml_is_refused(hostile):
    with pytest.raises(ParseError):
        parse(document(hostile), XmlFormat(format="xml", entries="//item"), profile())


def test_xml_names_nothing_outside_the_document(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("do not read", encoding="utf-8")
    linked = f"<r xmlns:xi='http://www.w3.org/2001/XInclude'><item><xi:include href='{secret}' parse='text'/>x</item></r>"
    (item,) = parse(document(linked), XmlFormat(format="xml", entries="item", title="."), profile()).items
    assert "do not read" not in repr(item)


@pytest.mark.shared_data
def test_the_official_xml_of_a_federal_register_issue_is_read_whole():
    issue = unpacked("feeds/federal_register_issue_2016-04-15.xml.zst")
    rules = XmlFormat(format="xml", entries="//RULE", title="//SUBJECT", id="//FRDOC")
    parsed = parse(document(issue), rules, profile("US"))
    assert len(parsed.items) == parsed.seen > 5
    assert all(item.title for item in parsed.items)
    assert all("FR Doc" in item.external_id for item in parsed.items)


def test_figures_in_xml_are_rows():
    """The shape of the Korean customs service's answer."""
    said = """<response><header><resultCode>00</resultCode></header><body><items>
    <item><balPayments>-1</balPayments><expWgt>5150</expWgt><hsCode>8112921000</hsCode><statCd>JP</statCd><year>2023.07</year></item>
    <item><expWgt>0</expWgt><hsCode>8112921000</hsCode><statCd>JP</statCd><year>2023.08</year></item></items></body></response>"""
    layout = TableFormat(
        format="table", entries="body/items/item", period="year", frequency="M", reporter="KR", partner="column:statCd",
        hs_code="column:hsCode", materials_by_hs={"811292": "gallium"},
        values={"expWgt": {"measure": "export_quantity", "unit": "kg"}},
    )  # fmt: skip
    parsed = parse(document(said), layout, profile("KR"))
    assert [(o.period, o.value, o.partner) for o in parsed.observations] == [
        ("2023-07", 5150.0, "JP"),
        ("2023-08", 0.0, "JP"),
    ]


def test_figures_in_json_lists_of_rows_have_their_header_in_the_first():
    """The shape of the US Census answer."""
    said = '[["CTY_CODE","GEN_QY1_MO","I_COMMODITY","time"],["5700","3","811292","2025-01"],["5880","0","811292","2025-01"]]'
    layout = TableFormat(
        format="table", entries="", period="time", frequency="M", reporter="US", partner="column:CTY_CODE",
        partners={"5700": "CN", "5880": "JP"}, hs_code="column:I_COMMODITY", materials_by_hs={"811292": "gallium"},
        values={"GEN_QY1_MO": {"measure": "import_quantity", "unit": "kg"}},
    )  # fmt: skip
    parsed = parse(document(said), layout, profile("US"))
    assert [(o.partner, o.value) for o in parsed.observations] == [("CN", 3.0), ("JP", 0.0)]


def test_a_listing_in_xml_that_defines_entities_is_refused():
    listing = ListingFormat(format="listing", encoding="xml", entries="e", key="@k", name="n")
    with pytest.raises(ParseError, match="entities"):
        parse(document("<!DOCTYPE l [<!ENTITY x 'y'>]><l><e k='1'><n>&x;</n></e></l>"), listing, profile())


# Sitemaps

NEWS_MAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
 <url><loc>https://press.example/2026/08/rare-earth-quota.html</loc><news:news><news:publication>
 <news:name>Press</news:name></news:publication><news:publication_date>2026-08-05T10:00:00+08:00</news:publication_date>
 <news:title>中国商务部公布稀土配额</news:title></news:news></url>
 <url><loc>https://press.example/2026/08/football_results.html</loc><lastmod>2026-08-06</lastmod></url>
 <url><loc>https://press.example/tags/sport</loc></url></urlset>"""


def test_sitemap_gives_titles_and_times_of_news_and_words_of_addresses_else():
    parsed = parse(document(NEWS_MAP), SITEMAP, profile())
    assert [item.title for item in parsed.items] == ["football results", "中国商务部公布稀土配额", "sport"]
    assert parsed.items[1].published_at.isoformat() == "2026-08-05T02:00:00+00:00"
    assert parsed.seen == 3


def test_sitemap_reads_the_newest_of_the_wanted_addresses_only_also_packed():
    few = SitemapFormat(format="sitemap", only=("/2026/",), never=("football",), newest=1)
    packed = document(gzip.compress(NEWS_MAP.encode()), "application/x-gzip")
    (item,) = parse(packed, few, profile()).items
    assert item.url == "https://press.example/2026/08/rare-earth-quota.html"


def test_sitemap_index_names_its_newest_sitemaps_of_the_same_host():
    index = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sitemap><loc>https://gov.example/old.xml</loc><lastmod>2024-01-01</lastmod></sitemap>
      <sitemap><loc>https://gov.example/new.xml.gz</loc><lastmod>2026-11-01</lastmod></sitemap>
      <sitemap><loc>https://elsewhere.example/x.xml</loc><lastmod>2026-11-02</lastmod></sitemap></sitemapindex>"""
    assert sitemaps_of(document(index), SitemapFormat(format="sitemap", follow=2)) == (
        "https://gov.example/new.xml.gz",
        "https://gov.example/old.xml",
    )
    assert parse(document(index), SITEMAP, profile()).items == ()


def test_sitemap_that_unpacks_without_end_is_refused():
    bomb = gzip.compress(b"<urlset>" + b" " * 70_000_000 + b"</urlset>")
    with pytest.raises(ParseError, match="unpacks to over"):
        parse(document(bomb), SITEMAP, profile())


# PDF


@pytest.mark.parametrize("character_map", CJK)
def test_pdf_in_a_named_cjk_font_gives_its_text(character_map):
    (item,) = parse(document(cjk_pdf(character_map)), PDF, profile()).items
    assert CJK[character_map][2] in (item.title, item.summary or item.body)
    assert item.title == CJK[character_map][2]


def test_pdf_is_titled_by_itself_by_its_source_or_by_its_first_line():
    titled = cjk_pdf("GBK-EUC-H", title="公告全文")
    assert parse(document(titled), PDF, profile()).items[0].title == "公告全文"
    assert parse(document(cjk_pdf("GBK-EUC-H")), PDF, profile()).items[0].title == CJK["GBK-EUC-H"][2]
    scanned = parse(document(scanned_pdf()), PdfFormat(format="pdf", title="Annex"), profile())
    assert scanned.items[0].title == "Annex"


def test_pdf_of_pictures_says_that_somebody_has_to_read_them():
    parsed = parse(document(scanned_pdf()), PDF, profile())
    assert parsed.problems == ("scanned: 1 pages hold pictures instead of text, somebody has to read them",)
    assert parsed.records == 1


def test_pdf_text_that_looks_like_markup_stays_as_it_is():
    plain = page_of(
        b"BT /F1 12 Tf 72 700 Td (purity <99.9 % & List<T>) Tj ET",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", resources=b"/Font<</F1 5 0 R>>",
    )  # fmt: skip
    (item,) = parse(document(plain), PDF, profile()).items
    assert item.title == "purity <99.9 % & List<T>"


def test_a_page_behind_a_list_may_be_a_pdf():
    listed = HtmlListFormat(format="html_list", item="li", detail="div")
    assert CJK["UniGB-UCS2-H"][2] in parse_detail(document(cjk_pdf("UniGB-UCS2-H")), listed)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>login</html>",
        b"%PDF-1.7\n",
        cjk_pdf("GBK-EUC-H")[:400],
        pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]),
        pdf_of([b"<</Type/Catalog/Pages 1 0 R>>"], b"/Encrypt 1 0 R"),
        page_of(b"q " * 200_000),
        page_of(b"[" * 50_000),
        page_of(b"/X Do", stream(b"/X Do", b"/Type/XObject/Subtype/Form/Resources<</XObject<</X 5 0 R>>>>"),
                resources=b"/XObject<</X 5 0 R>>"),
    ],
    ids=["empty", "html", "cut", "cut later", "pages of pages", "encrypted", "states", "arrays", "form in itself"],
)  # fmt: skip
def test_damaged_pdfs_are_refused_or_read_as_far_as_they_go(body):
    with suppress(ParseError):
        assert parse(document(body), PDF, profile()).records <= 1


def test_a_pdf_stream_that_unpacks_without_end_ends():
    bomb = stream(zlib.compress(b"0 " * 20_000_000), b"/Filter/FlateDecode")
    body = pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                   b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>", bomb])  # fmt: skip
    with suppress(ParseError):
        assert parse(document(body), PDF, profile()).records <= 1


SEEDS = (
    GAZETTE.encode(), NEWS_MAP.encode(), gzip.compress(NEWS_MAP.encode()), cjk_pdf("GBK-EUC-H", title="x"), scanned_pdf(),
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=8)), max_size=6),
    st.sampled_from([BY_PATHS, XmlFormat(format="xml", entries="//*", title="."), SITEMAP, PDF]),
)
def test_documents_mangled_anyhow_give_evidence_or_a_refusal(seed, cuts, layout):
    body = seed
    for place, length, noise in cuts:
        at = int(place * len(body))
        body = body[:at] + noise + body[at + length :]
    with suppress(ParseError):
        parsed = parse(document(body), layout, profile())
        assert len({item.id for item in parsed.items}) == len(parsed.items)
        assert all(item.title and item.known_at == FETCHED_AT for item in parsed.items)


@pytest.mark.parametrize("family", ["xml", "sitemap", "cap", "pdf", "mail"])
def test_saved_documents_are_read_without_a_catalogue_entry(family):
    seeds = {"xml": GAZETTE, "sitemap": NEWS_MAP, "pdf": cjk_pdf("GBK-EUC-H"), "mail": "Subject: x\n\nbody\n",
             "cap": "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><scope>Public</scope></alert>"}  # fmt: skip
    assert guess(document(seeds[family]), family, profile()).records >= 1


def test_sitemap_order_is_the_newest_first():
    items = parse(document(NEWS_MAP), SITEMAP, profile()).items
    dated = [item.published_at for item in items if item.published_at]
    assert all(a >= b for a, b in pairwise(dated))
