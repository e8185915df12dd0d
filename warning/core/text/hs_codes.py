"""The customs codes that a text lists: behind words that announce one, and in the columns and lines of an annex."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from warning.core.terms import Material

MOST_CODES = 80
_DIGITS_OF_A_HEADING = 4
_CUE = (
    r"(?:商品编[号码]|海关编[号码]|税则号列|税则税目|(?<!纳税人)(?<!统一)税号|HS\s?编码|商品編號|"
    r"HSコード|HS番号|関税番号|統計品目番号|HS\s?코드|HS\s?번호|HS\s?부호|HSK|품목번호|세번|"
    r"\bHS\s?(?:codes?|headings?|subheadings?|Nos?\.?)|\bHTS(?:US)?\b(?:\s(?:codes?|headings?|subheadings?|numbers?))?|\btariff (?:codes?|lines?)|\bHS(?=\s?\d))"
)
# 8112.92.9090, 8606.10.0000, 8112.9290, 8112.92-1000 (Korea), 8112 92 90, 8112929090, 811292: one way of parting in one code.
_THINGS = r"\s?(?:[年月日%吨噸元人万亿个家件名户台円]|トン|톤|tonn|tons|kg|items|products|lines|people|compan|firms|were|covered)"
_LONG = (
    r"(?:\d{4}\.\d{2}(?:-\d{4}|\.?\d{2}(?:\.?\d{2})?)?|\d{6}(?:\d{2}(?:\d{2})?)?"
    rf"|\d{{4}} \d{{2}}(?: \d{{2}}(?: \d{{2}})?)?(?!\d|{_THINGS}))"
)
# A heading of four digits counts only where a word for codes stands right before it, and is no number of things.
_CODE = rf"(?:{_LONG}(?![\d.]\d)|\d{{2}}\.?\d{{2}}(?![.\-]\d|{_THINGS}))(?![0-9A-Za-z])"
_BETWEEN = r"\s*(?:[、,;/及和与或]|and|or|및|又は|および)\s*(?:(?:and|or)\s+)?"
_NEXT_LINE = r"[ \t]*\n[ \t]*(?=\d{4}\.\d{2}[ \t]*(?:\n|$))"
_LISTED = re.compile(
    rf"(?P<cue>{_CUE})(?:\s?(?:is|are|为|為|は|是|은|는))?[\s:(]{{0,3}}(?:ex\s?)?(?P<codes>{_CODE}(?:(?:{_BETWEEN}|{_NEXT_LINE}){_CODE})*)",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(_CUE, re.IGNORECASE)
_ONE = re.compile(_CODE)
# In cells only what is too long to be a count: eight or ten digits.
_CELL = r"(?:\d{4}\.\d{2}\.?\d{2}(?:\.?\d{2})?|\d{4}\.\d{2}-\d{4}|\d{4} \d{2} \d{2}(?: \d{2})?|\d{8}(?:\d{2})?)(?![0-9A-Za-z])"
_PART = re.compile(_CELL)
_WHOLE = re.compile(rf"\s*{_CELL}(?:{_BETWEEN}{_CELL})*\s*")
# A row whose columns are parted by blanks: the code stands first, or behind the row's number, or as ten digits last.
_EASTERN = r"぀-ヿ一-鿿가-힣"
_FIRST = re.compile(rf"\s*(?:\d{{1,3}}[.、)]?\s+)?(?P<code>{_CELL})\s+(?!{_THINGS})[{_EASTERN}]")
_LAST = re.compile(rf"[{_EASTERN})]\s+(?P<code>\d{{4}}\.?\d{{2}}\.?\d{{2}}\.?\d{{2}})\s*$")
# What a number beside it is, if not a code of goods.
_LABEL = re.compile(
    r"(?:电\s?话|電話|전화|传\s?真|傳真|팩스|手\s?机|邮\s?编|邮政编码|文\s?号|备案|登记|申请|许可证|证书|流水|账\s?号|帐\s?号|日\s?期|时\s?间|日付|날짜|信用代码|纳税人|识别|"
    r"\b(?:tel|fax|phone|mobile|zip|date|account|licen[cs]e|registration))(?:编?号码?|번호|番号|\s?(?:no|number))?[.:)\s]*$",
    re.IGNORECASE,
)
_CHAPTERS = frozenset(f"{n:02}" for n in range(1, 98)) - {"77"}
# The last headings of the chapters in which numbers of years would stand.
_LAST_HEADING = {"19": 5, "20": 9}
_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}


def hs_codes_in(text: str) -> tuple[str, ...]:
    """Return the codes as digits, in order of place, each once; at most MOST_CODES.

    In a table only whole cells of eight or ten digits count, and only behind words that announce codes; no dates, and
    none beside a word for another number (电话, 文号).
    """
    text = text.translate(_FULL_WIDTH)
    first = _ANNOUNCED.search(text)
    if first is None:
        return ()
    places = [
        (listed.start("codes") + one.start(), one.group())
        for listed in _LISTED.finditer(text, first.start())
        for one in _ONE.finditer(listed["codes"])
        if not (listed["cue"].lower().startswith("tariff line") and len(one.group()) == _DIGITS_OF_A_HEADING)
    ]
    places += [place for place in _in_cells(text, first.start()) if place[0] >= first.end()]
    codes = (re.sub(r"\D", "", code) for _, code in sorted(places))
    return tuple(dict.fromkeys(code for code in codes if _is_possible(code)))[:MOST_CODES]


def _is_possible(code: str) -> bool:
    """Whether the chapter exists and the number is no year or day (HS 2022, 20241203)."""
    if code[:2] not in _CHAPTERS or int(code[2:4]) > _LAST_HEADING.get(code[:2], 99):
        return False
    return not (code.startswith("20") and len(code) == _DIGITS_OF_A_HEADING) and not _is_day(code)


def _is_day(code: str) -> bool:
    if code[:2] not in _LAST_HEADING or len(code) != len("20241203"):
        return False
    try:
        date.fromisoformat(code)
    except ValueError:
        return False
    return True


def _in_cells(text: str, around: int) -> Iterator[tuple[int, str]]:
    """Codes that fill a cell of a row or a line of their own, from the line on in which a place stands."""
    heads: list[str] = []
    start = text.rfind("\n", 0, around) + 1
    for line in text[start:].split("\n"):
        cells = line.split("\t")
        if any(map(str.isdigit, line)):
            yield from _in_row(cells, heads, start)
        elif line.strip():
            heads = cells
        start += len(line) + 1


def _in_row(cells: list[str], heads: list[str], start: int) -> Iterator[tuple[int, str]]:
    label = ""
    for column, cell in enumerate(cells):
        head = heads[column] if column < len(heads) else ""
        codes = list(_of_cell(cell))
        if not (
            _is_of_another_number(label) or (_is_of_another_number(head) and not _ANNOUNCED.search(head))
        ):
            yield from ((start + place, code) for place, code in codes)
        if not codes and cell.strip() and not cell.strip().isdigit():
            label = cell
        start += len(cell) + 1


def _of_cell(cell: str) -> Iterator[tuple[int, str]]:
    if _WHOLE.fullmatch(cell):
        yield from ((one.start(), one.group()) for one in _PART.finditer(cell))
        return
    for row in (_FIRST.match(cell), _LAST.search(cell)):
        if row and not _is_of_another_number(cell[: row.start("code")]):
            yield row.start("code"), row["code"]


def _is_of_another_number(label: str) -> bool:
    return bool(_LABEL.search(label))


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
