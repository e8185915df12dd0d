"""An item's sentences by field: what an index of history knows of titles is what a reading of the item says."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from warning.core.evidence import Item
from warning.core.text.matcher import Hit
from warning.core.text.postings import sentences_of_fields
from warning.core.text.reading import Reading

WORDS = st.text(alphabet="ab .。！\n」)5다가ｶﾞ한글é<&", max_size=24)


def reading_of(title: str, summary: str, body: str) -> Reading:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Reading(
        Item(
            id="i", source_id="s", kind="news", country="KR", language="ko", title=title, summary=summary,
            body=body, known_at=now,
        )
    )  # fmt: skip


@example(texts=[("", "", "ﾞ")])
@given(texts=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=4))
def test_sentences_of_a_field_hold_every_hit_that_a_reading_finds_in_it(texts):
    readings = [reading_of(*text) for text in texts]
    first = np.cumsum([0, *(len(one.ends) for one in readings)], dtype=np.uint32)
    counts = np.array([one.sentences_by_field() for one in readings], dtype=np.uint32).reshape(-1, 2)
    fields = sentences_of_fields(first, counts[:, 0], counts[:, 1])
    for begin, reading in zip(first.tolist(), readings, strict=False):
        for place, character in enumerate(reading.folded.text):
            if character != "\n":  # no term holds a line's end
                hit = Hit(place, place + 1, None)  # type: ignore[arg-type]
                number = begin + reading.sentence_of(hit)
                assert [name for name, held in fields.items() if number in held] == [reading.field_of(hit)]
    assert sum(map(len, fields.values())) == int(first[-1])
