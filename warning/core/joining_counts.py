"""How many firms headlines say an act is on: two that count differently may tell of two acts of one issuer."""

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from warning.core.text.counts import counts_in
from warning.core.withdrawals import is_correction

# Of two lists in one headline each has its own count; of "12 firms and two others" the parts make one.
_CLAUSE = re.compile(r"[,;:，、；：…·。]")
_LIST = re.compile(r"\blist\b|(?<!黑)名单|清单|(?<!ブラック)リスト|명단|(?<!블랙)리스트", re.IGNORECASE)
_ABOUT = re.compile(
    r"\bdozens?\b|(?:,|\band) another\b|, \w+ others?\b"
    r"|\b(?:about|almost|around|as many as|at least|close to|fewer than|less than|more than|nearly|over|roughly|some|up to)"
    r" (?:\d|ten\b|twenty\b|thirty\b|forty\b)"
    r"|(?:约|近|超|超过|逾|多达|至少|将近)\s?[\d二三四五六七八九十百]|[\d十百](?:多|余|几)(?:家|个)"
    r"|(?:約|およそ|少なくとも)\s?\d|\d(?:社|団体|企業)(?:以上|超|余り|あまり|近く|前後)"
    r"|(?:약|최소|최대)\s?\d|\d\s?여\s?(?:개|곳)|\d\s?(?:곳|개사|개\s?(?:기업|업체))\s?(?:이상|넘|안팎)",
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
def names_one_list(title: str) -> bool:
    """Whether a headline says which list firms are put on. One that names none, or two, may give the sum of several acts."""
    return len(_LIST.findall(title)) == 1


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
