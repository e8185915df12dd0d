"""Figures as statisticians write them -> float, missing, or unreadable."""

import math
import re
from datetime import date, datetime

Cell = str | float | int | bool | datetime | date

# Withheld (W, D), net exporter (E), confidential (c), not available, not applicable, nothing: no figure.
_MISSING = frozenset(
    [
        "-",
        "--",
        "---",
        "–",
        "—",
        "…",
        ".",
        "..",
        "...",
        ":",
        "*",
        "**",
        "x",
        "xx",
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "nan",
        "inf",
        "-inf",
        "+inf",
        "infinity",
        "null",
        "none",
        "nil",
        "nd",
        "n.d.",
        "w",
        "e",
        "c",
        "d",
        "(d)",
        "(w)",
        "(x)",
        "(na)",
        "(s)",
        "s",
        "z",
        "(z)",
        "//",
        "/",
        "?",
        "#n/a",
        "#value!",
        "#div/0!",
        "#ref!",
        "#name?",
        "－",
        "없음",
    ]
) | {"", "not available", "less than ½ unit", "less than 1/2 unit"}
_BOUND = re.compile(r"^(?:[<>≤≥~≈]|less than|more than|under|over)\s*[\d.,]+\s*%?$", re.IGNORECASE)
_DECORATION = re.compile(
    r"^(?:US\$|USD|\$|€|£|¥|￥|₩|CNY|EUR|JPY|KRW)\s*|\s*(?:%|[eprs†‡*]|\((?:[eprs]|\d)\))$", re.IGNORECASE
)
_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_POINT = re.compile(r"^[+-]?(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$")
_COMMA = re.compile(r"^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?(?:[eE][+-]?\d{1,3})?$")
_FULLWIDTH = str.maketrans("０１２３４５６７８９．，－＋％\u00a0\u202f\u2212", "0123456789.,-+%  -")


class Unreadable(ValueError):
    """A cell in a column of figures that is neither a figure nor a known mark for none."""


def read_figure(cell: Cell | None, decimal: str = ".") -> float | None:
    """Return a finite figure, or None for a missing one. Bounds (">95") are missing: the figure is not said.

    Raises Unreadable for anything else.
    """
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    if not isinstance(cell, str):
        raise Unreadable(f"{cell!r} is a date, a figure is wanted")
    text = cell.translate(_FULLWIDTH).strip()
    if text.lower() in _MISSING or _BOUND.match(text):
        return None
    return _number(text, decimal)


def _number(text: str, decimal: str) -> float | None:
    bare = _DECORATION.sub("", _DECORATION.sub("", text)).strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    bare = _SPACES.sub("", bare)
    shape = _COMMA if decimal == "," else _POINT
    if not shape.match(bare) or not any(character.isdigit() for character in bare):
        raise Unreadable(f"{text[:40]!r} is not a figure")
    if decimal == ",":
        bare = bare.replace(".", "").replace(",", ".")
    try:
        figure = float(bare.replace(",", ""))
    except ValueError:
        raise Unreadable(f"{text[:40]!r} is not a figure") from None
    return figure if math.isfinite(figure) else None


def as_text(cell: Cell | None) -> str:
    """A cell as its publisher would have typed it: whole floats of spreadsheets lose their `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
