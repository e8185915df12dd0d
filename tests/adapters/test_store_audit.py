"""The audit log is written with what it tells of, holds under concurrent writers, and shows tampering."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.adapters.judged import BOOK, commit, document, fired, judge, waiting
from tests.core.build import at
from warning.app.triage import Act, act
from warning.errors import AssessmentRaced, ReviewRefused
from warning.store.engine import writing
from warning.store.outbox import Outbox
from warning.store.repository import Repository


@pytest.fixture
def key(repository: Repository) -> str:
    repository.add_items([document()])
    commit(repository, fired())
    return repository.alerts()[0].key


def review(repository: Repository, key: str, action: str = "ack", **changes) -> None:
    values = {"alert_key": key, "desk_id": "kr", "actor": "Kim", "action": action, **changes}
    act(repository, BOOK, Act(**values), lambda: at(1))


def told(repository: Repository) -> list[tuple[str, str, dict]]:
    entries = reversed(repository.audit())
    return [(entry.kind, entry.actor, json.loads(entry.content)) for entry in entries]


def test_an_assessment_is_told_with_its_counts(repository: Repository, key: str):
    ((kind, actor, content),) = told(repository)
    assert (kind, actor) == ("assessment", "system")
    assert (content["evidence"], content["opened"], content["owed"], content["book_version"]) == (
        1,
        1,
        2,
        "b1",
    )


def test_a_review_is_told_with_its_person_and_reason(repository: Repository, key: str):
    review(repository, key, "note", reason="기업에 문의함\0")
    kind, actor, content = told(repository)[-1]
    assert (kind, actor, content["reason"]) == ("review", "Kim", "기업에 문의함")
    assert repository.verify_audit().entries == 2


def test_every_end_of_a_delivery_is_told(repository: Repository, outbox: Outbox, key: str):
    sent, lost = outbox.claim(at(1), limit=10, lease_seconds=60)
    outbox.sent(sent.id, now=at(1), provider_ref="<id@example.org>")
    outbox.unknown(lost.id, at=at(1.1), error="timed out", attempt=lost.attempts)
    outbox.dead(lost.id, now=at(2), error="is_archived")
    assert outbox.requeue(lost.id, now=at(3), actor="Lee")
    outbox.claim(at(4), limit=10, lease_seconds=1)
    outbox.claim(at(5), limit=10, lease_seconds=1)  # the lease before ran out
    ends = [
        content.get("state") or f"{actor} {content['action']}" for _, actor, content in told(repository)[1:]
    ]
    assert ends == ["sent", "unknown", "dead", "Lee requeue", "unknown"]
    assert repository.verify_audit().holds


def test_an_end_that_did_not_come_about_is_not_told(repository: Repository, outbox: Outbox, key: str):
    row, _ = outbox.claim(at(1), limit=10, lease_seconds=60)
    assert outbox.sent(row.id, now=at(1))
    assert not outbox.dead(row.id, now=at(2), error="too late")
    assert [content.get("state") for _, _, content in told(repository)] == [None, "sent"]


def test_what_was_refused_or_raced_leaves_no_entry(repository: Repository, key: str):
    with pytest.raises(ReviewRefused):
        review(repository, key, "reopen")
    repository.add_items([document("i2")])
    window, found = waiting(repository), judge([fired("i2")], repository.state())
    repository.commit_assessment(found, window, book_version="b1")
    with pytest.raises(AssessmentRaced):
        repository.commit_assessment(found, window, book_version="b2")
    assert [kind for kind, _, _ in told(repository)] == ["assessment", "assessment"]


@pytest.mark.parametrize(
    ("tampering", "broken_at", "said"),
    [
        ("UPDATE audit SET actor = 'Park' WHERE seq = 3", 3, "entry 3 was changed after it was written"),
        ("UPDATE audit SET content = '{}' WHERE seq = 1", 1, "entry 1 was changed"),
        ("DELETE FROM audit WHERE seq = 2", 2, "entry 2 is missing"),
        ("UPDATE audit SET seq = 9 WHERE seq = 4", 4, "entry 4 is missing"),
    ],
)
def test_tampering_by_sql_is_found(
    repository: Repository, key: str, tampering: str, broken_at: int, said: str
):
    for reason in ("one", "two", "three", "four"):
        review(repository, key, "note", reason=reason)
    assert repository.verify_audit().entries == 5
    with writing(repository.engine) as connection:
        connection.execute(text(tampering))
    found = repository.verify_audit()
    assert (found.holds, found.broken_at) == (False, broken_at)
    assert said in found.fault


def test_a_log_cut_short_shows_against_a_head_noted_earlier(repository: Repository, key: str):
    review(repository, key)
    head = repository.verify_audit().head
    with writing(repository.engine) as connection:
        connection.execute(text("DELETE FROM audit WHERE seq = 2"))
    assert repository.verify_audit().holds
    assert not repository.verify_audit(head).holds


def test_concurrent_writers_make_one_chain(repository: Repository, key: str):
    def note(number: int) -> None:
        review(repository, key, "note", reason=str(number), actor=f"person {number}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(note, range(60)))
    found = repository.verify_audit()
    assert (found.holds, found.entries) == (True, 61)
