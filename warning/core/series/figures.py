"""Figures in words: units a reader can hold, ratios as per cent or times, periods as published."""

from warning.core.evidence import Observation
from warning.core.series.units import MASS_KG, NO_UNIT, QUOTED, factor_between, in_units

KG_PER_TONNE = 1000.0
TONNES_FROM_KG = 10_000.0
MOST_WRITTEN_OUT = 1e15
MOST_TIMES = 1_000_000
# Series made of several: a share in per cent, an index of concentration from 0 to 1, a ratio of two.
WITHOUT_UNIT = {"share": "{1} %", "HHI": "{0}", "ratio": "{0} to 1"}
FREQUENCY_WORDS = {"D": "days", "W": "weeks", "M": "months", "Q": "quarters", "A": "years"}


def unit_of(like: Observation) -> tuple[float, str]:
    """Return the factor to the unit that floors are written in, and that unit: kilograms, whole money.

    Sources write tonnes and thousands of dollars; a floor of 300,000 must mean one thing. The weight in a
    price's unit is what the price buys, no figure to convert: it stays as the source writes it.
    """
    if like.measure in QUOTED:
        return 1.0, " ".join(like.unit.split())
    return in_units(like.unit)


def factor_beside(like: Observation, last: Observation) -> float:
    """Return what a figure is multiplied by to stand beside those of its series that are described as `last` is.

    NaN where nothing does it: another currency, pieces for kilograms, an index of another base.
    """
    if like.measure != last.measure:
        return float("nan")
    is_quote = like.measure in QUOTED
    return factor_between(like.unit, like.currency, last.unit, last.currency, is_quote=is_quote)


def amount(value: float, like: Observation, *, beside: float = 0.0) -> str:
    """Write a figure with its unit. Kilograms become tonnes when it or the figure beside it is large."""
    unit = unit_of(like)[1]
    if unit in WITHOUT_UNIT:
        return WITHOUT_UNIT[unit].format(number(value), number(value * 100))
    if unit in NO_UNIT:
        unit = like.currency or ""
    elif like.currency and like.currency not in unit:
        unit = f"{like.currency}{'/' if unit in MASS_KG and like.measure in QUOTED else ' '}{unit}"
    if unit == "kg" and max(abs(value), abs(beside)) >= TONNES_FROM_KG:
        value, unit = value / KG_PER_TONNE, "t"
    return f"{number(value)} {unit}".strip()


def number(value: float) -> str:
    """Write four significant digits, thousands apart; an exponent only where no trade or price can be."""
    if abs(value) >= MOST_WRITTEN_OUT:
        return f"{value:.4g}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}" if value == round(value) else f"{value:.1f}"
    return f"{value:.4g}"


def move(ratio: float) -> str:
    """Write a ratio to the baseline: "99.8 % under", "26 % over", "3.2 times", "over 1,000,000 times"."""
    if ratio >= MOST_TIMES:
        return f"over {MOST_TIMES:,} times"
    if ratio >= 2:
        return f"{ratio + 1:.1f} times"
    digits = 1 if abs(ratio) >= 0.9 and ratio < 0 else 0
    return f"{abs(ratio) * 100:.{digits}f} % {'over' if ratio > 0 else 'under'}"


def window_words(points: int, like: Observation) -> str:
    """Write the length of a baseline: "12 months", "250 days" (of quotes)."""
    words = FREQUENCY_WORDS[like.frequency]
    return f"{points} {words if points != 1 else words.removesuffix('s')}"
