"""Goods in a row: what joins them parts no sentence ("suspends gallium, germanium and antimony export ban"), and what a
verb of halting stands upon past them ("halts gallium, germanium export ban" ends a curb; "halts gallium exports" is one).
"""

import re
from bisect import bisect_left
from weakref import WeakKeyDictionary

from warning.core.text.matcher import Hit, Hits
from warning.core.text.reading import Reading

HALT = "cue:halt"
_CURBS = "cue:control_noun"
# Consent lets goods go: who halts licences or quotas halts the goods.
_PERMITTING = ("act:licence", "act:quota", "act:inspection")
_JOINT = re.compile(r"\s*+(?:,\s*+(?:and\b)?|，|、|\band\b)\s*+", re.IGNORECASE)
# What may stand between a verb of halting and the curb, beside goods and their joints.
_SMALL = re.compile(
    r"(?:\s++|\b(?:its|the|a|an|all|most|some|own|new|year|long|old|sweeping|planned|remaining)\b)*+"
)
_REACH = 80
_Edges = tuple[dict[int, int], frozenset[int], list[int]]
_KEPT: WeakKeyDictionary[Reading, tuple[Hits, _Edges]] = WeakKeyDictionary()


def without_joints(reading: Reading, start: int, end: int) -> str:
    """The folded text from `start` to `end`, with spaces for the commas and the "and" that only join goods."""
    text = reading.folded.text[start:end]
    starts, ends, _ = _edges(reading)
    return _JOINT.sub(
        lambda joint: (
            " " * len(joint.group())
            if start + joint.start() in ends and start + joint.end() in starts
            else joint.group()
        ),
        text,
    )


def halts_a_curb(reading: Reading, verb: Hit) -> bool:
    """Whether a verb of halting has a curb as its object: goods and small words alone stand between them."""
    text, (starts, _, nouns) = reading.folded.text, _edges(reading)
    curbs = set(nouns[bisect_left(nouns, verb.end) : bisect_left(nouns, verb.end + _REACH)])
    if not curbs:
        return False
    place, last = verb.end, max(curbs)
    while place <= last:
        small = _SMALL.match(text, place)
        place = small.end() if small else place
        if place in curbs:
            return True
        after = starts.get(place)
        if after is None:
            return False
        joint = _JOINT.match(text, after)
        place = joint.end() if joint else after
    return False


def _edges(reading: Reading) -> _Edges:
    """Where names of goods begin, each with the end of the longest one there, where they end, and where curbs begin, in order."""
    kept = _KEPT.get(reading)
    if kept is None or kept[0] is not reading.hits:
        starts: dict[int, int] = {}
        ends: set[int] = set()
        for concept, hits in reading.hits.items():
            if concept.startswith("material:"):
                ends.update(hit.end for hit in hits)
                for hit in hits:
                    starts[hit.start] = max(hit.end, starts.get(hit.start, 0))
        permits = {hit.start for act in _PERMITTING for hit in reading.hits.get(act, ())}
        curbs = sorted({hit.start for hit in reading.hits.get(_CURBS, ())} - permits)
        kept = _KEPT[reading] = reading.hits, (starts, frozenset(ends), curbs)
    return kept[1]
