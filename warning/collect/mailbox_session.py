"""One IMAP session, from the connection to the last mail: blocking, run in a thread of its own."""

import re
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from imaplib import IMAP4
from time import monotonic

from warning.collect.fetch_values import FetchRequest
from warning.collect.mailbox_mark import Gathered, Mails, Mark, mark_of
from warning.collect.mailbox_place import Place, as_servers_write
from warning.collect.mailbox_wire import Connection, TooMuch, said_of
from warning.errors import FetchError

MOST_MAILS = 50
MOST_REOPENED = 6
SHARE_OF_TIME = 0.6
LOOKED_BACK = 10_000
MOST_PROOFS = 6
PROOF_BYTES = 256 * 1024
_ENDED = (IMAP4.abort, ConnectionError, TimeoutError, ssl.SSLEOFError)
_FOR_GOOD = (IMAP4.abort, OSError, FetchError)
_BUSY = re.compile(r"\[(?:LIMIT|UNAVAILABLE|INUSE|SERVERBUG)\]|too many", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailboxSession:
    """Use `read` once, in a thread; `cut` may come from any other and ends it."""

    def __init__(self, place: Place, address: str, request: FetchRequest, tls: ssl.SSLContext) -> None:
        self._place, self._address, self._request, self._tls = place, address, request, tls
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._connection: Connection | None = None
        self._reopened = 0
        self._ends_at = 0.0
        self._others: list[int] | None = None

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
    def _open_one(self) -> Connection:
        assert self._connection is not None, "opened before it is used"
        return self._connection

    def _open(self, room: int) -> tuple[int, int]:
        """Connect, log in and open the folder; return its UIDVALIDITY and the UID that comes next."""
        self._connection = connection = Connection(
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

    def _log_in(self, connection: Connection) -> None:
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

    def _examine(self, connection: Connection) -> tuple[int, int]:
        """Open the folder to read only; return its UIDVALIDITY and the UID that comes next."""
        named = as_servers_write(self._place.folder)
        folder = '"' + named.replace("\\", "\\\\").replace('"', '\\"') + '"'
        status, said = connection.select(folder, readonly=True)
        if status != "OK":
            raise IMAP4.error(said[0] if said else f"there is no folder {self._place.folder}")
        validity = connection.response("UIDVALIDITY")[1][0]
        following = connection.response("UIDNEXT")[1][0]
        if validity is None:
            raise IMAP4.error("the server does not tell UIDVALIDITY: what is new cannot be known")
        return int(validity), int(following or 1)

    def _search(self, connection: Connection, last: int | None) -> list[int]:
        """UIDs behind the last one read; at first, of mails since the request's day."""
        if last is not None:
            criterion = f"UID {last + 1}:*"
        elif self._request.since is not None:
            day = self._request.since
            criterion = f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}"
        else:
            criterion = "ALL"
        found = connection.found(criterion)
        # `n:*` names the last mail also when it lies before n.
        return sorted(uid for uid in found if last is None or uid > last)

    def _fetch(self, gathered: Gathered, validity: int) -> Mails:
        """Mails by UID until a poll's worth is here, or most of its time is over: what is here is kept.

        One that does not come is passed over and asked for again at the next polls, behind the new ones. Where the session
        ends for good, what came before is kept. Where as many are owed as can be, those come first: that makes room.
        """
        self._ends_at = monotonic() + self._request.total_seconds * SHARE_OF_TIME
        try:
            if gathered.is_full:
                self._prove(gathered, validity)
                if gathered.gives():
                    self._ask_again(gathered, validity)
            self._ask_new(gathered, validity)
        except _FOR_GOOD:
            if self._is_cut or not gathered.may_pause():
                raise
            return gathered.mails()
        try:
            self._ask_again(gathered, validity)
            self._prove_late(gathered, validity)
        except _FOR_GOOD:
            if self._is_cut or not (gathered.gives() or gathered.is_paused()):
                raise
            return gathered.mails()
        if said := gathered.blocked():
            raise IMAP4.error(said)
        return gathered.mails()

    def _ask_new(self, gathered: Gathered, validity: int) -> None:
        for uid in gathered.fresh:
            is_late = gathered.may_pause() and monotonic() > self._ends_at
            if is_late or len(gathered.messages) >= MOST_MAILS or not self._asked(uid, gathered, validity):
                return

    def _ask_again(self, gathered: Gathered, validity: int) -> None:
        """Ask for those that did not come before. They may end the session for good: what proves them at fault comes first."""
        again = gathered.again
        if again and not gathered.is_paused():
            self._prove(gathered, validity)
        for uid in again:
            is_late = bool(gathered.failed or gathered.messages) and monotonic() > self._ends_at
            if is_late or len(gathered.messages) >= MOST_MAILS or not self._asked(uid, gathered, validity):
                return

    def _asked(self, uid: int, gathered: Gathered, validity: int) -> bool:
        """Ask for one mail; whether others may be asked for behind it. Raises what ends the session for good."""
        try:
            raw, is_whole = self._given(uid, gathered, validity)
        except _FOR_GOOD as ended:
            gathered.fail(uid, _words_of(ended))
            raise
        except IMAP4.error as wrong:
            gathered.fail(uid, said_of(wrong))
            return gathered.was_owed(uid) or not gathered.is_full
        if raw is None:
            return False
        gathered.came(uid, raw, is_whole=is_whole)
        return True

    def _prove(self, gathered: Gathered, validity: int) -> None:
        """Find out, once a poll, whether the server gives any other mail: then those that do not come are at fault."""
        if gathered.gives() or self._others is not None:
            return
        self._others = self._to_prove_by(gathered)
        if any(self._is_given(uid, validity) for uid in self._others):
            gathered.prove()

    def _to_prove_by(self, gathered: Gathered) -> list[int]:
        """Some that came before; where as many are owed as can be, also some that are still to be asked for."""
        last, earlier = gathered.settled, set[int]()
        if last > 0:
            earlier = self._open_one.found(f"UID {max(last - LOOKED_BACK, 1)}:{last}")
        settled = {uid for uid in earlier if uid <= last} - set(gathered.before)
        return _spread(settled) + (_spread(gathered.unasked) if gathered.is_full else [])

    def _prove_late(self, gathered: Gathered, validity: int) -> None:
        """Where the mailbox holds no other mail any more, the head of one that does not come shows that the server is well."""
        if not gathered.is_unproven() or gathered.is_paused():
            return
        self._prove(gathered, validity)
        if self._others:
            return
        with suppress(IMAP4.error, OSError, FetchError):
            if self._open_one.part_of(max(gathered.failed), "BODY.PEEK[HEADER]"):
                gathered.prove()

    def _is_given(self, uid: int, validity: int) -> bool:
        """Whether an earlier mail still comes: whole where it is small, else its head. It may be one that was given up."""
        room = self._open_one.room
        try:
            size = self._open_one.size_of(uid)
            part = "BODY.PEEK[]" if size is not None and size <= PROOF_BYTES else "BODY.PEEK[HEADER]"
            return size is not None and bool(self._open_one.part_of(uid, part))
        except _ENDED:
            self._reopen(validity, room)
        except IMAP4.error:
            pass
        return False

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
            except TooMuch as too_much:
                if gathered.messages:
                    raise
                self._reopen(validity, room)
                raise IMAP4.error(str(too_much)) from too_much
            except _ENDED:
                self._reopen(validity, room)
        raise IMAP4.error("the connection ended, or hung, in the middle of it")

    def _one(self, connection: Connection, uid: int, room: int) -> tuple[bytes | None, bool]:
        """A mail, or the head of one too large; None when there is no room for it, nothing when it is gone."""
        size = connection.size_of(uid)
        if size is None:
            return b"", True
        is_whole = size <= self._request.max_bytes // 2
        if is_whole and size > room:
            return None, True
        part = "BODY.PEEK[]" if is_whole else "BODY.PEEK[HEADER]"
        return connection.part_of(uid, part), is_whole


def _spread(uids: Iterable[int]) -> list[int]:
    """The latest, and some that lie further and further back: several in a row may have been set aside."""
    latest = sorted(uids, reverse=True)
    return [latest[2**n - 1] for n in range(MOST_PROOFS) if 2**n <= len(latest)]


def _words_of(ended: Exception) -> str:
    return said_of(ended) if isinstance(ended, IMAP4.error) else str(ended)
