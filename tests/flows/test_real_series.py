"""The shipped rules on real series and lists: known events on their first possible day, quiet elsewhere."""

import csv
import importlib.util
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warning.catalog.load import load_rulebook
from warning.collect.interchange import read_evidence
from warning.core.detect.listing import detect_listing
from warning.core.detect.series import detect_series
from warning.core.evidence import Listing, Observation, Window, compare_listings
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal
from warning.core.vocabulary import Severity
from warning.resources import tree

pytestmark = pytest.mark.shared_data
CHECKOUT = Path(__file__).resolve().parents[2]
LATER = datetime(2100, 1, 1, tzinfo=UTC)
POINTS_A_YEAR = {"D": 250, "W": 52, "M": 12, "Q": 4, "A": 1}


def _converter() -> object:
    place = CHECKOUT / "bench" / "trade_to_interchange.py"
    spec = importlib.util.spec_from_file_location("trade_to_interchange", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(tree("rules"), tree("feeds"))


@pytest.fixture(scope="module")
def shared() -> Path:
    place = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data"))
    place = place if place.is_absolute() else CHECKOUT / place
    if not place.is_dir():
        pytest.skip(f"the shared data set is not at {place}; EWS_SHARED_DATA names its directory")
    return place


@pytest.fixture(scope="module")
def converted(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file but the yearly flows, as interchange lines."""
    out = tmp_path_factory.mktemp("interchange")
    module = _converter()
    for name, convert in module.FILES.items():
        if name != "yearly_flows":
            module.write(out / f"{name}.jsonl", convert(shared))
    return out


def alarms(path: Path, book: Rulebook) -> tuple[list[Signal], float]:
    """Every signal of one file, and how many series-years it holds."""
    observations = tuple(r for r in read_evidence(path) if isinstance(r, Observation))
    window = Window(observations=observations, fresh=frozenset(o.id for o in observations))
    known = window.as_known(LATER)
    years = sum(len(s.points) / POINTS_A_YEAR[s.meta.frequency] for s in known.series)
    return detect_series(book, known, LATER)[0], years


def evidence_ids(signals: list[Signal]) -> set[str]:
    return {s.exhibit.evidence_id for s in signals}


def test_graphite_collapse_of_december_2023_fires_for_each_large_partner(converted: Path, book: Rulebook):
    signals, _ = alarms(converted / "china_by_partner.jsonl", book)
    december = [
        s for s in signals if s.exhibit.evidence_id.endswith("-kg@2023-12") and "250410" in s.facts.hs_codes
    ]
    assert {t for s in december for t in s.facts.targets} == {"JP", "US", "IN", "DE"}
    assert {s.known_at for s in december} == {datetime(2024, 1, 21, tzinfo=UTC)}
    assert len({s.story for s in december}) == 1
    assert {s.severity for s in december if s.facts.targets == ("JP",)} == {Severity.SEVERE}


def test_rush_before_the_graphite_licence_fires_in_november_2023(converted: Path, book: Rulebook):
    signals, _ = alarms(converted / "china_by_partner.jsonl", book)
    assert "cn-exp-250410-jp-kg@2023-11" in evidence_ids(
        [s for s in signals if s.facts.act == "front_loading"]
    )


def test_ordinary_months_of_partners_stay_under_a_fifth_of_an_alarm_a_year(converted: Path, book: Rulebook):
    signals, years = alarms(converted / "china_by_partner.jsonl", book)
    assert len(evidence_ids(signals)) / years < 0.2
    # The cliffs of the graphite licence are events, each with the act's date.
    interrupting = [s for s in signals if s.severity >= Severity.MODERATE and s.rule_id != "flow-cliff"]
    assert {s.exhibit.evidence_id[-7:] for s in signals if s.rule_id == "flow-cliff"} <= {
        "2023-12", "2024-01", "2024-02",
    }  # fmt: skip
    assert len(evidence_ids(interrupting)) / years < 0.03


def test_every_alarm_on_the_shared_code_says_what_else_it_holds(converted: Path, book: Rulebook):
    signals, _ = alarms(converted / "china_by_partner.jsonl", book)
    shared_code = [
        s for s in signals if "811292" in s.facts.hs_codes and s.rule_id == "flow-gallium-germanium"
    ]
    assert shared_code
    assert all(any(r.code == "series.caveat" and "indium" in r.text for r in s.why) for s in shared_code)


def test_gallium_and_germanium_by_value_to_japan_fall_in_the_first_month_of_the_licence(
    converted: Path, book: Rulebook
):
    signals, years = alarms(converted / "china_by_group.jsonl", book)
    assert "cn-exp-gallium_germanium-jp-usd@2023-08" in evidence_ids(signals)
    assert len(evidence_ids(signals)) / years < 0.2


@pytest.mark.parametrize(
    "name", ["korea_china", "usa_china", "china_totals", "half_hourly", "half_hourly_as_days"]
)
def test_seasonal_totals_and_faulty_snapshots_never_fire(name: str, converted: Path, book: Rulebook):
    signals, _ = alarms(converted / f"{name}.jsonl", book)
    assert not signals


def test_commodity_prices_of_sixty_years_fire_rarely_and_on_the_known_spikes(converted: Path, book: Rulebook):
    signals, years = alarms(converted / "pink_sheet.jsonl", book)
    found = evidence_ids(signals)
    assert len(found) / years < 0.1
    assert {"wb-nickel@2022-03", "wb-natural_gas_europe@2026-03", "wb-urea@2021-10"} <= found


def test_both_rises_of_neodymium_fire_and_manganese_stays_quiet(converted: Path, book: Rulebook):
    signals, _ = alarms(converted / "komis.jsonl", book)
    # The slow test of the level speaks when the second rise has lasted.
    lasting = {s.exhibit.evidence_id.split("@")[1][:7] for s in signals if s.rule_id == "price-level-shift"}
    assert lasting == {"2026-03"}
    signals = [s for s in signals if s.rule_id != "price-level-shift"]
    months = defaultdict(set)
    for signal in signals:
        months[signal.facts.materials].add(signal.exhibit.evidence_id.split("@")[1][:7])
    # The record of July 2025 comes a week before the rise is steep enough for the others.
    assert months == {("neodymium",): {"2025-07", "2025-08", "2026-02"}}


def test_risk_index_fires_on_the_named_days_and_seldom_otherwise(converted: Path, book: Rulebook):
    signals, _ = alarms(converted / "gpr.jsonl", book)
    found = {i.split("@")[1][:7] for i in evidence_ids(signals)}
    assert {"1990-08", "1991-01", "2001-09", "2003-03", "2022-02"} <= found
    assert len(signals) <= 10


def versions(path: Path, book: Rulebook) -> Iterator[tuple[Listing, dict[str, int], list[Signal]]]:
    """Compare each version with the one before it of the same list, and detect."""
    last: dict[str, Listing] = {}
    for listing in read_evidence(path):
        assert isinstance(listing, Listing)
        changes = compare_listings(last.get(listing.source_id), listing)
        last[listing.source_id] = listing
        counts: dict[str, int] = defaultdict(int)
        for change in changes:
            counts[change.change] += 1
        window = Window(listing_changes=changes, fresh=frozenset({listing.id}))
        yield listing, counts, detect_listing(book, window.as_known(LATER), LATER)[0]


def test_chinese_lists_fire_on_every_day_of_additions_with_the_count_of_that_day(
    converted: Path, shared: Path, book: Rulebook
):
    rows = json.loads((shared / "lists/china_control_lists.json").read_text(encoding="utf-8"))
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        expected[row["list_id"], row["date_added"]] += 1
    seen = {}
    for listing, counts, signals in versions(converted / "china_lists.jsonl", book):
        if counts:
            seen[listing.source_id, f"{listing.known_at:%Y-%m-%d}"] = counts["added"]
            assert "list-cn-control" in {s.rule_id for s in signals}
    assert seen == expected


def test_sanctions_list_replay_counts_what_its_index_counts(converted: Path, shared: Path, book: Rulebook):

    with (shared / "lists/ofac_sdn_versions_index.csv").open(encoding="utf-8") as lines:
        index = list(csv.DictReader(lines))[1:]
    replayed = list(versions(converted / "sdn.jsonl", book))[1:]
    for row, (_, counts, signals) in zip(index, replayed, strict=True):
        assert counts["added"] == int(row["added_vs_previous_row"])
        assert counts["removed"] == int(row["removed_vs_previous_row"])
        added = [s for s in signals if s.rule_id == "list-us-sdn"]
        assert len(added) == (counts["added"] > 0)


def test_editorial_edition_of_the_entity_list_is_no_news(converted: Path, book: Rulebook):
    assert not [s for _, _, signals in versions(converted / "entity_list.jsonl", book) for s in signals]
