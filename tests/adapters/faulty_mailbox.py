"""A model of a mailbox whose server fails at will, by poll and by mail, below the session that reads it: no network, no clock."""

import ssl
from dataclasses import dataclass, field
from imaplib import IMAP4

from warning.collect.fetch_values import FetchRequest, Validators
from warning.collect.mailbox_mark import Mails
from warning.collect.mailbox_place import place_of
from warning.collect.mailbox_session import MailboxSession
from warning.errors import FetchError

URL = "imaps://desk:p@mail.example/INBOX"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass
class FaultyBox:
    """`ills`: UID -> no, cut or hang, of mails that never come; `passing` the same of one poll. `outage` is of the whole server: no,
    cut or hang at every mail. `logins` are left of this poll; a session that connects again needs one.
    """

    uids: list[int]
    ills: dict[int, str] = field(default_factory=dict)
    passing: dict[int, str] = field(default_factory=dict)
    outage: str = ""
    logins: int = 100
    mark: str = ""

    def poll(self, *, is_hurried: bool = False) -> Mails:
        """What one poll brings; the mark is kept as the store would. Raises what a poll fails with."""
        request = FetchRequest(
            source_id="s",
            url=URL,
            validators=Validators(etag=self.mark),
            total_seconds=0.0 if is_hurried else 60.0,
        )
        mails = _Session(place_of(URL), "", request, NO_TLS, self).read()
        self.mark = mails.mark
        return mails


class _Session(MailboxSession):
    def __init__(self, place, address, request, tls, box: FaultyBox) -> None:
        super().__init__(place, address, request, tls)
        self._box = box

    def _open(self, room: int) -> tuple[int, int]:
        if self._box.logins == 0:
            raise FetchError("the server takes no login now")
        self._box.logins -= 1
        self._connection = _Wire(self._box, room)
        return 1, max(self._box.uids, default=0) + 1


class _Wire:
    def __init__(self, box: FaultyBox, room: int) -> None:
        self._box, self.room, self._is_dead = box, room, False

    def found(self, criterion: str) -> set[int]:
        self._fail_where_dead()
        if criterion == "ALL":
            return set(self._box.uids)
        first, _, last = criterion.removeprefix("UID ").partition(":")
        found = {uid for uid in self._box.uids if int(first) <= uid <= (10**9 if last == "*" else int(last))}
        return found or {max(self._box.uids)} if last == "*" and self._box.uids else found

    def size_of(self, uid: int) -> int | None:
        self._fail_where_dead()
        return 1 if uid in self._box.uids else None

    def part_of(self, uid: int, _part: str) -> bytes:
        self._fail_where_dead()
        ill = self._box.outage or self._box.passing.get(uid) or self._box.ills.get(uid)
        if ill == "no":
            raise IMAP4.error(b"[SERVERBUG] not now")
        if ill:
            self._is_dead = True
            raise TimeoutError("timed out") if ill == "hang" else IMAP4.abort("the connection ended")
        return b"m"

    def _fail_where_dead(self) -> None:
        if self._is_dead:
            raise IMAP4.abort("the connection ended")

    def shutdown(self) -> None:
        self._is_dead = True

    logout = shutdown
