"""A clause that names no goods takes those of the clause it continues: "lifts antimony ban for US but bans exports to Japan".

The goods are put where the language puts them, before the word of trade, so that rules read the clause as they read any other:
"bans antimony exports to Japan", 日本向けはアンチモン輸出禁止. A clause without a word of trade or of a curb, or with
goods of a kind ("bans dual-use exports"), is left as it is.
"""

import re

from warning.core.text.reading import Reading

_TRADE = {
    "en": re.compile(r"\b(?:exports?|shipments?|sales|exporting|shipping)\b", re.IGNORECASE),
    "zh": re.compile(r"出口|输出|外运"),
    "ja": re.compile(r"輸出|禁輸|出荷"),
    "ko": re.compile(r"수출|반출|선적"),
}
# Where no trade is named, the curb is on the goods: "lifts ban for US".
_CURB = {
    "en": re.compile(
        r"\b(?:bans?|curbs?|controls?|restrictions?|embargo|licen[cs]es|permits|customs\sclearance)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"禁令|管制|限制措施"),
    "ja": re.compile(r"規制|輸出管理"),
    "ko": re.compile(r"통제|규제|금지"),
}
# Trade in goods of a kind: the clause has its own.
_OWN_GOODS = {
    "en": re.compile(r"\b(?:dual[- ]use|military)\b[^,;]{0,30}$", re.IGNORECASE),
    "zh": re.compile(r"(?:两用|军民|军用)[^,，;；。]{0,6}$"),
    "ja": re.compile(r"(?:両用|軍用)[^、,。]{0,8}$"),
    "ko": re.compile(r"(?:이중\s?용도|군사용)[^,、.]{0,8}$"),
}
# How goods are joined, and what parts them from the word of trade.
_JOINED = {"en": (" and ", " "), "zh": ("、", ""), "ja": ("、", ""), "ko": ("·", " ")}
# Names of a material that say a curb on it ("mineral curb") are no goods; of those that hold the trade (요소 수출) what stands before it is.
_CURB_NAME = re.compile(r"control|curb|restriction|\bban|規制|管制|통제", re.IGNORECASE)
_WITH_TRADE = re.compile(r"の?(?:export|輸出|出口|수출)", re.IGNORECASE)


def goods_named(reading: Reading, start: int, end: int) -> tuple[str, ...]:
    """The goods named in a stretch of the headline, in their order, as it writes them; each stretch of text once."""
    spans = {
        reading.span(hit)
        for concept, hits in reading.hits.items()
        if concept.startswith("material:")
        for hit in hits
    }
    inside = sorted(
        (span for span in spans if start <= span[0] and span[1] <= end), key=lambda s: (s[0], -s[1])
    )
    words: list[str] = []
    reached = start
    for first, last in inside:
        if first >= reached and not _CURB_NAME.search(reading.text, first, last):
            trade = _WITH_TRADE.search(reading.text, first, last)
            words.append(reading.text[first : trade.start() if trade else last].rstrip())
            reached = last
    return tuple(dict.fromkeys(filter(None, words)))


def with_goods(clause: str, goods: tuple[str, ...], language: str) -> str:
    """The clause with the goods before its first word of trade, else of a curb."""
    if not goods or language not in _TRADE:
        return clause
    trade = _TRADE[language].search(clause) or _CURB[language].search(clause)
    if trade is None or _OWN_GOODS[language].search(clause, 0, trade.start()):
        return clause
    joined, apart = _JOINED[language]
    return f"{clause[: trade.start()]}{joined.join(goods)}{apart}{clause[trade.start() :]}"
