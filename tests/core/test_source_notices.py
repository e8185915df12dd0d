"""What operators are told of a source: a change that lasts, once; nothing of what passes by itself."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from warning.core.health import SourceReport, SourceState, is_well, report_id
from warning.core.source_notices import SourceNotice, notice_due, settling
from warning.core.spells import Spell, at, spells_of

START = datetime(2026, 2, 1, tzinfo=UTC)
EVERY = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


def report(condition: str, minute: int, cause: str = "") -> SourceReport:
    when = START + minute * MINUTE
    return SourceReport(
        id=report_id("s", condition, when),
        source_id="s",
        condition=condition,
        cause=cause,
        since=when,
        known_at=when,
    )


def told_over(changes: list[tuple[int, str]], until: int, step: int = 5) -> list[SourceNotice]:
    """Ask every `step` minutes while the source changes at the minutes given; return what was told."""
    notices: list[SourceNotice] = []
    for minute in range(0, until, step):
        past = [change for change in changes if change[0] <= minute]
        reports = [report(condition, when) for when, condition in past]
        since = START + past[-1][0] * MINUTE
        state = SourceState(
            source_id="s", condition=past[-1][1], since=since, cause="why", last_success_at=START
        )
        spells = spells_of(reports)
        due = notice_due(state, spells, notices[-1] if notices else None, EVERY, START + minute * MINUTE)
        if due is not None:
            notices.append(due)
    return notices


def words(notices: list[SourceNotice]) -> list[str]:
    return [notice.condition for notice in notices]


def test_a_failure_that_lasts_is_told_once_and_so_is_its_end():
    notices = told_over([(0, "ok"), (60, "failing"), (300, "ok")], 600)
    assert words(notices) == ["failing", "ok"]
    assert notices[1].since == START + 60 * MINUTE
    assert notices[1].cause == "failing"


def test_a_failure_that_passes_by_itself_is_not_told():
    assert told_over([(0, "ok"), (60, "failing"), (75, "ok")], 600) == []


def test_another_trouble_is_told_with_the_begin_of_the_first():
    notices = told_over([(0, "ok"), (60, "failing"), (200, "blocked")], 600)
    assert words(notices) == ["failing", "blocked"]
    assert notices[1].since == START + 60 * MINUTE


def test_an_unsteady_source_is_told_once_until_it_has_found_its_state():
    flapping = [(n * 40, "failing" if n % 2 else "ok") for n in range(20)]
    notices = told_over(flapping, 900)
    assert words(notices).count("unsteady") == 1
    assert len(notices) <= 5
    steady = told_over([*flapping, (800, "ok")], 3_000)
    assert words(steady)[-1] == "ok"


def test_a_key_that_was_never_set_is_no_news_and_one_that_went_missing_is():
    state = SourceState(
        source_id="s", condition="unconfigured", since=START, cause="WARNING_KEY_X is not set"
    )
    later = START + timedelta(days=1)
    assert notice_due(state, (), None, EVERY, later) is None
    lost = SourceState(source_id="s", condition="unconfigured", since=START, last_success_at=START)
    assert notice_due(lost, (), None, EVERY, later).condition == "unconfigured"


def test_slow_sources_settle_longer_within_bounds():
    assert settling(timedelta(minutes=1)) == timedelta(minutes=20)
    assert settling(timedelta(hours=1)) == timedelta(hours=2)
    assert settling(timedelta(days=30)) == timedelta(hours=6)


def test_late_items_are_told_with_the_recovery():
    state = SourceState(
        source_id="s", condition="not_modified", since=START, late_items=3, last_success_at=START
    )
    before = SourceNotice(source_id="s", condition="blocked", cause="captcha", since=START, told_at=START)
    notice = notice_due(state, (), before, EVERY, START + timedelta(hours=1))
    assert (notice.condition, notice.late_items, notice.cause) == ("ok", 3, "blocked")


CONDITIONS = ["ok", "not_modified", "failing", "blocked", "drifted"]


@given(st.lists(st.tuples(st.integers(1, 90), st.sampled_from(CONDITIONS)), min_size=1, max_size=25))
def test_whatever_a_source_does_no_two_notices_in_a_row_say_the_same(steps):
    minute, changes = 0, [(0, "ok")]
    for wait, condition in steps:
        minute += wait
        if condition != changes[-1][1]:
            changes.append((minute, condition))
    notices = told_over(changes, minute + 1_500, step=10)
    said = words(notices)
    assert all(one != other for one, other in pairwise(said))
    last = "ok" if is_well(changes[-1][1]) else changes[-1][1]
    assert (said[-1] if said else "ok") == last  # after a day of rest everybody knows how it is


def test_reports_become_spells_and_health_is_one_spell_whatever_the_answer():
    reports = [
        report("ok", 0),
        report("not_modified", 10),
        report("failing", 20, "a"),
        report("failing", 40, "b"),
        report("ok", 60),
    ]
    spells = spells_of(reports)
    assert [(s.condition, s.cause) for s in spells] == [("ok", ""), ("failing", "b"), ("ok", "")]
    assert spells[1].lasted(START) == 40 * MINUTE
    assert spells[-1].until is None
    assert at(spells, START + 30 * MINUTE) == spells[1]
    assert at(spells, START - MINUTE) is None
    assert isinstance(spells[0], Spell)
