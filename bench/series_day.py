"""One new day of many series through the store, the window, the rules and the commit: seconds of each.

    python bench/series_day.py DIR                       SQLite, in DIR (kept and used again)
    python bench/series_day.py DIR --url postgresql://user@/name?host=/path     an empty database

Three quarters are daily prices of 750 figures, one quarter monthly flows of 60 to 120 figures in tables of
ten partners. Each round stores one new figure a series, unassessed, and then does what the service does:
(a) read from the store, (b) put the figures as known in order, (c) judge, (d) commit, (e) see that nothing is left, and
keep the figures for the next start where much of them is not kept yet. The first round is the one after a start of the
process, the last one that after a start with the kept file. The floor is numpy alone: the exact median and MAD of the last 260 figures
of as many series, in memory, in the same run. Seconds are wall time and processor time of this process.

Processor milliseconds of this process, `--series 10000`, second to fourth day on SQLite, by turns with the release before on two cores with five
times their work (floor 200): read 30 to 33, judge 45 to 57, commit 23 to 25, in all 101 to 112. While each day laid out the history of every
monthly series anew, and asked about places before one by one, it was 158 to 171 there (judge 103 to 116). On an idle machine (floor 160): read
26 to 34, judge 38 to 46, commit 21 to 23, in all 84 to 102; 182 to 259 before (floor 188). Since a verdict reads what its rule reaches and nothing else:
judge 66 to 70, in all 117 to 125 (floor 169, one core busy). Since its reach is worked out once for all rows: judge 47 to 57, in all
96 to 107, where the release before took 59 to 69 by turns with it. With the file that the process before kept, a start reads 860 and judges 430 to 700; the file takes 450 to write. After a start without read 9,200 to 17,000, judge 550 to 870, commit 30 to 46. PostgreSQL was measured before both:
read 40 to 103, judge 79 to 95, commit 18 to 36; its server needed 2 to 3 s of that machine's wall time to mark the 10,000 rows, each written
anew in three indexes (now two).
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import psycopg
from sqlalchemy import Connection, func, select

from warning.app.long_life import settle_for_long
from warning.catalog.load import load_rulebook
from warning.core.assess import assess
from warning.core.detect.registry import evaluate
from warning.core.evidence import Observation, observation_id, period_end
from warning.core.rulebook import Rulebook
from warning.resources import tree
from warning.store import migrate
from warning.store.engine import open_engine, writing
from warning.store.ledger_file import LedgerFile
from warning.store.repository import Repository
from warning.store.resident import Resident
from warning.store.rows import series_row
from warning.store.schema import (
    alert_versions,
    alerts,
    assessments,
    meta,
    observations,
    outbox,
    series,
    signals,
    traces,
    withheld,
)

T = TypeVar("T")
NOW = datetime(2026, 3, 21, 12, tzinfo=UTC)
MATERIALS = ("gallium", "germanium", "antimony", "tungsten", "graphite", "nickel", "cobalt", "neodymium")
CODES = ("250410", "811292", "850511", "280530", "284610", "811010", "282580", "284180", "310210", "740311")
PARTNERS = ("WLD", "US", "JP", "KR", "DE", "IN", "NL", "VN", "MX", "BR")
STORE_ROWS = 20_000
LIMIT = 20_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series to be: its figures, oldest first, and one more for each round."""

    like: Observation
    periods: Sequence[str]
    values: Sequence[float]


def lines(count: int, rounds: int) -> Iterator[Line]:
    dice = np.random.default_rng(1)
    prices = count * 3 // 4
    last = NOW.date()
    days = [(last - timedelta(days=n)).isoformat() for n in range(750 + rounds)][::-1]
    months = [_month(2026 * 12 + 1 - n) for n in range(120 + rounds)][::-1]
    for number in range(prices):
        walk = 50 * np.exp(dice.normal(0, 0.01, len(days)).cumsum())
        like = _like(f"p{number}", MATERIALS[number % 8], "price", "D", reporter="CN")
        yield Line(like=like, periods=days, values=walk.tolist())
    for number in range(count - prices):
        table, partner = divmod(number, 10)
        size = 60 + 60 * (table % 2) + rounds
        flow = 1e6 * np.exp(dice.normal(0, 0.25, size))
        flow[dice.random(size) < 0.01] = 0
        like = _like(
            f"f{number}", f"good {table}", "export_quantity", "M",
            reporter=("CN", "RU", "ID")[table // 10 % 3], partner=PARTNERS[partner],
            hs_code=CODES[table % 10] if table < 300 else f"{100000 + table}",
        )  # fmt: skip
        yield Line(like=like, periods=months[-size:], values=flow.tolist())


def _like(series_id: str, material: str, measure: Any, frequency: Any, **more: Any) -> Observation:
    money = measure == "price"
    return Observation(
        id="", source_id="prices" if money else "customs", series_id=series_id, material=material,
        measure=measure, unit="USD/kg" if money else "kg", currency="USD" if money else None,
        frequency=frequency, period="", value=None, known_at=NOW, **more,
    )  # fmt: skip


def _month(number: int) -> str:
    return date(number // 12, number % 12 + 1, 1).isoformat()[:7]


def fill(connection: Connection, made: Sequence[Line], rounds: int) -> None:
    """Store all figures but those of the rounds, as assessed."""
    connection.execute(series.insert(), [series_row(line.like) for line in made])
    numbers = {row.series_id: row.seq for row in connection.execute(select(series.c.series_id, series.c.seq))}
    ends = {period: period_end(period) for line in (made[0], made[-1]) for period in line.periods}
    ends |= {period: period_end(period) for line in made for period in line.periods if period not in ends}
    rows: list[dict[str, Any]] = []
    for line in made:
        stored = range(len(line.periods) - rounds)
        rows += [_row(line, at, numbers, ends, assessed_at=NOW) for at in stored]
        if len(rows) > STORE_ROWS:
            put(connection, rows)
            rows = []
    if rows:
        put(connection, rows)


def put(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of figures; on PostgreSQL by COPY, which takes millions in minutes."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        connection.execute(observations.insert(), rows)
        return
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY observations ({', '.join(rows[0])}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(tuple(row.values()))


def reset(connection: Connection, made: Sequence[Line], rounds: int) -> None:
    """Fill an empty store; take what an earlier run added out of one that is filled."""
    stored = connection.execute(select(meta.c.value).where(meta.c.name == "bench_rows")).scalar()
    kind = f"{len(made)} series, {rounds} rounds"
    if stored is None:
        fill(connection, made, rounds)
        newest = connection.execute(select(func.max(observations.c.seq))).scalar_one()
        connection.execute(meta.insert(), {"name": "bench_rows", "value": f"{newest}: {kind}"})
        return
    filled, _, other = stored.partition(": ")
    if other != kind:
        raise SystemExit(f"the store holds {other or 'another run'}, not {kind}: give another directory")
    connection.execute(observations.delete().where(observations.c.seq > int(filled)))
    for table in (traces, assessments, signals, withheld, outbox, alert_versions, alerts):
        connection.execute(table.delete())


def _row(
    line: Line, at: int, numbers: dict[str, int], ends: dict[str, datetime], **more: Any
) -> dict[str, Any]:
    like, period = line.like, line.periods[at]
    known_at = ends[period] + timedelta(hours=6 if like.frequency == "D" else 480)
    identity = observation_id(like.source_id, like.series_id, period, line.values[at])
    return {
        "series_seq": numbers[like.series_id], "id": identity, "period": period, "occurred_at": ends[period],
        "value": line.values[at], "known_at": known_at, **more,
    }  # fmt: skip


def new_day(connection: Connection, made: Sequence[Line], round_: int, rounds: int) -> None:
    numbers = {row.series_id: row.seq for row in connection.execute(select(series.c.series_id, series.c.seq))}
    ends: dict[str, datetime] = {}
    rows: list[dict[str, Any]] = []
    for line in made:
        at = len(line.periods) - rounds + round_
        ends.setdefault(line.periods[at], period_end(line.periods[at]))
        rows.append(_row(line, at, numbers, ends, assessed_at=None))
    random.Random(round_).shuffle(rows)
    connection.execute(observations.insert(), rows)


class Clocks:
    """Seconds by phase: wall and processor."""

    def __init__(self) -> None:
        self.spent: dict[str, tuple[float, float]] = {}

    def time(self, phase: str, work: Callable[[], T]) -> T:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        self.spent[phase] = wall, cpu
        return result

    def show(self, title: str) -> None:
        parts = [f"{name} {wall * 1e3:.0f}/{cpu * 1e3:.0f}" for name, (wall, cpu) in self.spent.items()]
        walls, cpus = (sum(pair[n] for pair in self.spent.values()) for n in (0, 1))
        print(f"{title}: {', '.join(parts)}; total {walls * 1e3:.0f}/{cpus * 1e3:.0f} ms")


def one_round(
    repository: Repository, resident: Resident | None, book: Rulebook, as_of: datetime, title: str
) -> None:
    clocks = Clocks()
    window = clocks.time("read", lambda: repository.unassessed(book.needs(), as_of, LIMIT, resident))
    state = repository.state()
    known = clocks.time("as known", lambda: window.as_known(as_of))
    signals, _ = clocks.time("judge", lambda: evaluate(book, known, as_of))
    assessment = assess(book, window, state, as_of)
    clocks.time("commit", lambda: repository.commit_assessment(assessment, window, book_version=book.version))
    clocks.time("keep", lambda: repository.unassessed(book.needs(), as_of, LIMIT, resident))
    clocks.show(f"{title}, {len(window.fresh)} new figures, {len(signals)} signals")


def floor(count: int) -> None:
    """Print what the exact median and MAD of the last 260 figures of each series cost in numpy alone."""
    matrix = np.random.default_rng(1).normal(100, 1, (count, 260))
    clocks = Clocks()

    def work() -> None:
        middle = np.median(matrix, axis=1)
        np.median(np.abs(matrix - middle[:, None]), axis=1)

    clocks.time("median and MAD", work)
    clocks.show("floor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--url", help="an empty PostgreSQL database")
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--plain", action="store_true", help="read everything from the store each time")
    parser.add_argument("--rounds", type=int, default=4)
    args = parser.parse_args()
    args.directory.mkdir(parents=True, exist_ok=True)
    url = args.url or f"sqlite:///{args.directory / 'series.sqlite3'}"
    migrate.upgrade(url)
    repository = Repository(open_engine(url))
    book = load_rulebook(tree("rules"), tree("feeds"))
    made = list(lines(args.series, args.rounds))
    with writing(repository.engine) as connection:
        reset(connection, made, args.rounds)
    kept = LedgerFile(args.directory / "figures")
    kept.write("none", {})
    resident = None if args.plain else Resident(kept)
    settle_for_long()  # as the service does
    print("wall/processor milliseconds")
    floor(args.series)
    for round_ in range(args.rounds):
        as_of = NOW + timedelta(days=round_)
        with writing(repository.engine) as connection:
            new_day(connection, made, round_, args.rounds)
        title = "after a start" if not round_ else f"day {round_ + 1}"
        if round_ and round_ == args.rounds - 1 and not args.plain:
            resident, title = Resident(kept), "after a start with the file"
        one_round(repository, resident, book, as_of, title)


if __name__ == "__main__":
    main()
