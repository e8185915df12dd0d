"""Collapses and spikes known from public record: caught, and how late; ordinary series left in peace."""

import os
from datetime import date
from pathlib import Path

import pytest

from bench.known_turns import Caught, Judged, known_turns, of_published_figures, of_shared_data
from warning.catalog.load import load_rulebook
from warning.core.rulebook import Rulebook

CHECKOUT = Path(__file__).resolve().parents[2]
MISSED_PUBLISHED = {"gallium-china"}  # a rise that only undoes the fall of the month before
WORST_DELAY_DAYS = 21


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(CHECKOUT / "rules", CHECKOUT / "feeds", today=date(2026, 11, 1))


@pytest.fixture(scope="module")
def published(book: Rulebook) -> list[Caught]:
    return of_published_figures(book)


def test_every_known_turn_says_why_it_is_counted():
    content = known_turns()
    assert all(turn["reason"] for turn in (*content["turns"], *content["rebuilt"]))
    assert {turn["of"] for turn in (*content["turns"], *content["rebuilt"])} == {"fall", "rise"}


def test_turns_rebuilt_from_published_figures_are_caught(published: list[Caught]):
    assert {one.turn.series for one in published if one.day is None} == MISSED_PUBLISHED


def test_stops_of_trade_are_caught_on_the_first_day_they_could_be_known(published: list[Caught]):
    falls = {one.turn.series: one.delay_days for one in published if one.turn.of == "fall"}
    assert set(falls.values()) == {0}
    assert len(falls) == 5


def test_no_price_that_climbs_slowly_is_told_later_than_three_weeks(published: list[Caught]):
    delays = [one.delay_days for one in published if one.turn.of == "rise" and one.delay_days is not None]
    assert max(delays) <= WORST_DELAY_DAYS


@pytest.fixture(scope="module")
def sets(book: Rulebook) -> dict[str, Judged]:
    place = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data"))
    place = place if place.is_absolute() else CHECKOUT / place
    if not place.is_dir():
        pytest.skip(f"the shared data set is not at {place}; EWS_SHARED_DATA names its directory")
    small = (
        "china_by_partner",
        "china_by_group",
        "china_totals",
        "korea_china",
        "usa_china",
        "komis",
        "half_hourly_as_days",
    )
    return {judged.name: judged for judged in of_shared_data(place, book, small)}


@pytest.mark.shared_data
def test_ordinary_series_are_alarmed_less_than_once_in_five_years(sets: dict[str, Judged]):
    assert {name: judged.rate for name, judged in sets.items() if judged.rate >= 0.2} == {}


@pytest.mark.shared_data
def test_graphite_and_gallium_stops_are_caught_on_their_first_day(sets: dict[str, Judged]):
    falls = [
        c for name in ("china_by_partner", "china_by_group") for c in sets[name].caught if c.turn.of == "fall"
    ]
    late = {one.turn.series for one in falls if one.delay_days != 0}
    assert late == {"cn-exp-graphite-jp-usd"}  # 66 % by value; the weight of the same month is caught
