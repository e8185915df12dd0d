"""IMAP on the wire: a connection that takes no more than it may, and what a server's answers hold."""

import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from imaplib import IMAP4
from io import BufferedReader

from warning.collect.mailbox_place import Place
from warning.collect.text import literal
from warning.errors import FetchError

CHUNK = 64 * 1024
MOST_FOUND = 1_000_000


class TooMuch(FetchError):
    """More came, or was announced, than there is room for."""


class Connection(IMAP4):
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
            raise TooMuch("the mailbox sends more than the source's max_size in one poll")

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

    def found(self, criterion: str) -> set[int]:
        """The UIDs of the mails that a search names."""
        status, said = self.uid("SEARCH", criterion)
        if status != "OK":
            raise IMAP4.error(said[0] if said else "the search was refused")
        return {int(word) for line in said if line for word in line.split()[:MOST_FOUND]}

    def size_of(self, uid: int) -> int | None:
        """The size a mail is said to have; None when it is gone."""
        status, said = self.uid("FETCH", str(uid), "(RFC822.SIZE)")
        if status != "OK":
            raise IMAP4.error(said[0] if said else "a size was refused")
        told = (re.search(rb"RFC822\.SIZE (\d+)", line) for line in _lines(said))
        return next((int(size[1]) for size in told if size), None)

    def part_of(self, uid: int, part: str) -> bytes:
        """`BODY.PEEK[]` or another part of a mail that does not mark it as read. imaplib gives literals as pairs."""
        status, said = self.uid("FETCH", str(uid), f"({part})")
        found = [line[1] for line in said if isinstance(line, tuple) and len(line) > 1]
        if status != "OK" or not found:
            raise IMAP4.error(next((line for line in _lines(said) if line), b"a mail was refused"))
        return bytes(found[0])


def said_of(wrong: IMAP4.error) -> str:
    """The server's own words, on one line."""
    first = wrong.args[0] if wrong.args else ""
    said = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    return literal(said, 300) or "the server ended the session"


def _lines(said: Sequence[object]) -> Iterator[bytes]:
    for line in said:
        if isinstance(line, bytes):
            yield line
        elif isinstance(line, tuple):
            yield line[0]
