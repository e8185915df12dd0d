import asyncio
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp.abc import AbstractResolver

from tests.adapters.hostile_server import FEED, LAST_MODIFIED, Hostile, hostile_server
from warning.collect.fetch import Fetcher, user_agent
from warning.collect.fetch_headers import retry_after_seconds
from warning.collect.fetch_values import FetchRequest, Validators
from warning.collect.politeness import Politeness
from warning.errors import FetchError, FetchRateLimited, FetchRefused, FetchTooLarge

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KIB = 1024


def fetcher_for(server: Hostile, **options) -> Fetcher:
    allowed = (server.host, server.raw_base.removeprefix("http://"))
    return Fetcher(lambda: NOW, contact="ops@example.org", allow_private_hosts=allowed, **options)


def request(url: str, **options) -> FetchRequest:
    options = {
        "total_seconds": 5.0,
        "idle_seconds": 5.0,
        "spacing_seconds": 0.0,
        "max_bytes": 64 * KIB,
    } | options
    return FetchRequest(source_id="s", url=url, **options)


@asynccontextmanager
async def at_work(**options):
    async with hostile_server() as server, fetcher_for(server, **options) as fetcher:
        yield server, fetcher


def fetch(path: str, **options):
    async def one():
        async with at_work() as (server, fetcher):
            base = server.raw_base if options.pop("raw", False) else server.base
            fetched = await fetcher.fetch(request(base + path, **options))
            return fetched, server

    return asyncio.run(one())


def failure(path: str, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(path, **options)
    return caught.value


def test_a_document_arrives_with_its_bytes_validators_and_time():
    fetched, server = fetch("/conditional")
    assert fetched.status == "fresh"
    assert fetched.document.body == FEED
    assert fetched.document.fetched_at == NOW
    assert fetched.document.url == f"{server.base}/conditional"
    assert fetched.validators.etag == '"v1"'
    assert fetched.validators.last_modified == LAST_MODIFIED


def test_the_fetcher_says_who_asks_and_how_to_reach_them():
    _, server = fetch("/feed")
    assert server.seen["/feed"]["User-Agent"].startswith("allied-early-warning/")
    assert "ops@example.org" in server.seen["/feed"]["User-Agent"]
    assert "\n" not in user_agent("a\r\nX-Evil: 1")


def test_a_second_request_asks_whether_anything_changed_and_a_304_brings_no_document():
    async def twice():
        async with at_work() as (server, fetcher):
            first = await fetcher.fetch(request(server.base + "/conditional"))
            return await fetcher.fetch(request(server.base + "/conditional", validators=first.validators))

    second = asyncio.run(twice())
    assert (second.status, second.document, second.max_age_seconds) == ("not_modified", None, 900)
    assert second.validators.etag == '"v1"'


def test_last_modified_alone_makes_a_request_conditional():
    async def twice():
        async with at_work() as (server, fetcher):
            first = await fetcher.fetch(request(server.base + "/dated"))
            return await fetcher.fetch(request(server.base + "/dated", validators=first.validators))

    assert asyncio.run(twice()).status == "not_modified"


def test_the_same_bytes_again_are_unchanged_when_the_publisher_knows_no_validators():
    async def twice():
        async with at_work() as (server, fetcher):
            first = await fetcher.fetch(request(server.base + "/feed"))
            return await fetcher.fetch(request(server.base + "/feed", validators=first.validators))

    second = asyncio.run(twice())
    assert (second.status, second.document) == ("unchanged", None)


def test_validators_of_another_address_are_not_sent():
    _, server = fetch("/conditional", validators=Validators(url="https://old.example/", etag='"v1"'))
    assert "If-None-Match" not in server.seen["/conditional"]


@pytest.mark.parametrize("kind", ["gzip", "deflate", "raw-deflate"])
def test_a_packed_document_is_unpacked(kind):
    fetched, _ = fetch(f"/packed/{kind}")
    assert fetched.document.body == FEED


def test_a_document_packed_in_two_members_with_padding_is_whole():
    fetched, _ = fetch("/padded-gzip")
    assert fetched.document.body == FEED


@pytest.mark.parametrize("path", ["/endless", "/bomb", "/zstd-bomb"])
def test_a_document_beyond_the_cap_is_dropped_while_it_arrives(path):
    async def one():
        async with at_work() as (server, fetcher):
            with pytest.raises(FetchTooLarge, match=r"larger than 0\.0625 MiB"):
                await fetcher.fetch(request(server.base + path))
            return server

    assert asyncio.run(one()).sent_bytes < 16 * KIB * KIB


def test_an_announced_length_beyond_the_cap_is_refused_before_reading():
    assert isinstance(failure("/feed", max_bytes=len(FEED) - 1), FetchTooLarge)


@pytest.mark.parametrize("path", ["/broken-gzip", "/cut-gzip", "/odd-packing"])
def test_a_broken_packing_is_a_failure_in_words(path):
    assert "pack" in str(failure(path))


def test_a_slow_drip_ends_at_the_total_time():
    assert str(failure("/drip", total_seconds=0.4)) == "the document was not complete after 0.4 s"


@pytest.mark.parametrize("path", ["/silent", "/stalls"])
def test_silence_ends_at_the_idle_time(path):
    assert str(failure(path, idle_seconds=0.3)) == "the server said nothing for 0.3 s"


def test_headers_that_drip_end_at_the_total_time():
    assert "not complete after 0.4 s" in str(failure("/drip-headers", raw=True, total_seconds=0.4))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/reset", "closed the connection|connection broke"),
        ("/empty", "closed the connection"),
        ("/short-body", "ended before the document was complete"),
        ("/cut-chunk", "ended before the document was complete"),
        ("/bad-chunk", "ended before|not proper HTTP"),
        ("/negative-length", "not proper HTTP"),
        ("/two-lengths", "not proper HTTP"),
        ("/huge-header", "not proper HTTP"),
        ("/many-headers", "not proper HTTP"),
        ("/not-http", "not proper HTTP"),
        ("/long-body", "not proper HTTP"),
    ],
)
def test_a_server_that_breaks_http_gives_a_cause_in_words(path, words):
    wrong = failure(path, raw=True)
    assert re.search(words, str(wrong)), str(wrong)
    assert str(wrong).isprintable()


def test_poisoned_headers_reach_neither_validators_nor_the_document():
    fetched, _ = fetch("/poisoned", raw=True)
    assert fetched.validators.etag == ""
    assert fetched.validators.last_modified == ""
    assert fetched.document.content_type.isprintable()
    assert fetched.retry_after_seconds is None
    assert fetched.max_age_seconds is None or fetched.max_age_seconds <= timedelta(days=7).total_seconds()


def test_an_odd_status_line_is_a_printable_failure():
    wrong = failure("/odd-status", raw=True)
    assert "799" in str(wrong) or "HTTP" in str(wrong)
    assert str(wrong).isprintable()


def test_a_redirect_loop_ends_after_five_redirects():
    async def one():
        async with at_work() as (server, fetcher):
            with pytest.raises(FetchRefused, match="more than 5 redirects"):
                await fetcher.fetch(request(server.base + "/loop"))
            return server.hits["/loop"]

    assert asyncio.run(one()) == 6


def test_a_redirect_is_followed_and_the_document_says_where_it_came_from():
    fetched, server = fetch("/redirect?to=/feed")
    assert fetched.document.url == f"{server.base}/feed"
    assert "?" not in fetched.document.url
    assert fetched.validators.url == f"{server.base}/redirect?to=/feed"


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:22/", "http://2130706433/", "http://0x7f000001/",
        "http://0177.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://10.0.0.8/", "//192.168.1.1/",
        "file:///etc/passwd", "ftp://example.org/", "http://u:p@example.org/",
    ],
)  # fmt: skip
def test_a_redirect_to_where_the_fetcher_may_not_go_is_refused(target):
    assert isinstance(failure(f"/redirect?to={target}"), FetchRefused)


def test_a_redirect_without_an_address_is_a_failure():
    assert "without saying where" in str(failure("/nowhere"))


def test_a_post_sends_its_body_and_becomes_a_get_when_it_is_moved():
    body = '{"pageNo":1}'
    posted, _ = fetch("/echo", method="POST", body=body)
    assert posted.document.body == body.encode()
    _, server = fetch("/redirect?to=/feed", method="POST", body=body)
    assert server.bodies["/feed"] == b""
    kept, _ = fetch("/redirect?code=307&to=/echo", method="POST", body=body)
    assert kept.document.body == body.encode()


class NamesOf(AbstractResolver):
    """Every name is this machine; a name in `then_elsewhere` is so only from its second question on."""

    def __init__(self, first: str) -> None:
        self.first = first
        self.asked: list[str] = []

    async def resolve(self, host, port=0, family=0):
        address = self.first if not self.asked else "127.0.0.1"
        self.asked.append(host)
        return [{"hostname": host, "host": address, "port": port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self):
        pass


def test_headers_of_the_source_are_not_told_to_another_host():
    async def one():
        async with (
            hostile_server() as server,
            Fetcher(
                lambda: NOW,
                allow_private_hosts=("127.0.0.1", "elsewhere.example"),
                resolver=NamesOf("127.0.0.1"),
            ) as fetcher,
        ):
            port = server.base.rsplit(":", 1)[1]
            target = f"http://elsewhere.example:{port}/feed"
            url = f"{server.base}/redirect?to={target}"
            headers = {"X-Api-Key": "s3cret", "Accept": "application/json"}
            await fetcher.fetch(request(url, headers=headers, secrets=("s3cret",)))
            return server.seen

    seen = asyncio.run(one())
    assert seen["/redirect"]["X-Api-Key"] == "s3cret"
    assert "X-Api-Key" not in seen["/feed"]
    assert seen["/feed"]["Accept"] == "application/json"


def test_a_name_that_resolves_to_this_machine_is_refused_without_a_connection():
    async def one():
        async with (
            hostile_server() as server,
            Fetcher(lambda: NOW, resolver=NamesOf("127.0.0.1")) as fetcher,
        ):
            port = server.base.rsplit(":", 1)[1]
            with pytest.raises(FetchRefused, match="not a public address"):
                await fetcher.fetch(request(f"http://rebind.example:{port}/feed"))
            return sum(server.hits.values())

    assert asyncio.run(one()) == 0


def test_a_name_is_resolved_once_so_that_the_checked_address_is_the_one_connected_to():
    """First answer public (TEST-NET would be closed, so an unroutable public one), second this machine."""

    async def one():
        resolver = NamesOf("8.8.8.8")
        async with hostile_server() as server, Fetcher(lambda: NOW, resolver=resolver) as fetcher:
            port = server.base.rsplit(":", 1)[1]
            with pytest.raises(FetchError):
                await fetcher.fetch(
                    request(f"http://rebind.example:{port}/feed", total_seconds=0.5, idle_seconds=0.5)
                )
            return resolver.asked, sum(server.hits.values())

    asked, hits = asyncio.run(one())
    assert asked == ["rebind.example"]
    assert hits == 0


@pytest.mark.parametrize(("wait", "seconds"), [("120", 120), (None, 600)])
def test_a_429_says_how_long_to_wait(wait, seconds):
    limited = failure(f"/busy?wait={wait}" if wait else "/busy")
    assert isinstance(limited, FetchRateLimited)
    assert limited.retry_after_seconds == seconds


def test_retry_after_is_read_as_a_date_too():
    later = format_datetime(NOW + timedelta(minutes=5), usegmt=True)
    assert retry_after_seconds({"Retry-After": later}, NOW) == 300
    assert retry_after_seconds({"Retry-After": "Thu, 99 Nov 2026"}, NOW) is None
    assert retry_after_seconds({"Retry-After": "999999999999"}, NOW) == timedelta(days=7).total_seconds()


def test_a_503_with_retry_after_is_a_request_to_wait():
    assert isinstance(failure("/busy?status=503&wait=60"), FetchRateLimited)
    assert not isinstance(failure("/busy?status=503"), FetchRateLimited)


def test_a_host_that_asked_to_wait_is_not_asked_by_the_next_source():
    async def one():
        async with at_work() as (server, fetcher):
            with pytest.raises(FetchRateLimited):
                await fetcher.fetch(request(server.base + "/busy?wait=120"))
            with pytest.raises(FetchRateLimited) as held:
                await fetcher.fetch(request(server.base + "/feed"))
            return held.value.retry_after_seconds, server.hits["/feed"]

    left, hits = asyncio.run(one())
    assert 100 < left <= 120
    assert hits == 0


def test_max_age_counts_from_when_the_answer_was_made():
    fetched, _ = fetch("/max-age")
    assert fetched.max_age_seconds == 7000


@pytest.mark.parametrize(
    ("status", "words"),
    [(500, "the server failed"), (404, "not found"), (403, "forbidden"), (202, "anti-bot"), (410, "gone"), (204, "no content")],
)  # fmt: skip
def test_a_status_that_brings_no_document_is_told_in_words(status, words):
    told = str(failure(f"/status/{status}"))
    assert words in told
    assert str(status) in told


def test_an_anti_bot_page_is_not_taken_for_the_document():
    assert "anti-bot challenge" in str(failure("/challenge"))


def test_garbage_is_fetched_as_it_is():
    fetched, _ = fetch("/garbage")
    assert len(fetched.document.body) == 10_240


def test_a_key_appears_neither_in_the_document_nor_in_the_failure():
    fetched, _ = fetch("/feed?serviceKey=s3cret%2B1", secrets=("s3cret+1",))
    assert "s3cret" not in fetched.document.url + fetched.validators.url
    wrong = failure("/redirect?to=http://10.0.0.1/?k=s3cret", secrets=("s3cret",))
    assert "s3cret" not in str(wrong)
    assert "s3cret" not in "".join(map(str, (wrong.__cause__, wrong.__context__)))


def test_an_unknown_name_is_a_failure_in_words():
    class Nowhere(NamesOf):
        async def resolve(self, host, port=0, family=0):
            raise OSError(-2, "Name or service not known")

    async def one():
        async with Fetcher(lambda: NOW, resolver=Nowhere("")) as fetcher:
            await fetcher.fetch(request("https://no.such.example/"))

    with pytest.raises(FetchError, match=r"the name no\.such\.example has no address"):
        asyncio.run(one())


def test_a_name_of_this_machine_is_resolved_by_the_system_and_refused_unless_opened():
    async def one(allowed):
        async with hostile_server() as server:
            port = server.base.rsplit(":", 1)[1]
            async with Fetcher(
                lambda: NOW, allow_private_hosts=(f"{name}:{port}" for name in allowed)
            ) as fetcher:
                return await fetcher.fetch(request(f"http://localhost:{port}/feed"))

    assert asyncio.run(one(["localhost"])).document.body == FEED
    with pytest.raises(FetchRefused, match=r"localhost \(.*\) is not a public address"):
        asyncio.run(one(["127.0.0.1"]))


def test_a_closed_port_is_a_failure_in_words():
    async def one():
        async with Fetcher(lambda: NOW, allow_private_hosts=("127.0.0.1:1",)) as fetcher:
            await fetcher.fetch(request("http://127.0.0.1:1/"))

    with pytest.raises(FetchError, match=r"no connection to 127\.0\.0\.1"):
        asyncio.run(one())


def test_one_host_is_asked_by_a_few_at_a_time():
    async def one():
        async with at_work(politeness=Politeness(per_host=2)) as (server, fetcher):
            await asyncio.gather(*(fetcher.fetch(request(f"{server.base}/slow?{n}")) for n in range(6)))
            return server.most_at_once

    assert asyncio.run(one()) == 2


def test_requests_to_one_host_keep_their_spacing_and_others_need_not_wait():
    async def one():
        now, slept = 0.0, []

        async def sleep(seconds: float) -> None:
            nonlocal now
            slept.append(seconds)
            now += seconds

        politeness = Politeness(monotonic=lambda: now, sleep=sleep)
        for host in ("a.example", "a.example", "b.example", "a.example"):
            async with politeness.turn(host, 6.5):
                pass
        return slept

    assert asyncio.run(one()) == [6.5, 6.5]


def test_ten_hostile_sources_at_once_cost_a_good_one_nothing():
    async def one():
        async with at_work(politeness=Politeness(per_host=20)) as (server, fetcher):
            bad = ["/endless", "/drip", "/silent", "/stalls", "/bomb", "/loop", "/status/500", "/garbage"]
            asks = [
                fetcher.fetch(request(server.base + path, total_seconds=0.5, idle_seconds=0.4))
                for path in bad
            ]
            good = fetcher.fetch(request(server.base + "/feed"))
            return await asyncio.gather(good, *asks, return_exceptions=True)

    good, *bad = asyncio.run(one())
    assert good.status == "fresh"
    assert sum(isinstance(answer, FetchError) for answer in bad) == 7
