"""Bans that come back, ends of bans that are put off, bans in fact: "paused ban takes effect again", 推迟解除禁令, 事実上の禁輸.

A ban that was put off and is applied, and a reprieve from it that ends, is refused or was never given, bring the ban back. An end of a
ban that is itself put off is no relief, and no ban that was put off; nor does a stop that is a ban in fact relieve, whatever it stops.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from warning.core.text.headline import headline_of, spelled
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

_CURB_EN = (
    r"(?:bans?|embargo(?:es)?|curbs?|controls?|restrictions?|limits?|prohibitions?|rules?|block|measures?)"
)
_FEW_EN = r"(?:\s(?!(?:after|as|amid|and|but|while|with|for|by|over|until|unless)\b)[\w'.&/%-]+)"
_PAUSED_EN = r"(?:paused|suspended|delayed|postponed|shelved|deferred|frozen|halted)"
_BACK_EN = (
    r"(?:(?:takes?|to\stake|goes|go|comes?|to\scome|enters?|puts?|put)\s(?:back\s)?(?:in(?:to)?\s)?(?:effect|force|hold)|kicks?\sin|(?:will|to)\s(?:now\s)?(?:apply|be\senforced|start|begin|bite)"
    r"|is\s(?:now\s)?(?:enforced|applied|back|in\sforce)|(?:back|again)\sin\s(?:force|effect|place)|applies)"
)
# Who ends or puts off a ban that was put off before brings none back.
_UNDONE_EN = r"(?:lift|scrap|drop|cancel|delay|shelv|repeal|remov|postpon|extend|withdraw|abolish|rescind|revok|end|eas|suspend|defer|halt|avoid)(?:s|es|ed|ing|ped|ping|led|ling|e|ling)?"
_RELIEF_EN = r"(?:waivers?|reprieve|pause|suspension|exemption|moratorium|stay|grace\speriod|delay|freeze)"
_CURB_ZH = r"(?:禁令|管制|管控|限制|禁运|禁止|规则)"
_PAUSES_ZH = r"(?:暂停|推迟|暂缓|延期|延后|缓期|搁置|中止)"
_CURB_JA = r"(?:規制|規則|ルール|禁止|禁輸|制限|管理強化)(?:措置|令|命令|規則)?"
_PAUSES_JA = r"(?:猶予|延期|停止|一時停止|凍結|保留|先送り|見送り|見送っ|見合わせ)"
_CURB_KO = r"(?:통제|규칙|룰|금지|규제|제한|금수)(?:\s?(?:조치|령|규정|규칙))?"
_PAUSES_KO = r"(?:유예|연기|중단|보류|동결|정지)"
_BACK = {
    "en": spelled(
        rf"(?P<still>\b{_UNDONE_EN}(?:\s(?:a|an|the|its|all|plans?|to|of|on))*\s)?\b{_PAUSED_EN}{_FEW_EN}{{0,4}}?\s{_CURB_EN}{_FEW_EN}{{0,6}}?\s{_BACK_EN}\b"
        rf"|\b(?:enforces?|imposes?|applies|revives?|reinstates?|activates?|to\s(?:enforce|impose|apply|revive|reinstate|activate))\s(?:its\s|the\s|a\s)?(?:(?:long|once|previously)[ -])?{_PAUSED_EN}{_FEW_EN}{{0,4}}?\s{_CURB_EN}\b"
        rf"|\bputs?{_FEW_EN}{{0,4}}?\s{_CURB_EN}\s(?:on{_FEW_EN}{{1,3}}?\s)?back\sin(?:to)?\s(?:force|effect|place)\b"
        rf"|\b(?:revokes?|scraps?|ends?|withdraws?|cancels?|rescinds?|terminates?|refuses?|rejects?|denies|rules\sout|suspends?|removes?|(?:will\snot|won't|refuses\sto|refused\sto|declines\sto|declined\sto|decides\snot\sto|not\sto|does\snot|did\snot)\s(?:extend|renew|prolong))(?:\s(?:a|the|its|any|one-year|\d+-day))*\s{_RELIEF_EN}(?:\srequests?)?\s(?:suspending|pausing|delaying|from|of|on|to|for|in){_FEW_EN}{{0,4}}?\s{_CURB_EN}\b"
        rf"|\blets?(?:\s(?:a|the|its|any))*\s{_RELIEF_EN}\s(?:from|of|on|to|for|in){_FEW_EN}{{0,4}}?\s{_CURB_EN}\s(?:lapse|expire|end|run\sout)\b"
        rf"|\b{_CURB_EN}{_FEW_EN}{{0,4}}?\s(?:takes\seffect|applies|starts)\s(?:as|after)\s(?:\w+\s){{0,3}}{_RELIEF_EN}\s(?:ends|expires|lapses|runs\sout)\b"
        rf"|\b{_RELIEF_EN}\s(?:of|on|from|to|for|in|suspending|pausing|delaying){_FEW_EN}{{0,4}}?\s{_CURB_EN}\s(?:is\s|was\s|will\s)?(?:not\s(?:be\s)?(?:extended|renewed|prolonged)|lapses?|expires?|runs?\sout|ends?)\b"
        rf"|\b(?:re-?instat(?:es?|ed|ing)|re-?impos(?:es?|ed|ing)|restor(?:es?|ed|ing)|reviv(?:es?|ed|ing)|bring(?:s|ing)?\sback|brought\sback)(?:(?!\s{_RELIEF_EN}\b){_FEW_EN}){{0,5}}?\s{_CURB_EN}\b"
        rf"|\b{_CURB_EN}(?:(?!\s(?:{_RELIEF_EN}|{_UNDONE_EN})\b){_FEW_EN}){{0,4}}?\s(?:(?:is\s|are\s)?back\s(?:in(?:to)?\s)?(?:force|effect|place)|takes?\seffect\sagain|returns?(?!\sto\b)|snaps?\sback|kicks?\sback\sin)\b"
        rf"|\bresum(?:es?|ed|ing)\s(?:enforcement|application|implementation)\sof{_FEW_EN}{{0,4}}?\s{_CURB_EN}\b"
    ),
    "zh": spelled(
        rf"(?:不再|不予|不会|(?<!得)不|拒绝|结束|终止|取消|撤销|撤回|收回|停止|叫停)(?:再|继续|延长)?(?:对[^，,；;。：\s]{{1,14}}?)?{_PAUSES_ZH}(?:对|执行|实施|适用|的)*[^，,；;。：\s]{{0,14}}?{_CURB_ZH}"
        rf"|(?:不再|不予|拒绝|结束|终止|取消|撤销|撤回|收回)[^，,；;。：\s]{{0,14}}?{_CURB_ZH}(?:的)?(?:{_PAUSES_ZH}|豁免期|宽限)"
        rf"|(?:此前|曾|被|已|一度)?{_PAUSES_ZH}(?:执行|实施|已久|一年|多时)*的[^，,；;。：\s]{{0,14}}?{_CURB_ZH}(?:措施)?(?:将|即日起|今起|今日|重新|再度|再次|正式|恢复|开始|已)*(?:生效|实施|施行|执行|启用|落地)"
        rf"|(?:取消|撤销|终止|停止|暂停|收回|撤回|结束)[^，,；;。：\s]{{0,14}}?(?:许可|管制|限制|禁令)证?的?(?:豁免|例外)"
        rf"|(?:恢复|重新|重启)(?:执行|实施|施行|适用)[^，,；;。：\s]{{0,14}}?{_CURB_ZH}"
        rf"|(?:实施|启用|执行|发布|启动)(?:此前|曾|被|已|一度)*{_PAUSES_ZH}(?:执行|实施|已久|一年|多时)*的[^，,；;。：\s]{{0,14}}?{_CURB_ZH}"
    ),
    "ja": spelled(
        rf"{_PAUSES_JA}(?:し|って|され)?(?:て)?(?:いた|きた|中の|た)[^。、\s]{{1,20}}?{_CURB_JA}[をがも](?:再び|再度|正式に|\d+日に?|きょう)*(?:発動|施行|実施|適用|発効|開始|強行|導入|再開)(?!(?:を|は|も|の|再び|さらに|また|再|計画|方針|[\d一二三]+(?:年|カ月|か月))*(?:せず|しない|見送|延期|検討|停止|先送り|猶予|撤回|中止))"
        rf"|{_CURB_JA}(?:の|を|で|は|に|　|\s|一部|適用|実施|発動|全面)*{_PAUSES_JA}(?:期間|措置|要請|請求|申請|論|案|の|を|は|が|も|なお)*(?:認めず|認めない|与えず|なし|無し|せずに?(?:実施|施行|適用|発動|強行)?|しない|延長(?:を|は|も)*(?:せず|しない|見送|拒否|拒む|認めず|認めない|なし|断念)|終わらせる|終える|終わり|終わる|終了|なくす|廃止|過ぎる|切れ|解く|解か|打ち切|見送|拒否|拒む|拒絶|否定|一蹴|退け|撤回|取り消|破棄)"
        rf"|{_CURB_JA}(?:の(?:適用|施行|発動|実施))?を?(?:再開|復活|再適用|再発動|再施行)"
        rf"|(?:禁止|禁輸|規制)を(?:当面|一切|全く|もはや)?{_PAUSES_JA}(?:期間)?(?:なしで|なしに|なく|せず)"
    ),
    "ko": spelled(
        rf"{_PAUSES_KO}(?:\s?(?:했|됐|하|되|해|돼|해\s?(?:왔|뒀|온)|돼\s?왔)(?:던|온)|한|된)\s[^…,]{{1,24}}?{_CURB_KO}(?:를|을|가|이|는|은)?\s?(?:다시|전격|결국|본격|재차|내달|\d+일)*\s?(?:시행|발동|적용|강행|재개|발효|실시|도입|단행)(?!(?:을|를|은|도|또|다시|더|계획|방침|재|\d+년|\d+개월|\s)*(?:않|안\s|연기|보류|검토|유예|철회|취소|미뤄|늦춰|백지화))"
        rf"|{_CURB_KO}(?:를|을|의|에|은|는|,)?\s?(?:시행|적용|발효)?\s?{_PAUSES_KO}\s?(?:기간|조치|요청|요구|신청|론|설|방안)?(?:을|를|은|는|이|가|도)?\s?"
        r"(?:연장(?:을|은|도)?\s?(?:않|안\s?(?:한|해|하)|하지\s?않|불발|무산|거부|불허|없이|없다|없어|없음|안\s?돼)|없이|없다|없어|없음|불허|거부|일축|부인|깨고|깨|접고|접어|풀고|풀어|중단|철회|취소|폐지|종료|끝나|끝내|만료|지나|안\s?(?:한다|해|준다|하기로|해줘)|하지\s?않|않기로|않는다|주지\s?않)(?!\s?(?:안\s|않|연기|보류|미뤄))"
    ),
}
# What is only thought of, and a reprieve that goes on.
_GOES_ON = {
    "en": spelled(
        r"\b(?:could|may|might|would|if|considers?|mulls?|weighs?|urged?|urges|asks?|calls?|threatens?|vows?|seeks?|n't\send|not\send|yet\sto)\b"
        r"|(?<!not\s)(?<!n't\s)(?<!refuses\sto\s)(?<!declines\sto\s)(?<!rules\sout\s)(?<!refused\sto\s)(?<!declined\sto\s)(?<!no\s)(?<!not\sbe\s)\b(?:extend(?:s|ed|ing)?|extension)\b"
    ),
    "zh": spelled(r"考虑|或将|可能|呼吁|敦促|促请|威胁|扬言|传|(?<!不)(?<!不再)(?<!不予)(?<!拒绝)延长"),
    "ja": spelled(
        r"検討|可能性|求め|要求|警告|示唆|か$|観測|恐れ|延長(?!を?(?:せず|しない|認めず|拒|見送|なし))"
    ),
    "ko": spelled(
        r"검토|가능성|촉구|경고|시사|우려|하나$|전망|압박|연장(?!을?\s?(?:안|않|없|불허|거부|불발|하지))"
    ),
}
_ENDS_EN = r"(?:lifting|easing|removing|removal|ending|relaxing|relaxation|scrapping|end|rollback|loosening|repeal|withdrawal|unwinding|phase-?out|dropping)"
_ENDS_ZH = r"(?:解除|取消|放宽|放松|撤销|废除|终止|解禁|松绑|结束)"
# An end of a ban that is put off.
_NOT_YET = {
    "en": spelled(
        rf"\b(?:postpon(?:es?|ed|ing)|delay(?:s|ed|ing)?|defer(?:s|red|ring)?|hold(?:s|ing)?\soff(?:\son)?|held\soff(?:\son)?|put(?:s|ting)?\soff|shelv(?:es?|ed|ing)|push(?:es|ed|ing)?\sback|suspend(?:s|ed|ing)?|halt(?:s|ed|ing)?|paus(?:es?|ed|ing)|stall(?:s|ed|ing)?|backs\s(?:off|away\sfrom|out\sof)|freez(?:es?|ing)|stops|stopped)"
        rf"(?:\s(?:the|its|a|any|planned|on|of|promised|plans?|to|for|partial|full))*\s(?:(?:{_ENDS_EN})(?:\s(?:of|to))?|ease|lift|remove|end|relax|scrap){_FEW_EN}{{0,5}}?\s{_CURB_EN}\b"
        rf"|\b(?:fail(?:s|ed)?\sto|refus(?:es|ed)\sto|declin(?:es|ed)\sto|unable\sto|without)\s(?:{_ENDS_EN}|ease|lift|remove|end|relax|scrap){_FEW_EN}{{0,5}}?\s{_CURB_EN}\b"
        rf"|\b(?:{_ENDS_EN})(?:\sof)?{_FEW_EN}{{0,4}}?\s{_CURB_EN}\s(?:is\s|was\s|gets\s)?(?:delayed|postponed|put\soff|shelved|deferred|pushed\sback)\b"
        rf"|\b{_CURB_EN}\s(?:lifting|easing|removal|rollback|relaxation)\s(?:is\s|was\s)?(?:delayed|postponed|put\soff|shelved|on\shold|deferred|pushed\sback)\b"
    ),
    "zh": spelled(
        rf"(?:推迟|延后|延迟|推后|暂缓|搁置|暂不|暂停|延期|押后|缓议|迟迟不|迟迟未|尚未|未)(?:对[^，,；;。：\s]{{1,12}}?)?{_ENDS_ZH}(?!期限)[^，,；;。：\s]{{0,16}}?{_CURB_ZH}"
        rf"|(?:推迟|延后|搁置|暂缓)[^，,；;。：\s]{{0,14}}?{_CURB_ZH}(?:的)?{_ENDS_ZH}"
        rf"|{_CURB_ZH}(?:的)?{_ENDS_ZH}(?:时间|日期|计划|被|将|再次|再度|遭)*(?:推迟|延后|延期|延迟|搁置|押后)"
    ),
    "ja": spelled(
        rf"{_CURB_JA}(?:の|を|一部|全面|早期|段階的)*(?:解除|緩和|撤廃|解禁|撤回|廃止|終了)(?:の|を|は|も|が|に|時期|期限|方針|計画|再び|再度|さらに|[\d一二三]+(?:年|カ月|か月|ヵ月)|当面)*(?:延期|先送り|見送|保留|凍結|遅らせ|棚上げ|見合わせ|遅れ|ずれ込|延び|停止|中止|中断)(?!せず|しない)"
        rf"|{_CURB_JA}の?解禁(?:を|は)?(?:延期|先送り|見送)"
    ),
    "ko": spelled(
        rf"{_CURB_KO}(?:의|를|을)?\s?(?:일부\s?|전면\s?)?(?:해제|완화|철폐|철회|폐지|종료)(?:\s?(?:시기|시점|계획|방침|기한|조치))?(?:를|을|은|는|도|의)?\s?(?:또|다시|재차|당분간|\d+년|\d+개월)*\s?(?:연기|보류|미뤄|미루|미룬|유예|늦춰|늦추|늦춘|중단|지연|백지화)(?!\s?(?:없|않|안\s))"
    ),
}
# A stop that is a ban in fact.
_IN_FACT = {
    "en": spelled(
        r"\b(?:effectively|in\seffect|amounting\sto|tantamount\sto|virtual(?:ly)?|de\sfacto)(?:\s(?:a|an|the))?\s(?:\w+\s){0,2}(?:ban|embargo|halt)|\bban\sin\sall\sbut\sname"
    ),
    "zh": spelled(r"(?:实为|等同于?|等于|形同|变相|事实上的?|实质)(?:全面)?(?:禁令|禁止|禁运|禁)"),
    "ja": spelled(
        r"事実上の?[^。、\s]{0,10}?(?:禁止|禁輸)(?!(?:措置)?(?:を|の|も|は)?(?:全面|一部|一時)*(?:解除|撤廃|緩和|停止|撤回|終了|延期|猶予|凍結))"
    ),
    "ko": spelled(
        r"사실상(?:의)?\s?(?:\S+\s){0,3}?(?:금지|금수)(?!\s?(?:조치)?(?:를|을|도)?\s?(?:해제|철회|완화|폐지|풀|종료|유예|연기))"
    ),
}
_LIFTED = {
    "en": spelled(
        r"\b(?:lift(?:s|ed|ing)?|eas(?:es|ed|ing)|ease|remov(?:es?|ed|ing|al)|end(?:s|ed|ing)?|relax(?:es|ed|ing)?|scrap(?:s|ped|ping)?|drop(?:s|ped|ping)?|loosen(?:s|ed|ing)?|repeal(?:s|ed|ing)?|withdr(?:aws|ew|awn))\b"
    ),
    "zh": spelled(r"解除|取消|放宽|放松|撤销|废除|终止|结束|松绑"),
    "ja": spelled(r"解除|緩和|撤廃|撤回|廃止|終了|終え|解禁|再開"),
    "ko": spelled(r"해제|완화|철폐|철회|폐지|종료|풀어|풀고|재개"),
}
# A reprieve that is made longer, though its end be named.
_EXTENDED = {
    "en": spelled(
        r"(?<!not\s)(?<!n't\s)(?<!refuses\sto\s)(?<!declines\sto\s)(?<!refused\sto\s)(?<!declined\sto\s)\bextend(?:s|ed|ing)?(?:\s[\w'-]+){0,4}?\s(?:pause|suspension|reprieve|waiver|moratorium|freeze)\b"
    ),
    "zh": spelled(r"(?<!不)(?<!不再)(?<!不予)(?<!拒绝)延长[^，,；;。：\s]{0,12}?(?:暂停|推迟|暂缓|中止)"),
    "ja": spelled(
        r"(?:猶予|停止|凍結)(?:期間|措置|の|を|が|は|も|終了|終わる|前|に|期限|切れ|[\d一二三]+(?:年|カ月|か月)|さらに|再)*(?:延長|延期)(?!を?(?:せず|しない|認めず|拒|見送|なし))"
    ),
    "ko": spelled(
        r"(?:유예|중단|정지)\s?(?:기간|조치)?(?:[을를의]|\s|종료|만료|시점|기한|앞두고|앞서|내년|내달|으로|[\d]+년|[\d]+개월|또|다시|더|재)*연장(?!을?\s?(?:안|않|없|불허|거부|불발|하지))"
    ),
}
_RELIEVING = frozenset(
    {"cue:let_go", "cue:ease", "cue:suspend", "cue:end", "cue:relief", "cue:halt", "cue:lapse", "cue:put_off"}
)
_NAMES = ("actor:", "issuer:", "material:", "act:")
_CLAUSE = re.compile(r"[,;:\u2013…。、；，：]")
_Spans = tuple[tuple[int, int], ...]
_KEPT: WeakKeyDictionary[Reading, tuple[_Spans, _Spans, _Spans]] = WeakKeyDictionary()


def brings_a_ban_back(reading: Reading) -> bool:
    """Whether a headline tells that a ban that was put off applies, or that a reprieve from it ends or is refused."""
    return bool(_kept(reading)[0])


def puts_an_end_off(reading: Reading) -> bool:
    """Whether a headline tells that the end of a ban is itself put off."""
    return bool(_kept(reading)[1])


def is_extended(reading: Reading) -> bool:
    """Whether a headline makes a reprieve longer: its end, if it is named, has not come."""
    extended = _EXTENDED.get(reading.item.language)
    return extended is not None and extended.search(headline_of(reading).text) is not None


def is_kept_ban(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether the words of relief of an event stand in what a headline brings back, in an end that it puts off, or with a ban in fact."""
    spans = sum(_kept(reading), ())
    if not spans:
        return False
    words = [hit for hit in event if hit.entry.concept in _RELIEVING]
    named = words or [hit for hit in event if not hit.entry.concept.startswith(_NAMES)]
    return any(_is_in(reading.span(hit), spans) for hit in named)


def _is_in(place: tuple[int, int], spans: _Spans) -> bool:
    return any(place[0] < end and start < place[1] for start, end in spans)


def _kept(reading: Reading) -> tuple[_Spans, _Spans, _Spans]:
    kept = _KEPT.get(reading)
    if kept is None:
        kept = _KEPT[reading] = _read(reading)
    return kept


def _read(reading: Reading) -> tuple[_Spans, _Spans, _Spans]:
    """Where a ban comes back, where an end of one is put off and where a stop is a ban in fact: clauses in the original text."""
    language, headline = reading.item.language, headline_of(reading)
    if language not in _BACK:
        return (), (), ()
    text = headline.text
    clauses = _clauses(text)

    def told(found: Iterable[re.Match[str]]) -> _Spans:
        return tuple(dict.fromkeys(headline.span(*_clause(clauses, one)) for one in found))

    not_yet = tuple(headline.span(*found.span()) for found in _NOT_YET[language].finditer(text))
    in_fact = () if _LIFTED[language].search(text) else told(_IN_FACT[language].finditer(text))
    if not_yet or in_fact or _GOES_ON[language].search(text):
        return (), not_yet, in_fact
    back = (one for one in _BACK[language].finditer(text) if not one.groupdict().get("still"))
    return told(back), (), ()


def _clauses(text: str) -> list[int]:
    """Where the clauses of a headline begin, and where the last one ends."""
    return [0, *(cut.end() for cut in _CLAUSE.finditer(text)), len(text) + 1]


def _clause(clauses: list[int], found: re.Match[str]) -> tuple[int, int]:
    """The clauses that a match stands in."""
    return clauses[bisect_right(clauses, found.start()) - 1], clauses[bisect_left(clauses, found.end())] - 1
