"""Whether a sentence only speaks about an act that stands: blames or defends it, bets upon it, lives with it.

"Minister criticises China's export curbs", 押注印尼延长出口禁令, 磁石輸出規制を非難, 수출 제한 비판: the act is what the remark is
about, and no news. "Beijing slams the move, halts exports" keeps its act: most of it stands outside the clause of the remark;
so does 不满限制 决定禁止出口, where the state that minds goes on to act, and "halts exports to help prices recover".
"""

import re
from collections.abc import Iterator

from warning.core.text.clauses import clause_bounds
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

REMARK = "cue:remarked"
# Where these stand between a remark and an act, who remarks goes on to act, or the act itself is new.
_GOES_ON = re.compile(
    r"\b(?:and|but|then|so|after|following|new|sudden|decisions?|announc\w+|decid\w+|order\w*|says? it|said it)\b"
    r"|并|並|宣布|决定|遂|同时|后|而|公布|发布|下令|引",
    re.IGNORECASE,
)
_REMARK_FIRST = frozenset({"en", "zh"})
_CLOSING = " \"'」』”’)）"


def is_only_remarked_on(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether the sentence of the event only remarks on it. Notices make no remarks."""
    if REMARK not in reading.hits or reading.item.kind == "regulatory":
        return False
    return any(
        2 * sum(start <= hit.start < end for hit in event) >= len(event)
        for start, end in _remarked_clauses(reading, event)
    )


def _remarked_clauses(reading: Reading, event: tuple[Hit, ...]) -> Iterator[tuple[int, int]]:
    """The clauses with a remark about the event in its sentences; places count in the folded text."""
    numbers = {reading.sentence_of(hit) for hit in event}
    for remark in reading.hits[REMARK]:
        if reading.sentence_of(remark) in numbers:
            clause = clause_bounds(reading.folded.text, remark.start)
            if _is_about(remark, event, clause[1], reading):
                yield clause


def _is_about(remark: Hit, event: tuple[Hit, ...], clause_end: int, reading: Reading) -> bool:
    """Whether the place of a remark says that it is about the event: before it in English and Chinese, after it elsewhere.

    A remark that ends its clause is about what stands before it in every language.
    """
    text, language = reading.folded.text, reading.item.language
    before = sum(hit.start < remark.start for hit in event)
    if not text[remark.end : clause_end].strip(_CLOSING) or language not in _REMARK_FIRST:
        return 2 * before >= len(event) and not _goes_on(text, max(h.end for h in event), remark.start)
    return 2 * before <= len(event) and not _goes_on(text, remark.end, max(h.start for h in event))


def _goes_on(text: str, start: int, end: int) -> bool:
    return _GOES_ON.search(text, start, max(start, end)) is not None
