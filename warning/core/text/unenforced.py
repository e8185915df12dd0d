"""Bans that are put off or not enforced: "FCC stops enforcing ban on Huawei gear", 推迟对中国产路由器的禁令, 禁止を延期, 금지 집행 보류.

The ban must be what is put off: in English, where the headline opens with the office, and Chinese behind the word that puts off with no
clause, second verb or reason between, in Japanese, Korean and at the end of Chinese headlines directly before it. A headline that tells
an end or a return (终止暂停, 猶予を撤回, 유예 철회) or a further act ("reprieve from ban, adds DJI to list") puts nothing off. A ban that is told beside ("bans routers, delays ban on cameras"),
a delay that is refused or has ended, and trade that is put off ("delays shipments under export ban") stay what they are.
"""

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from warning.core.text.goods_rows import without_joints
from warning.core.text.headline import Headline, headline_of, spelled
from warning.core.text.matcher import Hit, Hits
from warning.core.text.reading import Reading

PUT_OFF = "cue:put_off"
_SPACES = re.compile(r"\s{2,}")
# What bars: the noun, or the rule that does so.
# A form that may be a verb is none of a state's that stands before it: "Nvidia delays chip China bans".
_BAN_EN = (
    r"(?:ban|banning|barring|prohibitions?|prohibiting|blocking|exclusion|excluding|curb|restrictions?|crackdown"
    r"|(?<!China )(?<!Beijing )(?<!Washington )(?<!US )(?<!U\.S\. )(?<!Japan )(?<!Korea )(?<!EU )(?<!Taiwan )(?:bans|bars|prohibits|blocks|curbs))"
)
# The headline opens with the office that puts off; no verb of its own, and nothing that has come before or is refused.
_OFFICE_EN = (
    r"(?:(?!\S{0,12}n['’]t\b|(?:stop|end|cancel|scrap|rul|drop|abandon|refus|declin|reject|den[iy]|revers|rescind|revok|withdraw|lift|overturn"
    r"|ban|bar|block|prohibit|curb|restrict|add|halt|delay|void|quash|quit|ceas|avoid|overrid)(?:s|es|ed|ing|ning|ping|d|ies|y)?\b"
    r"|(?:no|not|never|without|after|despite|as|amid|before|following|who|that|which|because|since|until)\b)[\w’'.&/-]+\s){1,6}?"
)
# Between the step and the ban: no other clause or reason, and no trade or leave that is what is put off.
_PART_EN = (
    r"(?:as|after|amid|and|while|despite|before|but|following|over|since|until|unless|under|by|with|to|against|for|on|when|if|in|into|through|throughout|from|of|via|using|within|at|per"
    r"|waivers?|exemptions?|exceptions?|permits?|licen[cs]\w*|shipments?|clearances?|customs|exports|imports|sales|deliver\w+|approvals?|suppl\w+|relief|reprieves?|cargo\w*|trade|suspension|pause|delays?)"
)
_STEP_EN = (
    # Enforcement that is stopped, declined or put off.
    r"(?:(?:stop|halt|paus|suspend|ceas|quit|delay|postpon|defer)(?:s|es|ed|ing|e)?|declin(?:es|ed|ing|e)(?:\sto)?|refus(?:es|ed|ing|e)\sto|won['’]t|(?:will|does|do|did|would)\snot|no\slonger"
    r"|hold(?:s|ing)?\soff(?:\son)?|backs?\soff|gives?\sup)\s+(?:(?:the|its|from)\s)?(?:enforc(?:ing|ement\sof|es|e)|implement(?:ing|ation\sof|s)?|appl(?:ying|ication\sof|y))"
    # The ban itself, or its day, that is put off.
    r"|(?:delay|postpon|defer|shelv|soften)(?:s|es|ing|e)?|put(?:s|ting)?\s(?:off|on\shold)|push(?:es|ing)?\sback|hold(?:s|ing)?\soff(?:\son)?|back(?:s|ing)?\s(?:off|away\sfrom|down\son)|stays(?=\s(?:its\s|the\s)?\w*\s?ban\b)"
    r"|(?:extend|push|mov)(?:s|es|ing)?\s(?:back\s)?(?:the\s)?deadline\s(?:for|of|on)|(?:grants?|gives?|wins?|gets?)\s(?:\w+\s){0,2}(?:reprieve|grace\speriod|delay)\s(?:from|on|before|in)"
    rf"|(?:suspend|paus|halt|stop)(?:s|es|ing)?(?=\s(?:(?:the|its|a|an|own|planned|new|rule|rules|that|which)\s){{0,3}}(?:ban|bans|prohibition|{_BAN_EN})\b)"
    r"|(?:stop|halt|suspend)(?:s|ing)?\s(?:\w+\s)?rule(?=\s(?:that\s|which\s)?(?:bar|ban|block))"
)
_EN = spelled(
    rf"^{_OFFICE_EN}(?P<step>{_STEP_EN})(?=\s)(?:\s(?!(?:{_PART_EN}|{_BAN_EN})\b)[\w’'.&/-]+){{0,6}}\s(?P<ban>{_BAN_EN})\b(?!['’]?s?\s(?:list|waiver|exempti|excepti|suspen|pause|reprieve|delay|moratori|relief|carve))"
)
_DONE_ZH = r"(?:执行|实施|施行|落实|生效|适用)"
# The ban as a thing, and the verb that bars: it is put off only where it follows at once, or after whom it is against.
_BAN_ZH = r"(?:(?:禁止?|禁用|禁售|禁运|封杀|排除)(?:命令|令|规定|规则|措施|条款)|禁令)"
_BARS_ZH = r"(?:禁止|禁用|禁售|封杀|排除)(?!分|不)"
# What else may be put off or not carried out: talks, visits, purchases, deals.
_ELSE_ZH = (
    r"(?:谈判|会谈|会晤|峰会|会议|磋商|对话|访|出席|采购|购买|订购|协议|协定|共识|休战|停战|和解|承诺|配额|签署|投票|听证|并|和|同时|转而|改|因|后|致|遭|受"
    r"|许可|审批|通关|清关|发货|交付|出货|装运|豁免|例外|形同|变相|等同|等于|视同|以|为|中[国方](?:禁|封|排))"
)
_NEXT_ZH = rf"(?:(?!{_ELSE_ZH})[^，,；;。：:\s、])"
_ZH = spelled(
    rf"(?<![不未无再没免])(?<!拒绝)(?<!没有)(?<!并未)(?<!结束)(?P<step>(?:推迟|延后|延迟|推后|缓期|暂缓|搁置){_DONE_ZH}?|(?:暂停|停止|中止|不再|暂不|拒绝|放弃){_DONE_ZH})"
    rf"(?:{_NEXT_ZH}{{0,18}}?(?P<ban>{_BAN_ZH})|(?:原定|拟议的?|计划|全面|其|该|关于|有关|(?:[对在向针]|明年|年底|年内|[下本]月|\d){_NEXT_ZH}{{1,12}}?){{0,2}}?(?P<bars>{_BARS_ZH}))(?!的?(?:豁免|例外|暂停|宽限|缓期|推迟|延|许可))"
    rf"|禁令(?:的)?{_DONE_ZH}?(?:时间|日期|期限)?(?:将|被|已|获|再|再次|一年|半年|\d+年|\d+个月)*(?:(?:推迟|延后|延期|延迟|推后|暂缓|搁置)(?=$|[，,。；;…！!\s至到了一半数\d]|{_DONE_ZH})|暂停{_DONE_ZH}|停止{_DONE_ZH})"
)
_JA = spelled(
    r"(?:禁止|禁輸|排除|撤去|締め出し|使用制限)(?:措置|令|規則|規定|命令|計画|の|を|は|も|適用|施行|実施|執行|開始|発効|期限|一部|当面|さらに|再び|\d|[一二三]|年|間|カ月|か月)*"
    r"(?:(?:延期|先送り|見送|猶予|棚上げ|保留|遅らせ|見合わせ|凍結|一時停止)(?!分|物|中|案件|申請|通知|貨物|扱い)|(?:執行|適用|施行|実施)(?:を)?(?:当面|一時)?(?:停止|せず|しない|取りやめ))(?!せず|しない|なし|を拒|拒否|は認めず|を認めず|終了|を終)"
)
_KO = spelled(
    r"(?:금지|배제|퇴출|차단|철거)(?:령|법|조치|규정|규칙|계획|시행|집행|적용|발효|시점|기한|[을를은는도의]|\s|일부|당분간|또|다시|\d|일년|년|개월|간)*"
    r"(?:(?:연기|유예|보류)(?!\s?(?:분|물|건|통보|통지|신청|화물|상태|론))|미뤄|미루|미룬|늦춰|늦추|(?<=[행용치령를을]\s)중단|(?<=[행용치령])중단|(?:집행|시행|적용)(?:하지)?\s?(?:않기로|않는다|안\s?한다|안\s?하기로))(?!\s?(?:없|않|거부|불가|안\s|종료|끝))"
)
# What returns ends the delay itself, and a further act stands on its own: then nothing of the headline is put off.
_VOID = {
    "en": spelled(
        r"\b(?:reinstat|restor|resum|reimpos|reviv|expir|laps|cancel|scrap|revok|rescind|withdraw|overturn|terminat)\w*"
        r"|(?:[,;:|–—]|\b(?:and|but|as|while|then))\s(?:\w+\s){0,2}(?:adds|bans|bars|blocks|widens|expands|tightens|imposes|blacklists|restricts|lists|prohibits|curbs)\b"
    ),
    "zh": spelled(
        r"终止|取消|撤[销回]|结束|解除|废[除止]|期满|到期|届满|失效|恢复|重启|叫停|不再(?:暂|推|延|缓)"
    ),
    "ja": spelled(r"撤回|打ち切|打切|取り?消|失効|解除|期限切|終了|終える|満了|再開|復活|再導入|再発動|廃止"),
    "ko": spelled(r"철회|취소|만료|해제|폐지|파기|종료|끝|재개|부활|재도입|번복|거둬"),
}
_PATTERNS = {"en": _EN, "zh": _ZH, "ja": _JA, "ko": _KO}


def is_unenforced(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether the ban that an event tells in a headline is one that is put off, or that is not enforced; never one that returns."""
    put_off = _put_off(reading)
    return bool(put_off) and any(
        start < end_of_word and place < end
        for start, end in put_off
        for place, end_of_word in map(reading.span, event)
    )


def is_ban_in_force(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether an event of relief holds a word of putting off, of a headline that puts no ban off."""
    return any(hit.entry.concept == PUT_OFF for hit in event) and not is_unenforced(reading, event)


_KEPT: WeakKeyDictionary[Reading, tuple[Hits, tuple[tuple[int, int], ...]]] = WeakKeyDictionary()


def _put_off(reading: Reading) -> tuple[tuple[int, int], ...]:
    """Where the bans stand in a headline that are put off, and the words that put them off; goods may stand between the two."""
    kept = _KEPT.get(reading)
    if kept is None or kept[0] is not reading.hits:
        kept = _KEPT[reading] = reading.hits, tuple(_find(reading))
    return kept[1]


def _find(reading: Reading) -> Iterator[tuple[int, int]]:
    pattern, headline = _PATTERNS.get(reading.item.language), headline_of(reading)
    if pattern is None or _VOID[reading.item.language].search(headline.text):
        return
    for found in pattern.finditer(_joined(reading, headline)):
        named = [found.span(name) for name in ("step", "ban", "bars") if found.groupdict().get(name)]
        for start, end in named or [found.span()]:
            yield headline.span(start, end)


def _joined(reading: Reading, headline: Headline) -> str:
    """The headline, an English one with its goods as one word for what joins them: "delays bauxite and nickel ore ban"."""
    if reading.item.language != "en":
        return headline.text
    text = reading.folded.text
    joined = without_joints(reading, 0, len(text))
    if joined == text:
        return headline.text
    joints = {
        reading.folded.origin(place)
        for gap in _SPACES.finditer(joined)
        if gap.group() != text[gap.start() : gap.end()]
        for place in range(*gap.span())
    }
    return "".join(
        "-" if place in joints else one for one, place in zip(headline.text, headline.places, strict=False)
    )
