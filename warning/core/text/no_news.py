"""Headlines whose act is no news, whoever acts: what would be if, a war game, an anniversary, a rumour.

如果中国禁止稀土出口; "What if China banned helium"; 机上演習; "15 years after China banned exports"; 传中国将限制锑出口. What stands
outside such a stretch is told: 中国禁止锑出口 若美方加税将扩大, "A year after its ban, China bans silver". A rumour is told by
rules alone that ask for its words. Notices and missions suppose nothing.
"""

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from warning.core.text.clauses import clause_bounds
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

RUMOUR = "cue:rumoured"
_VERB_LAST = frozenset({"ja", "ko"})
# An if opens the headline or stands upon a state. A rule ("if it exports, it needs a licence") stays told.
_WHAT_IF = {
    "en": re.compile(
        r"^\W*(?:what\s(?:if|would\shappen|happens\sif)|if|suppose|imagine)\b|[:–—]\s{0,3}(?:what\sif|if)\b|\bshould\s(?:china|beijing)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:如果|假如|假若|倘若|要是|万一|一旦|若)(?=[^，。；：\s]{0,4}(?:中国|中國|中方|北京|大陆|中共|美国|美方|日本|日方|韩国|欧盟|印尼|俄罗斯)|没有|失去|断供|停供|禁运|全面)"
    ),
    "ja": re.compile(
        r"もしも?(?!か)|仮に|万が一|(?:止め|断っ|禁じ|禁止し|停止し|規制し|絞っ|途絶え|途絶し|なくなっ|止まっ)(?:たら|れば)|(?:禁止|停止|禁輸|途絶|供給断)なら"
    ),
    "ko": re.compile(r"(?:^|[\s'\"‘“])(?:만약|만일|가령)|[가-힣]다면(?=[\s…,?'\"’”]|$)"),
}
_WAR_GAME = {
    "en": re.compile(
        r"\bwar\s?-?gam(?:e|ed|ing)\b|\bwargames?\b|\btabletop\b|\bsimulat(?:es|ed|ing)\b|\bsimulation\s(?:of|shows|finds|suggests)\b|\bimagin(?:es|ed|ing)\b",
        re.IGNORECASE,
    ),
    # Analogue chips (模拟芯片) are goods.
    "zh": re.compile(r"兵棋|推演|沙盘|桌面演练|模拟[^，。；：\s芯集器电半信软]{0,8}(?:断供|禁运|封锁|停止|禁止|中断|演练)"),
    "ja": re.compile(
        r"机上(?:演習|訓練)|図上演習|兵棋|(?:禁輸|途絶|停止|禁止|封鎖|断絶|供給断)を?(?:想定|仮定)|シミュレーション"
    ),
    "ko": re.compile(
        r"워\s?게임|도상\s?(?:연습|훈련)|모의\s?훈련|(?:금수|중단|금지|통제|봉쇄|차단)(?:를|을)?\s?(?:가정|상정)|시뮬레이션"
    ),
}  # fmt: skip
_CURB = {
    "zh": "(?:禁运|禁令|断供|管制|制裁)",
    "ja": "(?:禁輸|規制|停止|制限|禁止|措置|ショック|事件)",
    "ko": "(?:금수|중단|통제|규제|금지|조치|사태)",
}
_YEARS_ZH = "[0-9一二三四五六七八九十]{1,3}"
_ANNIVERSARY = {
    "en": re.compile(
        r"^\W*(?:(?:nearly|almost|over|some|just)\s)?(?:a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty|\d{1,2})\s(?:years?|decades?)\s(?:on\sfrom|after|since|ago)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        rf"{_CURB['zh']}[^，。；：\s\d]{{0,4}}?{_YEARS_ZH}(?:周年|年(?:后|之后|以来|来|看))|^(?:从|距)[^，。；：]{{0,12}}?{_CURB['zh']}[^，。；：]{{0,4}}?{_YEARS_ZH}年"
    ),
    "ja": re.compile(rf"{_CURB['ja']}から\s?\d{{1,3}}年(?!間|度|\s?\d)"),
    "ko": re.compile(
        rf"{_CURB['ko']}\s?(?:(?:이후|후|뒤|로부터)\s?\d{{1,3}}년|\d{{1,3}}주년|[1-9]\d년(?=[,…\s]))(?!\s?(?:간|동안|유예|연장|더))"
    ),
}
_Stretches = tuple[tuple[int, int], ...]
_KEPT: WeakKeyDictionary[Reading, _Stretches] = WeakKeyDictionary()


def is_no_news(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether at least half of what tells an event stands where a headline supposes, looks back or passes on a rumour."""
    if reading.item.kind in {"regulatory", "mission"}:
        return False
    return _is_supposed(reading, event) or _is_rumoured(reading, event)


def _is_supposed(reading: Reading, event: tuple[Hit, ...]) -> bool:
    stretches = _KEPT.get(reading)
    if stretches is None:
        stretches = _KEPT[reading] = tuple(_untold(reading.item.language, reading.title))
    last = len(reading.title)
    for start, end in stretches:
        if start == 0 and end == last:
            return True
        if 2 * sum(start <= reading.span(hit)[0] < end for hit in event) >= len(event):
            return True
    return False


def _is_rumoured(reading: Reading, event: tuple[Hit, ...]) -> bool:
    rumours = reading.hits.get(RUMOUR)
    if not rumours or any(hit.entry.concept == RUMOUR for hit in event):
        return False
    told = {reading.sentence_of(hit) for hit in event}
    return any(reading.sentence_of(rumour) in told for rumour in rumours)


def _untold(language: str, title: str) -> Iterator[tuple[int, int]]:
    """The stretches of a headline in which no act is news; places count in the title."""
    if language not in _WHAT_IF:
        return
    if _WAR_GAME[language].search(title):
        yield 0, len(title)
    if supposed := _WHAT_IF[language].search(title):
        start = clause_bounds(title, supposed.start())[0] if language in _VERB_LAST else supposed.start()
        yield start, len(title)
    if since := _ANNIVERSARY[language].search(title):
        yield clause_bounds(title, since.start())
