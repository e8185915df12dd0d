"""Tables of figures -> observations; a table whose values do not stand under their names is refused."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.adapters.parse_samples import FETCHED_AT, document, profile, unpacked
from warning.collect.parse import parse
from warning.collect.table import guess_figures
from warning.collect.table_cells import Unreadable, read_figure
from warning.collect.table_periods import read_period
from warning.collect.table_places import place_code
from warning.core.documents import Parsed
from warning.core.evidence import period_end
from warning.core.formats import TableFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

PRICE = {"measure": "price", "unit": "kg", "currency": "USD"}
KG = {"measure": "export_quantity", "unit": "kg"}


def read(body: str | bytes, source: SourceProfile | None = None, **said: Any) -> Parsed:
    described = {
        "format": "table",
        "period": "month",
        "frequency": "M",
        "reporter": "CN",
        "values": {"kg": KG},
        **said,
    }
    return parse(document(body), TableFormat(**described), source or profile())


def figures(parsed: Parsed) -> dict[tuple[str, str], float | None]:
    return {(one.series_id, one.period): one.value for one in parsed.observations}


@pytest.mark.parametrize(
    ("cell", "figure"),
    [
        ("1,187.5", 1187.5), ("-7,240.0", -7240), ("1 234 567", 1234567), ("1\u00a0234", 1234), ("12,34,567", 1234567),
        ("(1,234)", -1234), ("$1,234.50", 1234.5), ("1.5e3", 1500), ("176,000 e", 176000), ("12.5%", 12.5), ("１２３", 123),
        (811292.0, 811292), (0, 0), (">95", None), ("<0.5", None), ("Less than ½ unit", None), ("E", None), ("W", None),
        ("-", None), ("—", None), ("..", None), ("inf", None), ("nan", None), ("", None), (None, None), (float("nan"), None), ("N/A", None),
    ],
)  # fmt: skip
def test_a_figure_is_read_as_statisticians_write_it(cell: str | float | None, figure: float | None) -> None:
    assert read_figure(cell) == figure


def test_a_decimal_comma_is_read_only_where_the_source_declares_it() -> None:
    assert read_figure("1.234,5", ",") == 1234.5
    with pytest.raises(Unreadable):
        read_figure("1.234,5")
    with pytest.raises(Unreadable):
        read_figure("1,5")


@given(st.text(max_size=30))
def test_any_cell_is_a_finite_figure_missing_or_unreadable(cell: str) -> None:
    try:
        figure = read_figure(cell)
    except Unreadable:
        return
    assert figure is None or abs(figure) < float("inf")


@pytest.mark.parametrize(
    ("cell", "frequency", "period"),
    [
        ("2001.01", "M", "2001-01"), ("2024-08", "M", "2024-08"), ("202408", "M", "2024-08"), ("Jan 2001", "M", "2001-01"),
        ("January 2001", "M", "2001-01"), ("2025M05", "M", "2025-05"), ("2024年8月", "M", "2024-08"), ("2024년 8월", "M", "2024-08"),
        ("Jan-01", "M", "2001-01"), ("08/2024", "M", "2024-08"), ("2017-01-01", "M", "2017-01"), ("2024/8", "M", "2024-08"),
        (datetime(2024, 8, 1, tzinfo=UTC), "M", "2024-08"), ("13/2024", "M", None), ("52", "M", None), ("unit", "M", None),
        ("2023Q3", "Q", "2023-Q3"), ("Q3 2023", "Q", "2023-Q3"), ("2023年第3四半期", "Q", "2023-Q3"), ("2023-Q5", "Q", None),
        ("2022", "A", "2022"), (2022.0, "A", "2022"), ("FY2022", "A", "2022"), ("2022年", "A", "2022"), ("52", "A", None), ("20230101", "A", "2023"),
        ("2023-W31", "W", "2023-W31"), ("2023-W54", "W", None), ("2023-08-04", "W", "2023-W31"),
        ("2024.01.02", "D", "2024-01-02"), ("20240102", "D", "2024-01-02"), ("2026-07-02T19:41:28.713Z", "D", "2026-07-02"), ("2024-02-30", "D", None),
    ],
)  # fmt: skip
def test_a_period_becomes_iso(cell: Any, frequency: Any, period: str | None) -> None:
    assert read_period(cell, frequency) == period


@given(st.text(max_size=20), st.sampled_from("DWMQA"))
def test_any_cell_is_a_period_of_the_five_shapes_or_none(cell: str, frequency: Any) -> None:
    period = read_period(cell, frequency)
    assert period is None or period_end(period).tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("China, peoples' republic of", "CN"), ("中国", "CN"), ("韓国", "KR"), ("미국", "US"), ("Viet Nam", "VN"), ("UAE", "AE"),
        ("156", "CN"), ("842", "US"), ("251", "FR"), ("490", "TW"), ("0", "WLD"), ("0.0", "WLD"), ("World total (rounded)", "WLD"), ("W00", "WLD"),
        ("总值", "WLD"), ("EU27_2020", "EU"), ("Areas, nes", ""), ("899", ""), ("", ""), ("JPN", "JP"), ("Korea, Republic of", "KR"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names_and_numbers(name: str, code: str) -> None:
    assert place_code(name) == code


def test_a_long_table_gives_a_series_per_partner_and_code() -> None:
    parsed = read(
        'month,to,hs,kg,usd\n2023-08,Japan,811292,0,0\n2023-08,World,811292,"1,500",9\n2023-08,Areas nes,811292,1,1\n',
        partner="column:to", hs_code="column:hs", materials_by_hs={"8112": "gallium"},
        values={"kg": KG, "usd": {"measure": "export_value", "unit": "USD", "currency": "USD", "scale": 1000}},
    )  # fmt: skip
    assert figures(parsed) == {
        ("sample:export_quantity-cn-jp-811292", "2023-08"): 0,
        ("sample:export_value-cn-jp-811292", "2023-08"): 0,
        ("sample:export_quantity-cn-wld-811292", "2023-08"): 1500,
        ("sample:export_value-cn-wld-811292", "2023-08"): 9000,
    }
    assert {one.material for one in parsed.observations} == {"gallium"}
    assert "no country" in parsed.problems[0]


def test_a_wide_table_has_its_periods_in_the_column_names() -> None:
    parsed = read(
        "metal;Jan 2024;Feb 2024;note\nindium;1,5;2\nbismuth;..;3\n",
        period="column names",
        material="column:metal",
        values={"*": PRICE},
        decimal=",",
    )
    assert [(one.material, one.period, one.value) for one in parsed.observations] == [
        ("indium", "2024-01", 1.5), ("indium", "2024-02", 2), ("bismuth", "2024-01", None), ("bismuth", "2024-02", 3),
    ]  # fmt: skip


def test_rows_inside_json_know_the_objects_around_them() -> None:
    body = '{"metals":[{"name":"네오디뮴","history":[{"date":"2024.01.02","value":63.5}]},{"name":"망간","history":[]}]}'
    said = {
        "entries": "metals.history",
        "period": "date",
        "frequency": "D",
        "material": "column:metals.name",
        "materials": {"네오디뮴": "neodymium"},
    }
    parsed = read(body, values={"value": PRICE}, **said)
    assert [(one.material, one.period, one.value) for one in parsed.observations] == [
        ("neodymium", "2024-01-02", 63.5)
    ]


def test_an_empty_answer_of_an_api_is_a_problem_and_a_missing_path_an_error() -> None:
    assert read('{"data":[]}', entries="data").problems == ("the table has no rows",)
    with pytest.raises(ParseError, match="no rows at 'data'; the document holds: error"):
        read('{"error":"quota"}', entries="data")


@pytest.mark.parametrize(
    "beside",
    [
        '"message":"success"', '"message":"OK"', '"message":"정상"', '"message":"정상 처리되었습니다."', '"resultCode":"000","message":"NORMAL SERVICE."',
        '"code":200,"message":"조회가 완료되었습니다"', '"code":"INFO-000","msg":"정상 처리되었습니다"', '"status":0,"message":"查询完成"', '"error":""', '"error":null',
        '"error":false', '"errMsg":"성공"', '"error":{"code":0,"message":"ok"}', '"error":"No error"', '"message":"No data found"', '"errorCode":"0"', '"message":""',
    ],
)  # fmt: skip
def test_an_empty_list_beside_words_of_success_is_a_table_without_rows(beside) -> None:
    assert read(f'{{"data":[],{beside}}}', entries="data").problems == ("the table has no rows",)


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ('"message":"Rate limit exceeded"', "message: Rate limit exceeded"), ('"code":200,"error":"Temporarily unavailable"', "error: Temporarily unavailable"),
        ('"code":200,"message":"Quota exceeded"', "message: Quota exceeded"), ('"error":{"code":429,"message":"quota"}', "error: 429; quota"), ('"error":true,"msg":"인증키 오류"', "인증키 오류"),
        ('"status":"error"', "status: error"), ('"error":true', "error: true"), ('"success":false', "success: false"), ('"errMsg":"ok but not for you"', "errMsg: ok but"), ('"message":"Please subscribe"', "message: Please"),
    ],
)  # fmt: skip
def test_an_empty_list_beside_words_of_a_refusal_is_an_error_with_its_words(beside, said) -> None:
    with pytest.raises(ParseError, match=f"no rows at 'data'; the answer says .*{said}"):
        read(f'{{"data":[],{beside}}}', entries="data")


def test_exact_repetitions_collapse_and_contradictions_are_told_with_neither_taken() -> None:
    parsed = read("month,kg\n2023-08,5\n2023-08,5\n2023-09,5\n2023-09,6\n2023-10,-\n2023-10,7\n")
    assert [(one.period, one.value) for one in parsed.observations] == [("2023-08", 5), ("2023-10", 7)]
    assert any("two values" in problem and "2023-09: 5 and 6" in problem for problem in parsed.problems)


def test_snapshots_within_a_period_end_in_the_last_one() -> None:
    assert read("month,kg\n2023-08,5\n2023-08,6\n", repeated="last").observations[0].value == 6


def test_a_missing_column_is_named_with_the_nearest() -> None:
    with pytest.raises(ParseError, match="no column 'kg'; did you mean 'kgs'"):
        read("month,kgs\n2023-08,5\n")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("month,kg\nx,1\ny,2\nz,3\n", "period: column 'month' holds 'x', 'y', 'z'"),
        ("month,kg\n2023-01,a b\n2023-02,c d\n2023-03,e f\n", "values: column 'kg' holds"),
        ("month,kg,refYear,cmdCode\n2023-01,1,52,Cobalt ores\n2023-02,1,52,Cobalt oxides\n2023-03,1,52,Tungsten\n", "shifted rows.*'refYear' holds '52'"),
        ("<html>login", "HTML or XML page"),
        ("", "empty"),
        ("PK\x03\x04 no workbook", "spreadsheet cannot be read"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_what_was_declared_is_refused(body: str, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        read(body)


def test_history_is_known_when_its_publisher_publishes_and_only_if_the_source_says_so() -> None:
    lagging = SourceProfile(
        **{**{f: getattr(profile(), f) for f in SourceProfile.__slots__}, "publication_lag_days": 20}
    )
    old, fresh = read("month,kg\n2023-07,5\n2026-11,6\n", source=lagging).observations
    assert old.known_at == datetime(2023, 8, 21, tzinfo=UTC)
    assert fresh.known_at == FETCHED_AT
    assert {one.known_at for one in read("month,kg\n2023-07,5\n").observations} == {FETCHED_AT}


def test_a_description_without_a_period_is_not_accepted() -> None:
    with pytest.raises(ValidationError, match="period"):
        TableFormat(format="table", frequency="M", reporter="CN", values={"kg": KG})


def test_a_table_nobody_described_is_read_by_its_header_and_cells() -> None:
    parsed = guess_figures(
        document(
            "Source: customs\n\nMonth;Partner;Exports\nJanuary 2001;Japan;1,187.5\nFebruary 2001;Japan;1,289.8\n"
        ),
        profile(),
    )
    assert [(one.partner, one.period, one.value) for one in parsed.observations] == [
        ("JP", "2001-01", 1187.5),
        ("JP", "2001-02", 1289.8),
    ]


REAL: dict[str, tuple[dict[str, Any], int, tuple[str, float]]] = {
    "trade/korea_china_total_monthly.csv": (
        {"period": "Date", "reporter": "KR", "partner": "column:Country", "values": {"Exports": {"measure": "export_value", "unit": "USD", "scale": 1000}}},
        228, ("2001-01", 1239083000)),
    "trade/usa_china_total_monthly.csv": (
        {"period": "Month", "reporter": "US", "partner": "CN", "values": {"Imports": {"measure": "import_value", "unit": "USD", "scale": 1e6}}},
        228, ("2001-01", 8427500000)),
    "trade/china_exports_monthly_by_partner_hs6.csv": (
        {"period": "period_dt", "partner": "column:partner_name", "hs_code": "column:hs6", "values": {"qty": KG}}, 3909, ("2017-01", 6116.362)),
    "prices/world_bank_pink_sheet_monthly.csv": (
        {"skip_rows": 1, "reporter": "WLD", "values": {"Nickel": {**PRICE, "material": "nickel"}}}, 797, ("1960-01", 1631)),
    "prices/gpr_daily.csv.zst": (
        {"period": "DAY", "frequency": "D", "reporter": "WLD", "values": {"GPRD": {"measure": "index", "unit": "index"}}}, 14819, ("1985-01-01", 230.0394287109375)),
    "prices/komis_daily.json": (
        {"entries": "metals.history", "period": "date", "frequency": "D", "reporter": "KR", "material": "column:metals.name",
         "materials": {"네오디뮴 (Nd)": "neodymium", "망간 (Mn)": "manganese"}, "values": {"value": PRICE}}, 1037, ("2024-01-02", 63.51)),
    "trade/quad_imports_from_world_2019_2024.xlsx": (
        {"period": "refYear", "frequency": "A", "reporter": "column:reporterISO", "partner": "column:partnerISO", "hs_code": "column:cmdCode",
         "values": {"primaryValue": {"measure": "import_value", "unit": "USD"}}}, 72, ("2019", 0)),
    "policy/usgs_mcs2025_world.csv": (
        {"period": "", "frequency": "A", "reporter": "column:COUNTRY", "material": "column:COMMODITY", "series": "column:TYPE+UNIT_MEAS",
         "partners": {"Other countries": "ZZ", "Other Countries": "ZZ"},
         "values": {"PROD_2023": {"measure": "index", "unit": "column:UNIT_MEAS", "period": "2023"}}}, 1216, ("2023", 0)),
}  # fmt: skip


@pytest.mark.shared_data
@pytest.mark.parametrize("name", REAL)
def test_a_real_table_is_read_right(name: str) -> None:
    said, count, (period, value) = REAL[name]
    parsed = read(unpacked(name), **said)
    assert len(parsed.observations) == count
    assert parsed.observations[0].period == period
    assert parsed.observations[0].value == value or not value


@pytest.mark.shared_data
def test_the_comtrade_extract_is_deduplicated_with_world_totals_apart() -> None:
    parsed = read(
        unpacked("trade/comtrade_raw_2022.csv.zst"), period="year", frequency="A", reporter="column:reporter", partner="column:partner",
        hs_code="column:cmd", values={"value": {"measure": "import_value", "unit": "USD", "where": {"flow": "M"}}},
    )  # fmt: skip
    assert any(problem.startswith("90093 rows repeat another row exactly") for problem in parsed.problems)
    counts = Counter((one.series_id, one.period) for one in parsed.observations)
    assert max(counts.values()) == 1
    belgium = {
        one.partner: one.value
        for one in parsed.observations
        if one.reporter == "BE" and one.hs_code == "250490"
    }
    assert belgium["WLD"] == 115969.976
    assert belgium["GR"] == 12108.854


@pytest.mark.shared_data
def test_the_shifted_customs_extract_is_refused_with_what_each_column_holds() -> None:
    with pytest.raises(ParseError, match=r"column 'refYear' holds '52', where a year such as 2023 is wanted"):
        read(
            unpacked("trade/comtrade_shifted_columns_2023.csv.zst"), period="refPeriodId", frequency="A",
            reporter="column:CountryCode", values={"primaryValue": KG},
        )  # fmt: skip
