"""When the shipped series rules catch the collapses and spikes that are known, and how often they cry on ordinary series.

    python -m bench.known_turns [SHARED_DATA] [--json FILE] [--false]

`bench/known_turns.yaml` says which turns are known, and why. For each: the day its figure could first be known, the day a
shipped rule caught it, the days between, the rule. Then for every set of series the alarms that lie in no known turn, a series
and year. An alarm is a figure on which a rule fired, however many did. `--false` names each of them. Without SHARED_DATA
(or EWS_SHARED_DATA) only the turns rebuilt from published figures are judged.
"""

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from bench import trade_to_interchange
from warning.catalog.load import load_rulebook
from warning.collect.interchange import read_evidence
from warning.core.detect.series import detect_series
from warning.core.evidence import Observation, Series, Window, observation_id, period_end
from warning.core.rulebook import Rulebook
from warning.core.series_notation import periods_from, read_cells
from warning.core.signals import Signal

ROOT = Path(__file__).parent.parent
LIST = Path(__file__).with_suffix(".yaml")
AS_OF = datetime(2100, 1, 1, tzinfo=UTC)
POINTS_A_YEAR = {"D": 250, "W": 52, "M": 12, "Q": 4, "A": 1}
ACTS = {
    "fall": {"export_fall", "import_fall", "price_fall"},
    "rise": {"price_spike", "front_loading", "price_split"},
}
SETS = (
    "china_by_partner", "china_by_group", "china_totals", "korea_china", "usa_china", "yearly_flows", "pink_sheet",
    "komis", "half_hourly", "half_hourly_as_days", "gpr",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One known turn. `within` counts the figures after `period` in which an alarm is still its own."""

    file: str
    series: str
    of: str
    period: str
    reason: str
    within: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """What became of a turn: `day` is None when no rule spoke in time; `stood_since` when one had three periods before."""

    turn: Turn
    first_known: datetime
    day: datetime | None
    rules: tuple[str, ...] = ()
    stood_since: datetime | None = None

    @property
    def delay_days(self) -> int | None:
        return (self.day - self.first_known).days if self.day else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One set of series: all signals, its known turns, and what of the alarms belongs to none."""

    name: str
    series: int
    years: float
    alarms: int
    caught: tuple[Caught, ...]
    false: tuple[Signal, ...]
    restless: int

    @property
    def rate(self) -> float:
        return len({one.exhibit.evidence_id for one in self.false}) / self.years


def known_turns() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    return content


def judge(name: str, observations: Sequence[Observation], turns: Sequence[Turn], book: Rulebook) -> Judged:
    """Run the rules over one set, all figures fresh, and hold what fired against its turns."""
    window = Window(observations=tuple(observations), fresh=frozenset(o.id for o in observations))
    known = window.as_known(AS_OF)
    signals, _ = detect_series(book, known, AS_OF)
    places = {
        series.meta.series_id: {point.period: place for place, point in enumerate(series.points)}
        for series in known.series
    }
    where = {o.id: (o.series_id, o.period) for o in observations}
    where |= _absent_rows(observations)
    days = {
        (o.series_id, o.period): o.known_at
        for o in sorted(observations, key=lambda o: o.known_at, reverse=True)
    }
    caught = tuple(_caught(turn, signals, places, where, days) for turn in turns)
    false = tuple(s for s in signals if not any(_belongs(s, turn, places, where) for turn in turns))
    by_series = Counter(where[one][0] for one in {s.exhibit.evidence_id for s in false})
    lengths = {s.meta.series_id: years_of(s) for s in known.series}
    return Judged(
        name=name,
        series=len(known.series),
        years=sum(lengths.values()),
        alarms=len({s.exhibit.evidence_id for s in signals}),
        caught=caught,
        false=false,
        restless=sum(count / lengths[series] >= 0.2 for series, count in by_series.items()),
    )


def _absent_rows(observations: Sequence[Observation]) -> dict[str, tuple[str, str]]:
    """Rows that were not published and count as zero, by the id an alert gives them."""
    sources = {o.series_id: o.source_id for o in observations if o.frequency == "M"}
    periods = sorted({o.period for o in observations if o.frequency == "M"})
    return {
        observation_id(source, series, period, 0.0): (series, period)
        for series, source in sources.items()
        for period in periods
    }


def years_of(series: Series) -> float:
    return len(series.points) / POINTS_A_YEAR[series.meta.frequency]


def _belongs(
    signal: Signal, turn: Turn, places: Mapping[str, Mapping[str, int]], where: Mapping[str, tuple[str, str]]
) -> bool:
    series, period = where[signal.exhibit.evidence_id]
    if series != turn.series or signal.facts.act not in ACTS[turn.of] or period < turn.period:
        return False
    later = sum(turn.period < one <= period for one in places[series])
    return later <= turn.within


def _stood_before(
    signal: Signal, turn: Turn, places: Mapping[str, Mapping[str, int]], where: Mapping[str, tuple[str, str]]
) -> bool:
    series, period = where[signal.exhibit.evidence_id]
    if series != turn.series or signal.facts.act not in ACTS[turn.of] or period >= turn.period:
        return False
    return sum(period < one <= turn.period for one in places[series]) <= 3


def _caught(
    turn: Turn,
    signals: Sequence[Signal],
    places: Mapping[str, Mapping[str, int]],
    where: Mapping[str, tuple[str, str]],
    days: Mapping[tuple[str, str], datetime],
) -> Caught:
    """The turn with the earliest of its alarms. Raises KeyError where its series has no figure of that period."""
    if turn.period not in places[turn.series]:
        raise KeyError(f"{turn.series} has no figure of {turn.period}: correct {LIST.name}")
    mine = [signal for signal in signals if _belongs(signal, turn, places, where)]
    day = min((signal.known_at for signal in mine), default=None)
    before = [one.known_at for one in signals if _stood_before(one, turn, places, where)]
    rules = tuple(sorted({signal.rule_id for signal in mine if signal.known_at == day}))
    return Caught(
        turn=turn,
        first_known=days[turn.series, turn.period],
        day=day,
        rules=rules,
        stood_since=max(before, default=None),
    )


def rebuilt(entry: Mapping[str, Any]) -> tuple[list[Observation], list[Turn]]:
    """The figures and the turn of one entry: several series where it has `parts`."""
    parts = [{**entry, **part} for part in entry.get("parts", ({},))]
    observations = [one for part in parts for one in _figures(part)]
    turn = Turn(
        file="rebuilt", series=entry["id"], of=entry["of"], period=str(entry["period"]), reason=entry["reason"],
        within=entry.get("within", 6),
    )  # fmt: skip
    return observations, [turn]


def _figures(part: Mapping[str, Any]) -> Iterator[Observation]:
    values = list(_weeks(part["points"]) if "points" in part else _cells(part))
    for period, value in values:
        yield Observation(
            id=f"{part['id']}@{period}", source_id="rebuilt", series_id=part["id"], material=part["material"],
            measure=part["measure"], reporter=part["reporter"], partner=part.get("partner", "WLD"),
            hs_code=part.get("hs_code"), unit=part["unit"], currency=part.get("currency"),
            frequency="W" if "points" in part else "M", period=period, value=value,
            known_at=period_end(period) + timedelta(days=part.get("lag_days", 0)),
        )  # fmt: skip


def _cells(part: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    cells = list(read_cells(part["values"]))
    for cell, period in zip(cells, periods_from(part["starts"], "M", len(cells)), strict=True):
        if not cell.is_absent:
            yield period, cell.value


def _weeks(points: Mapping[date, float]) -> Iterator[tuple[str, float]]:
    """One quote a week, on a straight line between the published ones."""
    days = sorted(points)
    day = days[0]
    while day <= days[-1]:
        after = next(place for place, one in enumerate(days) if one >= day)
        before = max(after - 1, 0)
        span = (days[after] - days[before]).days or 1
        share = (day - days[before]).days / span if after else 0.0
        week = day.isocalendar()
        yield (
            f"{week.year}-W{week.week:02d}",
            round(points[days[before]] * (1 - share) + points[days[after]] * share, 3),
        )
        day += timedelta(weeks=1)


def of_published_figures(book: Rulebook) -> list[Caught]:
    """The turns that need no shared data, each judged by itself."""
    found: list[Caught] = []
    for entry in known_turns()["rebuilt"]:
        observations, turns = rebuilt(entry)
        found += judge("rebuilt", observations, turns, book).caught
    return found


def of_shared_data(shared: Path, book: Rulebook, names: Sequence[str] = SETS) -> Iterator[Judged]:
    """The sets of the shared data, each judged whole."""
    turns = [Turn(**one) for one in known_turns()["turns"]]
    for name in names:
        lines = (json.dumps(line, ensure_ascii=False) for line in trade_to_interchange.FILES[name](shared))
        observations = _read(lines)
        yield judge(name, observations, [turn for turn in turns if turn.file == name], book)


def _read(lines: Iterator[str]) -> list[Observation]:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)
        out.flush()
        return [one for one in read_evidence(Path(out.name)) if isinstance(one, Observation)]


def turn_line(one: Caught) -> str:
    turn = one.turn
    told = "missed | - | -"
    if one.day:
        told = f"{one.day:%Y-%m-%d} | {one.delay_days} | {', '.join(one.rules)}"
    elif one.stood_since:
        told = f"an alarm stood since {one.stood_since:%Y-%m-%d} | - | -"
    return (
        f"| {turn.series} | {turn.of} {turn.period} | {turn.reason} | {one.first_known:%Y-%m-%d} | {told} |"
    )


def summary(caught: Sequence[Caught]) -> str:
    delays = [one.delay_days for one in caught if one.delay_days is not None]
    at_once = sum(delay == 0 for delay in delays)
    return (
        f"{len(delays)} of {len(caught)} known turns caught; days after the first day they could be known: "
        f"median {median(delays):g}, worst {max(delays)}; {at_once} on that very day"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path, nargs="?", default=os.environ.get("EWS_SHARED_DATA"))
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--false", action="store_true", help="name each alarm that lies in no known turn")
    asked = parser.parse_args()
    book = load_rulebook(ROOT / "rules", ROOT / "feeds", today=date(2026, 11, 1))
    published = of_published_figures(book)
    sets = list(of_shared_data(Path(asked.shared), book)) if asked.shared else []
    print(
        "| series | turn | why it is known | first known | caught | days | rule |\n|---|---|---|---|---|---|---|"
    )
    real = [one for judged in sets for one in judged.caught]
    for one in (*real, *published):
        print(turn_line(one))
    if real:
        print(f"\nReal series: {summary(real)}.")
    print(f"Rebuilt from published figures: {summary(published)}.")
    if sets:
        print(
            "\n| set | series | years | alarms | of no known turn | a series and year | series at 0.2 or more |"
        )
        print("|---|---|---|---|---|---|---|")
    for judged in sets:
        false = len({s.exhibit.evidence_id for s in judged.false})
        print(
            f"| {judged.name} | {judged.series} | {judged.years:.0f} | {judged.alarms} | {false} | {judged.rate:.3f}"
            f" | {judged.restless} |"
        )
    if asked.false:
        for judged in sets:
            for signal in sorted(judged.false, key=lambda s: s.exhibit.evidence_id):
                print(f"{judged.name} {signal.exhibit.evidence_id} {signal.rule_id}")
    if asked.json:
        asked.json.write_text(
            json.dumps(_figures_of(sets, real, published), indent=1) + "\n", encoding="utf-8"
        )


def _figures_of(
    sets: Sequence[Judged], real: Sequence[Caught], published: Sequence[Caught]
) -> dict[str, object]:
    return {
        "rates": {judged.name: round(judged.rate, 4) for judged in sets},
        "turns": {f"{c.turn.series} {c.turn.of} {c.turn.period}": c.delay_days for c in (*real, *published)},
    }


if __name__ == "__main__":
    main()
