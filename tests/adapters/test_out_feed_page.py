"""The out-feed is a page of what a desk was told last: what is before it is found by name, and never what was not told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import insert, update

from tests.adapters.alert_samples import NOON, control, graded
from warning.app import out_feed
from warning.app.compose import compose
from warning.app.out_feed import StoredFeeds, desk_feed, whole_feed, write_feed
from warning.channels.atom import HISTORY, NAMESPACE
from warning.core.alerts import Alert
from warning.core.deliveries import Delivery
from warning.settings import Settings
from warning.store.assessments import _add_version, _alert_columns, _outbox_row
from warning.store.feed_entries import Told
from warning.store.rows import to_json
from warning.store.schema import alerts, outbox

NOW = NOON + timedelta(days=5)


def told(number: int, hours: int, version: int = 1) -> Alert:
    at = NOON + timedelta(hours=hours)
    alert = graded(control())
    opened = NOON + timedelta(hours=number)
    return replace(alert, key=f"a-{number}", version=version, opened_at=opened, updated_at=at)


def store(engine, *versions: Alert) -> None:
    with engine.begin() as connection:
        for alert in versions:
            content = to_json(Alert, alert)
            if alert.version == 1:
                connection.execute(insert(alerts), {"key": alert.key, **_alert_columns(alert, content)})
            _add_version(connection, alert, content)
            for address in ("C1", "C2"):
                owed = Delivery(
                    alert_key=alert.key, alert_version=alert.version, desk_id="kr", channel="slack",
                    address=address, reason="first",
                )  # fmt: skip
                connection.execute(insert(outbox), _outbox_row(owed, {alert.key: alert}, alert.updated_at))


def keys(found: tuple[Told, ...]) -> list[tuple[str, int]]:
    return [(one.alert.key, one.alert.version) for one in found]


EVERY = ("a-1", "a-2", "a-3")
EARLY = NOON - timedelta(days=1)


@pytest.fixture
def filled(repository):
    store(repository.engine, told(1, 1), told(2, 2), told(3, 3), told(1, 4, version=2))
    return repository


def test_store_gives_the_versions_told_of_alerts_that_something_entered_the_feed_of(filled):
    later = NOON + timedelta(hours=2)
    assert filled.entered_keys("kr", EARLY, NOW, NOW) == {"a-1", "a-2", "a-3"}
    assert filled.entered_keys("kr", EARLY, later, NOW) == {"a-1"}
    assert keys(filled.told_versions("kr", {"a-1", "a-3"}, NOW)) == [("a-1", 1), ("a-1", 2), ("a-3", 1)]
    assert filled.entered_keys("jp", EARLY, NOW, NOW) == frozenset()
    assert filled.told_versions("jp", EVERY, NOW) == ()
    assert filled.last_entered("kr", EARLY, later, NOW) == NOON + timedelta(hours=1)
    assert filled.first_entered("kr", later, NOW, NOW) == later
    assert filled.last_entered("kr", EARLY, NOON, NOW) is None


def test_store_gives_no_version_that_died_or_waits_everywhere_and_a_held_one_enters_when_it_is_free(filled):
    free = NOON + timedelta(hours=30)
    with filled.engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.alert_key == "a-3").values(state="dead"))
        held = update(outbox).where(outbox.c.alert_key == "a-2", outbox.c.address == "C1")
        connection.execute(held.values(hold_until=NOW + timedelta(hours=1)))
        held = update(outbox).where(outbox.c.alert_key == "a-1", outbox.c.alert_version == 2)
        connection.execute(held.values(hold_until=free))
    assert keys(filled.told_versions("kr", EVERY, NOON + timedelta(hours=9))) == [("a-1", 1), ("a-2", 1)]
    found = {keys((one,))[0]: one.entered_at for one in filled.told_versions("kr", EVERY, NOW)}
    assert found[("a-1", 2)] == free
    assert filled.last_entered("kr", EARLY, NOW, NOW) == free


@pytest.fixture
def system(tmp_path):
    composed = compose(Settings(home=tmp_path / "home"), clock=lambda: NOW)
    yield composed
    composed.close()


def names(page: bytes) -> list[str]:
    """The messages of a page, newest first."""
    found = etree.fromstring(page).iterfind(f"{{{NAMESPACE}}}entry/{{{NAMESPACE}}}link")
    return [link.get("href").removesuffix(".xml") for link in found]


def links(page: bytes) -> dict[str, str]:
    found = etree.fromstring(page).iterfind(f"{{{NAMESPACE}}}link")
    return {link.get("rel"): link.get("href") for link in found}


def test_message_that_left_the_feed_is_given_by_name(system, monkeypatch):
    monkeypatch.setattr(out_feed, "PAGE", 1)
    store(system.repository.engine, told(1, 1), told(2, 2))
    assert [one.name for one in desk_feed(system, "kr").messages] == ["a-2-v1-kr"]
    feeds = StoredFeeds(system)
    assert b"a-1-v1-kr" in feeds.message("kr", "a-1-v1-kr").body
    assert b"a-2-v1-kr" in feeds.message("kr", "a-2-v1-kr").body
    assert feeds.message("kr", "a-3-v1-kr") is None
    assert feeds.message("kr", "nonsense") is None


def test_reader_that_was_away_finds_everything_by_going_back_through_the_archive(system, monkeypatch):
    monkeypatch.setattr(out_feed, "PAGE", 2)
    hours = [1, 2, 26, 27, 28, 75, 119]
    store(system.repository.engine, *(told(n, hour) for n, hour in enumerate(hours)))
    feeds = StoredFeeds(system)
    page = feeds.feed("kr", "").body
    assert names(page) == ["a-6-v1-kr", "a-5-v1-kr"]
    walked, found = [], names(page)
    while "prev-archive" in links(page):
        name = links(page)["prev-archive"]
        walked.append(name)
        page = feeds.archive("kr", name[len("alerts-") : -len(".atom")], "").body
        found += names(page)
        assert etree.fromstring(page).find(f"{{{HISTORY}}}archive") is not None
        assert links(page)["current"] == "alerts.atom"
        assert links(page)["self"] == name
    assert walked == ["alerts-2023-07-04.atom", "alerts-2023-07-03.atom"]
    assert sorted(found) == [f"a-{n}-v1-kr" for n in range(7)]
    assert links(page)["next-archive"] == "alerts-2023-07-04.atom"


def test_archive_has_no_page_of_today_of_days_let_go_or_of_another_word(system):
    store(system.repository.engine, told(1, 1))
    feeds = StoredFeeds(system)
    assert feeds.archive("kr", "2023-07-03", "") is not None
    days = ["2023-07-08", "2023-04-01", "20230703", "2023-W27-1", "x"]
    assert [feeds.archive("kr", day, "") for day in days] == [None] * 5
    assert feeds.archive("nobody", "2023-07-03", "") is None


def test_feed_holds_all_of_today_however_much_it_is(system, monkeypatch):
    monkeypatch.setattr(out_feed, "PAGE", 2)
    store(system.repository.engine, *(told(n, 110 + n) for n in range(5)))
    page = StoredFeeds(system).feed("kr", "").body
    assert len(names(page)) == 5
    assert "prev-archive" not in links(page)


def test_held_version_comes_first_when_it_is_let_go_and_stands_on_the_page_of_that_day(system):
    store(system.repository.engine, told(1, 1), told(2, 30))
    with system.repository.engine.begin() as connection:
        held = update(outbox).where(outbox.c.alert_key == "a-1")
        connection.execute(held.values(hold_until=NOON + timedelta(hours=50)))
    feeds = StoredFeeds(system)
    assert names(feeds.feed("kr", "").body) == ["a-1-v1-kr", "a-2-v1-kr"]
    assert names(feeds.archive("kr", "2023-07-05", "").body) == ["a-1-v1-kr"]
    assert names(feeds.archive("kr", "2023-07-03", "").body) == []


def test_whole_feed_as_files_has_every_page_and_every_message(system, monkeypatch, tmp_path):
    monkeypatch.setattr(out_feed, "PAGE", 1)
    store(system.repository.engine, told(1, 1), told(2, 30), told(3, 75))
    files = {path.name for path in write_feed(whole_feed(system, "kr"), tmp_path / "feed")}
    days = {f"alerts-2023-07-0{day}.atom" for day in (3, 4, 6)}
    assert files == {"alerts.atom", *days, *(f"a-{n}-v1-kr.xml" for n in (1, 2, 3))}
