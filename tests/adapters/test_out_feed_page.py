"""The out-feed is a page of what a desk was told last: what is before it is found by name, and never what was not told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from tests.adapters.alert_samples import NOON, control, graded
from warning.app import out_feed
from warning.app.compose import compose
from warning.app.out_feed import StoredFeeds, desk_feed
from warning.core.alerts import Alert
from warning.core.deliveries import Delivery
from warning.settings import Settings
from warning.store.assessments import _add_version, _alert_columns, _outbox_row
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


def keys(found: tuple[Alert, ...]) -> list[tuple[str, int]]:
    return [(alert.key, alert.version) for alert in found]


@pytest.fixture
def filled(repository):
    store(repository.engine, told(1, 1), told(2, 2), told(3, 3), told(1, 4, version=2))
    return repository


def test_store_gives_the_newest_versions_told_and_those_before_them_of_the_same_alerts(filled):
    since = NOON - timedelta(days=1)
    assert keys(filled.told_versions("kr", since, NOW, most=2)) == [("a-1", 1), ("a-1", 2), ("a-3", 1)]
    assert keys(filled.told_versions("kr", since, NOW, most=9, key="a-2")) == [("a-2", 1)]
    assert filled.told_versions("jp", since, NOW, most=9) == ()
    assert keys(filled.told_versions("kr", NOON + timedelta(hours=4), NOW, most=9)) == [("a-1", 2)]


def test_store_gives_no_version_that_died_or_waits_everywhere(filled):
    with filled.engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.alert_key == "a-3").values(state="dead"))
        held = update(outbox).where(outbox.c.alert_key == "a-2", outbox.c.address == "C1")
        connection.execute(held.values(hold_until=NOW + timedelta(hours=1)))
        held = update(outbox).where(outbox.c.alert_key == "a-1", outbox.c.alert_version == 2)
        connection.execute(held.values(hold_until=NOW + timedelta(hours=1)))
    assert keys(filled.told_versions("kr", NOON, NOW, most=9)) == [("a-1", 1), ("a-2", 1)]


def test_message_that_left_the_feed_is_given_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(out_feed, "PAGE", 1)
    system = compose(Settings(home=tmp_path / "home"), clock=lambda: NOW)
    store(system.repository.engine, told(1, 1), told(2, 2))
    try:
        assert [one.name for one in desk_feed(system, "kr").messages] == ["a-2-v1-kr"]
        feeds = StoredFeeds(system)
        assert b"a-1-v1-kr" in feeds.message("kr", "a-1-v1-kr").body
        assert b"a-2-v1-kr" in feeds.message("kr", "a-2-v1-kr").body
        assert feeds.message("kr", "a-3-v1-kr") is None
        assert feeds.message("kr", "nonsense") is None
    finally:
        system.close()
