"""Words of relief that stand upon what is no relief: trade that is halted, a permit that is taken away, a permit that is asked for.

"China suspends imports", 暂停进口, 輸入を停止 halt trade; 撤销排污许可证, "revokes licences", 暂停出口许可, 許可を取り消し, 면허 취소 hit who held the permit;
"delays export licences", 推迟发放许可, 許可を先送り, 허가 보류 hold it up; "approves loan" and "awards contract" open no trade; "requires permits" is a curb. A curb on trade that is suspended ("suspends import ban") and a duty to hold a permit that is lifted
("scraps permit requirement", 取消许可要求) stay relief.
"""

import re
from bisect import bisect_left

from warning.core.text.goods_rows import HALT, halts_a_curb, without_joints
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

_RELIEF = re.compile(r"cue:(?:let_go|ease|suspend|end|relief|halt)$")
_CURB_EN = r"(?:ban|curb|control|restriction|limit|dut(?:y|ies)|tariff|tax|levy|rule|licen[cs]|permit|quota|inspection|check|embargo|measure|requirement|list|probe|fee)"
# Words that also stand for other things than a curb: they are one before the trade ("its block on exports") and right after it.
_STOP_EN = r"(?:block(?:ade)?|hold|freeze|prohibition|moratorium|suspension|halt|stoppage)"
_GAP_EN = rf"(?:(?!\b(?:and|but|after|as|while|amid|to|by|from|embargoes|{_CURB_EN}s?|{_STOP_EN}s?)\b)[^,;:.…]){{0,40}}?"
# What follows a verb of stopping, and what follows a verb of taking away; in Japanese and Korean what stands before them.
_HALTS = {"en": re.compile(r"(?:suspend|halt|stop|paus|shelv|freez|delay|postpon|defer|holds?\soff|puts?\soff|hold off)"), "zh": re.compile(r"暂停|停止|中止|暂缓|推迟|延期|延后|搁置"), "ja": re.compile(r"停止|止め|延期|先送り|見合わせ|棚上げ|凍結"), "ko": re.compile(r"중단|정지|중지|연기|보류|미루|미뤄|동결")}  # fmt: skip
_TRADE = {
    "en": re.compile(
        rf"{_GAP_EN}(?:\b(?:processing|mining|production|output|refining|trading|purchases|sales|imports)\sand\s)?\b(?:imports?|exports?|shipments?|purchases|supplies|deliveries|sales|customs clearance)\b(?!\s+(?:(?:\w+\s+)?{_CURB_EN}|{_STOP_EN}))"
    ),
    "zh": re.compile(
        r"(?:(?!管制|管控|限制|禁令|禁止|措施)[^，；。：\s]){0,12}?(?:进口|出口|采购|购买|订购|供应|发货|通关|接收|销售|使用)(?!管制|管控|限制|禁令|禁止|许可|配额|关税|税|检验|检疫|措施|退税|审批)"
    ),
    "ja": re.compile(
        r"(?:輸入|輸出|出荷|調達|通関|供給|受領|受け取り|購入|販売|使用|納入)(?:手続き?)?[をのは]?(?:全面|一時|当面)*$"
    ),
    "ko": re.compile(
        r"(?:수입|수출|선적|구매|통관|공급|인수|수령|판매|사용)[을를은]?\s?(?:전면|일시|잠정|한시)?\s?$"
    ),
}
_TAKES = {
    "en": re.compile(
        r"(?:revok|withdr|cancel|strip|pull|void|suspend|paus|halt|freez|stop|delay|postpon|defer|shelv|holds?\soff|puts?\soff)"
    ),
    "zh": re.compile(r"撤销|吊销|收回|注销"),
    "ja": re.compile(r"取り消|取消|剥奪|停止|延期|先送り|見合わせ|棚上げ|凍結"),
    "ko": re.compile(r"취소|박탈|회수|정지|연기|보류|미루|미뤄|동결"),
}
_PERMITS = {
    "en": re.compile(
        rf"{_GAP_EN}\b(?:licen[cs]es?|permits?|permissions?|authori[sz]ations?|approvals?)\b(?!\s+(?:\w+\s+)?(?:requirement|rule|regime|system|ban|curb|control|fee)|\s+(?:needed|required))"
    ),
    "zh": re.compile(
        r"[^，；。：\s]{0,16}?(?:许可证|许可|执照|牌照|资质|资格|批文)(?!证?(?:要求|管理|制度|规定|限制|义务|审批|制|目录))"
    ),
    "ja": re.compile(r"(?:許可証?|免許|認可|資格|承認)[をのも]?(?:全て|一部|一時|相次ぎ)*$"),
    "ko": re.compile(r"(?:허가증?|면허|인가|자격|승인)[을를도]?\s?(?:모두|일부|전격|줄줄이)?\s?$"),
}
# What opens no trade where it is given: a loan, a contract, a project, a statement.
_GIVES = {"en": re.compile(r"(?:approv|grant|award|clear|issu|releas|back|permit)"), "zh": re.compile(r"批准|核准|获批|放行"), "ja": re.compile(r"承認|許可|容認"), "ko": re.compile(r"승인|허가|허용")}  # fmt: skip
_NO_TRADE = {
    "en": re.compile(
        rf"{_GAP_EN}\b(?<!export )(?<!exports )(?:stockpil\w+|reserves?|loans?|contracts?|statements?|funds?|funding|financing|aid|subsid\w+|budgets?|projects?|mines?|smelters?|plants?|refiner(?:y|ies)|stakes?|investments?|offtakes?|grants?|guarantees?|tenders?|mergers?|takeovers?|acquisitions?)\b(?!['’]s?\s|\s(?:exports?|shipments?|sales|licen[cs]es?|permits?)\b)"
    ),
    "zh": re.compile(
        r"(?:(?!出口|进口|许可|发货|销售|解除|取消|恢复|管制|禁令)[^，；。：\s]){0,14}?(?:贷款|合同|项目|储备|环评|补贴|拨款|基金|投资|并购|收购)"
    ),
    "ja": re.compile(r"(?:融資|契約|事業|備蓄|計画|補助金|出資|買収)(?:放出)?[をのは]?$"),
    "ko": re.compile(r"(?:대출|계약|사업|비축|방출|계획|보조금|출자|인수)[을를]?\s?$"),
}
# Permits and trade that are halted or held up, in the passive: "export permits postponed by China".
_HALTED = re.compile(
    r"(?:suspended|halted|stopped|paused|shelved|frozen|delayed|postponed|deferred|revoked|withdrawn|cancelled)"
)
_HALTED_TRADE = re.compile(
    r"\b(?:licen[cs]es?|permits?|approvals?|authori[sz]ations?|clearances?|shipments?|exports?|imports?|sales)\s(?:(?:is|are|was|were|been|being|be|again|now|still|have|has)\s)*$"
)
# A consent that is put off or kept back: 延期批准, 暂缓发放.
_KEPT_BACK = re.compile(r"(?:推迟|延期|暂缓|延后|延缓|停止|暂停|中止|拒绝|迟迟[未不]|尚未)$")
# Permits that are held up: the noun is no consent where what stands behind it holds it up, 輸出許可を先送り. One that "was" late is another matter.
_HELD_UP = re.compile(
    r"(?:許可|承認|認可)(?:の?(?:発給|審査|手続き?))?[をがのもは]?(?:一部|当面|再び|大幅に|事実上)?(?:遅らせ|遅れ|遅延|先送り|保留|見合わせ|延期|停滞|滞ら|滞り|滞る|長期化|棚上げ|凍結)(?!て?い?た)"
)
# Permits that are no longer given: what is suspended is none of the rules on them, 暂停锑出口许可, 暂停许可审批.
_GIVING = {
    "zh": re.compile(
        r"(?:(?!管制|管控|限制|禁令|禁止|措施|实施|要求)[^，。；：\s]){0,16}?许可证?(?!证?(?:要求|管理|制度|规定|限制|义务|制|目录))"
    )
}
_PAPERS = re.compile(r"permits", re.IGNORECASE)
# Who or what stands before the verb: a body, an office or who holds it, or how it is done ("quietly permits").
_PERMITTING = re.compile(
    r"\b(?:governments?|ministry|department|bureau|office|agency|administration|cabinet|council|commission|parliament"
    r"|customs|courts?|authorit(?:y|ies)|regulators?|ministers?|officials?|premier|president|leader(?:ship)?|secretary|tsar|czar"
    r"|deal|pact|truce|rules?|law|also|now|again|then|soon|it|he|she|who"
    r"|(?!(?:hour|dai|week|month|quarter|year|cost|ear|on)ly\b)[a-z]+ly)$",
    re.IGNORECASE,
)
# Who lifts a duty to a rate raises it: "lifts tariff on Chinese graphite to 50%".
_LIFTS = re.compile(r"lift(?:s|ed|ing)?", re.IGNORECASE)
_TO_RATE = re.compile(
    r"[^,;:.\n]{0,48}?\b(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|rates?|surcharges?)\b[^,;:.\n]{0,40}?\bto\s(?:a\s)?(?:record\s)?(?!0\s?(?:%|per))\d[\d.]{0,4}\s?(?:%|per\s?cent)",
    re.IGNORECASE,
)
_VERB_LAST = frozenset({"ja", "ko"})
_REACH = 80


def is_no_relief(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether the words of relief of an event all stand upon what is none."""
    relief = [hit for hit in event if _RELIEF.match(hit.entry.concept)]
    return bool(relief) and all(stands_upon_no_curb(reading, hit) for hit in relief)


def _is_noun(reading: Reading, start: int, end: int) -> bool:
    """Whether "permits" are papers, and not what a state that is named before them does."""
    if not _PAPERS.fullmatch(reading.text, start, end):
        return False
    before = reading.text[max(0, start - _REACH) : start].rstrip()
    place = max(0, start - _REACH) + len(before)
    return not _PERMITTING.search(before) and not any(
        reading.span(hit)[1] == place
        for concept, hits in reading.hits.items()
        if concept.startswith(("actor:", "issuer:"))
        for hit in hits[bisect_left(hits, place - _REACH, key=_start) : bisect_left(hits, place, key=_start)]
    )


def raises_a_duty(reading: Reading, hit: Hit) -> bool:
    """Whether a word of lifting stands upon a duty and the rate to which it is lifted."""
    start, end = reading.span(hit)
    return (
        _LIFTS.fullmatch(reading.text, start, end) is not None
        and _TO_RATE.match(reading.text, end, end + 2 * _REACH) is not None
    )


def _is_held_up(text: str, start: int, end: int) -> bool:
    """Whether a word of relief is a permit that is held up, or stands upon a permit or a trade that is, in the passive."""
    return (
        _HELD_UP.match(text, start) is not None
        or _KEPT_BACK.search(text, max(0, start - 8), start) is not None
        or (
            _HALTED.fullmatch(text[start:end].casefold()) is not None
            and _HALTED_TRADE.search(text[max(0, start - _REACH) : start].casefold()) is not None
        )
    )


def _start(hit: Hit) -> int:
    return hit.start


def stands_upon_no_curb(reading: Reading, hit: Hit) -> bool:
    """Whether a word of relief stands upon trade that it halts or a permit that it takes away, or is a permit itself."""
    if hit.entry.concept == HALT:
        return not halts_a_curb(reading, hit)
    language = hit.entry.phrase.language
    if language not in _HALTS:
        return False
    text, (start, end) = reading.text, reading.span(hit)
    if _is_noun(reading, start, end) or raises_a_duty(reading, hit) or _is_held_up(text, start, end):
        return True
    word = text[start:end].casefold()
    before, after = (
        text[max(0, start - _REACH) : start].rpartition("\n")[2],
        without_joints(reading, hit.end, hit.end + _REACH).partition("\n")[0],
    )
    objects = [(_HALTS[language], _TRADE[language]), (_TAKES[language], _PERMITS[language])]
    objects += [(_GIVES[language], _NO_TRADE[language])]
    objects += [(_HALTS[language], _GIVING[language])] if language in _GIVING else []
    last = language in _VERB_LAST
    return any(
        verb.search(word) and (upon.search(before) if last else upon.match(after)) for verb, upon in objects
    )
