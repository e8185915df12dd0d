"""Whose act a headline tells that does not say who stops an export: 即日起禁止向日本出口镓, レアアースの日本向け輸出を停止.

A Chinese outlet that does not say who stops an export means its own government: the state in 向日本出口 is whom it hits. The
state is put among what was found, where the verb stands, so that rules on it read the headline like any other. In Japanese and
Korean the goods say it: what China all but alone sells is stopped by China where its buyers are named and nobody else.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from warning.core.text.lexicon import Entry
from warning.core.text.matcher import Hit, Hits
from warning.core.text.phrases import parse_phrase
from warning.core.text.reading import Reading
from warning.core.text.unsaid_seller import BUYERS, stopped_by_its_seller

_VERBS = ("禁止", "严禁", "不得", "暂停", "停止", "中止", "叫停", "限制", "暂缓")
# A stretch of spaces is never tried twice: a headline may hold thousands of them.
_FLASH = r"(?:(?:快讯|速报|突发|重磅)\s*+(?:[-:|!,]\s*+)?)?"
_UNSAID = re.compile(
    rf"\s*+(?:[\[(【〔「][^\])】〕」\n]{{1,12}}[\])】〕」]\s*+)?{_FLASH}"
    r"(?:(?:即日起|今日起|今天起|今起|明日起|正式|全面|将|已|再|自?\d{1,2}月(?:\d{1,2}日)?起|自?\d{1,2}日起)[,:\s]*)*+"
    rf"(?P<verb>(?:一律|全面)?(?:{'|'.join(_VERBS)}))(?:再|继续)?"
    r"(?:[向对](?P<whom>[^,。;:\s向对]{1,12}?)|(?P<goods>[^,。;:\s向对]{0,8}?))(?:出口|输出|提供|供应|供货)"
)
# Goods alone, and a permit for each cargo: 钇、钪出口逐案审批. A firm that says so of its own goods opens with its name.
_EACH = ("逐单", "逐案", "逐笔", "逐批")
_UNSAID_PERMIT = re.compile(
    rf"\s*+{_FLASH}(?:(?:稀土|中重|重|轻|氧化|金属|磁材|磁体|永磁|人造|球形|高纯|石墨|[镓锗锑钨钼铟碲铋镝铽钇钪钐钆镥钬铒铥铕镱])[、和及]?){{1,8}}"
    r"(?P<goods>(?:等|类|相关)?(?:物项|产品|材料)?)(?:[向对](?P<whom>日本?|美国?|韩国?|欧盟?|台湾?))?出口(?:须|需|将|均|一律|全部|实行|实施|改为|改|今起|即日起|恢复)*+"
    rf"(?P<verb>{'|'.join(_EACH)})(?:申领)?(?:审批|审核|许可|核准|申请)"
    # A procedure that gets quicker, and a firm that goes on delivering, are no act.
    r"(?!流程|手续)(?!.*(?:优化|提速|简化|点赞|正常(?:供货|供应|发货|生产|经营|出口)|供货正常|公司(?:称|表示|回应)))"
)
_HOMES = {"CN": "CN", "HK": "CN", "MO": "CN", "TW": "TW"}
_OWN = {"CN": re.compile(r"我国|中国|中方|大陆|华|中(?=$)"), "TW": re.compile("台|我国")}
_OFFICE = {"CN": "cue:cn_office", "TW": "cue:ally_office"}
_NAMES = ("actor:", "issuer:")
_ELSEWHERE = ("actor:", "issuer:", "cue:us_office", "cue:ally_office")


def unsaid_state(reading: Reading) -> str | None:
    """The state of a Chinese outlet whose headline tells what is stopped and not who stops it; else None."""
    return told[0] if (told := _told(reading)) else None


def with_unsaid(reading: Reading, hits: Hits, entries: dict[str, Entry]) -> Hits:
    """What was found in a reading, and the state and its office that the headline leaves unsaid."""
    if reading.item.language not in {"zh", *BUYERS} or (told := _told(reading, hits)) is None:
        return hits
    home, start, end = told
    added = {c: entries[c] for c in (f"actor:{home}", _OFFICE[home]) if c in entries}
    return hits | {c: [Hit(start, end, entry), *hits.get(c, ())] for c, entry in added.items()}


def entries_of_homes(entries: Iterable[Entry]) -> dict[str, Entry]:
    """For each concept that may stay unsaid a Chinese name of it."""
    wanted = {f"actor:{home}" for home in _OFFICE} | set(_OFFICE.values())
    return {
        entry.concept: entry
        for entry in entries
        if entry.concept in wanted and not entry.shadow and entry.phrase.language == "zh"
    }


def with_verbs(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, and for each concept that may stay unsaid the verbs that may mean it: what a search looks for."""
    verbs = [parse_phrase(verb, "zh") for verb in (*_VERBS, *_EACH)]
    verbs += [parse_phrase(buyer, language) for language, buyers in BUYERS.items() for buyer in buyers]
    unsaid = [Entry(verb, concept, perhaps=True) for concept in entries_of_homes(entries) for verb in verbs]
    return [*entries, *unsaid]


def takes_target_for_actor(reading: Reading, event: tuple[Hit, ...], actors: tuple[str, ...]) -> bool:
    """Whether an event of a rule on these states, or on any, takes for who acts the state that an unsaid one hits."""
    headline = _headline(reading)
    if headline is None:
        return False
    if _is_at_home(headline, _HOMES[reading.item.country]):
        return _HOMES[reading.item.country] in actors
    home = unsaid_state(reading)
    own = {f"actor:{home}", f"issuer:{home}", _OFFICE.get(home or "", "")}
    return (
        home is not None
        and not actors
        and any(hit.entry.concept.startswith(_ELSEWHERE) and hit.entry.concept not in own for hit in event)
    )


def _told(reading: Reading, hits: Hits | None = None) -> tuple[str, int, int] | None:
    """The unsaid state, and where the verb stands in the folded text."""
    if reading.item.language in BUYERS:
        return _told_by_goods(reading)
    told = _headline(reading)
    if told is None or _is_at_home(told, home := _HOMES[reading.item.country]):
        return None
    found = reading.hits if hits is None else hits
    if told["whom"] is None and _others_named(found, home, len(told.string)):
        return None
    return home, *told.span("verb")


def _told_by_goods(reading: Reading) -> tuple[str, int, int] | None:
    if reading.item.kind == "regulatory":
        return None
    verb = stopped_by_its_seller(reading.folded.text.partition("\n")[0], reading.item.language)
    return ("CN", *verb) if verb else None


def _headline(reading: Reading) -> re.Match[str] | None:
    """The opening of a Chinese outlet's headline that begins with the verb."""
    item = reading.item
    if item.language != "zh" or item.kind == "regulatory" or item.country not in _HOMES:
        return None
    return _told_in(reading.folded.text.partition("\n")[0])


def _is_at_home(told: re.Match[str], home: str) -> bool:
    return told["whom"] is not None and _OWN[home].match(told["whom"]) is not None


def _others_named(hits: Hits, home: str, end: int) -> bool:
    own = {f"actor:{home}", f"issuer:{home}"}
    return any(
        found[0].start < end
        for concept, found in hits.items()
        if concept.startswith(_NAMES) and concept not in own
    )


@lru_cache(maxsize=64)
def _told_in(headline: str) -> re.Match[str] | None:
    return _UNSAID.match(headline) or _UNSAID_PERMIT.match(headline)
