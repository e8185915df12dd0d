"""Whether a sentence only speaks about an act that stands: blames or defends it, bets upon it, lives with it.

"Minister criticises China's export curbs", 押注印尼延长出口禁令, 磁石輸出規制を非難, 수출 제한 비판: the act is what the remark is
about, and no news. "Beijing slams the move, halts exports" keeps its act: most of it stands outside the clause of the remark.
"""

from collections.abc import Iterator

from warning.core.text.clauses import clause_bounds
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

REMARK = "cue:remarked"


def is_only_remarked_on(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether at least half of what tells the event stands in the clause of a remark. Notices make no remarks."""
    if reading.item.kind == "regulatory" or REMARK not in reading.hits:
        return False
    return any(
        2 * sum(start <= hit.start < end for hit in event) >= len(event)
        for start, end in _remarked_clauses(reading, event)
    )


def _remarked_clauses(reading: Reading, event: tuple[Hit, ...]) -> Iterator[tuple[int, int]]:
    """The clauses with a remark in the sentences of the event; places count in the folded text."""
    numbers = {reading.sentence_of(hit) for hit in event}
    for remark in reading.hits[REMARK]:
        if reading.sentence_of(remark) in numbers:
            yield clause_bounds(reading.folded.text, remark.start)
