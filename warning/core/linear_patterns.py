"""Regular expressions of rules, read by RE2: the time a pattern takes grows with the text and with nothing else.

RE2 has neither look-around nor back-references, which are what makes other engines run for ever.
"""

import re
import unicodedata
from functools import lru_cache
from importlib import import_module
from typing import Any

_MOST_BYTES = 1 << 20
_SPECIAL = frozenset("()[]{}.*+?|^$\\")
_UNKNOWN = ("invalid perl operator", "invalid escape sequence: \\1")


def read_pattern(pattern: str) -> None:
    """Raise ValueError in an operator's words where the pattern cannot be read, or is found in every text or in none."""
    if (plain := _plain(pattern)) != pattern:
        raise ValueError(f"texts are read with plain signs for wide and narrow ones: write {plain}")
    if compiled(pattern).search("") is not None:
        raise ValueError(
            "this pattern is found in every text, also in an empty one: say what must stand there"
        )


def _plain(pattern: str) -> str:
    """The pattern with plain signs, those that would come to mean something else behind a backslash."""
    signs = ((sign, unicodedata.normalize("NFKC", sign)) for sign in pattern)
    kept = "".join(
        re.escape(plain) if plain != sign and _SPECIAL & set(plain) else plain for sign, plain in signs
    )
    return unicodedata.normalize("NFKC", kept)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """The pattern as RE2 runs it, letters in any case. Raises ValueError."""
    try:
        library = import_module("re2")
    except ImportError as missing:
        raise ValueError("patterns need the package google-re2, which is not installed") from missing
    options = library.Options()
    options.case_sensitive, options.max_mem, options.log_errors = False, _MOST_BYTES, False
    try:
        return library.compile(pattern, options)
    except library.error as refused:
        why = refused.args[0].decode() if isinstance(refused.args[0], bytes) else str(refused.args[0])
        more = " (look-around and back-references are not read)" if why.startswith(_UNKNOWN) else ""
        raise ValueError(f"this pattern cannot be read: {why}{more}") from refused


def found_in(pattern: str, text: str) -> str | None:
    """Return what the pattern finds first in a text whose compatibility forms are made plain, None for nothing."""
    match = compiled(pattern).search(unicodedata.normalize("NFKC", text))
    return None if match is None else str(match.group())
