"""Sources asked in several requests, over HTTP: pages, windows, revisions, sitemaps, and a file behind a page."""

import asyncio
import json
from datetime import timedelta

import pytest

from tests.adapters.hostile_server import hostile_server
from tests.adapters.parse_samples import FETCHED_AT as NOW
from warning.app.asking import ask_source, merged
from warning.app.collecting import collect_due
from warning.app.compose import open_repository
from warning.catalog.sources import SourceSpec
from warning.collect.fetch import Fetcher
from warning.collect.fetch_values import Fetched, Validators
from warning.collect.parse import parse
from warning.collect.politeness import Politeness
from warning.core.documents import Document
from warning.core.health import SourceState
from warning.errors import FetchError, ParseError
from warning.settings import Settings

TABLE = {
    "format": "table", "entries": "rows", "period": "month", "frequency": "M", "reporter": "KR", "partner": "CN",
    "material": "gallium", "values": {"kg": {"measure": "import_quantity", "unit": "kg"}},
}  # fmt: skip
JSON = {"format": "json", "entries": "rows", "id": "id", "title": "title"}


def spec_of(url: str, layout=JSON, **more) -> SourceSpec:
    return SourceSpec.model_validate(
        {
            "id": "s", "title": "S", "url": url, "kind": "customs", "country": "KR", "language": "ko", "publisher": "p",
            "publisher_title": "P", "official": True, "reliability": "A", "licence": "x", "every": "1d", "spacing": "0s",
            "parse": layout, "verified": "never",
        } | more
    )  # fmt: skip


def rows(*numbers: int, **more) -> tuple[int, bytes]:
    return 200, json.dumps({"rows": [{"id": n, "title": f"t{n}"} for n in numbers], **more}).encode()


def figures(*pairs: tuple[str, float]) -> tuple[int, bytes]:
    return 200, json.dumps({"rows": [{"month": month, "kg": kg} for month, kg in pairs]}).encode()


def run(body):
    async def main():
        async with (
            hostile_server() as server,
            Fetcher(
                lambda: NOW, allow_private_hosts=(server.host,), politeness=Politeness(per_host=8)
            ) as fetcher,
        ):
            return await body(server, fetcher)

    return asyncio.run(main())


async def ask(fetcher, spec, state=None, now=NOW):
    async def read(document):
        return parse(document, spec.parse, spec.profile)

    asked = await ask_source(spec, state or SourceState(source_id="s"), now, "", fetcher.fetch, read)
    parts = [parse(document, spec.parse, spec.profile) for document in asked.documents]
    return asked, merged(parts, asked.problems)


def after(asked, now=NOW) -> SourceState:
    said = asked.fetched.validators
    return SourceState(
        source_id="s", fetched_url=said.url, etag=said.etag, body_hash=said.body_hash, last_success_at=now
    )


def test_pages_are_asked_for_until_one_is_not_full():
    async def body(server, fetcher):
        server.pages = {"/1": rows(1, 2), "/2": rows(3, 4), "/3": rows(5)}
        spec = spec_of(server.base + "/{page}", pages={"size": 2})
        asked, parsed = await ask(fetcher, spec)
        assert [item.title for item in parsed.items] == ["t1", "t2", "t3", "t4", "t5"]
        assert "/4" not in server.hits
        again, _ = await ask(fetcher, spec, after(asked))
        assert again.fetched.status == "unchanged"
        server.pages["/3"] = rows(5, 6)
        server.pages["/4"] = rows()
        changed, _ = await ask(fetcher, spec, after(asked))
        assert changed.fetched.status == "fresh"

    run(body)


def test_offsets_are_pages_that_count_by_their_size():
    async def body(server, fetcher):
        server.pages = {"/at0": rows(1, 2), "/at2": rows(3)}
        _, parsed = await ask(
            fetcher, spec_of(server.base + "/at{page}", pages={"first": 0, "step": 2, "size": 2})
        )
        assert len(parsed.items) == 3

    run(body)


@pytest.mark.parametrize("as_address", [True, False])
def test_the_answer_itself_may_say_what_comes_next(as_address):
    async def body(server, fetcher):
        following = f"{server.base}/from101" if as_address else 101
        server.pages = {"/from1": rows(1, meta={"next": following}), "/from101": rows(2, meta={})}
        _, parsed = await ask(fetcher, spec_of(server.base + "/from{page}", pages={"next": "meta.next"}))
        assert [item.title for item in parsed.items] == ["t1", "t2"]

    run(body)


class Elsewhere:
    """Where a redirect has led: it says itself what else to ask there."""

    def __init__(self, said: str) -> None:
        self.said, self.asked = said, []

    async def fetch(self, request):
        self.asked.append(request)
        document = Document(
            source_id="s", url="https://other.example/1", body=self.said.encode(), fetched_at=NOW
        )
        return Fetched(status="fresh", document=document, validators=Validators())


NEXT = '{"rows": [{"id": 1, "title": "t"}], "next": "https://other.example/2"}'
INDEX = "<sitemapindex><sitemap><loc>https://other.example/2</loc></sitemap></sitemapindex>"


@pytest.mark.parametrize(
    ("said", "layout", "more"),
    [(NEXT, JSON, {"pages": {"next": "next"}}), (INDEX, {"format": "sitemap", "follow": 1}, {})],
)
def test_a_key_in_a_header_does_not_follow_to_the_host_that_a_redirect_leads_to(said, layout, more):
    other = Elsewhere(said)
    url = "https://own.example/{page}" if more else "https://own.example/map.xml"
    spec = spec_of(url, layout, headers={"X-Key": "s3cret"}, **more)
    asyncio.run(ask(other, spec))
    first, second = other.asked[:2]
    assert first.headers["X-Key"] == "s3cret"
    assert (second.url, second.headers) == ("https://other.example/2", {})


def test_pages_without_end_stop_and_say_so():
    async def body(server, fetcher):
        server.pages = {f"/{n}": rows(n, next=n + 1) for n in range(1, 9)}
        _, parsed = await ask(fetcher, spec_of(server.base + "/{page}", pages={"next": "next", "most": 3}))
        assert len(parsed.items) == 3
        assert parsed.problems == ("only the first 3 pages were asked for (pages.most)",)
        server.pages["/1"] = rows(1, next="http://elsewhere.example/2")
        _, parsed = await ask(fetcher, spec_of(server.base + "/{page}", pages={"next": "next"}))
        assert parsed.problems == ("the next page lies on another host: not followed",)

    run(body)


def test_a_server_that_turns_no_pages_is_asked_twice_and_told():
    async def body(server, fetcher):
        server.pages = {f"/{n}": rows(1, 2, served=n) for n in range(1, 30)}
        asked, parsed = await ask(fetcher, spec_of(server.base + "/{page}", pages={"size": 2}))
        assert ([item.title for item in parsed.items], "/3" in server.hits) == (["t1", "t2"], False)
        assert parsed.problems == (
            "page 2 is page 1 again: what lies behind the first 2 entries is not seen",
        )
        assert asked.fetched.validators.body_hash == ""

    run(body)


def test_the_last_page_again_in_the_place_of_one_behind_the_end_is_the_end():
    async def body(server, fetcher):
        server.pages = {"/1": rows(1, 2)} | {f"/{n}": rows(3, 4, served=n) for n in range(2, 30)}
        _, parsed = await ask(fetcher, spec_of(server.base + "/{page}", pages={"size": 2}))
        assert (len(parsed.items), parsed.problems, "/4" in server.hits) == (4, (), False)

    run(body)


def test_next_pages_that_lead_in_a_circle_are_told():
    async def body(server, fetcher):
        server.pages = {"/1": rows(1, next=2), "/2": rows(2, next=3), "/3": rows(3, next=2)}
        _, parsed = await ask(fetcher, spec_of(server.base + "/{page}", pages={"next": "next"}))
        assert len(parsed.items) == 3
        assert parsed.problems == ("the next page leads back to '2', which was read: the rest is not seen",)

    run(body)


def test_a_later_page_that_fails_is_a_problem_and_everything_is_asked_again():
    async def body(server, fetcher):
        server.pages = {"/1": rows(1, 2), "/2": (500, b"")}
        spec = spec_of(server.base + "/{page}", pages={"size": 2})
        asked, parsed = await ask(fetcher, spec)
        assert (len(parsed.items), asked.fetched.validators.body_hash) == (2, "")
        assert "500" in parsed.problems[0]
        server.pages["/1"] = (500, b"")
        with pytest.raises(FetchError):
            await ask(fetcher, spec)

    run(body)


WINDOWED = {"window": {"months": 12, "back": 24}, "revisions": {"every": "4w"}}


def test_windows_are_all_read_at_first_then_the_latest_and_all_again_for_revisions():
    async def body(server, fetcher):
        server.pages = {"/202511-202610": figures(("2026-10", 5)), "/202411-202510": figures(("2025-10", 7))}
        spec = spec_of(server.base + "/{from}-{to}", TABLE, **WINDOWED)
        first, parsed = await ask(fetcher, spec)
        assert {(o.period, o.value) for o in parsed.observations} == {("2026-10", 5.0), ("2025-10", 7.0)}
        server.hits.clear()
        daily, _ = await ask(fetcher, spec, after(first), NOW + timedelta(days=1))
        assert dict(server.hits) == {"/202511-202610": 1}
        server.pages["/202411-202510"] = figures(("2025-10", 9))
        monthly, parsed = await ask(
            fetcher, spec, after(daily if daily.fetched.validators.etag else first), NOW + timedelta(days=8)
        )
        assert ("2025-10", 9.0) not in {(o.period, o.value) for o in parsed.observations}
        server.pages["/202512-202611"] = figures(("2026-11", 4))
        server.pages["/202412-202511"] = figures(("2025-10", 9))
        revised, parsed = await ask(fetcher, spec, after(monthly), NOW + timedelta(days=29))
        assert ("2025-10", 9.0) in {(o.period, o.value) for o in parsed.observations}
        assert revised.fetched.validators.etag == "whole 2026-12-21"

    run(body)


def test_a_window_that_failed_is_asked_for_again_at_the_next_poll():
    async def body(server, fetcher):
        server.pages = {"/202511-202610": figures(("2026-10", 5)), "/202411-202510": (503, b"")}
        spec = spec_of(server.base + "/{from}-{to}", TABLE, **WINDOWED)
        asked, parsed = await ask(fetcher, spec)
        assert parsed.problems[0].startswith("2024-11 to 2025-10: ")
        server.pages["/202411-202510"] = figures(("2025-10", 7))
        _, parsed = await ask(fetcher, spec, after(asked))
        assert len(parsed.observations) == 2

    run(body)


def test_a_file_is_found_behind_the_page_that_links_to_it():
    async def body(server, fetcher):
        page = b"<a href='/x.pdf'>x</a><a href='/data/CMO-Monthly-2026.csv'>monthly</a>"
        server.pages = {
            "/page": (200, page),
            "/data/CMO-Monthly-2026.csv": (200, b"month,kg\n2026-10,3\n2026-09,2\n"),
        }
        layout = {k: v for k, v in TABLE.items() if k != "entries"}
        _, parsed = await ask(fetcher, spec_of(server.base + "/page", layout, through="a[href*=CMO-Monthly]"))
        assert len(parsed.observations) == 2
        with pytest.raises(ParseError, match="no link on the page fits"):
            await ask(fetcher, spec_of(server.base + "/page", layout, through="a[href*=gone]"))

    run(body)


def test_a_sitemap_index_is_followed_to_its_newest_sitemaps():
    async def body(server, fetcher):
        index = "".join(
            f"<sitemap><loc>{server.base}/{n}.xml</loc><lastmod>2026-0{n}-01</lastmod></sitemap>"
            for n in (1, 2, 3)
        )
        server.pages = {
            f"/{n}.xml": (200, f"<urlset><url><loc>{server.base}/news/item-{n}</loc></url></urlset>".encode())
            for n in (1, 2, 3)
        }
        server.pages["/index.xml"] = (200, f"<sitemapindex>{index}</sitemapindex>".encode())
        spec = spec_of(server.base + "/index.xml", {"format": "sitemap", "follow": 2})
        asked, parsed = await ask(fetcher, spec)
        assert sorted(item.title for item in parsed.items) == ["item 2", "item 3"]
        again, _ = await ask(fetcher, spec, after(asked))
        assert again.fetched.status == "unchanged"

    run(body)


def test_a_revised_figure_is_known_from_when_it_was_seen(tmp_path):
    async def body(server, fetcher):
        server.pages = {"/202510-202609": figures(("2026-08", 5)), "/202410-202509": figures()}
        layout = TABLE
        spec = spec_of(
            server.base + "/{from}-{to}", layout, window={"months": 12, "back": 12}, publication_lag_days=30
        )
        repository = open_repository(Settings(home=tmp_path))
        await collect_due([spec], repository, fetcher, lambda: NOW, settings=Settings())
        server.pages["/202510-202609"] = figures(("2026-08", 6))
        await collect_due(
            [spec], repository, fetcher, lambda: NOW, settings=Settings(), only=["s"], force=True
        )
        vintages = repository.observations_between(NOW - timedelta(days=400), NOW)
        repository.close()
        return sorted((o.known_at, o.value) for o in vintages)

    (first, five), (second, six) = run(body)
    assert (five, six) == (5.0, 6.0)
    assert first < second == NOW
