"""Years of figures of many series replayed day by day through the shipped rules: seconds, and the most memory held.

    python bench/series_years.py [--series 2000] [--years 1]

Three quarters are daily prices, one quarter monthly flows in tables of ten partners. Figures are made as they are
read, so that the memory told is the replay's own, and what making them took is told apart.

On a loaded machine of two cores, in one process, to the end: 10,000 series over five years, 13,837,500 figures in 1,825
assessments: 66 to 74 s of processor time (5 us a figure; 109 to 112 s more to make them), 632 to 654 MB at most. Before tests were
screened step by step over columns it was 114 s (87 s to make them) and 1,174 MB, figures on disk counted in.
"""

import argparse
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from series_day import lines

from warning.app.backtesting import backtest_replay
from warning.catalog.load import load_rulebook
from warning.core.evidence import Observation, observation_id, period_end
from warning.resources import tree

LAST = datetime(2026, 3, 21, tzinfo=UTC)


class Making:
    """Figures in the order in which they become known, made a day at a time; `spent` is what that took of the processor."""

    def __init__(self) -> None:
        self.spent, self.made = 0.0, 0

    def figures(self, count: int, years: int) -> Iterator[Observation]:
        days = publications(count, years)
        while True:
            began = time.process_time()
            day = [one for told in next(days, ()) for one in observations(told)]
            self.spent += time.process_time() - began
            if not day:
                return
            self.made += len(day)
            yield from day


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """Figures of one period that become known together: what they are of, and their values, side by side."""

    likes: Sequence[Observation]
    period: str
    values: NDArray[np.float64]
    known_at: datetime


def publications(count: int, years: int) -> Iterator[Sequence[Publication]]:
    """Yield what each day brings of so many series: prices, and monthly flows on the 21st."""
    dice = np.random.default_rng(2)
    likes = [line.like for line in lines(count, 0)]
    prices = [like for like in likes if like.frequency == "D"]
    flows = [like for like in likes if like.frequency == "M"]
    levels = np.full(len(prices), 50.0)
    day = LAST - timedelta(days=365 * years)
    while day < LAST:
        levels = levels * np.exp(dice.normal(0, 0.01, len(prices)))
        known_at, period = day + timedelta(days=1, hours=6), day.date().isoformat()
        told = [Publication(likes=prices, period=period, values=levels, known_at=known_at)]
        if day.day == 20:
            month = (day.replace(day=1) - timedelta(days=1)).date().isoformat()[:7]
            values = 1e6 * np.exp(dice.normal(0, 0.25, len(flows)))
            told.append(Publication(likes=flows, period=month, values=values, known_at=known_at))
        yield told
        day += timedelta(days=1)


def observations(told: Publication) -> Iterator[Observation]:
    assert period_end(told.period) <= told.known_at
    for like, value in zip(told.likes, told.values.tolist(), strict=True):
        name = observation_id(like.source_id, like.series_id, told.period, value)
        yield replace(like, id=name, period=told.period, value=value, known_at=told.known_at)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=2_000)
    parser.add_argument("--years", type=int, default=1)
    args = parser.parse_args()
    book = replace(load_rulebook(tree("rules"), tree("feeds")), measures=())
    making = Making()
    began, wall = time.process_time(), time.perf_counter()
    done = backtest_replay(book, making.figures(args.series, args.years))
    spent, wall = time.process_time() - began - making.spent, time.perf_counter() - wall
    made = making.made
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{made} figures of {args.series} series in {args.years} years: CPU {spent:.1f} s ({spent / made * 1e6:.1f} us a"
        f" figure, {making.spent:.1f} s more to make them), wall {wall:.1f} s with that, peak {peak:.0f} MB,"
        f" {done.assessments} assessments, {len(done.alerts)} alerts"
    )


if __name__ == "__main__":
    main()
