"""Headlines as the press writes them, in four languages, with the event or the quiet a desk wants.

One line each: language | country | published | title | summary; a line with # says something of the file. Wording ours,
events and lookalikes of 2019 to 2026.
"""

from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from warning.catalog.load import load_rulebook
from warning.core.detect.text import detect_text
from warning.core.evidence import Item, Window
from warning.core.signals import Signal

ROOT = Path(__file__).parents[2]
PROBES = Path(__file__).parent / "probes"


@cache
def interrupting(name: str) -> dict[str, list[Signal]]:
    """The interrupting signals of every line of a file, by title."""
    lines = (PROBES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    items = tuple(item(number, line) for number, line in enumerate(lines) if not line.startswith("#"))
    now = max(item.known_at for item in items)
    window = Window(items=items, observations=(), listing_changes=(), fresh=frozenset(i.id for i in items))
    book = load_rulebook(ROOT / "rules", ROOT / "feeds")
    found: dict[str, list[Signal]] = {item.title: [] for item in items}
    for signal in detect_text(book, window.as_known(now), now)[0]:
        if signal.interrupts:
            found[signal.exhibit.title].append(signal)
    return found


def item(number: int, line: str) -> Item:
    language, country, day, title, summary, *_ = line.split("|")
    known = datetime.fromisoformat(f"{day}T06:00:00+00:00")
    return Item(
        id=str(number), source_id="press", kind="news", country=country, language=language, title=title,
        summary=summary, published_at=known, known_at=known,
    )  # fmt: skip


def test_press_report_of_an_event_fires():
    assert [title for title, signals in interrupting("events").items() if not signals] == []


def test_talk_deals_markets_and_denials_stay_quiet():
    assert [title for title, signals in interrupting("quiet").items() if signals] == []


def test_remarks_on_an_act_that_stands_stay_quiet():
    assert [title for title, signals in interrupting("remarks").items() if signals] == []


def test_no_report_of_an_event_is_a_mere_mention():
    acts = {s.facts.act for signals in interrupting("events").values() for s in signals}
    assert "mention" not in acts


def test_control_that_comes_back_into_force_is_told_as_tightening_alone():
    told = {title: {s.facts.direction for s in signals} for title, signals in interrupting("returns").items()}
    assert {title: directions for title, directions in told.items() if directions != {"tightening"}} == {}


def test_relief_for_one_and_a_ban_for_another_are_both_told_each_with_its_own_goods():
    lines = (PROBES / "both_ways.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split("|") for line in lines if not line.startswith("#")]
    wanted = {
        title: {("easing", tuple(eased.split(","))), ("tightening", tuple(banned.split(",")))}
        for _, _, _, title, _, eased, banned in fields
    }
    told = {
        title: {(s.facts.direction, s.facts.materials) for s in signals}
        for title, signals in interrupting("both_ways").items()
    }
    assert told == wanted


def test_act_told_behind_another_states_is_told_as_its_own_states_alone_with_its_goods():
    lines = (PROBES / "acts_behind.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split("|") for line in lines if not line.startswith("#")]
    wanted = {title: {((actor,), tuple(goods.split(",")))} for _, _, _, title, _, actor, goods in fields}
    told = {
        title: {(s.facts.actors, s.facts.materials) for s in signals}
        for title, signals in interrupting("acts_behind").items()
    }
    assert told == wanted


def test_each_act_of_a_headline_is_laid_to_who_does_it_and_never_to_whom_it_hits():
    lines = (PROBES / "second_acts.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split("|") for line in lines if not line.startswith("#")]
    wanted = {title: set(actors.split(",")) for _, _, _, title, _, actors in fields}
    told = {
        title: {actor for s in signals for actor in s.facts.actors}
        for title, signals in interrupting("second_acts").items()
    }
    assert told == wanted


def test_headline_that_leaves_its_own_government_unsaid_is_told_as_its_act_against_whom_it_names():
    lines = (PROBES / "unsaid.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split("|") for line in lines if not line.startswith("#")]
    wanted = {title: {((actor,), (hit,) if hit else ())} for _, _, _, title, _, actor, hit in fields}
    told = {
        title: {(s.facts.actors, s.facts.targets) for s in signals}
        for title, signals in interrupting("unsaid").items()
    }
    assert told == wanted


def test_relief_beside_the_end_of_fees_probes_or_one_more_curb_is_told_as_relief_alone():
    told = {
        title: {s.facts.direction for s in signals} for title, signals in interrupting("relief_alone").items()
    }
    assert {title: way for title, way in told.items() if way != {"easing"}} == {}


def test_hold_up_and_ban_stand_beside_what_others_let_go_and_delays_that_end():
    told = {title: {s.facts.direction for s in signals} for title, signals in interrupting("held_up").items()}
    assert [title for title, ways in told.items() if "tightening" not in ways] == []


def test_ban_that_stops_trade_is_never_told_as_relief():
    told = {
        title: {s.facts.direction for s in signals} for title, signals in interrupting("ban_stops").items()
    }
    assert {title: way for title, way in told.items() if "easing" in way} == {}


def test_curb_that_a_body_agrees_to_is_told_as_tightening_alone():
    told = {
        title: {s.facts.direction for s in signals}
        for title, signals in interrupting("bans_approved").items()
    }
    assert {title: way for title, way in told.items() if way != {"tightening"}} == {}


def test_consent_to_goods_permits_and_the_end_of_a_curb_is_told_as_relief():
    told = {
        title: {s.facts.direction for s in signals}
        for title, signals in interrupting("ends_approved").items()
    }
    assert {title: way for title, way in told.items() if way != {"easing"}} == {}


def test_years_told_in_words_date_what_they_say():
    lines = (PROBES / "years.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split("|") for line in lines if not line.startswith("#")]
    wanted = {title: {(effective, expires)} for _, _, _, title, _, effective, expires in fields}
    told = {
        title: {(str(s.facts.effective or ""), str(s.facts.expires or "")) for s in signals}
        for title, signals in interrupting("years").items()
    }
    assert told == wanted


@pytest.mark.parametrize(
    "word", ["pauses", "shelves", "lifts", "extends suspension", "停止", "유예", "暂停实施", "까지 중단"]
)
def test_report_of_relief_opens_no_tightening_alert(word):
    told = {title: signals for title, signals in interrupting("events").items() if word in title}
    relief = [t for t, signals in told.items() if any(s.facts.direction == "easing" for s in signals)]
    assert relief
    assert {s.facts.direction for title in relief for s in told[title]} == {"easing"}


def test_hold_that_ends_fires_as_an_easing_alone():
    directions = {
        title: {s.facts.direction for s in signals} for title, signals in interrupting("holds_ended").items()
    }
    assert {title: found for title, found in directions.items() if found != {"easing"}} == {}
