"""Sources that are not well are tried, and what would make them well is proposed: tried, as a difference, never applied to shipped files."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from click.testing import CliRunner

from tests.adapters.challenge_pages import CHALLENGE_PAGES, page
from tests.adapters.collected_specs import LIST, RSS, spec_of
from tests.adapters.hostile_server import FEED, hostile_server
from warning.app.mend_advice import doubts, next_step
from warning.app.mend_ideas import readdressed
from warning.app.mending import mend
from warning.catalog.source_overlays import changed, load_catalogue
from warning.catalog.yaml_edit import scalar, set_in_block, set_keys
from warning.cli.main import cli
from warning.collect.fetch import Fetcher
from warning.collect.politeness import Politeness
from warning.errors import CatalogError

NOW = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)


def tried(spec_at, pages=None, known=None):
    """Mend the source that `spec_at(base)` describes on a server with these pages."""

    async def main():
        async with (
            hostile_server() as server,
            Fetcher(
                lambda: NOW, allow_private_hosts=(server.host,), politeness=Politeness(per_host=8)
            ) as fetcher,
        ):
            for path, answer in (pages or {}).items():
                server.pages[path] = answer
            entries = {server.base + path: title for path, title in (known or {}).items()}
            found = await mend(spec_at(server.base), fetcher, lambda: NOW, {}, known=entries)
            return found, server.base

    return asyncio.run(main())


def test_a_source_that_is_well_has_nothing_to_mend():
    found, _ = tried(lambda base: spec_of(f"{base}/feed"))
    assert (found.before.verdict.condition, found.proposal) == ("ok", None)


def test_a_redirect_for_good_is_proposed_as_the_new_address():
    found, base = tried(lambda b: spec_of(f"{b}/redirect?code=301&to=/feed"))
    assert found.proposal.changes == {"url": f"{base}/feed"}
    assert found.after.verdict.condition == "ok"


def test_a_page_that_has_moved_is_followed_and_the_new_address_proposed():
    moved = page(head="<meta http-equiv=refresh content='3;url=/list?n=5'>")
    found, base = tried(lambda b: spec_of(f"{b}/old", parse=LIST), {"/old": (200, moved)})
    assert found.proposal.changes == {"url": f"{base}/list?n=5"}


def test_a_feed_is_found_from_the_page_that_stands_in_its_place():
    front = page(head="<link rel='alternate' type='application/rss+xml' href='/feed'>", body="Welcome")
    found, base = tried(lambda b: spec_of(f"{b}/rss", parse=RSS), {"/rss": (200, front)})
    assert found.proposal.changes == {"url": f"{base}/feed"}


def test_a_feed_that_is_gone_is_looked_for_on_the_front_page_of_its_host():
    front = page(head="<link rel='alternate' type='application/atom+xml' href='/feed'>", body="Welcome")
    found, base = tried(lambda b: spec_of(f"{b}/gone.xml", parse=RSS), {"/": (200, front)})
    assert found.proposal.changes == {"url": f"{base}/feed"}
    assert "front page" in found.proposal.because


def test_a_page_that_is_gone_is_followed_to_where_its_notice_points_and_its_list_found_there():
    gone = page(body="<h1>404</h1><p>本页面已迁移至 <a href='/list?n=5'>新页面</a></p>")
    found, base = tried(lambda b: spec_of(f"{b}/old", parse=LIST), {"/old": (404, gone)})
    assert found.before.verdict.cause.endswith(f"; its page points to {base}/list?n=5")
    assert found.proposal.changes == {"url": f"{base}/list?n=5"}


def test_an_error_page_that_leads_everybody_to_the_front_page_names_no_new_address():
    gone = page(head="<meta http-equiv=refresh content='3;url=/'>", body="404")
    found, _ = tried(lambda b: spec_of(f"{b}/old", parse=LIST), {"/old": (404, gone)})
    assert "points to" not in found.before.verdict.cause
    assert "look for the new address" in next_step(found.before)


def test_a_source_that_redirects_for_good_is_told_as_moved():
    found, base = tried(lambda b: spec_of(f"{b}/redirect?code=301&to=/feed"))
    assert found.before.verdict.condition == "moved"
    assert f"{base}/feed" in found.before.verdict.cause


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (("/none.xml", RSS), "look for the new address"),
        (("/bare.xml", RSS), "allow it (expect"),
        (("/list?n=0", LIST), "open the address in a browser"),
    ],
)
def test_where_nothing_mends_a_source_it_is_said_what_a_person_can_do(spec, said):
    bare = b"<rss version='2.0'><channel><title>t</title></channel></rss>"
    path, layout = spec
    found, _ = tried(lambda b: spec_of(b + path, parse=layout), {"/bare.xml": (200, bare)})
    assert found.proposal is None
    assert said in next_step(found.before)


def test_a_private_address_and_a_page_without_anything_newer_say_what_a_person_can_do():
    private, _ = tried(lambda _: spec_of("http://10.1.2.3/feed"))
    assert "WARNING_ALLOW_PRIVATE_HOSTS" in next_step(private.before)
    cards = {"/old": (200, page(body=rows(5)))}
    layout = {"format": "html_list", "item": "div.card", "title": "h3", "link": "a", "date": "p"}
    old, _ = tried(lambda b: spec_of(f"{b}/old", parse=layout, expect={"newest_within_days": 2}), cards)
    assert (old.before.verdict.condition, old.proposal) == ("frozen", None)
    assert "newer entries" in next_step(old.before)
    assert not list(doubts(spec_of("http://x.example", parse=layout), old))


def test_a_date_selector_that_finds_no_date_is_told_with_what_to_do():
    layout = {"format": "html_list", "item": "div.card", "title": "h3", "link": "a", "date": ".when"}
    cards = {"/list2": (200, page(body=rows(5)))}
    found, base = tried(lambda b: spec_of(f"{b}/list2", parse=layout), cards)
    assert len(found.before.parsed.items) == 5
    (said,) = doubts(spec_of(f"{base}/list2", parse=layout), found)
    assert said.startswith("no entry has a date where parse.date looks (.when)")


def test_a_proposal_that_lowers_a_bound_says_what_is_told_no_longer():
    layout = {"format": "html_list", "item": "div.card", "title": "h3", "link": "a"}
    found, base = tried(
        lambda b: spec_of(f"{b}/few", parse=layout, expect={"rows": {"min": 20}}),
        {"/few": (200, page(body=rows(9)))},
    )
    assert found.proposal.changes == {"expect.rows.min": "4"}
    (said,) = doubts(spec_of(f"{base}/few", parse=layout), found)
    assert said.startswith("expect.rows.min goes down to 4: with it nobody is told that entries are missing")


def rows(count: int) -> str:
    return "".join(
        f"<div class='card'><h3><a href='/notice/{n}'>Notice of the ministry No {n}</a></h3><p>2026-01-{n:02d}</p></div>"
        for n in range(count, 0, -1)
    )


MENU = "<nav>" + "".join(f"<li><a href='/m{n}'>Menu entry number {n}</a></li>" for n in range(30)) + "</nav>"


def test_new_selectors_are_found_by_entries_the_source_had_when_it_was_well():
    pages = {"/board": (200, page(MENU + rows(9), "Notices"))}
    known = {f"/notice/{n}": f"Notice of the ministry No {n}" for n in range(1, 6)}
    found, _ = tried(lambda b: spec_of(f"{b}/board", parse=LIST), pages, known)
    assert found.before.verdict.condition == "empty"
    assert "card" in found.proposal.changes["parse.item"]
    assert found.after.parsed.records == 9
    assert found.after.parsed.items[0].title == "Notice of the ministry No 9"


def test_new_selectors_are_guessed_where_nothing_is_known():
    found, _ = tried(
        lambda b: spec_of(f"{b}/board", parse=LIST), {"/board": (200, page(rows(12), "Notices"))}
    )
    assert found.after.parsed.records == 12


def test_a_page_that_moved_and_looks_different_gets_both_changes_together():
    pages = {
        "/old": (200, page(head="<meta http-equiv=refresh content='0;url=/new'>")),
        "/new": (200, page(rows(8), "Notices")),
    }
    found, base = tried(lambda b: spec_of(f"{b}/old", parse=LIST), pages)
    assert found.proposal.changes["url"] == f"{base}/new"
    assert found.after.parsed.records == 8


def test_another_number_of_entries_is_proposed_as_another_bound():
    found, _ = tried(lambda b: spec_of(f"{b}/list?n=6", parse=LIST, expect={"rows": {"min": 20}}))
    assert found.proposal.changes == {"expect.rows.min": "3"}
    assert found.after.verdict.condition == "ok"


def test_a_page_that_became_a_feed_is_read_as_one():
    found, _ = tried(lambda b: spec_of(f"{b}/list", parse=LIST), {"/list": (200, FEED)})
    assert found.proposal.changes == {"parse": {"format": "rss"}}


def test_a_challenge_has_no_mend_and_says_what_can_be_done():
    found, _ = tried(lambda b: spec_of(f"{b}/x"), {"/x": (200, CHALLENGE_PAGES["Cloudflare"])})
    assert (found.before.verdict.condition, found.proposal) == ("blocked", None)
    assert "ask for access" in found.notes[0]


@pytest.mark.parametrize(
    ("written", "target", "wanted"),
    [
        ("https://a.example/x", "https://b.example/y", "https://b.example/y"),
        ("https://a.example/{year}/x", "https://b.example/2026/x", "https://b.example/{year}/x"),
        ("https://a.example/{year}/x", "https://b.example/", ""),
        (
            "https://a.example/api?p={month}",
            "https://b.example/v2?p=202601",
            "https://b.example/v2?p={month}",
        ),
    ],
)
def test_places_in_an_address_outlive_its_move(written, target, wanted):
    assert readdressed(written, target) == wanted


TEXT = """# what it is
id: x
url: "https://a.example/?a=1"   # old
parse:
  format: html_list
  item: "ul > li"
  # the title
  title: a
expect:
  rows: {min: 10, max: 60}
verified: never
"""


def test_keys_are_set_in_place_and_comments_stay():
    new = set_keys(
        TEXT,
        {
            "url": "https://b.example/",
            "parse.item": "div.card > h3",
            "parse.link": "a",
            "expect.rows.min": "3",
            "expect.newest_within_days": "9",
            "every": "1h",
        },
    )
    read = yaml.safe_load(new)
    assert read["url"] == "https://b.example/"
    assert read["parse"] == {"format": "html_list", "item": "div.card > h3", "title": "a", "link": "a"}
    assert read["expect"] == {"rows": {"min": 3, "max": 60}, "newest_within_days": 9}
    assert read["every"] == "1h"
    assert "# what it is" in new
    assert "# the title" in new


def test_a_comment_behind_a_value_stays_and_a_hash_inside_one_is_none():
    text = 'url: "http://a/#x"  # the address\nset:\n  every: 30m   # their wish\n  parse.item: li\n'
    new = set_in_block(set_keys(text, {"url": "http://b/#y"}), "set", {"every": "1h", "parse.item": "li#z"})
    assert new.splitlines() == [
        'url: "http://b/#y"  # the address', "set:", "  every: 1h   # their wish", '  parse.item: "li#z"',
    ]  # fmt: skip


def test_a_value_is_quoted_where_yaml_would_read_it_otherwise():
    for value in ("a: b", "# x", "{a}", "ul > li", "https://x/?a=1&b=2", "- x", "全角"):
        assert yaml.safe_load(f"k: {scalar(value)}") == {"k": value}


def test_an_overlay_changes_how_a_source_is_read_and_nothing_of_what_it_is():
    spec = spec_of("https://a.example/", parse=LIST, expect={"rows": {"min": 5, "max": 9}})
    other = changed(spec, {"url": "https://b.example/", "parse.item": "tr", "expect.rows.min": "2"})
    assert (other.url, other.parse.item, other.parse.date) == ("https://b.example/", "tr", "span")
    assert (other.expect.rows.min, other.expect.rows.max) == (2, 9)
    assert other.profile == spec.profile
    with pytest.raises(ValueError, match="marking cannot be changed"):
        changed(spec, {"marking": "CLEAR"})


HAND_MADE = """\
# asked on 3 Nov
source: moved
reason: slower for the server   # agreed
author: Kim
set:
  every: 1h   # their wish
"""


def test_a_proposal_is_shown_as_a_difference_and_applied_as_an_overlay(tmp_path):
    shipped, own, elsewhere = tmp_path / "feeds", tmp_path / "own", tmp_path / "elsewhere"
    for group in ("customs", "regulatory", "prices"):
        (shipped / group).mkdir(parents=True)
    elsewhere.mkdir()
    (shipped / "news").symlink_to(elsewhere)

    async def main():
        async with hostile_server() as server:
            written = "".join(
                f"{name}: {value}\n"
                for name, value in {
                    "id": "moved", "title": "Moved", "url": f'"{server.base}/redirect?code=308&to=/feed"', "kind": "news",
                    "country": "KR", "language": "ko", "publisher": "p", "publisher_title": "P", "official": "false",
                    "reliability": "B", "licence": "none", "every": "15m", "spacing": "0s", "parse": "{format: rss}",
                    "verified": "never",
                }.items()
            )  # fmt: skip
            (shipped / "news/moved.yaml").write_text(written)
            environment = {
                "WARNING_HOME": str(tmp_path / "home"), "WARNING_FEEDS_DIR": str(shipped),
                "WARNING_OVERLAY_DIR": str(own), "WARNING_ALLOW_PRIVATE_HOSTS": server.host,
            }  # fmt: skip

            async def command(*words: str):
                result = await asyncio.to_thread(CliRunner(env=environment).invoke, cli, ["feeds", *words])
                return result.exit_code, result.stdout or repr(result.exception)

            code, out = await command("check", "moved")
            assert code == 1
            assert f'+url: "{server.base}/feed"' in out.replace("    +", "+")
            assert "-url: " in out.replace("    -", "-")
            assert max(map(len, out.splitlines())) <= 100
            assert not own.exists()
            code, out = await command("check", "moved", "--apply")
            assert "a running service takes it up within seconds" in out.split("written to")[1]
            (own / "feeds/moved.yaml").write_text(HAND_MADE)
            code, out = await command("check", "moved", "--apply", "--json")
            told = json.loads(out)["checked"][0]
            assert (code, told["condition"]) == (0, "moved")
            assert told["written_to"] == str(own / "feeds/moved.yaml")
            assert (shipped / "news/moved.yaml").read_text() == written
            (spec,) = load_catalogue(shipped, own)
            assert (spec.url, spec.every) == (f"{server.base}/feed", timedelta(hours=1))
            kept = (own / "feeds/moved.yaml").read_text()
            assert "# asked on 3 Nov" in kept
            assert "  every: 1h   # their wish" in kept
            assert "author: Kim" in kept
            assert (await command("check", "moved"))[0] == 0
            assert (await command("check"))[0] == 0

    asyncio.run(main())


def test_an_overlay_of_an_unknown_source_or_a_wrong_key_is_an_error_with_its_place(tmp_path):
    feeds, own = tmp_path / "feeds", tmp_path / "own/feeds"
    (feeds / "news").mkdir(parents=True)
    own.mkdir(parents=True)
    (own / "x.yaml").write_text("source: x\nreason: r\nauthor: a\nset:\n  url: https://x.example/\n")
    with pytest.raises(CatalogError, match=r"x\.yaml:1:\d+: EW165 there is no source 'x'"):
        load_catalogue(feeds, tmp_path / "own")
