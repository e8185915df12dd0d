"""A desk gives an alert to an ally's desk: only what that desk may see, by two people above GREEN, and on the record."""

import json
from pathlib import Path

import pytest

from tests.adapters.judged import commit, document
from tests.core.build import at, exhibit, signal
from tests.flows.commands import commands_with
from warning.core.vocabulary import Marking, Severity
from warning.errors import ReviewRefused
from warning.store.repository import Repository


@pytest.fixture
def store(repository: Repository) -> Repository:
    return repository


@pytest.fixture
def warning(database_url: str, tmp_path: Path):
    return commands_with(WARNING_HOME=str(tmp_path / "home"), WARNING_DATABASE_URL=database_url)


def known(store: Repository, marking: Marking, release_to: frozenset[str] | None = None) -> str:
    """An alert that the store's two desks were told of, and Japan's was not."""
    store.add_items([document()])
    shown = exhibit("i1", marking=marking, release_to=release_to, known_at=at(0))
    commit(store, signal("i1", exhibit=shown, severity=Severity.MODERATE))
    (alert,) = store.alerts()
    return alert.key


def owed_to_japan(store: Repository, key: str) -> list[tuple[str, str]]:
    return [(row.channel, row.reason) for row in store.deliveries_of(key) if row.desk_id == "jp"]


FROM_KR = ("--from", "kr", "--to", "jp", "--by", "Kim", "--reason", "they hold stocks")


def test_open_alert_is_shared_by_one_person_and_the_record_says_so(warning, store: Repository):
    key = known(store, Marking.GREEN)
    said = json.loads(warning("alerts", "share", key, *FROM_KR, "--json").stdout)
    assert (said["owed"], said["share"]["shared_at"] is not None) == (2, True)
    assert owed_to_japan(store, key) == [("mail", "shared"), ("slack", "shared")]
    (entry,) = [e for e in store.audit(subject=key) if e.kind == "operator"]
    told = json.loads(entry.content)
    assert (entry.actor, told["from"], told["to"], told["reason"]) == ("Kim", "kr", "jp", "they hold stocks")


def test_alert_above_green_takes_a_second_person(warning, store: Repository):
    key = known(store, Marking.AMBER)
    assert "waits for a second person" in warning("alerts", "share", key, *FROM_KR).stdout
    assert owed_to_japan(store, key) == []
    assert f"{key}" in warning("alerts", "share").stdout
    with pytest.raises(ReviewRefused, match="somebody else has to confirm"):
        warning("alerts", "share", key, "--to", "jp", "--by", "kim", "--confirm")
    warning("alerts", "share", key, "--to", "jp", "--by", "Park", "--confirm")
    assert len(owed_to_japan(store, key)) == 2
    with pytest.raises(ReviewRefused, match="nobody has asked"):
        warning("alerts", "share", key, "--to", "jp", "--by", "Lee", "--confirm")
    assert store.verify_audit().holds


def test_what_the_other_desk_may_not_see_is_not_shared(warning, store: Repository):
    key = known(store, Marking.GREEN, frozenset({"KR"}))
    with pytest.raises(ReviewRefused, match="the desk jp may not see it: releasable to KR"):
        warning("alerts", "share", key, *FROM_KR)
    assert owed_to_japan(store, key) == []


def test_desk_that_has_the_alert_is_not_told_again(warning, store: Repository):
    key = known(store, Marking.GREEN)
    warning("alerts", "share", key, *FROM_KR)
    with pytest.raises(ReviewRefused, match="has version 1 already"):
        warning("alerts", "share", key, *FROM_KR)
    with pytest.raises(ReviewRefused, match="does not share with itself"):
        warning("alerts", "share", key, "--from", "kr", "--to", "kr", "--by", "Kim", "--reason", "x")
