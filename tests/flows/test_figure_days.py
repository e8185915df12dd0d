"""Figures of a replay as arrays show a rule what they show as objects, in memory and in files."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_series_columns import BOOK, evidence, figure, vintage
from warning.app.chronology import Bystanders, Replayed, Streams, counted, in_days, in_order, record_order
from warning.app.figure_days import FigureDay, FigureDays
from warning.app.history import History
from warning.collect.history_figures import FigureRows, SegmentFigures, figures_in
from warning.collect.interchange import own_identity
from warning.core.evidence import KnownWindow, Observation
from warning.core.series.columns import Columns

DAY = timedelta(days=1)
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


def day_of(record: Replayed) -> int:
    """The midnight at or after which a record is assessed."""
    return -((datetime(1970, 1, 1, tzinfo=UTC) - record.known_at) // DAY)


def windows(records: Iterable[Replayed]) -> Sequence[tuple[object, ...]]:
    history = History(BOOK, forgets=True, once=True)
    return [seen(history.admit(list(batch)).known) for _, batch in groupby(records, key=day_of)]


def seen(known: KnownWindow) -> tuple[object, ...]:
    assert isinstance(known.series, Columns)
    new = [known.series.point(place) for place in known.series.fresh.tolist()]
    # Days of figures name one of what is new: a replay asks by id only whether there is anything.
    assert known.fresh <= {one.id for one in new}
    return [one.points for one in known.series], new, bool(known.fresh), known.earlier


@settings(max_examples=60)
@given(evidence(), st.sampled_from([3, 1000]), st.sampled_from([(), ("customs",)]))
def test_days_of_figures_show_what_the_figures_show_one_by_one(
    points: list[Observation], run_length: int, apart: tuple[str, ...]
):
    packed = in_days(points, FigureDays(apart, run_length=run_length))
    assert windows(packed) == windows(in_order(points))


@settings(max_examples=60)
@given(evidence(), st.sampled_from([3, 1000]), st.sampled_from([(), ("customs",)]))
def test_figures_of_an_index_show_what_the_figures_show_one_by_one(
    tmp_path_factory: pytest.TempPathFactory,
    points: list[Observation],
    segment_length: int,
    apart: tuple[str, ...],
):
    own = [cast("Observation", own_identity(one)) for one in points]
    directory = tmp_path_factory.mktemp("index")
    segments = [
        figures_of(directory / str(begin), points[begin : begin + segment_length])
        for begin in range(0, len(points), segment_length)
    ]
    streams = Streams(ordered=iter(()), others=iter(()), figures=segments)
    assert sorted(streams, key=record_order) == sorted(own, key=record_order)
    assert windows(in_days(streams, FigureDays(apart))) == windows(in_order(own))


def figures_of(directory: Path, points: Sequence[Observation]) -> SegmentFigures:
    directory.mkdir()
    rows = FigureRows()
    for point in points:
        rows.add(point)
    rows.write(directory)
    found = figures_in(directory)
    assert found is not None
    return found


@settings(max_examples=60)
@given(evidence(), st.sampled_from([(), ("customs",)]))
def test_figures_that_come_in_order_are_put_into_their_days_as_they_come(
    points: list[Observation], apart: tuple[str, ...]
):
    others = [Bystanders(known_at=one.known_at, count=1, id=f"z{n}") for n, one in enumerate(points)]
    ordered = sorted([*points, *others], key=record_order)
    packed = list(in_days(Streams(ordered=iter(ordered), others=iter(())), FigureDays(apart)))
    assert packed == sorted(packed, key=record_order)
    assert [one for one in packed if isinstance(one, Bystanders)] == [
        one for one in ordered if isinstance(one, Bystanders)
    ]
    shown = [one for one in packed if not isinstance(one, Bystanders)]
    assert windows(shown) == windows(in_order(points))


def test_a_figure_known_at_midnight_belongs_to_the_day_that_ends():
    like = figure(1, "D", "price", "kg")
    instants = [datetime(2024, 3, 5, tzinfo=UTC), NOON, datetime(2024, 3, 6, tzinfo=UTC), NOON + DAY]
    points = [vintage(like, f"2024-03-0{n}", 1.0, at) for n, at in enumerate(instants, 1)]
    days = list(in_days(points, FigureDays()))
    assert [(day.count, day.known_at) for day in days if isinstance(day, FigureDay)] == [
        (1, instants[0]), (2, NOON), (1, NOON + DAY),
    ]  # fmt: skip
    assert counted([*days, Bystanders(known_at=NOON, count=5)]) == 9


def test_figures_stand_among_the_other_records_in_order_of_time():
    like = figure(1, "D", "price", "kg")
    later = NOON + timedelta(hours=1)
    others = [Bystanders(known_at=later + n * DAY, count=1) for n in (2, 0)]
    points = [vintage(like, f"2024-03-0{n + 4}", 1.0, NOON + n * DAY) for n in (1, 0)]
    found = list(in_days([*others, *points], FigureDays()))
    assert [type(one).__name__ for one in found] == ["FigureDay", "Bystanders", "FigureDay", "Bystanders"]


def test_what_is_no_period_is_refused_as_it_is_one_by_one():
    like = vintage(figure(1, "D", "price", "kg"), "spring", 1.0, NOON)
    with pytest.raises(ValueError, match="is not a period"):
        list(in_days([like], FigureDays()))
