"""A figure that is revised long after it was news: what was told of it is corrected, and nothing else is said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.core.build import TABLE, TERMS, desk
from tests.core.series_samples import DROP, rule
from warning.app.backtesting import backtest_replay
from warning.app.told_figures import ToldFigures
from warning.core.alerts import Alert
from warning.core.assess import Assessment, compose, decide, notice
from warning.core.evidence import Observation, observation_id, period_end
from warning.core.joinable import joinable
from warning.core.old_news import CORRECTION_DAYS
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import standing_by_rule
from warning.core.signals import WITHDRAWN, Signal
from warning.core.vocabulary import Severity
from warning.store.engine import open_engine
from warning.store.ledger_file import LedgerFile
from warning.store.repository import Repository
from warning.store.resident import Resident

FIRST, LAST = date(2022, 2, 1), date(2023, 12, 31)
FELL, FALLEN, USUAL = "2022-08", 22.0, 100.0
ANNUAL = datetime(2023, 6, 20, tzinfo=UTC)
"""When the year is published anew: ten months after the month that fell."""

BOOK = Rulebook(
    rules=(
        rule({**DROP, "fall_ratio": 0.9}, id="deeper", severity="severe"),
        rule(DROP, id="fall", severity="minor"),
    ),
    terms=TERMS,
    policy=Policy(severity=TABLE),
    desks=(desk("jp", "JP", threshold=Severity.MINOR), desk("kr", "KR", threshold=Severity.EXTREME)),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The alerts that a replay comes to, and what desks are owed of them: (version, desk, reason)."""

    alerts: Sequence[Alert]
    owed: Sequence[tuple[int, str, str]]

    @property
    def told(self) -> list[tuple[str, str, str]]:
        (alert,) = self.alerts
        return [(d.code, d.before, d.after) for d in alert.differences]


def figure(period: str, value: float, known_at: datetime | None = None) -> Observation:
    return Observation(
        id=observation_id("gacc", "ga-JP", period, value), source_id="gacc", series_id="ga-JP",
        material="gallium", measure="export_quantity", reporter="CN", partner="JP", hs_code="811292",
        unit="kg", frequency="M", period=period, value=value,
        known_at=known_at or period_end(period) + timedelta(days=20),
    )  # fmt: skip


def month(number: int) -> str:
    return f"{2022 + number // 12}-{number % 12 + 1:02d}"


PUBLISHED = tuple(figure(month(at), FALLEN if month(at) == FELL else USUAL) for at in range(20))
"""Twenty months as they came first: usual trade but for the month that fell."""


def replayed(
    *revisions: Observation,
    book: Rulebook = BOOK,
    last: date = LAST,
    published: Sequence[Observation] = PUBLISHED,
) -> Outcome:
    steps: list[Assessment] = []
    records = [*published, *revisions]
    alerts = backtest_replay(book, records, first=FIRST, last=last, watch=steps.append).alerts
    owed = [(d.alert_version, d.desk_id, d.reason) for one in steps for d in one.deliveries]
    return Outcome(alerts=tuple(alerts.values()), owed=owed)


def lived(
    *revisions: Observation,
    url: str,
    resident: Resident | Path | None,
    published: Sequence[Observation] = PUBLISHED,
    stored_first: Sequence[Observation] = (),
    book: Rulebook = BOOK,
) -> Outcome:
    """The same as the service does it, on the days on which something comes.

    With a folder each day is a process of its own, that begins with the figures that the one before kept there.
    """
    repository = Repository(open_engine(url))
    repository.add_observations(stored_first)
    left = sorted([*published, *revisions], key=lambda one: (one.known_at, one.id))
    owed: list[tuple[int, str, str]] = []
    while left:
        midnight = datetime.combine(left[0].known_at.date(), datetime.min.time(), tzinfo=UTC)
        as_of = midnight if left[0].known_at == midnight else midnight + timedelta(days=1)
        today = [one for one in left if one.known_at <= as_of]
        left = left[len(today) :]
        repository.add_observations(today)
        holds = kept_in(resident) if isinstance(resident, Path) else resident
        window = repository.unassessed(book.needs(), as_of, 10_000, holds)
        sensed = compose(book, notice(book, window, (), as_of), as_of)
        state = repository.state_for(joinable(book, sensed.signals, as_of))
        assessment = decide(book, sensed, state, as_of)
        repository.commit_assessment(assessment, window, book_version=book.version)
        owed += [(d.alert_version, d.desk_id, d.reason) for d in assessment.deliveries]
        if isinstance(resident, Path):
            repository.unassessed(book.needs(), as_of, 10_000, holds)
    alerts = tuple(repository.alerts())
    repository.engine.dispose()
    return Outcome(alerts=alerts, owed=owed)


def kept_in(folder: Path) -> Resident:
    return Resident(LedgerFile(folder), worth_keeping=1, may_lack=0)


@pytest.mark.parametrize("keeps", [False, True], ids=["command", "service"])
@pytest.mark.parametrize("value", [95.0, 5.0])
def test_service_and_replay_correct_alike(value: float, keeps: bool, sqlite_url: str):
    revisions = figure(FELL, value, ANNUAL), figure("2022-11", 2.0, ANNUAL)
    assert lived(*revisions, url=sqlite_url, resident=Resident() if keeps else None) == replayed(*revisions)


def test_an_alert_is_cancelled_for_its_desks_when_its_collapse_is_revised_away_ten_months_later():
    found = replayed(figure(FELL, 95.0, ANNUAL))
    assert found.told == [("corrected", "2022-08: 22 kg", "2022-08: 95 kg")]
    assert found.alerts[0].state == "cancelled"
    assert found.owed == [(1, "jp", "first"), (2, "jp", "update")]


def test_an_alert_is_raised_when_its_figure_turns_out_far_lower_ten_months_later():
    found = replayed(figure(FELL, 5.0, ANNUAL))
    (alert,) = found.alerts
    assert found.told == [("corrected", "2022-08: 22 kg", "2022-08: 5 kg")]
    assert (alert.severity, alert.state) == (Severity.SEVERE, "open")
    assert found.owed == [(1, "jp", "first"), (2, "jp", "escalated")]


def test_a_late_revision_of_a_figure_that_no_alert_rests_on_is_silent():
    found = replayed(figure("2022-11", 2.0, ANNUAL), figure("2022-12", 0.0, ANNUAL))
    assert [alert.version for alert in found.alerts] == [1]
    assert found.owed == [(1, "jp", "first")]


def test_a_year_revised_as_a_whole_takes_back_what_the_figures_of_its_own_no_longer_say():
    year = [figure(month(at), 40.0, ANNUAL) for at in range(1, 7)]
    found = replayed(*year, figure(FELL, 35.0, ANNUAL))
    assert found.told == [("corrected", "2022-08: 22 kg", "2022-08: 35 kg")]
    assert found.alerts[0].state == "cancelled"


def test_an_alert_stands_where_the_month_before_is_revised_to_have_fallen_too():
    book = _with(rearm_points=3)
    found = replayed(figure("2022-07", 20.0, ANNUAL), figure(FELL, 21.0, ANNUAL), book=book)
    assert [(alert.version, alert.state) for alert in found.alerts] == [(1, "open")]
    assert len(found.owed) == 1


def test_a_fall_that_is_revised_to_nothing_at_all_is_not_taken_back_and_neither_is_it_forgotten():
    book, nothing = _with(zero_chance=0.001), figure(FELL, 0.0, ANNUAL)
    found = replayed(nothing, book=book)
    assert found.told == [("corrected", "2022-08: 22 kg", "2022-08: 0 kg")]
    assert found.alerts[0].state == "open"
    found = replayed(nothing, figure(FELL, 95.0, ANNUAL + timedelta(days=90)), book=book)
    assert found.told == [("corrected", "2022-08: 0 kg", "2022-08: 95 kg")]


SUPPRESSED = replace(figure(FELL, 0.0), value=None, id=observation_id("gacc", "ga-JP", FELL, None))
IN_PIECES = replace(figure(FELL, FALLEN), unit="items")
SOON = period_end(FELL) + timedelta(days=50)


@pytest.mark.parametrize("hidden", [SUPPRESSED, IN_PIECES], ids=["suppressed", "in pieces"])
def test_a_figure_that_nobody_can_read_any_more_takes_nothing_back_and_its_next_one_may(hidden: Observation):
    late = replace(hidden, known_at=ANNUAL)
    assert [alert.state for alert in replayed(late).alerts] == ["open"]
    assert [alert.state for alert in replayed(replace(hidden, known_at=SOON)).alerts] == ["open"]
    found = replayed(late, figure(FELL, 95.0, ANNUAL + timedelta(days=90)))
    assert found.told[0][2] == "2022-08: 95 kg"
    assert any(reason.code == WITHDRAWN for reason in found.alerts[0].why)


def test_the_desks_of_an_alert_are_told_late_that_its_cell_was_suppressed():
    found = replayed(replace(SUPPRESSED, known_at=ANNUAL))
    assert found.told == [("corrected", "2022-08: 22 kg", "2022-08: a suppressed cell")]
    assert found.owed == [(1, "jp", "first"), (2, "jp", "update")]


def test_a_year_republished_in_a_unit_that_nothing_converts_cancels_no_alert():
    year = [replace(point, unit="kg (net)", known_at=ANNUAL) for point in PUBLISHED if point.period < "2023"]
    assert [alert.state for alert in replayed(*year).alerts] == ["open"]


@pytest.mark.parametrize("keeps", [False, True], ids=["command", "service"])
@pytest.mark.parametrize("hidden", [SUPPRESSED, IN_PIECES], ids=["suppressed", "in pieces"])
@pytest.mark.parametrize("at", [SOON, ANNUAL], ids=["on time", "late"])
def test_service_and_replay_keep_what_is_hidden_alike(
    hidden: Observation, at: datetime, keeps: bool, sqlite_url: str
):
    revisions = replace(hidden, known_at=at), figure(FELL, 95.0, ANNUAL + timedelta(days=90))
    assert lived(*revisions, url=sqlite_url, resident=Resident() if keeps else None) == replayed(*revisions)


def test_a_late_revision_that_changes_little_tells_nobody_and_the_next_one_is_looked_at_all_the_same():
    little = figure(FELL, 21.0, ANNUAL)
    assert len(replayed(little).owed) == 1
    found = replayed(little, figure(FELL, 95.0, ANNUAL + timedelta(days=90)))
    assert found.told == [("corrected", "2022-08: 21 kg", "2022-08: 95 kg")]
    assert found.owed[1:] == [(2, "jp", "update")]


def test_what_one_rule_takes_back_is_no_end_where_another_still_holds_on_the_figure():
    deep = [figure(FELL, 5.0, period_end(FELL) + timedelta(days=50))]
    found = replayed(*deep, figure(FELL, 20.0, ANNUAL))
    assert found.told == [("corrected", "2022-08: 5 kg", "2022-08: 20 kg")]
    assert found.alerts[0].state == "open"


def test_a_late_correction_keeps_no_alert_alive_for_the_next_collapse():
    anew = figure("2023-05", 2.0, ANNUAL + timedelta(days=1))
    others = tuple(one for one in PUBLISHED if one.period != "2023-05")
    found = replayed(figure(FELL, 5.0, ANNUAL), anew, published=others)
    first, second = sorted(found.alerts, key=lambda alert: alert.opened_at)
    assert first.last_evidence_at == next(one.known_at for one in PUBLISHED if one.period == FELL)
    assert second.opened_at == anew.known_at


def test_a_late_revision_is_no_event_of_a_sequence_and_what_it_corrects_is_one():
    told: list[Signal] = []
    records = [*PUBLISHED, figure(FELL, 5.0, ANNUAL)]
    backtest_replay(BOOK, records, first=FIRST, last=LAST, watch=lambda one: told.extend(one.signals))
    assert sorted((one.rule_id, bool(one.joins)) for one in told) == [
        ("deeper", True),
        ("fall", False),
        ("fall", True),
    ]
    assert list(standing_by_rule(told).values()) == [[told[0]]]


@pytest.mark.parametrize(("days", "versions"), [(-1, [1, 2]), (1, [1])])
def test_a_figure_is_looked_after_for_so_long_and_no_longer(days: int, versions: list[int]):
    at = period_end(FELL) + timedelta(days=CORRECTION_DAYS["M"] + days)
    newer = (figure(month(number), USUAL) for number in range(20, 40))
    came = [one for one in newer if one.known_at < at]
    found = replayed(*came, figure(FELL, 95.0, at), last=at.date())
    assert [version for version, _, _ in found.owed] == versions


def test_what_is_no_longer_looked_after_takes_no_room_in_a_replay():
    book, steps = replace(BOOK, rules=(rule(DROP, select={"frequencies": ["M"]}),)), []
    backtest_replay(book, PUBLISHED, first=FIRST, last=LAST, watch=steps.append)
    told, end = ToldFigures(book), period_end(FELL)
    told.keep((signal for one in steps for signal in one.signals), end)
    assert len(told) == 1
    told.keep((), end + timedelta(days=700))
    assert len(told) == 1
    told.keep((), end + timedelta(days=800))
    assert len(told) == 0


def _with(*, zero_chance: float = 0.08, rearm_points: int = 0) -> Rulebook:
    test = {**DROP, "zero_chance": zero_chance}
    return replace(BOOK, rules=(rule(test, id="fall", severity="minor", rearm_points=rearm_points),))
