"""Kinds of objects that headlines name: acts of one day on the same goods or firms differ by what they are about."""

import re
from functools import lru_cache

_KINDS = {
    "know-how": r"technolog|know-how|技术|技術|기술",
    "made abroad": r"made abroad|foreign(?:-made)? (?:products|goods)|extraterritorial|境外|域外|海外で作|外国製|역외|해외 생산",
    "watch list": r"watch list|关注名单|注視|監視リスト|관심 명단|관찰 명단|주의 명단",
    "testing body": r"\btest(?:s|ing)\b|检测|検査|시험|검사",
    "association": r"alliance|association|auditor|联盟|协会|監査|団体|감사|연합|협회",
    "ban list": r"control list|export ban|dual-use export|管控名单|輸出規制リスト|輸出禁止|禁輸リスト|수출\s?금지|수출\s?통제\s?명단",
}
_SORTS = (
    frozenset({"know-how", "made abroad"}),
    frozenset({"watch list", "ban list"}),
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


def kinds_differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both name a kind of one sort, and not the same one."""
    return any(one & sort and other & sort and not one & other & sort for sort in _SORTS)
