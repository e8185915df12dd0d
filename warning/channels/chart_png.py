"""A line chart as PNG for mails: figures and dates only, so that one picture serves every language."""

import io
from collections.abc import Iterator
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from warning.channels.message import Chart

WIDTH, HEIGHT = 1104, 400  # shown at half the size, sharp on dense screens
LEFT, RIGHT, TOP, BOTTOM = 150, 70, 30, 60
INK, QUIET, LINE = "#1c2127", "#59626d", "#0b4f9e"
FONT_SIZE = 24
GRID_LINES = 4
DATES = 4


def chart_png(chart: Chart) -> bytes:
    """Return the picture; the same chart gives the same bytes. The vertical axis starts at nought."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(FONT_SIZE)
    top = _round_up(max((value for _, value in chart.points), default=1.0))
    low = min(0.0, *(value for _, value in chart.points))
    first, last = chart.points[0][0], chart.points[-1][0]
    for step in range(GRID_LINES + 1):
        value = low + (top - low) * step / GRID_LINES
        y = _y(value, low, top)
        draw.line([(LEFT, y), (WIDTH - RIGHT, y)], fill="#d5d9df", width=2)
        draw.text((LEFT - 14, y), amount(value), fill=QUIET, font=font, anchor="rm")
    for day in _spread(chart):
        draw.text(
            (_x(day, first, last), HEIGHT - BOTTOM + 14), f"{day:%Y-%m}", fill=QUIET, font=font, anchor="ma"
        )
    line = [(_x(day, first, last), _y(value, low, top)) for day, value in chart.points]
    draw.line(line, fill=LINE, width=5, joint="curve")
    x, y = line[-1]
    draw.ellipse([x - 9, y - 9, x + 9, y + 9], fill=LINE, outline="#ffffff", width=2)
    above = y - 16 > TOP + FONT_SIZE
    label = (min(x, WIDTH - RIGHT) - 14, y - 16 if above else y + 16)
    draw.text(label, amount(chart.points[-1][1]), fill=INK, font=font, anchor="rb" if above else "ra")
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def amount(value: float) -> str:
    """Return a figure as short as it can be read: 8,517, 99.8, 1.2M."""
    for limit, name in ((1e9, "G"), (1e6, "M")):
        if abs(value) >= limit:
            return f"{value / limit:.4g}{name}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _spread(chart: Chart) -> Iterator[date]:
    """A few dates that stand apart, the first and the last among them."""
    days = [day for day, _ in chart.points]
    count = min(DATES, len(days))
    yield from dict.fromkeys(days[round(n * (len(days) - 1) / max(count - 1, 1))] for n in range(count))


def _x(day: date, first: date, last: date) -> float:
    span = max((last - first).days, 1)
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max((day - first).days / span, 0.0), 1.0)


def _y(value: float, low: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / ((top - low) or 1.0)


def _round_up(value: float) -> float:
    """The next figure of the form 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(f"{value:.0f}") - 1) if value >= 1 else 1.0
    while value < power:
        power /= 10
    return next(n * power for n in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15) if n * power >= value)
