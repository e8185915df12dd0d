"""Whose alerts a rule's record counts: all that it had a part in, and no background."""

import pytest

from tests.adapters.alert_samples import BOOK
from tests.core.build import at, press, signal
from warning.app.rule_stats import Told, rule_stats, rules_behind
from warning.catalog.load import load_rulebook
from warning.core.joining import open_alert
from warning.resources import tree

OPENS, BESIDE, QUIET = (rule.id for rule in BOOK.rules[:3])


@pytest.fixture
def alert():
    return open_alert(
        "k",
        [
            signal("i1", rule_id=OPENS),
            signal("i2", rule_id=BESIDE, exhibit=press("i2", known_at=at(1)), days=1.0),
        ],
        BOOK,
    )


def test_every_rule_that_fired_on_the_evidence_of_an_alert_had_a_part_in_it(alert):
    assert alert.rule_id == OPENS
    assert rules_behind(alert, BOOK) == {OPENS, BESIDE}


def test_alerts_and_noise_count_for_each_rule_behind_them(alert):
    told = [Told(rule_ids=rules_behind(alert, BOOK), is_noise=True)]
    found = {one.rule_id: one.record for one in rule_stats(BOOK, [], 12, told=told)}
    assert [(found[name].alerts, found[name].noisy) for name in (OPENS, BESIDE, QUIET)] == [
        (1, 1),
        (1, 1),
        (0, 0),
    ]


def test_background_is_said_to_open_none():
    shipped = load_rulebook(tree("rules"), tree("feeds"))
    found = {one.rule_id: one for one in rule_stats(shipped, [], 12)}
    background = [rule.id for rule in shipped.rules if not rule.interrupts]
    assert background
    assert {found[name].advice.because.partition(":")[0] for name in background} == {"background"}
