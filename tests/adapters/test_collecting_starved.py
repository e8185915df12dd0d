"""A source that hangs, drips, floods or leads in circles costs itself; fifty neighbours are polled as if it were not there."""

import asyncio
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.adapters.collected_specs import spec_of
from tests.adapters.hostile_server import hostile_server
from warning.app.asking import ask_source
from warning.app.collecting import Memory, collect_due
from warning.app.parse_pool import ParsePool
from warning.collect.fetch import Fetcher
from warning.collect.fetch_values import Fetched, Validators
from warning.collect.politeness import Politeness
from warning.core.documents import Document, Parsed
from warning.core.health import SourceState
from warning.errors import ParseError
from warning.settings import Settings
from warning.store.engine import open_engine
from warning.store.repository import Repository

NOW = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)
NEIGHBOURS = 50
ROUNDS = 4
JSON = {"format": "json", "entries": "rows", "id": "id", "title": "title"}
ENTRY = (
    "<item><guid>{n}</guid><title>Notice {n} about gallium</title><link>https://x.example/{n}</link></item>"
)
FLOOD = f"<rss><channel>{''.join(ENTRY.format(n=n) for n in range(100_000))}</channel></rss>".encode()
HANGS = b"<rss><channel>" + b"<item><title>&amp;" * 60_000
ENDLESS_PAGES = json.dumps({"rows": [{"id": 1, "title": "t"}], "next": "{next}"}).encode()
HOSTILE = {
    "hangs": {"url": "/silent"},
    "drips": {"url": "/drip"},
    "endless body": {"url": "/endless"},
    "redirects": {"url": "/loop"},
    "bomb": {"url": "/bomb"},
    "100,000 entries": {"url": "/flood", "max_size": "64MiB", "timeout": "60s"},
    "hangs its reader": {"url": "/hangs", "max_size": "64MiB"},
    "endless pages": {"url": "/paged/{page}", "parse": JSON, "pages": {"size": 1, "most": 1_000}},
}  # fmt: skip


def fresh(request, body):
    document = Document(source_id="s", url=request.url, body=body, fetched_at=NOW)
    return Fetched(status="fresh", document=document, validators=Validators())


def answering(said):
    return lambda request: fresh(request, json.dumps({"rows": [], "next": said}).encode())


async def no_rows(_document):
    return Parsed()


class Rounds:
    """Rounds as the service makes them: a minute of virtual time each, none longer than its patience."""

    def __init__(self, server, repository, fetcher, pool) -> None:
        self.repository, self.fetcher, self.now = repository, fetcher, NOW
        self.memory = Memory(parser=pool.parse, elsewhere=pool.run)
        self.neighbours = [
            spec_of(
                f"http://127.1.{n}.2:{server.base.rpartition(':')[2]}/feed",
                f"n-{n:02}",
                every="1m",
                jitter="0s",
                timeout="60s",  # a busy machine makes no neighbour fail
                idle_timeout="60s",
            )
            for n in range(NEIGHBOURS)
        ]

    async def lateness(self, *hostile) -> Counter[float]:
        """How late each poll of a neighbour was, in virtual seconds, counted."""
        late: Counter[float] = Counter()
        due = {spec.id: self.now for spec in self.neighbours}
        for _ in range(ROUNDS):
            report = await collect_due(
                [*hostile, *self.neighbours], self.repository, self.fetcher, lambda: self.now, settings=Settings(),
                memory=self.memory, patience_seconds=20,
            )  # fmt: skip
            for outcome in report.outcomes:
                if outcome.source_id in due:
                    late[(self.now - due[outcome.source_id]).total_seconds()] += 1
                    due[outcome.source_id] = self.now + timedelta(minutes=1)
                    assert outcome.condition in {"ok", "not_modified"}, outcome
            self.now += timedelta(minutes=1)
        return late


async def measured(repository, *names: str) -> Counter[float]:
    async with (
        hostile_server("0.0.0.0") as server,
        ParsePool() as pool,
    ):
        port = server.base.rpartition(":")[2]
        hosts = [server.host, *(f"127.1.{n}.2:{port}" for n in range(NEIGHBOURS))]
        server.pages["/flood"] = (200, FLOOD)
        server.pages["/hangs"] = (200, HANGS)
        for page in range(1_000):
            server.pages[f"/paged/{page}"] = (200, ENDLESS_PAGES.replace(b'"id": 1', b'"id": %d' % page))
        async with Fetcher(
            lambda: NOW, allow_private_hosts=tuple(hosts), politeness=Politeness(per_host=8)
        ) as fetcher:
            rounds = Rounds(server, repository, fetcher, pool)
            bad = [spec_of(server.base + HOSTILE[name]["url"], f"bad-{n}", **{k: v for k, v in HOSTILE[name].items() if k != "url"}) for n, name in enumerate(names)]  # fmt: skip
            late = await rounds.lateness(*bad)
            await rounds.memory.drain(0)
            return late


@pytest.fixture
def store(sqlite_url):
    engine = open_engine(sqlite_url)
    yield Repository(engine)
    engine.dispose()


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_fifty_neighbours_of_a_hostile_source_are_not_a_second_later(store, name):
    late = asyncio.run(measured(store, name))
    assert late == {0.0: NEIGHBOURS * ROUNDS}


def test_fifty_neighbours_of_all_hostile_sources_at_once_are_not_a_second_later(store):
    late = asyncio.run(measured(store, *HOSTILE))
    assert late == {0.0: NEIGHBOURS * ROUNDS}


def test_a_slow_document_gives_its_place_to_a_spare_reader():
    """Two readers, both held by documents that never end: the third document is read all the same."""

    async def body():
        async with ParsePool(workers=2, patience_seconds=0.2) as pool:
            held = [asyncio.create_task(pool.run(time.sleep, 600)) for _ in range(2)]
            answer = await asyncio.wait_for(pool.run(len, "abc"), 30)
            for task in held:
                task.cancel()
            await asyncio.gather(*held, return_exceptions=True)
            return answer

    assert asyncio.run(body()) == 3


def test_a_pool_left_with_a_slow_document_ends_at_once():
    async def body():
        async with ParsePool(workers=1, patience_seconds=0.1) as pool:
            held = asyncio.create_task(pool.run(time.sleep, 600))
            await asyncio.sleep(0)  # it has taken the only worker
            await pool.run(len, "abc")
        with pytest.raises(ParseError, match="ended the process"):
            await held

    asyncio.run(asyncio.wait_for(body(), 60))


def test_a_document_that_waits_when_a_pool_ends_is_told_so():
    async def body():
        async with ParsePool(workers=1) as pool:
            waiting = asyncio.create_task(pool.run(len, "abc"))
            await pool.run(len, "abc")  # takes the only worker before the other one begins to wait
        with pytest.raises(ParseError, match="have been stopped"):
            await waiting

    asyncio.run(asyncio.wait_for(body(), 60))


@pytest.mark.parametrize(
    "said",
    ["http://169.254.169.254/", "http://127.0.0.1:1/p2", "http://publisher.example:8080/p2", "ftp://publisher.example/",
     "http://publisher.example@127.0.0.1/", "http://[::1", "//127.0.0.1/p2", "http://publisher.example.evil.example/"],
)  # fmt: skip
def test_a_next_page_never_takes_the_key_to_another_place(said):
    """Whatever a publisher, or whoever poses as one, names as the next page."""
    asked: list[str] = []

    async def ask(request):
        asked.append(request.url)
        return answering(said)(request)

    spec = spec_of(
        "https://publisher.example/p1?k={key}",
        needs_key="acme",
        parse=JSON,
        pages={"next": "next", "most": 3},
    )
    found = asyncio.run(ask_source(spec, SourceState(source_id="s"), NOW, "geheim", ask, no_rows))
    assert {url.partition("?")[0] for url in asked} == {"https://publisher.example/p1"}
    assert bool(found.problems) == said.startswith("http"), "anything else is what to put for {page}"


def test_a_next_page_without_encryption_is_asked_with_it():
    asked: list[str] = []

    async def ask(request):
        asked.append(request.url)
        return answering("http://publisher.example/p2" if len(asked) == 1 else "")(request)

    spec = spec_of("https://publisher.example/p1", parse=JSON, pages={"next": "next", "most": 3})
    asyncio.run(ask_source(spec, SourceState(source_id="s"), NOW, "", ask, no_rows))
    assert asked == ["https://publisher.example/p1", "https://publisher.example/p2"]


def test_a_sitemap_at_another_port_is_not_told_the_headers():
    told: dict[str, dict] = {}
    index = b"<sitemapindex><sitemap><loc>https://publisher.example:8443/s.xml</loc></sitemap></sitemapindex>"

    async def ask(request):
        told[request.url] = dict(request.headers)
        return fresh(request, index)

    spec = spec_of(
        "https://publisher.example/i.xml",
        parse={"format": "sitemap"},
        headers={"X-Key": "{key}"},
        needs_key="acme",
    )
    asyncio.run(ask_source(spec, SourceState(source_id="s"), NOW, "geheim", ask, no_rows))
    assert told == {
        "https://publisher.example/i.xml": {"X-Key": "geheim"},
        "https://publisher.example:8443/s.xml": {},
    }
