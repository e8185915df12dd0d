"""Headlines that name goods, their buyers and a stop, and no one else: レアアースの日本向け輸出を停止, 희토류 일본행 수출 중단.

What China all but alone sells is stopped by China there. A maker, a strike, a broken plant or a denial may stand anywhere in
a headline, so every word of it must be one that can be none of these. A sentence's end is no such word: goods, buyers and
verb stand in one sentence, and what looks for the buyers finds the sentence of the verb.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from warning.core.terms import Language
from warning.core.text.folding import fold_terms

BUYERS: dict[Language, tuple[str, ...]] = {
    "ja": ("日本向け", "韓国向け", "米国向け", "台湾向け", "欧州向け"),
    "ko": ("한국행", "일본행", "미국행", "대만행", "유럽행"),
}
_GOODS: dict[str, tuple[str, ...]] = {
    "ja": ("レアアース", "希土類", "磁石", "ジスプロシウム", "テルビウム", "ガリウム", "ゲルマニウム", "黒鉛", "アンチモン", "タングステン"),
    "ko": ("희토류", "자석", "디스프로슘", "터븀", "갈륨", "게르마늄", "흑연", "안티모니", "안티몬", "텅스텐"),
}  # fmt: skip
# What else may stand before the trade: kinds of goods, when, and that it is news.
_BEFORE: dict[str, tuple[str, ...]] = {
    "ja": (
        "中重", "重", "軽", "ネオジム", "永久", "高性能", "高純度", "天然", "人造", "球状", "酸化", "金属", "材料", "原料", "製品", "関連", "品", "など", "等",
        "全", "一部", "新規", "の", "は", "と", "や", "を", "も", "から", "より", "付けで", "本日", "今日", "きょう", "明日", "来月", "今月", "即日", "速報", "独自", "号外",
    ),
    "ko": (
        "중희토류", "경희토류", "중", "경", "네오디뮴", "영구", "고성능", "고순도", "천연", "인조", "구상", "산화", "금속", "소재", "원료", "제품", "관련", "등", "전체",
        "일부", "신규", "의", "은", "는", "과", "와", "도", "부터", "오늘", "내일", "내달", "이달", "즉각", "즉시", "속보", "단독", "종합", "긴급", "상보", "보",
    ),
}  # fmt: skip
# What may follow the verb: its ending, that it was announced, and what it stirs. Not 우려 or 懸念, after which nothing has stopped.
_BEHIND: dict[str, tuple[str, ...]] = {
    "ja": (
        "される", "された", "した", "する", "に", "へ", "を", "が", "の", "か", "と", "通告", "通知", "決定", "発表", "表明", "措置", "報復", "対抗", "関係筋", "関係者",
        "業界", "産業界", "衝撃", "波紋", "即日", "きょう", "から",
    ),
    "ko": (
        "됐다", "됐", "된다", "된", "되나", "돼", "했다", "한다", "한", "하기로", "키로", "에", "에도", "은", "는", "이", "가", "을", "를", "통보", "통지", "발표", "결정", "조치",
        "보복", "관계자", "소식통", "업계", "산업계", "재계", "비상", "충격", "파장", "발칵", "부터", "오늘", "즉시",
    ),
}  # fmt: skip
_STOP: dict[str, tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]] = {
    "ja": (("輸出", "出荷", "供給"), "[をのが]?", ("全面", "当面", "一時", "即日"), ("停止", "禁止", "中断")),
    "ko": (("수출", "선적", "출하", "공급"), "[을를이가]?", ("전면", "일시", "잠정", "즉각"), ("중단", "금지", "중지", "차단")),
}  # fmt: skip
_SIGNS = r"[\s\[\](){}【】〔〕「」『』'\"・·,、，:…/|]|\d{1,2}[月日월일]?"
# Whose page it is stands behind " - ", which a folded text has as spaces.
_APART = "   "
_PUBLISHERS = ("新闻", "通信", "日报", "ニュース", "신문", "일보", "경제", "뉴스", "통신")


class _Written(NamedTuple):
    headline: re.Pattern[str]
    goods: re.Pattern[str]
    buyer: re.Pattern[str]


def stopped_by_its_seller(headline: str, language: str) -> tuple[int, int] | None:
    """Where the verb stands in a folded headline that names goods, their buyers, a stop and no one else; else None.

    `language` is one of `BUYERS`.
    """
    written = _every_written()[language]
    told, _, publisher = headline.partition(_APART)
    words = written.headline.fullmatch(told)
    if words is None or (publisher and not publisher.endswith(_PUBLISHERS)):
        return None
    if not (written.goods.search(words["before"]) and written.buyer.search(told)):
        return None
    return words.span("verb")


@cache
def _every_written() -> dict[str, _Written]:
    return {language: _written(language) for language in BUYERS}


def _written(language: Language) -> _Written:
    goods, buyers = _any_of(_GOODS[language]), _any_of(BUYERS[language])
    trade, particle, wholly, verb = _STOP[language]
    before = f"{goods}|{buyers}|{_any_of(_BEFORE[language])}|{_SIGNS}"
    behind = f"{buyers}|{_any_of(_BEHIND[language])}|{_SIGNS}"
    stop = rf"{_any_of(trade)}{particle}\s?{_any_of(wholly)}?\s?(?P<verb>{_any_of(verb)})"
    headline = rf"(?P<before>(?:{before})*+){stop}(?:{behind})*+[。!]?\s*"
    return _Written(re.compile(headline), re.compile(goods), re.compile(buyers))


def _any_of(words: Iterable[str]) -> str:
    """An expression for any of some words, folded as texts are; the longest is tried first."""
    longest = sorted(fold_terms(list(words)), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, longest))})"
