"""One IMAP session, from the connection to the last mail: blocking, run in a thread of its own."""

import re
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from imaplib import IMAP4
from io import BufferedReader
from time import monotonic
from urllib.parse import unquote

from warning.collect.fetch_values import FetchRequest
from warning.collect.mailbox_mark import Gathered, Mails, Mark, mark_of
from warning.errors import FetchError, FetchRefused

PORTS = {"imaps": 993, "imap": 143}
LAST_PORT = 65_535
MOST_MAILS = 50
MOST_REFUSED = 1_000
MOST_REOPENED = 6
SHARE_OF_TIME = 0.6
MOST_FOUND = 1_000_000
CHUNK = 64 * 1024
_ENDED = (IMAP4.abort, ConnectionError, TimeoutError, ssl.SSLEOFError)
_PLACE = re.compile(r"(?P<scheme>imaps?)://(?P<login>.*)@(?P<host>\[[^\]]+\]|[^@:/]+)(?::(?P<port>\d{1,5}))?/(?P<folder>[^/?#]+)", re.IGNORECASE)  # fmt: skip
_UTF_7_RUN = re.compile(r"&([A-Za-z0-9+,]*)-")
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]+")
_BUSY = re.compile(r"\[(?:LIMIT|UNAVAILABLE|INUSE|SERVERBUG)\]|too many", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a mailbox is and who may read it. `shown` leaves the password out."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @property
    def shown(self) -> str:
        return f"{self.scheme}://{self.user}@{self.host}:{self.port}/{self.folder}"


def place_of(url: str) -> Place:
    """Read `imaps://user:password@host/FOLDER`. Raises FetchRefused without ever repeating the address."""
    match = _PLACE.fullmatch(url)
    user, colon, password = match["login"].partition(":") if match else ("", "", "")
    port = int(match["port"] or 0) if match else 0
    if match is None or not user or not colon or port > LAST_PORT:
        raise FetchRefused("a mailbox is written imaps://user:{key}@host/FOLDER")
    scheme = match["scheme"].lower()
    return Place(
        scheme=scheme,
        host=match["host"].strip("[]"),
        port=port or PORTS[scheme],
        user=unquote(user),
        password=unquote(password),
        folder=unquote(match["folder"]),
    )


class _TooMuch(FetchError):
    """More came, or was announced, than there is room for."""


class _Connection(IMAP4):
    """IMAP to the very address that was checked, and never more in all than the source may send."""

    def __init__(
        self,
        place: Place,
        address: str,
        tls: ssl.SSLContext,
        seconds: float,
        room: int,
        opened: Callable[[socket.socket], None],
    ) -> None:
        self._place, self._address, self._tls, self.room = place, address, tls, room
        self._opened = opened
        super().__init__(place.host, place.port, seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        """Tell of the socket before a byte is read from it: a handshake or a greeting may drip without end too."""
        plain = socket.create_connection((self._address, self._place.port), timeout)
        if self._place.scheme == "imap":
            self._opened(plain)
            return plain  # STARTTLS follows before anything is said
        try:
            wrapped = self._tls.wrap_socket(
                plain, server_hostname=self._place.host, do_handshake_on_connect=False
            )
        except BaseException:
            plain.close()
            raise
        self._opened(wrapped)
        try:
            wrapped.do_handshake()
        except BaseException:
            wrapped.close()
            raise
        return wrapped

    def readline(self) -> bytes:
        line = super().readline()
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self._check_room(size)
        self.room -= size

    def _check_room(self, size: int) -> None:
        if size > self.room:
            raise _TooMuch("the mailbox sends more than the source's max_size in one poll")

    def read(self, size: int) -> bytes:
        """Read a literal piece by piece. What the server announces is neither reserved nor spent in advance, only what came."""
        self._check_room(size)
        file: BufferedReader = getattr(self, "_file", None) or self.file  # type: ignore[assignment]  # IO[Any]; renamed in Python 3.14
        pieces = []
        while size > 0:
            piece = file.read1(min(size, CHUNK))
            if not piece:
                raise self.abort("the connection ended in the middle of a mail")
            self._spend(len(piece))
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


class MailboxSession:
    """Use `read` once, in a thread; `cut` may come from any other and ends it."""

    def __init__(self, place: Place, address: str, request: FetchRequest, tls: ssl.SSLContext) -> None:
        self._place, self._address, self._request, self._tls = place, address, request, tls
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._connection: _Connection | None = None
        self._reopened = 0
        self._ends_at = 0.0

    def read(self) -> Mails:
        """Return what is new. Raises imaplib's errors, OSError and FetchError."""
        try:
            return self._read()
        finally:
            self._leave()

    def _read(self) -> Mails:
        validity, following = self._open(self._request.max_bytes + 1_000_000)
        mark = mark_of(self._request.validators.etag, validity)
        found = self._search(self._open_one, mark.last if mark else None)
        if mark is None:
            mark = Mark(validity=validity, last=found[0] - 1 if found else following - 1)
        mails = self._fetch(Gathered(mark, found, self._request.max_bytes), validity)
        with suppress(IMAP4.error, OSError):
            self._open_one.logout()
        return mails

    @property
    def _open_one(self) -> _Connection:
        assert self._connection is not None, "opened before it is used"
        return self._connection

    def _open(self, room: int) -> tuple[int, int]:
        """Connect, log in and open the folder; return its UIDVALIDITY and the UID that comes next."""
        self._connection = connection = _Connection(
            self._place, self._address, self._tls, self._request.idle_seconds, room, self._opened
        )
        if self._place.scheme == "imap":
            connection.starttls(self._tls)
            self._opened(connection.sock)
        self._log_in(connection)
        return self._examine(connection)

    def _leave(self) -> None:
        if self._connection is not None:
            with suppress(OSError, IMAP4.error):
                self._connection.shutdown()

    def _reopen(self, validity: int, room: int) -> None:
        """Connect again where the connection ended. Raises IMAP4.abort where that is once too often."""
        if self._is_cut or self._reopened == MOST_REOPENED:
            raise IMAP4.abort("the connection ended in the middle of a mail, again and again")
        self._reopened += 1
        self._leave()
        if self._open(room)[0] != validity:
            raise IMAP4.abort("the mailbox was numbered anew while it was read")

    def _log_in(self, connection: _Connection) -> None:
        """Say who asks. LOGIN takes nothing beyond ASCII; there AUTHENTICATE says it. Raises FetchError in words."""
        user, password = self._place.user, self._place.password
        try:
            if f"{user}{password}".isascii():
                connection.login(user, password)
            else:
                connection.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        except IMAP4.abort:
            raise
        except IMAP4.error as wrong:
            if _BUSY.search(said_of(wrong)):
                raise FetchError(
                    f"{self._place.shown}: the server takes no login now ({said_of(wrong)})"
                ) from wrong
            raise FetchError(
                f"{self._place.shown}: user and password are refused ({said_of(wrong)}): the password may have expired or"
                " been changed, or the mail service wants one made for programs"
            ) from wrong

    def _opened(self, opened: socket.socket) -> None:
        self._socket = opened
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        """End the session at once, wherever it hangs."""
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _examine(self, connection: _Connection) -> tuple[int, int]:
        """Open the folder to read only; return its UIDVALIDITY and the UID that comes next."""
        named = _as_servers_write(self._place.folder)
        folder = '"' + named.replace("\\", "\\\\").replace('"', '\\"') + '"'
        status, said = connection.select(folder, readonly=True)
        if status != "OK":
            raise IMAP4.error(said[0] if said else f"there is no folder {self._place.folder}")
        validity = connection.response("UIDVALIDITY")[1][0]
        following = connection.response("UIDNEXT")[1][0]
        if validity is None:
            raise IMAP4.error("the server does not tell UIDVALIDITY: what is new cannot be known")
        return int(validity), int(following or 1)

    def _search(self, connection: _Connection, last: int | None) -> list[int]:
        """UIDs behind the last one read; at first, of mails since the request's day."""
        if last is not None:
            criterion = f"UID {last + 1}:*"
        elif self._request.since is not None:
            day = self._request.since
            criterion = f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}"
        else:
            criterion = "ALL"
        status, said = connection.uid("SEARCH", criterion)
        if status != "OK":
            raise IMAP4.error(said[0] if said else "the search was refused")
        found = {int(word) for line in said if line for word in line.split()[:MOST_FOUND]}
        # `n:*` names the last mail also when it lies before n.
        return sorted(uid for uid in found if last is None or uid > last)

    def _fetch(self, gathered: Gathered, validity: int) -> Mails:
        """Mails by UID until a poll's worth is here, or most of its time is over: what is here is kept.

        One that does not come is passed over and asked for again at the next polls, behind the new ones. Where the session
        ends for good, what came before is kept.
        """
        self._ends_at = monotonic() + self._request.total_seconds * SHARE_OF_TIME
        for uid in gathered.order:
            if _is_enough(gathered, uid, self._ends_at):
                break
            try:
                raw, is_whole = self._given(uid, gathered, validity)
            except (IMAP4.abort, OSError, FetchError) as ended:
                if self._is_cut or not gathered.may_break_off(uid):
                    raise
                gathered.fail(uid, _words_of(ended))
                return gathered.mails()
            except IMAP4.error as wrong:
                gathered.fail(uid, said_of(wrong))
                continue
            if raw is None:
                break
            gathered.came(uid, raw, is_whole=is_whole)
        if said := gathered.blocked():
            raise IMAP4.error(said)
        return gathered.mails()

    def _given(self, uid: int, gathered: Gathered, validity: int) -> tuple[bytes | None, bool]:
        """What `_one` gives, asked for once more where the connection ended, each time with the room there was.

        One that ends it again is passed over: servers with a damaged mail hang up on everybody who asks for it. So is one
        that sends more than there is room for, alone.
        """
        room = self._open_one.room
        for attempt in (1, 2):
            if attempt > 1 and (gathered.was_owed(uid) or monotonic() > self._ends_at):
                break
            try:
                return self._one(self._open_one, uid, gathered.room)
            except _TooMuch as too_much:
                if gathered.messages:
                    raise
                self._reopen(validity, room)
                raise IMAP4.error(str(too_much)) from too_much
            except _ENDED:
                self._reopen(validity, room)
        raise IMAP4.error("the connection ended, or hung, in the middle of it")

    def _one(self, connection: _Connection, uid: int, room: int) -> tuple[bytes | None, bool]:
        """A mail, or the head of one too large; None when there is no room for it, nothing when it is gone."""
        size = self._size(connection, uid)
        if size is None:
            return b"", True
        is_whole = size <= self._request.max_bytes // 2
        if is_whole and size > room:
            return None, True
        part = "BODY.PEEK[]" if is_whole else "BODY.PEEK[HEADER]"
        return _literal(connection.uid("FETCH", str(uid), f"({part})")), is_whole

    def _size(self, connection: _Connection, uid: int) -> int | None:
        status, said = connection.uid("FETCH", str(uid), "(RFC822.SIZE)")
        if status != "OK":
            raise IMAP4.error(said[0] if said else "a size was refused")
        told = (re.search(rb"RFC822\.SIZE (\d+)", line) for line in _lines(said))
        return next((int(size[1]) for size in told if size), None)


def _is_enough(gathered: Gathered, uid: int, ends_at: float) -> bool:
    """A poll's worth, or what came in its time. While none came it goes on where it may not pause."""
    if len(gathered.messages) == MOST_MAILS or len(gathered.failed) == MOST_REFUSED:
        return True
    return (gathered.may_pause() or gathered.was_owed(uid)) and monotonic() > ends_at


def _words_of(ended: Exception) -> str:
    return said_of(ended) if isinstance(ended, IMAP4.error) else str(ended)


def _as_servers_write(folder: str) -> str:
    """A folder's name in the UTF-7 of mailboxes (RFC 3501, 5.1.3): 보고 is &vPSs4A-, and & is &-.

    A name that is written so already is left as it stands.
    """
    if "&" in folder and _is_utf_7(folder):
        return folder
    return _BEYOND_ASCII.sub(
        lambda run: "&" + b64encode(run[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-",
        folder.replace("&", "&-"),
    )


def _is_utf_7(folder: str) -> bool:
    """Whether every & of a name begins a run of letters beyond ASCII as mailboxes write it, or stands for itself."""
    if not folder.isascii() or _UTF_7_RUN.sub("", folder).count("&"):
        return False
    runs = [run[1].replace(",", "/") for run in _UTF_7_RUN.finditer(folder) if run[1]]
    try:
        read = [b64decode(run + "=" * (-len(run) % 4), validate=True).decode("utf-16-be") for run in runs]
    except ValueError:
        return False
    return all(text and not text.isascii() for text in read)


def said_of(wrong: IMAP4.error) -> str:
    """The server's own words, on one line."""
    first = wrong.args[0] if wrong.args else ""
    said = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    return " ".join(said.split())[:300] or "the server ended the session"


def _lines(said: Sequence[object]) -> Iterator[bytes]:
    for line in said:
        if isinstance(line, bytes):
            yield line
        elif isinstance(line, tuple):
            yield line[0]


def _literal(answer: tuple[str, Sequence[object]]) -> bytes:
    """The mail inside an answer to FETCH: imaplib gives literals as pairs."""
    status, said = answer
    found = [line[1] for line in said if isinstance(line, tuple) and len(line) > 1]
    if status != "OK" or not found:
        raise IMAP4.error(next((line for line in _lines(said) if line), b"a mail was refused"))
    return bytes(found[0])
