"""Whose act a mission report tells.

Who files one says whose authority or firms it is about (`warning report --country`): that holds. A mail or a dropped
file says nothing of the sort, its country is only that of the folder: there the words decide.
"""

import re
from collections.abc import Iterable, Mapping

from warning.core.evidence import Item
from warning.core.ids import is_report_name
from warning.core.iso_codes import WORLD
from warning.core.sources import SourceProfile
from warning.core.text.matcher import Hit
from warning.core.text.parties import NATIONAL
from warning.core.text.reading import Reading
from warning.core.text.subject import acting_state

# What holds or refuses: the authority, or the seller. Firms, buyers and importers are who suffers it as often.
_HOLDER = re.compile(
    r"^(?:'s|’s)?\s+(?:(?!and\b|or\b|buyer|importer|firm|compan|user|says?\b|told\b)[\w-]+\s+){0,2}?"
    r"(?:customs|ports?\b|authorit|ministr|officials?|government|regulator|border|railway|suppliers?|producers?|exporters?"
    r"|traders?|sellers?|smelters?|refiner|miners?\b|mines?\b)"
    r"|^的?[^\s，。、对對输往]{0,4}?(?:海关|口岸|港|政府|当局|供应商|厂商|生产商|出口商|卖方|矿)"
    r"|^の?[^\s、。向へ]{0,6}?(?:税関|港|当局|政府|省|供給者|サプライヤー|生産者|輸出業者|メーカー|業者)"
    r"|^(?:의)?\s?[^\s,행향]{0,5}?\s?(?:세관|해관|항만|당국|정부|공급|업체|생산자|수출업체)",
    re.IGNORECASE,
)
_BOUND_BEFORE = re.compile(r"(?:\b(?:for|to|towards?|against)\s+(?:the\s+)?|[对對输往])$", re.IGNORECASE)
_BOUND_AFTER = re.compile(r"^(?:[ -]bound|向け|への|行き|향|행)")
# They buy: a report that only names one of them tells who waits for the goods.
_BUYERS = frozenset({"US", "JP", "KR", "TW", "EU", "DE", "FR", "GB", "NL", "IT", "LT"})


def declared_state(item: Item, sources: Mapping[str, SourceProfile]) -> str:
    """The state a report's author says it is about; empty where the country is only that of its source."""
    if item.kind != "mission" or item.country == WORLD:
        return ""
    source = sources.get(item.source_id)
    own = source is not None and source.country == item.country
    return "" if own and not is_report_name(item.external_id) else item.country


def shown_state(reading: Reading, sentences: Iterable[int]) -> str:
    """The state whose authority or sellers the sentences show; else the one producer they name; else empty."""
    if state := acting_state(reading):
        return state
    named = _named(reading, sentences)
    for concept, hit in named:
        if concept.startswith("issuer:"):
            return concept.removeprefix("issuer:")
        if _HOLDER.match(_after(reading, hit)):
            return concept.removeprefix("actor:")
    elsewhere = _elsewhere(reading, named)
    return elsewhere.pop() if len(elsewhere) == 1 else ""


def is_named_for_its_buyer(declared: str, reading: Reading, sentences: Iterable[int]) -> bool:
    """Whether an author named the state that waits for the goods, while the words speak of a producer."""
    return declared in _BUYERS and bool(_elsewhere(reading, _named(reading, sentences)))


def _named(reading: Reading, sentences: Iterable[int]) -> list[tuple[str, Hit]]:
    """The states and offices that the sentences name, in the order of the text."""
    numbers = set(sentences)
    named = [
        (hit.start, concept, hit)
        for concept, hits in reading.hits.items()
        if concept.startswith(("actor:", "issuer:"))
        for hit in hits
        if reading.sentence_of(hit) in numbers
    ]
    named.sort(key=lambda one: (one[0], one[1].removeprefix("actor:")))
    return [(concept, hit) for _, concept, hit in named]


def _elsewhere(reading: Reading, named: Iterable[tuple[str, Hit]]) -> set[str]:
    """The states named that sell: neither known as buyers nor named as where the goods go."""
    states = ((concept.removeprefix("actor:"), hit) for concept, hit in named if concept.startswith("actor:"))
    return {code for code, hit in states if code not in _BUYERS and not _is_bound_for(reading, hit)}


def _after(reading: Reading, hit: Hit) -> str:
    end = reading.span(hit)[1]
    return reading.text[end : end + 60]


def _is_bound_for(reading: Reading, hit: Hit) -> bool:
    start = reading.span(hit)[0]
    after = _after(reading, hit)
    return bool(
        _BOUND_BEFORE.search(reading.text[max(0, start - 30) : start])
        or _BOUND_AFTER.match(after)
        or NATIONAL.match(after)
    )
