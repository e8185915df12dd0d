"""The clauses of a headline in which states act, each with whose act it tells.

"Japan to build reserve after China bans antimony exports", 中国禁止锑出口后 日本建立储备, 日本、中国がアンチモン輸出を禁止したのを受け備蓄へ,
일본, 중국이 안티모니 수출을 금지하자 비축: the reserve is Japan's, the ban China's. What is only named ("following China's curbs",
中国の輸出規制を受け) is known already: it is nobody else's act, and no news of its own state.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from warning.core.evidence import Item
from warning.core.text.continued import goods_named, with_goods
from warning.core.text.matcher import Hit
from warning.core.text.parties import NATIONAL
from warning.core.text.reading import Reading
from warning.core.text.supposed import is_exercise, is_past, is_supposed

_STATES = ("actor:", "issuer:")
_NAMES = ("actor:", "issuer:", "material:")
_ACT_WORD = re.compile(r"act:|cue:(?:curb|control_noun|export|outbound)$")
_DIVIDES = {
    "en": re.compile(
        r"(?:,(?!\d)|[;:…|\]])\s*|\s[-–—]\s|(?:^|\s)(?:(?:just\s)?(?:hours|days|weeks|months)\s)?"
        r"(?:after|following|since|because|as|amid|while|when|once|but|despite|in\s(?:response|answer|retaliation)\s(?:to|for)|due\sto|over)\s(?:the\s)?",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"[，；：。…\s]|担心|担忧|防备|警惕|一旦|如果|若|此前|因为?|由于|鉴于|应对|针对|面对|随着|继|(?<=[本国方盟度洲亚大西])在"
        r"|(?<=出口|断供|禁令|管制|限制|许可|进口)(?:之后|以后|以来|之际|后)"
        r"|(?<=出口)(?=建立|将|拟|加快|启动|宣布|寻求|考虑|推出|设立|扩大|计划|转向|派|召|成立|呼吁)"
    ),
    "ja": re.compile(
        r"(?<![　\s…]中国)(?<![　\s…]米国)(?<![　\s…]中国政府)(?<![　\s…]中国当局)(?<![　\s…]中国公安)(?<![　\s…]中国商務省)(?<!中国国家安全当局)(?<!中国公安当局)、|[。…　\s\]】]|(?<=日本|米国|韓国|欧州)は|(?<=停止|禁止|禁輸)で|(?:した|する|して|された|め|めた|った)?(?:の|こと)?(?:を受け(?:て|た)?|に対抗し?て?|に反発し?て?|に対応し?て?|に伴い|に備え|を機に|以降|以来|(?<=[止限輸化])後|ため)"
    ),
    "ko": re.compile(
        r"(?<![…\s]중국)(?<!…中)(?<!…\s中)(?<!…중국 공안)(?<!…중국 당국)(?<!…중국 정부)(?<!…국가안전부),\s*|[…\]]\s*|(?<=[지단한제화단])(?:하자|한\s?(?:뒤|후|이후|데)|함에\s?따라|하면서|했기|되자|된\s?(?:뒤|후)|에\s?따라|에\s?맞서|에\s?대응해?|에(?=\s)|으?로(?=\s)(?!\s(?:맞불|맞대응|대응|보복|맞서|응수))|\s이후|\s후|\s뒤|\s여파)\s?"
    ),
}
# Who stands before these acts: "China halts exports", 中国禁止, 中国が…を禁止, 중국이 … 금지.
_ACTS = {
    "en": re.compile(
        r"(?:\s(?:state\ssecurity|security\s(?:ministry|agents)|police|authorities|customs|(?:commerce|trade)\sministry|(?:market\s)?regulators?))?"
        r"\s(?:(?:also|again|formally|suddenly|abruptly|now|then)\s)?(?:(?:will|to|is\sto|plans?\sto|moves?\sto)\s)?"
        r"(?:ban|bar|block|halt|stop|suspend|restrict|curb|limit|tighten|impos|slap|plac|put|prohibit|forbid|outlaw|embargo|freez|fro[sz]e|cut|control"
        r"|requir|blacklist|sanction|revok|delay|stall|slow|detain|arrest|seiz|cancel|announc|introduc|unveil|expand|widen|extend|add|cap|lift|eas|pause|resum|withh[eo]ld|hold|choke|throttle|squeez)"
        r"(?:p|t|n)?(?:e?s|ies|d|ed)?\s(?!(?:on|of|against|over|bite|hit|start|take|took|kick|weigh|loom|spread|disrupt|force|push|sen[dt]|drive|leave|left)s?\b)",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:政府|商务部|海关|当局)?[^，。；：\s出进]{0,8}?(?:停止|暂停|禁止|禁运|限制|叫停|收紧|管制|实施|宣布|切断|断供|中断|暂缓|推迟|拖延|延迟|延缓|拘捕|逮捕|拘留|带走|扣押|羁押|取消|吊销|放宽|恢复)(?=[^，。；\s])"
    ),
    "ja": re.compile(
        r"(?:政府|商務省|(?:国家安全|公安|治安)?当局|公安|国家安全省|税関)?[がは、][^、。]{0,40}?(?:停止|禁止|禁輸|規制|制限|強化|凍結|止め|絞|差し止|許可制|遅らせ|先送り|保留|拘束|逮捕|連行|緩和|解除|再開)"
    ),
    "ko": re.compile(
        r"(?:\s?(?:정부|상무부|당국|세관|공안|국가안전부))?[이가은는,…]\s?[^,…]{0,30}?(?:중단|금지|통제|제한|규제|강화|차단|동결|허가제|지연|보류|미루|미뤄|늦추|늦춰|구금|구속|체포|억류|연행|막|완화|해제|재개)"
    ),
}
# Headlines of these languages tell a stop of exports as a noun, joined to what it moves: 中国の輸出停止で, 중국 수출 중단에.
_STOPS = {
    "ja": re.compile(r"の[^、。]{0,16}?(?:輸出(?:の|を)?(?:全面)?(?:停止|禁止)|禁輸)"),
    "ko": re.compile(r"의?\s[^,…]{0,16}?수출(?:을|\s전면)?\s?(?:중단|금지)"),
}
_FEARED = re.compile(r"担心|担忧|防备|警惕|一旦|如果|若|\b(?:when|once)\b", re.IGNORECASE)
_JOINED_AFTER = frozenset({"ja", "ko"})
# What names an act that is known: "China's export curbs", 中国の輸出規制, 중국의 수출 통제.
_NAMED = {
    "en": re.compile(
        r"(?:['’]s)?\s(?:[\w-]+\s){0,4}?(?:bans?|curbs?|controls?|restrictions?|embargo|halts?|suspensions?|limits?|measures?|rules|clampdown|crackdown|squeeze)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"的?[^，。；：\s]{0,12}?(?:禁令|管制|限制|禁运|断供|措施|出口禁止|出口停止)"),
    "ja": re.compile(
        r"の[^、。]{0,16}?(?:規制|制限|管理|禁輸|停止|禁止|措置)|による[^、。]{0,16}?(?:規制|制限|禁輸|停止|禁止)"
    ),
    "ko": re.compile(r"의?\s[^,…]{0,16}?(?:통제|규제|제한|금지|중단|조치)"),
}
# Names of a state that stand before what is its own, never before its act: "China's", "Chinese curbs".
_OF_STATE = re.compile(r"(?:['’]s|[a-z]ese|[a-z]{2}ian|American|Korean|Dutch|Mexican)$")
# A body of the state that acts for it: "China's state security detains".
_OFFICE_EN = re.compile(
    r"\s(?:state\ssecurity|security\s(?:ministry|agents)|police|authorities|customs|(?:commerce|trade)\sministry|(?:market\s)?regulators?)\s",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\s、，,；;：:…|'\"“”‘’-]")
_FIND = Callable[[Reading], None]
_States = dict[int, tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class ActingClause:
    """A clause of a headline from `start` to `end`; `tells` is whether it tells the act of the state, not
    only names it, `is_joined` whether it is told for what it moved: after, because of, 를 받아.
    """

    state: str
    start: int
    end: int
    tells: bool
    is_joined: bool
    whole: Reading
    find: _FIND

    @cached_property
    def reading(self) -> Reading:
        """The clause as the headline of the whole; it takes the goods of the whole where it names none."""
        return self._read(replace(self.whole.item, title=self._title()))

    @cached_property
    def alone(self) -> Reading:
        """The clause by itself, without what stands below the headline."""
        return self._read(replace(self.whole.item, title=self._title(), summary="", body=""))

    def holds(self, hit: Hit) -> bool:
        start, end = self.whole.span(hit)
        return self.start <= start and end <= self.end

    def _read(self, item: Item) -> Reading:
        reading = Reading(item)
        self.find(reading)
        return reading

    def _title(self) -> str:
        whole = self.whole
        clause = whole.title[self.start : self.end]
        if goods_named(whole, self.start, self.end):
            return clause
        return with_goods(clause, goods_named(whole, 0, len(whole.title)), whole.item.language)


def find_acting(reading: Reading, find: _FIND) -> None:
    """Give a reading the clauses of its headline in which a state acts, where it has more than that one clause."""
    states = _states(reading) if reading.item.language in _DIVIDES else {}
    if states:
        reading.acting = tuple(_acting(reading, states, find))


def _acting(reading: Reading, states: _States, find: _FIND) -> Iterator[ActingClause]:
    language, title = reading.item.language, reading.title
    year = (reading.item.published_at or reading.item.known_at).year
    for first, start, end, last, is_joined in _clauses(language, title):
        state = states.get(start)
        if state is None or end - start == len(title):
            continue
        code, after = state
        acts = _is_told(language, title, after, end, is_joined)
        told = (
            acts
            and (_OFFICE_EN.match(title, after) or not _OF_STATE.search(title, start, after))
            and not _FEARED.search(title, first, start)
            and not is_supposed(language, title, after, last)
            and not is_past(language, title, (first, start, last), year)
            and not is_exercise(language, title)
        )
        if acts or (is_joined and _is_named(language, title, after, end)):
            stop = end
            while stop > after and _TAIL.match(title, stop - 1):
                stop -= 1
            yield ActingClause(
                state=code, start=start, end=stop, tells=told, is_joined=is_joined, whole=reading, find=find
            )  # fmt: skip


def _is_told(language: str, title: str, start: int, end: int, is_joined: bool) -> bool:
    told = _ACTS[language].match(title, start, end)
    if told is None and is_joined and language in _STOPS:
        told = _STOPS[language].match(title, start, end)
    return told is not None


def _is_named(language: str, title: str, start: int, end: int) -> bool:
    return _NAMED[language].match(title, start, end) is not None and not NATIONAL.match(title[start:end])


def _clauses(language: str, title: str) -> Iterator[tuple[int, int, int, int, bool]]:
    """Where what stands before each clause of a headline begins, the clause begins and ends, and what stands after it ends; with
    whether a word joins it to another (before it in English and Chinese, else after).
    """
    divides = [sign.span() for sign in _DIVIDES[language].finditer(title)]
    signs = [(0, 0), *divides, (len(title), len(title))]
    for (first, start), (end, last) in pairwise(signs):
        if end > start:
            words = title[end:last] if language in _JOINED_AFTER else title[first:start]
            yield first, start, end, last, any(sign.isalpha() for sign in words)


def _states(reading: Reading) -> _States:
    """The states and offices named in the headline by where each name begins, with where it ends."""
    found: _States = {}
    last = len(reading.title)
    for concept in sorted(concept for concept in reading.hits if concept.startswith(_STATES)):
        for hit in reading.hits[concept]:
            start, end = reading.span(hit)
            if start >= last:
                break
            if last >= end > found.get(start, ("", 0))[1]:
                found[start] = concept.partition(":")[2], end
    return found


def clause_holding(
    reading: Reading, event: tuple[Hit, ...], *, acting: str | None, is_bound: bool
) -> ActingClause | None:
    """The clause in which all stands that tells the event, goods and states apart, while the event names a state outside it, or `acting` is another.

    For a rule that is not bound to a state the words for the act itself are enough: "Japan widens reserves after China's export curbs".
    """
    for clause in reading.acting:
        outside = [hit for hit in event if not clause.holds(hit)]
        told = [hit for hit in event if clause.holds(hit) and not _is_name(reading, hit, _NAMES)]
        if not told or not (
            acting not in {None, clause.state} or any(_is_name(reading, hit, _STATES) for hit in outside)
        ):
            continue
        if all(_is_name(reading, hit, _NAMES) for hit in outside):
            return clause
        if not is_bound and _only_there(reading, clause, told):
            return clause
    return None


def _only_there(reading: Reading, clause: ActingClause, told: list[Hit]) -> bool:
    """Whether words for an act or for trade are among what is told in the clause, and the headline has them nowhere else."""
    acts = [
        concept
        for concept, hits in reading.hits.items()
        if _ACT_WORD.match(concept)
        and any(hit.start < t.end and t.start < hit.end for hit in hits for t in told)
    ]
    return bool(acts) and all(
        clause.holds(hit)
        for concept in acts
        for hit in reading.hits[concept]
        if reading.span(hit)[1] <= len(reading.title)
    )


def _is_name(reading: Reading, hit: Hit, names: tuple[str, ...]) -> bool:
    """Whether a hit is, or lies within, a name of the kind: "Japan" may stand in lists of offices too."""
    return any(
        other.start <= hit.start and hit.end <= other.end
        for concept, hits in reading.hits.items()
        if concept.startswith(names)
        for other in hits
    )
