"""What a signal of a series says: who acts, which story it belongs to, and what an explanation names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.core.series_samples import DROP, POLICY, judge, months, rule
from warning.core.detect.series import SeriesGroup, explain_group, explain_series
from warning.core.evidence import Observation, Series
from warning.core.rulebook import Rulebook


def test_the_exporter_acts_whoever_of_the_two_reports():
    exported = judge(rule(DROP), months([100] * 12 + [1]))[0].facts
    imported = judge(
        rule(DROP), months([100] * 12 + [1], measure="import_quantity", reporter="JP", partner="CN")
    )[0].facts
    assert (exported.actors, exported.targets) == (("CN",), ("JP",))
    assert (imported.actors, imported.targets) == (("CN",), ("JP",))


def test_partners_of_one_material_share_a_story():
    stories = {
        judge(rule(DROP), months([100] * 12 + [1], partner=partner))[0].story
        for partner in ("JP", "US", "DE")
    }
    assert len(stories) == 1


def test_quotes_of_one_material_on_several_markets_share_a_story():
    made = rule({"method": "change", "steps": 1, "rise_ratio": 0.2}, act="price_spike")
    stories = {
        judge(made, months([100] * 12 + [150], measure="price", reporter=market, partner="WLD"))[0].story
        for market in ("CN", "EU")
    }
    assert stories == {"price_spike:graphite::tightening"}


def test_explanation_names_what_held_and_what_did_not():
    book = Rulebook(rules=(), policy=POLICY)
    made = rule({**DROP, "baseline_points": 12})
    shown = "\n".join(explain_series(made, Series(points=tuple(months([100] * 12 + [50]))), book).lines())
    assert "FAIL any of the tests" in shown
    assert "50 % under" in shown
    other = rule(DROP, select={"reporters": ["ID"]})
    refused = explain_series(other, Series(points=tuple(months([100] * 13))), book)
    assert refused.passed is False
    assert "reporter CN" in refused.children[0].detail


def calendar(points: list[Observation], as_of: datetime | None = None, **fields: object) -> str:
    book = Rulebook(rules=(), policy=POLICY)
    tree = explain_series(rule(DROP, **fields), Series(points=tuple(points)), book, as_of)
    return next(node.detail for node in tree.children if node.label == "publication calendar")


def test_explanation_of_a_share_says_what_falls_due_of_each_part():
    share = {"method": "share", "of": "exports"}
    crossing = {"method": "crossing", "level": 0.5, "quiet_points": 3}
    parts = {
        "WLD": [100.0] * 12,
        "JP": [40.0] * 12,
        "KR": [60.0] * 11,
        **{f"P{n}": [1.0] * 12 for n in range(6)},
    }
    series = tuple(
        Series(points=tuple(replace(point, series_id=f"to {name}", partner=name) for point in months(values)))
        for name, values in parts.items()
    )
    group = SeriesGroup(series=series, fresh=frozenset(one.points[-1].id for one in series))
    made = rule(crossing, combine=share, min_points=2)
    later = series[0].points[-1].known_at + timedelta(days=40)
    tree = explain_group(made, group, Rulebook(rules=(), policy=POLICY), later)
    told = next(node for node in tree.children[-1].children if node.label == "publication calendar")
    assert told.detail == "9 series, the 6 that are furthest behind"
    assert told.children[0].label == "to KR"
    assert "2020-12 falls due" in told.children[0].detail
    assert "dropped" in told.children[0].detail
    assert tree.children[-1].passed is False


def test_explanation_says_what_falls_due_when_and_what_is_late_or_dropped():
    points = [replace(p, known_at=p.known_at + timedelta(days=20)) for p in months([100] * 12)]
    assert "2021-01 falls due on 2021-02-21 (20 days after the period" in calendar(points)
    assert "not yet due" in calendar(points)
    assert "late on 2021-03-03, by 10 days" in calendar(points, datetime(2021, 3, 3, tzinfo=UTC))
    dropped = calendar(points, datetime(2021, 8, 1, tzinfo=UTC))
    assert "dropped: on 2021-08-01 6 periods are missing and nothing came for 192 days" in dropped


def test_explanation_says_how_absent_rows_and_suppressed_cells_are_read():
    points = months([100, 100, None, 100, 100])
    del points[1]
    assert "no row for 2020-02: read as not known; suppressed in 2020-03: not known" in calendar(points)
    assert "no row for 2020-02: read as zero" in calendar(points, missing_is_zero=True)
