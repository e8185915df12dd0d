"""Stories live in the store as they do in a replay: what tells one, what is told again, and two assessors at once."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from types import SimpleNamespace

import pytest

from tests.core.build import START, at, book
from warning.app.assessing import assess_new
from warning.app.backtesting import backtest_replay, carry
from warning.app.calendar_day import CalendarDay
from warning.app.set_aside import SetAside
from warning.app.showing_stories import explain_story, told_again
from warning.core.assess import State, assess
from warning.core.evidence import Item, Window
from warning.core.vocabulary import Marking
from warning.errors import AssessmentRaced
from warning.store.resident import Resident

TITLE = "China puts gallium and germanium under export control, effective next month"
TEXT = (
    "The commerce ministry said on Monday that exporters of both metals must apply for licences, and that applications "
    "would be reviewed case by case. Makers of chips abroad said that they held stocks for some weeks of export control. "
)
NUMBERS = count()


def item(title: str = TITLE, *, days: float = 0.0, source: str = "wire", text: str = TEXT, **changes) -> Item:
    number = next(NUMBERS)
    values = {
        "kind": "news",
        "country": "US",
        "language": "en",
        "known_at": at(days),
        "published_at": at(days),
    }
    return Item(
        id=f"i-{number}", source_id=source, title=title, body=text, url=f"https://{source}.example/{number}",
        **{**values, **changes},
    )  # fmt: skip


@pytest.fixture
def system(repository):
    return SimpleNamespace(
        live_book=book, repository=repository, clock=lambda: START, set_aside=SetAside(), calendar=CalendarDay(),
        resident=Resident(),
    )  # fmt: skip


def assessed(system, *items: Item, days: float) -> None:
    system.repository.add_items(items)
    system.clock = lambda: at(days)
    assess_new(system)


def test_an_old_article_of_another_source_opens_no_alert_and_is_shown_with_its_first_date(system):
    assessed(system, item(), days=0.1)
    again = item(f"{TITLE} - Chip Gazette", days=60, source="gazette", text=f"{TEXT}Chip Gazette.")
    assessed(system, again, days=60.1)
    (alert,) = system.repository.alerts()
    assert alert.evidence_total == 1
    (shown,) = told_again(alert, system.repository)
    assert (shown.evidence_id, shown.first_seen_at) == (again.id, START)
    (node,) = explain_story(again.id, system.repository)
    assert f"republished: first seen {START:%Y-%m-%d}" in node.detail
    assert node.passed is False


def retold() -> Item:
    """The same words in another paper two months later."""
    return item(
        f"{TITLE} - Chip Gazette",
        days=60,
        source="gazette",
        text=f"{TEXT}Chip Gazette.",
        marking=Marking.GREEN,
    )


def test_what_is_remembered_of_a_telling_follows_its_evidence_when_that_is_narrowed(system):
    first = item(marking=Marking.GREEN)
    kept = replace(first, marking=Marking.AMBER, release_to=frozenset({"KR"}))
    again = retold()
    assessed(system, first, days=0.1)
    assessed(system, kept, days=1)
    assessed(system, again, days=60.1)
    assert len(system.repository.alerts()) == 2, "what fewer may see is not compared with it any more"
    state = State()
    for one, days in ((first, 0.1), (kept, 1), (again, 60.1)):
        state = carry(state, assess(book(), Window(items=(one,), fresh=frozenset({one.id})), state, at(days)))
    assert {a.key for a in state.open_alerts} == {a.key for a in system.repository.alerts()}


def test_article_told_again_is_narrowed_with_the_one_whose_date_it_shows(system):
    first = item(marking=Marking.GREEN)
    again = retold()
    assessed(system, first, days=0.1)
    assessed(system, again, days=60.1)
    assessed(system, replace(first, marking=Marking.AMBER, release_to=frozenset({"KR"})), days=61)
    (alert,) = system.repository.alerts()
    (shown,) = told_again(alert, system.repository)
    assert (shown.marking, shown.release_to) == (Marking.AMBER, frozenset({"KR"}))


def test_an_official_notice_in_the_words_of_an_old_article_opens_its_own_alert(system):
    assessed(system, item(), days=0.1)
    assessed(system, item(days=60, source="ministry", kind="regulatory", country="CN"), days=60.1)
    assert len(system.repository.alerts()) == 2


def test_store_and_replay_find_the_same_stories_and_alerts(system):
    told = [
        item(), item(f"{TITLE} today", days=0.4, source="b"), item(days=1.3, source="c"), item(days=40, source="d"),
        item("Export control of gallium and germanium announced in Beijing by ministry", days=1.6, source="e"),
        item(f"{TITLE} today", days=80.2, source="f"), item(f"{TITLE} (2)", days=81, source="g"),
    ]  # fmt: skip
    first = START.date()
    replay = backtest_replay(book(), told, first=first)
    midnight = START.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(1, 84):
        until = midnight + timedelta(days=day)
        system.repository.add_items(
            [one for one in told if until - timedelta(days=1) < one.known_at <= until]
        )
        system.clock = lambda until=until: until
        assess_new(system)
    live = {alert.key: alert for alert in system.repository.alerts()}
    assert live == replay.alerts
    assert any(len(alert.told_stories) > 0 for alert in live.values())


def test_a_story_told_meanwhile_by_another_process_is_looked_for_again(repository):
    rules = book()
    repository.add_items([item(), item(f"{TITLE} today", source="b", days=0.1)])
    window = repository.unassessed(rules.needs(), at(1), 10)
    halves = [replace(window, items=(one,), fresh=frozenset({one.id})) for one in window.items]
    read = [assess(rules, half, State(stories=replace(State().stories, seen=0)), at(1)) for half in halves]
    assert repository.commit_assessment(read[0], halves[0], book_version="v")
    with pytest.raises(AssessmentRaced, match="same story"):
        repository.commit_assessment(read[1], halves[1], book_version="v")


def test_what_an_assessment_lost_tells_no_story(system, monkeypatch):
    def broken(*_):
        raise RuntimeError("the process died here")

    system.repository.add_items([item()])
    system.clock = lambda: at(0.1)
    window = system.repository.unassessed(book().needs(), at(0.1), 10)
    assessment = assess(book(), window, State(), at(0.1))
    with monkeypatch.context() as patch:
        patch.setattr("warning.store.assessments.add_audit", broken)
        with pytest.raises(RuntimeError):
            system.repository.commit_assessment(assessment, window, book_version="v")
    assert system.repository.stories_near(assessment.tellings).near(assessment.tellings[0].bands) == []
    assess_new(system)
    assert len(system.repository.alerts()) == 1


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("telling_bands", "band IN (1, 2)"),
        ("stories", "story = 't-1'"),
        ("stories", "evidence_id IN ('i-1')"),
    ],
)
def test_stories_are_found_by_index(engine, table, condition):
    if engine.dialect.name != "sqlite":
        pytest.skip("an empty PostgreSQL table is read whole whatever its indexes; SQLite shows the plan")
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {condition}").all()
    assert all("SEARCH" in row[-1] for row in plan)
