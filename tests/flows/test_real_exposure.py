"""The shipped exposure against the statistics it cites; skipped where these are not at hand."""

import csv
import io
import os
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import zstandard

from warning.catalog.load import load_rulebook
from warning.core.exposure import SupplierCount
from warning.core.severity_table import grade_for
from warning.core.signals import Facts
from warning.core.vocabulary import Severity

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("EWS_SHARED_DATA", ROOT.parent / "shared" / "data"))
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the real statistics are not at hand: set EWS_SHARED_DATA"
    ),
]


@cache
def rulebook():
    return load_rulebook(ROOT / "rules", ROOT / "feeds")


@cache
def import_shares() -> dict[tuple[str, str], dict[str, float]]:
    """Shares by (HS code, importer) of what the importer bought in 2024, by value."""
    with (SHARED / "trade" / "world_flows_annual_by_material.csv.zst").open("rb") as raw:
        text = zstandard.ZstdDecompressor(max_window_size=1 << 28).stream_reader(raw).read().decode()
    flows: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in csv.DictReader(io.StringIO(text)):
        if row["year"] == "2024" and row["importer"] in {"US", "JP", "KR"}:
            flows[row["hs6"], row["importer"]][row["exporter"]] += float(row["value_usd"])
    return {key: {who: v / sum(of.values()) for who, v in of.items()} for key, of in flows.items()}


def shipped_counts() -> list[tuple[str, str, SupplierCount]]:
    return [
        (country, material, on.suppliers)
        for country, exposure in rulebook().exposure.items()
        for material, on in exposure.materials.items()
        if on.suppliers and on.suppliers.source.startswith("CEPII BACI 2024")
    ]


def test_every_share_that_cites_the_trade_statistics_is_what_they_say():
    counts = shipped_counts()
    assert len(counts) > 15
    for country, material, many in counts:
        known = import_shares()[many.source.rpartition("HS ")[2], country]
        for supplier, share in many.shares.items():
            assert share == pytest.approx(known[supplier], abs=0.0006), (country, material, supplier)


def test_one_chinese_control_on_magnesium_is_critical_for_seoul_and_low_for_washington():
    """By the real shares: 99.9 % of Korea's imports came from China in 2024, 3.0 % of America's."""
    book = rulebook()
    facts = Facts(act="export_control", direction="tightening", materials=("magnesium",), actors=("CN",))
    found = {
        country: grade_for(facts, Severity.SEVERE, exposure, book.policy.severity, book.terms.materials)
        for country, exposure in book.exposure.items()
    }
    assert import_shares()["810411", "KR"]["CN"] > 0.99
    assert found["KR"].severity is Severity.EXTREME
    assert import_shares()["810411", "US"]["CN"] < 0.05
    assert (found["US"].severity, found["US"].factors) == (Severity.MINOR, ("small_share",))
