"""A revision that nobody can believe is no evidence: it takes nothing back, and the next one may."""

from datetime import timedelta

import pytest

from tests.flows.test_late_revisions import (
    ANNUAL,
    FELL,
    PUBLISHED,
    SOON,
    figure,
    lived,
    month,
    replayed,
)
from warning.store.resident import Resident

INCREDIBLE = pytest.mark.parametrize("value", [-5.0, 95_000.0], ids=["below nothing", "a slip of unit"])


@INCREDIBLE
@pytest.mark.parametrize("at", [SOON, ANNUAL], ids=["on time", "late"])
def test_an_incredible_revision_cancels_no_alert_and_the_next_one_does(value: float, at):
    assert [alert.state for alert in replayed(figure(FELL, value, at)).alerts] == ["open"]
    found = replayed(figure(FELL, value, at), figure(FELL, 95.0, at + timedelta(days=5)))
    assert [alert.state for alert in found.alerts] == ["cancelled"]


@INCREDIBLE
def test_the_desks_of_an_alert_are_told_late_of_an_incredible_figure(value: float):
    found = replayed(figure(FELL, value, ANNUAL))
    assert found.told[0][:2] == ("corrected", "2022-08: 22 kg")
    assert found.owed == [(1, "jp", "first"), (2, "jp", "update")]


@INCREDIBLE
@pytest.mark.parametrize("at", [SOON, ANNUAL], ids=["on time", "late"])
def test_incredible_figures_among_those_it_was_held_against_take_nothing_back(value: float, at):
    year = [figure(month(number), value, at) for number in range(1, 7)]
    assert [alert.state for alert in replayed(*year).alerts] == ["open"]
    assert [alert.state for alert in replayed(*year, figure(FELL, 21.0, at)).alerts] == ["open"]


@pytest.mark.parametrize("at", [SOON, ANNUAL], ids=["on time", "late"])
def test_an_incredible_revision_of_a_figure_that_nothing_rests_on_opens_no_alert_late(at):
    quiet = [one for one in PUBLISHED if one.period != FELL] + [figure(FELL, 100.0)]
    found = replayed(figure(FELL, -5.0, ANNUAL), published=quiet)
    assert not found.alerts


@INCREDIBLE
@pytest.mark.parametrize("keeps", [False, True], ids=["command", "service"])
@pytest.mark.parametrize("at", [SOON, ANNUAL], ids=["on time", "late"])
def test_service_and_replay_take_an_incredible_revision_alike(value: float, at, keeps: bool, sqlite_url: str):
    revisions = figure(FELL, value, at), figure(FELL, 95.0, at + timedelta(days=90))
    assert lived(*revisions, url=sqlite_url, resident=Resident() if keeps else None) == replayed(*revisions)
