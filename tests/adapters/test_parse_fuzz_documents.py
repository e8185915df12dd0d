"""Whatever the bytes, the parsers of whole documents answer or refuse: XML, CAP, sitemaps, PDF, mails, and links."""

import gzip
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.parse_samples import document, profile
from tests.adapters.pdf_samples import CJK, cjk_pdf, page_of, pdf_of, stream
from warning.collect.further import links_at, next_said
from warning.collect.mail_bundle import bundled
from warning.collect.parse import PARSERS, parse
from warning.collect.sitemap import sitemaps_of
from warning.core.formats import Format
from warning.core.formats_documents import CapFormat, MailFormat, PdfFormat, SitemapFormat, XmlFormat
from warning.errors import ParseError

CAP = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>A1</identifier><sender>jp@gov.example</sender>
<sent>2026-08-01T10:00:00+09:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Restricted</scope>
<restriction>TLP:AMBER JP KR</restriction><references>jp@gov.example,A0,2026-07-31T10:00:00+09:00</references>
<info><language>en</language><category>Security</category><event>Export control</event><urgency>Immediate</urgency>
<severity>Severe</severity><certainty>Observed</certainty><headline>镓 控制</headline><parameter>
<valueName>marking</valueName><value>GREEN</value></parameter><area><areaDesc>CN</areaDesc></area></info></alert>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>t</title><category term="TLP:RED"/>
<link type="application/cap+xml" href="/a.cap"/><updated>2026-08-01T10:00:00Z</updated></entry></feed>"""
XML = """<r xmlns:d="urn:d"><body><items total="2"><item id="1"><d:title>稀土 <b>x</b></d:title><url>/a</url>
<date>2026.8.1</date></item><item id="2"/></items></body></r>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://gov.example/2026/rare-earth</loc><lastmod>2026-08-01</lastmod><n:news><n:title>稀土</n:title>
<n:publication_date>2026-08-01T01:02Z</n:publication_date></n:news></url></urlset>"""
INDEX = """<sitemapindex><sitemap><loc>https://gov.example/s1.xml</loc></sitemap><sitemap><loc>http://127.0.0.1/s</loc>
</sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>"""
MAIL = (
    b"From: =?utf-8?b?5ZWG5Yqh6YOo?= <a@gov.example>\r\nSubject: =?gb2312?B?z6HNwQ==?= notice\r\n"
    b"Date: Sat, 1 Aug 2026 10:00:00 +0900\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=gbk\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nz6HNwTxicj54\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
    b"Content-Disposition: attachment\r\n\r\n%PDF-1.4 x\r\n--b--\r\n"
)
SEEDS: tuple[bytes, ...] = (
    *(text.encode() for text in (CAP, ATOM, XML, SITEMAP, INDEX)),
    CAP.encode("utf-16"), gzip.compress(SITEMAP.encode()), MAIL, bundled([(1, MAIL), (2, b"Subject: x\n\ny")]),
    b"From a@b Sat Aug  1 10:00:00 2026\n" + MAIL, *(cjk_pdf(name) for name in sorted(CJK)[:3]),
    b'{"next":"http://127.0.0.1/p2","items":[1]}',
)  # fmt: skip
FORMATS: tuple[Format, ...] = (
    CapFormat(format="cap", own_senders=("us@gov.example",)),
    XmlFormat(format="xml", entries="body/items/item", id="@id", title="d:title", body=".", url="url", date="date", namespaces={"d": "urn:d"}),
    XmlFormat(format="xml", entries="//*", title="*", date="//date", url="@href"),
    SitemapFormat(format="sitemap", never=("login",), newest=3),
    PdfFormat(format="pdf"),
    MailFormat(format="mail", senders=("gov.example",)),
)  # fmt: skip
NOISE = st.sampled_from(
    [b"", b"\xff\xfe", b"\x00", b"<", b"]]>", b"<!DOCTYPE r [<!ENTITY e 'x'>]>", b"&e;", b"<![CDATA[", b"--b\r\n",
     b"=?utf-8?b?/////w==?=", b"=?x?q?=00?=", b">>", b"endstream", b"9 0 R", b"[" * 50, b"(" * 50, b"1e999"]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A seed with pieces cut, doubled, replaced by noise, or spliced with another seed."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        at, length = draw(st.integers(0, len(body))), draw(st.integers(0, 30))
        other = draw(st.sampled_from(SEEDS))
        piece = draw(
            NOISE | st.binary(max_size=6) | st.just(other[:60]) | st.just(body[at : at + length] * 3)
        )
        body = body[:at] + piece + body[at + length :]
    return body


def test_every_parser_is_tried_here_or_with_the_other_formats() -> None:
    from tests.adapters.test_parse_fuzz import FORMATS as OTHERS  # noqa: PLC0415 - a module with slow seeds

    assert {f.format for f in (*FORMATS, *OTHERS)} | {"file"} == set(PARSERS)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(), st.sampled_from(FORMATS))
def test_every_document_parser_answers_or_refuses_whatever_the_bytes(body: bytes, format_: Format) -> None:
    with suppress(ParseError):
        parsed = parse(document(body), format_, profile())
        assert all(item.title and "\x00" not in item.title for item in parsed.items)
        assert len({item.id for item in parsed.items}) == len(parsed.items)
        assert all(not item.url or item.url.startswith(("http://", "https://")) for item in parsed.items)


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_what_a_document_says_comes_next_is_an_address_of_the_web_or_nothing(body: bytes) -> None:
    with suppress(ParseError):
        for link in sitemaps_of(document(body), SitemapFormat(format="sitemap")):
            assert link.startswith("https://gov.example/"), "an index is no invitation to ask anybody else"
    assert all(link.startswith(("http://", "https://")) for link in links_at(document(body), "a, [href]", 50))
    assert isinstance(next_said(document(body), "next"), str)


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="TLPAMBERDGN:+- JPKRUS,;()限", max_size=60),
    st.sampled_from(["Restricted", "Private", "Odd"]),
)
def test_a_restriction_nobody_understands_never_widens(said: str, scope: str) -> None:
    body = CAP.replace("TLP:AMBER JP KR", said).replace("Restricted", scope).replace("GREEN", "")
    parsed = parse(document(body), FORMATS[0], profile())
    (item,) = parsed.items
    assert item.marking is not None
    assert item.marking >= profile().marking
    if scope == "Private":
        assert item.marking.name == "RED"


ENTITIES = "<!DOCTYPE r [<!ENTITY a '{x}'>{more}]>".format(
    x="x" * 1_000, more="".join(f"<!ENTITY a{n} '{'&a;' * 10}'>" for n in range(10))
)


@pytest.mark.parametrize("format_", [FORMATS[0], FORMATS[1], FORMATS[3]], ids=["cap", "xml", "sitemap"])
@pytest.mark.parametrize(
    "doctype",
    [
        ENTITIES,
        f"<!--{'-' * 30_000} -->{ENTITIES}",
        "<!DOCTYPE r [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
        "<!DOCTYPE r SYSTEM 'http://127.0.0.1/x.dtd'>",
        "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    ],
    ids=["laughs", "laughs behind a comment", "parameter", "outer", "file"],
)
def test_entities_are_neither_expanded_nor_fetched(format_: Format, doctype: str) -> None:
    seed = {"cap": CAP, "xml": XML, "sitemap": SITEMAP}[format_.format]
    hidden = seed.replace("稀土", "稀土 &a9; &a;").replace("镓", "镓 &a9; &a;")
    try:
        parsed = parse(document(doctype + hidden), format_, profile())
    except ParseError:
        return
    said = "".join(item.title + item.summary + item.body for item in parsed.items)
    assert "root:" not in said
    assert "xxxx" not in said


def zeros(count_mib: int) -> bytes:
    """A zlib stream of so many mebibytes of zeros, put together from one."""
    pack = zlib.compressobj(9)
    piece = pack.compress(bytes(2**20)) + pack.flush(zlib.Z_FULL_FLUSH)
    pack = zlib.compressobj(9, wbits=-15)
    more = pack.compress(bytes(2**20)) + pack.flush(zlib.Z_FULL_FLUSH)
    return piece + more * (count_mib - 1) + b"\x03\x00" + b"\0\0\0\0"


FLATE = b"/Filter/FlateDecode"
BOMBS = {
    "pdf page": (page_of(zeros(1_000)).replace(b">>stream", FLATE + b">>stream", 1), "pdf"),
    "pdf page, packed twice": (
        page_of(zlib.compress(zeros(1_000))).replace(b">>stream", b"/Filter[/FlateDecode/FlateDecode]>>stream", 1),
        "pdf",
    ),
    "pdf character map": (
        page_of(
            b"BT /F1 12 Tf (A) Tj ET",
            b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding 6 0 R/ToUnicode 6 0 R/DescendantFonts[7 0 R]>>",
            stream(zeros(1_000), FLATE),
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/A/CIDSystemInfo<</Registry(A)/Ordering(B)/Supplement 1>>>>",
            resources=b"/Font<</F1 5 0 R>>",
        ),
        "pdf",
    ),
    "pdf object stream": (
        pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", stream(zeros(1_000), FLATE + b"/Type/ObjStm/N 1/First 4")]),
        "pdf",
    ),
    "sitemap": (gzip.compress(gzip.compress(SITEMAP.encode())), "sitemap"),
    "mail": (MAIL.replace(b"%PDF-1.4 x", page_of(zeros(300)).replace(b">>stream", FLATE + b">>stream", 1)), "mail"),
}  # fmt: skip
READ_BOMB = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (700 * 2**20, 700 * 2**20))
from tests.adapters.test_parse_fuzz_documents import BOMBS, FORMATS, document, parse, profile
from warning.errors import ParseError
body, name = BOMBS[sys.argv[1]]
try:
    parsed = parse(document(body), next(f for f in FORMATS if f.format == name), profile())
    print("read", sum(len(i.body) for i in parsed.items))
except ParseError as wrong:
    print("refused", wrong)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is that of Linux")
@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_document_that_unpacks_without_end_stays_within_its_process(name: str) -> None:
    """700 MB for everything: whatever the bomb would unpack to (a gigabyte) does not fit."""
    done = subprocess.run([sys.executable, "-c", READ_BOMB, name], capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.startswith(("read", "refused"))
    peak_kb = int(
        done.stdout.splitlines()[-1]
    )  # its own: that of all children holds the largest of other tests
    assert peak_kb < 700 * 1024


@pytest.mark.parametrize("name", ["cap", "xml", "sitemap", "pdf", "mail"])
@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 100_000,
        b"<a" + b" b='c'" * 100_000 + b"/>",
        b"<" * 300_000,
        b"<r>" + b"<item><x/></item>" * 30_000 + b"</r>",
        b"<urlset>" + b"<url><loc>/a</loc></url>" * 30_000 + b"</urlset>",
        b"%PDF-1.4\n" + b"[" * 200_000,
        b"%PDF-1.4\n" + b"<<" * 100_000,
        b"%PDF-1.4\n" + b"1 0 obj <</Length 2 0 R>>stream\n" * 20_000,
        b"Subject: " + b"=?utf-8?q?=C3?= " * 50_000,
        b"Subject: x\n" + b"To: a@b,\n " * 50_000 + b"\n\nx",
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 50_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)),
        b"MAILS/1\n" + b"1 0\n\n" * 4_000,
        b"From x\n\n" * 50_000,
    ],
    ids=["deep", "attributes", "angles", "many entries", "many addresses", "pdf lists", "pdf dicts", "pdf streams",
         "mail words", "mail names", "mail parts", "mail nested", "mails", "mbox"],
)  # fmt: skip
def test_pathological_documents_end(name: str, body: bytes) -> None:
    with suppress(ParseError):
        parsed = parse(document(body), next(f for f in FORMATS if f.format == name), profile())
        assert parsed.seen >= 0
