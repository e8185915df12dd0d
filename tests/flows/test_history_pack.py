"""Seven years replayed day by day: what the shipped rules catch on its day, and what they keep quiet about.

The sets below are what is still missed or false. Take a name out when it is mended; none may be added.
"""

from collections import Counter

import pytest

from bench.history_measures import Measured, Outcome
from bench.history_pack import TEXT_KINDS, detecting_book, in_language, replayed
from bench.history_records import LANGUAGES, Pack, load_pack
from warning.core.rulebook import Rulebook

MISSED: set[str] = set()
FALSE_ALARMS = {"error-old-news/02-en"}
MOST_WITH_EXTRA_ALERTS = 2
MOST_MIXING_EVENTS = 0
MOST_WITH_WRONG_FACTS = 0
MOST_LACKING_FACTS = 22
FEWEST_FORMAL_IN_ONE_LANGUAGE = {"en": 78, "zh": 85, "ja": 74, "ko": 69}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack()


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return detecting_book(kinds=TEXT_KINDS)


@pytest.fixture(scope="module")
def whole(book: Rulebook, pack: Pack) -> Measured:
    return replayed(book, pack, pack.told)


def test_the_pack_is_as_large_and_as_mixed_as_its_guide_says(pack: Pack):
    formal = [event for event in pack.events() if event.formal]
    informal = [event for event in pack.events() if not event.formal]
    weeks = Counter(one.group for one in pack.told if one.role == "quiet")
    assert len(formal) >= 60
    assert len(informal) >= 7
    assert len(pack.told) >= 3000
    assert len(weeks) >= 12
    assert all(40 <= items <= 80 for items in weeks.values())
    assert {one.item.language for one in pack.told} == set(LANGUAGES)
    assert {event.known.year for event in pack.events()} == set(range(2019, 2027))


def test_every_item_of_the_pack_is_its_own_evidence(pack: Pack):
    twice = [mark for mark, times in Counter(one.item.id for one in pack.told).items() if times > 1]
    assert twice == []


def test_no_act_of_the_pack_falls_into_an_ordinary_week(pack: Pack):
    strays = [
        event.id for event in pack.events() for monday in pack.weeks if 0 <= (event.known - monday).days < 7
    ]
    assert strays == []


def test_acts_are_caught_on_the_day_they_become_known(whole: Measured):
    assert _missed(whole.outcomes) - MISSED == set()


def test_neutral_acts_are_told(whole: Measured):
    assert _missed(whole.neutral) == set()


def test_ordinary_weeks_interrupt_nobody(whole: Measured):
    assert whole.quiet == []


def test_look_alikes_and_errors_of_others_open_no_alert(whole: Measured):
    assert {*whole.negatives, *whole.errors} - FALSE_ALARMS == set()


def test_no_more_acts_than_now_are_told_twice_or_wrongly(whole: Measured):
    assert len(whole.extra) <= MOST_WITH_EXTRA_ALERTS
    assert len(whole.mixed) <= MOST_MIXING_EVENTS
    assert sum(bool(outcome.wrong) for outcome in whole.outcomes) <= MOST_WITH_WRONG_FACTS
    assert sum(bool(outcome.lacking) for outcome in whole.outcomes) <= MOST_LACKING_FACTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_language_alone_still_carries_the_acts(book: Rulebook, pack: Pack, language: str):
    alone = replayed(book, pack, in_language(pack, language))
    caught = [outcome for outcome in alone.outcomes if outcome.truth.formal and outcome.caught]
    assert len(caught) >= FEWEST_FORMAL_IN_ONE_LANGUAGE[language]


def _missed(outcomes: list[Outcome]) -> set[str]:
    return {outcome.truth.id for outcome in outcomes if not outcome.caught}
