"""The customs codes that a text lists: behind words that announce one, and in the columns and lines of an annex."""

import re
from collections.abc import Iterable, Iterator, Mapping

from warning.core.terms import Material

MOST_CODES = 80
_CUE = (
    r"(?:商品编[号码]|海关编[号码]|税则号列|税则税目|税号|HS\s?编码|商品編號|"
    r"HSコード|HS番号|関税番号|統計品目番号|HS\s?코드|HS\s?번호|HS\s?부호|HSK|품목번호|세번|"
    r"\bHS\s?(?:codes?|headings?|subheadings?|Nos?\.?)|\bHTS(?:US)?\b(?:\s(?:codes?|headings?|subheadings?|numbers?))?|\btariff (?:codes?|lines?)|\bHS(?=\s?\d))"
)
# 8112.92.9090, 8112929090, 811292, 8112.92; a heading of four digits only where a word for codes stands right before it.
_LONG = r"\d{4}[. ]?\d{2}(?:[. ]?\d{2}(?:[. ]?\d{2})?)?"
_CODE = rf"(?:{_LONG}(?![\d.]\d)|\d{{2}}\.?\d{{2}}(?![\d.]\d|[年月]))(?!\d)"
_BETWEEN = r"\s*(?:[、,，;；/及和与或]|and|or|및|又は|および)\s*(?:(?:and|or)\s+)?"
_LISTED = re.compile(
    rf"{_CUE}(?:\s?(?:is|are|为|為|は|是|은|는))?[\s:：（(]{{0,3}}(?P<codes>{_CODE}(?:{_BETWEEN}{_CODE})*)",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(_CUE, re.IGNORECASE)
_ONE = re.compile(_CODE)
_WHOLE = re.compile(rf"\d{{8}}(?:\d{{2}})?(?:{_BETWEEN}\d{{8}}(?:\d{{2}})?)*")
_CHAPTERS = frozenset(f"{n:02}" for n in range(1, 98)) - {"77"}


def hs_codes_in(text: str) -> tuple[str, ...]:
    """Return the codes as digits, in order of place, each once; at most MOST_CODES.

    In a table only whole cells of eight or ten digits count, and only behind words that announce codes.
    """
    first = _ANNOUNCED.search(text)
    if first is None:
        return ()
    places = [
        (listed.start("codes") + one.start(), one.group())
        for listed in _LISTED.finditer(text, first.start())
        for one in _ONE.finditer(listed["codes"])
    ]
    places += _in_cells(text, first.end())
    codes = (re.sub(r"\D", "", code) for _, code in sorted(places))
    return tuple(dict.fromkeys(code for code in codes if _is_possible(code)))[:MOST_CODES]


def _is_possible(code: str) -> bool:
    """Whether the chapter exists; four digits that begin like a year are an edition (HS 2022)."""
    return code[:2] in _CHAPTERS and not (len(code) == 4 and code.startswith("20"))


def _in_cells(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Codes that fill a cell of a row or a line of their own."""
    for line in re.finditer(r"[^\n]+", text[start:]):
        for cell in re.finditer(r"[^\t]+", line.group()):
            if _WHOLE.fullmatch(cell.group().strip()):
                for one in _ONE.finditer(cell.group()):
                    yield start + line.start() + cell.start() + one.start(), one.group()


def materials_of_codes(codes: Iterable[str], materials: Mapping[str, Material]) -> frozenset[str]:
    """The materials that codes can only mean: a code that several share says of none of them that it is meant."""
    found = set()
    for code in codes:
        meant = {
            name
            for name, one in materials.items()
            if not one.is_class and any(code.startswith(own) for own in one.hs_codes)
        }
        found |= meant if len(meant) == 1 else set()
    return frozenset(found)
