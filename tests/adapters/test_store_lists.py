"""Lists in the store: what waits lies ahead of its time, is taken out when it is no news, and equals the replay."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warning.app.replayed_lists import ReplayedLists
from warning.core.evidence import Entry, Listing, ListingChange, listing_id
from warning.core.list_memory import waits
from warning.store.engine import open_engine
from warning.store.migrate import upgrade_engine
from warning.store.repository import Repository
from warning.store.schema import list_memories

BEGIN = datetime(2024, 12, 2, tzinfo=UTC)
FOREVER = BEGIN + timedelta(days=3650)


@pytest.fixture(scope="module")
def repository():
    engine = open_engine("sqlite://")
    upgrade_engine(engine)
    yield Repository(engine)
    engine.dispose()


def version(source: str, members: Sequence[int], days: float) -> Listing:
    entries = tuple(Entry(key=f"k{n}", name=f"Firm {n}") for n in members)
    known_at = BEGIN + timedelta(days=days)
    return Listing(id=listing_id(source, entries), source_id=source, known_at=known_at, entries=entries)


def stored(repository: Repository, source: str, as_of: datetime) -> list[ListingChange]:
    window = repository.unassessed((), as_of, 100_000)
    return [change for change in window.listing_changes if change.source_id == source]


def ordered(changes: Iterable[ListingChange]) -> list[ListingChange]:
    return sorted(changes, key=lambda change: (change.known_at, change.id))


def day(days: float) -> datetime:
    return BEGIN + timedelta(days=days)


def test_removal_lies_ahead_until_it_has_lasted(repository: Repository):
    repository.add_listing(version("a", [1, 2], 0))
    repository.add_listing(version("a", [1], 1))
    assert stored(repository, "a", day(2.9)) == []
    assert [(c.change, c.entry.key) for c in stored(repository, "a", day(3))] == [("removed", "k2")]


def test_removal_is_taken_out_when_the_entry_is_back(repository: Repository):
    repository.add_listing(version("b", [1, 2], 0))
    repository.add_listing(version("b", [1], 1))
    repository.add_listing(version("b", [1, 2], 2))
    assert stored(repository, "b", FOREVER) == []


def test_cut_page_is_stored_and_says_what_is_held_back(repository: Repository):
    repository.add_listing(version("c", range(40), 0))
    repository.add_listing(version("c", range(5), 1))
    latest = repository.latest_listing("c")
    assert latest is not None
    assert len(latest.entries) == 5
    (memory,) = (m for m in repository.lists_waiting() if m.source_id == "c")
    assert "35 entries are missing" in waits(memory, day(1))
    repository.add_listing(version("c", range(41), 2))
    assert [c.entry.key for c in stored(repository, "c", FOREVER)] == ["k40"]
    assert "c" not in {m.source_id for m in repository.lists_waiting()}


def test_list_stored_before_memories_were_kept_is_taken_as_it_was(repository: Repository):
    repository.add_listing(version("d", [1, 2], 0))
    with repository.engine.begin() as connection:
        connection.execute(list_memories.delete().where(list_memories.c.source_id == "d"))
    assert [c.entry.key for c in repository.add_listing(version("d", [1, 2, 3], 1))] == ["k3"]


NUMBERS = count()
PAGES = st.lists(
    st.tuples(st.integers(1, 30), st.sets(st.integers(0, 24), min_size=1)), min_size=1, max_size=8
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAGES)
def test_store_holds_at_every_instant_what_a_replay_has_told(repository: Repository, pages):
    source = f"s{next(NUMBERS)}"
    replay, told, hours = ReplayedLists(), [], 0
    for after, page in pages:
        hours += 6 * after
        listing = version(source, sorted(page), hours / 24)
        repository.add_listing(listing)
        replay.learn(listing)
        told += replay.due(listing.known_at)
        assert ordered(told) == ordered(stored(repository, source, listing.known_at))
    told += replay.due(FOREVER)
    assert ordered(told) == ordered(stored(repository, source, FOREVER))
