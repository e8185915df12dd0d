"""Elevated watches: open from the act to the last day, with the answers that came, as data."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.sequence_samples import DAY_0, event, rule, rules_book
from tests.core.test_sequence_alerts import CN, US, Rounds
from tests.core.test_sequence_memory import remembered
from warning.core.recall import Recall
from warning.core.sources import unknown_source
from warning.core.watches import answer_recall, open_watches, watch_recall

WATCHING = rule("a", "b", watch=True, same=["answers"])


def on(day: int):
    return event("a", day).occurred_at


def watches(rounds: Rounds, day: int):
    return open_watches(rounds.book, rounds.signals, rounds.alerts.values(), on(day))


@pytest.mark.parametrize(("day", "is_open"), [(-1, False), (0, True), (10, True), (11, False)])
def test_watch_is_open_from_the_act_to_its_last_day(day: int, is_open: bool):
    rounds = Rounds(WATCHING)
    rounds.round(event("a", 0, facts=US))
    assert bool(watches(rounds, day)) is is_open


def test_watch_says_what_opened_it_and_how_long_it_lasts():
    rounds = Rounds(WATCHING)
    (opened,) = rounds.round(event("a", 0, facts={**US, "instrument": "89 FR 96830"}))
    (watch,) = watches(rounds, 3)
    assert (watch.opened_on, watch.until, watch.days_left) == (DAY_0, DAY_0 + timedelta(days=10), 7)
    assert (watch.instrument, watch.alert_key) == ("89 FR 96830", opened.alert.key)
    assert watch.answers == ()


def test_reports_of_one_act_are_one_watch_that_ends_with_the_first():
    rounds = Rounds(WATCHING)
    rounds.round(event("a", 0, facts=US))
    rounds.round(event("a", 4, official=False, facts=US))
    (watch,) = watches(rounds, 5)
    assert watch.until == DAY_0 + timedelta(days=10)
    assert watches(rounds, 11) == ()


def test_answer_is_named_in_the_watch_and_leaves_it_open():
    rounds = Rounds(WATCHING)
    rounds.round(event("a", 0, facts=US))
    rounds.round(event("b", 2, facts=CN))
    rounds.round(event("b", 3, official=False, facts=CN))
    (watch,) = watches(rounds, 5)
    assert [(answer.day, answer.days) for answer in watch.answers] == [(DAY_0 + timedelta(days=2), 2)]
    assert watch.answers[0].alert_key in rounds.alerts


def test_answer_to_somebody_else_is_none_of_the_watch():
    rounds = Rounds(WATCHING)
    rounds.round(event("a", 0, facts=US))
    rounds.round(event("b", 2, facts={**CN, "targets": ("JP",)}))
    assert watches(rounds, 5)[0].answers == ()


def test_watch_names_the_official_sources_worth_asking_more_often():
    steps = [{"name": "a", "rules": ["a"]}, {"name": "b", "rules": ["b"], "actors": ["CN"]}]
    sources = {
        "cn-mofcom": unknown_source("cn-mofcom", "regulatory", "CN", "zh"),
        "cn-daily": unknown_source("cn-daily", "news", "CN", "zh"),
        "us-bis": unknown_source("us-bis", "regulatory", "US", "en"),
    }
    rounds = Rounds(rule(steps=steps, watch=True), sources=sources)
    rounds.round(event("a", 0, facts=US))
    assert watches(rounds, 1)[0].sources == ("cn-mofcom",)


def test_rule_without_a_watch_opens_none_and_asks_for_nothing():
    quiet = rules_book(rule("a", "b"))
    assert watch_recall(quiet, on(1)).signals == ()
    assert open_watches(quiet, [event("a", 0)], (), on(1)) == ()


MATERIALS = ("gallium", "dysprosium", "rare_earths")


@st.composite
def told(draw):
    day = draw(st.integers(-5, 40))
    facts = {
        "actors": draw(st.sampled_from((("CN",), ("US",), ("CN", "US")))),
        "targets": draw(st.sampled_from(((), ("US",), ("CN",)))),
        "materials": draw(st.lists(st.sampled_from(MATERIALS), max_size=2, unique=True).map(tuple)),
    }
    name = f"document-{draw(st.integers(0, 9))}"
    known = day + draw(st.integers(0, 6))
    return event(draw(st.sampled_from(("a", "b"))), day, name, known=known, facts=facts)


@given(st.lists(told(), max_size=16), st.sampled_from((["answers"], ["material"], ["actor", "material"])))
def test_watches_are_the_same_when_only_what_may_open_or_answer_them_is_read(signals, same):
    by_actor = [{"name": "a", "rules": ["a"], "actors": ["US"]}, {"name": "b", "rules": ["a", "b"]}]
    for chosen in (rule("a", "b", watch=True, same=same), rule(steps=by_actor, watch=True, same=same)):
        book = rules_book(chosen)
        as_of = on(36)
        every = list({s.id: s for s in signals if s.known_at <= as_of}.values())
        opening = read(watch_recall(book, as_of), every, as_of)
        answers = read(answer_recall(book, opening, as_of), every, as_of)
        seen = {s.id: s for s in (*opening, *answers)}
        assert open_watches(book, seen.values(), (), as_of) == open_watches(book, every, (), as_of)


def read(wanted: Recall, signals, as_of):
    return [s for need in wanted.signals for s in remembered(need, signals, as_of)]


def test_nothing_is_read_of_answers_where_no_watch_is_open():
    book = rules_book(WATCHING)
    opened = [event("a", 0, facts=US)]
    assert answer_recall(book, opened, on(5)).signals
    assert answer_recall(book, opened, on(20)).signals == ()
