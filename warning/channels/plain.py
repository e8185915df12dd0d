"""Text from outside made safe to show anywhere: one line, no control or direction marks, cut with care."""

import re
import unicodedata
from urllib.parse import urlsplit

# Direction marks and overrides can make a headline read as something else; joiners are kept for emoji.
_DIRECTION = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_INVISIBLE = {"Cc", "Cs", "Co", "Cn"}
_STICKS = {"Mn", "Me", "Mc"}
_JOINERS = {"\u200d", "\ufe0f"}


def plain(text: str, limit: int) -> str:
    """Return `text` as one line of at most `limit` characters, with an ellipsis where it was cut."""
    # The longest kept text is `limit`; what lies far behind it need not be cleaned.
    text = text[: limit * 4 + 64]
    if not text.isprintable():  # what is printable has no space but " ", and nothing that is not seen
        text = text.translate(_DIRECTION)
        text = "".join(" " if ch.isspace() else ch for ch in text)
        text = "".join(ch for ch in text if unicodedata.category(ch) not in _INVISIBLE)
    return shorten(re.sub(r" {2,}", " ", text).strip(), limit)


def shorten(text: str, limit: int) -> str:
    """Cut at `limit` characters without parting a letter from its accents or an emoji from its parts."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    while end > 0 and _sticks(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + "…" if limit > 0 else ""


def _sticks(before: str, after: str) -> bool:
    if unicodedata.category(after) in _STICKS or after in _JOINERS or before == "\u200d":
        return True
    return _is_modifier(after) or (_is_regional(before) and _is_regional(after))


def _is_modifier(ch: str) -> bool:
    return "\U0001f3fb" <= ch <= "\U0001f3ff"


def _is_regional(ch: str) -> bool:
    return "\U0001f1e6" <= ch <= "\U0001f1ff"


def safe_link(url: str, limit: int = 1000) -> str:
    """Return an http or https address fit to be clicked, or "" when it is none.

    A link longer than `limit` is dropped whole: half a link leads elsewhere.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    clean = not re.search(r"[\s<>\"'`\\|^{}\x00-\x1f\x7f-\x9f]", url) and plain(url, limit) == url
    return url if clean and parts.scheme in {"http", "https"} and host else ""
