"""The only reader of the network: one request in, one document out, every failure a FetchError in plain words."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver
from yarl import URL

from warning.collect.barriers import barrier_in
from warning.collect.fetch_body import CHUNK, ENCODINGS, read_body, too_large
from warning.collect.fetch_failures import DOCUMENT_STATUSES, explain, judge_status
from warning.collect.fetch_headers import clean, etag, last_modified, max_age_seconds, retry_after_seconds
from warning.collect.fetch_values import Fetched, FetchRequest, Status, Validators
from warning.collect.guard import AddressGuard, GuardedResolver
from warning.collect.lanes import Lanes, Place, TellLate
from warning.collect.large_bodies import LargeBodies, Share
from warning.collect.mailbox import is_mailbox, read_mailbox
from warning.collect.plain_get import Answer, PlainGets
from warning.collect.politeness import Politeness
from warning.collect.resolve import SystemResolver
from warning.core.documents import Document
from warning.errors import FetchBlocked, FetchError, FetchGone, FetchRateLimited, FetchRefused

MOST_REDIRECTS = 5
LONGEST_HEADER = 32 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
REFUSAL_BYTES = 64 * 1024
MOST_DIGITS = 18
DEFAULT_WAIT_SECONDS = 600.0
MOST_ADDRESSES = 8_192
GIVEN_UP = "nothing or little came while many sources kept us waiting; next time it is asked beside the others, with all its time"
NO_ROOM = "the large documents of other sources left no room for this one, as long as it may take"
CONDITIONS = frozenset({"If-None-Match", "If-Modified-Since", "if-none-match", "if-modified-since"})
UNASKED = "the server answered 304 (not modified) to a request that did not ask whether anything was: nothing came to be read"
ANYBODYS = frozenset({"user-agent", "accept", "accept-encoding"})


@dataclass(slots=True)
class _Hop:
    """Where a request stands on its way through redirects. `for_good` while all of them were."""

    url: URL
    method: str
    headers: dict[str, str]
    body: str | None
    notes: list[str] = field(default_factory=list)
    for_good: bool = True
    moved_to: URL | None = None


@cache
def _authorities_of_this_machine() -> ssl.SSLContext:
    """Loaded once a process: to read some hundred certificates takes longer than many a document."""
    return ssl.create_default_context()


class Fetcher:
    """Use as `async with Fetcher(...) as fetcher`. One session and one TLS context serve every source.

    `allow_private_hosts` are exceptions from the address guard; `resolver` stands in for the system's own. `room` is
    awaited with the source before each request: it returns when what comes can be dealt with. `large` is what large bodies share.
    `tell_late` hears which sources keep us waiting.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        contact: str = "",
        allow_private_hosts: tuple[str, ...] = (),
        concurrency: int = 32,
        politeness: Politeness | None = None,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
        room: Callable[[str], Awaitable[None]] | None = None,
        lanes: Lanes | None = None,
        large: LargeBodies | None = None,
        tell_late: TellLate | None = None,
    ) -> None:
        self._clock = clock
        self._user_agent = user_agent(contact)
        self._guard = AddressGuard.opened_for(allow_private_hosts)
        self._politeness = politeness or Politeness()
        self._lanes = lanes or Lanes(concurrency)
        self._lanes.tell_late = tell_late
        self._large = large or LargeBodies()
        self._room = room
        self._resolver = resolver
        self._tls = tls
        self._own_resolver: SystemResolver | None = None
        self._session: ClientSession | None = None
        self._gets: PlainGets | None = None
        self._addresses: dict[str, URL] = {}

    async def __aenter__(self) -> Self:
        self._own_resolver = None if self._resolver else SystemResolver()
        inner = self._resolver or self._own_resolver
        assert inner is not None
        connector = TCPConnector(
            limit=0,  # `Lanes` says how many are under way
            resolver=GuardedResolver(self._guard, inner),
            ssl=self._tls or _authorities_of_this_machine(),
            ttl_dns_cache=60,
        )
        self._session = ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=DummyCookieJar(),
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            trust_env=False,
        )
        self._gets = PlainGets(self._session, connector, LONGEST_HEADER)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        if self._own_resolver is not None:
            await self._own_resolver.close()

    async def fetch(self, request: FetchRequest) -> Fetched:
        """Ask for one document, conditionally when its validators belong to the same address.

        Raises FetchError or one of its kinds, whatever happens, within `total_seconds` of getting its turn.
        """
        try:
            if is_mailbox(request.url):
                return await self._mails(request)
            return await self._at_its_turn(request, self._address(request.url))
        except FetchRateLimited as limited:
            raise FetchRateLimited(
                request.without_secrets(str(limited)), retry_after_seconds=limited.retry_after_seconds
            ) from limited.__cause__
        except FetchGone as failure:
            raise FetchGone(
                request.without_secrets(str(failure)), status=failure.status, target=failure.target
            ) from failure.__cause__
        except FetchError as failure:
            raise type(failure)(request.without_secrets(str(failure))) from failure.__cause__
        except (TimeoutError, ClientError, OSError, ValueError) as wrong:
            raise FetchError(request.without_secrets(explain(wrong, request))) from wrong

    def _address(self, text: str) -> URL:
        """The address a source is asked at, allowed as far as can be told before its name is resolved.

        What was found of a text is kept: it is the same at every poll. A source with a date in it has many.
        """
        url = self._addresses.get(text)
        if url is None:
            url = _parsed(text)
            self._guard.check_url(url)
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses[text] = url
        return url

    async def _at_its_turn(self, request: FetchRequest, url: URL) -> Fetched:
        lanes, source = self._lanes, request.source_id
        is_slow = lanes.is_slow(source)
        async with (
            self._politeness.turn(url.host or "", request.spacing_seconds, is_slow=is_slow) as turn,
            lanes.place(source, turn) as place,
        ):
            if self._room is not None:
                await self._room(source)
            try:
                async with asyncio.Timeout(None) as deadline:
                    place.start(deadline, request.total_seconds)
                    return await self._follow(request, url, place)
            except TimeoutError as ended:
                if place.share is not None and place.share.is_waited_for:
                    raise FetchError(NO_ROOM) from ended
                if place.was_given_up:
                    raise FetchError(GIVEN_UP) from ended
                raise

    async def _mails(self, request: FetchRequest) -> Fetched:
        resolver = self._resolver or self._own_resolver
        assert resolver is not None, "the fetcher is used inside `async with`"
        async with self._lanes.place(request.source_id) as place:
            place.start()
            tls = self._tls or _authorities_of_this_machine()
            return await read_mailbox(request, self._guard, resolver, self._clock, tls)

    async def _follow(self, request: FetchRequest, url: URL, place: Place) -> Fetched:
        hop = _Hop(url=url, method=request.method, headers=self._headers(request), body=request.body)
        for _ in range(MOST_REDIRECTS + 1):
            async with await self._asked(hop, request, place) as answer:
                place.arriving = answer.content
                if answer.status not in REDIRECTS:
                    return await self._read(answer, hop, request, place)
                target = _target(hop.url, answer)
                self._guard.check_url(target)
                _move(hop, target, answer.status, request)
            place.has_heard()
        raise FetchRefused(f"more than {MOST_REDIRECTS} redirects; the last one led to {_shown(hop.url)}")

    async def _asked(self, hop: _Hop, request: FetchRequest, place: Place) -> Answer | ClientResponse:
        assert self._session is not None, "the fetcher is used inside `async with`"
        assert self._gets is not None, "made with the session"
        silence = _silence(request.idle_seconds)
        if hop.method == "GET" and hop.body is None:
            return await self._gets.ask(hop.url, hop.headers, silence, place)
        return await self._session.request(
            hop.method,
            hop.url,
            headers=hop.headers,
            data=hop.body.encode() if hop.body is not None else None,
            allow_redirects=False,
            timeout=silence,
        )

    def _headers(self, request: FetchRequest) -> dict[str, str]:
        headers = {"User-Agent": self._user_agent, "Accept": "*/*", "Accept-Encoding": ENCODINGS}
        if request.body is not None:
            headers["Content-Type"] = "application/json;charset=utf-8"
        if request.headers:
            theirs = {name.lower() for name in request.headers}
            headers = {name: value for name, value in headers.items() if name.lower() not in theirs}
            headers.update(request.headers)
        known = request.validators
        if request.method == "GET" and known.url == request.without_secrets(request.url):
            if known.etag:
                headers["If-None-Match"] = known.etag
            if known.last_modified:
                headers["If-Modified-Since"] = known.last_modified
        return headers

    async def _read(
        self, answer: Answer | ClientResponse, hop: _Hop, request: FetchRequest, place: Place
    ) -> Fetched:
        now = self._clock()
        wait = retry_after_seconds(answer.headers, now)
        if answer.status == 429 or (answer.status == 503 and wait is not None):
            wait = DEFAULT_WAIT_SECONDS if wait is None else wait
            self._politeness.hold(hop.url.host or "", wait)
            asked = f"the server answered {answer.status} and asks us to wait"
            raise FetchRateLimited(asked, retry_after_seconds=wait)
        moved_to = request.without_secrets(str(hop.moved_to)) if hop.moved_to is not None else ""
        told = _Told(answer.headers, wait, tuple(hop.notes), moved_to)
        if answer.status == 304:
            if CONDITIONS.isdisjoint(hop.headers) and CONDITIONS.isdisjoint(map(str.lower, hop.headers)):
                raise FetchError(UNASKED)
            return told.fetched("not_modified", None, request.validators)
        points_to = "" if answer.status in DOCUMENT_STATUSES else await _refuse_challenge(answer)
        points_to = request.without_secrets(points_to)
        is_elsewhere = _host(hop.url) != _host(_parsed(request.url))
        judge_status(answer.status, answer.headers, is_elsewhere=is_elsewhere, points_to=points_to)
        _refuse_announced(answer, request.max_bytes)
        with self._large.share(request.source_id, place) as place.share:
            body = await _body(answer, request.max_bytes, place.share)
        return _fresh_or_unchanged(told, body, answer, request, now)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the answer's headers say about when to come back."""

    headers: Mapping[str, str]
    wait: float | None
    notes: tuple[str, ...]
    moved_to: str = ""

    def fetched(self, status: Status, document: Document | None, validators: Validators) -> Fetched:
        return Fetched(
            status=status,
            document=document,
            validators=validators,
            max_age_seconds=max_age_seconds(self.headers),
            retry_after_seconds=self.wait,
            notes=self.notes,
            moved_to=self.moved_to,
        )


@lru_cache(maxsize=256)
def _silence(idle_seconds: float) -> ClientTimeout:
    """No limit on the whole here: it would begin anew at every redirect."""
    return ClientTimeout(total=None, sock_connect=idle_seconds, sock_read=idle_seconds)


def user_agent(contact: str) -> str:
    """Return how the fetcher introduces itself; a publisher can reach the operator at `contact`."""
    try:
        release = version("allied-early-warning")
    except PackageNotFoundError:
        release = "0"
    reach = clean(contact).replace("(", "").replace(")", "")
    return f"allied-early-warning/{release} ({reach or 'contact: not configured'})"


def _fresh_or_unchanged(
    told: _Told, body: bytes, answer: Answer | ClientResponse, request: FetchRequest, now: datetime
) -> Fetched:
    asked_for = request.without_secrets(request.url)
    validators = Validators(
        url=asked_for,
        etag=etag(answer.headers),
        last_modified=last_modified(answer.headers),
        body_hash=sha256(body).hexdigest(),
    )
    known = request.validators
    if known.url == asked_for and known.body_hash == validators.body_hash:
        return told.fetched("unchanged", None, validators)
    document = Document(
        source_id=request.source_id,
        url=request.without_secrets(str(answer.url)),
        body=body,
        content_type=request.said_type(clean(answer.headers.get("Content-Type"))),
        fetched_at=now,
    )
    return told.fetched("fresh", document, validators)


async def _refuse_challenge(answer: Answer | ClientResponse) -> str:
    """Raise FetchBlocked when the page that came with an error is a challenge; a page that cannot be read is none.

    Return where the page says that the document has gone, nothing when it does not.
    """
    try:
        body = await _body(answer, REFUSAL_BYTES)
    except (FetchError, TimeoutError, ClientError, OSError):
        return ""
    kind = clean(answer.headers.get("Content-Type"))
    barrier = barrier_in(body, kind, entries=1)
    if barrier is not None:
        raise FetchBlocked(f"the server answered {answer.status}: {barrier.cause}")
    notice = barrier_in(body, kind, url=str(answer.url))
    target = notice.target if notice is not None and notice.kind == "moved" else ""
    # A front page is no successor: many error pages lead everybody there.
    return target if target and urlsplit(target).path.strip("/") else ""


async def _body(answer: Answer | ClientResponse, max_bytes: int, share: Share | None = None) -> bytes:
    encoding = clean(answer.headers.get("Content-Encoding"))
    chunks = answer.content.iter_chunked(CHUNK)
    return await read_body(chunks, encoding, max_bytes, share.grow if share is not None else None)


def _refuse_announced(answer: Answer | ClientResponse, max_bytes: int) -> None:
    """Raises FetchTooLarge where the server itself says that more will come."""
    length = clean(answer.headers.get("Content-Length")).lstrip("0")
    if length.isdecimal() and (len(length) > MOST_DIGITS or int(length) > max_bytes):
        raise too_large(max_bytes)


def _target(url: URL, answer: Answer | ClientResponse) -> URL:
    place = answer.headers.get("Location", "")
    if not place.strip():
        raise FetchError(f"the server answered {answer.status} (moved) without saying where to")
    return url.join(_parsed(place))


def _move(hop: _Hop, target: URL, status: int, request: FetchRequest) -> None:
    """Go on at `target`. What was meant for one host is not told to the next."""
    if hop.url.scheme == "https" and target.scheme == "http":
        hop.notes.append(f"redirected from https to plain http ({_shown(target)})")
    if target.origin() != hop.url.origin():
        hop.headers = {name: value for name, value in hop.headers.items() if name.lower() in ANYBODYS}
        if hop.body is not None and any(secret and secret in hop.body for secret in request.secrets):
            raise FetchRefused(f"redirected to another host ({_shown(target)}) with a key in the request")
    if hop.method == "POST" and status in {301, 302, 303}:
        hop.method, hop.body = "GET", None
        hop.headers = {name: value for name, value in hop.headers.items() if name.lower() != "content-type"}
    hop.for_good = hop.for_good and status in FOR_GOOD
    hop.moved_to = target if hop.for_good else hop.moved_to
    hop.url = target


def _host(url: URL) -> str:
    return (url.host or "").removeprefix("www.")


def _parsed(text: str) -> URL:
    try:
        url = URL(text.strip())
        _ = (url.host, url.port)
    except ValueError as wrong:
        raise FetchRefused(f"{clean(text)[:200]!r} is not an address ({wrong})") from wrong
    return url


def _shown(url: URL) -> str:
    return clean(str(url.with_query(None)))[:200]
