"""Which vocabulary languages apply to a text: the declared one, and what its script shows."""

import re

from warning.core.terms import Language

_KANA = re.compile("[ぁ-ヿｦ-ﾝ]")
_HANGUL = re.compile("[가-힣]")
_HAN = re.compile("[一-鿿]")


def languages_of(declared: str, text: str) -> frozenset[Language]:
    """Return the languages whose terms may match. English terms always may: they stand in every press."""
    found: set[Language] = {"en"}
    base = declared.split("-", maxsplit=1)[0].lower()
    if base in {"en", "zh", "ja", "ko"}:
        found.add(base)  # type: ignore[arg-type]  # narrowed by the membership test above
    if text.isascii():
        return frozenset(found)
    if _HANGUL.search(text):
        found.add("ko")
    if _KANA.search(text):
        found.add("ja")
    if base != "ja" and "ko" not in found and "ja" not in found and _HAN.search(text):
        found.add("zh")
    return frozenset(found)
