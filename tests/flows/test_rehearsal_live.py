"""A live run and a replay of the same days come to the same alerts."""

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalog.trees_for_tests import FEEDS, RULES
from tests.core.deadline_samples import CONTROL, measure
from tests.core.deadline_samples import rule as deadline_rule
from warning.app.backtesting import backtest_replay
from warning.catalog.load import load_rulebook
from warning.core.alerts import Alert
from warning.core.assess import compose, decide, notice
from warning.core.evidence import (
    Entry,
    Evidence,
    Item,
    Listing,
    Observation,
    item_id,
    listing_id,
    observation_id,
    period_end,
)
from warning.core.health import SourceReport
from warning.core.joinable import joinable
from warning.core.recalling import recall_of
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.repository import Repository
from warning.store.resident import Resident

FIRST, LAST = date(2022, 2, 1), date(2023, 12, 31)
TITLES = (
    "China announces export controls on gallium",
    "China announces export controls on germanium and gallium",
    "Beijing suspends export controls on gallium",
    "Gallium prices steady",
    "Weather",
)


SOURCES = ("wire", "daily", "cn-mofcom")


def item_of(source: str, number: int, title: str, known_at: datetime, *, late_hours: int) -> Item:
    """News, or a notice of `cn-mofcom`, at page `number`: known `late_hours` after it was published."""
    is_notice = source == "cn-mofcom"
    url = f"https://www.example.org/{number}"
    return Item(
        id=item_id(source, "", url, title),
        source_id=source,
        kind="regulatory" if is_notice else "news",
        country="CN" if is_notice else "US",
        language="en",
        title=title,
        url=url,
        published_at=known_at - timedelta(hours=late_hours),
        known_at=known_at,
    )


def some_item(dice: random.Random, number: int) -> Item:
    known_at = datetime(2023, 7, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(1, 180 * 24))
    title = dice.choice(TITLES)
    return item_of(dice.choice(SOURCES), number, title, known_at, late_hours=dice.randrange(48))


def some_figures(dice: random.Random) -> list[Observation]:
    found = []
    for partner in ("JP", "KR", "US", "DE"):
        for month in range(22):
            period = f"{2022 + month // 12}-{month % 12 + 1:02d}"
            value = dice.choice([100.0, 110.0, 95.0, 105.0, 0.0 if month > 16 else 98.0])
            if month > 15 and dice.random() < 0.3:
                continue
            known_at = period_end(period) + timedelta(days=19 + dice.choice([0, 0, 0, 35]))
            found.append(figure(partner, period, value, known_at))
            if dice.random() < 0.1:
                found.append(figure(partner, period, value / 2, known_at + timedelta(days=25)))
    return found


def figure(partner: str, period: str, value: float, known_at: datetime) -> Observation:
    series_id = f"ga-{partner}"
    return Observation(
        id=observation_id("gacc", series_id, period, value),
        source_id="gacc",
        series_id=series_id,
        material="gallium",
        measure="export_quantity",
        reporter="CN",
        partner=partner,
        hs_code="811292",
        unit="kg",
        frequency="M",
        period=period,
        value=value,
        known_at=known_at,
    )


def some_listings() -> list[Listing]:
    found = []
    for month, names in ((7, "A"), (8, "AB"), (10, "ABC"), (11, "AC")):
        entries = tuple(Entry(key=n, name=f"{n} Semiconductor", country="CN") for n in names)
        found.append(
            Listing(
                id=listing_id("us-entity-list", entries),
                source_id="us-entity-list",
                known_at=datetime(2023, month, 5, 12, tzinfo=UTC),
                entries=entries,
            )
        )
    return found


def live(
    book: Rulebook,
    records: Sequence[Evidence],
    home: Path,
    resident: Resident | None,
    first: date = FIRST,
    last: date = LAST,
) -> dict[str, Alert]:
    """Store and assess each day's evidence as the service would at the end of the day."""
    url = f"sqlite:///{home / 'live.sqlite3'}"
    migrate.upgrade(url)
    repository = Repository(open_engine(url))
    left = sorted(records, key=lambda r: (r.known_at, r.id))
    as_of = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    while as_of <= end:
        today = [r for r in left if r.known_at <= as_of]
        left = left[len(today) :]
        repository.add_items(r for r in today if isinstance(r, Item))
        repository.add_observations(r for r in today if isinstance(r, Observation))
        for listing in (r for r in today if isinstance(r, Listing)):
            repository.add_listing(listing)
        repository.add_reports(r for r in today if isinstance(r, SourceReport))
        window = repository.unassessed(book.needs(), as_of, 10_000, resident)
        window = replace(window, recalled=repository.recall(recall_of(book), as_of))
        first = notice(book, window, repository.standing_alerts(as_of.date()), as_of)
        first = first.telling(book, repository.stories_near(first.wanted_stories(book)))
        sensed = compose(book, first, as_of)
        assessment = decide(book, sensed, repository.state_for(joinable(book, sensed.signals, as_of)), as_of)
        repository.commit_assessment(assessment, window, book_version=book.version)
        as_of += timedelta(days=1)
    alerts = {alert.key: alert for alert in repository.alerts()}
    repository.engine.dispose()
    return alerts


def book_of(*, whole_tables: bool) -> Rulebook:
    book = load_rulebook(RULES, FEEDS)
    return replace(
        book,
        measures=(measure(CONTROL),),
        rules=tuple(
            rule.model_copy(update={"missing_is_zero": whole_tables})
            if isinstance(rule, SeriesRule)
            else rule
            for rule in (*book.rules, deadline_rule())
        ),
    )


@pytest.mark.parametrize("whole_tables", [False, True])
@pytest.mark.parametrize("keeps", [False, True], ids=["command", "service"])
def test_live_run_and_replay_come_to_the_same_alerts(whole_tables: bool, keeps: bool, tmp_path: Path):
    dice = random.Random(11)
    book = book_of(whole_tables=whole_tables)
    records: list[Evidence] = [some_item(dice, n) for n in range(60)]
    records += some_figures(dice)
    records += some_listings()
    lived = live(book, records, tmp_path, Resident() if keeps else None)
    replayed = backtest_replay(book, records, first=FIRST, last=LAST).alerts
    assert {a.rule_id for a in lived.values()} >= {
        "prc-export-control",
        "entity-list-added",
        "exports-collapse",
        "dates",
    }
    assert lived == replayed


START, DAYS = date(2023, 7, 1), 30
HOURS = st.integers(1, DAYS * 24 - 1)


def at(hours: int) -> datetime:
    return datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(hours=hours)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """News and notices, some known days after they were published, some in the same words from another source."""
    known_at, late_hours = at(draw(HOURS)), draw(st.integers(0, 20 * 24))
    source, title = draw(st.sampled_from(SOURCES)), draw(st.sampled_from(TITLES))
    return item_of(source, draw(st.integers(0, 5)), title, known_at, late_hours=late_hours)


@st.composite
def figures(draw: st.DrawFn) -> list[Observation]:
    """A back-filled table on the first day; then its newest months, late and out of order, and revisions of any month."""
    values = st.sampled_from((0.0, 1.0, 20.0, 95.0, 100.0, 110.0))
    partner = draw(st.sampled_from(("JP", "KR", "DE")))
    history = [figure(partner, f"{2022 + m // 12}-{m % 12 + 1:02d}", 100.0, at(0)) for m in range(16)]
    newest = st.tuples(st.sampled_from(("2023-05", "2023-06")), values, HOURS)
    revised = st.tuples(st.sampled_from([one.period for one in history[-4:]]), values, HOURS)
    told = draw(st.lists(st.one_of(newest, revised), max_size=6, unique_by=lambda one: (one[0], one[2])))
    return [*history, *(figure(partner, period, value, at(hours)) for period, value, hours in told)]


@st.composite
def lists(draw: st.DrawFn) -> list[Listing]:
    """Versions of one list; names come, go and come back."""
    versions = draw(st.lists(st.tuples(HOURS, st.sets(st.sampled_from("ABCD"), min_size=1)), max_size=4))
    found = []
    for hours, names in [(0, {"A"}), *versions]:
        entries = tuple(Entry(key=n, name=f"{n} Semiconductor", country="CN") for n in sorted(names))
        listing = listing_id("us-entity-list", entries)
        found.append(Listing(id=listing, source_id="us-entity-list", known_at=at(hours), entries=entries))
    return found


@settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    items=st.lists(items(), max_size=8, unique_by=lambda one: one.id),
    figures=st.lists(figures(), max_size=2, unique_by=lambda one: one[0].series_id),
    lists=lists(),
    keeps=st.booleans(),
)
def test_live_run_and_replay_agree_on_any_evidence_with_late_arrivals_and_revisions(
    items: list[Item], figures: list[list[Observation]], lists: list[Listing], keeps: bool
):
    book, last = book_of(whole_tables=False), START + timedelta(days=DAYS)
    records: list[Evidence] = [*items, *(one for own in figures for one in own), *lists]
    with tempfile.TemporaryDirectory() as home:
        lived = live(book, records, Path(home), Resident() if keeps else None, START, last)
    assert lived == backtest_replay(book, records, first=START, last=last).alerts
