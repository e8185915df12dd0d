"""What is behind a notice: its annexes are read, and one that cannot be is told with its cause, not passed over."""

import asyncio
from datetime import timedelta

import pytest

from tests.adapters.hostile_server import hostile_server
from tests.adapters.office_samples import OLD_WORD, docx_of, ofd_of, paragraph, text_object
from tests.adapters.parse_samples import FETCHED_AT as NOW
from tests.adapters.pdf_samples import CJK, cjk_pdf, page_of, scanned_pdf
from tests.adapters.test_asking import spec_of
from warning.app.collecting import collect_due
from warning.app.compose import open_repository
from warning.collect.fetch import Fetcher
from warning.collect.pdf_text import read_pdf
from warning.collect.politeness import Politeness
from warning.core.health import blinds
from warning.settings import Settings

LAYOUT = {"format": "html_list", "item": "li", "detail": "#t", "annexes": "a[href*='annex']"}
NOTICE = "<div id=t>正文 见附件</div><a href='/{0}'>附件</a>"
PASSWORD = b"/Encrypt<</Filter/Standard/V 1/R 2/O(%b)/U(%b)/P -4>>/ID[(a)(a)]" % (b"o" * 32, b"u" * 32)


def pages_of(name: str, annex: tuple[int, bytes]) -> dict:
    return {
        "/list": (200, b"<ul><li><a href='/notice.html'>Notice 23 of 2023</a> 2023-07-03</li></ul>"),
        "/notice.html": (200, NOTICE.format(name).encode()),
        f"/{name}": annex,
    }


def polls(tmp_path, *rounds: dict):
    """Poll every other day, each time with other pages; return the outcomes, what is stored, and the source's state."""

    async def main():
        clock = [NOW]
        async with (
            hostile_server() as server,
            Fetcher(
                lambda: clock[0], allow_private_hosts=(server.host,), politeness=Politeness(per_host=8)
            ) as fetcher,
        ):
            spec = spec_of(server.base + "/list", LAYOUT)
            repository = open_repository(Settings(home=tmp_path))
            outcomes = []
            for pages in rounds:
                server.pages = pages
                report = await collect_due([spec], repository, fetcher, lambda: clock[0], settings=Settings())
                outcomes += report.outcomes
                clock[0] += timedelta(days=2)
            items = repository.items_between(NOW.replace(year=2000), NOW.replace(year=2100))
            state = repository.source_states()[spec.id]
            repository.close()
            return outcomes, items, state

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "annex", "cause"),
    [
        ("annex.pdf", scanned_pdf(), "pictures instead of text"),
        ("annex.pdf", page_of(b"", trailer=PASSWORD), "asks for a password"),
        ("annex.pdf", cjk_pdf("UniGB-UCS2-H")[:300], "damaged or cut off"),
        ("annex.pdf", b"<html><body>Please sign in</body></html>", "a page stands in its place"),
        ("annex.docx", b"PK\x03\x04" + b"word/document.xml" * 9, "damaged or cut off"),
        ("annex.doc", OLD_WORD, "an old Word or WPS document (.doc, .wps), which is not read"),
    ],
)
def test_an_annex_that_nobody_can_read_makes_the_source_partial_and_stands_on_its_list(
    tmp_path, name, annex, cause
):
    (outcome, again), (item,), state = polls(tmp_path, *[pages_of(name, (200, annex))] * 2)
    assert (outcome.condition, item.body.split("\n")[0]) == ("partial", "正文 见附件")
    assert cause in outcome.cause
    assert cause in item.body
    (line,) = state.left_out
    assert (name in line, "Notice 23" in line, cause in line) == (True, True, True)
    assert again.answer == "unchanged", "what no second reading can mend is not asked for again"
    assert (state.condition, state.is_blind) == ("partial", False), "the notice itself was read"


@pytest.mark.parametrize(
    ("name", "annex"),
    [
        ("annex.docx", docx_of(paragraph("参考海关商品编号：8112929090"))),
        ("annex.ofd", ofd_of(text_object(20, 30, "参考海关商品编号：8112929090"))),
    ],
)
def test_the_text_of_an_annex_in_word_or_ofd_joins_its_notice(tmp_path, name, annex):
    (outcome,), (item,), state = polls(tmp_path, pages_of(name, (200, annex)))
    assert (outcome.condition, state.left_out) == ("ok", ())
    assert f"正文 见附件\n[{name}]\n参考海关商品编号：8112929090".replace("[", "[annex ") == item.body


def test_annexes_beyond_those_that_are_read_are_named_for_people(tmp_path):
    names = [f"annex{n}.docx" for n in range(8)]
    links = "".join(f"<a href='/{name}'>附件</a>" for name in names)
    pages = pages_of("annex.pdf", (404, b"")) | {
        f"/{name}": (200, docx_of(paragraph(name))) for name in names
    }
    pages["/notice.html"] = (200, f"<div id=t>正文 {links}</div>".encode())
    (outcome,), (item,), state = polls(tmp_path, pages)
    assert (outcome.condition, "annex5.docx" in item.body, "annex7.docx" in state.left_out[0]) == (
        "partial",
        True,
        True,
    )


def test_an_annex_that_is_gone_is_told_and_not_asked_for_again(tmp_path):
    (outcome, again), (item,), state = polls(tmp_path, *[pages_of("annex.pdf", (404, b""))] * 2)
    assert (outcome.condition, again.answer) == ("partial", "unchanged")
    assert "404" in item.body
    assert len(state.left_out) == 1


def test_an_annex_that_could_not_be_had_is_asked_for_until_it_is(tmp_path):
    text = CJK["UniGB-UCS2-H"][2]
    there = pages_of("annex.pdf", (200, cjk_pdf("UniGB-UCS2-H")))
    broken = pages_of("annex.pdf", (503, b""))
    (first, second), items, state = polls(tmp_path, broken, there)
    assert (first.condition, "annex.pdf" in first.cause) == ("partial", True)
    assert not blinds(first.condition, first.cause), "the notice itself was read"
    assert (second.condition, state.left_out) == ("ok", ())
    assert text in items[-1].body
    assert len({item.id for item in items}) == 1


def test_a_list_that_links_a_scanned_pdf_says_so_and_does_not_ask_for_it_for_ever(tmp_path):
    pages = {
        "/list": (200, b"<ul><li><a href='/n.pdf'>Notice 23 of 2023</a> 2023-07-03</li></ul>"),
        "/n.pdf": (200, scanned_pdf()),
    }
    (outcome, again), _, state = polls(tmp_path, pages, pages)
    assert (outcome.condition, again.answer) == ("partial", "unchanged")
    assert "pictures instead of text" in state.left_out[0]


def test_a_pdf_whose_font_shows_radicals_for_signs_is_read_as_the_signs():
    shown = "⽤途 ⼝岸 12⽉15⽇ ⻔ ⻢"
    ordering = b"/Registry(Adobe)/Ordering(GB1)/Supplement 4"
    drawn = b"BT /F1 12 Tf 72 700 Td <%b> Tj ET" % b"".join(b"%04x" % n for n in range(1, len(shown) + 1))
    table = "\n".join(f"<{n:04x}> <{ord(sign):04x}>" for n, sign in enumerate(shown, start=1))
    unicode_map = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <ffff> "
        f"endcodespacerange {len(shown)} beginbfchar\n{table}\nendbfchar endcmap end end"
    ).encode()
    body = page_of(
        drawn,
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 8 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<<%b>>/FontDescriptor 7 0 R>>" % ordering,
        b"<</Type/FontDescriptor/FontName/A/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 800/StemV 80>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(unicode_map), unicode_map),
        resources=b"/Font<</F1 5 0 R>>",
    )
    text, _, problems = read_pdf(body)
    assert (text, problems) == ("用途 口岸 12月15日 门 马", ())
