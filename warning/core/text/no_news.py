"""Headlines whose act is no news, whoever acts: what would be if, a war game, an anniversary, a rumour.

如果中国禁止稀土出口; "What if China banned helium"; 机上演習; "15 years after China banned exports"; 传中国将限制锑出口. What stands
outside such a stretch is told: 中国禁止锑出口 若美方加税将扩大, "A year after its ban, China bans silver". What stands below a headline
is never supposed. A rumour is told by rules alone that ask for its words. Notices and missions suppose nothing.
A muted act is worse than a false lead: what can be read either way is told.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from weakref import WeakKeyDictionary

from warning.core.text.clauses import clause_parts
from warning.core.text.matcher import Hit
from warning.core.text.no_news_words import (
    ACTS_NOW,
    ANNIVERSARY,
    CONFIRMED,
    RUMOUR_ALONE,
    STATE,
    WAR_GAME,
    WHAT_IF,
)
from warning.core.text.reading import Reading

RUMOUR = "cue:rumoured"
_VERB_LAST = frozenset({"ja", "ko"})
_BRIEF = 24, 10
_AROUND = " \t\u3000.。!！…\"'“”「」『』()（）"
_Span = tuple[int, int]
_SUPPOSED: WeakKeyDictionary[Reading, tuple[tuple[_Span, bool], ...]] = WeakKeyDictionary()
_RUMOURED: WeakKeyDictionary[Reading, list[_Span]] = WeakKeyDictionary()


def is_no_news(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether what tells an event stands where a headline supposes, looks back or passes on a rumour.

    At least half of its words must; of a war game all but the names of states.
    """
    if reading.item.kind in {"regulatory", "mission"}:
        return False
    return _is_supposed(reading, event) or _is_rumoured(reading, event)


def _is_supposed(reading: Reading, event: tuple[Hit, ...]) -> bool:
    stretches = _SUPPOSED.get(reading)
    if stretches is None:
        stretches = _SUPPOSED[reading] = tuple(_untold(reading.item.language, reading.title))
    if not stretches:
        return False
    places = [reading.span(hit)[0] for hit in event]
    acts = [
        place
        for hit, place in zip(event, places, strict=True)
        if not hit.entry.concept.startswith(("actor:", "issuer:"))
    ]
    for (start, end), wholly in stretches:
        if wholly:
            if acts and all(start <= place < end for place in acts):
                return True
        elif 2 * sum(start <= place < end for place in places) >= len(places):
            return True
    return False


def _is_rumoured(reading: Reading, event: tuple[Hit, ...]) -> bool:
    if RUMOUR not in reading.hits or any(hit.entry.concept == RUMOUR for hit in event):
        return False
    clauses = _RUMOURED.get(reading)
    if clauses is None:
        clauses = _RUMOURED[reading] = list(_rumoured_clauses(reading))
    passed_on = 0
    for hit in event:
        place = reading.span(hit)[0]
        at = bisect_right(clauses, (place, len(reading.text) + 1)) - 1
        passed_on += at >= 0 and place < clauses[at][1]
    return 2 * passed_on >= len(event)


def _rumoured_clauses(reading: Reading) -> Iterator[_Span]:
    """The clauses in which a rumour is passed on, in order.

    One that only says so holds the next too where it opens the headline, and the one before where it ends it.
    """
    language = reading.item.language
    clauses = clause_parts(reading.text, language)
    starts = [start for start, _ in clauses]
    for at in sorted({bisect_right(starts, reading.span(hit)[0]) - 1 for hit in reading.hits[RUMOUR]}):
        start, end = clauses[at]
        if CONFIRMED.search(reading.text, start, end):
            continue
        if at == 0 and end <= _BRIEF[language != "en"] and len(clauses) > 1:
            end = clauses[1][1]
        elif at and RUMOUR_ALONE.fullmatch(reading.text[start:end].strip(_AROUND)):
            start = clauses[at - 1][0]
        yield start, end


def _untold(language: str, title: str) -> Iterator[tuple[_Span, bool]]:
    """The stretches of a headline in which no act is news, and whether all of an act must stand there; places count in the title."""
    if language not in WHAT_IF:
        return
    clauses = clause_parts(title, language)
    starts = [start for start, _ in clauses]
    for game in islice(WAR_GAME[language].finditer(title), 3):
        at = bisect_right(starts, game.start()) - 1
        start, end = clauses[at]
        if language == "en" and not game.group().lower().startswith("in "):
            start = game.start()
        # 机上演習　ガリウム禁輸: an exercise that opens a headline tells behind it what it supposes, where no state acts there.
        if at == 0 and len(clauses) > 1 and not re.search(STATE[language], title[slice(*clauses[1])]):
            end = clauses[1][1]
        yield (start, end), True
    if supposed := WHAT_IF[language].search(title):
        start = supposed.start()
        if language in _VERB_LAST:
            start = clauses[bisect_right(starts, start) - 1][0]
        end = title.find(": ", supposed.end()) if supposed.group().lower().startswith("should") else -1
        yield (start, end if end > 0 else len(title)), False
    since = ANNIVERSARY[language].search(title)
    if since and not ACTS_NOW[language].search(title, since.end()):
        yield clauses[bisect_right(starts, since.start()) - 1], False
