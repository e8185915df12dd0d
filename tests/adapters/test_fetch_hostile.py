"""What whoever controls a publisher, its name server or its headers may try against the fetcher and its readers."""

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import zstandard
from aiohttp.abc import AbstractResolver

from tests.adapters.hostile_server import FEED
from warning.app.body_room import BodyRoom
from warning.app.poll_room import PollRoom
from warning.collect.fetch import Fetcher
from warning.collect.fetch_body import read_body
from warning.collect.fetch_values import MEBIBYTE, Fetched, FetchRequest, Validators
from warning.collect.politeness import Politeness
from warning.core.documents import Document
from warning.errors import FetchError, FetchRateLimited, FetchRefused, FetchTooLarge

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


class Served:
    """A server that sends the same bytes to everybody, and counts who came."""

    def __init__(self, answer: bytes) -> None:
        self.answer, self.heads, self.port = answer, [], 0

    async def talk(self, reader, writer):
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(answer: bytes):
    served = Served(answer)
    server = await asyncio.start_server(served.talk, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    async with server:
        yield served


def request(url: str, **options) -> FetchRequest:
    usual = {"total_seconds": 5.0, "idle_seconds": 5.0, "spacing_seconds": 0.0, "max_bytes": MEBIBYTE}
    return FetchRequest(source_id="s", url=url, **(usual | options))


def fetched(answer: bytes, **options):
    async def one():
        async with (
            serving(answer) as served,
            Fetcher(lambda: NOW, allow_private_hosts=(f"127.0.0.1:{served.port}",), politeness=Politeness(per_host=9)) as fetcher,
        ):  # fmt: skip
            try:
                return await fetcher.fetch(request(f"http://127.0.0.1:{served.port}/feed", **options))
            except FetchError as failure:
                return failure

    return asyncio.run(one())


def whole(body: bytes, *headers: bytes) -> bytes:
    return OK + b"".join(h + b"\r\n" for h in (b"Content-Length: %d" % len(body), *headers)) + b"\r\n" + body


def zeros(pack, mebibytes: int) -> bytes:
    return b"".join(pack.compress(bytes(MEBIBYTE)) for _ in range(mebibytes)) + pack.flush()


@pytest.mark.parametrize(("preliminary", "is_too_many"), [(20, False), (21, True), (5_000, True)])
def test_preliminary_answers_are_waited_out_up_to_a_number(preliminary, is_too_many):
    answer = fetched(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * preliminary + whole(b"ok"))
    if is_too_many:
        assert "more than 20 preliminary answers (1xx)" in str(answer)
    else:
        assert answer.document.body == b"ok"


def test_a_header_of_the_catalogue_stands_in_place_of_ours_however_it_is_written():
    async def sent():
        async with serving(whole(b"ok")) as served:
            hosts = (f"127.0.0.1:{served.port}",)
            async with Fetcher(lambda: NOW, allow_private_hosts=hosts) as fetcher:
                await fetcher.fetch(request(f"http://{hosts[0]}/", headers={"user-agent": "theirs"}))
        return served.heads[0].lower()

    head = asyncio.run(sent())
    assert (head.count(b"user-agent:"), head.count(b"user-agent: theirs")) == (1, 1)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", lambda: zeros(zlib.compressobj(9, zlib.DEFLATED, 31), 400)),
        ("deflate", lambda: zeros(zlib.compressobj(9), 400)),
        ("deflate", lambda: zeros(zlib.compressobj(9, zlib.DEFLATED, -15), 400)),
        ("zstd", lambda: zeros(zstandard.ZstdCompressor(level=3).compressobj(), 400)),
        ("x-gzip", lambda: gzip.compress(bytes(MEBIBYTE)) * 400),
    ],
    ids=["gzip", "deflate", "raw deflate", "zstd", "many members"],
)
def test_a_bomb_of_every_packing_is_dropped_at_the_cap(encoding: str, packed: Callable[[], bytes]) -> None:
    answer = fetched(whole(packed(), b"Content-Encoding: " + encoding.encode()))
    assert isinstance(answer, FetchTooLarge), answer


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", lambda: zeros(zlib.compressobj(9, zlib.DEFLATED, 31), 50)),
        ("deflate", lambda: zeros(zlib.compressobj(9), 50)),
        ("zstd", lambda: zeros(zstandard.ZstdCompressor(level=3).compressobj(), 400)),
    ],
    ids=["gzip", "deflate", "zstd"],
)
def test_one_piece_of_a_bomb_costs_little_more_than_the_cap(
    encoding: str, packed: Callable[[], bytes]
) -> None:
    """It all arrives at once, in 64 KiB: what it unpacks to must not stand in memory before it is counted."""
    body = packed()

    async def at_once():
        yield body

    tracemalloc.start()
    try:
        with pytest.raises(FetchTooLarge):
            asyncio.run(read_body(at_once(), encoding, MEBIBYTE))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(body) < 65_536
    assert peak < 6 * MEBIBYTE


def test_a_document_announced_too_large_is_not_waited_for() -> None:
    """Ten gigabytes are announced and never sent: the cap decides, not the patience."""
    answer = fetched(OK + b"Content-Length: 10737418240\r\n\r\n", total_seconds=30.0, idle_seconds=30.0)
    assert isinstance(answer, FetchTooLarge), answer


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]"])
def test_a_redirect_inside_reaches_nobody_though_somebody_listens(host: str) -> None:
    """Where no one listens a connection that fails would look like a refusal."""

    async def one():
        async with serving(whole(FEED)) as inner:
            moved = b"HTTP/1.1 302 Moved\r\nContent-Length: 0\r\nLocation: http://%b:%d/\r\n\r\n"
            async with serving(moved % (host.encode(), inner.port)) as outer:
                opened = (f"127.0.0.1:{outer.port}",)
                async with Fetcher(lambda: NOW, allow_private_hosts=opened) as fetcher:
                    with pytest.raises(FetchRefused):
                        await fetcher.fetch(request(f"http://127.0.0.1:{outer.port}/"))
            return len(outer.heads), len(inner.heads)

    assert asyncio.run(one()) == (1, 0)


@pytest.mark.parametrize(
    "encoding", ["br", "gzip, gzip", "gzip, identity", "deflate, br, zstd", "compress", "aes128gcm"]
)
def test_packings_nobody_asked_for_or_several_at_once_are_refused(encoding: str) -> None:
    answer = fetched(whole(gzip.compress(gzip.compress(FEED)), b"Content-Encoding: " + encoding.encode()))
    assert isinstance(answer, FetchError)
    assert "not asked for" in str(answer)


def test_a_bomb_inside_a_bomb_is_unpacked_once_only() -> None:
    inner = gzip.compress(bytes(200 * MEBIBYTE))
    answer = fetched(whole(gzip.compress(inner), b"Content-Encoding: gzip"))
    assert isinstance(answer, Fetched)
    assert answer.document.body == inner


@pytest.mark.parametrize(
    "headers",
    [
        (b"Content-Encoding: gzip", b"Content-Encoding: identity"),
        (b"Content-Type: text/xml; charset=zip", b"Content-Type: text/html; charset=utf-7"),
        (b"Content-Type: text/xml; charset=" + b"x" * 30_000,),
        (b"Last-Modified: Mon, 99 Foo 99999 99:99:99 GMT",),
        (b"Last-Modified: Mon, 01 Jan 0001 00:00:00 +9999",),
        (b"Retry-After: Fri, 31 Dec 99999 23:59:59 GMT",),
        (b"Retry-After: -1", b"Cache-Control: max-age=-1, s-maxage=1e99"),
        (b"Cache-Control: max-age=" + b"9" * 400, b"Age: " + b"9" * 400),
        (b'ETag: "\x7f\x01"', b"ETag: " + b'"' * 300),
        (b"Set-Cookie: a=b; Domain=.", b"Location: http://127.0.0.1:1/", b"Refresh: 0; url=file:///etc/passwd"),
        (b"X-A: b\rX-Injected: c",),
        (b" folded: value", b"\tand more"),
        (b"X-\xff\xfe: \xff\xfe\x00",),
        (b"Transfer-Encoding: identity, chunked",),
        (b"Content-Length: 3",),
        (b"Content-Length: +7",),
        (b"Content-Length: 0x10",),
    ],
)  # fmt: skip
def test_poisoned_headers_end_in_a_document_or_in_words(headers: tuple[bytes, ...]) -> None:
    answer = fetched(whole(FEED, *headers))
    if isinstance(answer, FetchError):
        assert str(answer).isprintable()
        return
    kept = (answer.validators.etag, answer.validators.last_modified, answer.document.content_type)
    assert all(text.isprintable() and len(text) <= 512 for text in kept)
    assert answer.max_age_seconds is None or 0 <= answer.max_age_seconds <= 7 * 86_400
    assert answer.retry_after_seconds is None or 0 <= answer.retry_after_seconds <= 7 * 86_400


@pytest.mark.parametrize("when", ["Fri, 31 Dec 9999 23:59:59 GMT", "9" * 300, "99999999999"])
def test_an_absurd_retry_after_is_a_week_at_most(when: str) -> None:
    answer = fetched(
        b"HTTP/1.1 429 No\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: %b\r\n\r\n"
        % when.encode()
    )
    assert isinstance(answer, FetchRateLimited)
    assert answer.retry_after_seconds == 7 * 86_400


def test_a_validator_with_a_line_break_is_never_sent_back() -> None:
    async def one():
        async with (
            serving(whole(FEED)) as served,
            Fetcher(lambda: NOW, allow_private_hosts=(f"127.0.0.1:{served.port}",)) as fetcher,
        ):
            url = f"http://127.0.0.1:{served.port}/feed"
            known = Validators(url=url, etag='"a"\r\nX-Injected: 1', last_modified="x\nX-Injected: 2")
            try:
                await fetcher.fetch(request(url, validators=known))
            except FetchError as failure:
                assert str(failure).isprintable()  # noqa: PT017 - a refusal is as good as leaving it out
            return served.heads

    assert not any(
        b"X-Injected: " in head.replace(b"\r\n", b"\n").partition(b"\nX-Injected")[1]
        for head in asyncio.run(one())
    )


def test_an_answer_sent_ahead_of_the_next_question_is_never_taken_for_its_answer() -> None:
    """A server keeps the line and says, unasked, what another of its pages is to hold."""
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"

    async def one():
        sent_ahead = asyncio.Event()

        async def talk(reader, writer):
            try:
                while head := await reader.readuntil(b"\r\n\r\n"):
                    writer.write(said + head.split()[1][1:3])
                    await writer.drain()
                    await asyncio.sleep(0.05)
                    writer.write(said + b"no")
                    await writer.drain()
                    sent_ahead.set()
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        base = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, Fetcher(lambda: NOW, allow_private_hosts=(base,)) as fetcher:
            first = await fetcher.fetch(request(f"http://{base}/p1"))
            await sent_ahead.wait()
            await asyncio.sleep(0.05)
            second = await fetcher.fetch(request(f"http://{base}/p2"))
            return first.document.body, second.document.body

    assert asyncio.run(one()) == (b"p1", b"p2")


class SecondThoughts(AbstractResolver):
    """Answers with one address at first and with another ever after: rebinding."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0

    async def resolve(self, host, port=0, family=0):
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [{"hostname": host, "host": answer, "port": port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self):
        pass


@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::ffff:127.0.0.1"]
)
def test_a_name_that_moves_inside_on_the_second_answer_is_refused(inside: str) -> None:
    """The first answer is opened on purpose: it stands for a public address."""

    async def one():
        resolver = SecondThoughts("127.0.0.1", inside)
        async with serving(whole(FEED)) as served:
            fetcher = Fetcher(
                lambda: NOW, allow_private_hosts=(f"rebind.example:{served.port}",), resolver=resolver
            )
            async with fetcher:
                url = f"http://rebind.example:{served.port}/"
                first = await fetcher.fetch(request(url))
                fetcher._guard = type(fetcher._guard)()  # it is public no longer, and opened for nobody
                fetcher._session.connector._resolver._guard = fetcher._guard
                fetcher._session.connector.clear_dns_cache()
                with pytest.raises(FetchRefused, match="not a public address"):
                    await fetcher.fetch(request(url))
                return first.status, resolver.asked, len(served.heads)

    assert asyncio.run(one()) == ("fresh", 2, 1)


FORBIDDEN = [
    "http://0.0.0.0/", "http://0/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://0x7f.0x0.0x0.0x1/", "http://017700000001/", "http://[::]/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[fec0::1]/", "http://[ff02::1]/",
    "http://100.64.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://192.0.0.192/",
    "http://198.18.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://[100::1]/",
    "http://user:word@example.org/", "http://example.org@127.0.0.1/", "ftp://example.org/", "http://127.0.0.1%2f@x/",
    "http://①②⑦.0.0.1/", "http://127。0。0。1/", "http://[::1%25lo]/", "http://127.0.0.1\t/", "http://exa mple.org/",
    "http://example.org:0/", "http://example.org:99999/", "http://[::1", "http://.../", "http://" + "a" * 300 + ".example/",
]  # fmt: skip


@pytest.mark.parametrize("url", FORBIDDEN)
def test_every_way_to_write_a_forbidden_address_is_refused_directly_and_by_redirect(url: str) -> None:
    async def one():
        moved = (
            b"HTTP/1.1 302 Moved\r\nConnection: close\r\nContent-Length: 0\r\nLocation: %b\r\n\r\n"
            % url.encode()
        )
        resolver = SecondThoughts("127.0.0.1")
        async with serving(moved) as served:
            opened = (f"127.0.0.1:{served.port}",)
            async with Fetcher(lambda: NOW, allow_private_hosts=opened, resolver=resolver) as fetcher:
                for asked in (url, f"http://127.0.0.1:{served.port}/"):
                    with pytest.raises(FetchError) as refused:
                        await fetcher.fetch(request(asked, total_seconds=3.0))
                    assert str(refused.value).isprintable()
                return len(served.heads)

    assert asyncio.run(one()) == 1


def test_a_body_without_end_costs_its_cap_in_memory_and_no_more() -> None:
    """Ten gigabytes are announced by nobody: the body is cut while it arrives."""

    async def endless(reader, writer):
        sent = 0
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK + b"\r\n")
            while sent < 10 * 1024**3:
                writer.write(b"x" * 65_536)
                await writer.drain()
                sent += 65_536
        except ConnectionError:
            pass
        finally:
            totals.append(sent)
            writer.close()

    totals: list[int] = []

    async def one():
        server = await asyncio.start_server(endless, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Fetcher(lambda: NOW, allow_private_hosts=(f"127.0.0.1:{port}",)) as fetcher:
            with pytest.raises(FetchTooLarge):
                await fetcher.fetch(request(f"http://127.0.0.1:{port}/", max_bytes=2 * MEBIBYTE))
            await asyncio.sleep(0.1)

    asyncio.run(one())
    assert totals
    assert totals[0] < 32 * MEBIBYTE, "what was on its way when the line was cut, and no more"


def test_documents_of_one_poll_are_bounded_together() -> None:
    async def ask(asked: FetchRequest) -> Fetched:
        if size > asked.max_bytes:
            raise FetchTooLarge("larger than the cap")
        document = Document(source_id="s", url=asked.url, body=bytes(size), fetched_at=NOW)
        return Fetched(status="fresh", document=document, validators=Validators())

    size = 20 * MEBIBYTE
    room = PollRoom(ask, 20 * MEBIBYTE, BodyRoom())

    async def all_pages():
        came = 0
        for page in range(100):
            try:
                await room.fetch(request(f"http://x/{page}", max_bytes=20 * MEBIBYTE))
                came += 1
            except FetchError as full:
                assert "of this poll" in str(full)  # noqa: PT017 - it is the other outcome
        return came

    assert asyncio.run(all_pages()) == 6


def test_unpacking_does_not_keep_the_others_waiting_for_long() -> None:
    """A hang guard, not a measurement: twenty megabytes of the costliest packing."""
    began = time.process_time()
    fetched(whole(gzip.compress(b"") * 100_000, b"Content-Encoding: gzip"), max_bytes=20 * MEBIBYTE)
    assert time.process_time() - began < 20
