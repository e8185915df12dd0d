"""Markings narrowed long after: a replay comes to the alerts that the store has, whatever the age of what they bind."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.core.build import book, desk, mission_source, text_rule
from warning.app.backtesting import backtest_replay
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.item_lines import as_replayed
from warning.collect.interchange import own_identity, read_evidence, write_evidence
from warning.core.alerts import Alert
from warning.core.assess import compose, decide, notice
from warning.core.desks import Destination
from warning.core.evidence import Item
from warning.core.joinable import joinable
from warning.core.recalling import recall_of
from warning.core.vocabulary import Marking, Severity
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.repository import Repository

FIRST, DAYS = date(2025, 1, 1), 90
MAIL = (Destination(channel="mail", to=("desk@example.org",), ceiling=Marking.AMBER),)
PLAIN = book(
    rules=(text_rule(),),
    sources={"a-mission": mission_source()},
    desks=tuple(
        desk(name, name.upper(), clearance=clearance, destinations=MAIL, threshold=Severity.MINOR)
        for name, clearance in (("kr", Marking.AMBER), ("us", Marking.GREEN), ("jp", Marking.AMBER))
    ),
)
SHORT = PLAIN.policy.correlation.model_copy(
    update={"gap_days": 3, "instrument_days": 10, "related_days": 3, "span_days": 10, "effective_days": 3}
)
BOOK = replace(PLAIN, policy=PLAIN.policy.model_copy(update={"correlation": SHORT}))
GOODS = ("gallium", "germanium", "dysprosium")
HANDLINGS = (
    (None, None),
    (Marking.GREEN, None),
    (Marking.AMBER, None),
    (Marking.AMBER, frozenset({"KR"})),
    (None, frozenset({"KR", "JP"})),
    (Marking.RED, None),
)


def at(days: float) -> datetime:
    return datetime.combine(FIRST, datetime.min.time(), tzinfo=UTC) + timedelta(days=days)


def reports(dice: random.Random) -> list[Item]:
    """Reports of a few events; some are sent again later in the same words, under another handling."""
    found = []
    for number in range(14):
        known_at = at(dice.uniform(0.1, 60))
        marking, names = dice.choice(HANDLINGS[:3])
        text = f"New export control on {dice.choice(GOODS)}, report {number}"
        first = Item(
            id=f"i-{number}", source_id="a-mission", kind="mission", country="CN", language="en", title=text,
            url=dice.choice((f"https://example.org/{number}", "")), known_at=known_at, published_at=known_at,
            marking=marking, release_to=names,
        )  # fmt: skip
        found.append(first)
        for _ in range(dice.choice((0, 1, 1, 2))):
            marking, names = dice.choice(HANDLINGS)
            later = known_at + timedelta(days=dice.choice((0.1, 1.5, 8.0, 25.0)))
            found.append(replace(first, marking=marking, release_to=names, known_at=later))
    return found


def live(records: list[Item], home: Path) -> dict[str, Alert]:
    url = f"sqlite:///{home / 'live.sqlite3'}"
    migrate.upgrade(url)
    repository = Repository(open_engine(url))
    left = sorted(records, key=lambda r: (r.known_at, r.id))
    for day in range(1, DAYS + 1):
        as_of = at(day)
        today = [r for r in left if r.known_at <= as_of]
        left = left[len(today) :]
        for one in today:  # each as it came: the last of a day does not hide the others
            repository.add_items([one])
        window = repository.unassessed(BOOK.needs(), as_of, 10_000)
        window = replace(window, recalled=repository.recall(recall_of(BOOK), as_of))
        first = notice(BOOK, window, repository.standing_alerts(as_of.date()), as_of)
        first = first.telling(BOOK, repository.stories_near(first.wanted_stories(BOOK)))
        sensed = compose(BOOK, first, as_of)
        wanted = joinable(BOOK, sensed.signals, as_of, sensed.withdrawals, sensed.bounds)
        done = decide(BOOK, sensed, repository.state_for(wanted), as_of)
        repository.commit_assessment(done, window, book_version=BOOK.version)
    found = {alert.key: alert for alert in repository.alerts()}
    repository.engine.dispose()
    return found


@pytest.mark.parametrize("seed", range(6))
def test_replay_has_the_alerts_of_the_store_whenever_a_marking_was_narrowed(seed, tmp_path):
    records = reports(random.Random(seed))
    stored = live(records, tmp_path)
    replayed = backtest_replay(BOOK, records, first=FIRST, last=FIRST + timedelta(days=DAYS - 1)).alerts
    assert sorted(replayed) == sorted(stored)
    for key, alert in stored.items():
        assert replayed[key] == alert


@pytest.mark.parametrize("text", ["short", "long"])
def test_replay_over_an_index_obeys_a_marking_narrowed_later_like_one_over_the_file(text, tmp_path):
    dice = random.Random(3)
    records = [
        replace(
            one,
            url="",
            source_id="wire",
            kind="regulatory"
            if text == "short"
            else "news",  # so short an official text is no mark of a document
            body="" if text == "short" else f"{one.title}. " * 12,
        )
        for one in reports(dice)
    ]
    path = tmp_path / "history.jsonl"
    write_evidence(path, records)
    index, _ = ready_index(path, BOOK, make=True)
    fast = backtest_replay(BOOK, IndexedHistory([(path, index)], at(400)).records(BOOK))
    slow = backtest_replay(
        BOOK, [as_replayed(own_identity(one)) for one in read_evidence(path, imported_at=at(400))]
    )
    assert any(
        d.code == "recalled" for a in slow.alerts.values() for _, own in a.tearlines for d in own.differences
    )
    assert fast.alerts == slow.alerts
