"""Which vocabulary languages apply to a text: the declared one, and what its script shows."""

import re
from functools import cache

from warning.core.terms import Language

_KANA = re.compile("[ぁ-ヿ]")
_HANGUL = re.compile("[가-힣]")
_HAN = re.compile("[一-鿿]")


def languages_of(declared: str, text: str, encoded: bytes | None = None) -> frozenset[Language]:
    """Return the languages whose terms may match in a folded text. English terms always may.

    `encoded` is the text in UTF-8, for a caller that has it: a search for a byte takes a twentieth of the time.
    """
    base = declared.split("-", maxsplit=1)[0].lower()
    if text.isascii():
        return _set_of(base, hangul=False, kana=False, han=False)
    data = text.encode("utf-8", "surrogatepass") if encoded is None else encoded
    hangul = _has_hangul(data, text)
    kana = (b"\xe3\x81" in data or b"\xe3\x82" in data or b"\xe3\x83" in data) and bool(_KANA.search(text))
    han = base != "ja" and not hangul and not kana and _has_han(data, text)
    return _set_of(base, hangul=hangul, kana=kana, han=han)


@cache
def _set_of(base: str, *, hangul: bool, kana: bool, han: bool) -> frozenset[Language]:
    found: set[Language] = {"en"}
    if base in {"en", "zh", "ja", "ko"}:
        found.add(base)  # type: ignore[arg-type]  # narrowed by the membership test above
    if hangul:
        found.add("ko")
    if kana:
        found.add("ja")
    if han and base != "ko":
        found.add("zh")
    return frozenset(found)


def _has_hangul(data: bytes, text: str) -> bool:
    """Two lead bytes are of nothing but Hangul; two more are of Hangul among others."""
    if b"\xeb" in data or b"\xec" in data:
        return True
    return (b"\xea" in data or b"\xed" in data) and bool(_HANGUL.search(text))


def _has_han(data: bytes, text: str) -> bool:
    """Five lead bytes are of nothing but Chinese characters, one more of them among others."""
    if b"\xe5" in data or b"\xe6" in data or b"\xe7" in data or b"\xe8" in data or b"\xe9" in data:
        return True
    return b"\xe4" in data and bool(_HAN.search(text))
