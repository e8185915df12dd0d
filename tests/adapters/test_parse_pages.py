"""List pages and API answers -> items."""

import pytest

from tests.adapters.parse_samples import document, profile, shared
from warning.collect.html_list import guess_list, parse_detail
from warning.collect.json_api import guess_entries
from warning.collect.parse import parse
from warning.core.documents import Parsed
from warning.core.formats import HtmlListFormat, JsonFormat
from warning.errors import ParseError

PAGE = """<html><head><title>公告</title><base href="https://www.gov.example/zwgk/"></head><body>
<ul class="nav"><li><a href="/">首页</a></li></ul>
<ul class="news">
<li><a href="art/1.html" title="关于对镓、锗相关物项实施出口管制的公告">关于对镓、锗相关物项实…</a><span>2023-07-03</span></li>
<li><a href="art/2.html">公告2023年第39号 石墨</a><span>2023-10-20 18:00</span></li>
<li><a href="javascript:void(0)">更多</a></li>
</ul></body></html>"""


def page(html: str, **selectors: str) -> Parsed:
    return parse(document(html), HtmlListFormat(format="html_list", **selectors), profile())


def test_a_list_page_gives_whole_titles_resolved_links_and_local_dates() -> None:
    parsed = page(PAGE, item="ul.news li", date="span")
    first, second, _more = parsed.items
    assert first.title == "关于对镓、锗相关物项实施出口管制的公告"
    assert first.url == "https://www.gov.example/zwgk/art/1.html"
    assert [str(item.published_at)[:16] for item in (first, second)] == [
        "2023-07-02 16:00",
        "2023-10-20 10:00",
    ]
    assert any("javascript" in problem for problem in parsed.problems)


def test_a_selector_that_finds_nothing_is_named_with_the_page() -> None:
    (problem,) = page(PAGE, item="div.gone li").problems
    assert "'div.gone li' found nothing" in problem
    assert "公告" in problem


def test_an_inner_selector_that_finds_nothing_anywhere_is_named() -> None:
    assert (
        "date selector '.when' found nothing in any entry"
        in page("<p><a href=/1>one</a></p>", item="p", date=".when").problems
    )


def test_a_selector_that_is_no_css_is_an_error_that_names_it() -> None:
    with pytest.raises(ParseError, match="is not a CSS selector"):
        page(PAGE, item="li[[")


@pytest.mark.parametrize(
    ("html", "selectors"),
    [
        ("<p><a href='/x/20230703.html'>t</a></p>", {"date": "url"}),
        ("<p><a href=/1>t</a><time datetime='2023-07-03'>Monday</time></p>", {"date": "time"}),
        ("<p data-day=2023.7.3><a href=/1>t</a></p>", {"date": "@data-day"}),
        ("<h3>2023年7月3日</h3><p><a href=/1>t</a></p>", {"date_heading": "h3"}),
        ("<p>7月3日 <a href=/1>t</a></p>", {"date": "p"}),
        ("<p><a href=/1>t</a> (2023-07-03)</p>", {}),
    ],
)
def test_a_date_is_found_where_the_page_keeps_it(html: str, selectors: dict[str, str]) -> None:
    parsed = page(html, item="p", **selectors)
    assert parsed.items[0].published_at is not None
    assert (parsed.items[0].published_at.month, parsed.items[0].published_at.day) == (7, 2)


def test_a_page_nobody_described_gives_its_dated_links_and_not_its_menu() -> None:
    titles = [item.title for item in guess_list(document(PAGE), profile()).items]
    assert "公告2023年第39号 石墨" in titles
    assert "首页" not in titles


def test_a_detail_page_gives_the_selected_text_or_says_that_the_selector_missed() -> None:
    html = "<body><nav>menu</nav><div id=zoom><p>第一条</p><p>第二条</p><script>x()</script></div></body>"
    detail = {"item": "li", "detail": "#zoom"}
    assert parse_detail(document(html), HtmlListFormat(format="html_list", **detail)) == (
        "第一条\n第二条",
        "",
    )
    text, problem = parse_detail(
        document(html), HtmlListFormat(format="html_list", item="li", detail="#gone")
    )
    assert "第一条" in text
    assert "menu" not in text
    assert "#gone" in problem


API = '{"code":0,"data":{"list":[{"id":1,"t":{"zh":"一"},"u":"a/1","at":1688380200000},{"id":2,"t":{"zh":"二"},"u":"//b.example/2","at":"x"}]}}'


def test_an_api_is_read_by_dotted_paths() -> None:
    how = JsonFormat(
        format="json",
        entries="data.list",
        id="id",
        title="t.zh",
        url="u",
        date="at",
        url_prefix="https://api.example/",
    )
    first, _second = parse(document(API), how, profile()).items
    assert (first.title, first.url, first.external_id) == ("一", "https://api.example/a/1", "1")
    assert str(first.published_at) == "2023-07-03 10:30:00+00:00"


def test_a_path_to_no_list_names_what_the_document_holds() -> None:
    with pytest.raises(ParseError, match="'rows'; the document holds: code, data"):
        parse(document(API), JsonFormat(format="json", entries="rows"), profile())


def test_a_path_that_leads_nowhere_is_named() -> None:
    parsed = parse(document(API), JsonFormat(format="json", entries="data.list", title="t.en"), profile())
    assert "title path 't.en' leads nowhere in any entry" in parsed.problems


def test_html_inside_an_answer_is_read_as_a_list_page() -> None:
    body = '{"data":{"html":"<ul><li><a href=\\"/a/1.html\\">公告</a><b>2023-07-03</b></li></ul>"}}'
    inside = HtmlListFormat(format="html_list", item="li", date="b")
    how = JsonFormat(
        format="json", html="data.html", html_list=inside, url_prefix="http://www.mofcom.example/"
    )
    (item,) = parse(document(body), how, profile()).items
    assert (item.title, item.url) == ("公告", "http://www.mofcom.example/a/1.html")


@pytest.mark.parametrize(
    "body",
    [f"callback({API});", f")]}}',\n{API}", '{"title":"one","url":"/1"}\n{"title":"two","url":"/2"}\n'],
)
def test_wrapped_json_is_unwrapped_and_guessed(body: str) -> None:
    assert len(guess_entries(document(body), profile()).items) == 2


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "item", "more", "count"),
    [
        ("meti.html", "ul.clearfix > li.clearfix", {}, 20),
        ("maff.html", "dl.list_item", {"date_heading": "p.list_item_date"}, 46),
    ],
)
def test_japanese_listing_pages_are_read_as_served(
    name: str, item: str, more: dict[str, str], count: int
) -> None:
    body = shared(f"feeds/jp_ministries/{name}").read_bytes()
    described = HtmlListFormat(format="html_list", item=item, **more)
    parsed = parse(document(body), described, profile("JP"))
    assert len(parsed.items) == count == len(guess_list(document(body), profile("JP")).items)
    assert all(one.published_at and one.published_at.year == 2026 for one in parsed.items)


@pytest.mark.shared_data
def test_a_real_api_answer_is_read_without_a_description() -> None:
    parsed = guess_entries(
        document(shared("feeds/regulations_gov_api_documents.json").read_bytes()), profile("US")
    )
    assert len(parsed.items) == 25
    assert parsed.items[0].title.startswith("Record of Decision")
    assert str(parsed.items[0].published_at) == "2025-01-16 05:00:00+00:00"
