"""The mirror gap at the levels of real figures: exporter and importer of 2022, where both report the same trade.

The public extract holds one year of both sides. Real gaps stand for years (other weights, other codes, goods that pass a
third country), so a level alone says nothing: a standing gap must stay quiet, and arrivals that fall away must fire.
"""

import csv
import io
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median

import pytest
import zstandard

from warning.catalog.load import load_rulebook
from warning.core.detect.series import detect_series
from warning.core.evidence import Observation, Window, period_end
from warning.core.rulebook import Rulebook
from warning.core.series_notation import periods_from

CHECKOUT = Path(__file__).resolve().parents[2]
LATER = datetime(2100, 1, 1, tzinfo=UTC)
COUNTRIES = {"156": "CN", "842": "US", "392": "JP", "410": "KR"}
CODES = ("250490", "280429", "811010", "811292", "850511")  # codes of the rules that the extract holds
MONTHS = 24
LEAST_KG = 200_000  # a year's trade that the rules look at: half of it stands above their floor
pytestmark = pytest.mark.shared_data
Pair = tuple[str, str, str]


@pytest.fixture(scope="module")
def both_sides() -> Mapping[Pair, tuple[float, float]]:
    """Kilograms of 2022 by exporter, importer and code: as exported, as imported."""
    place = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data"))
    place = place if place.is_absolute() else CHECKOUT / place
    path = place / "trade" / "comtrade_raw_2022.csv.zst"
    if not path.is_file():
        pytest.skip(f"the shared data set is not at {place}; EWS_SHARED_DATA names its directory")
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as plain:
        rows = list(csv.DictReader(io.TextIOWrapper(plain, encoding="utf-8")))
    told = {
        (COUNTRIES[r["reporter"]], COUNTRIES[r["partner"]], r["cmd"], r["flow"]): float(r["netwgt"] or 0)
        for r in rows
        if r["reporter"] in COUNTRIES and r["partner"] in COUNTRIES and r["cmd"] in CODES
    }
    return {
        (here, there, code): (sent, told[there, here, code, "M"])
        for (here, there, code, flow), sent in told.items()
        if flow == "X" and sent >= LEAST_KG and told.get((there, here, code, "M"), 0) > 0
    }


def figures(pair: Pair, sides: tuple[float, float], arrivals: float) -> list[Observation]:
    """Two years of months at the real level of either side; the last eight months of arrivals times `arrivals`."""
    exporter, importer, code = pair
    months = list(periods_from("2022-01", "M", MONTHS))
    found = []
    for reporter, partner, measure, year in (
        (exporter, importer, "export_quantity", sides[0]),
        (importer, exporter, "import_quantity", sides[1]),
    ):
        for place, month in enumerate(months):
            late = measure == "import_quantity" and place >= MONTHS - 8
            found.append(
                Observation(
                    id=f"{reporter}-{partner}-{code}-{month}", source_id=f"customs-{reporter}",
                    series_id=f"{reporter}-{partner}-{code}", material=f"hs{code}", measure=measure, reporter=reporter,
                    partner=partner, hs_code=code, unit="kg", frequency="M", period=month,
                    value=year / 12 * (arrivals if late else 1), known_at=period_end(month) + timedelta(days=20),
                )
            )  # fmt: skip
    return found


@cache
def book() -> Rulebook:
    return load_rulebook(CHECKOUT / "rules", CHECKOUT / "feeds")


def fired(both: Mapping[Pair, tuple[float, float]], arrivals: float) -> set[tuple[str, str]]:
    """Rules of the mirror gap that fire, each with exporter, importer and code."""
    found = set()
    for pair, sides in both.items():
        observations = figures(pair, sides, arrivals)
        window = Window(observations=tuple(observations), fresh=frozenset(o.id for o in observations))
        for signal in detect_series(book(), window.as_known(LATER), LATER)[0]:
            if signal.rule_id.startswith("mirror-gap"):
                found.add((signal.rule_id, "-".join(pair)))
    return found


def test_exporters_and_importers_agree_in_the_middle_and_not_at_the_ends(both_sides):
    ratios = sorted(arrived / sent for sent, arrived in both_sides.values())
    assert 0.8 < median(ratios) < 1.25
    assert ratios[-1] > 2
    assert len(ratios) >= 8


def test_gap_that_stands_for_years_stays_quiet(both_sides):
    assert fired(both_sides, 1.0) == set()


def test_arrivals_that_fall_to_a_fifth_are_told_wherever_the_gap_stood_above_a_half(both_sides):
    told = {pair for rule, pair in fired(both_sides, 0.2) if rule == "mirror-gap-diverted"}
    expected = {"-".join(pair) for pair, (sent, arrived) in both_sides.items() if 0.5 < arrived / sent < 2.5}
    assert expected
    assert expected <= told


def test_arrivals_three_times_as_large_are_told_wherever_the_gap_stood_under_two(both_sides):
    told = {pair for rule, pair in fired(both_sides, 3.0) if rule == "mirror-gap-unreported"}
    expected = {"-".join(pair) for pair, (sent, arrived) in both_sides.items() if 2 / 3 < arrived / sent < 2}
    assert expected
    assert expected <= told
