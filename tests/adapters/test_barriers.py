"""What publishers' defences put in a document's place, and pages that look like it and are not."""

from datetime import UTC, datetime

import pytest

from tests.adapters.challenge_pages import CHALLENGE_PAGES, page
from tests.adapters.collected_specs import DETAIL, LIST, RSS, spec_of
from warning.collect.barriers import barrier_in, canonical_elsewhere, is_page

NOW = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)


ARTICLE = (
    "<p>"
    + "The ministry of commerce has announced export controls on gallium and germanium items. " * 40
    + "</p>"
)


@pytest.mark.parametrize("platform", CHALLENGE_PAGES)
def test_a_challenge_page_is_told_by_the_platform_that_sent_it(platform):
    barrier = barrier_in(CHALLENGE_PAGES[platform], "text/html")
    assert (barrier.kind, platform in barrier.cause) == ("blocked", True)


@pytest.mark.parametrize(
    "body",
    [
        page("<p>滑动下方滑块完成验证</p>", "安全验证"),
        page("<p>계속하려면 확인이 필요합니다</p>", "비정상적인 접근"),
        page("<form><div class='g-recaptcha' data-sitekey='x'></div></form>", "Please confirm"),
        page("<form>请输入<img src='/kaptcha.jpg?1'></form>", "提示"),
        page("<form>ログイン <input type='password' name='p'></form>", "会員ページ"),
        page("<form>Sign in to continue <input type=password></form>"),
    ],
)
def test_a_captcha_or_a_sign_in_instead_of_an_article_is_a_barrier(body):
    assert barrier_in(body, "text/html; charset=utf-8").kind == "blocked"


@pytest.mark.parametrize(
    "body",
    [
        page(
            ARTICLE + "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
            "Notice No 23",
        ),
        page(ARTICLE + "<script src='/_Incapsula_Resource?SWJIYLWA=7'></script>", "Notice"),
        page(ARTICLE + "<form>Log in <input type=password></form><div class='g-recaptcha'></div>", "News"),
        page("<ul><li><a href='/1'>关于加强人机验证管理的公告</a></li></ul>", "公告列表"),
        page("<p>No announcements in this week.</p>", "Announcements"),
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>Access Denied: the film</title></channel></rss>',
        b'{"items": [{"title": "captcha"}]}',
        b"",
        b"\x00\xff" * 500,
    ],
)
def test_a_page_that_is_there_to_be_read_is_no_barrier(body):
    assert barrier_in(body, "text/html") is None


@pytest.mark.parametrize(
    ("body", "target"),
    [
        (page(head="<meta http-equiv=refresh content='5; url=https://new.example/list'>"), "https://new.example/list"),
        (page("<script>window.location.href = '/2026/index.html';</script>"), "https://old.example/2026/index.html"),
        (page("<p>홈페이지가 변경되었습니다</p><a href='https://www.motir.go.kr/'>여기</a>"), "https://www.motir.go.kr/"),
        (page("<p>このページは移転しました。</p><a href='/new/'>こちら</a>"), "https://old.example/new/"),
        (page("<p>This page has moved.</p>"), ""),
    ],
)  # fmt: skip
def test_a_page_that_only_points_elsewhere_has_moved(body, target):
    barrier = barrier_in(body, "text/html; charset=utf-8", url="https://old.example/list")
    assert (barrier.kind, barrier.target) == ("moved", target)


def test_a_page_that_reloads_itself_or_holds_entries_has_not_moved():
    again = page(head="<meta http-equiv=refresh content='300; url=https://old.example/list'>")
    assert barrier_in(again, "text/html", url="https://old.example/list") is None
    pointing = page(head="<meta http-equiv=refresh content='5; url=https://new.example/'>")
    assert barrier_in(pointing, "text/html", url="https://old.example/", entries=12) is None


def test_a_canonical_address_on_another_host_is_found_and_one_of_the_own_host_is_not():
    def named(href: str) -> bytes:
        return page(head=f"<link rel='canonical' href='{href}'>")

    assert (
        canonical_elsewhere(named("https://b.example/x"), "", "https://a.example/x") == "https://b.example/x"
    )
    assert canonical_elsewhere(named("https://www.a.example/x"), "", "https://a.example/x") == ""


def test_bytes_that_are_no_page_are_told_from_pages_that_lie_about_their_type():
    assert is_page(b"  <HTML><body>x</body></HTML>")
    assert not is_page(b"name,country\nAcme,CN\n")


@pytest.mark.parametrize("status", [200, 403, 405, 412, 503, 521])
def test_a_source_behind_a_challenge_is_blocked_whatever_the_status(run, status):
    async def body(bench):
        bench.server.pages["/wall"] = (status, CHALLENGE_PAGES["RiverSecurity"])
        for n, parse in enumerate((RSS, LIST)):
            await bench.collect(spec_of(bench.url("/wall"), f"s{n}", parse=parse))
            assert (bench.state(f"s{n}").condition, bench.state(f"s{n}").failures) == ("blocked", 1)
            assert "RiverSecurity" in bench.state(f"s{n}").cause
        assert bench.items() == []

    run(body)


def test_a_blocked_source_is_asked_at_growing_intervals_and_seen_again_when_let_in(run):
    async def body(bench):
        spec = spec_of(bench.url("/wall"))
        bench.server.pages["/wall"] = (200, CHALLENGE_PAGES["Cloudflare"])
        waits = []
        for _ in range(6):
            await bench.collect(spec, force=True)
            waits.append(bench.state().next_due_at - bench.now)
        assert waits[-1] > 4 * waits[0]
        assert bench.state().dark_since == NOW
        bench.server.pages["/wall"] = (200, bench.server.feed)
        await bench.collect(spec, force=True)
        assert (bench.state().condition, bench.state().dark_since) == ("ok", None)

    run(body)


def test_a_sign_in_behind_a_list_entry_is_no_article(run):
    async def body(bench):
        bench.server.pages["/page/2"] = (200, page("<form>请先登录 <input type=password></form>", "登录"))
        await bench.collect(spec_of(bench.url("/list?n=3"), parse=DETAIL))
        bodies = {item.title: item.body for item in bench.items()}
        assert bodies["Announcement No 2"] == ""
        assert bodies["Announcement No 3"]
        assert bench.state().condition == "partial"
        assert "sign-in" in bench.state().cause

    run(body)


def test_a_source_that_redirects_for_good_has_moved_and_is_read(run):
    async def body(bench):
        old = bench.url("/redirect?code=301&to=/feed")
        await bench.collect(spec_of(old))
        state = bench.state()
        assert (state.condition, state.moved_to, len(bench.items())) == ("moved", bench.url("/feed"), 1)
        assert not state.is_blind
        await bench.collect(spec_of(bench.url("/redirect?code=302&to=/feed"), "other"))
        assert bench.state("other").condition == "ok"

    run(body)


def test_a_notice_that_the_page_has_moved_is_blind_and_says_where_to(run):
    async def body(bench):
        bench.server.pages["/gone"] = (200, page(head="<meta http-equiv=refresh content='0;url=/list'>"))
        await bench.collect(spec_of(bench.url("/gone"), parse=LIST))
        state = bench.state()
        assert (state.condition, state.moved_to, state.is_blind) == ("moved", bench.url("/list"), True)

    run(body)


def test_items_that_appeared_while_a_source_was_dark_are_counted_as_late(run):
    async def body(bench):
        spec = spec_of(bench.url("/wall"))
        old = b"<item><guid>0</guid><title>Before</title><pubDate>Fri, 30 Jan 2026 10:00:00 GMT</pubDate></item>"
        new = b"<item><guid>2</guid><title>Meanwhile</title><pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate></item>"
        bench.server.pages["/wall"] = (403, b"no")
        await bench.collect(spec)
        bench.now = datetime(2026, 2, 3, tzinfo=UTC)
        bench.server.pages["/wall"] = (200, b"<rss version='2.0'><channel>" + old + new + b"</channel></rss>")
        report = await bench.collect(spec, force=True)
        assert (report.outcomes[0].items_new, report.outcomes[0].items_late, bench.state().late_items) == (
            2,
            1,
            1,
        )

    run(body)
