from datetime import UTC, datetime

from tests.adapters.collected_specs import spec_of
from warning.app.entry_memory import MOST_BRIEFS, EntryMemory
from warning.core.documents import Parsed
from warning.core.evidence import Item

NOW = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)
MARKS = frozenset({"00000000000000ff", "0123456789abcdef", "ffffffffffffffff"})
JUDGED = spec_of("https://x.example/", expect={"required_fields": ["summary"]})


def item(number: int, **fields) -> Item:
    told = {"kind": "news", "country": "US", "language": "en", "title": "t", "url": "https://x.example/"}
    return Item(id=f"i{number}", source_id="s", known_at=NOW, published_at=NOW, **(told | fields))


def parsed(*items: Item) -> Parsed:
    return Parsed(items=items, entry_hashes=MARKS)


def test_marks_come_back_as_they_were_given():
    memory = EntryMemory()
    memory.remember("s", MARKS, {})
    assert memory.marks("s") == MARKS
    assert memory.marks("never read") == frozenset()


def test_entries_read_before_are_judged_with_those_read_now():
    memory = EntryMemory()
    memory.remember(JUDGED.id, MARKS, memory.briefs(JUDGED, parsed(item(1), item(2, summary="s"))))
    now = memory.briefs(JUDGED, parsed(item(3), item(1, summary="s")))
    assert ["summary" in brief.missing for brief in now.values()] == [False, True, False]


def test_nothing_is_remembered_of_entries_for_a_source_that_expects_nothing_of_them():
    assert EntryMemory().briefs(spec_of("https://x.example/"), parsed(item(1))) == {}


def test_the_oldest_briefs_are_forgotten_beyond_the_most():
    memory = EntryMemory()
    memory.remember(JUDGED.id, MARKS, memory.briefs(JUDGED, parsed(*map(item, range(MOST_BRIEFS)))))
    now = memory.briefs(JUDGED, parsed(item(MOST_BRIEFS)))
    assert len(now) == MOST_BRIEFS
    assert next(iter(now)) == list(memory.briefs(JUDGED, parsed()))[1]
