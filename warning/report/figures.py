"""The last price and the last flow of each watched material, as known at the end of a week."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from warning.core.desks import Desk
from warning.core.evidence import Observation
from warning.core.exposure import CountryExposure
from warning.core.rulebook import Rulebook
from warning.report.changes import country_label, material_label
from warning.report.document import ChangeLine, Figure, MaterialRow
from warning.report.words import DigestWords, amount

PRICE_SPAN = timedelta(days=28)
SPAN_SLACK = timedelta(days=10)
STALE_PRICE = timedelta(days=45)
STALE_FLOW = timedelta(days=150)
TOLD_MOVE_RATIO = 0.10
KG_PER_TONNE = 1000.0
TOLD_IN_TONNES_KG = 10_000


def material_rows(
    observations: Iterable[Observation],
    lines: Sequence[ChangeLine],
    alerted: Mapping[str, int],
    desk: Desk,
    book: Rulebook,
    until: datetime,
) -> tuple[MaterialRow, ...]:
    """Return a row for each material with a figure, an alert, or grade A or B for the desk's country.

    `alerted` counts the week's alerts by material. Rows are sorted: alerted first, then by grade and label.
    """
    series = _series(o for o in observations if o.known_at < until)
    exposure = book.exposure.get(desk.country)
    known = exposure.materials if exposure else {}
    graded = {m for m, d in known.items() if d.grade in {"A", "B"}}
    wanted = {points[-1].material for points in series} | set(alerted) | graded
    rows = [
        MaterialRow(
            material=material,
            label=material_label(material, book, desk.language),
            grade=_grade(material, exposure, book),
            alerts=alerted.get(material, 0) if lines else 0,
            price=_price(_of(series, material, "price"), until, desk, book),
            flow=_flow(_of(series, material, "export_quantity"), until, desk, book),
        )
        for material in sorted(wanted - {""})
    ]
    return tuple(sorted(rows, key=lambda r: (-r.alerts, r.grade, r.price is None, r.label)))


def _grade(material: str, exposure: CountryExposure | None, book: Rulebook) -> str:
    """The material's own grade, else its group's (dysprosium is a rare earth), else the country's default."""
    if exposure is None:
        return "D"
    term = book.terms.materials.get(material)
    for name in (material, (term and term.parent) or ""):
        if name in exposure.materials:
            return exposure.materials[name].grade
    return exposure.default_grade


def price_text(figure: Figure, words: DigestWords) -> str:
    """Return the price in words: "price, Europe: 39.8 USD/kg (Jan 3, 2025, +12% in four weeks)"."""
    change = ""
    if figure.change_ratio is not None:
        change = words.say("figure.against_weeks", change=words.ratio(figure.change_ratio))
    return words.say(
        "figure.price",
        market=figure.source,
        value=amount(figure.value),
        currency=figure.currency or "",
        unit=figure.unit,
        period=words.period(figure.period),
        change=change,
    )


def flow_text(figure: Figure, words: DigestWords) -> str:
    """Return the flow in words: "Chinese exports to Japan: 20 t in Dec 2023, -99% on a year before"."""
    change = ""
    if figure.change_ratio is not None:
        change = words.say("figure.against_year", change=words.ratio(figure.change_ratio))
    partner = words.say("figure.world") if figure.partner == "WLD" else figure.source
    return words.say(
        "figure.flow",
        partner=partner,
        value=amount(figure.value),
        unit=figure.unit,
        period=words.period(figure.period),
        change=change,
    )


def largest_move(rows: Iterable[MaterialRow]) -> MaterialRow | None:
    """Return the row whose price moved most in four weeks, None when none moved by a tenth."""
    moved = [r for r in rows if r.price and abs(r.price.change_ratio or 0.0) >= TOLD_MOVE_RATIO]
    return max(moved, key=lambda r: abs((r.price and r.price.change_ratio) or 0.0), default=None)


def _series(observations: Iterable[Observation]) -> list[list[Observation]]:
    """Latest vintage of each period, by series, oldest period first; missing cells are left out."""
    latest: dict[tuple[str, str, str], Observation] = {}
    for o in sorted(observations, key=lambda o: (o.known_at, o.id)):
        latest[o.source_id, o.series_id, o.period] = o
    series: dict[tuple[str, str], list[Observation]] = {}
    for o in sorted(latest.values(), key=lambda o: o.occurred_at):
        if o.value is not None:
            series.setdefault((o.source_id, o.series_id), []).append(o)
    return list(series.values())


def _of(series: Iterable[list[Observation]], material: str, measure: str) -> list[list[Observation]]:
    return [p for p in series if p[-1].material == material and p[-1].measure == measure]


def _price(series: Sequence[list[Observation]], until: datetime, desk: Desk, book: Rulebook) -> Figure | None:
    """The price of the market outside China when there is one: what a buyer there pays."""
    recent = [p for p in series if until - p[-1].occurred_at <= STALE_PRICE]
    if not recent:
        return None
    points = max(recent, key=lambda p: (p[-1].reporter != "CN", p[-1].occurred_at, p[-1].series_id))
    before = _near(points, points[-1].occurred_at - PRICE_SPAN)
    return _figure(points[-1], before, country_label(points[-1].reporter, book, desk.language))


def _flow(series: Sequence[list[Observation]], until: datetime, desk: Desk, book: Rulebook) -> Figure | None:
    recent = [p for p in series if p[-1].reporter == "CN" and until - p[-1].occurred_at <= STALE_FLOW]
    wanted = [p for p in recent if p[-1].partner == desk.country] or [
        p for p in recent if p[-1].partner == "WLD"
    ]
    if not wanted:
        return None
    points = max(wanted, key=lambda p: (p[-1].occurred_at, p[-1].series_id))
    last = points[-1]
    year_before = f"{int(last.period[:4]) - 1}{last.period[4:]}"
    before = next((p for p in points if p.period == year_before), None)
    return _figure(last, before, country_label(last.partner, book, desk.language))


def _near(points: Sequence[Observation], instant: datetime) -> Observation | None:
    near = [p for p in points if abs(p.occurred_at - instant) <= SPAN_SLACK]
    return min(near, key=lambda p: abs(p.occurred_at - instant), default=None)


def _figure(last: Observation, before: Observation | None, source: str) -> Figure:
    assert last.value is not None
    value, unit = last.value, last.unit
    if unit == "kg" and last.currency is None and abs(value) >= TOLD_IN_TONNES_KG:
        value, unit = value / KG_PER_TONNE, "t"
    known = before is not None and before.value not in {None, 0.0}
    return Figure(
        value=value,
        unit=unit,
        currency=last.currency,
        period=last.period,
        reporter=last.reporter,
        partner=last.partner,
        change_ratio=last.value / before.value - 1 if known and before and before.value else None,
        against=before.period if before else "",
        source=source,
    )
