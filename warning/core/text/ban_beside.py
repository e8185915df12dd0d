"""The two clauses of a headline that eases one thing and bans another: "lifts antimony ban for US but bans gallium to Japan".

The ban needs a verb of its own and goods, or their trade, as its object: what is halted beside relief may as well be fees,
probes or one more curb. The relief needs a control that ends, or a trade that may go on. Either may stand first. In Chinese,
Japanese and Korean the second clause names a contrast too, since a ban that ends may stand behind its end (停止へ 対米輸出禁止).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

# Stands for every letter of goods that the vocabulary knows: materials are written once, in rules/terms.
_GOODS = "\ue000"
_G = f"{_GOODS}++"
# Names of a material that say a curb on it: "mineral curb" is no goods to ban.
_CURB_NAME = re.compile(r"control|curb|restriction|\bban", re.IGNORECASE)
# Names that hold the trade itself ("mineral export", 요소 수출): the trade is read as such.
_TRADE = re.compile(r"\s{0,4}(?:の)?(?:export|輸出|出口|수출)", re.IGNORECASE)

VERBS = {
    "en": ("bans", "halts", "bars", "blocks", "prohibits", "forbids", "stops", "outlaws", "embargoes"),
    "zh": ("禁止", "叫停", "停止", "暂停", "中止"),
    "ja": ("禁止", "停止"),
    "ko": ("금지", "중단"),
}
# The forms of a verb behind "while", and behind "to" and "will".
_GOING_ON = "banning|halting|barring|blocking|prohibiting|forbidding|stopping|outlawing|embargoing"
_PLAIN = "ban|halt|bar|block|prohibit|forbid|stop|outlaw|embargo"
_DONE = "banned|halted|barred|blocked|prohibited|forbidden|stopped|outlawed|embargoed"
# Words that part the two clauses; a comma, a dash of dots or a space may do so too.
CONTRASTS = {
    "en": ("but", "and", "yet", "as it"),
    "zh": ("同时", "但", "但是", "却", "转而", "反而"),
    "ja": ("一方", "一方で"),
    "ko": ("대신", "반면", "동시에"),
}


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))


_WILL_BAN = rf"(?:{_any(VERBS['en'])}|(?:to|will)\s{{1,4}}(?:{_PLAIN}))"
_LINK_EN = rf"(?:[,;]?\s{{0,4}}\b(?:{_any(CONTRASTS['en'])})\s{{1,4}}|[,;]\s{{0,4}}|\s[-–—|]\s{{1,4}})(?:(?:also|instead|then)\s{{1,4}})?"
_WHILE_EN = r"[,;]?\s{0,4}\bwhile\s{1,4}(?:also\s{1,4})?"
# What is halted from a day on is trade of one's own; what is halted from another state is bought there.
_FROM_EN = (
    r"from\s{1,4}(?:\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
    r"|(?:next|this|today|tomorrow|midnight|now|China|Chinese)\b)"
)
_OBJECT_EN = (
    rf"(?:(?:{_G}|dual[ -]use|all|some|its|the|and|of|goods|items|exports?|shipments?|sales|supplies)(?:,?\s{{1,4}}|$)){{1,16}}"
    rf"(?:(?:to|for|until|over|amid|after|as|in|but|while)\b|{_FROM_EN}|[-|,;]|$)"
)
_CURB_EN = r"(?:bans?|curbs?|controls?|restrictions?|embargo(?:es)?|limits?|rules?)"
_EASES_EN = r"(?:lift|eas|suspend|scrap|drop|end|relax|remov|paus|waiv|shelv|loosen|rescind|revok|soften|postpon|delay|halt|stop)"
_OPENS_EN = r"(?:resum|reopen|allow|restor|approv|clear|unblock|free)"
# Licences and quotas that are suspended are a curb, and so is what stops "under rules" or is rolled out.
_APART_EN = r"[,;:]|\b(?:but|while|under|after|amid|despite|over|following|as|ahead|before|pending|until|exports|shipments|sales|licen[cs]\w+|permits?)\b"
_RELIEF_EN = (
    rf"\b(?:{_EASES_EN}(?:e?s|p?ing)|to\s{{1,4}}{_EASES_EN}e?|roll(?:s|ing)?\s{{1,4}}back)\b(?:(?!{_APART_EN}).){{0,60}}?\b{_CURB_EN}\b"
    rf"|\b(?:{_OPENS_EN}(?:e?s|t?ing)|to\s{{1,4}}{_OPENS_EN}e?)\b(?:(?!{_APART_EN}|\b{_CURB_EN}\b).){{0,60}}?\b(?:exports?|shipments?|sales)\b(?!\s{{1,4}}{_CURB_EN}\b)"
)
_ENDED_EN = rf"\b{_CURB_EN}\b[^,;]{{0,30}}?\b(?:is|are|was|were|be|been)\s{{1,4}}(?:\w+\s{{1,4}})?(?:lifted|eased|suspended|scrapped|dropped|ended|relaxed|removed|paused|waived|shelved|rescinded|revoked)"
_OWN = {"en": r"(?:China|Beijing)", "zh": r"(?:中国|中方|北京)"}
_OTHERS_ZH = r"[对向][美日台欧韩印英德荷加澳][本湾盟洲国度兰]?"
_OBJECT_ZH = rf"(?:{_OTHERS_ZH}|{_G}|[、和及与等的]|全部|所有|相关|两用物项|产品|出口)+(?:$|[,。;\s]|(?={_any(CONTRASTS['zh'])}))"
_BANS_ZH = _any(VERBS["zh"])
_CURB_ZH = r"(?:管制|管控|禁令|限制|禁止|禁运|措施)"
_RELIEF_ZH = (
    rf"(?:解除|取消|暂停|中止|放宽|撤销|终止|松绑|豁免|暂缓|停止|放松)[^,;。\s并]{{0,20}}?{_CURB_ZH}"
    rf"|(?:恢复|放开|放行|允许|批准|准许|重启)[^,;。\s并]{{0,16}}?出口(?!{_CURB_ZH})"
    rf"|{_CURB_ZH}(?:措施|令)?(?:将|被|已|正式|获|予以|全面|部分)*(?:解除|取消|暂停|中止|放宽|撤销|终止)"
)
_TOWARDS_JA = rf"(?:[对対對][米日韓中欧台]|[米日韓欧台]向け|米国|日本|韓国|欧州|台湾|向け|{_G})"
_BANS_JA = rf"輸出[はをも]?(?:全面)?(?:{_any(VERBS['ja'])})|禁輸"
_RELIEF_JA = (
    r"(?:(?:規制|管理|禁止|制限|停止|禁輸)(?:措置)?[をのは]?[^\s、]{0,8}(?:解除|停止|緩和|撤廃|猶予|凍結|終了|見合わせ)"
    r"|輸出[をのは]?[^\s、]{0,4}(?:再開|解禁|容認|許可))"
)
_FOR_KO = r"[가-힣]{1,8}(?:에겐|에게는|엔|에는|에선)\s"
_BANS_KO = rf"수출[은을]?\s?(?:전면\s)?(?:{_any(VERBS['ko'])})"
_CURB_KO = r"(?:통제|규제|제한|금지)(?:령|\s?조치)?[를을는은]?"
_ENDS_KO = r"(?:해제|완화|유예|철회|풀|푼|중단)"
_LINK_KO = rf"[\"'”’]?(?:\s?(?:…|\.{{2,}}|,)\s?|\s)(?:(?:{_any(CONTRASTS['ko'])})\s)?"

# The relief first: `link` parts it from the `ban`.
_BAN_SECOND = {
    "en": (
        rf"(?P<link>{_LINK_EN})(?P<ban>(?:{_OWN['en']}\s{{1,4}})?{_WILL_BAN}\s{{1,4}}{_OBJECT_EN})"
        rf"|(?P<link2>{_WHILE_EN})(?:it\s{{1,4}})?(?P<ban2>(?:{_GOING_ON}|{_any(VERBS['en'])})\s{{1,4}}{_OBJECT_EN})"
        rf"|(?P<link3>{_LINK_EN}|{_WHILE_EN})(?P<ban3>(?:(?:{_G}|all|its|the|and|of|exports?|shipments?|sales)\s{{1,4}}){{1,16}}"
        rf"(?:to\s{{1,4}}(?:[\w.]+\s{{1,4}}){{1,3}})?(?:is|are|will\s{{1,4}}be|to\s{{1,4}}be)\s{{1,4}}(?:now\s{{1,4}})?(?:{_DONE})\b)"
    ),
    "zh": (
        rf"(?P<link>[,;\s…]?(?:{_any(CONTRASTS['zh'])})(?:又|仍|也|将)?)(?P<ban>(?:{_OTHERS_ZH})?(?:{_BANS_ZH}){_OBJECT_ZH})"
        rf"|(?P<link2>[,;\s…]|并|而)(?P<ban2>(?:{_OWN['zh']}(?:{_BANS_ZH})|{_OTHERS_ZH}(?:{_BANS_ZH})|(?:{_BANS_ZH}){_OTHERS_ZH}){_OBJECT_ZH})"
    ),
    "ja": (
        rf"{_RELIEF_JA}(?P<tail>[^\s、]{{0,4}}?)(?:(?P<link>(?:する)?(?:{_any(CONTRASTS['ja'])})、?)(?P<ban>[^\s、]{{0,18}}(?:{_BANS_JA})[にへ]?$)"
        rf"|(?P<link2>[\s、])(?P<ban2>[^\s、]{{1,14}}は[^\s、]{{0,8}}(?:輸出を?(?:{_any(VERBS['ja'])})|禁輸)[にへ]?$"
        rf"|[^\s、]{{1,14}}輸出は(?:全面)?(?:{_any(VERBS['ja'])})[にへ]?$))"
    ),
    "ko": (
        rf"(?:수출|수입)(?:\s?{_CURB_KO}\s?(?:\S{{1,6}}\s)?{_ENDS_KO}|[을를]?\s?(?:재개|허용))[가-힣]{{0,4}}(?P<link>{_LINK_KO})"
        rf"(?P<ban>{_FOR_KO}.{{0,14}}{_BANS_KO}(?:한다|했다|하기로|키로|조치)?$)"
    ),
}
# The ban first: `link` parts it from the `relief`.
_BAN_FIRST = {
    "en": (
        rf"\b(?P<ban>{_WILL_BAN}\s{{1,4}}{_OBJECT_EN})[^;]{{0,50}}?(?P<link>{_LINK_EN}|{_WHILE_EN}(?:it\s{{1,4}})?)(?P<relief>{_RELIEF_EN})"
    ),
    "zh": (
        rf"(?P<ban>(?:{_OTHERS_ZH})?(?:{_BANS_ZH}){_OBJECT_ZH})(?P<link>[,;\s…]?(?:{_any(CONTRASTS['zh'])}|并|而)?(?:又|也|将)?)"
        rf"(?P<relief>(?:{_OTHERS_ZH})?(?:{_G}|[、和及的]|产品|物项|相关|出口)*(?:{_RELIEF_ZH}))"
    ),
    "ja": (
        rf"(?P<ban>{_BANS_JA})(?P<link>(?:とする|する)?(?:{_any(CONTRASTS['ja'])})、?|し、|[、\s])"
        rf"(?P<relief>[^\s、]{{0,16}}?{_TOWARDS_JA}[^\s、]{{0,16}}?{_RELIEF_JA})"
    ),
    "ko": (
        rf"(?P<ban>{_FOR_KO}.{{0,14}}{_BANS_KO})(?P<link>(?:하고|하면서|하는 한편|한 반면|하며)?{_LINK_KO})"
        rf"(?P<relief>.{{0,16}}?(?:대\s?[미일한]|미국|일본|한국|유럽|대만|{_G}).{{0,14}}?{_CURB_KO}\s?(?:\S{{1,6}}\s)?{_ENDS_KO})"
    ),
}
_RELIEF = {"en": f"{_RELIEF_EN}|{_ENDED_EN}", "zh": _RELIEF_ZH, "ja": _RELIEF_JA, "ko": rf"{_CURB_KO}\s?(?:\S{{1,6}}\s)?{_ENDS_KO}|수출[을를]?\s?(?:재개|허용)"}  # fmt: skip
# "suspends the order that restricts antimony and bans gallium": the ban is part of what is suspended.
_RELATIVE = r"\b(?:that|which)\b"
# "eases curbs as US halts sales; and blocks shipments": who bans is not the one who eases.
# Behind "and" a plural is as often a noun ("for US and EU firms, bans"), so that a verb must be a known one there.
_OTHERS_EN = r"(?:U\.?S\.?|America|Washington|Trump|Japan|Tokyo|EU|Europe|Netherlands|Korea|Seoul|Taiwan)"
_PEOPLE_EN = r"(?:firms|compan\w+|\w*buyers|\w*makers|\w*users|\w*importers|\w*producers|\w*manufacturers|\w*suppliers|customers|clients|groups|plants)"
_OTHERS_VERB = (
    r"(?:bans|halts|bars|blocks|prohibits|forbids|stops|outlaws|suspends|lifts|eases|drops|scraps|ends|relaxes|removes|pauses|imposes|restricts|tightens"
    r"|curbs|limits|adds|keeps|raises|cuts|hits|slaps|threatens|weighs|plans|says|tells|warns|vows|orders|approves|allows|extends|expands|widens|delays)"
)
_OTHERS_ACT = re.compile(
    rf"\b(?:(?:as|while|when|if)\s{{1,4}}(?:the\s{{1,4}})?{_OTHERS_EN}\s{{1,4}}(?!{_PEOPLE_EN}\b)\w+s|(?:but|and)\s{{1,4}}(?:the\s{{1,4}})?{_OTHERS_EN}\s{{1,4}}{_OTHERS_VERB})\b",
    re.IGNORECASE,
)
# Where the words about the first clause's own act begin: what stands before them is whose act both are.
_ACT_BEGINS = {
    "en": rf"{_RELIEF_EN}|{_WILL_BAN}\s|\b{_CURB_EN}\b|{_G}",
    "zh": rf"[对向][美日台欧韩印英德荷加澳]|{_RELIEF_ZH}|{_BANS_ZH}|{_CURB_ZH}|出口|{_G}",
    "ja": rf"{_TOWARDS_JA}|規制|輸出|禁輸|{_G}",
    "ko": rf"대\s?[미일한]|(?:미국|일본|한국|유럽|대만)(?:에|엔|산|행)|수출|통제|규제|{_G}",
}
# A clause that says itself whose act it is.
_OWN_SUBJECT = re.compile(rf"{_OWN['en']}\b|{_OWN['zh']}(?:{_BANS_ZH})", re.IGNORECASE)
_UNSAID = re.compile(r"(?:['’]s|\s{1,4}(?:to|will|has|have|is|are|and|also))\s{0,4}$", re.IGNORECASE)


class Clauses(NamedTuple):
    """Where in a headline the relief and the ban stand, and where the words end that say whose act they are."""

    subject: int
    relief: tuple[int, int]
    ban: tuple[int, int]


def two_clauses(
    language: str, headline: str, goods: Iterable[tuple[int, int]], *, eased: bool = False
) -> Clauses | None:
    """Return the clauses of a headline that tells relief and a ban; None for every other one.

    `goods` are the places of the names of materials. `eased` says that the vocabulary finds an act there that is eased.
    """
    if language not in _BAN_SECOND:
        return None
    text = _masked(headline, goods)
    if _compiled(_RELATIVE).search(text):
        return None
    begins = _compiled(_ACT_BEGINS[language]).search(text)
    subject = begins.start() if begins else 0
    relief = _compiled(_RELIEF[language]).search(text)
    eased_by = 0 if eased else relief.end() if relief else len(text) + 1
    for match in _compiled(_BAN_SECOND[language]).finditer(text):
        which = str(match.lastgroup).removeprefix("ban")
        link, ban = match.span(f"link{which}"), match.start(f"ban{which}")
        if link[0] > subject and link[0] >= eased_by and not _OTHERS_ACT.search(text, subject, link[0]):
            return Clauses(subject, (subject, link[0]), (ban, len(text)))
    first = _compiled(_BAN_FIRST[language]).search(text)
    if first is None:
        return None
    return Clauses(subject, (first.start("relief"), len(text)), (subject, first.start("link")))


def halves_of(
    headline: str,
    clauses: Clauses,
    complete: Callable[[tuple[int, int], str], str] = lambda _, clause: clause,
) -> tuple[str, str]:
    """Return the two headlines that the one is: the relief and the ban, each with whose act it is.

    `complete` gives a clause of these places what it takes from the other one.
    """
    subject = headline[: clauses.subject]
    relief, ban = (
        _headline(subject, complete(part, headline[part[0] : part[1]]), part)
        for part in (clauses.relief, clauses.ban)
    )
    return relief, ban


def _headline(subject: str, written: str, part: tuple[int, int]) -> str:
    clause = written.strip(" ,;，；、…")
    if part[0] > len(subject) and _OWN_SUBJECT.match(clause):
        return clause
    return f"{subject}{clause}" if part[0] == len(subject) else f"{_UNSAID.sub(' ', subject)}{clause}"


def _masked(headline: str, goods: Iterable[tuple[int, int]]) -> str:
    """The headline with plain signs for wide ones and a mark for every letter of goods; no letter moves."""
    signs = [plain if len(plain := unicodedata.normalize("NFKC", sign)) == 1 else sign for sign in headline]
    for start, end in goods:
        if not _CURB_NAME.search(headline, start, end):
            trade = _TRADE.search(headline, start, end)
            last = trade.start() if trade else end
            signs[start:last] = _GOODS * (last - start)
    return "".join(signs)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
