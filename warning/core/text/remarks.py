"""Whether a sentence only speaks about an act that stands: blames or defends it, bets upon it, lives with it.

"Minister criticises China's export curbs", 押注印尼延长出口禁令, 磁石輸出規制を非難, 수출 제한 비판: the act is what the remark is
about, and no news. "Beijing slams the move, halts exports" keeps its act: most of it stands outside the clause of the remark.
A headline shows it by its build too: the act is the object of a verb that brings nothing about (輸出制限を商機に, 수출 금지에
웃는다), or a state's own ("refiners seize on China's export limits").
"""

import re
from collections.abc import Iterator

from warning.core.text.clauses import clause_bounds
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

REMARK = "cue:remarked"
# Words that bring an act about: beside one of them the act is news, whoever is named before it.
_DOING = tuple(f"cue:{name}" for name in ("impose", "announce", "stop", "relief", "shut", "dated"))
_OBJECT = {
    "ja": re.compile(r"(?:措置|方針|制度)?(?:を(?!めぐ|巡|受け)|に(?!つい|より|よる|伴|関)|への?)(?=\S)"),
    "ko": re.compile(r"(?:령|조치|제도)?(?:을|를|에(?!서|도|\s?따)|에 대한)\s(?=\S)"),
}
_STANDS_ALONE = re.compile(r"[^、,…:の\s]{0,6}(?:省|府|庁|院|署|局|부|청|원|당국|정부)[、,…:]|[、,…:]")
_STATES_OWN = re.compile(
    r"\b(?:china|beijing|washington|america|congo|kinshasa|indonesia|jakarta|japan|tokyo|russia|moscow|the us|us)['’]s?\s",
    re.IGNORECASE,
)


def is_only_remarked_on(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether the sentence of the event only remarks on it, by its words or its build. Notices make no remarks."""
    if reading.item.kind == "regulatory":
        return False
    if REMARK in reading.hits and any(
        2 * sum(start <= hit.start < end for hit in event) >= len(event)
        for start, end in _remarked_clauses(reading, event)
    ):
        return True
    if any(reading.field_of(hit) != "title" for hit in event):
        return False
    return _is_object(reading, event) or _is_a_states_own(reading, event)


def _remarked_clauses(reading: Reading, event: tuple[Hit, ...]) -> Iterator[tuple[int, int]]:
    """The clauses with a remark in the sentences of the event; places count in the folded text."""
    numbers = {reading.sentence_of(hit) for hit in event}
    for remark in reading.hits[REMARK]:
        if reading.sentence_of(remark) in numbers:
            yield clause_bounds(reading.folded.text, remark.start)


def _is_object(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether the last word of the event is the object of what ends its clause, and that brings nothing about."""
    particle = _OBJECT.get(reading.item.language)
    end = max(hit.end for hit in event)
    follows = particle.match(reading.folded.text, end) if particle else None
    if follows is None or _opens_with_its_actor(reading):
        return False
    return not _does(reading, end, clause_bounds(reading.folded.text, end)[1])


def _is_a_states_own(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether the event is a possession of a state, in a clause that someone else opens and nothing brings about."""
    if reading.item.language != "en":
        return False
    begin, end = min(hit.start for hit in event), max(hit.end for hit in event)
    start, stop = clause_bounds(reading.folded.text, begin)
    owner = next(
        (found for found in _STATES_OWN.finditer(reading.folded.text, start, end) if found.start() <= begin),
        None,
    )
    if owner is None or owner.start() == start:
        return False
    return not _does(reading, start, owner.start()) and not _does(reading, end, max(stop, end))


def _opens_with_its_actor(reading: Reading) -> bool:
    """Whether a state or its office opens the headline and stands alone: 中国、…; 中, …. What follows is its own doing."""
    text = reading.folded.text
    return any(
        hit.start == 0 and _STANDS_ALONE.match(text, hit.end)
        for concept, hits in reading.hits.items()
        if concept.startswith(("actor:", "issuer:"))
        for hit in hits
    )


def _does(reading: Reading, start: int, end: int) -> bool:
    """Whether a word that brings an act about begins between two places."""
    return any(start <= hit.start < end for concept in _DOING for hit in reading.hits.get(concept, ()))
