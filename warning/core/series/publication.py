"""The publication calendar of one series: what falls due when, what is late, what was left out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from warning.core.evidence import Observation, Series, period_end
from warning.core.explain import ExplainNode
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.columns import SHAPES, end_and_shape
from warning.core.series.track import lay_out, period_at
from warning.core.workdays import next_workday

# The lag is that of the last figures: a publisher changes its pace.
LAG_POINTS = 12
LABEL = "publication calendar"
SHOWN_PERIODS = 6
SHOWN_PARTS = 6
NEXT_DAYS = {"D": 1, "W": 7}


def publication(rule: SeriesRule, series: Series, book: Rulebook, as_of: datetime) -> ExplainNode:
    """Say when the next figure falls due and which are not there; it decides nothing, so that it always passes."""
    return ExplainNode(label=LABEL, passed=True, detail=_told(rule, series, book, as_of))


def publications(rule: SeriesRule, parts: Sequence[Series], book: Rulebook, as_of: datetime) -> ExplainNode:
    """Say the same of each series that one is made of, those that fall due first foremost."""
    ordered = sorted(parts, key=lambda one: (one.points[-1].occurred_at, one.meta.series_id))
    shown = tuple(
        ExplainNode(label=one.meta.series_id, passed=True, detail=_told(rule, one, book, as_of))
        for one in ordered[:SHOWN_PARTS]
    )
    more = len(parts) - len(shown)
    said = f"{len(parts)} series" + (f", the {len(shown)} that are furthest behind" if more else "")
    return ExplainNode(label=LABEL, passed=True, detail=said, children=shown)


def _told(rule: SeriesRule, series: Series, book: Rulebook, as_of: datetime) -> str:
    newest = series.points[-1]
    if not _is_of_its_frequency(series):
        return f"its periods ({newest.period}) are not of its frequency {newest.frequency}: nothing falls due"
    lag, why = _lag(series, book)
    period = _next_period(newest)
    due = period_end(period) + lag
    told = [
        f"{newest.period} was known on {newest.known_at.date()}",
        f"{period} falls due on {due.date()} ({why})",
        _standing(newest, period, due, as_of, lag),
        *_left_out(rule, series),
    ]
    return "; ".join(told)


def _is_of_its_frequency(series: Series) -> bool:
    newest = series.points[-1]
    if newest.frequency in NEXT_DAYS:
        return SHAPES[end_and_shape(newest.period)[1]] == newest.frequency
    return lay_out(series, frozenset()).on_calendar


def _lag(series: Series, book: Rulebook) -> tuple[timedelta, str]:
    """Return how long after a period its figure is expected, and how that is known."""
    meta = series.meta
    source = book.sources.get(meta.source_id)
    if source is not None and source.publication_lag_days:
        days = source.publication_lag_days
        return timedelta(days=days), f"{days} days after the period, as its source declares"
    lags = [point.known_at - period_end(point.period) for point in series.points[-LAG_POINTS:]]
    usual = max(timedelta(seconds=median(lag.total_seconds() for lag in lags)), timedelta(0))
    return usual, f"{usual.days} days after the period, as its last {counted(len(lags), 'figure')} came"


def _next_period(newest: Observation) -> str:
    """Return the period after the newest; of days the next one that is no weekend."""
    days = NEXT_DAYS.get(newest.frequency)
    if days is None:
        return period_at(newest, 1)
    last = (period_end(newest.period) - timedelta(days=1)).date()
    after = last + timedelta(days=days)
    if newest.frequency == "W":
        year, week, _ = after.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return next_workday(after, newest.reporter).isoformat()


def _standing(newest: Observation, period: str, due: datetime, as_of: datetime, lag: timedelta) -> str:
    if as_of < due:
        return f"not yet due on {as_of.date()}"
    length = period_end(period) - period_end(newest.period)
    late = (as_of - due).days
    if as_of < due + max(length, lag):
        return f"late on {as_of.date()}, by {counted(late, 'day')}"
    missed = int((as_of - due) / length) + 1
    missing = counted(missed, "period is", "periods are")
    silent = counted((as_of - newest.known_at).days, "day")
    return f"dropped: on {as_of.date()} {missing} missing and nothing came for {silent}"


def _left_out(rule: SeriesRule, series: Series) -> Sequence[str]:
    """Name the periods without a row, which only the calendar shows, and those with a suppressed cell."""
    track = lay_out(series, frozenset())
    said = []
    if track.on_calendar:
        first = track.points[0]
        assert first is not None
        absent = [period_at(first, place) for place, point in enumerate(track.points) if point is None]
        if absent:
            read = "zero where the rest of its table is there" if rule.missing_is_zero else "not known"
            said.append(f"no row for {_listed(absent)}: read as {read}")
    suppressed = [point.period for point in series.points if point.value is None]
    if suppressed:
        said.append(f"suppressed in {_listed(suppressed)}: not known")
    return said


def _listed(periods: Sequence[str]) -> str:
    shown = ", ".join(periods[-SHOWN_PERIODS:])
    more = len(periods) - SHOWN_PERIODS
    return f"{shown} and {more} before" if more > 0 else shown
