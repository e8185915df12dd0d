"""Which way a headline moves a duty: "ends tariff pause", 取消对华关税减让, 関税引き下げを撤回, 관세 유예 해제 bring it back, "cuts duty to 10%" lowers it.

The words of relief are the same both ways; what they stand upon decides. A duty that is lifted by points, to a rate, or whose rate is
lifted, is raised.
"""

import re
from functools import lru_cache

from warning.core.text.reading import Reading

_DUTY_EN = r"(?:tariffs?|dut(?:y|ies)|lev(?:y|ies))"
_RELIEF_EN = r"(?:pauses?|suspensions?|relief|reprieve|cuts?|reductions?|rollbacks?|truce|ceasefire|cap|deal|concessions?|freeze|moratorium)"
_ENDS_EN = (
    r"(?<!not\s)(?<!n't\s)(?<!never\s)\b(?:(?<!not\s)(?<!n't\s)(?:to|will)\s(?:end|scrap|cancel|revoke|rescind|withdraw|drop|suspend|remove|lift|terminate|halt|reverse|abandon)"
    r"|ends|ended|ending|scraps|scrapped|cancels|cancell?ed|revokes|revoked|rescinds|rescinded|withdraws|withdrew|drops|dropped|suspends|suspended|removes|removed"
    r"|lifts|lifted|terminates|terminated|halts|halted|stops|stopped|pauses|paused|reverses|reversed|abandons|abandoned|axes|axed|voids|tears\sup|tore\sup|cuts?\sshort)"
)
# A word that is neither the object's head nor begins another clause or adjunct.
_WORD_EN = r"(?:\s(?!(?:with|without|in|by|at|on|for|from|after|as|amid|and|but|while|to|under|over|before|of|when|if)\b)[\w’'.&/-]+)"
_LIFT_EN = r"\blift(?:s|ed|ing)?\b"
_RATE_EN = r"(?:[1-9][\d.]*\s?(?:%|per\s?cent|percentage\spoints?|points?|pp\b)|(?:double|triple)[ -]digits?)"
_BACK = {
    "en": re.compile(
        rf"{_ENDS_EN}{_WORD_EN}{{0,3}}?\s{_DUTY_EN}\s{_RELIEF_EN}\b(?!\stalks)"
        rf"|{_ENDS_EN}{_WORD_EN}{{0,3}}?\s{_RELIEF_EN}\s(?:of|on|in|to|for|from|over)(?:\s[\w’'.&/%-]+){{0,4}}?\s{_DUTY_EN}\b"
        rf"|{_ENDS_EN}\s(?:cutting|lowering|reducing|suspending|pausing|waiving)(?:\sof)?{_WORD_EN}{{0,3}}?\s{_DUTY_EN}\b"
        rf"|\blets{_WORD_EN}{{0,3}}?\s{_DUTY_EN}\s{_RELIEF_EN}\b[^,;:]{{0,40}}?\s(?:expire|lapse|run\sout)\b"
        # A duty that is lifted to a rate, by so much, or whose rate is lifted.
        rf"|{_LIFT_EN}[^,;:]{{0,48}}?\b(?:{_DUTY_EN}|tax(?:es)?|rates?)\b[^,;:]{{0,48}}?\s(?:to|by)\s(?:(?:a|an|about|nearly|another|record|at\sleast|up\sto|as\smuch\sas)\s)*{_RATE_EN}"
        rf"|{_LIFT_EN}[^,;:%\d]{{0,40}}?\b(?:tariff|duty|levy)\s(?:rates?|levels?)\b(?!\s(?:quota|cut|cap|freeze))",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?<![不未])(?:取消|撤销|撤回|结束|终止|停止|暂停|废止|收回|解除|推翻|叫停)[^，,；;。、：:\s并和及]{0,12}?关税(?:的|加征|税率|部分)*(?:暂停(?![\d加实对征])|减让|下调|降低(?!成本)|减免|休战|停战|休兵|缓征|宽限|减半|削减|暂缓)"
        r"|(?<![不未])(?:取消|撤销|撤回|结束|终止|停止|暂停|叫停)(?:降低|下调|减免|减让|削减|减征|调降)[^，,；;。、：:\s]{0,12}?关税"
        r"|(?<![不未])(?:取消|撤销|撤回|结束|终止|停止|不再)(?:暂停|暂缓|缓征)[^，,；;。、：:\s]{0,14}?关税"
    ),
    "ja": re.compile(
        r"関税(?:率|の|を|一部|一時|適用)*(?:停止|猶予|引き下げ|引下げ|減免|軽減|休戦|半減|凍結|緩和|撤廃)(?:措置|期間|合意|方針|決定|の|を|は|も)*"
        r"(?:撤回|取り消|取消|取りやめ|解除|打ち切|終了|中止|破棄|廃止|停止|終え|白紙|中断|失効)(?!せず|しない|なし|前|直前|後|を拒|を否定|を前)"
    ),
    "ko": re.compile(
        r"관세(?:율|의|를|에 대한|추가|한시|일부|\s|\d+일|\d+년)*(?:인하|유예|감면|중단|면제|휴전|완화|동결|감축|경감)(?:조치|기간|합의|방침|결정|를|을|의|\s)*"
        r"(?:철회|해제|폐지|종료|취소|중단|파기|번복|백지화|만료)(?!\s?(?:않|안\s|전|앞|없|하루|직전|시한|후))"
    ),
}
_LESS_EN = r"(?:cuts?|cutting|lower(?:s|ed|ing)?|slash(?:es|ed|ing)?|reduc(?:es?|ed|ing)|halv(?:es?|ed|ing)|trim(?:s|med)?|suspend(?:s|ed|ing)?|paus(?:es?|ed|ing)|rolls?\sback|rolled\sback|waiv(?:es?|ed|ing))"
_LOWERED = {
    "en": re.compile(
        rf"\b{_LESS_EN}(?:\s(?!(?:with|as|after|amid|and|but|while|to|by|in|under|before|when|if|exclusions?|exemptions?|imports?|exports?|sourcing|threshold|quotas?)\b)[\w’'.&/%-]+){{0,5}}?\s{_DUTY_EN}\b(?![ -](?:free|exempt|exemptions?|exclusions?|waivers?|relief))"
        rf"|\b{_DUTY_EN}(?:\s(?!(?:as|after|amid|and|but|while|when|if)\b)[\w’'.&/-]+){{0,5}}?\s(?:cut|halved|lowered|reduced|slashed|suspended|paused|dropped|drops|down|falls|fall)\s(?:to|for|by|from|until)\b"
        rf"|\bextend(?:s|ed)?{_WORD_EN}{{0,3}}?\s(?:{_DUTY_EN}\s(?:pause|suspension|reprieve|truce)|(?:pause|suspension)\s(?:of|on)\s(?:\w+\s){{0,3}}?{_DUTY_EN})\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:下调|降低|调降|削减|减征|减半|暂停|停止|停征|暂免|免征|继续缓|缓征)[^，,；;。：:\s]{0,16}?(?:关税|税率|加征)"
        r"|(?:关税|税率|芬太尼税)[^，,；;。：:]{0,12}?(?:下调|降至|降到|降为|调降|降低|减半|砍半|减至)"
    ),
    "ja": re.compile(r"関税[^、。；\s]{0,14}?(?:引き下げ|引下げ|半減|停止|猶予|撤廃|免除|に下げ|減免)"),
    "ko": re.compile(r"관세[^,·…]{0,14}?(?:인하|낮춰|낮춘|낮췄|유예|철폐|면제|철회|반으로)"),
}
_RAISED = re.compile(
    r"\b(?:rais(?:es?|ed|ing)|impos(?:es?|ed|ing)|re-?impos\w*|hik(?:es?|ed|ing)|hits|slaps?|slapped|doubl\w+|tripl\w+|quadrupl\w+|higher|increases?|charges|rises?)\b"
    r"|加征|上调|提高|升至|涨至|翻倍|翻番|开征|恢复|引き上げ|課す|発動|倍増|再開|인상|부과|발동|올려|올린|올렸|두 배|곱절|재개",
    re.IGNORECASE,
)
_ANY_DUTY = re.compile(r"tariff|dut(?:y|ies)|lev(?:y|ies)|关税|関税|관세", re.IGNORECASE)


def brings_a_duty_back(reading: Reading) -> bool:
    """Whether a headline tells that relief from a duty ends, or that a duty is lifted by so much or to a rate."""
    return _moves(reading.item.language, reading.title)[0]


def lowers_a_duty(reading: Reading) -> bool:
    """Whether a headline tells that a duty is cut, suspended or kept so, and of none that is raised."""
    return _moves(reading.item.language, reading.title)[1]


@lru_cache(maxsize=256)
def _moves(language: str, title: str) -> tuple[bool, bool]:
    if language not in _BACK or not _ANY_DUTY.search(title):
        return False, False
    if _BACK[language].search(title):
        return True, False
    lowered = _LOWERED[language].search(title)
    if lowered is None:
        return False, False
    return False, not _RAISED.search(title[: lowered.start()] + " " + title[lowered.end() :])
