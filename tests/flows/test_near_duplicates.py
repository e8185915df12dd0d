"""Hundreds of near duplicates of one event, in any order: one alert, and one message a desk and change."""

import pytest

from bench.near_duplicates import Outcome, changes_told, rules_without_register, run
from bench.one_event import articles, shuffled, tally

PIECES = articles(300)
# What a further version of this event may tell: nothing else is in the evidence.
REAL = {"instrument", "effective", "materials", "certainty", "severity"}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> list[Outcome]:
    rules = rules_without_register(tmp_path_factory.mktemp("rules"))
    return [run(list(shuffled(PIECES, seed)), rules, batch=50) for seed in range(3)]


def test_pieces_are_of_every_sort():
    told = tally(PIECES)
    assert told.registers == 5
    assert min(told.written, told.copied, told.edited) > 20
    assert {piece.language for piece in PIECES} == {"en", "ja", "ko", "zh"}


@pytest.mark.timeout(120)
def test_one_event_interrupts_with_one_alert_of_the_same_facts_in_any_order(outcomes):
    facts = [
        (
            one.facts.act,
            one.facts.direction,
            one.facts.instrument,
            one.facts.effective,
            set(one.facts.materials),
        )
        for outcome in outcomes
        for one in outcome.interrupting
    ]
    assert len(facts) == len(outcomes)
    assert facts[0][2] == "MOFCOM-GACC 2026/71"
    assert [fact == facts[0] for fact in facts] == [True] * len(facts)
    assert {len(outcome.alerts) for outcome in outcomes} == {len(outcomes[0].alerts)}


def test_further_versions_tell_real_changes_only_and_no_desk_hears_one_twice(outcomes):
    for outcome in outcomes:
        for versions in outcome.versions:
            assert all({d.code for d in one.differences} & REAL for one in versions[1:])
        assert set(changes_told(outcome).values()) == {1}
        told = [row for row in outcome.rows if row.channel == "slack"]
        keys = {alert.key for alert in outcome.interrupting}
        assert {row.alert_key for row in told} == keys
        assert outcome.said.total() == len(told)


def test_every_version_of_the_event_is_accounted_for_at_every_desk(outcomes):
    for outcome in outcomes:
        assert outcome.accounts.gaps == ()
        assert set(outcome.accounts.states) == {"sent"}
