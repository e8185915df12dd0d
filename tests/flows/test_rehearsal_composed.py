"""Sequences and absences: a live run through the store and a replay of the same days come to the same bytes."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tests.catalog.trees_for_tests import FEEDS, RULES
from tests.flows.test_rehearsal_live import FIRST, LAST, live, some_figures, some_item, some_listings
from warning.app import replayed_alerts
from warning.app.backtesting import backtest_replay
from warning.catalog.load import load_rulebook
from warning.core.absence_rules import AbsenceRule
from warning.core.alerts import Alert
from warning.core.assess import Assessment
from warning.core.chain_codes import LATE
from warning.core.chains import Chain
from warning.core.evidence import Evidence, Observation, observation_id, period_end
from warning.core.health import SourceReport, report_id
from warning.core.rulebook import Rulebook
from warning.core.sequence_rules import SequenceRule
from warning.store.resident import Resident

HEAD = {"title": "t", "severity": "minor", "owner": "o", "rationale": "r", "max_age_days": 30}
EVENT = {"rule": "prc-export-control", "day": "2023-07-03"}
CONTROL = {"name": "control", "rules": ["prc-export-control"], "directions": ["tightening"]}
FALL = {"name": "fall", "rules": ["exports-collapse"]}
LISTED = {"name": "listed", "rules": ["entity-list-added"]}


def sequence(rule_id: str, steps: list[dict], **changes) -> SequenceRule:
    examples = [{"fires": fires, "events": [EVENT]} for fires in (True, False)]
    fields = {"id": rule_id, "kind": "sequence", "steps": steps, "within_days": 60, "examples": examples}
    return SequenceRule.model_validate({**HEAD, **fields, **changes})


def absence(rule_id: str, **changes) -> AbsenceRule:
    examples = [{"fires": fires, "on": "2023-07-03"} for fires in (True, False)]
    return AbsenceRule.model_validate(
        {**HEAD, "id": rule_id, "kind": "absence", "examples": examples, **changes}
    )


CHAIN = Chain.model_validate(
    {
        "id": "cn-control",
        "title": "A control",
        "actors": ["CN"],
        "acts": ["export_control"],
        "steps": [
            {"step": "announced", "shown_by": [{"by": "report"}]},
            {"step": "gazetted", "shown_by": [{"by": "instrument"}], "within_days": 3, "sources": ["wire"], "late": "tell"},
            {"step": "in_effect", "shown_by": [{"by": "date"}], "within_days": 60},
        ],
    }
)  # fmt: skip

COMPOSED = (
    sequence("confirmed", [CONTROL, FALL], relation="confirmation", same=["material"], within_days=150),
    sequence("answered", [LISTED, CONTROL], relation="response", watch=True),
    sequence(
        "both-ways", [CONTROL, FALL], relation="pattern", ordered=False, act="export_ban",
        direction="tightening", severity="severe",
    ),
    sequence("then-eased", [CONTROL, {"name": "ease", "acts": ["suspension"]}], relation="follow_up"),
    absence("no-figures", expects="figures", sources=["gacc"], frequency="M", within_days=30,
            select={"materials": ["gallium"], "measures": ["export_quantity"]}),
    absence("no-wire", expects="items", sources=["wire"], within_days=5),
    absence("no-list", expects="list", sources=["us-entity-list"], within_days=20),
    absence("no-talk", expects="signals", rules=["gallium-background"], sources=["wire", "daily"],
            materials=["gallium"], within_days=4),
)  # fmt: skip


def composed_book() -> Rulebook:
    book = load_rulebook(RULES, FEEDS)
    return replace(book, rules=tuple(sorted((*book.rules, *COMPOSED), key=lambda rule: rule.id)))


def some_reports(dice: random.Random) -> list[SourceReport]:
    """From June 2023 a report every day and source, with some weeks in which a source fails."""
    found = []
    for source in ("wire", "daily", "gacc", "us-entity-list"):
        failing = {dice.randrange(68, 100) for _ in range(5)}
        since, before = None, ""
        for day in range(480, 700):
            known_at = datetime(2022, 2, 1, 6, tzinfo=UTC) + timedelta(days=day, minutes=dice.randrange(600))
            condition = "failing" if day // 7 in failing else "ok"
            since = since if since and condition == before else known_at
            before = condition
            identity = report_id(source, condition, known_at)
            cause = "HTTP 503" if condition == "failing" else ""
            found.append(
                SourceReport(
                    id=identity,
                    source_id=source,
                    condition=condition,
                    cause=cause,
                    since=since,
                    known_at=known_at,
                )
            )
    return found


def some_evidence(seed: int) -> list[Evidence]:
    dice = random.Random(seed)
    items = [some_item(dice, number) for number in range(70)]
    late = [
        replace(item, published_at=item.known_at - timedelta(days=dice.randrange(3, 12)))
        if dice.random() < 0.2
        else item
        for item in items
    ]
    edited = [
        replace(item, title=f"{item.title} (update)", known_at=item.known_at + timedelta(days=3))
        for item in late
        if dice.random() < 0.15
    ]
    figures = some_figures(dice)
    others = [*told_anew(dice, figures), *young_series(dice, figures[0])]
    return [*late, *edited, *figures, *others, *some_listings(), *some_reports(dice)]


def told_anew(dice: random.Random, figures: Sequence[Observation]) -> Iterator[Observation]:
    """Figures that come again: suppressed, as nothing, corrected, as they were, in tonnes, some of them months later."""
    for one in figures:
        value = dice.choice([None, 0.0, 40.0, 300.0, one.value, one.value])
        known_at = one.known_at + timedelta(days=dice.choice([0, 5, 60, 90, 170, 250]))
        if dice.random() < 0.3:
            yield figure(one, one.period, value, known_at, unit="t" if dice.random() < 0.1 else "kg")


def young_series(dice: random.Random, like: Observation) -> Iterator[Observation]:
    """Two partners that come late and fall to nothing within months."""
    for partner in ("VN", "MX"):
        falls = dice.randrange(1, 8)
        for month in range(falls + dice.randrange(4)):
            period, value = f"2023-{month + 1:02d}", 0.0 if month >= falls else dice.choice([90.0, 110.0])
            known_at = period_end(period) + timedelta(days=dice.choice([5, 19, 40]))
            yield figure(like, period, value, known_at, series_id=f"ga-{partner}", partner=partner)


def figure(
    like: Observation, period: str, value: float | None, known_at: datetime, **fields: str
) -> Observation:
    one = replace(like, period=period, value=value, known_at=known_at, **fields)
    return replace(one, id=observation_id(one.source_id, one.series_id, period, value))


@pytest.mark.parametrize(("seed", "keeps"), [(0, False), (4, True)], ids=["command", "service"])
def test_live_run_and_replay_of_composed_rules_come_to_the_same_bytes(seed: int, keeps: bool, tmp_path: Path):
    book, records = composed_book(), some_evidence(seed)
    lived = live(book, records, tmp_path, Resident() if keeps else None)
    replayed = backtest_replay(book, records, first=FIRST, last=LAST).alerts
    as_json = TypeAdapter(dict[str, Alert]).dump_json
    assert as_json(dict(sorted(lived.items()))) == as_json(dict(sorted(replayed.items())))
    told = {reason.code for alert in lived.values() for reason in alert.why}
    assert told >= {"sequence.response", "sequence.confirmation", "sequence.pattern"}
    assert told >= {"absence.overdue", "absence.arrived"}
    assert {a.rule_id for a in lived.values()} >= {"no-figures", "no-list", "no-talk", "no-wire"}


@pytest.mark.parametrize("seed", [4, 15])
def test_replay_by_quarter_days_tells_what_one_that_looks_at_every_alert_each_time_tells(seed, monkeypatch):
    book, records = replace(composed_book(), chains=(CHAIN,)), some_evidence(seed)

    def replayed() -> list[tuple[datetime, str, int, tuple[str, ...]]]:
        told = []

        def watch(one: Assessment) -> None:
            told.extend(
                (one.as_of, c.alert.key, c.alert.version, tuple(r.code for r in c.alert.why))
                for c in one.changes
            )

        backtest_replay(book, records, first=date(2023, 6, 1), step=timedelta(hours=6), watch=watch)
        return told

    on_their_days = replayed()
    monkeypatch.setattr(replayed_alerts, "next_look", lambda alert, book, today: today)
    assert on_their_days == replayed()
    within_a_day = {code for at, *_, codes in on_their_days if at.hour for code in codes}
    assert within_a_day >= {"absence.arrived", LATE}
