"""The optional faster engine, used only when it answers exactly as the default one does.

One expression a pattern, reported at most once a text. Combinations of expressions are never used: that library
and its relatives have lost matches there without a word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

from warning.core.text.finders import AhoCorasickFinder, Finder, Pattern

_ENDINGS = {"any": rb"", "word": rb"(?:es|s)?\b", "open": rb"[a-z]*\b", "own": rb"\b"}
_PROBE_NEEDLES = 40


class HyperscanFinder:
    """Raises ImportError where the extra `accelerator` is not installed.

    That library knows words by single bytes: a text with an accented Latin letter or an underscore goes to the
    default engine.
    """

    name = "hyperscan"

    def __init__(self, patterns: Sequence[Pattern], default: AhoCorasickFinder) -> None:
        library = import_module("hyperscan")
        self._database = library.Database(mode=library.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[_expression(pattern) for pattern in patterns],
            ids=list(range(len(patterns))),
            flags=[library.HS_FLAG_SINGLEMATCH] * len(patterns),
        )
        self._default = default

    def scan(self, texts: Iterable[bytes]) -> tuple[list[int], list[int]]:
        found: list[int] = []
        ends: list[int] = []
        add, scan = found.append, self._database.scan

        def note(number: int, _from: int, _to: int, _flags: int, _context: Any) -> None:
            add(number)

        for text in texts:
            if b"_" in text or (not text.isascii() and _has_latin_leads(text)):
                found.extend(self._default.present(text))
            else:
                scan(text, note)
            ends.append(len(found))
        return found, ends


def fastest_finder(patterns: Sequence[Pattern]) -> tuple[Finder, str]:
    """Return the faster engine where it is installed and agrees with the default, and a remark when it does not.

    Every load of rules proves it again on probes of all patterns; the remark is empty when there is nothing to say.
    """
    default = AhoCorasickFinder(patterns)
    if not patterns:
        return default, ""
    try:
        faster = HyperscanFinder(patterns, default)
    except ImportError:
        return default, ""
    except Exception as wrong:  # noqa: BLE001 - the library's errors are its own; the default engine needs none of it
        return (
            default,
            f"the accelerator could not compile the rules ({wrong}); the default engine reads them",
        )
    return proven(faster, default, patterns)


def proven(faster: Finder, default: Finder, patterns: Sequence[Pattern]) -> tuple[Finder, str]:
    """Return `faster` if both answer alike on every probe, else `default` and what they differ about."""
    for text in probes(patterns):
        differs = set(faster.scan((text,))[0]) ^ set(default.scan((text,))[0])
        if differs:
            needle = patterns[min(differs)].needle.decode()
            return default, (
                f"the accelerator ({faster.name}) and the default engine differ about {needle!r};"
                " the default engine reads the rules"
            )
    return faster, ""


def probes(patterns: Sequence[Pattern]) -> Iterator[bytes]:
    """Texts that hold every pattern alone, inflected, inside longer words and beside its neighbours."""
    needles = [pattern.needle for pattern in patterns]
    for start in range(0, len(needles), _PROBE_NEEDLES):
        some = needles[start : start + _PROBE_NEEDLES]
        for before, after in ((b" ", b""), (b"", b""), (b"x", b" "), (b"\xe4\xb8\xad", b"s "), (b".", b"es,"), (b"'", b"ing5 "), (b"1 ", b"'s")):  # fmt: skip
            yield b"".join(before + needle + after for needle in some)


def _expression(pattern: Pattern) -> bytes:
    start = rb"\b" if pattern.starts_word else b""
    return start + re.escape(pattern.needle) + _ENDINGS[pattern.ending]


def _has_latin_leads(text: bytes) -> bool:
    """Whether a letter from À to ɏ occurs. Seven searches for a byte beat one for a class of bytes tenfold."""
    return (
        b"\xc3" in text or b"\xc4" in text or b"\xc5" in text or b"\xc6" in text
        or b"\xc7" in text or b"\xc8" in text or b"\xc9" in text
    )  # fmt: skip
