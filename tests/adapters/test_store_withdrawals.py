"""Evidence that is taken back: stored once, audited, read by one assessment, and the same in a replay of an export."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warning.app.backtesting import backtest_replay
from warning.catalog.load import load_rulebook
from warning.collect.interchange import own_identity, read_evidence, write_evidence
from warning.core.assess import assess
from warning.core.evidence import Item
from warning.core.recalling import recall_of
from warning.core.withdrawals import Withdrawal, withdrawal_id
from warning.store.repository import Repository

ROOT = Path(__file__).parents[2]
NOW = datetime(2023, 7, 3, 12, tzinfo=UTC)
NOTICE = Item(
    id="i-00000000000000aa",
    source_id="cn-mofcom-announcements",
    kind="regulatory",
    country="CN",
    language="zh",
    title="商务部 海关总署公告2023年第23号 关于对镓、锗相关物项实施出口管制的公告",
    body="决定对镓、锗相关物项实施出口管制。本公告自2023年8月1日起正式实施。",
    url="https://example.org/23",
    published_at=NOW,
    known_at=NOW,
)


def taken_back(hours: float) -> Withdrawal:
    at = NOW + timedelta(hours=hours)
    return Withdrawal(
        id=withdrawal_id(NOTICE.id, "withdrawn", at),
        evidence_id=NOTICE.id,
        source_id=NOTICE.source_id,
        action="withdrawn",
        reason="a forged page",
        actor="J. Kim",
        known_at=at,
    )


def test_withdrawal_is_stored_once_and_told_in_the_audit_log(repository: Repository):
    assert (repository.add_withdrawals([taken_back(1)]), repository.add_withdrawals([taken_back(1)])) == (
        1,
        0,
    )
    (told,) = (entry for entry in repository.audit() if entry.subject == NOTICE.id)
    assert told.actor == "J. Kim"
    assert "a forged page" in told.content


def test_withdrawal_waits_for_one_assessment_and_cancels_what_rested_on_it(repository: Repository):
    book = load_rulebook(ROOT / "rules", ROOT / "feeds")
    repository.add_items([NOTICE])
    window = repository.unassessed(book.needs(), NOW, 100)
    done = assess(book, window, repository.state(), NOW)
    repository.commit_assessment(done, window, book_version=book.version)
    reached = {(d.desk_id, d.channel, d.address) for d in done.deliveries if d.alert_key == key_of(done)}
    repository.add_withdrawals([taken_back(1)])
    later = NOW + timedelta(hours=2)
    assert repository.waiting_withdrawals(NOW) == ()
    window = repository.unassessed(book.needs(), later, 100)
    recalled = repository.recall(recall_of(book), later)
    window = replace(window, recalled=recalled)
    cancelled = assess(book, window, repository.state(), later)
    repository.commit_assessment(cancelled, window, book_version=book.version)
    told = {(d.desk_id, d.channel, d.address) for d in cancelled.deliveries if d.reason == "cancel"}
    assert told == reached
    assert repository.waiting_withdrawals(later) == ()
    assert {alert.state for alert in repository.alerts(keys=[key_of(done)])} == {"cancelled"}


def key_of(done) -> str:
    return next(c.alert.key for c in done.changes if c.alert.facts.instrument == "MOFCOM-GACC 2023/23")


def test_export_carries_it_and_a_replay_cancels_on_the_day_it_was_known(
    repository: Repository, tmp_path: Path
):
    book = load_rulebook(ROOT / "rules", ROOT / "feeds")
    repository.add_items([NOTICE])
    repository.add_withdrawals([taken_back(30)])
    file = tmp_path / "all.jsonl"
    write_evidence(file, repository.export())
    records = [own_identity(record) for record in read_evidence(file)]
    assert taken_back(30) in records
    seen = []
    backtest_replay(book, records, watch=seen.append)
    states = [
        (assessment.as_of.day, change.alert.version, change.alert.state)
        for assessment in seen
        for change in assessment.changes
        if change.alert.facts.instrument == "MOFCOM-GACC 2023/23" and not change.alert.story
    ]
    assert states == [(4, 1, "open"), (5, 2, "cancelled")]
