"""A Dovecot of our own on loopback, where the system has one: TLS, one user, one maildir, with or without rights of root."""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

BINARY = shutil.which("dovecot") or shutil.which("/usr/sbin/dovecot")
CONFIG = """\
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
listen = 127.0.0.1
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
first_valid_uid = {uid}
last_valid_uid = {uid}
first_valid_gid = {gid}
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail
passdb {{
  driver = static
  args = password=geheim
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service imap {{
  process_limit = 4
}}
"""


@dataclass
class Dovecot:
    """`mails` is the maildir; what is written into it arrives as mail does."""

    home: Path
    port: int
    tls: ssl.SSLContext
    delivered: int = 0

    password = "geheim"

    @property
    def address(self) -> str:
        return f"imaps://desk:{{key}}@127.0.0.1:{self.port}/INBOX"

    def add(self, raw: bytes) -> None:
        self.delivered += 1
        name = f"{1_700_000_000 + self.delivered}.M{self.delivered}P1.test"
        (self.home / "mail" / "tmp" / name).write_bytes(raw)
        (self.home / "mail" / "tmp" / name).rename(self.home / "mail" / "new" / name)


@contextmanager
def dovecot(home: Path) -> Iterator[Dovecot]:
    """Start the server in an empty folder with a short path, and end it."""
    assert BINARY is not None
    authority = trustme.CA()
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    issued = authority.issue_cert("127.0.0.1")
    (home / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    (home / "key.pem").write_bytes(issued.private_key_pem.bytes())
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    home.chmod(0o755)
    for folder in ("mail", "mail/new", "mail/cur", "mail/tmp"):
        (home / folder).mkdir()
        if os.getuid() == 0:  # Dovecot opens no mailbox as root
            os.chown(home / folder, owner.pw_uid, owner.pw_gid)
    port = _free_port()
    config = home / "dovecot.conf"
    config.write_text(CONFIG.format(home=home, port=port, uid=owner.pw_uid, gid=owner.pw_gid, **_users()))
    process = subprocess.Popen([BINARY, "-F", "-c", str(config)], stdin=subprocess.DEVNULL)
    try:
        _until_it_listens(port, process)
        yield Dovecot(home, port, tls)
    finally:
        process.terminate()
        process.wait(20)


def _users() -> dict[str, str]:
    """Who its processes run as: the users its package made, or the one user there is."""
    if os.getuid() == 0:
        return {"login": "dovenull", "internal": "dovecot", "group": "dovecot"}
    own = pwd.getpwuid(os.getuid()).pw_name
    return {"login": own, "internal": own, "group": grp.getgrgid(os.getgid()).gr_name}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "dovecot ended by itself: see its log"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("dovecot does not listen")
