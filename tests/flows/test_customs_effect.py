"""A control from its announcement to what the customs see of it, by the shipped rules and through the store; and the step that stays away."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from warning.app.assessing import assess_new
from warning.app.compose import compose
from warning.core.chains import case_of
from warning.core.evidence import Item, Observation, observation_id, period_end
from warning.core.health import SourceReport, report_id
from warning.resources import tree
from warning.settings import Settings

ANNOUNCED = datetime(2023, 7, 3, 11, tzinfo=UTC)
IN_EFFECT = date(2023, 8, 1)
NOTICE = Item(
    id="i-00000000000000aa", source_id="cn-mofcom-announcements", kind="regulatory", country="CN", language="zh",
    title="商务部 海关总署公告2023年第23号 关于对镓、锗相关物项实施出口管制的公告",
    body="决定对镓、锗相关物项实施出口管制。本公告自2023年8月1日起正式实施。",
    url="https://example.org/23", published_at=ANNOUNCED, known_at=ANNOUNCED,
)  # fmt: skip


class Year:
    """The service's assessments of 2023, with the figures and the answers of sources as they become known."""

    def __init__(self, home: Path, url: str, rules: Path) -> None:
        self.now = ANNOUNCED - timedelta(days=1)
        settings = Settings(home=home, database_url=url, rules_dir=rules)
        self.system = compose(settings, clock=lambda: self.now)
        self.store = self.system.repository

    def on(self, now: datetime, *, reads: bool = True):
        """Assess at a time; every source has just been read, or none."""
        self.now = now
        if reads:
            self.store.add_reports(
                SourceReport(
                    id=report_id(source, "ok", now), source_id=source, condition="ok", since=now, known_at=now
                )
                for source in ("cn-mofcom-announcements", "cn-gacc-releases")
            )
        assess_new(self.system)
        return self.alert

    def figures(self, first: int, last: int, kilograms: float) -> None:
        """Months of China's exports under the code, counted from January 2022, each known 20 days after its end."""
        self.store.add_observations([_figure(month, kilograms) for month in range(first, last)])

    @property
    def alert(self):
        (found,) = [a for a in self.store.alerts() if a.facts.instrument == "MOFCOM-GACC 2023/23"] or [None]
        return found

    def case(self):
        book = self.system.book()
        return case_of(self.alert, book.chains, book.measures, self.now.date())

    def told(self) -> list[tuple[int, str, str]]:
        return [
            (version.version, d.code, d.before)
            for version in self.store.alert_versions(self.alert.key)
            for d in version.differences
        ]


def _figure(month: int, kilograms: float) -> Observation:
    period = f"{2022 + month // 12}-{month % 12 + 1:02d}"
    ended = period_end(period)
    return Observation(
        id=observation_id("comtrade-cn-exports-gallium-germanium", "cn-811292-wld", period, kilograms),
        source_id="comtrade-cn-exports-gallium-germanium", series_id="cn-811292-wld", material="gallium",
        measure="export_quantity", reporter="CN", partner="WLD", hs_code="811292", unit="kg", frequency="M",
        period=period, value=kilograms, known_at=ended + timedelta(days=20),
    )  # fmt: skip


@pytest.fixture
def year(tmp_path: Path, sqlite_url: str):
    rules = tmp_path / "rules"
    shutil.copytree(tree("rules"), rules, ignore=shutil.ignore_patterns("measures", "tests"))
    opened = Year(tmp_path / "home", sqlite_url, rules)
    yield opened
    opened.system.close()


def test_control_goes_from_its_notice_over_its_day_of_effect_to_the_figures_that_bear_it_out(year):
    year.figures(0, 17, 9000.0)
    year.on(ANNOUNCED - timedelta(hours=1))
    year.store.add_items([NOTICE])
    year.on(ANNOUNCED)
    assert [s.step for s in year.case().stages] == ["announced", "gazetted"]
    year.on(datetime(2023, 8, 2, 3, tzinfo=UTC))
    assert (year.case().stands_at.step, year.case().expected.step) == ("in_effect", "customs_effect")
    year.figures(17, 19, 9000.0)
    year.on(datetime(2023, 8, 21, tzinfo=UTC))
    year.figures(19, 20, 40.0)
    year.on(datetime(2023, 9, 21, tzinfo=UTC))
    rules = {alert.rule_id for alert in year.store.alerts()}
    assert "confirmation" in {code for _, code, _ in year.told()}, (rules, year.told())
    stage = year.case().stages[-1]
    assert (stage.step, stage.shown_by) == ("customs_effect", year.alert.exhibits[-1].source_title)
    assert "confirmation" in {code for _, code, _ in year.told()}
    year.on(datetime(2023, 9, 27, tzinfo=UTC))
    assert "late" not in {code for _, code, _ in year.told()}, "the step has come: nothing is late"


def test_figures_that_stay_away_after_the_day_of_effect_are_told_as_late_once_the_source_was_read(year):
    year.store.add_items([NOTICE])
    year.on(ANNOUNCED)
    year.on(datetime(2023, 8, 2, 3, tzinfo=UTC))
    assert year.case().due == IN_EFFECT + timedelta(days=55)
    year.on(datetime(2023, 9, 25, 12, tzinfo=UTC))
    assert "late" not in {code for _, code, _ in year.told()}, "its last day is not over"
    year.on(datetime(2023, 9, 26, 12, tzinfo=UTC), reads=False)
    assert "late" not in {code for _, code, _ in year.told()}, "nobody has looked since"
    year.on(datetime(2023, 9, 27, 12, tzinfo=UTC))
    year.on(datetime(2023, 9, 28, 12, tzinfo=UTC))
    assert [said for said in year.told() if said[1] == "late"] == [
        (year.alert.version, "late", "customs_effect")
    ]
