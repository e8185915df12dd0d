"""Who acts and against whom: the issuer of an act, and the states it is aimed at."""

import re
from collections.abc import Iterable, Iterator

from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

_TOWARDS = re.compile(
    r"(?:\b(?:to|against|on|targets?|targeting|hits?|towards?|imports? of|licen[cs]es? for|(?:facilities|fabs|plants|end[ -]users?|located|headquartered) in)\s+(?:the\s+)?|[对對対向]\s*)$",
    re.IGNORECASE,
)
NATIONAL = re.compile(
    r"^(?:'s|’s)?\s*(?:[\w-]+\s+){0,2}(?:firm|compan|entit|business|military|defen[cs]e|contractor|buyer|importer|user|organi[sz]ation|subsidiar|units?\b)"
    r"|^の?[^、。へにをがは\s]{0,10}?(?:企業|団体|社(?!会))|^(?:의)?\s*\d+\s*(?:개|곳)\s*(?:기업|업체|기관|사)?|^행(?=\s)|^에(?=\s)"
    r"|^(?:的)?(?:军工|军事|防务|国防|稀土|两家|\d+家)?(?:相关)?(?:药企|员工|公民|商人|籍|实体|企业|公司|子公司|机构|用户|军事)|^(?:의|産|산)?\s*(?:방산\s*)?(?:기업|업체|회사|방산|군수)|^(?:の)?(?:企業|団体|会社|事業者|軍)"
    r"|^(?:[ -]bound)|^(?:산|産|产)(?=(?-i:[\s가-힣一-鿿]))|^(?:向け|への|向|으로의?|에 대한|향)",
    re.IGNORECASE,
)
# Weapons sold to a state are why somebody is punished, not whom the act is aimed at.
_ARMED = re.compile(
    r"(?:arms?|arming|weapons?|military)\s+(?:(?:sales?|sold|packages?|deals?|deliver\w+|aid|support)\s+)?(?:(?:to|for)\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_ARMED_AFTER = re.compile(
    r"(?:地区|地區)?(?:的)?(?:军售|軍售|售武|军事|武器)|(?:への|に|向けの?)?(?:武器|軍事)|(?:에|에 대한|로의?)?\s*(?:무기|군사)|['’]?s?\s+(?:arms|weapons)",
    re.IGNORECASE,
)
# Words of the states file that say by themselves that a state's companies, or the state, are the other side.
_AIMED_WORD = re.compile(r"(?:企業|企|实体)$|^[对對対赴訪访방](?=.)")
# An act that hits somebody by its nature: the one other state its headline names is the one that is hit.
AGAINST = frozenset({
    "entity_listing", "entity_delisting", "unreliable_entity", "anti_dumping", "import_ban", "import_stop", "detention",
    "inspection_raid", "countermeasure", "tourism_stop", "procurement_bar", "sanction", "probe", "boycott",
})  # fmt: skip
# The home of companies whose name a headline gives in place of their state.
_FIRMS = {
    "CN": r"\b(?:Huawei|YMTC|SMIC|CXMT|Hikvision|Inspur|Zhipu|Biren|Moore Threads|ZTE|DJI)\b|华为|長江存储|长江存储|中芯国际|ファーウェイ|長江存儲|화웨이|즈푸",
    "US": r"\b(?:Micron|Boeing|Lockheed|Raytheon|RTX|General Dynamics|General Atomics|Skydio|Illumina|Leidos|Anduril|Nvidia|Qualcomm|Tesla|PVH)\b"
    r"|美光|波音|洛克希德|雷神|通用原子|通用动力|莱多斯|因美纳|マイクロン|ボーイング|ロッキード|レイセオン|마이크론|보잉|록히드|레이시온",
    "KR": r"\b(?:Hanwha|Samsung|SK hynix)\b|韩华|ハンファ|한화",
    "JP": r"\b(?:Astellas|Mitsubishi|Subaru|Toyota|Kawasaki)\b|安斯泰来|アステラス|三菱|아스텔라스|미쓰비시",
}  # fmt: skip
# Where a headline turns from the act to what others say or do about it.
TURN = re.compile(
    r"[;；。！!]|…|\.{2,}|\s(?:as|after|amid|while|but|despite|following|over|in response to|in answer to)\s|[，](?=[^，]{0,6}(?:中方|商务部|中国|美国|美方|日本))"
    r"|\s[-–—]\s|回应|対抗|맞서|맞대응",
    re.IGNORECASE,
)
_FIRM = re.compile("|".join(f"(?P<{code}>{names})" for code, names in _FIRMS.items()))
_HOME_WORDS = {"JP": re.compile(r"省令|政令|閣議|経産省|通達"), "KR": re.compile(r"고시|부처 합동|국무회의")}
# A register's abstract counts its entries by destination: "China (11), Pakistan (1)".
_COUNTED = re.compile(r"^\s*\(\d{1,3}\)")
_DESTINATION = re.compile(r"destinations? of (?:the )?(?:[\w' ]{0,60}(?:,|and)\s*)?$", re.IGNORECASE)
_STRUCK = re.compile(
    r"^(?:を|을|를)?[\s'‘’\"“”「]*(?:백색국가(?!\s*한국)|화이트리스트|ホワイト国|輸出管理(?:の優遇|上の)|수출우대|优惠|移出|剔除)"
    r"|^を(?:削除(?!し(?:た|て))|除外(?!し(?:た|て)))|^(?:을|를)\s?(?:삭제|제외)(?!한|하고)"
)
_KO_TRADE = r"(?=\s*(?:수출|규제|제재|통제|관세|압박|공급|반도체|희토류|무역))"
_SHORT = re.compile(
    rf"(?<!针)(?:对|對|対)\s*(?P<who>美|日|韩|韓|欧|歐|台|EU|米|中|华|華)(?!湾?地区军售|湾地区武器|军售|軍售|武器|售武|出售武器|湾军售|灣軍售)"
    rf"|(?<!\w)대\s?(?P<who1>미|일|중){_KO_TRADE}"
    rf"|(?P<who2>米国|日本|韓国|中国|欧州|台湾)向け|(?P<who3>美|日|中|韓|미국|일본|중국|한국)\s*(?:방산|군수|기업)"
    rf"|(?<!\w)(?P<who7>미|일)\s(?:방산|군수|기업)"
    rf"|(?P<who5>米|欧州の?)[^、。へにを\s]{{0,6}}?[0-9０-９]++社|(?P<who6>European)\s(?:\w+\s){{0,2}}(?:firm|compan|entit)"
    rf"|(?<!\d)\d++\s*+[家个]\s*(?P<who4>美|日|欧盟|台)(?:国|本)?(?:实体|企业|方)",
)
# 对中表示, 対日本身: a word of the same run of letters says that somebody is spoken to, or that it is another word.
_OTHERWISE = re.compile(r"表|期|本身|常|前|立|心")
_RUN_ENDS = re.compile(r"\W")
_SHORT_CODES = {
    "美": "US", "米": "US", "미": "US", "米国": "US", "미국": "US", "日": "JP", "일": "JP", "日本": "JP", "일본": "JP",
    "韩": "KR", "韓": "KR", "韓国": "KR", "한국": "KR", "欧": "EU", "歐": "EU", "欧州": "EU", "欧州の": "EU", "European": "EU", "华": "CN", "華": "CN", "欧盟": "EU", "EU": "EU",
    "台": "TW", "台湾": "TW", "中": "CN", "중": "CN", "中国": "CN", "중국": "CN",
}  # fmt: skip


def actors_in(reading: Reading, sentences: Iterable[int], codes: Iterable[str]) -> tuple[str, ...]:
    """Return the states named in the sentences, those with an issuer first, then in order of place.

    A headline that names nobody, or only whom the act is aimed at, is told from home: by its outlet's own state.
    """
    wanted, numbers = set(codes), set(sentences)
    issuers = _codes(reading, numbers, "issuer", wanted)
    if issuers:
        return issuers
    named = _codes(reading, numbers, "actor", wanted)
    aimed_at = set(targets_in(reading, numbers, frozenset()))
    acting = tuple(code for code in named if code not in aimed_at)
    home = _home(reading)
    return acting[:1] or ((home,) if home in wanted - aimed_at else named[:1])


def _home(reading: Reading) -> str:
    country = reading.item.country
    if reading.item.kind == "regulatory" or _home_speaks(reading, country):
        return country
    return ""


def _home_speaks(reading: Reading, country: str) -> bool:
    """Whether an outlet tells of its own government: a word only its own law uses, or its own language."""
    words = _HOME_WORDS.get(country)
    tongue = {"JP": "ja", "KR": "ko"}.get(country)
    return tongue == reading.item.language or (words is not None and words.search(reading.title) is not None)


def targets_in(
    reading: Reading, sentences: Iterable[int], actors: frozenset[str], *, act: str = ""
) -> tuple[str, ...]:
    """Return the states the sentences direct the act at, the actors themselves left out.

    An `act` that hits somebody by its nature is aimed at the one other state or company its headline names.
    """
    numbers = set(sentences)
    found = _aimed_at(reading, numbers, actors) | _short_forms(reading, numbers, actors)
    if not found and actors:
        found = _by_company(reading, numbers, actors)
    if not found and actors:
        found = _only_other(reading, actors, act)
    return tuple(sorted(found))


def _aimed_at(reading: Reading, numbers: set[int], actors: frozenset[str]) -> set[str]:
    return {
        concept.removeprefix("actor:")
        for concept, hits in reading.hits.items()
        if concept.startswith("actor:") and concept.removeprefix("actor:") not in actors
        for hit in hits
        if reading.sentence_of(hit) in numbers and _is_aimed_at(reading, hit)
    }


def _short_forms(reading: Reading, numbers: set[int], actors: frozenset[str]) -> set[str]:
    return {code for number in numbers for code in short_forms(reading.sentence(number))} - actors


def short_forms(sentence: str) -> Iterator[str]:
    """Yield the states that short forms of a sentence direct an act at (对美, 대일, 米企業5社), in time linear in its length."""
    at = otherwise = run_ends = 0
    while match := _SHORT.search(sentence, at):
        at = match.end()
        if match["who"]:
            if otherwise < at:
                otherwise = _place(_OTHERWISE, sentence, at)
            if run_ends < at:
                run_ends = _place(_RUN_ENDS, sentence, at)
            if otherwise < run_ends:
                at = match.start() + 1
                continue
        yield _SHORT_CODES[next(group for group in match.groups() if group)]


def _place(words: re.Pattern[str], sentence: str, at: int) -> int:
    found = words.search(sentence, at)
    return found.start() if found else len(sentence)


def _by_company(reading: Reading, numbers: set[int], actors: frozenset[str]) -> set[str]:
    matches = (match for number in numbers for match in _FIRM.finditer(reading.sentence(number)))
    return {str(match.lastgroup) for match in matches} - actors


def _only_other(reading: Reading, actors: frozenset[str], act: str) -> set[str]:
    """The one other state of the headline; beside an act of another nature only in a headline's first clause
    of a language that names it there without a preposition. Who acts upon it is not whom it hits: what joins two states' acts parts them.
    """
    title = reading.sentences_in_title()
    if act not in AGAINST and reading.item.language not in {"zh", "ja", "ko"}:
        return set()
    clause = next((c for c in reading.acting if c.tells and c.is_joined and c.state in actors), None)
    end = len(reading.title) if act in AGAINST else len(TURN.split(reading.title, maxsplit=1)[0])
    named = {
        concept.removeprefix("actor:")
        for concept, hits in reading.hits.items()
        if concept.startswith("actor:")
        for hit in hits
        if reading.sentence_of(hit) in title and reading.span(hit)[0] < end and not _is_armed(reading, hit)
        if clause is None or clause.holds(hit)
    }
    return named - actors if len(named - actors) == 1 else set()


def _is_armed(reading: Reading, hit: Hit) -> bool:
    start, end = reading.span(hit)
    before, after = reading.text[max(0, start - 40) : start], reading.text[end : end + 40]
    return _ARMED.search(before) is not None or _ARMED_AFTER.match(after) is not None


def _is_aimed_at(reading: Reading, hit: Hit) -> bool:
    start, end = reading.span(hit)
    before, after = reading.text[max(0, start - 40) : start], reading.text[end : end + 40]
    if _is_armed(reading, hit):
        return False
    return bool(
        _AIMED_WORD.search(reading.text[start:end])
        or _TOWARDS.search(before)
        or NATIONAL.match(after)
        or _STRUCK.match(after)
        or _COUNTED.match(after)
        or _DESTINATION.search(before)
    )


def _codes(reading: Reading, numbers: set[int], kind: str, wanted: set[str]) -> tuple[str, ...]:
    places: dict[str, int] = {}
    for concept, hits in reading.hits.items():
        found, _, code = concept.partition(":")
        if found == kind and code in wanted:
            here = [hit.start for hit in hits if reading.sentence_of(hit) in numbers]
            if here:
                places[code] = min(here)
    return tuple(sorted(places, key=places.__getitem__))
