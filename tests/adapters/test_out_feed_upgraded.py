"""An out-feed on a store that narrowed alerts before notes of it were kept on their versions; messages found by name."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.adapters.alert_samples import NOON
from tests.adapters.test_out_feed_page import NOW, names, store, told
from warning.app.compose import compose
from warning.app.feed_messages import alert_named
from warning.app.out_feed import StoredFeeds
from warning.core.alerts import Alert, Difference
from warning.core.handling import Narrowing
from warning.core.narrowing import handling, handling_said
from warning.core.recalls import RECALLED, recalled
from warning.core.vocabulary import Marking
from warning.settings import Settings
from warning.store.schema import outbox

NARROW = {"marking": Marking.RED, "release_to": frozenset({"KR"})}
CLEAR_TO_RED = Difference(code="marking", before="TLP:CLEAR", after="TLP:RED KR")
TWO_TO_ONE = replace(CLEAR_TO_RED, before="TLP:RED KR, US")


@pytest.fixture
def system(tmp_path):
    composed = compose(Settings(home=tmp_path / "home"), clock=lambda: NOW)
    yield composed
    composed.close()


def later(one: Alert, hours: int = 119, version: int = 2, **changes) -> Alert:
    """As versions of then were: as old as the evidence, not as the narrowing; told when they were stored."""
    values = {"differences": (CLEAR_TO_RED,), **changes}
    return replace(one, version=version, updated_at=NOON + timedelta(hours=hours), **values)


def test_narrowing_stored_before_notes_were_kept_is_cancelled_where_a_reader_looks_today(system):
    one = replace(told(1, 1), **NARROW)
    store(system.repository.engine, one, later(one))
    feeds = StoredFeeds(system)
    assert names(feeds.feed("kr", "").body) == ["a-1-v1-kr-taken-back"]
    cancel = feeds.message("kr", "a-1-v1-kr-taken-back").body.decode()
    assert "<msgType>Cancel</msgType>" in cancel
    assert ",a-1-v1-kr," in cancel
    assert "allium" not in cancel
    assert feeds.message("kr", "a-1-v1-kr") is None


def test_such_a_cancel_is_as_new_as_the_moment_the_desk_was_told(system):
    one = replace(told(1, 1), **NARROW)
    two = replace(later(one), updated_at=one.updated_at)
    store(system.repository.engine, one, two)
    with system.repository.engine.begin() as connection:
        second = update(outbox).where(outbox.c.alert_version == 2)
        connection.execute(second.values(created_at=NOON + timedelta(hours=50)))
    feeds = StoredFeeds(system)
    assert names(feeds.archive("kr", "2023-07-05", "").body) == ["a-1-v1-kr-taken-back"]
    assert names(feeds.archive("kr", "2023-07-03", "").body) == []


def test_version_that_says_to_a_desk_that_nothing_is_left_takes_back_the_earlier_one(system):
    narrow = {"marking": Marking.RED, "release_to": frozenset({"US"})}
    one = replace(told(1, 1), **narrow)
    two = later(one)
    gone = recalled(two, marking=Marking.CLEAR, release_to=None)
    store(system.repository.engine, one, replace(two, tearlines=(("kr", gone),)))
    feeds = StoredFeeds(system)
    assert names(feeds.feed("kr", "").body) == ["a-1-v2-kr"]
    cancel = feeds.message("kr", "a-1-v2-kr").body.decode()
    assert "<msgType>Cancel</msgType>" in cancel
    assert ",a-1-v1-kr," in cancel


def test_version_built_of_what_is_left_takes_back_what_the_whole_one_said(system):
    one = replace(told(1, 1), **NARROW)
    left = replace(told(1, 119, version=2), differences=(RECALLED,))
    store(system.repository.engine, one, later(one, tearlines=(("kr", left),)))
    feeds = StoredFeeds(system)
    assert names(feeds.feed("kr", "").body) == ["a-1-v2-kr"]
    assert ",a-1-v1-kr," in feeds.message("kr", "a-1-v2-kr").body.decode()


def test_desk_with_a_version_of_its_own_has_that_one_taken_back(system):
    own = replace(told(1, 1), **NARROW)
    one = replace(own, tearlines=(("jp", own), ("kr", own)))
    told_then = replace(later(own), tearlines=(("jp", own), ("kr", later(own))), differences=())
    store(system.repository.engine, one, told_then)
    assert names(StoredFeeds(system).feed("kr", "").body) == ["a-1-v1-kr-taken-back"]


def test_what_the_feed_never_gave_out_is_not_taken_back(system):
    one = replace(told(1, 1), **NARROW)
    store(system.repository.engine, one, later(one, differences=(TWO_TO_ONE,)))
    assert names(StoredFeeds(system).feed("kr", "").body) == []


def test_where_a_note_was_kept_no_later_version_is_asked(system):
    note = Narrowing(version=2, at=NOON + timedelta(hours=50), marking=Marking.RED, release_to=None)
    one = replace(told(1, 1), narrowings=(note,), **NARROW)
    store(system.repository.engine, one, later(one, 51, narrowings=()), later(one, 119, 3, narrowings=()))
    assert names(StoredFeeds(system).feed("kr", "").body) == []


@pytest.mark.parametrize("release_to", [None, frozenset(), frozenset({"KR"}), frozenset({"JP", "KR"})])
def test_a_handling_is_read_as_it_was_written(release_to):
    for marking in Marking:
        alert = replace(told(1, 1), marking=marking, release_to=release_to)
        assert handling_said(handling(alert)) == (marking, release_to)


@pytest.mark.parametrize("desk_id", ["kr", "kr-vienna", "v2", "kr-v1", "kr-taken-back", "back"])
def test_message_is_known_by_its_name_whatever_its_desk_is_called(system, desk_id):
    desk = next(one for one in system.book().desks if one.id == "kr").model_copy(update={"id": desk_id})
    for name in (f"a-1-v12-{desk_id}", f"a-1-v12-{desk_id}-taken-back"):
        assert alert_named(name, desk) == "a-1"
    assert [alert_named(name, desk) for name in ("nonsense", f"a-1-{desk_id}", "a-1-v1-jp")] == [None] * 3
