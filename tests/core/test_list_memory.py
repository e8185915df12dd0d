"""What is told of a list: cut pages and flapping members tell nothing, what lasts is told once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.app.replayed_lists import ReplayedLists
from warning.core.evidence import Entry, Listing, ListingChange, listing_id
from warning.core.list_memory import waits
from warning.core.list_patience import PATIENCE, ListPatience
from warning.core.sources import unknown_source

ABSENT_FOR, SHRUNK_FOR = PATIENCE.absent_for, PATIENCE.shrunk_for
BEGIN = datetime(2024, 12, 2, tzinfo=UTC)
LONG_AFTER = BEGIN + timedelta(days=3650)
Told = set[tuple[str, str, datetime]]


def version(keys: Iterable[str], days: float, **names: str) -> Listing:
    entries = tuple(Entry(key=k, name=names.get(k, f"Firm {k}"), country="CN") for k in keys)
    return Listing(
        id=listing_id("l", entries), source_id="l", known_at=BEGIN + timedelta(days=days), entries=entries
    )


def keys(count: int, first: int = 0) -> list[str]:
    return [f"k{n:03}" for n in range(first, first + count)]


def everything(versions: Sequence[Listing], until: datetime = LONG_AFTER) -> list[ListingChange]:
    lists = ReplayedLists()
    told: list[ListingChange] = []
    for listing in versions:
        lists.learn(listing)
        told += lists.due(listing.known_at)
    return [*told, *lists.due(until)]


def told(versions: Sequence[Listing], until: datetime = LONG_AFTER) -> Told:
    return {(change.change, change.entry.key, change.known_at) for change in everything(versions, until)}


def day(days: float) -> datetime:
    return BEGIN + timedelta(days=days)


def test_addition_is_told_at_once_and_the_baseline_not_at_all():
    assert told([version("ab", 0), version("abc", 1)], day(1)) == {("added", "c", day(1))}


def test_missing_entry_is_told_once_it_was_missing_for_two_days():
    gone = [version("ab", 0), version("a", 1)]
    assert told(gone, day(1) + ABSENT_FOR - timedelta(seconds=1)) == set()
    assert told(gone) == {("removed", "b", day(1) + ABSENT_FOR)}


def test_entry_that_comes_back_in_time_is_no_news_either_way():
    assert told([version("ab", 0), version("a", 1), version("ab", 2)]) == set()


def test_flapping_entry_never_tells_anything():
    flapping = [version("ab" if n % 2 else "a", n) for n in range(1, 20)]
    assert told([version("ab", 0), *flapping[1:]]) == set()


def test_entry_that_comes_back_after_its_removal_was_told_is_added_again():
    versions = [version("ab", 0), version("a", 1), version("ab", 9)]
    assert told(versions) == {("removed", "b", day(3)), ("added", "b", day(9))}


def test_entry_missing_for_several_versions_is_told_once():
    versions = [version("abc", 0), version("ac", 1), version("acd", 2), version("acde", 4), version("ace", 9)]
    assert [c.entry.key for c in everything(versions) if c.change == "removed"] == ["b", "d"]


def test_entry_back_under_a_new_name_is_amended_and_not_removed():
    versions = [version("ab", 0), version("a", 1), version("ab", 2, b="Another firm")]
    assert told(versions) == {("amended", "b", day(2))}


def test_full_page_after_a_cut_one_is_compared_with_the_page_before_the_cut():
    versions = [version(keys(40), 0), version(keys(10), 1), version(keys(41), 2)]
    assert told(versions) == {("added", "k040", day(2))}


def test_list_that_stays_short_is_told_once_as_having_shrunk():
    versions = [version(keys(40), 0), version(keys(10), 1), version(keys(11), 2), version(keys(10), 20)]
    changes = [c for c in everything(versions) if c.known_at < day(20)]
    assert {c.change for c in changes} == {"shrank"}
    assert {c.known_at for c in changes} == {day(1) + SHRUNK_FOR}
    assert len({c.listing_id for c in changes}) == 1
    assert (changes[0].entries_before, changes[0].entries_after) == (40, 11)


def test_additions_after_a_shrink_are_told_and_its_losses_neither_removed_nor_added():
    short = keys(10)
    versions = [
        version(keys(40), 0), version(short, 1), version([*short, "new"], 8), version([*keys(40), "new"], 30),
    ]  # fmt: skip
    assert {c for c in told(versions) if c[0] != "shrank"} == {("added", "new", day(8))}


def test_renumbered_list_is_told_as_one_doubt_and_not_as_hundreds_of_additions():
    before = version([f"old-{n}" for n in range(40)], 0, **{f"old-{n}": f"Firm {n}" for n in range(40)})
    after = version([f"new-{n}" for n in range(41)], 1, **{f"new-{n}": f"Firm {n}" for n in range(40)})
    assert {c[:2] for c in told([before, after]) if c[0] == "added"} == {("added", "new-40")}
    assert {c[0] for c in told([before, after])} == {"added", "shrank"}


def test_small_list_that_loses_half_tells_its_removals():
    assert {c[:2] for c in told([version("abcd", 0), version("ab", 1)])} == {
        ("removed", "c"),
        ("removed", "d"),
    }


def flips(*states: tuple[float, str]) -> list[Listing]:
    return [version("ab", days, a=name) for days, name in states]


def test_entry_that_changes_to_and_fro_is_told_once():
    versions = flips((0, "one"), (1, "two"), (1.5, "one"), (2, "two"), (2.5, "one"), (2.6, "two"))
    assert told(versions) == {("amended", "a", day(1))}


def test_amendment_that_goes_back_and_stays_so_is_told_when_it_has_lasted():
    versions = flips((0, "one"), (1, "two"), (1.5, "one"), (2.5, "one"))
    assert told(versions) == {("amended", "a", day(1)), ("amended", "a", day(3.5))}
    assert not told(versions, day(3)) - {("amended", "a", day(1))}


def test_amendment_that_goes_back_long_after_is_told_at_once():
    assert told(flips((0, "one"), (1, "two"), (9, "one"))) == {
        ("amended", "a", day(1)),
        ("amended", "a", day(9)),
    }


def test_entry_that_goes_on_to_a_third_wording_is_told_at_once():
    versions = flips((0, "one"), (1, "two"), (1.5, "one"), (2, "three"))
    assert told(versions) == {("amended", "a", day(1)), ("amended", "a", day(2))}


def test_source_says_how_long_an_entry_must_be_missing_and_what_is_a_cut_page():
    hasty = replace(
        unknown_source("l", "regulatory", "US", "en"),
        patience=ListPatience(absent_days=0.5, shrunk_share=0.9),
    )
    lists = ReplayedLists({"l": hasty})
    for listing in (version(keys(40), 0), version(keys(10), 1)):
        lists.learn(listing)
    assert {(c.change, c.known_at) for c in lists.due(LONG_AFTER)} == {("removed", day(1.5))}


def test_state_of_a_list_says_what_is_held_back_and_until_when():
    lists = ReplayedLists()
    for listing in (version(keys(40), 0), version(keys(39), 1), version(keys(10), 1.5)):
        lists.learn(listing)
    memory = lists.memory("l")
    assert memory is not None
    said = waits(memory, day(2))
    assert "list held back since 2024-12-03 12:00 UTC: 29 entries are missing, 10 are there" in said
    assert "1 entry is missing, told until 2024-12-05 00:00 UTC" in said
    assert waits(memory, day(9)) == ""


def test_entry_on_a_cut_page_is_there_however_much_else_is_missing():
    versions = [version([*keys(40), "b"], 0), version(keys(40), 1), version(["b"], 2), version(["b"], 20)]
    assert "removed" not in {c[0] for c in told(versions)}


MEMBERS = keys(30)
VERSIONS = st.lists(
    st.tuples(st.integers(0, 3), st.sets(st.integers(0, 29), max_size=5), st.booleans()),
    min_size=1,
    max_size=8,
)


def evolving(steps: Sequence[tuple[int, set[int], bool]]) -> tuple[list[Listing], list[Listing]]:
    """Versions of a list, and the same with a cut page some hours after some of them."""
    here, whole, cut = list(MEMBERS), [version(MEMBERS, 0)], [version(MEMBERS, 0)]
    for n, (added, dropped, is_cut) in enumerate(steps, 1):
        here = [k for k in here if int(k[1:]) not in dropped] + [f"k{n}{i:02}" for i in range(added)]
        whole.append(version(here, n))
        cut.append(version(here, n))
        if is_cut:
            cut += [version(here[: len(here) // 2], n + 0.3), version(here, n + 0.6)]
    return whole, cut


@given(VERSIONS)
def test_cut_pages_between_the_versions_change_nothing_that_is_told(steps):
    whole, cut = evolving(steps)
    assert set(everything(whole)) == set(everything(cut))


@given(VERSIONS, st.integers(1, 9))
def test_telling_does_not_depend_on_how_versions_come_together(steps, at_once):
    _, cut = evolving(steps)
    lists, found = ReplayedLists(), []
    for begin in range(0, len(cut), at_once):
        for listing in cut[begin : begin + at_once]:
            lists.learn(listing)
        found += lists.due(cut[min(begin + at_once, len(cut)) - 1].known_at)
    assert sorted([*found, *lists.due(LONG_AFTER)], key=repr) == sorted(everything(cut), key=repr)


@given(st.lists(st.sets(st.integers(0, 11)).map(sorted), min_size=1, max_size=12))
def test_what_was_told_always_adds_up_to_the_last_version_of_a_small_list(pages):
    versions = [version([f"k{n}" for n in page[:6]], day_) for day_, page in enumerate(pages) if page]
    if not versions:
        return
    members = {e.key for e in versions[0].entries}
    for change in sorted(everything(versions), key=lambda c: (c.known_at, c.change != "removed")):
        if change.change in ("removed", "shrank"):
            assert change.change == "shrank" or change.entry.key in members
            members -= {change.entry.key} if change.change == "removed" else set()
        elif change.change == "added":
            assert change.entry.key not in members
            members.add(change.entry.key)
    assert {e.key for e in versions[-1].entries} <= members


def otherwise(listing: Listing) -> Listing:
    """The version as another reading gives it: the same firms with a field more."""
    fields = (("program", "EAR"),)
    return replace(listing, read_anew=True, entries=tuple(replace(e, fields=fields) for e in listing.entries))


def test_another_reading_amends_nothing_and_who_came_and_went_meanwhile_is_told():
    later = otherwise(version([*keys(19), "new"], 1))
    assert told([version(keys(20), 0), later, replace(later, id="again", read_anew=False)]) == {
        ("added", "new", day(1)),
        ("removed", "k019", day(1) + ABSENT_FOR),
    }


def test_another_reading_with_other_keys_or_many_more_is_a_list_to_begin_with():
    other = replace(version([f"row {n}" for n in range(20)], 1), read_anew=True)
    assert told([version(keys(20), 0), other]) == set()
    more = replace(version(keys(60), 1), read_anew=True)
    assert told([version(keys(20), 0), more, version([*keys(60), "new"], 2)]) == {("added", "new", day(2))}


def test_what_waited_of_a_list_is_not_told_where_another_reading_begins_it_anew():
    other = replace(version([f"row {n}" for n in range(20)], 2), read_anew=True)
    assert told([version(keys(20), 0), version(keys(19), 1), other]) == set()


def by_name(listing: Listing) -> Listing:
    """The version as a reading gives it whose key is the name."""
    return replace(listing, entries=tuple(replace(e, key=e.name) for e in listing.entries))


@pytest.mark.parametrize("count", [0, 1, 12])
@pytest.mark.parametrize("reading", [lambda v: v, otherwise, by_name], ids=["address", "fields", "key"])
def test_cut_page_after_another_reading_is_no_truth_and_the_next_full_one_tells_nothing_old(count, reading):
    cut = replace(reading(version(keys(30), 1)), read_anew=True)
    cut = replace(cut, id="cut", entries=cut.entries[:count])
    full = replace(reading(version(keys(31), 2)), read_anew=False)
    assert [c[::2] for c in told([version(keys(30), 0), cut, full])] == [("added", day(2))]


def test_page_that_stays_cut_after_another_reading_is_told_as_shrunk_and_what_comes_back_is_not_amended():
    cut, full = otherwise(version(keys(12), 1)), otherwise(version(keys(30), 20))
    versions = [version(keys(30), 0), cut, replace(full, read_anew=False)]
    assert {c[::2] for c in told(versions)} == {("shrank", day(1) + SHRUNK_FOR)}
    amended = replace(version(keys(30), 30, k020="Another"), read_anew=False)
    amended = replace(otherwise(amended), read_anew=False)
    assert {c for c in told([*versions, amended]) if c[0] != "shrank"} == {("amended", "k020", day(30))}


def test_cut_page_of_another_list_does_not_begin_it_and_its_full_page_does():
    cut = replace(version([f"row {n}" for n in range(10)], 1), read_anew=True)
    full = version([f"row {n}" for n in range(30)], 2)
    later = version([*(f"row {n}" for n in range(30)), "new"], 3)
    assert told([version(keys(30), 0), cut, full, later]) == {("added", "new", day(3))}
    assert told([version(keys(30), 0), cut]) == set()


@pytest.mark.parametrize(("count", "others"), [(4, 4), (40, 9)])
def test_entries_under_other_keys_are_known_by_name_however_few_they_are(count, others):
    renamed = {f"x{n}": f"Firm {key}" for n, key in enumerate(keys(count)[:others])}
    anew = replace(version([*renamed, *keys(count)[others:]], 1, **renamed), read_anew=True)
    assert told([version(keys(count), 0), anew]) == set()


def test_entry_that_was_missing_and_is_back_under_another_key_is_neither_gone_nor_new():
    back = replace(by_name(version(keys(20), 2)), read_anew=True)
    assert told([version(keys(20), 0), version(keys(19), 1), back]) == set()
