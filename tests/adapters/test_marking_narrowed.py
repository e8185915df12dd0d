"""Evidence whose marking is narrowed after desks were told: no version goes wider any more, and who had it is known."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.build import START, book, desk, mission_source, text_rule
from tests.core.sequence_samples import rule as sequence
from warning.app.chronology import Bystanders, settled
from warning.app.delivered_message import message_of
from warning.app.feed_messages import as_left, cap_documents, feed_sender
from warning.app.remembered import Remembered
from warning.core.alerts import Alert
from warning.core.assess import decide, sense
from warning.core.desks import Destination
from warning.core.evidence import Item
from warning.core.joinable import joinable
from warning.core.recall import Recall, SignalNeed
from warning.core.release import desk_refusal
from warning.core.rules import Group, Match
from warning.core.tearlines import versions_seen_by
from warning.core.vocabulary import Marking
from warning.errors import DeliveryRefused
from warning.store.outbox import Outbox
from warning.store.rows import to_json


def seoul_and_washington():
    places = {
        name: (Destination(channel="mail", to=(f"{name}@example.org",), ceiling=Marking.AMBER),)
        for name in ("kr", "us")
    }
    return tuple(
        desk(name, name.upper(), clearance=Marking.AMBER, destinations=place)
        for name, place in places.items()
    )


STOPS = text_rule("stops", match=Match(all=(Group(phrases={"en": ("licence stop",)}),)))
BOOK = book(desks=seoul_and_washington(), rules=(text_rule(), STOPS), sources={"a-mission": mission_source()})
SEOUL, WASHINGTON = BOOK.desks
KEPT = {"release_to": frozenset({"KR"}), "marking": Marking.AMBER}


def report(**changes) -> Item:
    values = {
        "marking": Marking.GREEN, "known_at": START, "published_at": START,
        "title": "New export control on gallium", **changes,
    }  # fmt: skip
    return Item(
        id="i-1", source_id="a-mission", kind="mission", country="CN", language="en",
        url="https://example.org/1", **values,
    )  # fmt: skip


STEPS = [{"name": "first", "rules": ["prc-controls"]}, {"name": "then", "rules": ["stops"]}]
REMEMBERED = Recall(signals=(SignalNeed(rule_ids=frozenset({"prc-controls", "stops", "answers"}), days=30),))


class Days:
    def __init__(self, repository, rules=BOOK) -> None:
        self.repository, self.outbox, self.book = repository, Outbox(repository.engine), rules
        self.now = START

    def learn(self, item: Item, hours: float):
        self.now = START + timedelta(hours=hours)
        self.repository.add_items([item])
        window = self.repository.unassessed(self.book.needs(), self.now, 100)
        window = replace(window, recalled=self.repository.recall(REMEMBERED, self.now))
        sensed = sense(self.book, window, (), self.now)
        wanted = joinable(self.book, sensed.signals, self.now, (), sensed.bounds)
        done = decide(self.book, sensed, self.repository.state_for(wanted), self.now)
        self.repository.commit_assessment(done, window, book_version="b-1")
        return done

    def send(self):
        for row in self.outbox.claim(self.now, limit=100, lease_seconds=60):
            self.outbox.sent(row.id, now=self.now, provider_ref="x")


@pytest.fixture
def days(repository):
    return Days(repository)


def test_alert_takes_the_narrower_marking_as_a_new_version_and_is_taken_back_from_the_others(days):
    first = days.learn(report(), 0)
    assert {d.desk_id for d in first.deliveries} == {"kr", "us"}
    days.send()
    done = days.learn(report(**KEPT), 5)
    (alert,) = days.repository.alerts()
    assert (alert.version, alert.marking, alert.release_to) == (2, Marking.AMBER, frozenset({"KR"}))
    assert [(d.code, d.before, d.after) for d in alert.differences] == [
        ("marking", "TLP:GREEN", "TLP:AMBER KR")
    ]
    assert {(d.desk_id, d.reason) for d in done.deliveries} == {("kr", "correction"), ("us", "recall")}
    gone = alert.for_desk("us")
    assert (gone.is_recalled, gone.marking, gone.release_to) == (True, Marking.GREEN, None)
    assert "gallium" not in json.dumps(to_json(Alert, gone))


def test_earlier_versions_obey_whatever_way_they_are_read(days):
    days.learn(report(), 0)
    days.learn(report(**KEPT), 5)
    versions = days.repository.alert_versions(days.repository.alerts()[0].key)
    assert [v.version for v in versions] == [1, 2]
    assert [desk_refusal(v, WASHINGTON) is None for v in versions] == [False, False]
    assert [v.is_recalled for v in versions_seen_by(versions, WASHINGTON)] == [True]
    assert len(versions_seen_by(versions, SEOUL)) == 2
    (cancel,) = cap_documents(versions, WASHINGTON, BOOK, feed_sender("a <a@example.org>"))
    said = cancel.body.decode()
    assert "<msgType>Cancel</msgType>" in said
    assert f"a@example.org,{versions[0].key}-v1-us," in said
    assert not any(word in said.casefold() for word in ("gallium", "china", "example.org/1", "control"))
    between = days.repository.alert_versions_between(START - timedelta(days=1), START + timedelta(days=1))
    assert {v.marking for v in between} == {Marking.AMBER}


def test_feed_whose_ceiling_is_too_low_now_takes_back_what_it_gave_out_and_only_that(days):
    sender = feed_sender("a <a@example.org>")

    def shown() -> list[str]:
        versions = days.repository.alert_versions(days.repository.alerts()[0].key)
        return [document.body.decode() for document in cap_documents(versions, SEOUL, BOOK, sender)]

    days.learn(report(), 0)
    (given,) = shown()
    assert "allium" in given
    days.learn(report(marking=Marking.AMBER), 5)
    (cancel,) = shown()
    assert "<msgType>Cancel</msgType>" in cancel
    assert "-v1-kr," in cancel
    assert "TLP:GREEN" in cancel
    assert "TLP:AMBER" not in cancel
    assert "allium" not in cancel
    days.learn(report(marking=Marking.RED), 6)
    assert shown() == [cancel], "what the feed never showed is not taken back there"


@pytest.mark.parametrize(("said", "version"), [("", 1), (" and germanium", 2)])
def test_feed_takes_back_the_first_version_when_what_came_since_was_shut_out(days, said, version):
    """What came since is a version of its own, or joined the first without news; the desk is told nothing new."""
    days.learn(report(), 0)
    other = report(marking=Marking.AMBER, title=f"New export control on gallium{said}")
    days.learn(replace(other, id="i-2", url="https://example.org/2", known_at=START + timedelta(hours=1)), 1)
    (alert,) = days.repository.alerts()
    assert (alert.version, alert.marking) == (version, Marking.AMBER)

    def shown() -> dict[str, str]:
        told = days.repository.told_versions("kr", {alert.key}, days.now)
        versions = [as_left(one, SEOUL) for one in told]
        documents = cap_documents(versions, SEOUL, BOOK, feed_sender("a <a@example.org>"))
        return {document.name: document.body.decode() for document in documents}

    assert list(shown()) == [f"{alert.key}-v1-kr"]
    done = days.learn(report(marking=Marking.AMBER), 5)
    assert [d.desk_id for d in done.deliveries if d.desk_id == "kr"] == []
    ((name, cancel),) = shown().items()
    assert name == f"{alert.key}-v1-kr-taken-back"
    assert "<msgType>Cancel</msgType>" in cancel
    assert f"a@example.org,{alert.key}-v1-kr," in cancel
    assert cancel.count("-kr,") == 1, "the feed never gave another one out"
    assert "allium" not in cancel
    entered = days.repository.last_entered(
        "kr", START + timedelta(hours=4), days.now + timedelta(1), days.now
    )
    assert entered == START + timedelta(hours=5)


def test_narrowed_alert_is_as_new_as_its_narrowing(days):
    days.learn(report(), 0)
    days.learn(report(**KEPT), 5)
    (alert,) = days.repository.alerts()
    assert alert.updated_at == START + timedelta(hours=5)
    assert alert.last_evidence_at == START


def test_a_delivery_that_waits_does_not_go_out_wider(days):
    days.learn(report(), 0)
    days.learn(report(**KEPT), 5)
    waiting = [row for row in days.outbox.rows() if row.desk_id == "us"]
    assert [(row.alert_version, row.reason) for row in waiting] == [(1, "first"), (2, "recall")]
    with pytest.raises(DeliveryRefused, match="not_released"):
        message_of(waiting[0], days.repository, BOOK, days.now)


def test_audit_log_keeps_who_was_told_before(days):
    days.learn(report(), 0)
    days.send()
    days.learn(report(**KEPT), 5)
    key = days.repository.alerts()[0].key
    told = [json.loads(e.content) for e in days.repository.audit(subject=key)]
    (entry,) = [one for one in told if one.get("action") == "narrowed"]
    assert entry["told"] == "kr mail kr@example.org, us mail us@example.org"
    assert (entry["before"], entry["after"]) == ("TLP:GREEN", "TLP:AMBER KR")


def test_the_same_or_a_wider_marking_changes_nothing(days):
    days.learn(report(**KEPT), 0)
    done = days.learn(report(marking=Marking.GREEN), 5)
    assert (done.changes, done.deliveries) == ((), ())
    (alert,) = days.repository.alerts()
    assert (alert.version, alert.marking, alert.release_to) == (1, Marking.AMBER, frozenset({"KR"}))


def test_an_alert_that_has_ended_stays_ended_and_obeys(days):
    days.learn(report(), 0)
    key = days.repository.alerts()[0].key
    with days.repository.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alerts SET state = 'closed'")
    item = report(**KEPT)
    days.repository.add_items([item])
    now = START + timedelta(hours=9)
    window = days.repository.unassessed(BOOK.needs(), now, 100)
    sensed = sense(BOOK, window, (), now)
    state = days.repository.state_for(joinable(BOOK, (), now, (), sensed.bounds))
    done = decide(BOOK, sensed, state, now)
    days.repository.commit_assessment(done, window, book_version="b-1")
    (alert,) = days.repository.alerts(keys=(key,))
    assert (alert.state, alert.marking) == ("closed", Marking.AMBER)


def test_evidence_narrowed_within_what_the_alert_obeys_is_news_for_those_alone_who_read_a_part_of_it(days):
    days.learn(report(**KEPT), 0)
    days.learn(replace(report(), id="i-2", url="https://example.org/2"), 1)
    done = days.learn(replace(report(marking=Marking.AMBER), id="i-2", url="https://example.org/2"), 5)
    assert [d.desk_id for d in done.deliveries] == ["us"]
    (alert,) = days.repository.alerts()
    shown = next(one for one in alert.exhibits if one.evidence_id == "i-2")
    assert (alert.differences, shown.marking) == ((), Marking.AMBER)
    assert [(d.before, d.after) for d in alert.for_desk("us").differences] == [("TLP:GREEN", "TLP:AMBER")]


def test_narrower_edit_that_another_rule_fires_on_is_told_as_narrower_too(days):
    days.learn(report(), 0)
    days.learn(report(title="New export control on gallium and a licence stop", **KEPT), 5)
    first, second = days.repository.alert_versions(days.repository.alerts()[0].key)
    assert {first.marking, second.marking} == {Marking.AMBER}
    assert [(d.before, d.after) for d in second.differences if d.code == "marking"] == [
        ("TLP:GREEN", "TLP:AMBER KR")
    ]


def test_an_answer_in_store_is_found_and_narrowed_with_the_first_event_it_names(repository):
    eased = text_rule("stops", match=STOPS.match, direction="easing")
    answers = replace(BOOK, rules=(sequence(rule_id="answers", steps=STEPS), text_rule(), eased))
    days = Days(repository, answers)
    days.learn(report(), 0)
    second = replace(report(title="A licence stop"), id="i-2", url="https://example.org/2")
    days.learn(replace(second, known_at=START + timedelta(hours=30), published_at=None), 30)
    (answer,) = [a for a in repository.alerts() if a.rests_on == ("i-1",)]
    assert (answer.marking, [e.evidence_id for e in answer.exhibits]) == (Marking.GREEN, ["i-2"])
    repository.add_items([report(**KEPT)])
    now = START + timedelta(hours=40)
    window = repository.unassessed(answers.needs(), now, 100)
    sensed = sense(answers, window, (), now)
    state = repository.state_for(joinable(answers, (), now, (), sensed.bounds))
    repository.commit_assessment(decide(answers, sensed, state, now), window, book_version="b-1")
    versions = repository.alert_versions(answer.key)
    assert [(v.marking, v.release_to) for v in versions] == [
        tuple(KEPT[k] for k in ("marking", "release_to"))
    ] * 2
    (kept,) = [s for s in repository.recall(REMEMBERED, now).signals if s.rule_id == "answers"]
    assert kept.exhibit.marking == Marking.AMBER


def test_what_sequences_remember_is_narrowed_in_the_store_and_in_a_rehearsal_alike(days):
    needs = SignalNeed(rule_ids=frozenset({"prc-controls"}), days=30)
    replayed = Remembered(Recall(signals=(needs,)))
    for item, hours in ((report(), 0), (report(**KEPT), 5)):
        done = days.learn(item, hours)
        replayed.keep(done.signals, done.bounds)
    stored = days.repository.recall(Recall(signals=(needs,)), days.now).signals
    assert stored == replayed.recalled().signals
    assert [(s.exhibit.marking, s.exhibit.release_to) for s in stored] == [(Marking.AMBER, frozenset({"KR"}))]


def test_a_release_list_without_a_marking_narrows_too(days):
    bare = report(marking=None)
    days.learn(bare, 0)
    days.learn(replace(bare, release_to=frozenset({"KR"})), 5)
    (alert,) = days.repository.alerts()
    assert (alert.version, alert.release_to) == (2, frozenset({"KR"}))


def test_a_text_with_a_release_list_alone_keeps_its_own_name_beside_an_open_copy(days):
    kept = report(marking=None, release_to=frozenset({"KR"}))
    days.repository.add_items([kept])
    days.repository.add_items([replace(kept, id="i-2", release_to=None, known_at=START + timedelta(hours=1))])
    assert days.repository.find_item("i-1").release_to == frozenset({"KR"})
    assert days.repository.find_item("i-2").release_to is None


def test_a_replay_takes_the_same_words_under_the_narrowest_handling_so_far():
    later = START + timedelta(hours=1)
    wider = report(known_at=later, marking=Marking.CLEAR)
    assert [type(one) for one in settled([report(**KEPT), wider])] == [Item, Bystanders]
    first, again = settled([report(), report(known_at=later, **KEPT)])
    assert (again.known_at, again.item) == (later, replace(first, **KEPT)), "the text is as old as it was"
