"""What reading processes answer is what they read, whatever way it is packed."""

import pickle
import pickletools
from datetime import UTC, datetime

import pytest

from warning.app.parse_messages import packed
from warning.core.documents import LeftOut, Parsed
from warning.core.evidence import Entry, Item, Listing, Observation
from warning.core.vocabulary import Marking

AT = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)
ITEM = Item(
    id="i-1", source_id="s", kind="news", country="CN", language="zh", title="镓", url="https://x.example/1",
    known_at=AT, marking=Marking.AMBER, release_to=frozenset({"USA"}),
)  # fmt: skip
FIGURE = Observation(
    id="o-1", source_id="s", series_id="x", material="gallium", measure="price", reporter="CN", unit="USD/kg",
    frequency="D", period="2026-01-31", value=1.5, known_at=AT,
)  # fmt: skip
ENTRY = Entry(key="1", name="A", fields=(("city", "B"),))
LISTING = Listing(id="l-1", source_id="s", known_at=AT, entries=(ENTRY,))


@pytest.mark.parametrize("value", [ITEM, FIGURE, ENTRY, LISTING], ids=lambda value: type(value).__name__)
def test_evidence_comes_out_of_the_message_as_it_went_in(value):
    found = pickle.loads(packed(value))
    assert type(found) is type(value)
    assert found == value
    assert hash(found) == hash(value)


def test_a_whole_answer_comes_out_as_it_went_in():
    parsed = Parsed(
        items=(ITEM,), observations=(FIGURE,), listing=LISTING, problems=("p",), left_out=(LeftOut(name="n", reason="r"),),
        seen=2, entry_hashes=frozenset({"ab"}),
    )  # fmt: skip
    assert pickle.loads(packed((parsed, "", ""))) == (parsed, "", "")


def test_no_item_names_its_fields_in_the_message():
    """Their names once more for each item is what takes the time."""
    names = {arg for _, arg, _ in pickletools.genops(packed([ITEM, FIGURE, ENTRY])) if isinstance(arg, str)}
    assert names.isdisjoint({"archive_hash", "series_id", "_dataclass_setstate"})
