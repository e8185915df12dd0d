"""The chart of an alert about figures: the series its evidence belongs to, as it was known when the version was made."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from warning.channels.message import Chart, Message
from warning.channels.naming import naming
from warning.channels.plain import plain
from warning.channels.render_figures import figure_series
from warning.channels.render_lead import is_about_figures
from warning.channels.when import day
from warning.core.alerts import Alert
from warning.core.evidence import Observation
from warning.core.rulebook import Rulebook
from warning.core.series.figures import KG_PER_TONNE, TONNES_FROM_KG

HISTORY = timedelta(days=1100)
# A period ends after its figure is out when prices come early in their week or month.
OPEN_PERIOD = timedelta(days=32)
FEWEST_POINTS = 4
FIGURE_KINDS = {"customs", "price"}


class StoredFigures(Protocol):
    """What this module asks of the store."""

    def observations_between(
        self, since: datetime, until: datetime, *, materials: Sequence[str] = ()
    ) -> tuple[Observation, ...]: ...


def chart_of(message: Message, book: Rulebook, repository: StoredFigures) -> Chart | None:
    """Return the chart of the first figure among the evidence the desk reads; None when there is nothing to draw.

    The points are of the series that the shown figure belongs to: one source, so one marking with the figure itself.
    """
    alert, words = message.alert, naming(message.language, book)
    if not is_about_figures(alert, words) or not alert.facts.materials:
        return None
    points = _points(alert, repository)
    if len(points) < FEWEST_POINTS:
        return None
    shown = next(e for e in alert.exhibits if e.kind in FIGURE_KINDS)
    unit, per = _unit(points)
    title = plain(figure_series(shown, words), 120)
    line = tuple((_last_day(point), point.value / per) for point in points if point.value is not None)
    values = [value for _, value in line]
    alt = words.say(
        "chart.alt",
        series=title,
        unit=unit,
        first=day(line[0][0], message.language),
        last=day(line[-1][0], message.language),
        lowest=_said(min(values)),
        highest=_said(max(values)),
        latest=_said(values[-1]),
    )
    return Chart(
        title=words.say("chart.title", series=title, unit=unit),
        alt=alt,
        points=line,
    )


def _points(alert: Alert, repository: StoredFigures) -> list[Observation]:
    """Return the newest vintage of each period known when the version was made, the oldest period first."""
    shown = {e.evidence_id for e in alert.exhibits if e.kind in FIGURE_KINDS}
    if not shown:
        return []
    until = alert.updated_at
    figures = repository.observations_between(
        until - HISTORY, until + OPEN_PERIOD, materials=alert.facts.materials
    )
    known = [figure for figure in figures if figure.known_at <= until and figure.value is not None]
    series = next(((f.source_id, f.series_id) for f in known if f.id in shown), None)
    newest = {f.period: f for f in known if (f.source_id, f.series_id) == series}
    return sorted(newest.values(), key=lambda f: f.occurred_at)


def _unit(points: Sequence[Observation]) -> tuple[str, float]:
    """Return the unit and how many of the source's it holds: tonnes for many kilograms, as the text says them."""
    last = points[-1]
    if last.currency:
        return plain(f"{last.currency}/{last.unit}", 20), 1.0
    if last.unit == "kg" and max(abs(point.value or 0.0) for point in points) >= TONNES_FROM_KG:
        return "t", KG_PER_TONNE
    return plain(last.unit, 20), 1.0


def _last_day(figure: Observation) -> date:
    """A period ends when the next begins: the figure of December is not one of January."""
    return (figure.occurred_at - timedelta(seconds=1)).date()


def _said(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"
