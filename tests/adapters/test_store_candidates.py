"""The store finds by index the very alerts that the core names, and reads each of them once."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.judged import BOOK, document, fired, judge, waiting
from tests.core.build import START, at, press, signal
from warning.core.assess import State
from warning.core.chains import Followed
from warning.core.inhibition import Inhibition, Which
from warning.core.joinable import Joinable, for_alert, joinable
from warning.core.signals import Reason, Signal
from warning.store import decoded
from warning.store.repository import Repository

ACTS = (
    ("export_control", "tightening"),
    ("entity_listing", "tightening"),
    ("suspension", "easing"),
    ("x", "neutral"),
)
STORIES = ("", "", "", "pattern:stop:gallium", "pattern:stop-2:gallium", "deadline:m1:effective")
MUTING = (
    Inhibition(
        title="more", by=Which(acts=("entity_listing",)), mutes=Which(directions=("easing",)), days=30
    ),
)


def some_signal(dice: random.Random, days: int) -> Signal:
    act, direction = dice.choice(ACTS)
    effective = dice.choice([None, None, 0, 90])
    name = f"i{dice.randrange(60)}"
    told = fired(
        name,
        days=days,
        act=act,
        direction=direction,
        materials=dice.choice([(), ("gallium",), ("terbium",)]),
        instrument=dice.choice([None, None, "MOFCOM 2023/1", "MOFCOM-GACC 2023/1", "BIS 7"]),
        effective=None if effective is None else (START + timedelta(days=days + effective)).date(),
    )
    why = (Reason(code="told", text="told", params=(("days", "30"),)),)
    return replace(told, story=dice.choice(STORIES), why=why)


def fill(repository: Repository, dice: random.Random) -> None:
    """What assessments of three years leave, those among them that have ended."""
    for days in range(0, 1100, 25):
        found = some_signal(dice, days)
        repository.add_items([document(f"d{days}", days=days)])
        state = repository.state_for(joinable(BOOK, [found], at(days)))
        window = repository.unassessed((), at(2000), 1_000)
        repository.commit_assessment(judge([found], state, at(days)), window, book_version="b1")


@pytest.mark.parametrize("seed", range(4))
def test_state_for_finds_what_the_core_names(repository: Repository, seed: int):
    dice = random.Random(seed)
    fill(repository, dice)
    every = repository.alerts()
    assert len(every) > 8
    for _ in range(20):
        days = dice.randrange(1150)
        wanted = joinable(BOOK, [some_signal(dice, days + n) for n in range(dice.randrange(3))], at(days + 3))
        wanted = replace(wanted, muting=MUTING, pattern_days=60)
        found = {alert.key for alert in repository.state_for(wanted).open_alerts}
        assert found == ({a.key for a in every if wanted.takes(a)} if not wanted.is_empty else set())


def test_state_for_one_alert_knows_who_was_told_of_it(repository: Repository):
    repository.add_items([document()])
    repository.commit_assessment(judge([fired()], State()), waiting(repository), book_version="b1")
    (alert,) = repository.alerts()
    state = repository.state_for(for_alert(BOOK, alert, at(1)))
    assert state == repository.state()
    assert set(state.told) == {(alert.key, "kr"), (alert.key, "us")}


def test_an_alert_is_decoded_once_and_again_after_it_changed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
):
    read: list[str] = []
    from_json = decoded.from_json
    monkeypatch.setattr(decoded, "from_json", lambda kind, text: read.append(text) or from_json(kind, text))
    repository.add_items([document()])
    repository.commit_assessment(judge([fired()], State()), waiting(repository), book_version="b1")
    for _ in range(3):
        (alert,) = repository.state().open_alerts
    assert len(read) == 1
    more = signal("i2", days=1, exhibit=press("i2", known_at=at(1)))
    repository.add_items([document("i2", days=1)])
    repository.commit_assessment(
        judge([more], repository.state(), at(1)), waiting(repository), book_version="b1"
    )
    assert repository.state().open_alerts[0].evidence_total == alert.evidence_total + 1
    assert len(read) == 2


def test_a_signal_first_left_out_names_its_alert_once_it_has_one(repository: Repository):
    repository.add_items([document()])
    alone = judge([fired()], State())
    left_out = replace(alone, changes=(), deliveries=(), withheld=())
    repository.commit_assessment(left_out, waiting(repository), book_version="b1")
    repository.add_items([document(title="another text")])
    repository.commit_assessment(judge([fired()], State(), at(1)), waiting(repository), book_version="b1")
    (alert,) = repository.state_for(Joinable(as_of=at(1), signal_ids=frozenset({fired().id}))).open_alerts
    assert alert.signal_ids == (fired().id,)


def test_standing_alerts_are_those_with_a_date_ahead_and_those_of_gaps(repository: Repository):
    ahead = fired("i1", instrument="A 1", effective=at(40).date())
    over = fired("i2", instrument="B 2", effective=at(-40).date())
    gap = fired("i3", act="other_act", instrument=None)
    late = (Reason(code="absence", text="late", params=()),)
    gap = replace(gap, story="absence:rule:x", why=late)
    repository.add_items([document("i1"), document("i2"), document("i3")])
    repository.commit_assessment(judge([ahead, over, gap], State()), waiting(repository), book_version="b1")
    found = repository.standing_alerts(at(10).date())
    assert {(alert.facts.instrument, alert.story) for alert in found} == {
        ("A 1", ""),
        (None, "absence:rule:x"),
    }


def test_standing_alerts_with_cases_are_also_the_open_ones_whose_next_step_is_awaited(repository: Repository):
    new, old = fired("i1", days=30, instrument="A 1"), fired("i2", instrument="B 2")
    other = fired("i3", days=30, act="entity_listing", instrument="C 3")
    gap = replace(fired("i4", days=30, act="other_act", instrument=None), story="absence:rule:x")
    told = fired("i5", days=30, act="other_act", instrument=None)
    figure = replace(told, id="s-figure", story="series:rule:x")
    every = [new, old, other, gap, figure]
    repository.add_items([document(f"i{n}", days=30) for n in range(1, 6)])
    repository.commit_assessment(
        judge(every, State(), at(31)), repository.unassessed((), at(31), 100), book_version="b1"
    )
    cases = Followed(acts=frozenset({new.facts.act, "other_act"}), since=at(10))
    found = repository.standing_alerts(at(31).date(), cases)
    assert {(alert.facts.instrument, alert.story) for alert in found} == {("A 1", ""), (None, gap.story)}
    assert {alert.story for alert in repository.standing_alerts(at(31).date())} == {gap.story}
