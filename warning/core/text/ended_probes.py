"""Probes that a headline says are over: "China drops antitrust probe into Qualcomm", 终止反垄断调查, 調査を打ち切り, 조사 중단.

The probe must be what is ended: the object of the verb, or what stands directly before it. A probe that ends in a fine or a finding is pressure,
and a review without which nothing may be exported or imported is none: stopped, it is the door that shuts.
"""

import re
from functools import lru_cache

from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

OVER = "cue:probe_over"
# A review of applications, by its word and by what stands in the same clause.
_REVIEW = re.compile(r"審査|심사|审查|\breviews?\b", re.IGNORECASE)
_APPLIED_FOR = re.compile(
    r"\b(?:exports?|imports?|exporters?|importers?|shipments?|customs|clearance|licen[cs](?:es?|ing)|permits?|applications?|visas?)\b"
    r"|出口|进口|许可|申请|通关|报关|签证|輸出|輸入|許可|申請|通関|発給|受け付け|受付|ビザ|査証|수출|수입|허가|신청|통관|발급|접수|인허가|비자",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^,;:…。、；，：]*")
_PROBE_EN = r"(?:probes?|investigations?|inquir(?:y|ies)|enquir(?:y|ies)|(?:antitrust|monopoly|dumping)\s(?:case|review)s?|security\sreviews?)"
_ENDED_EN = r"(?:dropped|ended|halted|suspended|closed|terminated|scrapped|shelved|paused|stopped|withdrawn|abandoned|called\soff|discontinued)"
# A word of the object before its head: no other clause, no trade and no second verb.
_WORD_EN = r"(?:(?!(?:as|after|amid|and|while|despite|before|but|following|over|since|until|under|by|with|to|against|on|when|if|in|into|from|exports?|imports?|shipments?|sales|purchases|rejects?|says)\b)[\w’'.&/-]+\s)"
_PATTERNS = {
    "en": re.compile(
        rf"(?<!\bnot )(?<!n't )(?<!n’t )(?<!never )\b(?:(?:drop|end|halt|suspend|clos|terminat|scrap|shelv|paus|stop|withdraw|abandon|discontinu|ax)(?:s|es|ped|ed|e)?|withdrew|calls?\soff|called\soff|winds?\sup|wound\sup|lifts?)\s{_WORD_EN}{{0,5}}?{_PROBE_EN}\b"
        rf"|\b{_PROBE_EN}\b(?:(?!\b(?:as|after|amid|and|while|but)\b)[^,;:.…]){{0,60}}?\s(?:(?:is|are|was|were|be|been|has|have|to)\s)*{_ENDED_EN}\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?<![不未])(?:终止|中止|停止|暂停|结束|撤销|取消|叫停|放弃|撤回)(?:(?!出口|进口|采购|供应|因|后|并)[^，,；;。：:\s]){0,26}?(?:调查|立案|审查)(?!令|员|后|期间)"
        r"|(?:调查|审查)(?:程序)?(?:被|已|将|获|正式|宣布)*(?:终止|中止|停止|暂停|结束|撤销|取消|叫停)"
    ),
    "ja": re.compile(
        r"(?:調査|審査|捜査)(?:手続き)?(?:を|の|は|も|一時|正式に|事実上)*(?:打ち切|打切|終了|終結|終え|中止|停止|取り下げ|取りやめ|撤回|凍結|中断)(?!せず|しない|後)"
    ),
    "ko": re.compile(
        r"(?:조사|심사|수사)(?:절차)?(?:[를은는도]|\s|전격|사실상|일시)*(?:중단|종료|종결|철회|보류|유예|접어|접었|끝내|끝냈)(?!\s?(?:않|안\s|없|거부))"
    ),
}
# What a probe ends in that is no relief.
_PUNISHES = re.compile(
    r"\b(?:fin(?:e|es|ed|ing)|(?<!without )(?<!no )penalt\w+|violat\w+|breach\w*|guilty|impos\w+|refus\w+|declin\w+|reject\w*|duties|demands?|urg\w+|calls?\sfor|asks?)\b"
    r"|罚|违反|认定|裁定|征收|拒绝|要求|敦促|課徴|制裁金|違反|認定|拒否|求め|과징금|벌금|위반|부과|거부|요구|촉구",
    re.IGNORECASE,
)


def is_ended_probe(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether words of an event stand in what a headline tells of the end of a probe."""
    ended = _ended(reading.item.language, reading.title)
    return any(
        start < end_of_word and place < end
        for start, end in ended
        for hit in event
        if not hit.entry.concept.startswith(("actor:", "issuer:", "material:"))
        for place, end_of_word in (reading.span(hit),)
    )


def is_running_probe(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether an event of relief holds a word by which a probe may end, of a headline that ends none."""
    return any(hit.entry.concept == OVER for hit in event) and not is_ended_probe(reading, event)


@lru_cache(maxsize=4096)
def _ended(language: str, title: str) -> tuple[tuple[int, int], ...]:
    """Where a headline tells the end of a probe, from the first of its words to the last."""
    pattern = _PATTERNS.get(language)
    if pattern is None or _PUNISHES.search(title):
        return ()
    return tuple(found.span() for found in pattern.finditer(title) if not _is_of_permits(title, found))


def _is_of_permits(title: str, found: re.Match[str]) -> bool:
    """Whether what ends is the review of what somebody applied for."""
    if not _REVIEW.search(found[0]):
        return False
    first = max(
        (clause.start() for clause in _CLAUSE.finditer(title) if clause.start() <= found.start()), default=0
    )
    last = _CLAUSE.match(title, found.end())
    return _APPLIED_FOR.search(title, first, last.end() if last else len(title)) is not None
