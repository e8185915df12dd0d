"""How many companies, or goods, a text says an act is about: the first number of each sort."""

import re
from collections.abc import Iterable

_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}  # fmt: skip
_EN = r"(?<![\d.,$€£¥-])(\d{1,3}|" + "|".join(word for word in _WORDS if word.isascii()) + r")"
_ZH = r"(\d{1,3}|[两三四五六七八九十])"
_ONE = r"(?<![\d.,-])(\d{1,3})"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "entities",
        re.compile(
            rf"\b{_EN} (?:more |further |additional )?(?:[A-Za-z.]+(?:-[a-z]+)? ){{0,2}}(?:entities|companies|firms)\b"
            rf"|(?<![\d.,]){_ZH}(?:家|个)[^\d。；，、\s]{{0,8}}?(?:实体|企业|公司)"
            rf"|{_ONE}(?:の)?(?:社|団体|企業)|{_ONE}\s?개\s?(?:[가-힣]+ )?(?:기업|업체|단체|법인|기관)|{_ONE}곳",
            re.IGNORECASE,
        ),
    ),
    (
        "items",
        re.compile(
            rf"\b{_EN} (?:more |further |additional )?(?:(?:medium|heavy|light|rare|critical|strategic|dual-use|and|to) ){{0,4}}"
            r"(?:rare earths?|rare-earth elements|elements|metals|minerals)\b"
            rf"|(?<![\d.,]){_ZH}(?:种|类)(?:中重|重)?(?:稀土|元素|金属|矿产)"
            rf"|{_ONE}(?:種類?|品目|元素)(?:の)?(?:中・?重)?(?:レアアース|希土類|レアメタル|元素|金属|鉱物)"
            rf"|{_ONE}(?:종|개|가지)(?:의)?\s?(?:중·?중?희토류|중희토류|희토류|원소|금속|광물)",
            re.IGNORECASE,
        ),
    ),
)


def counts_in(stretches: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return what is counted and how much, the first number of each sort; of what the act's own sentences count."""
    found: dict[str, str] = {}
    for stretch in stretches:
        for what, pattern in _PATTERNS:
            match = None if what in found else pattern.search(stretch)
            if match is not None:
                written = next(group for group in match.groups() if group)
                found[what] = str(_WORDS.get(written.lower()) or int(written))
    return tuple(sorted(found.items()))
