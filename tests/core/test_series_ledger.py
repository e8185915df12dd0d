"""A ledger fed a batch at a time shows what a window over everything seen so far would show."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_series_columns import BOOK, LATER, evidence, figure, rule, vintage
from warning.core.detect.series import detect_series
from warning.core.evidence import KnownWindow, Observation, Window, period_end
from warning.core.old_news import CORRECTION_DAYS, came_late
from warning.core.rulebook import Rulebook
from warning.core.series.blocks import Block
from warning.core.series.columns import end_and_shape
from warning.core.series.figure_batch import PeriodTexts
from warning.core.series.kinship import days_of
from warning.core.series.ledger import Ledger
from warning.core.series.roster import table_of

COMBINED = replace(
    BOOK,
    rules=(
        *BOOK.rules,
        rule(
            "share",
            {"method": "crossing", "level": 0.5},
            select={"measures": ["export_quantity"], "frequencies": ["M"]},
            combine={"method": "share", "of": "exports"},
        ),
    ),
)


def expected(
    book: Rulebook, seen: Sequence[Observation], batch: Sequence[Observation]
) -> list[list[Observation]]:
    """The points of each series wanted, by the definition: latest vintages, since the oldest new one's reach."""
    needs = book.needs()
    series = {one.meta.series_id: one for one in Window(observations=tuple(seen)).as_known(LATER).series}
    oldest: dict[str, datetime] = {}
    for point in batch:
        oldest[point.series_id] = min(point.occurred_at, oldest.get(point.series_id, point.occurred_at))
    wanted = dict(oldest)
    for name, end in oldest.items():
        for other, one in series.items():
            if table_of(one.meta) == table_of(series[name].meta):
                wanted[other] = min(end, wanted.get(other, end))
    shown = [
        [p for p in series[name].points if p.occurred_at >= wanted[name] - timedelta(days=days_of(needs, p))]
        for name in sorted(wanted)
    ]
    return [points for points in shown if points]


def show(known: KnownWindow) -> list[list[Observation]]:
    return [list(one.points) for one in known.series]


def known_of(ledger: Ledger, batch: Sequence[Observation]) -> KnownWindow:
    side_by_side = ledger.batch(batch)
    ledger.put(side_by_side)
    placed, ids = ledger.find(side_by_side)
    fresh = frozenset(map(bytes.decode, ids.tolist()))
    return KnownWindow(items=(), series=ledger.columns(side_by_side, placed), listing_changes=(), fresh=fresh)


@given(evidence(), st.integers(1, 30))
def test_ledger_shows_what_a_window_over_all_it_saw_would_show(points: list[Observation], size: int):
    ledger, seen = Ledger(BOOK.needs()), []
    for at in range(0, len(points), size):
        batch = points[at : at + size]
        seen += batch
        assert show(known_of(ledger, batch)) == expected(BOOK, seen, batch)


@given(evidence(), st.integers(1, 30))
def test_ledger_and_window_give_the_same_signals_and_traces(points: list[Observation], size: int):
    points = sorted(points, key=lambda p: (p.known_at, p.id))
    ledger, seen = Ledger(COMBINED.needs()), []
    for at in range(0, len(points), size):
        batch = points[at : at + size]
        seen += batch
        known = known_of(ledger, batch)
        as_objects = replace(known, series=tuple(known.series))
        with np.errstate(all="ignore"):
            assert detect_series(COMBINED, known, LATER) == detect_series(COMBINED, as_objects, LATER)


@given(evidence(), st.integers(1, 30))
def test_ledger_that_forgets_gives_the_same_news(points: list[Observation], size: int):
    points = sorted(points, key=lambda p: (p.known_at, p.id))
    everything, lean = Ledger(BOOK.needs()), Ledger(BOOK.needs(), forgets=True)
    rules = {one.id: one for one in BOOK.rules}
    for at in range(0, len(points), size):
        batch = points[at : at + size]
        told = [detect_series(BOOK, known_of(ledger, batch), LATER)[0] for ledger in (everything, lean)]
        news = [[s for s in signals if not came_late(s, rules[s.rule_id])] for signals in told]
        assert news[0] == news[1]


def test_ledger_that_forgets_keeps_no_more_than_its_rules_can_read():
    book = replace(
        BOOK,
        rules=(
            rule("daily", {"method": "change", "steps": 1, "rise_ratio": 0.5}, select={"frequencies": ["D"]}),
        ),
    )
    ledger = Ledger(book.needs(), forgets=True)
    like = figure(1, "D", "price", "kg")
    days = [(datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=n)).date().isoformat() for n in range(4_000)]
    for day in days:
        known_of(ledger, [vintage(like, day, 100.0, period_end(day))])
    assert ledger.capacity <= 96 + CORRECTION_DAYS["D"]


def test_what_is_forgotten_is_no_news_and_what_comes_in_time_is_whatever_was_forecast():
    daily = rule("daily", {"method": "change", "steps": 1, "rise_ratio": 0.5}, select={"frequencies": ["D"]})
    book, like = replace(BOOK, rules=(daily,)), figure(1, "D", "price", "kg")
    ledger, start = Ledger(book.needs(), forgets=True), datetime(2020, 1, 1, tzinfo=UTC)
    days = [(start + timedelta(days=n)).date().isoformat() for n in range(400)]
    for day in days[:-1]:
        known_of(ledger, [vintage(like, day, 100.0, period_end(day))])
    known_of(ledger, [vintage(like, "2031-01-01", 100.0, period_end(days[-2]))])
    whole = [vintage(like, day, 100.0, period_end(days[-1])) for day in days]
    assert ledger.news(ledger.batch(whole)).figures["ids"].tolist() == [whole[-1].id.encode()]


def test_figures_keep_their_own_description_when_their_series_is_described_anew():
    ledger, seen = Ledger(BOOK.needs()), []
    for month, unit in enumerate(("kg", "kg", "t", "kg"), 1):
        batch = [
            vintage(figure(n, "M", "price", unit if n == 2 else "kg"), f"2024-0{month}", 1.0, LATER)
            for n in (1, 2, 3)
        ]
        seen += batch
        assert show(known_of(ledger, batch)) == expected(BOOK, seen, batch)


def test_periods_beyond_what_two_bytes_number_are_shown_as_they_are():
    ledger, like = Ledger(BOOK.needs()), figure(1, "D", "price", "kg")
    days = [date.fromordinal(600_000 + n).isoformat() for n in range(70_000)]
    first, last = vintage(like, "2024-03-01", 1.0, LATER), vintage(like, "2024-03-02", 2.0, LATER)
    known_of(ledger, [first])
    ledger.texts.numbers(days)
    assert show(known_of(ledger, [last])) == [[first, last]]


def test_ledger_does_not_keep_a_series_that_no_rule_looks_at():
    book = replace(
        BOOK,
        rules=(
            rule("only", {"method": "change", "steps": 1, "rise_ratio": 0.5}, select={"reporters": ["JP"]}),
        ),
    )
    known = known_of(Ledger(book.needs()), [vintage(figure(1, "M", "price", "kg"), "2024-01", 1.0, LATER)])
    assert (len(known.series), known.fresh) == (0, frozenset())


@pytest.mark.parametrize("period", ["2023-08-01", "2023-W31", "2023-08", "2023-Q3", "2023"])
def test_end_of_a_period_in_days_is_the_end_of_the_period(period: str):
    end, _ = end_and_shape(period)
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=end) == period_end(period)


def filled(block: Block, rows: int, places: int) -> Block:
    """With so many figures in each of so many rows, each telling its row and place."""
    for _ in range(rows):
        block.add_row()
    block.make_room(np.full(rows, places), lambda: None)
    at = np.repeat(np.arange(rows), places), np.tile(np.arange(places), rows)
    texts = block._texts.read([f"20{10 + place // 12}-{place % 12 + 1:02}" for place in at[1]])
    ids = np.array([b"o-%016x" % number for number in range(rows * places)])
    figures = {
        "values": at[0] * 1_000.0 + at[1],
        "known_us": at[1] * 10,
        "ids": ids,
        "codes": at[0].astype("i4"),
    }
    block.write(*at, {**figures, "periods": texts["periods"]})
    np.add.at(block.lengths, at[0], 1)
    return block


@pytest.mark.parametrize("is_looked_at", [False, True])
def test_rows_that_get_more_places_hold_what_they_held_also_where_somebody_looks_at_them(is_looked_at):
    block = filled(Block(PeriodTexts()), 40, 15)
    before = {name: block.field(name)[:40, :15].copy() for name in ("values", "ids", "periods")}
    looked = [block.field(name).ravel() for name in before] if is_looked_at else []
    seen = [one.copy() for one in looked]
    block.make_room(np.full(40, 90), lambda: None)
    assert block.capacity >= 105
    for name, held in before.items():
        assert (block.field(name)[:40, :15] == held).all()
        assert not block.field(name)[:, 15:].any()
    assert all((one == as_seen).all() for one, as_seen in zip(looked, seen, strict=True))


def test_rows_that_get_more_places_are_at_no_time_held_twice():
    tracemalloc.start()
    block = filled(Block(PeriodTexts()), 600, 120)
    size, before = block.field("values").nbytes, tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    block.make_room(np.full(600, 40), lambda: None)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert block.field("values").nbytes > size
    assert peak < size
