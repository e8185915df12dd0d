"""The shipped sources of figures that come as workbooks, or by hand: read as their publishers lay them out."""

import asyncio
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.adapters.parse_samples import unpacked
from tests.adapters.workbook_samples import workbook
from warning.app.collecting import collect_due
from warning.app.drop_reading import read_taken
from warning.app.source_judgement import Verdict, judge_document
from warning.app.source_requests import request_for
from warning.app.source_views import watched_sources
from warning.catalog.load import load_rulebook
from warning.catalog.sources import load_sources
from warning.collect.parse import parse
from warning.core.documents import Document
from warning.core.evidence import Observation
from warning.core.health import SourceState
from warning.settings import Settings
from warning.store.engine import open_engine
from warning.store.repository import Repository

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
SOURCES = {spec.id: spec for spec in load_sources(ROOT / "feeds")}
PINK = SOURCES["wb-pink-sheet"]
NAMES = ("Nickel", "Copper", "Tin", "Silver", "Platinum", "Urea ", "DAP", "Phosphate rock")
UNITS = ("($/mt)", "($/mt)", "($/mt)", "($/troy oz)", "($/troy oz)", "($/mt)", "($/mt)", "($/mt)")
TITLES = (
    ("World Bank Commodity Price Data (The Pink Sheet)",),
    ("monthly prices in nominal US dollars",),
    ("",),
    ("Updated on June 02, 2026",),
)
GACC_HEADER = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位,美元\r\n"
GACC_ROWS = (
    '"202605","28461090","其他铈的化合物","116","日本","1,200","千克","0","-","56,000"\r\n'
    '"202605","85051110","稀土永磁铁","502","美国","350","千克","0","-","41,000"\r\n'
    '"202605","81129210","未锻轧锗","133","韩国","75","千克","0","-","90,500"\r\n'
    '"202605","85076000","锂离子蓄电池","502","美国","9","个","20","千克","100"\r\n'
)


def pink_sheet(months: int = 797, *, names=NAMES) -> bytes:
    """A workbook laid out as the World Bank's: titles, names in row 5, units in row 6, months without a heading."""
    rows: list[tuple] = [*TITLES, ("", *names), ("", *UNITS)]
    for n in range(months):
        label = f"{1960 + n // 12}M{n % 12 + 1:02}"
        rows.append((label, *("…" if n < 5 and name == "Silver" else 100.0 + n for name in names)))
    return workbook({"AFOSHEET": [], "Monthly Prices": rows})


def document(body: bytes) -> Document:
    return Document(source_id=PINK.id, url="https://thedocs.worldbank.org/x.xlsx", body=body, fetched_at=NOW)


def judged(body: bytes):
    parsed = parse(document(body), PINK.parse, PINK.profile)
    state = SourceState(source_id=PINK.id, newest_at=max(o.occurred_at for o in parsed.observations))
    return judge_document(PINK, parsed, (), state, NOW)


def test_the_pink_sheet_is_read_as_the_world_bank_lays_it_out():
    parsed = parse(document(pink_sheet()), PINK.parse, PINK.profile)
    assert (len(parsed.observations), parsed.seen, parsed.problems) == (8 * 797, 797, ())
    nickel = [o for o in parsed.observations if o.material == "nickel"]
    assert (nickel[0].period, nickel[-1].period, nickel[-1].value) == ("1960-01", "2026-05", 896.0)
    assert (nickel[-1].unit, nickel[-1].currency, nickel[-1].partner) == ("t", "USD", "WLD")
    assert len({o.series_id for o in parsed.observations if o.material == "fertilisers"}) == 2
    assert [o.value for o in parsed.observations if o.material == "silver"][:6] == [None] * 5 + [105.0]


def test_the_pink_sheet_is_known_when_it_is_published_not_before():
    parsed = parse(document(pink_sheet()), PINK.parse, PINK.profile)
    last = parsed.observations[-1]
    assert last.known_at == datetime(2026, 6, 6, tzinfo=UTC)
    assert judged(pink_sheet()) == Verdict(condition="ok")


def test_the_pink_sheet_drifts_aloud():
    assert judged(pink_sheet(20)).condition == "drifted"
    with pytest.raises(Exception, match="no column 'Nickel'; did you mean 'Nickle'"):
        parse(document(pink_sheet(names=("Nickle", *NAMES[1:]))), PINK.parse, PINK.profile)


@pytest.mark.shared_data
def test_the_pink_sheets_own_names_and_figures_are_read_from_the_stored_half():
    """The stored half holds half of the columns as CSV, so the sheet and its rows of titles are not in it."""
    assert PINK.table is not None
    held = {name: PINK.table.values[name] for name in ("Nickel", "Copper", "Urea", "Phosphate rock")}
    layout = PINK.table.model_copy(update={"values": held, "header_row": 1, "sheet": None})
    body = unpacked("prices/world_bank_pink_sheet_monthly.csv")
    parsed = parse(replace(document(body), source_id=PINK.id), layout, PINK.profile)
    assert len(parsed.observations) == 4 * 797
    by_period = {(o.material, o.period): o.value for o in parsed.observations}
    assert by_period["nickel", "2026-05"] == 18805.77
    assert by_period["urea", "2026-05"] == 770.5
    assert by_period["nickel", "2022-03"] > 1.4 * by_period["nickel", "2022-02"]


def gacc(tmp_path: Path, name: str, text: str = GACC_HEADER + GACC_ROWS):
    path = tmp_path / name
    path.write_bytes(text.encode("gb18030"))
    return read_taken(path, SOURCES["cn-gacc-exports"], NOW)


def test_a_download_of_chinese_customs_becomes_figures_by_code_and_partner(tmp_path):
    taken = gacc(tmp_path, "下载.csv")
    figures = [e for e in taken.evidence if isinstance(e, Observation)]
    said = {(o.material, o.partner, o.measure): o.value for o in figures}
    assert said == {
        ("rare_earths", "JP", "export_quantity"): 1200, ("rare_earths", "JP", "export_value"): 56000,
        ("rare_earth_magnets", "US", "export_quantity"): 350, ("rare_earth_magnets", "US", "export_value"): 41000,
        ("germanium", "KR", "export_quantity"): 75, ("germanium", "KR", "export_value"): 90500,
    }  # fmt: skip
    assert (taken.failure, taken.problems) == ("", ())
    assert {o.known_at for o in figures} == {NOW}, (
        "a month whose figures are not due yet is known when it was read"
    )
    assert {(o.reporter, o.period, o.frequency) for o in figures} == {("CN", "2026-05", "M")}


def test_a_download_in_another_layout_fails_with_what_it_holds(tmp_path):
    taken = gacc(tmp_path, "x.csv", "Date of data,Commodity code\r\n202605,28461090\r\n")
    assert "no column" in taken.failure
    assert "Commodity code" in taken.failure


def test_a_table_in_a_folder_that_takes_none_says_what_is_missing(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    taken = read_taken(path, SOURCES["mission-jp-b"], NOW)
    assert taken.failure.endswith("a table needs parse.table in the folder's source")


def test_a_folder_of_figures_is_counted_as_figures_for_its_materials_and_off_until_somebody_fills_it():
    book = load_rulebook(ROOT / "rules", ROOT / "feeds", None, today=NOW.date())
    spec = SOURCES["cn-gacc-imports"]
    assert not spec.enabled
    watched = watched_sources([spec.model_copy(update={"enabled": True})], book.terms)[spec.id]
    assert (watched.yields, watched.materials >= {"gallium", "urea"}) == ("figures", True)


def test_a_folder_of_figures_that_nobody_fills_is_told(tmp_path, sqlite_url):
    spec = SOURCES["cn-gacc-exports"].model_copy(update={"enabled": True})
    engine = open_engine(sqlite_url)
    repository = Repository(engine)
    moment = [NOW]

    def poll(days: int) -> SourceState:
        moment[0] += timedelta(days=days)
        asyncio.run(
            collect_due(
                [spec],
                repository,
                SimpleNamespace(fetch=None),
                lambda: moment[0],
                settings=Settings(home=tmp_path),
                force=True,
            )
        )
        return repository.source_states()[spec.id]

    assert poll(0).condition == "empty"
    file = tmp_path / "drop" / "cn-gacc-exports" / "2026-05.csv"
    file.write_bytes((GACC_HEADER + GACC_ROWS).encode("gb18030"))
    os.utime(file, (NOW.timestamp(), NOW.timestamp()))
    assert (poll(1).condition, poll(1).condition) == ("ok", "not_modified")
    late = poll(90)
    assert (late.condition, late.cause.split(",")[0]) == ("frozen", "nothing newer than 2026-06-01")
    engine.dispose()


@pytest.mark.parametrize("metal", ["gallium", "cobalt", "tellurium"])
def test_a_quote_of_the_aggregator_is_a_price_of_its_day(metal):
    spec = SOURCES[f"aggregator-{metal}"]
    body = b'{"base":"USD","price":{"troy_ounce":9.05,"kilogram":290.96},"sources":1,"timestamp":"2026-06-09T22:36:29.800Z"}'
    parsed = parse(replace(document(body), source_id=spec.id), spec.parse, spec.profile)
    told = [(o.material, o.measure, o.period, o.value, o.unit, o.currency) for o in parsed.observations]
    assert told == [(metal, "price", "2026-06-09", 290.96, "kg", "USD")]
    assert parsed.problems == ()


def test_a_price_of_the_korean_agency_is_read_and_a_zero_is_no_quote():
    spec = SOURCES["komis-tungsten"]
    rows = [
        {"crtrYmd": "20260827", "cmercPrc": "1,095.50", "lowstPrc": "0.00"},
        {"crtrYmd": "20260826", "cmercPrc": "0.00"},
    ]
    answer = {"dataAvg": {"INFO": {"prcUnitCdNm": "USD"}}, "data": {"compareMnrl": [], "defaultMnrl": rows}}
    parsed = parse(
        replace(document(json.dumps(answer).encode()), source_id=spec.id), spec.parse, spec.profile
    )
    told = [(o.reporter, o.measure, o.period, o.value, o.unit, o.currency) for o in parsed.observations]
    assert told == [
        ("CN", "price", "2026-08-27", 1095.5, "kg", "USD"),
        ("CN", "price", "2026-08-26", None, "kg", "USD"),
    ]
    sent = request_for(spec, SourceState(source_id=spec.id), NOW, "")
    assert "srchMnrkndUnqCd=MNRL0018&srchPrcCrtr=798&" in sent.body
    assert "{" not in sent.body


@pytest.mark.parametrize(
    ("metal", "unit", "asked"),
    [
        ("antimony", "t", "HP000=HP002&mnrkndUnqRadioCd=MNRL0019&srchMnrkndUnqCd=MNRL0019&srchPrcCrtr=780&"),
        (
            "germanium",
            "kg",
            "HP000=HP002&mnrkndUnqRadioCd=MNRL0035&srchMnrkndUnqCd=MNRL0035&srchPrcCrtr=760&",
        ),
        ("graphite", "t", "HP000=HP004&mnrkndUnqRadioCd=MNRL0005&srchMnrkndUnqCd=MNRL0005&srchPrcCrtr=801&"),
    ],
)
def test_each_material_of_the_korean_agency_is_asked_on_its_page_and_has_its_own_unit(metal, unit, asked):
    spec = SOURCES[f"komis-{metal}"]
    answer = {"data": {"defaultMnrl": [{"crtrYmd": "20260827", "cmercPrc": "2,150"}]}}
    body = replace(document(json.dumps(answer).encode()), source_id=spec.id)
    (figure,) = parse(body, spec.parse, spec.profile).observations
    assert (figure.material, figure.unit, figure.value) == (metal, unit, 2150.0)
    assert request_for(spec, SourceState(source_id=spec.id), NOW, "").body.startswith(asked)
