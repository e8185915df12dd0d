"""Hours in which the service stood still: a place that nobody asked about is told as not seen for all of them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.hostile_server import hostile_server
from tests.adapters.watched_places import HOUR, NOW, PLACES, catalogue, feed
from warning.app.compose import compose
from warning.app.covering import Covered, blind_between, seen_between
from warning.app.live import collect_round, open_fetcher
from warning.cli.coverage_document import coverage_document
from warning.settings import Settings

PACE = timedelta(minutes=30)


def hours_told(
    tmp_path, stopped: tuple[float, float], end: float
) -> tuple[dict[str, list[tuple[float, float]]], object]:
    """Rounds every half hour over sources that are well, none while the service is stopped."""

    async def main():
        now = [NOW]
        async with hostile_server() as server:
            feeds, rules = catalogue(tmp_path, server.base)
            settings = Settings(
                home=tmp_path / "home", feeds_dir=feeds, rules_dir=rules, allow_private_hosts=server.host
            )
            system = compose(settings, clock=lambda: now[0])
            async with open_fetcher(system) as fetcher:
                while now[0] < NOW + end * HOUR:
                    if not NOW + stopped[0] * HOUR <= now[0] < NOW + stopped[1] * HOUR:
                        server.pages = {f"/{name}": (200, feed(name, now[0], "ok")) for name in PLACES}
                        await collect_round(system, fetcher)
                    now[0] += PACE
            cells, sights = seen_between(
                system.repository, system.book(), system.sources, NOW, now[0], now[0]
            )
            told = blind_between(system.repository, system.sources, cells, NOW, now[0])
            found = Covered(
                at=now[0], window=end * HOUR, book=system.book(), specs=system.sources, cells=cells, sights=sights,
                stretches=told,
            )  # fmt: skip
            system.close()
        return told, found

    told, found = asyncio.run(main())
    return {one.country: [((a - NOW) / HOUR, (b - NOW) / HOUR) for a, b in one.spans] for one in told}, found


@pytest.mark.parametrize(("stopped", "end"), [((2, 14), 15), ((2, 42), 43), ((1, 4), 5), ((1, 13), 13)])
def test_every_hour_of_a_stop_is_told_from_when_the_sources_were_due(tmp_path, stopped, end):
    told, _ = hours_told(tmp_path, stopped, end)
    assert set(told) == {country for country, _ in PLACES.values()}
    for spans in told.values():
        assert spans == [(pytest.approx(stopped[0], abs=0.4), pytest.approx(stopped[1], abs=0.01))]


def test_a_short_pause_is_no_stop(tmp_path):
    assert hours_told(tmp_path, (2, 2.5), 4)[0] == {}


def test_the_document_tells_stretches_of_the_cells_that_are_asked_for_alone(tmp_path):
    _, found = hours_told(tmp_path, (1, 4), 5)
    chosen = [c for c in found.cells if c.country == "JP" and c.material == "gallium"]
    stretches = coverage_document(found, chosen)["stretches"]
    assert [(s["country"], s["materials"]) for s in stretches] == [("JP", ["gallium"])]
    assert coverage_document(replace(found, stretches=found.stretches), [])["stretches"] == []
