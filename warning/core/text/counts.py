"""How many companies, or goods, a text says an act is about: the first number of each sort."""

import re
from collections.abc import Iterable

from warning.core.text.han_numbers import number_of
from warning.core.text.korean_numbers import NUMERALS, native_number_of

_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "a dozen": 12, "two dozen": 24, "thirty": 30, "forty": 40, "两": 2,
}  # fmt: skip
_EN = (
    r"(?<![\d.,$€£¥-])(\d{1,3}|"
    + "|".join(sorted((word for word in _WORDS if word.isascii()), key=len, reverse=True))
    + r")"
)
_HAN = "二三四五六七八九十百"
_ZH = rf"(?<![\d一{_HAN}两])(\d{{1,3}}|两|[{_HAN}][一{_HAN}]{{0,4}})"
_ONE = r"(?<![\d.,-])(\d{1,3})"
# In Japanese a number before 社 may as well begin a word: 三社祭, 二社長; 数十社 is a round one.
_JA = rf"(?<![\d.,一{_HAN}数何幾両-])([{_HAN}][一{_HAN}]{{0,4}})"
_KO = rf"(?<![가-힣])({NUMERALS})"
_BODIES_KO = r"(?:기업|업체|단체|법인|기관)"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "entities",
        re.compile(
            rf"\b{_EN} (?!others\b)(?:more |further |additional )?(?:[A-Za-z.]+(?:-[a-z]+)? ){{0,2}}(?:entities|companies|firms|makers|manufacturers|contractors|suppliers)\b"
            rf"|(?<![\d.,]){_ZH}(?:家|个)[^\d。；，、\s]{{0,8}}?(?:实体|企业|公司|[中美日韩台欧]企)"
            rf"|(?:实体|企业|公司|[中美日韩台欧]企){_ZH}家|(?<![\d.,]){_ZH}家(?=(?:被|遭)(?:[^\d。；，、\s]{{1,4}})?列入)"
            rf"|{_ONE}(?:の)?(?:社|団体|企業)|{_JA}(?:の)?(?:社(?![祭長員会説債内外殿寺])|団体|企業)"
            rf"|{_ONE}\s?개\s?(?:[가-힣]+ )?{_BODIES_KO}|{_ONE}\s?개사|{_ONE}곳"
            rf"|{_KO}\s?개\s?(?:[가-힣]+ )?{_BODIES_KO}|{_KO}\s?개사|{_BODIES_KO}\s{_KO}\s?곳",
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
# One that is named and so many others: "Boeing unit and two other US defence firms" are three. Of several that are named
# ("Boeing, Skydio and two others") the number is not told.
_FIRMS = r"(?:(?!(?:at|of|in|on|from|with|for|to|people|meet|visit)\b)[A-Za-z.]+(?:-[a-z]+)? ){0,3}(?:entities|companies|firms)\b"
_OTHERS = re.compile(
    rf"(?P<several>[^\s,;:]{{1,40}}, [^,;:]{{1,40}})?\band {_EN} others?\b(?: {_FIRMS})?"
    rf"|[和及与](?:另外|其他|其它|另){_ZH}(?:家|个)[^\d。；，、\s]{{0,8}}?(?:实体|企业|公司)"
    rf"|(?:と他の?|とほか|ほか|と別の){_ONE}(?:の)?(?:社|団体|企業)"
    rf"|(?:\s외|와 다른|과 다른)\s?{_ONE}\s?(?:개\s?(?:[가-힣]+ )?(?:기업|업체|단체|법인|기관)|개사|곳)",
    re.IGNORECASE,
)
# So many of a sort and so many others: "24 toolmakers and 116 other firms" are 140.
_BESIDES = re.compile(rf"\b(?i:{_EN}) (?:[A-Za-z.]+ ){{0,2}}[a-z]+s $")
# A notice that names each firm it lists counts them so; one that breaks off (等) does not.
_LISTED = re.compile(r"将(?:参与[^。；，、]{0,30}?的)?(?P<names>[^。；等]{4,300}?)列入")
_LISTED_NAME = re.compile(r"(?:公司|集团|研究所|研究院|中心|大学)(?=[，、,（(和及]|$)")
_PEOPLE = re.compile(
    r"\s*(?:people|persons?|men|women|officials?|executives?|countries|states|nations|ministers?|leaders?|goods|metals|minerals|items)\b",
    re.IGNORECASE,
)
_HITS = re.compile(
    r"\b(?:sanction|blacklist|list|add|target|punish|ban|bar|hit)(?:s|ned|red|ed|ted|ting|ing)?\b",
    re.IGNORECASE,
)
_FIRM_WORD = re.compile(
    r"\b(?:entit(?:y|ies)|compan(?:y|ies)|firms?|units?|makers?|groups?)\b", re.IGNORECASE
)


def counts_in(stretches: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return what is counted and how much, the first number of each sort; of what the act's own sentences count."""
    found: dict[str, str] = {}
    for stretch in stretches:
        for what, pattern in _PATTERNS:
            if what in found:
                continue
            others = _OTHERS.search(stretch) if what == "entities" else None
            if others is not None and _are_firms(others, stretch):
                if not others["several"]:
                    besides = _BESIDES.search(stretch, 0, others.start())
                    named = _number(besides.groups()) if besides else 1
                    found[what] = str(_number(others.groups()[1:]) + named)
            elif match := pattern.search(stretch):
                found[what] = str(_number(match.groups()))
            elif what == "entities" and (listed := _names_listed(stretch)):
                found[what] = str(listed)
    return tuple(sorted(found.items()))


def _are_firms(others: re.Match[str], stretch: str) -> bool:
    """Whether the others are firms: said so, or hit as one of the firms that an act is on ("blacklists Skydio and two others")."""
    words = others.group()
    if not words.isascii() or _FIRM_WORD.search(words):
        return True
    return (
        _FIRM_WORD.search(stretch) is not None
        and _HITS.search(stretch, 0, others.start()) is not None
        and not _PEOPLE.match(stretch, others.end())
    )


def _names_listed(stretch: str) -> int:
    """How many firms a notice names as listed; 0 where it names one or none, or some by other names."""
    listed = _LISTED.search(stretch)
    names = _LISTED_NAME.findall(listed["names"]) if listed else []
    return len(names) if len(names) > 1 else 0


def _number(groups: Iterable[str | None]) -> int:
    """The number that one of the groups of a pattern holds, in figures or in a word."""
    written = next(group for group in groups if group)
    return _WORDS.get(written.lower()) or native_number_of(written) or number_of(written)
