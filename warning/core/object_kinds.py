"""Kinds of objects that headlines name: acts of one day on the same goods or firms differ by what they are about."""

import re
from functools import lru_cache

_LISTS = r"control list|export ban list|管控名单|輸出規制リスト|禁輸リスト|수출\s?통제\s?명단"
_KINDS = {
    "know-how": r"technolog(?:y|ies)\b(?!\s(?:chip|compan|firm|giant|group|industr|maker|rival|sector|share|start-?up|stock|supplier|war))"
    r"|know-how|(?<!高新)技术(?!公司|企业|集团|有限)|工艺|技術(?!企業|会社|者)|기술(?!\s?(?:기업|업체|주))",
    "technology exports": r"technolog(?:y|ies) exports\b|\bexports? of (?:[\w-]+ ){0,4}technolog|技术(?:禁止|限制|即日起实施|实施)?出口|(?:转移|出口)[\u4e00-\u9fff]{0,12}(?:工艺|技术)|技術の?輸出|기술\s?수출",
    "made abroad": r"made abroad|(?:foreign|overseas)-made|foreign (?:products|goods) (?:containing|holding|made|that|using|with)|extraterritorial"
    r"|(?<![向往到至为])境外(?!投资|转移|机构|企业|实体)|域外|海外で作|外国製|역외|해외 생산",
    "watch list": r"watch list|关注名单|注視(?:リスト|対象)|監視リスト|관심 명단|관찰 명단|주의 명단",
    "testing body": r"\btesting (?:agenc|bod|compan|firm|house|lab)|检测(?:有限责任|有限|技术)?(?:公司|机构|企业)|検査(?:会社|機関|企業)"
    r"|(?:시험|검사)(?:인증)?\s?(?:업체|기관)",
    "association": r"\balliance\b|\bauditor|(?:商业|产业|行业)联盟|監査(?:団体|機関|法人)|감사\s?(?:기관|단체)",
    "ban list": _LISTS,
    "ban": rf"{_LISTS}|export ban|dual-use export|輸出禁止|수출\s?금지",
}
# Headlines of the press use the other words for one act alike.
_NAMED_SORTS = (frozenset({"watch list", "ban list"}), frozenset({"technology exports", "made abroad"}))
_SORTS = (
    frozenset({"know-how", "made abroad"}),
    frozenset({"watch list", "ban"}),
    frozenset({"testing body", "association"}),
)
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{5,}")
_PATTERNS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _KINDS.items()}


@lru_cache(maxsize=4096)
def kinds_of(title: str) -> frozenset[str]:
    """The kinds of object that a headline names."""
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.search(title))


@lru_cache(maxsize=4096)
def shingles(title: str) -> frozenset[str]:
    """Stretches of five signs of Han and kana runs: names are written without spaces and repeat whole."""
    return frozenset(run[n : n + 5] for run in _RUN.findall(title) for n in range(len(run) - 4))


def kinds_differ(one: frozenset[str], other: frozenset[str], *, by_issuer: bool = True) -> bool:
    """Whether both name a kind of one sort, and not the same one; in the words of the press alone only kinds named by name count."""
    sorts = _SORTS if by_issuer else _NAMED_SORTS
    return any(one & sort and other & sort and not one & other & sort for sort in sorts)
