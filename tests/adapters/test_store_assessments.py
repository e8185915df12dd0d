"""An assessment is stored whole or not at all, once, however often and by however many it is committed."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from tests.adapters.judged import BOOK, LATER, commit, document, fired, judge, waiting
from tests.core.build import START, at, desk
from warning.core.routing import route
from warning.core.vocabulary import Severity
from warning.errors import AssessmentRaced
from warning.store.outbox import Outbox
from warning.store.repository import Repository

ROOT = Path(__file__).parents[2]


def test_an_assessment_is_stored_with_all_that_follows_from_it(repository: Repository):
    repository.add_items([document()])
    assert commit(repository, fired(instrument="MOFCOM 2023/23"))
    (alert,) = repository.alerts()
    assert alert == repository.state().open_alerts[0] == repository.alert_version(alert.key, 1)
    assert alert.facts.instrument == "MOFCOM 2023/23"
    assert [(row.desk_id, row.state) for row in repository.deliveries_of(alert.key)] == [
        ("kr", "pending"),
        ("us", "pending"),
    ]
    assert [(r.trace.rule_id, r.trace.outcome) for r in repository.traces(START, at(1))] == [
        ("prc-controls", "fired")
    ]
    assert waiting(repository).fresh == frozenset()


def test_what_was_withheld_is_kept_with_its_reason(repository: Repository):
    repository.add_items([document()])
    strict = (desk("kr", "KR", threshold=Severity.EXTREME), desk("us", "US", threshold=Severity.EXTREME))
    found = judge([fired()], repository.state())
    owed, withheld = route(found.changes, strict, {})
    found = replace(found, deliveries=owed, withheld=withheld)
    repository.commit_assessment(found, waiting(repository), book_version="b1")
    (alert,) = repository.alerts()
    assert repository.withheld_of(alert.key) == withheld
    assert [w.desk_id for w in withheld] == ["us"]


def test_committing_twice_changes_nothing(repository: Repository):
    repository.add_items([document()])
    window, found = waiting(repository), judge([fired()], repository.state())
    assert repository.commit_assessment(found, window, book_version="b1")
    before = repository.counts()
    with pytest.raises(AssessmentRaced):
        repository.commit_assessment(found, window, book_version="b1")
    assert repository.counts() == before


def test_an_assessment_that_looked_at_nothing_leaves_no_trace(repository: Repository):
    assert not commit(repository)
    assert repository.counts()["assessments"] == 0


def test_a_new_version_is_added_and_owed(repository: Repository):
    repository.add_items([document()])
    commit(repository, fired())
    repository.add_items([document("i2", days=1)])
    commit(repository, fired("i2", days=1, instrument="MOFCOM 2023/23"), as_of=at(1))
    (alert,) = repository.alerts()
    assert [v.version for v in repository.alert_versions(alert.key)] == [1, 2]
    assert [r.alert_version for r in repository.deliveries_of(alert.key)] == [1, 1, 2, 2]
    assert repository.alert_version(alert.key, 1).facts.instrument is None


def test_joined_evidence_goes_into_the_version_that_stands(repository: Repository):
    repository.add_items([document()])
    commit(repository, fired())
    repository.add_items([document("i2", days=1)])
    commit(repository, fired("i2", days=1), as_of=at(1))
    (alert,) = repository.alerts()
    assert (alert.version, len(alert.signal_ids), alert.evidence_total) == (1, 2, 2)
    assert len(repository.alert_versions(alert.key)) == 1
    assert repository.counts()["outbox"] == 2


def test_a_past_week_shows_alerts_as_they_stood_then(repository: Repository):
    repository.add_items([document()])
    commit(repository, fired())
    repository.add_items([document("i2", days=8)])
    commit(repository, fired("i2", days=8, instrument="MOFCOM 2023/23"), as_of=at(8))
    assert [a.version for a in repository.alerts(until=at(7))] == [1]
    assert [a.version for a in repository.alerts(since=at(7), until=at(14))] == [2]
    assert [a.version for a in repository.alerts(since=at(7))] == [2]
    assert repository.alerts(until=START) == repository.alerts(since=at(9)) == ()
    assert [a.version for a in repository.alert_versions_between(START, at(7))] == [1]
    assert repository.alerts(states=("closed",)) == ()


def test_joined_evidence_does_not_move_a_version_to_another_week(repository: Repository):
    repository.add_items([document()])
    commit(repository, fired())
    repository.add_items([document("i2", days=8)])
    commit(repository, fired("i2", days=8), as_of=at(8))
    assert [a.version for a in repository.alerts(until=at(7))] == [1]


def test_told_is_the_highest_severity_delivered_or_owed(repository: Repository):
    repository.add_items([document()])
    commit(repository, fired())
    (alert,) = repository.alerts()
    assert repository.state().told == {
        (alert.key, "kr"): Severity.EXTREME,
        (alert.key, "us"): Severity.MODERATE,
    }
    repository.add_items([document("i2", days=1)])
    found = judge([fired("i2", days=1, instrument="X 1")], repository.state(), at(1))
    lower = tuple(replace(d, severity=Severity.SEVERE) for d in found.deliveries)
    repository.commit_assessment(replace(found, deliveries=lower), waiting(repository), book_version="b1")
    assert set(repository.state().told.values()) == {Severity.EXTREME, Severity.SEVERE}
    outbox = Outbox(repository.engine)
    for row in outbox.rows():
        if row.desk_id == "kr" and row.alert_version == 1:
            outbox.dead(row.id, now=at(2), error="gone")
    assert repository.state().told == {
        (alert.key, "kr"): Severity.SEVERE,
        (alert.key, "us"): Severity.SEVERE,
    }


def test_evidence_that_arrives_during_an_assessment_waits_for_the_next(repository: Repository):
    repository.add_items([document()])
    window, found = waiting(repository), judge([fired()], repository.state())
    repository.add_items([document("i2", days=-3)])
    repository.commit_assessment(found, window, book_version="b1")
    assert waiting(repository).fresh == {"i2"}


def test_a_text_edited_during_an_assessment_is_assessed_again(repository: Repository):
    repository.add_items([document()])
    window, found = waiting(repository), judge([fired()], repository.state())
    repository.add_items([document(title="公告（修订）", days=0.1)])
    assert repository.commit_assessment(found, window, book_version="b1")
    assert waiting(repository).fresh == {"i1"}


def test_an_item_that_gets_another_kind_during_an_assessment_is_assessed_again(repository: Repository):
    repository.add_items([document()])
    window, found = waiting(repository), judge([fired()], repository.state())
    repository.add_items([document(kind="news", days=0.1)])
    assert repository.commit_assessment(found, window, book_version="b1")
    assert [(one.id, one.kind) for one in waiting(repository).items] == [("i1", "news")]


def test_an_edited_document_is_unassessed_again_and_its_alert_is_not_doubled(repository: Repository):
    repository.add_items([document()])
    commit(repository, fired())
    repository.add_items([document(title="公告（修订）", days=1)])
    assert commit(repository, fired(days=1), as_of=at(1))
    assert repository.counts()["alerts"] == repository.counts()["signals"] == 1


def test_evidence_that_waits_again_is_assessed_again_at_the_same_instant(repository: Repository):
    for days, kind in enumerate(("regulatory", "news", "regulatory")):
        repository.add_items([document(kind=kind, days=days)])
        assert waiting(repository).fresh == {"i1"}
        assert commit(repository, fired())
        assert waiting(repository).fresh == frozenset()
    assert [(r.as_of, r.trace.fired) for r in repository.traces(START, at(1))] == [(START, 1)] * 3
    assert repository.counts()["assessments"] == 3


def test_the_second_assessor_of_the_same_evidence_fails_cleanly(repository: Repository):
    repository.add_items([document()])
    window, state = waiting(repository), repository.state()
    first, second = (judge([fired()], state, at(minute)) for minute in (0.0, 0.001))
    repository.commit_assessment(first, window, book_version="b1")
    before = repository.counts()
    with pytest.raises(AssessmentRaced) as caught:
        repository.commit_assessment(second, window, book_version="b1")
    assert caught.value.retryable
    assert repository.counts() == before


def test_the_second_assessor_of_the_same_alert_fails_cleanly(repository: Repository):
    repository.add_items([document()])
    commit(repository, fired())
    state = repository.state()
    for name in ("i2", "i3"):
        repository.add_items([document(name, days=1)])
        window = waiting(repository)
        found = judge([fired(name, days=1, instrument="MOFCOM 2023/23")], state, at(1))
        if name == "i2":
            repository.commit_assessment(found, window, book_version="b1")
            continue
        with pytest.raises(AssessmentRaced, match="no longer stands at version 1"):
            repository.commit_assessment(found, window, book_version="b1")
    assert waiting(repository).fresh == {"i3"}
    assert repository.counts()["alert_versions"] == 2


def test_assessors_at_the_same_moment_store_one_alert(repository: Repository):
    repository.add_items([document()])
    window, state = waiting(repository), repository.state()
    start = Barrier(4)

    def assess(number: int) -> bool | None:
        found = judge([fired()], state, at(number / 1_000))
        start.wait()
        try:
            return repository.commit_assessment(found, window, book_version="b1")
        except AssessmentRaced:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(map(str, pool.map(assess, range(4)))) == ["None", "None", "None", "True"]
    counts = repository.counts()
    assert (counts["alerts"], counts["assessments"], counts["outbox"]) == (1, 1, len(BOOK.desks))


def test_figures_and_list_changes_are_marked_like_items(repository: Repository):
    from tests.adapters.test_store_evidence import figure, listing  # noqa: PLC0415 - the values of a neighbour

    repository.add_observations([figure("2023-08", 1.0), figure("2023-09", 2.0)])
    repository.add_listing(listing("a"))
    repository.add_listing(listing("b", days=1))
    window = waiting(repository)
    assert len(window.fresh) == 4
    found = judge([], repository.state())
    assert repository.commit_assessment(found, window, book_version="b1")
    assert waiting(repository).fresh == frozenset()
    for kind in ("observations", "listing_changes"):
        part = replace(window, **{k: () for k in ("observations", "listing_changes") if k != kind})
        with pytest.raises(AssessmentRaced):
            repository.commit_assessment(replace(found, as_of=LATER), part, book_version="b2")


def test_a_writer_killed_before_any_statement_leaves_all_or_nothing(database_url: str):
    program = [sys.executable, str(ROOT / "tests" / "adapters" / "killed_writer.py"), database_url]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    tries = [json.loads(line) for line in done.stdout.splitlines()]
    nothing = dict.fromkeys(tries[0], 0) | {"unassessed": 1}
    assert tries[:-1] == [nothing] * (len(tries) - 1)
    assert tries[-1] == {
        "alerts": 1, "alert_versions": 1, "signals": 1, "assessments": 1, "outbox": 2, "withheld": 0, "unassessed": 0,
    }  # fmt: skip
    assert len(tries) > 10
