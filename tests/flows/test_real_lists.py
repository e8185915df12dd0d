"""Real lists through the memory that the service keeps: every difference of the truth tables, and nothing held back."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.adapters.parse_samples import document, members, profile, shared, unpacked
from warning.app.replayed_lists import ReplayedLists
from warning.catalog.sources import load_sources
from warning.collect.parse import parse
from warning.core.evidence import Entry, Listing, ListingChange, compare_listings, listing_id
from warning.core.formats import ListingFormat

pytestmark = pytest.mark.shared_data

SDN = ListingFormat(
    format="listing", header=False, key="ent_num", name="name", fields=("type", "program"),
    columns=("ent_num", "name", "type", "program", "title", "call_sign", "vessel_type", "tonnage", "grt", "flag", "owner", "remarks"),
)  # fmt: skip
SHIPPED = {spec.id: spec for spec in load_sources(Path(__file__).parents[2] / "feeds")}
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)


def version(source: str, known_at: datetime, entries: Sequence[Entry]) -> Listing:
    return Listing(
        id=listing_id(source, entries), source_id=source, known_at=known_at, entries=tuple(entries)
    )


def lines(archive: str) -> Iterator[Listing]:
    """Lists of one member a line, or a JSON array of them, a day apart."""
    for day, (_, body) in enumerate(members(archive)):
        text = body.decode()
        names = json.loads(text) if text.lstrip().startswith("[") else text.split()
        entries = [Entry(key=name, name=name) for name in dict.fromkeys(names)]
        yield version(archive, datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=3 * day), entries)


def replay(versions: Sequence[Listing]) -> tuple[list[Counter[str]], list[ListingChange]]:
    """The kinds of change of each version after the first, and all that is ever told."""
    lists, kinds, told = ReplayedLists(), [], []
    for listing in versions:
        kinds.append(Counter(change.change for change in lists.learn(listing)))
        told += lists.due(listing.known_at)
    return kinds[1:], [*told, *lists.due(FOREVER)]


@pytest.fixture(scope="module")
def sanctions() -> list[tuple[dict[str, str], Listing]]:
    """Each version of the sanctions list, parsed once for this module, with its row of the truth table."""
    index = unpacked("lists/ofac_sdn_versions_index.csv").decode()
    truth = {row["file"]: row for row in csv.DictReader(io.StringIO(index))}
    found = []
    for name, body in members("lists/ofac_sdn_versions.tar.zst"):
        row = truth[name.rpartition("/")[2]]
        parsed = parse(document(body), SDN, profile("US")).listing
        assert parsed is not None
        known_at = datetime.fromisoformat(row["scraped_at_utc"])
        found.append((row, version("us-ofac-sdn", known_at, parsed.entries)))
    return found


def differences(sanctions: Sequence[tuple[dict[str, str], Listing]]) -> list[tuple[int, int]]:
    """What each version after the first added and removed, by the truth table."""
    rows = [row for row, _ in sanctions[1:]]
    return [(int(row["added_vs_previous_row"]), int(row["removed_vs_previous_row"])) for row in rows]


def test_sanctions_list_has_exactly_the_entries_additions_and_removals_of_the_truth_table(sanctions):
    assert [len(listing.entries) for _, listing in sanctions] == [int(row["entries"]) for row, _ in sanctions]
    pairs = pairwise(listing for _, listing in sanctions)
    kinds = [Counter(change.change for change in compare_listings(*pair)) for pair in pairs]
    assert [(k["added"], k["removed"]) for k in kinds] == differences(sanctions)
    assert len(kinds) == 46


def test_sanctions_list_differs_in_every_version_by_what_the_truth_table_counts(sanctions):
    kinds, told = replay([listing for _, listing in sanctions])
    wanted = differences(sanctions)
    assert [(k["added"], k["removed"]) for k in kinds] == wanted
    counts = Counter(change.change for change in told)
    assert (counts["added"], counts["removed"]) == (sum(a for a, _ in wanted), sum(r for _, r in wanted))
    assert counts["shrank"] == 0


@pytest.mark.parametrize(
    "archive", ["lists/sdn_website_versions.tar.zst", "lists/sanctioned_addresses_XBT_versions.tar.zst"]
)
def test_lists_with_many_tiny_differences_tell_each_of_them_once(archive: str):
    versions = list(lines(archive))
    sets = [{entry.key for entry in listing.entries} for listing in versions]
    kinds, told = replay(versions)
    pairs = list(pairwise(sets))
    assert [(k["added"], k["removed"]) for k in kinds] == [(len(b - a), len(a - b)) for a, b in pairs]
    assert len(told) == sum(len(a ^ b) for a, b in pairs)


def test_chinese_lists_add_on_each_day_as_many_as_were_announced():
    rows = json.loads(shared("lists/china_control_lists.json").read_text(encoding="utf-8"))
    days = sorted({row["date_added"] for row in rows})
    announced = Counter(row["date_added"] for row in rows)
    versions = [version("cn", datetime(2023, 1, 1, tzinfo=UTC), ())]
    for day in days:
        here = [Entry(key=str(n), name=str(r)) for n, r in enumerate(rows) if r["date_added"] <= day]
        versions.append(version("cn", datetime.fromisoformat(day).replace(tzinfo=UTC), here))
    kinds, told = replay(versions)
    assert [k["added"] for k in kinds] == [announced[day] for day in days]
    assert len(told) == len(rows)


@pytest.mark.parametrize(
    ("source", "name", "entries", "since"),
    [
        ("cn-unreliable-entity-list", "china_control_lists", 61, "2023-02-16"),
        ("cn-attention-list", "china_control_lists", 40, "2026-02-24"),
        ("jp-end-user-list", "japan_foreign_end_user_list", 397, ""),
    ],
)
def test_a_shipped_list_is_read_as_its_publisher_lays_it_out(source, name, entries, since):
    """Of the registry's two Chinese lists each source takes its own; 20 Japanese entries have no name."""
    spec = SHIPPED[source]
    parsed = parse(document(shared(f"lists/{name}.json").read_bytes()), spec.parse, spec.profile)
    assert parsed.listing is not None
    assert len(parsed.listing.entries) == entries
    days = [dict(entry.fields).get("date_added", "") for entry in parsed.listing.entries]
    assert min(days) == since


def test_cut_polls_of_a_real_list_tell_nothing_and_lose_nothing():
    rows = json.loads(shared("lists/japan_foreign_end_user_list.json").read_text(encoding="utf-8"))
    entries = [Entry(key=str(n), name=str(row)) for n, row in enumerate(rows)]
    begin = datetime(2025, 9, 29, tzinfo=UTC)
    polls = [entries[:-5], entries[:100], entries, entries[:-40], entries]
    polls_at = [version("jp", begin + timedelta(hours=8 * n), poll) for n, poll in enumerate(polls)]
    _, told = replay(polls_at)
    assert Counter(change.change for change in told) == {"added": 5}
