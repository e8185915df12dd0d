"""Turn the shared data's trade, price and list files into evidence interchange lines.

    python bench/trade_to_interchange.py SHARED_DATA OUT_DIR [--only NAME ...]

`known_at` is when the publisher's calendar would have let us know, as the files do not say:
monthly customs figures 20 days after the month ended (the Chinese customs' detail tables come out on the
18th to the 20th; the statistics of Korea and the USA are given the same lag, which is early for the USA),
yearly flows 300 days after the year, monthly World Bank prices 3 days after the month, daily prices at the
end of their day. Rows without a finite figure are left out: an absent row in a month is zero or unreported.
"""

import argparse
import calendar
import csv
import io
import json
import math
import re
import tarfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import zstandard

from warning.core.evidence import period_end

CUSTOMS_LAG_DAYS = 20
YEARLY_LAG_DAYS = 300
WORLD_BANK_LAG_DAYS = 3
PARTNERS = {
    "Australia": "AU", "Belgium": "BE", "Brazil": "BR", "Canada": "CA", "Egypt": "EG", "Germany": "DE",
    "India": "IN", "Iran": "IR", "Italy": "IT", "Japan": "JP", "Mexico": "MX", "Netherlands": "NL",
    "Poland": "PL", "Russia": "RU", "Slovakia": "SK", "Spain": "ES", "Thailand": "TH", "UAE": "AE",
    "USA": "US", "Vietnam": "VN", "Korea": "KR", "Rep. of Korea": "KR",
}  # fmt: skip
# What the code is for customs, not what an analyst hopes it is: 811292 is several metals in one code.
MATERIAL_BY_HS = {"250410": "natural_graphite", "380110": "artificial_graphite", "811292": "hs811292_mixed"}
MONTHS = {name: month for month, name in enumerate(calendar.month_name) if name}


def _observation(series: str, period: str, value: float, *, lag_days: float, **fields: object) -> dict:
    known = period_end(period) + timedelta(days=lag_days)
    if period.count("-") == 2:
        known -= timedelta(hours=4)
    return {
        "type": "observation",
        "id": f"{series}@{period}",
        "series_id": series,
        **fields,
        "period": period,
        "value": value,
        "known_at": known.isoformat(),
    }


def china_by_partner(shared: Path) -> Iterator[dict]:
    with (shared / "trade/china_exports_monthly_by_partner_hs6.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            quantity = float(row["qty"])
            partner = PARTNERS.get(row["partner_name"], "ZZ")
            if not math.isfinite(quantity) or (quantity == 0 and float(row["val"]) > 0):
                continue  # a value without a quantity: the quantity is missing, not nought
            yield _observation(
                f"cn-exp-{row['hs6']}-{partner.lower()}-kg", row["period_dt"][:7], quantity,
                lag_days=CUSTOMS_LAG_DAYS, source_id="comtrade-china-monthly",
                material=MATERIAL_BY_HS[row["hs6"]], measure="export_quantity", reporter="CN",
                partner=partner, hs_code=row["hs6"], unit="kg", currency=None, frequency="M",
            )  # fmt: skip


def china_by_group(shared: Path) -> Iterator[dict]:
    with (shared / "trade/china_exports_monthly_by_partner_group.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            group = re.sub(r"\W+", "_", row["broad_group"].lower())
            partner = PARTNERS.get(row["partner_name"], "ZZ")
            yield _observation(
                f"cn-exp-{group}-{partner.lower()}-usd", row["period_dt"][:7], float(row["val"]),
                lag_days=CUSTOMS_LAG_DAYS, source_id="comtrade-china-groups", material=group,
                measure="export_value", reporter="CN", partner=partner, hs_code=None, unit="USD",
                currency="USD", frequency="M",
            )  # fmt: skip


def china_totals(shared: Path) -> Iterator[dict]:
    with (shared / "trade/china_exports_monthly_total.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            group = re.sub(r"\W+", "_", row["broad_group"].lower())
            yield _observation(
                f"cn-exp-{group}-wld-usd", row["period_dt"][:7], float(row["total_value"]),
                lag_days=CUSTOMS_LAG_DAYS, source_id="comtrade-china-totals", material=group,
                measure="export_value", reporter="CN", partner="WLD", hs_code=None, unit="USD",
                currency="USD", frequency="M",
            )  # fmt: skip


def korea_china(shared: Path) -> Iterator[dict]:
    with (shared / "trade/korea_china_total_monthly.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            period = row["Date"].replace(".", "-")
            for column, measure in (("Exports", "export_value"), ("Imports", "import_value")):
                yield _observation(
                    f"kr-cn-total-{column.lower()}", period, float(row[column]), lag_days=CUSTOMS_LAG_DAYS,
                    source_id="korea-trade", material="all_goods", measure=measure, reporter="KR",
                    partner="CN", hs_code=None, unit="thousand USD", currency="USD", frequency="M",
                )  # fmt: skip


def usa_china(shared: Path) -> Iterator[dict]:
    with (shared / "trade/usa_china_total_monthly.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            month, year = row["Month"].split()
            for column, measure in (("Exports", "export_value"), ("Imports", "import_value")):
                yield _observation(
                    f"us-cn-total-{column.lower()}", f"{year}-{MONTHS[month]:02d}",
                    float(row[column].replace(",", "")), lag_days=CUSTOMS_LAG_DAYS, source_id="us-census",
                    material="all_goods", measure=measure, reporter="US", partner="CN", hs_code=None,
                    unit="million USD", currency="USD", frequency="M",
                )  # fmt: skip


def yearly_flows(shared: Path) -> Iterator[dict]:
    for row in csv.DictReader(
        io.StringIO(_unpacked(shared / "trade/world_flows_annual_by_material.csv.zst"))
    ):
        exporter, importer = row["exporter"], row["importer"]
        yield _observation(
            f"y-{exporter}-{importer}-{row['hs6']}-usd".lower(), row["year"], float(row["value_usd"]),
            lag_days=YEARLY_LAG_DAYS, source_id="world-flows-yearly", material=row["material"],
            measure="export_value", reporter=exporter, partner=importer, hs_code=row["hs6"], unit="USD",
            currency="USD", frequency="A",
        )  # fmt: skip


def pink_sheet(shared: Path) -> Iterator[dict]:
    path = shared / "prices/world_bank_pink_sheet_monthly.csv"
    header, units, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    for row in rows:
        for name, unit, cell in zip(header[1:], units[1:], row[1:], strict=True):
            if not cell:
                continue
            material = re.sub(r"\W+", "_", name.lower()).strip("_")
            yield _observation(
                f"wb-{material}", row[0], float(cell), lag_days=WORLD_BANK_LAG_DAYS,
                source_id="world-bank-pink-sheet", material=material, measure="price", reporter="WLD",
                partner="WLD", hs_code=None, unit=unit.strip("()").replace("$", "USD"), currency="USD",
                frequency="M",
            )  # fmt: skip


def komis(shared: Path) -> Iterator[dict]:
    answer = json.loads((shared / "prices/komis_daily.json").read_text(encoding="utf-8"))
    names = {"Nd": "neodymium", "Mn": "manganese"}
    for metal in answer["metals"]:
        material = names[metal["name"].split("(")[1].rstrip(")")]
        for point in metal["history"]:
            yield _observation(
                f"komis-{material}", point["date"].replace(".", "-"), float(point["value"]), lag_days=0,
                source_id="komis-prices", material=material, measure="price", reporter="CN", partner="WLD",
                hs_code=None, unit=metal["today"]["unit"], currency="USD", frequency="D",
            )  # fmt: skip


def half_hourly(shared: Path) -> Iterator[dict]:
    """Every snapshot is a vintage of its day's figure."""
    with (shared / "prices/metals_half_hourly_2026-07.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            series = f"spot-{row['metal']}"
            at = datetime.fromisoformat(row["timestamp"])
            line = _observation(
                series, f"{at:%Y-%m-%d}", float(row["usd_per_kg"]), lag_days=0, source_id="spot-aggregator",
                material=row["metal"], measure="price", reporter="WLD", partner="WLD", hs_code=None,
                unit="USD/kg", currency="USD", frequency="D",
            )  # fmt: skip
            yield {**line, "id": f"{series}@{row['timestamp']}", "known_at": at.isoformat()}


def half_hourly_as_days(shared: Path) -> Iterator[dict]:
    """The same snapshots, each counted as a day: a longer series with the same single faults."""
    days: dict[str, int] = {}
    with (shared / "prices/metals_half_hourly_2026-07.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            days[row["metal"]] = day = days.get(row["metal"], -1) + 1
            period = (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
            yield _observation(
                f"tick-{row['metal']}", period, float(row["usd_per_kg"]), lag_days=0,
                source_id="spot-aggregator", material=row["metal"], measure="price", reporter="WLD",
                partner="WLD", hs_code=None, unit="USD/kg", currency="USD", frequency="D",
            )  # fmt: skip


def gpr(shared: Path) -> Iterator[dict]:
    for row in csv.DictReader(io.StringIO(_unpacked(shared / "prices/gpr_daily.csv.zst"))):
        if row["GPRD"]:
            yield _observation(
                "gpr-daily", row["DAY"], float(row["GPRD"]), lag_days=0, source_id="gpr",
                material="geopolitical_risk", measure="index", reporter="WLD", partner="WLD",
                hs_code=None, unit="index", currency=None, frequency="D",
            )  # fmt: skip


def china_lists(shared: Path) -> Iterator[dict]:
    rows = json.loads((shared / "lists/china_control_lists.json").read_text(encoding="utf-8"))
    for list_id in sorted({row["list_id"] for row in rows}):
        mine = [row for row in rows if row["list_id"] == list_id]
        yield _listing(list_id, "2023-01-01", [])
        for day in sorted({row["date_added"] for row in mine}):
            known = [row for row in mine if row["date_added"] <= day]
            yield _listing(list_id, day, [_china_entry(row) for row in known])


def _china_entry(row: dict) -> dict:
    fields = {"aliases": "; ".join(row["aliases"]), "reason": row["reason"], "date_added": row["date_added"]}
    return {
        "key": f"{row['id']}|{row['entity_name']}",
        "name": row["entity_name"],
        "country": "",
        "fields": fields,
    }


def sdn(shared: Path) -> Iterator[dict]:
    for name, text in _members(shared / "lists/ofac_sdn_versions.tar.zst"):
        entries = []
        for row in csv.reader(io.StringIO(text)):
            if len(row) > 3 and row[0].strip().isdigit():
                fields = {"type": row[2].strip(), "program": row[3].strip()}
                entries.append({"key": row[0].strip(), "name": row[1], "country": "", "fields": fields})
        yield _listing("us-ofac-sdn", name[:14], entries)


def addresses(shared: Path) -> Iterator[dict]:
    for name, text in _members(shared / "lists/sanctioned_addresses_XBT_versions.tar.zst"):
        entries = [{"key": a, "name": a, "country": "", "fields": {}} for a in json.loads(text)]
        yield _listing("sanctioned-addresses", name[:14], entries)


def entity_list(shared: Path) -> Iterator[dict]:
    for day in ("2026-03-25", "2026-07-18"):
        text = _unpacked(shared / f"lists/ecfr_15cfr744_{day}.xml.zst")
        yield _listing("us-entity-list", day, list(_entity_rows(text)))


def _entity_rows(text: str) -> Iterator[dict]:
    table = text[text.index('<DIV9 N="Supplement No. 4 to Part 744"') :]
    country, seen = "", {}
    for row in re.findall(r"<TR>(.*?)</TR>", table[: table.index("</DIV9>")], flags=re.DOTALL):
        cells = [_plain(cell) for cell in re.findall(r"<TD[^>]*>(.*?)</TD>", row, flags=re.DOTALL)]
        if len(cells) < 5 or not cells[1]:
            continue
        country = cells[0] or country
        gist = "".join(ch for ch in f"{country}{cells[1]}".casefold() if ch.isalnum())[:120]
        seen[gist] = seen.get(gist, 0) + 1
        fields = {"licence": cells[2], "policy": cells[3], "federal_register": cells[4]}
        yield {"key": f"{gist}#{seen[gist]}", "name": cells[1], "country": country, "fields": fields}


def _unpacked(path: Path) -> str:
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as plain:
        return plain.read().decode("utf-8")


def _plain(cell: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split())


def _members(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as plain:
        content = io.BytesIO(plain.read())
    with tarfile.open(fileobj=content) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            text = archive.extractfile(member)
            if text is not None:
                yield member.name, text.read().decode("utf-8", errors="replace")


def _listing(source: str, at: str, entries: list[dict]) -> dict:
    known = datetime.fromisoformat(at)
    known = known if known.tzinfo else known.replace(tzinfo=UTC)
    key = f"{source}@{at}"
    return {
        "type": "listing",
        "id": key,
        "source_id": source,
        "known_at": known.isoformat(),
        "entries": entries,
    }


FILES = {
    "china_by_partner": china_by_partner, "china_by_group": china_by_group, "china_totals": china_totals,
    "korea_china": korea_china, "usa_china": usa_china, "yearly_flows": yearly_flows,
    "pink_sheet": pink_sheet, "komis": komis, "half_hourly": half_hourly,
    "half_hourly_as_days": half_hourly_as_days, "gpr": gpr, "china_lists": china_lists, "sdn": sdn,
    "addresses": addresses, "entity_list": entity_list,
}  # fmt: skip


def write(path: Path, records: Iterable[dict]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", default=list(FILES), choices=list(FILES))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.only:
        count = write(args.out / f"{name}.jsonl", FILES[name](args.shared))
        print(f"{name}.jsonl: {count} records")


if __name__ == "__main__":
    main()
