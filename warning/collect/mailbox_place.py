"""Where a mailbox is: its address with user and password, and its folder as servers write it."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from urllib.parse import unquote

from warning.errors import FetchRefused

PORTS = {"imaps": 993, "imap": 143}
LAST_PORT = 65_535
_PLACE = re.compile(r"(?P<scheme>imaps?)://(?P<login>.*)@(?P<host>\[[^\]]+\]|[^@:/]+)(?::(?P<port>\d{1,5}))?/(?P<folder>[^/?#]+)", re.IGNORECASE)  # fmt: skip
_UTF_7_RUN = re.compile(r"&([A-Za-z0-9+,]*)-")
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]+")


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


def as_servers_write(folder: str) -> str:
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
