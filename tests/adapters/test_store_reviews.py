"""Reviews in the store: under the alert's lock, for one desk, on the version that stands."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from tests.adapters.judged import BOOK, commit, document, fired
from tests.core.build import at, desk
from warning.app.triage import Act, act, history, reviews_at, rule_precisions
from warning.core.desks import Desk
from warning.core.vocabulary import Marking, Severity
from warning.errors import ConfigError, EvidenceMissing, ReviewRefused
from warning.store.repository import Repository

KR, US = BOOK.desks


@pytest.fixture
def key(repository: Repository) -> str:
    repository.add_items([document()])
    commit(repository, fired())
    return repository.alerts()[0].key


def do(repository: Repository, key: str, action: str = "ack", *, days: float = 1.0, **changes):
    values = {"alert_key": key, "desk_id": "kr", "actor": "Kim", "action": action, **changes}
    return act(repository, BOOK, Act(**values), lambda: at(days))


def state(repository: Repository, desk: Desk, *, days: float = 30.0) -> str:
    (review,) = reviews_at(repository, desk, repository.alerts(), lambda: at(days)).values()
    return review.state


def second_version(repository: Repository, severity: Severity = Severity.SEVERE) -> None:
    repository.add_items([document("i2", days=2)])
    found = fired("i2", days=2, instrument="MOFCOM 2023/23")
    commit(repository, replace(found, severity=severity), as_of=at(2))


def test_an_act_is_kept_whole(repository: Repository, key: str):
    acted = do(repository, key, "snooze", reason="waits for the gazette 公报", until=at(9))
    assert repository.review_events(alert_key=key) == (acted.event,)
    assert (acted.review.state, acted.review.until) == ("snoozed", at(9))
    assert repository.counts()["reviews"] == 1


def test_one_desks_acknowledgement_leaves_the_other_desk_open(repository: Repository, key: str):
    do(repository, key)
    assert (state(repository, KR), state(repository, US)) == ("acknowledged", "open")
    standing, events = history(repository, BOOK, repository.alert_versions(key), lambda: at(3))
    assert {desk_id: review.state for desk_id, review in standing.items()} == {
        "kr": "acknowledged",
        "us": "open",
    }
    assert [event.desk_id for event in events] == ["kr"]


def test_acting_on_a_version_that_no_longer_stands_is_refused(repository: Repository, key: str):
    second_version(repository)
    with pytest.raises(ReviewRefused, match="stands at version 2 now, not at version 1: read what changed"):
        do(repository, key, days=3, seen_version=1)
    assert repository.review_events() == ()
    assert do(repository, key, days=3, seen_version=2).event.alert_version == 2


def test_a_rise_for_one_country_reopens_at_its_desk_alone(repository: Repository, key: str):
    """Seoul stands at the highest level already; for Washington the second version weighs more."""
    do(repository, key)
    do(repository, key, "snooze", desk_id="us")
    second_version(repository, Severity.EXTREME)
    first, second = (version.gradings for version in repository.alert_versions(key))
    assert [b.severity > a.severity for a, b in zip(first, second, strict=True)] == [False, True]
    assert (state(repository, KR), state(repository, US)) == ("acknowledged", "reopened")
    do(repository, key, desk_id="us", days=3)
    assert state(repository, US) == "acknowledged"


def test_a_version_that_weighs_no_more_reopens_nothing(repository: Repository, key: str):
    do(repository, key)
    second_version(repository)
    assert [version.version for version in repository.alert_versions(key)] == [1, 2]
    assert state(repository, KR) == "acknowledged"


def test_a_snooze_left_open_lasts_thirty_days_and_no_longer(repository: Repository, key: str):
    do(repository, key, "snooze")
    assert (state(repository, KR, days=30), state(repository, KR, days=31)) == ("snoozed", "reopened")


def test_a_desk_cannot_act_on_what_it_may_not_see(repository: Repository):
    repository.add_items([document()])
    open_to_all = fired()
    commit(repository, replace(open_to_all, exhibit=replace(open_to_all.exhibit, marking=Marking.AMBER)))
    (alert,) = repository.alerts()
    blind = replace(BOOK, desks=(desk("kr", "KR", clearance=Marking.GREEN), US))
    with pytest.raises(ReviewRefused, match="is above the desk's clearance"):
        act(
            repository,
            blind,
            Act(alert_key=alert.key, desk_id="kr", actor="Kim", action="ack"),
            lambda: at(1),
        )
    assert list(history(repository, blind, (alert,), lambda: at(1))[0]) == ["us"]


def test_unknown_alerts_and_desks_are_named(repository: Repository, key: str):
    with pytest.raises(EvidenceMissing, match="a-none"):
        do(repository, "a-none")
    with pytest.raises(ConfigError, match="'kx'; one of kr, us"):
        do(repository, key, desk_id="kx")


def test_of_two_people_who_close_at_once_one_is_told_of_the_other(repository: Repository, key: str):
    start = Barrier(2)

    def close(name: str) -> str:
        start.wait()
        try:
            do(repository, key, "close", verdict="confirmed", actor=name)
        except ReviewRefused as refused:
            return str(refused)
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(close, ["Kim", "Park"]))
    assert answers.count("closed") == 1
    assert sum("reopen it first" in answer for answer in answers) == 1
    assert len(repository.review_events()) == 1


def test_verdicts_of_ninety_days_make_a_rules_precision(repository: Repository, key: str):
    do(repository, key, "close", verdict="confirmed")
    do(repository, key, "close", verdict="false_positive", desk_id="us", days=2)

    def said(days: float) -> list[tuple[str, int, int]]:
        return [(p.desk_id, p.confirmed, p.false_positive) for p in rule_precisions(repository, at(days))]

    assert said(3) == [("kr", 1, 0), ("us", 0, 1)]
    assert said(91.5) == [("us", 0, 1)]
    do(repository, key, "reopen", desk_id="us", days=91)
    assert said(91.5) == []
