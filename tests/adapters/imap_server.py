"""An IMAP server on loopback, over TLS, for one user: it answers as the standard says, or fails as it is told to."""

import base64
import re
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat

import trustme


@dataclass
class MailServer:
    """`mails` by UID, those in `withheld` refused, of those in `damaged` all but the head; `cuts` says how often asking for a mail ends the connection in the middle of it, `floods` are those that announce 10 GB, `hangs` those that never come. `logins` says of each whether it is one too many. `fault`: login, hang, flood, garbage, cut, no-validity, drip-greeting, chatter. `said` is every command as received."""

    mails: dict[int, bytes] = field(default_factory=dict)
    withheld: set[int] = field(default_factory=set)
    damaged: set[int] = field(default_factory=set)
    cuts: dict[int, int] = field(default_factory=dict)
    floods: set[int] = field(default_factory=set)
    hangs: set[int] = field(default_factory=set)
    logins: Iterator[bool] = field(default_factory=lambda: repeat(True))
    validity: int = 1
    password: str = "geheim"
    fault: str = ""
    said: list[str] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    hung_up: threading.Event = field(default_factory=threading.Event)

    def add(self, raw: bytes) -> int:
        uid = max(self.mails, default=100) + 1
        self.mails[uid] = raw
        return uid

    @property
    def url(self) -> str:
        return f"imaps://desk:{self.password}@127.0.0.1:{self.port}/INBOX"


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        box = self.server.box
        if box.fault == "drip-greeting":
            self._drip()
            return
        self._send(b"* OK ready")
        while line := self.rfile.readline(100_000):
            words = line.decode("utf-8", "replace").split()
            if len(words) < 2:
                return
            tag, command = (
                words[0],
                " ".join(words[1:3]).upper() if words[1].upper() == "UID" else words[1].upper(),
            )
            box.said.append(" ".join(words[1:]))
            if command == "LOGOUT":
                self._send(b"* BYE then", f"{tag} OK done".encode())
                return
            getattr(self, "_" + command.lower().replace(" ", "_"), self._other)(tag, line.decode())

    def _drip(self) -> None:
        """A greeting that never ends, until whoever listens hangs up."""
        try:
            for _ in range(600):
                self.wfile.write(b"*")
                time.sleep(0.05)
        except OSError:
            self.server.box.hung_up.set()

    def _send(self, *lines: bytes) -> None:
        self.wfile.write(b"".join(line + b"\r\n" for line in lines))

    def _other(self, tag: str, _line: str) -> None:
        self._send(f"{tag} OK done".encode())

    def _capability(self, tag: str, _line: str) -> None:
        self._send(b"* CAPABILITY IMAP4rev1", f"{tag} OK done".encode())

    def _login(self, tag: str, line: str) -> None:
        box = self.server.box
        if box.fault == "login" or f'"{box.password}"' not in line:
            self._send(f"{tag} NO [AUTHENTICATIONFAILED] wrong user or password".encode())
        elif not next(box.logins):
            self._send(f"{tag} NO [LIMIT] too many connections".encode())
        else:
            self._send(f"{tag} OK done".encode())

    def _authenticate(self, tag: str, _line: str) -> None:
        """PLAIN: the one way to say a password beyond ASCII."""
        self._send(b"+ ")
        _, _, password = base64.b64decode(self.rfile.readline(10_000)).decode().split("\0")
        is_right = password == self.server.box.password
        self._send(f"{tag} {'OK done' if is_right else 'NO [AUTHENTICATIONFAILED] wrong'}".encode())

    def _examine(self, tag: str, _line: str) -> None:
        box = self.server.box
        if box.fault == "hang":
            time.sleep(5)
            return
        if box.fault == "garbage":
            self._send(b"\xff\xfe<html>", b"* 1 FETCH (", tag.encode() + b" BAD so")
            return
        if box.fault == "chatter":
            try:
                while True:
                    self._send(b"* OK " + b"x" * 60_000)
            except OSError:
                return
        known = b"" if box.fault == "no-validity" else b"* OK [UIDVALIDITY %d]\r\n" % box.validity
        self._send(
            known + b"* OK [UIDNEXT %d]" % (max(box.mails, default=100) + 1),
            b"* %d EXISTS" % len(box.mails),
            tag.encode() + b" OK [READ-ONLY]",
        )

    def _uid_search(self, tag: str, line: str) -> None:
        box = self.server.box
        behind = re.search(r"UID (\d+):\*", line)
        uids = [uid for uid in box.mails if not behind or uid >= int(behind[1])]
        if behind and not uids and box.mails:
            uids = [max(box.mails)]  # the standard's own trap: `n:*` always names the last mail
        self._send(b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids), tag.encode() + b" OK done")

    def _uid_fetch(self, tag: str, line: str) -> None:
        box = self.server.box
        uid = int(line.split()[3])
        raw = box.mails.get(uid)
        if raw is None:
            self._send(tag.encode() + b" OK done")
        elif (uid in box.withheld and "BODY" in line) or (uid in box.damaged and "BODY.PEEK[]" in line):
            self._send(tag.encode() + b" NO [SERVERBUG] the message is damaged")
        elif "RFC822.SIZE" in line:
            self._send(b"* 1 FETCH (UID %d RFC822.SIZE %d)" % (uid, len(raw)), tag.encode() + b" OK done")
        elif uid in box.hangs:
            time.sleep(5)
        elif box.fault == "flood" or uid in box.floods:
            self._send(b"* 1 FETCH (UID %d BODY[] {10000000000}" % uid + b"\r\n" + b"x" * 100_000)
        elif box.fault == "cut" or box.cuts.get(uid, 0) > 0:
            box.cuts[uid] = box.cuts.get(uid, 0) - 1
            self._send(b"* 1 FETCH (UID %d BODY[] {%d}" % (uid, len(raw)) + b"\r\n" + raw[:10])
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            shown = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in line else raw
            self._send(
                b"* 1 FETCH (UID %d BODY[] {%d}\r\n%b)" % (uid, len(shown), shown), tag.encode() + b" OK done"
            )


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    box: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is what is being tested."""


@contextmanager
def imap_server() -> Iterator[MailServer]:
    authority = trustme.CA()
    box = MailServer(tls=ssl.create_default_context())
    authority.configure_trust(box.tls)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.box = box
        server.socket = context.wrap_socket(server.socket, server_side=True)
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
