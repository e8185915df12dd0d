"""A day on which sources fail, are blocked, dry up, drift and come back: what the coverage says at every hour, and afterwards.

Real files of sources, a real server, real rounds; only the clock is set. What is to be seen is worked out here from when
each source was well, by nothing of the code that is tested.
"""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.adapters.challenge_pages import CHALLENGE_PAGES
from tests.adapters.hostile_server import hostile_server
from tests.adapters.watched_places import GALLIUM_AT, HOUR, NOW, PLACES, catalogue, feed
from warning.app.alarming import owe_to_operators
from warning.app.compose import compose
from warning.app.covering import WINDOW, blind_between, seen_between
from warning.app.digests import write_digest
from warning.app.live import assess_new, collect_round, open_fetcher
from warning.app.source_telling import tell_source_changes
from warning.report.render import as_text
from warning.settings import Settings

PACE = timedelta(minutes=10)
TICKS = 24 * 6
# What each source is from an hour on. Dark: failing, blocked, drifted, empty, frozen.
DAY = {
    "cn-a": {0: "ok", 3: "failing", 7: "blocked", 10: "ok"},
    "cn-b": {0: "ok", 5: "failing", 9: "ok", 14: "drifted", 16: "ok"},
    "jp-a": {0: "ok", 4: "blocked", 6: "failing", 9: "empty", 11: "ok"},
    "kr-a": {hour: ("ok", "failing")[hour % 2] for hour in range(24)},
    "gb-a": {0: "frozen"},
}  # fmt: skip
COUNTRIES = ("CN", "JP", "KR", "GB")
DARK = {"failing", "blocked", "drifted", "empty", "frozen"}


def state_at(name: str, hour: int) -> str:
    return DAY[name][max(h for h in DAY[name] if h <= hour)]


def known() -> dict[str, list[str]]:
    """What is known of each source at every tenth minute: after a failure it is asked at growing intervals, six hours at most."""
    found = {}
    for name in PLACES:
        next_at, failures, said = 0, 0, []
        for tick in range(TICKS):
            if tick < next_at:
                said.append(said[-1])
                continue
            said.append(state_at(name, tick // 6))
            failures = failures + 1 if said[-1] in {"failing", "blocked"} else 0
            next_at = tick + min(2 ** max(failures - 1, 0), 36)
        found[name] = said
    return found


KNOWN = known()


def is_blind(country: str, tick: int) -> bool:
    return all(KNOWN[n][tick] in DARK for n in PLACES if PLACES[n][0] == country)


def expected(country: str, tick: int) -> tuple[str, int | None]:
    """The state of the gallium cell, and the tick since which it is blind."""
    if is_blind(country, tick):
        seen = [t for t in range(tick) if not is_blind(country, t)]
        return "blind", max(seen, default=-1) + 1
    return ("covered", None) if country == "CN" and tick >= GALLIUM_AT * 6 else ("quiet", None)


def blind_hours(country: str) -> float:
    return sum(is_blind(country, tick) for tick in range(TICKS)) / 6


def page(name: str, now: datetime) -> tuple[int, bytes]:
    state = state_at(name, int((now - NOW) / HOUR))
    if state == "failing":
        return 503, b""
    if state == "blocked":
        return 200, CHALLENGE_PAGES["Cloudflare"]
    return 200, feed(name, now, state)


def cells_at(system, now: datetime):
    return seen_between(system.repository, system.book(), system.sources, now - WINDOW, now, now)[0]


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """Rounds every ten minutes for a day: the gallium cells at the end of every hour, what was told, the end's coverage and digest."""
    tmp_path = tmp_path_factory.mktemp("day")

    async def main():
        now, seen, told = [NOW], {}, []
        async with hostile_server() as server:
            feeds, rules = catalogue(tmp_path, server.base)
            settings = Settings(
                home=tmp_path / "home", feeds_dir=feeds, rules_dir=rules, allow_private_hosts=server.host
            )
            system = compose(settings, clock=lambda: now[0])

            async def tell(notice):
                told.append(notice)
                return await owe_to_operators(system, notice)

            async with open_fetcher(system) as fetcher:
                while now[0] < NOW + 24 * HOUR:
                    server.pages = {f"/{name}": page(name, now[0]) for name in PLACES}
                    await collect_round(system, fetcher)
                    await asyncio.to_thread(assess_new, system)
                    await tell_source_changes(system, tell)
                    tick = round((now[0] - NOW) / PACE)
                    if tick % 3 == 2:
                        cells = cells_at(system, now[0])
                        seen[tick] = {c.country: c for c in cells if c.material == "gallium"}
                    now[0] += PACE
            last = now[0] - PACE
            after = blind_between(system.repository, system.sources, cells, NOW, last)
            digest = write_digest(
                system.repository, system.book(), system.sources, "us", week="2026-W06", now=last
            )
            later = cells_at(system, last + timedelta(days=2))
            system.close()
            return seen, told, after, digest, later

    return asyncio.run(main())


def test_at_every_half_hour_a_cell_is_covered_quiet_or_blind_as_its_sources_were(day):
    seen = day[0]
    wrong = [
        (tick, country, cells[country].state, expected(country, tick)[0])
        for tick, cells in seen.items()
        for country in COUNTRIES
        if cells[country].state != expected(country, tick)[0]
    ]
    assert len(seen) == TICKS // 3
    assert wrong == []
    assert {cell.state for cells in seen.values() for cell in cells.values()} == {"covered", "quiet", "blind"}


def test_a_cell_is_blind_since_its_last_source_went_dark_whatever_its_trouble_turned_into(day):
    wrong = [
        (tick, country, cells[country].since, NOW + expected(country, tick)[1] * PACE)
        for tick, cells in day[0].items()
        for country in COUNTRIES
        if cells[country].state == "blind" and cells[country].since != NOW + expected(country, tick)[1] * PACE
    ]
    assert wrong == []


def test_the_end_of_the_day_tells_how_long_each_place_could_not_be_seen(day):
    told = {one.country: one for one in day[2]}
    hours = {country: round(told[country].lasted / HOUR, 2) for country in told}
    assert hours == {c: pytest.approx(blind_hours(c), abs=0.2) for c in COUNTRIES if blind_hours(c) >= 1}
    assert "blocked" in told["JP"].because or "failing" in told["JP"].because


def test_the_digest_of_the_week_says_that_the_silence_of_those_hours_does_not_count(day):
    text = as_text(day[3])
    assert "Not seen for part of the week: notices, China" in text
    assert "silence in that time does not count" in text
    assert "Blind: notices, United Kingdom" in text
    assert "Not seen for part of the week: notices, United Kingdom" not in text


def test_each_change_is_told_to_operators_once(day):
    lines = [line for notice in day[1] for line in notice.lines]
    assert sum(line.startswith("cn-a: failing") for line in lines) == 1
    assert sum(line.startswith("cn-a: read again") for line in lines) == 1
    assert sum("kr-a: unsteady" in line for line in lines) == 1


def test_two_days_after_the_service_stopped_nothing_is_quiet(day):
    cells = [c for c in day[4] if c.sources]
    assert {c.state for c in cells} == {"blind"}
    assert "does the service run?" in next(c for c in cells if c.country == "JP").because
