"""How many firms headlines say an act is on: two that count differently may tell of two acts of one issuer."""

import re
from collections.abc import Set as AbstractSet
from datetime import timedelta
from functools import lru_cache

from warning.core.text.counts import counts_in
from warning.core.text.han_numbers import number_of
from warning.core.withdrawals import is_correction

# Of two lists in one headline each has its own count; of "12 firms and two others" the parts make one.
_CLAUSE = re.compile(r"[,;:，、；：…·。]")
_LIST = re.compile(
    r"\blist\b|\bSDN\b(?! list)|(?<!黑)名单|清单|(?<!ブラック)リスト|명단|(?<!블랙)리스트", re.IGNORECASE
)
_LISTS = {
    name: re.compile(words, re.IGNORECASE)
    for name, words in {
        "unreliable": r"unreliable|不可靠|信頼できない|신뢰할 수 없는",
        "unverified": r"unverified|未经核实|未核实|未検証|미검증",
        "watch": r"\bwatch\s?list|关注名单|注視|監視|관심 명단|관찰 명단",
        "military": r"military (?:compan(?:y|ies)|end[- ]users?) list|1260H|(?:军事|军工)企业(?:清单|名单)|軍事企業リスト|군사기업 (?:명단|목록|리스트)",
        "sanctions": r"\bSDN\b|specially designated|sanctions? list|制裁(?:名单|清单|リスト)|제재 (?:명단|목록|리스트)",
    }.items()
}
# Lists called by their own names; what the press merely calls a list, a blacklist or a list of sanctions may be any of them.
_BY_NAME = {
    "sanctions": re.compile(r"\bSDN\b|specially designated", re.IGNORECASE),
    "control": re.compile(
        r"export[- ]?control|(?:管制|管控)(?:清单|名单)|輸出(?:規制|管理)(?:対象)?リスト|수출\s?(?:통제|규제|관리) (?:명단|목록|리스트)",
        re.IGNORECASE,
    ),
    "entity": re.compile(
        r"\bentit(?:y|ies) list|实体清单|エンティティ[・ー]?リスト|엔티티 (?:명단|목록|리스트)", re.IGNORECASE
    ),
}
_CALLED_ALIKE = (
    frozenset({"control", "entity"}),
    frozenset({"control", "unverified"}),
    frozenset({"control", "military"}),
    frozenset({"entity", "unreliable"}),
)
MOST_NAMED = 4
"""So many firms the press names one by one, of an act that put more of them on a list."""
RETOLD = timedelta(hours=36)
"""So long the press sums acts up, and names some of the firms; later another number is of another act."""
_ABOUT = re.compile(
    r"\bdozens?\b|(?:,|\band) another\b|, \w+ others?\b"
    r"|\b(?:about|almost|around|as many as|at least|close to|fewer than|less than|more than|nearly|over|roughly|some|up to)"
    r" (?:\d|ten\b|twenty\b|thirty\b|forty\b)"
    r"|(?:约|近|超|超过|逾|多达|至少|将近)\s?[\d二三四五六七八九十百]|[\d十百](?:多|余|几)(?:家|个)"
    r"|(?:約|およそ|少なくとも)\s?[\d二三四五六七八九十百]|[\d二三四五六七八九十百](?:社|団体|企業)(?:以上|超|余り|あまり|近く|前後)"
    r"|(?:약|최소|최대)\s?(?:\d|열|스무|스물|서른|마흔)|\d\s?여\s?(?:개|곳)|(?:\d|[가-힣])\s?(?:곳|개사|개\s?(?:기업|업체))\s?(?:이상|넘|안팎|남짓)",
    re.IGNORECASE,
)
# So many of the firms that a headline counts are of one state: "37 firms, 25 Chinese", 37家实体 其中25家中国企业, うち中国25社.
_STATE_EN = (
    r"(?:Chinese|China|mainland|Hong Kong|U\.?S\.?|American|Japanese|Japan|(?:South )?Korean?|Taiwan(?:ese)?|Iran(?:ian)?|Russian?|India(?:n)?"
    r"|Singapore(?:an)?|UAE|Emirati|Turkish|Turkey|Pakistani?|Vietnam(?:ese)?|Malaysian?|British|German|Dutch|European|EU)"
)
_STATE_HAN = r"(?:中国|中方|大陆|香港|美国|米国|日本|韩国|韓国|台湾|伊朗|イラン|俄罗斯|ロシア|印度|インド|新加坡|シンガポール|欧盟|[中美米日韩台欧]企)"
_STATE_KO = r"(?:중국|中|홍콩|미국|美|일본|日|한국|대만|이란|러시아|인도|싱가포르|유럽)"
_HAN = r"\d{1,3}|[二三四五六七八九十百][一二三四五六七八九十百]{0,4}"
_PART = re.compile(
    rf"(?:[,;:(–—-]|\b(?:including|of which|of whom|with|mostly))\s?(?P<en>\d{{1,3}}) (?:of (?:them|which|those) )?(?:(?:are|were|being) )?(?:(?:based )?(?:in|from) )?(?:the )?{_STATE_EN}"
    r"(?=\s*(?:$|[,;:.)…–—-]|(?:firms|companies|entities|ones|groups|makers|among|included|on|to)\b))"
    rf"|其中[有包括含为]{{0,3}}(?:来自)?{_STATE_HAN}?(?:企业|实体|公司)?(?P<zh>{_HAN})家|(?<![\d二三四五六七八九十百])(?P<zh2>{_HAN})家(?:[来为是属位]|来自|位于|属于)?{_STATE_HAN}"
    rf"|(?:うち、?|[、。\s　(（]){_STATE_HAN}(?:企業|系|は|が)?(?P<ja>{_HAN})社|うち(?P<ja2>{_HAN})社[はが]{_STATE_HAN}"
    rf"|(?:[\s…,·(]){_STATE_KO}\s?(?:기업|업체|회사|국적)?\s?(?P<ko>\d{{1,3}})\s?(?:곳|개)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def firms_told(title: str) -> frozenset[str]:
    """Every number of firms that a headline gives, clause by clause; none where it is a round one ("a dozen", "over 20")
    or leaves out who is named ("Skydio, 5 other firms").
    """
    if _ABOUT.search(title):
        return frozenset()
    said = (dict(counts_in((clause,))).get("entities") for clause in _CLAUSE.split(title))
    whole = dict(counts_in((title,))).get("entities")
    return frozenset(number for number in (*said, whole) if number)


@lru_cache(maxsize=4096)
def parts_told(title: str) -> frozenset[str]:
    """How many of the firms that a headline counts it says are of one state; none where it names two lists, each with its own.

    Whoever counts those alone tells the same act: "37 firms put on list, 25 Chinese" and "25 Chinese firms put on list".
    """
    whole = dict(counts_in((title,))).get("entities")
    if whole is None or _ABOUT.search(title) or len(_LIST.findall(title)) > 1:
        return frozenset()
    written = (next(filter(None, part.groups())) for part in _PART.finditer(title))
    return frozenset(str(number) for number in map(number_of, written) if 1 < number < int(whole))


@lru_cache(maxsize=4096)
def list_told(title: str) -> str:
    """Return which list a headline says firms are put on, "" where it names none, or two: it may give the sum of several acts.

    Lists that two offices or the press call alike (export control list, entity list) are one.
    """
    if len(_LIST.findall(title)) != 1:
        return ""
    return next((kind for kind, names in _LISTS.items() if names.search(title)), "control")


@lru_cache(maxsize=4096)
def list_named(title: str) -> str:
    """Return the list that a headline calls by its own name, "" where it names none, two, or only "a list"."""
    kind = list_told(title)
    if kind not in ("control", "sanctions"):
        return kind
    return next((name for name, words in _BY_NAME.items() if words.search(title)), "")


def are_other_lists(named: str, known: AbstractSet[str]) -> bool:
    """Whether a list called by its name is none of those known: whose firms stand on it is another act, however many they are.

    The press calls an unreliable entity list, and a list of export controls, an entity list too; and any list of exporters' offices, a
    list of export controls.
    """
    others = known - {""}
    return bool(named and others) and not any(
        named == one or frozenset({named, one}) in _CALLED_ALIKE for one in others
    )


def are_other_firms(
    said: str, on: str, known: str, on_lists: AbstractSet[str], *, is_of_one_day: bool, apart: timedelta
) -> bool:
    """Whether two numbers of firms, the known one told first, are of two acts: of two lists, or of two days.

    For a day and a half a number without a list may be the sum of several, and a few of a list some of those it named.
    """
    if on and on_lists and "" not in on_lists and on not in on_lists:
        return True
    if is_of_one_day:
        return False
    if apart > RETOLD:
        return True
    named = on_lists - {""}
    is_sum = bool(on) != bool(named) and (int(said) > int(known)) != bool(on)
    is_some = int(said) <= MOST_NAMED and int(said) < int(known)
    return not (is_sum or is_some)


def is_exact(title: str, said: str) -> bool:
    """Whether a count tells which firms are meant: it stands in the headline, which does not correct an earlier one.

    One further down may be that of an earlier act, or of the firms of all states.
    """
    return said in firms_told(title) and not is_correction(title)


def may_be_part(part: str, of_states: AbstractSet[str], whole: str, states: AbstractSet[str]) -> bool:
    """Whether the firms of some states may be so many of those of more states ("23 Chinese firms" of "32 entities").

    Empty states are any.
    """
    is_wider = bool(of_states) and (not states or states > of_states)
    return is_wider and int(part) <= int(whole)
