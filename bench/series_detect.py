"""What the shipped series and listing rules make of real series: alarms per series and year, dates, speed.

    python bench/trade_to_interchange.py SHARED_DATA OUT_DIR
    python bench/series_detect.py OUT_DIR [NAME ...] [--show]
    python bench/series_detect.py --speed

Every figure of a file is fresh and judged as of its own period, as in a backtest. An alarm is a figure on
which at least one rule fired, however many did. `--speed` times one new day for 10,000 daily series.
"""

import argparse
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from warning.catalog.load import load_rulebook
from warning.collect.interchange import read_evidence
from warning.core.detect.listing import detect_listing
from warning.core.detect.series import detect_series
from warning.core.evidence import Listing, Observation, Window, compare_listings
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal
from warning.resources import tree

AS_OF = datetime(2100, 1, 1, tzinfo=UTC)
POINTS_A_YEAR = {"D": 250, "W": 52, "M": 12, "Q": 4, "A": 1}


def judge_file(path: Path, book: Rulebook, *, show: bool) -> None:
    records = list(read_evidence(path))
    observations = tuple(r for r in records if isinstance(r, Observation))
    listings = [r for r in records if isinstance(r, Listing)]
    if listings:
        replay(path.stem, listings, book)
        return
    window = Window(observations=observations, fresh=frozenset(o.id for o in observations))
    known = window.as_known(AS_OF)
    started = time.perf_counter()
    signals, _ = detect_series(book, known, AS_OF)
    seconds = time.perf_counter() - started
    years = sum(len(s.points) / POINTS_A_YEAR[s.meta.frequency] for s in known.series)
    alarms = {s.exhibit.evidence_id for s in signals}
    print(
        f"{path.stem}: {len(known.series)} series, {years:.0f} series-years, {len(alarms)} alarms, "
        f"{len(alarms) / years:.3f} a series and year, {len(observations)} figures in {seconds:.2f} s"
    )
    for rule, count in Counter(s.rule_id for s in signals).most_common():
        print(f"    {rule}: {count}")
    if show:
        for signal in sorted(signals, key=lambda s: s.known_at):
            print("   ", describe(signal))


def describe(signal: Signal) -> str:
    codes = ",".join(reason.code.removeprefix("series.") for reason in signal.why[:2])
    return f"{signal.known_at:%Y-%m-%d} {signal.rule_id} [{codes}] {signal.exhibit.title}"


def replay(name: str, listings: list[Listing], book: Rulebook) -> None:
    """Compare each version with the one before it of the same list."""
    last: dict[str, Listing] = {}
    totals: Counter[str] = Counter()
    fired = 0
    for listing in sorted(listings, key=lambda one: one.known_at):
        changes = compare_listings(last.get(listing.source_id), listing)
        last[listing.source_id] = listing
        window = Window(listing_changes=changes, fresh=frozenset({listing.id}))
        signals, _ = detect_listing(book, window.as_known(AS_OF), AS_OF)
        counts = Counter(change.change for change in changes)
        totals.update(counts)
        fired += bool(signals)
        if changes:
            print(f"    {listing.id}: {dict(counts)} -> {sorted(s.rule_id for s in signals)}")
    print(f"{name}: {len(listings)} versions, {dict(totals)}, fired on {fired}")


def speed(book: Rulebook, count: int = 10_000, points: int = 260) -> None:
    steps = np.random.default_rng(1).normal(0, 0.01, (count, points)).cumsum(axis=1)
    levels = 100 * np.exp(steps)
    days = [(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=i)).date().isoformat() for i in range(points)]
    observations = tuple(
        Observation(
            id=f"{s}:{d}", source_id="bench", series_id=f"s{s}", material="nickel", measure="price",
            reporter="CN", unit="USD/kg", currency="USD", frequency="D", period=days[d],
            value=float(levels[s, d]), known_at=datetime(2025, 1, 1, tzinfo=UTC),
        )
        for s in range(count)
        for d in range(points)
    )  # fmt: skip
    fresh = frozenset(f"{s}:{points - 1}" for s in range(count))
    started = time.perf_counter()
    known = Window(observations=observations, fresh=fresh).as_known(AS_OF)
    sorted_at = time.perf_counter()
    signals, _ = detect_series(book, known, AS_OF)
    done = time.perf_counter()
    print(
        f"a new day of {count} series of {points} points: window {sorted_at - started:.2f} s, "
        f"detection {done - sorted_at:.3f} s, {len(signals)} signals"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, nargs="?")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--speed", action="store_true")
    args = parser.parse_args()
    book = load_rulebook(tree("rules"), tree("feeds"))
    if args.speed:
        speed(book)
    if args.directory:
        names = args.names or sorted(path.stem for path in args.directory.glob("*.jsonl"))
        for name in names:
            judge_file(args.directory / f"{name}.jsonl", book, show=args.show)


if __name__ == "__main__":
    main()
