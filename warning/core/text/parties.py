"""Who acts and against whom: the issuer of an act, and the states it is aimed at."""

import re
from collections.abc import Iterable

from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

_TOWARDS = re.compile(
    r"(?:\b(?:to|against|on|targets?|targeting|hits?|towards?)\s+(?:the\s+)?|[对對対向]\s*)$", re.IGNORECASE
)
_NATIONAL = re.compile(
    r"^(?:'s|’s)?\s*(?:[\w-]+\s+){0,2}(?:firm|compan|entit|business|military|defen[cs]e|contractor|buyer|importer|user|organi[sz]ation|subsidiar)"
    r"|^(?:的)?(?:军工|军事|防务|国防)?(?:相关)?(?:实体|企业|公司|子公司|机构|用户|军事)|^(?:의|産|산)?\s*(?:방산\s*)?(?:기업|업체|회사|방산|군수)|^(?:の)?(?:企業|団体|会社|事業者|軍)"
    r"|^(?:[ -]bound)|^(?:산|産|产)(?=[\s가-힣一-鿿])|^(?:向け|への|向|으로의?|에 대한|향)",
    re.IGNORECASE,
)
# Weapons sold to a state are why somebody is punished, not whom the act is aimed at.
_ARMED = re.compile(
    r"(?:arms?|weapons?|military)\s+(?:sales?|packages?|deals?|deliver\w+|aid|support)?\s*(?:to|for)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# A register's abstract counts its entries by destination: "China (11), Pakistan (1)".
_COUNTED = re.compile(r"^\s*\(\d{1,3}\)")
_DESTINATION = re.compile(r"destinations? of (?:the )?(?:[\w' ]{0,60}(?:,|and)\s*)?$", re.IGNORECASE)
_STRUCK = re.compile(
    r"^(?:を|을|를)?[\s'‘’\"“”「]*(?:백색국가|화이트리스트|ホワイト国|輸出管理(?:の優遇|上の)|수출우대|优惠|移出|剔除)"
)
_KO_TRADE = r"(?=\s*(?:수출|규제|제재|통제|관세|압박|공급|반도체|희토류|무역))"
_SHORT = re.compile(
    rf"(?<!针)(?:对|對|対)\s*(?P<who>美|日|韩|韓|欧|歐|台|EU|米|中)(?!\w*(?:表|期|本身|常|前|立|心)|军售|軍售|武器|售武|出售武器|湾军售|灣軍售)"
    rf"|(?<!\w)대\s?(?P<who1>미|일|중){_KO_TRADE}"
    rf"|(?P<who2>米国|日本|韓国|中国|欧州|台湾)向け|(?P<who3>美|日|中|韓|미국|일본|중국|한국)\s*(?:방산|군수|기업)"
    rf"|\d+\s*[家个]\s*(?P<who4>美|日|欧盟|台)(?:国|本)?(?:实体|企业|方)",
)
_SHORT_CODES = {
    "美": "US", "米": "US", "미": "US", "米国": "US", "미국": "US", "日": "JP", "일": "JP", "日本": "JP", "일본": "JP",
    "韩": "KR", "韓": "KR", "韓国": "KR", "한국": "KR", "欧": "EU", "歐": "EU", "欧州": "EU", "欧盟": "EU", "EU": "EU",
    "台": "TW", "台湾": "TW", "中": "CN", "중": "CN", "中国": "CN", "중국": "CN",
}  # fmt: skip


def actors_in(reading: Reading, sentences: Iterable[int], codes: Iterable[str]) -> tuple[str, ...]:
    """Return the states named in the sentences, those with an issuer first, then in order of place."""
    wanted, numbers = set(codes), set(sentences)
    issuers = _codes(reading, numbers, "issuer", wanted)
    if issuers:
        return issuers
    named = _codes(reading, numbers, "actor", wanted)
    aimed_at = set(targets_in(reading, numbers, frozenset()))
    acting = tuple(code for code in named if code not in aimed_at)
    return (acting or named)[:1]


def targets_in(reading: Reading, sentences: Iterable[int], actors: frozenset[str]) -> tuple[str, ...]:
    """Return the states the sentences direct the act at, the actors themselves left out."""
    numbers = set(sentences)
    found: dict[str, None] = {}
    for concept, hits in reading.hits.items():
        kind, _, code = concept.partition(":")
        if kind != "actor" or code in actors:
            continue
        for hit in hits:
            if reading.sentence_of(hit) in numbers and _is_aimed_at(reading, hit):
                found[code] = None
    for number in numbers:
        for match in _SHORT.finditer(reading.sentence(number)):
            who = next(g for g in match.groups() if g)
            code = _SHORT_CODES[who]
            if code not in actors:
                found[code] = None
    return tuple(sorted(found))


def _is_aimed_at(reading: Reading, hit: Hit) -> bool:
    start, end = reading.span(hit)
    before, after = reading.text[max(0, start - 40) : start], reading.text[end : end + 40]
    if _ARMED.search(before):
        return False
    return bool(
        _TOWARDS.search(before)
        or _NATIONAL.match(after)
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
