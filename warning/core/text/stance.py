"""How a sentence speaks of an act: whether it says that the act is eased or ended, or that it never was.

Words of easing count only when they stand upon the act itself ("suspends export ban", 수출금지 조치 유예), not when
they merely stand beside it ("export controls halt production", 輸出規制で生産停止).

Only words that stand near each other are compared, and each answer is kept for its reading: the time grows with the text.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec
from weakref import WeakKeyDictionary

from warning.core.terms import Act
from warning.core.text.duty_steps import brings_a_duty_back
from warning.core.text.goods_rows import HALT, halts_a_curb, without_joints
from warning.core.text.kept_bans import brings_a_ban_back, is_extended, puts_an_end_off
from warning.core.text.matcher import Hit, Hits
from warning.core.text.no_relief import stands_upon_no_curb
from warning.core.text.reading import Reading

EASING = ("cue:ease", "cue:suspend", "cue:end")
INSTEAD = "cue:instead"
DENIAL = "cue:denied"
# Words that count only where they bring a control back into force.
RETURN = frozenset({"cue:back_in_force", "cue:lapse", "cue:duty_back", "cue:applied"})
# In characters: what may stand between a word and the act after it, and between an act and the word after it.
_LONGEST_GAP = 48
_LONGEST_RUN = 80
_LONGEST_WORD = 64
_P = ParamSpec("_P")
_BREAK = re.compile(
    r"[,;:.…()，；：。（）\n]| - |\b(?:after|as|amid|and|while|despite|before|but|following|over|since|until|unless)\b"
)
_BELOW = re.compile(r"\b(?:under|subject to|from)\b")
_VERB_LAST = frozenset({"ja", "ko"})
# Acts whose consent lets goods go: a licence or a quota that is approved.
_PERMITTING = frozenset({"licence", "quota"})
# Between a curb and the consent to it: the bill it stands in, and who consents. Between the consent and the curb: what it covers.
# No word stands here twice, the longer of two before the shorter, and none is given back: else a long row takes for ever.
_CONSENT_AFTER = re.compile(
    r"(?:措施|措置|改正|法律|的|令|案|法|被|获|を|の|が|で|は|을|를|법률|법안|법|개정안|방안|안|령|조치|에서|이|가|서|만장일치|전격|최종"
    r"|[,、…\s]|\b(?:is|are|was|were|be|gets?|bill|law|by|in|parliament|senate|cabinet)\b"
    r"|국회|의회|하원|상원|각의|내각|정부|대통령|본회의|国会|议会|上院|下院|内阁|阁议|政府|大统领|总统|参议院|众议院|本会议)*+"
)
_CONSENT_BEFORE = re.compile(r"(?:(?![,;:.…，；：。]|\bby\b).){0,40}")
# What may stand between an act and the words after it that end it.
_AFTER = {
    "en": re.compile(r"\s*(?:(?:is|are|was|were|be|to|will|has|have|been|being|now|partly|temporarily)\s+)*"),
    "zh": re.compile(r"(?:措施|令|被|将|已|正式|获|予以|全面|部分|\s)*"),
    "ja": re.compile(
        r"(?:\s|を|の|が|も|措置|实施|実施|适用|適用|一部|一时的に|一時的に|暂定|当面|全面|导入|强化|扩大|发动|\d|年|间|間|カ月|か月|来年|月|日|末|まで)*"
    ),
    "ko": re.compile(
        r"(?:\s|를|을|의|도|령|조치|시행|적용|도입|부과|강화|확대|일부|한시적|한시|잠정|전격|전면|으로|\d|년|개월|일|간|동안|해|내년|내달|올해|월|말|까지|\"|')*"
    ),
}


def _once_per_reading(
    find: Callable[Concatenate[Reading, _P], frozenset[int]],
) -> Callable[Concatenate[Reading, _P], frozenset[int]]:
    """Keep the answer for a reading until other hits are put there: every rule that matches asks for it."""
    kept: WeakKeyDictionary[Reading, tuple[Hits, object, frozenset[int]]] = WeakKeyDictionary()

    @wraps(find)
    def found(reading: Reading, /, *args: _P.args, **kwargs: _P.kwargs) -> frozenset[int]:
        known = kept.get(reading)
        if known is None or known[0] is not reading.hits or known[1] != (args, kwargs):
            known = kept[reading] = (reading.hits, (args, kwargs), find(reading, *args, **kwargs))
        return known[2]

    return found


@_once_per_reading
def eased_sentences(reading: Reading, acts: Mapping[str, Act]) -> frozenset[int]:
    """The sentences that say of a tightening act that it ends, or that name an act of easing.

    A curb that only gives way to another ("replaces the export ban with quotas") is not eased, nor is a permit that is taken away.
    """
    eased = {reading.sentence_of(h) for h in _hits(reading, _acts(acts, "easing"))}
    for cue, act in _neighbours(_hits(reading, EASING), _hits(reading, _acts(acts, "tightening"))):
        number = reading.sentence_of(act)
        if (
            number not in eased
            and _stands_upon(reading, cue, act)
            and reading.sentence_of(cue) == number
            and not stands_upon_no_curb(reading, cue)
        ):
            eased.add(number)
    eased |= {
        reading.sentence_of(verb)
        for verb in _hits(reading, (HALT, "cue:suspend"))
        if halts_a_curb(reading, verb)
    }
    return frozenset(eased - {reading.sentence_of(hit) for hit in _hits(reading, (INSTEAD,))})


@_once_per_reading
def returning_sentences(reading: Reading) -> frozenset[int]:
    """The sentences that say of a control that it comes back into force: "resumes export controls", 輸出規制の猶予を打ち切り.

    A verb of coming back stands upon the control, or an end stands upon its suspension. Flows that come back
    ("resumes rare earth exports") and a suspension of exports that ends are none, nor is an end that is put off, or a reprieve made longer. A headline is one too that ends relief
    from a duty, or that brings back a ban that was put off.
    """
    is_back = brings_a_duty_back(reading) or brings_a_ban_back(reading)
    titles = reading.sentences_in_title() if is_back else frozenset()
    controls = list(_hits(reading, ("cue:control_noun",)))
    if not controls or puts_an_end_off(reading) or is_extended(reading):
        return titles
    back, ends = list(_hits(reading, ("cue:back_in_force",))), list(_hits(reading, ("cue:lapse",)))
    pairs = list(_upon(reading, _hits(reading, ("cue:control_pause",)), controls))
    pauses = dict.fromkeys(pause for pause, _ in pairs)
    paused = dict.fromkeys(control for _, control in pairs)
    returning = [control for _, control in _upon(reading, back, controls)]
    returning += [pause for _, pause in _upon(reading, ends, pauses, apart_from=controls)]
    # "suspension of the export ban expires": the end follows the control that is paused.
    returning += [
        control
        for end, control in _neighbours(ends, paused)
        if end.start >= control.end and _stands_upon(reading, end, control)
    ]
    return titles | {reading.sentence_of(hit) for hit in returning}


@_once_per_reading
def consented_sentences(reading: Reading, acts: Mapping[str, Act]) -> frozenset[int]:
    """The sentences in which a state agrees to a curb: 수출 금지 의회 승인, "parliament clears export ban", 禁輸を国会が承認.

    Words of consent are relief only where goods, a permit or the end of a curb are their object.
    """
    words = list(_hits(reading, ("cue:consent",)))
    if not words:
        return frozenset()
    names = [name for name, act in acts.items() if act.direction == "tightening" and act.family == "control"]
    curbs = [f"act:{name}" for name in names if name not in _PERMITTING]
    found: set[int] = set()
    for word, curb in _neighbours(words, _hits(reading, [*curbs, "cue:control_noun"])):
        number = reading.sentence_of(curb)
        if number not in found and _agrees(reading, word, curb) and reading.sentence_of(word) == number:
            found.add(number)
    return frozenset(found) - eased_sentences(reading, acts)


def _agrees(reading: Reading, word: Hit, curb: Hit) -> bool:
    """Whether a word of consent has the curb as its object; the body that consents may stand between."""
    text = reading.folded.text
    if word.start >= curb.end:
        return (
            word.start - curb.end <= _LONGEST_RUN
            and _CONSENT_AFTER.fullmatch(text, curb.end, word.start) is not None
        )
    return (
        reading.item.language not in _VERB_LAST
        and _CONSENT_BEFORE.fullmatch(text, word.end, curb.start) is not None
    )


def _neighbours(words: Iterable[Hit], acts: Iterable[Hit]) -> Iterator[tuple[Hit, Hit]]:
    """Yield every word with every act that stands near enough to be spoken of: a bounded number for each act."""
    by_end = sorted(words, key=lambda word: word.end)
    if not by_end:
        return
    ends = [word.end for word in by_end]
    for act in acts:
        first = bisect_left(ends, act.start - _LONGEST_GAP)
        last = bisect_left(ends, act.end + _LONGEST_RUN + _LONGEST_WORD)
        for number in range(first, last):
            yield by_end[number], act


def _upon(
    reading: Reading, words: Iterable[Hit], controls: Iterable[Hit], apart_from: Iterable[Hit] = ()
) -> Iterator[tuple[Hit, Hit]]:
    """Yield the words that stand upon a control, with it: in Japanese and Korean only after it, none of `apart_from` between."""
    between = sorted(other.start for other in apart_from)
    for word, control in _neighbours(words, controls):
        if (
            (word.start > control.start or reading.item.language not in _VERB_LAST)
            and bisect_left(between, word.end) >= bisect_left(between, control.start)
            and _stands_upon(reading, word, control)
            and not _BELOW.search(reading.folded.text, word.end, max(word.end, control.start))
            and reading.sentence_of(word) == reading.sentence_of(control)
        ):
            yield word, control


def denied_sentences(reading: Reading) -> frozenset[int]:
    """The sentences that say an act is not so; a title that says it speaks for the whole item."""
    denied = {reading.sentence_of(hit) for hit in _hits(reading, (DENIAL,))}
    if denied & reading.sentences_in_title():
        return frozenset(range(len(reading.ends)))
    return frozenset() if reading.item.kind == "regulatory" else frozenset(denied)


def _acts(acts: Mapping[str, Act], direction: str) -> list[str]:
    return [f"act:{name}" for name, act in acts.items() if act.direction == direction]


def _hits(reading: Reading, concepts: Iterable[str]) -> Iterator[Hit]:
    for concept in concepts:
        yield from reading.hits.get(concept, ())


def _stands_upon(reading: Reading, cue: Hit, act: Hit) -> bool:
    if act.start <= cue.start and cue.end <= act.end:
        return False
    text = reading.folded.text
    if cue.start < act.start:
        if act.start - cue.end > _LONGEST_GAP:
            return False
        between = without_joints(reading, cue.end, act.start)
        return not _BREAK.search(between) and not _trades(reading, cue.end, act.start)
    if cue.start - act.end > _LONGEST_RUN:
        return False
    return _AFTER[cue.entry.phrase.language].fullmatch(text[act.end : cue.start]) is not None


def _trades(reading: Reading, start: int, end: int) -> bool:
    """Whether the words between already have their own export: "suspends exports under export rules"."""
    exports = reading.hits.get("cue:export", ())
    first = bisect_left(exports, start, key=lambda hit: hit.start)
    last = bisect_left(exports, end, lo=first, key=lambda hit: hit.start)
    return any(exports[number].end <= end for number in range(first, last))
