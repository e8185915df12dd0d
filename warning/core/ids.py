"""Content hashes: the same content gives the same id on every machine and in every run."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

SEPARATOR = "\x1f"
_REPORT = re.compile(r"r-[0-9a-f]{16}")


def content_id(prefix: str, *parts: str) -> str:
    """Return `prefix-` and 16 hexadecimal digits of BLAKE2b over the parts, in order."""
    digest = hashlib.blake2b(SEPARATOR.join(parts).encode(), digest_size=8)
    return f"{prefix}-{digest.hexdigest()}"


def is_report_name(name: str) -> bool:
    """Whether it is the name of a filed report (`mission_reports.report_id`), and not only begins as one does."""
    return _REPORT.fullmatch(name) is not None


@lru_cache(maxsize=8_192)
def _begun(first: str) -> "hashlib.blake2b":
    return hashlib.blake2b(f"{first}{SEPARATOR}".encode(), digest_size=8)


def pair_id(prefix: str, first: str, second: str) -> str:
    """Return `content_id` of two parts, for callers that pair the same first one with very many others."""
    digest = _begun(first).copy()
    digest.update(second.encode())
    return f"{prefix}-{digest.hexdigest()}"


def ids_paired(prefix: str, firsts: Iterable[str], second: str) -> Iterator[str]:
    """Yield `pair_id` of each of many first parts with one second."""
    said = second.encode()
    for first in firsts:
        digest = _begun(first).copy()
        digest.update(said)
        yield f"{prefix}-{digest.hexdigest()}"


def key64(*parts: str) -> int:
    """Return a signed 64-bit hash of the parts: the second half of the store's (source, key) identity."""
    digest = hashlib.blake2b(SEPARATOR.join(parts).encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


@lru_cache(maxsize=8_192)
def name_key(name: str) -> int:
    """Return `key64` of one name, kept: of a day's names each is looked up by several indexes."""
    return key64(name)


def instrument_key(instrument: str) -> str:
    """Return the form of an instrument number in which its copies agree.

    A joint notice (MOFCOM-GACC 2025/18) and its short form in the press (MOFCOM 2025/18) are one act.
    """
    issuer, _, number = instrument.partition(" ")
    return f"{issuer.split('-')[0]} {number}".casefold()
