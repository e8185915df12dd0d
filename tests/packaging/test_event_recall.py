"""Recall by event: the arithmetic on small values, and the labels of events: complete, and none without a document."""

import csv
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bench.event_tables import Event, Story, Telling, covered, delays, kind_missed, of_part, shares, stories

LABELS = Path(__file__).parents[2] / "bench" / "labels"
BAN = Event(key="cn-ban", actors=frozenset({"CN"}), act="ban", directions=frozenset({"tightening"}))
SIGNAL = {"direction": "tightening", "actors": ["CN", "US"]}
EASED = {"direction": "easing", "actors": ["CN"]}
OTHERS = {"direction": "tightening", "actors": ["US"]}


def telling(number: int, day: int | None, *fired: dict, part: str = "", language: str = "en") -> Telling:
    return Telling(
        document=("asia", number),
        day=date(2025, 10, day) if day else None,
        language=language,
        parts=frozenset({part} - {""}),
        fired=fired,
    )


def story(*tellings: Telling) -> Story:
    return stories([BAN], [("cn-ban", one) for one in tellings])[0]


def rows(name: str) -> list[dict[str, str]]:
    with (LABELS / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize(("fired", "told"), [(SIGNAL, True), (EASED, False), (OTHERS, False)])
def test_an_event_is_told_by_a_signal_of_its_direction_and_of_its_actor_alone(fired, told):
    one = story(telling(1, 9, fired))
    assert (one.told, one.fired) == (told, True)


def test_delay_counts_from_the_first_telling_to_the_first_right_signal():
    days = telling(4, 15, SIGNAL), telling(3, 13, SIGNAL), telling(1, 9), telling(2, 10, EASED)
    one = story(*days, telling(5, None, SIGNAL))
    assert one.delay_days == 4
    assert [t.document[1] for t in one.tellings] == [1, 2, 3, 4, 5]


def test_an_event_that_only_undated_documents_tell_has_no_delay():
    one = story(telling(1, None, SIGNAL), telling(2, 9))
    assert (one.told, one.delay_days) == (True, None)
    assert delays([one, story(telling(1, 9))])["no date"] == 1


@pytest.mark.parametrize(
    ("day", "named"), [(9, "same day"), (10, "1 day"), (12, "2-3 days"), (13, "4-14 days"), (24, "later")]
)
def test_delays_are_named_by_their_bounds(day, named):
    found = delays([story(telling(1, 9), telling(2, day, SIGNAL))])
    assert {name: number for name, number in found.items() if number} == {named: 1}


def test_a_missed_document_is_covered_by_another_that_tells_the_event_before_or_so_many_days_after():
    later = story(telling(1, 9, part="blind"), telling(2, 12, SIGNAL))
    before = story(telling(3, 9, part="blind"), telling(4, 7, SIGNAL))
    wrongly = story(telling(5, 9, part="blind"), telling(6, 9, EASED))
    assert covered([later, before, wrongly], "blind") == (3, 3, {0: 1, 1: 1, 3: 2})


def test_a_document_of_two_events_is_counted_once():
    other = Event(key="cn-list", actors=BAN.actors, act="listing", directions=BAN.directions)
    one = telling(1, 9, part="held")
    both = stories([BAN, other], [("cn-ban", one), ("cn-list", one), ("cn-list", telling(2, 9, SIGNAL))])
    assert covered(both, "held") == (1, 1, {0: 1, 1: 1, 3: 1})


def test_a_document_on_which_anything_interrupts_is_no_missed_one():
    assert covered([story(telling(1, 9, EASED, part="tune"))], "tune") == (1, 0, {0: 0, 1: 0, 3: 0})


def test_shares_and_parts_count_the_events_of_a_part():
    ours = story(telling(1, 9, SIGNAL, part="held", language="ja"))
    missed = story(telling(2, 9, part="held", language="zh"), telling(3, 8, language="en"))
    theirs = story(telling(4, 9, part="blind"))
    some = of_part([ours, missed, theirs], "held")
    assert some == [ours, missed]
    assert shares(some, lambda one: one.first("held").language) == {"ja": (1, 1), "zh": (0, 1)}


@pytest.mark.parametrize(
    ("concepts", "kind"),
    [
        (["act:ban", "material:gallium"], "other"),
        (["act:ban", "actor:CN"], "no watched good named"),
        (["material:gallium", "cue:impose"], "no trade word named"),
        ([], "no trade word named"),
    ],
)
def test_a_missed_event_is_sorted_by_what_its_documents_name(concepts, kind):
    assert kind_missed(concepts) == kind


def test_every_event_is_told_by_a_document_and_every_document_tells_a_known_event():
    keys = [row["event"] for row in rows("events.csv")]
    told = rows("events_documents.csv")
    assert len(keys) == len(set(keys))
    assert {row["event"] for row in told} == set(keys)
    assert {row["tells"] for row in told} == {"main", "beside"}
    assert len({(row["file"], row["line"], row["event"]) for row in told}) == len(told)


def test_every_sure_event_of_the_blind_labels_as_settled_has_an_event_key():
    named = {(row["file"], row["line"]) for row in rows("events_documents.csv") if row["tells"] == "main"}
    sure = {
        (path.stem, row["line"])
        for path in (LABELS / "second_blind").glob("*.csv")
        for row in rows(f"second_blind/{path.name}")
        if row["agreed"] == "event" and row["agreed_sure"] == "yes"
    }
    assert len(sure) == 130
    assert sure <= named


def test_the_script_says_plainly_that_the_documents_are_not_at_hand(tmp_path):
    done = subprocess.run(
        [sys.executable, str(LABELS.parent / "event_recall.py")],
        env=os.environ | {"EWS_SHARED_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert (
        done.stderr == f"No documents under {tmp_path}: set EWS_SHARED_DATA to the folder that holds news/.\n"
    )
