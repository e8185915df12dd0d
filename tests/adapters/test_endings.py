"""Stored alerts end, say why, leave the desks in peace, and come back."""

from datetime import date

from tests.adapters.judged import BOOK, document, fired, judge, waiting
from tests.core.build import START, at, press, signal
from warning.core.joinable import joinable
from warning.core.lifecycle import Lifecycle
from warning.core.review import ReviewEvent
from warning.core.vocabulary import Severity
from warning.store.outbox import Outbox
from warning.store.repository import Repository

POLICY = Lifecycle(expire_after_days=90)


def stored(repository: Repository, *signals, days: float = 0) -> None:
    repository.add_items([document(s.exhibit.evidence_id, days=days, title=str(days)) for s in signals])
    state = repository.state_for(joinable(BOOK, signals, at(days)))
    repository.commit_assessment(judge(signals, state, at(days)), waiting(repository), book_version="b1")


def close(repository: Repository, desk: str, *, days: float, action: str = "close", version: int = 1) -> None:
    (alert,) = repository.alerts()
    event = ReviewEvent(
        alert_key=alert.key, alert_version=version, severity=Severity.SEVERE, desk_id=desk, actor="J. Kim",
        at=at(days), action=action, verdict="confirmed" if action == "close" else None,
    )  # fmt: skip
    repository.add_review(event, country=desk.upper())


def states(repository: Repository) -> list[str]:
    return [alert.state for alert in repository.alerts()]


def test_alert_expires_without_news_and_opens_again_with_some(repository: Repository):
    stored(repository, fired(instrument="X 1"))
    assert repository.end_alerts(POLICY, {}, at(89)) == 0
    assert repository.end_alerts(POLICY, {}, at(91)) == 1
    assert repository.end_alerts(POLICY, {}, at(92)) == 0
    (alert,) = repository.alerts(states=("expired",))
    assert (alert.version, alert.state) == (1, "expired")
    assert repository.ended([alert.key])[alert.key].because == "no new evidence for 91 days"
    assert repository.state().open_alerts == ()
    assert repository.told_desks(START) == ()
    assert repository.audit(subject=alert.key)[0].content.count("expired") == 1
    stored(
        repository,
        signal("i2", days=100, facts={"instrument": "X 1"}, exhibit=press("i2", known_at=at(100))),
        days=100,
    )
    assert states(repository) == ["open"]
    assert repository.ended([alert.key]) == {}


def test_alert_with_a_date_ahead_does_not_expire(repository: Repository):
    stored(repository, fired(instrument="X 1", effective=at(120).date()))
    assert repository.end_alerts(POLICY, {}, at(100)) == 0
    assert repository.end_alerts(POLICY, {}, at(122)) == 1


def test_alert_expires_with_its_act(repository: Repository):
    stored(repository, fired(instrument="MOFCOM-GACC 2023/23"))
    ended = {"mofcom 2023/23": date(2023, 7, 20), "other 1": date(2023, 7, 20)}
    assert repository.end_alerts(POLICY, ended, at(20)) == 1
    assert states(repository) == ["expired"]


def test_alert_is_closed_when_every_desk_that_was_told_closed_it_and_opens_when_one_reopens(
    repository: Repository,
):
    stored(repository, fired())
    close(repository, "kr", days=1)
    assert states(repository) == ["open"]
    close(repository, "us", days=2)
    (alert,) = repository.alerts(states=("closed",))
    why = repository.ended([alert.key])[alert.key].because
    assert why == "closed by every desk that was told, last by us as confirmed"
    close(repository, "us", days=3, action="reopen")
    assert states(repository) == ["open"]
    close(repository, "us", days=4)
    assert states(repository) == ["closed"]


def test_alert_that_one_desk_closed_and_the_other_never_does_stays_open_until_it_expires(
    repository: Repository,
):
    stored(repository, fired())
    close(repository, "kr", days=1)
    last = POLICY.expire_after_days
    assert (repository.end_alerts(POLICY, {}, at(last - 1)), states(repository)) == (0, ["open"])
    assert (repository.end_alerts(POLICY, {}, at(last + 1)), states(repository)) == (1, ["expired"])
    (alert,) = repository.alerts()
    assert "no new evidence" in repository.ended([alert.key])[alert.key].because
    assert [(e.desk_id, e.verdict) for e in repository.review_events(alert_key=alert.key)] == [
        ("kr", "confirmed")
    ]


def test_what_a_desk_closed_before_the_last_version_keeps_the_alert_open(repository: Repository):
    stored(repository, fired(instrument="X 1"))
    close(repository, "kr", days=1)
    stored(repository, fired("i2", days=2, instrument="X 1", effective=date(2023, 9, 1)), days=2)
    close(repository, "us", days=3, version=2)
    assert states(repository) == ["open"]
    close(repository, "kr", days=5, version=2)
    assert states(repository) == ["closed"]


def test_a_new_fact_opens_a_closed_alert_for_all(repository: Repository):
    stored(repository, fired(instrument="X 1"))
    close(repository, "kr", days=1)
    close(repository, "us", days=1)
    stored(repository, fired("i2", days=2, instrument="X 1", effective=date(2023, 9, 1)), days=2)
    (alert,) = repository.alerts()
    assert (alert.state, alert.version) == ("open", 2)


def test_desks_are_reminded_of_nothing_that_somebody_has(repository: Repository):
    stored(repository, fired())
    outbox = Outbox(repository.engine)
    for row in outbox.rows():
        outbox.sent(row.id, now=at(0.1))
    assert {told.desk_id for told in repository.told_desks(START)} == {"kr", "us"}
    close(repository, "kr", days=1, action="ack")
    assert {told.desk_id for told in repository.told_desks(START)} == {"us"}
