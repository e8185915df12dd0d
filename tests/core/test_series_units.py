"""What sources call their units: a new spelling goes on with the series, another unit of the same thing is converted."""

from dataclasses import replace
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.series_samples import DROP, judge, months, rule
from warning.core.series.units import MULTIPLES, SOLD_BY_KG, factor_between, in_units

MASS = {"measure": "export_quantity", "unit": "kg"}
VALUE = {"measure": "export_value", "unit": "USD", "currency": "USD"}
PRICE = {"measure": "price", "unit": "CNY/t", "currency": "CNY"}
SPELLED = [
    (MASS, {"unit": "KG"}, 1.0),
    (MASS, {"unit": "kilograms"}, 1.0),
    (MASS, {"unit": "KGM"}, 1.0),
    (MASS, {"unit": "千克"}, 1.0),
    (MASS, {"unit": "トン"}, 0.001),
    (MASS, {"unit": "万吨"}, 1e-7),
    (MASS, {"unit": "thousand tonnes"}, 1e-6),
    ({**MASS, "unit": "u"}, {"unit": "Number of items"}, 1.0),
    ({**VALUE, "currency": None}, {"currency": "USD"}, 1.0),
    (VALUE, {"currency": None, "unit": "1"}, 1.0),
    ({**VALUE, "unit": "US$"}, {"unit": "USD"}, 1.0),
    (VALUE, {"unit": "1"}, 1.0),
    ({**VALUE, "unit": "1"}, {"unit": "-"}, 1.0),
    ({**VALUE, "unit": "thousand USD"}, {"unit": "USD thousand"}, 1.0),
    (VALUE, {"unit": "千美元"}, 1e-3),
    (VALUE, {"unit": "백만 달러"}, 1e-6),
    (PRICE, {"unit": "CNY/mt"}, 1.0),
    (PRICE, {"unit": "CNY / t"}, 1.0),
    (PRICE, {"unit": "t"}, 1.0),
    (PRICE, {"unit": "RMB/kg"}, 1e-3),
]
UNLIKE = [
    (MASS, {"unit": "pieces"}),
    (VALUE, {"currency": "CNY", "unit": "CNY"}),
    (PRICE, {"unit": "USD/t", "currency": "USD"}),
    (PRICE, {"unit": "CNY/piece"}),
    ({**PRICE, "unit": "cents/lb", "currency": "USD"}, {"unit": "USD/lb"}),
    ({**PRICE, "unit": "USc/lb", "currency": "USD"}, {"unit": "USD/lb"}),
    ({**PRICE, "unit": "GBX/t", "currency": "GBP"}, {"unit": "GBP/t"}),
    ({**PRICE, "unit": "mln/t", "currency": "USD"}, {"unit": "USD/t"}),
    (PRICE, {"unit": "USD/t"}),
    (MASS, {"measure": "export_value"}),
    ({"measure": "index", "unit": "2015=100"}, {"unit": "2020=100"}),
]


def series(described: dict, newest: dict, value: float, factor: float):
    """Two years of 100 t, and a newest month of `value` of it, told as `newest` says."""
    points = [replace(point, **described) for point in months([100_000.0] * 24 + [value * factor])]
    return [*points[:-1], replace(points[-1], **newest)]


@pytest.mark.parametrize(("described", "newest", "factor"), SPELLED)
def test_a_fall_is_told_and_an_ordinary_month_is_not_in_whatever_words_its_unit_is_written(
    described, newest, factor
):
    assert judge(rule(DROP), series(described, newest, 5_000.0, factor))
    assert not judge(rule(DROP), series(described, newest, 99_000.0, factor))


@pytest.mark.parametrize(("described", "newest"), UNLIKE)
def test_a_figure_of_another_thing_is_unknown_beside_the_others(described, newest):
    assert not judge(rule(DROP), series(described, newest, 5_000.0, 1.0))
    both = {"unit": "", "currency": None, "measure": "export_quantity"} | described
    other = both | newest
    if both["measure"] == other["measure"]:
        assert isnan(
            factor_between(
                both["unit"], both["currency"], other["unit"], other["currency"],
                is_quote=both["measure"] in {"price", "index"},
            )
        )  # fmt: skip


@given(
    st.sampled_from(sorted(SOLD_BY_KG)),
    st.sampled_from(sorted(SOLD_BY_KG)),
    st.sampled_from(["USD", "$", "us$"]),
)
def test_a_price_comes_back_when_it_is_converted_there_and_back(one: str, other: str, money: str):
    there = factor_between(f"{money}/{one}", "USD", f"USD/{other}", None, is_quote=True)
    back = factor_between(f"USD / {other}", None, f"{money}/{one}", "USD", is_quote=True)
    assert there * back == pytest.approx(1.0)


@given(st.text(max_size=12), st.sampled_from(sorted(MULTIPLES)))
def test_any_words_are_a_unit_that_stands_beside_itself(unit: str, multiple: str):
    for written in (unit, f"{multiple} {unit}", f"{unit} {multiple}", f"{unit}/{multiple}"):
        factor, named = in_units(written)
        assert factor > 0
        assert in_units(named)[1] == named or named == " ".join(written.split()).partition(" ")[2]
        assert factor_between(written, None, written, None, is_quote=True) == 1.0
        assert factor_between(written, None, written, None, is_quote=False) == factor
