"""When a place could not be seen: every source dark at once, counted from reports, and from where none came for too long."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from warning.core.blind_stretches import (
    DarkSpan,
    blind_stretches,
    dark_spans,
    past_stretches,
    stretches_of,
)
from warning.core.coverage import Cell
from warning.core.health import SourceReport, report_id

NOW = datetime(2026, 2, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
SILENT_AFTER = timedelta(hours=13)


def at(hour: float) -> datetime:
    return NOW + hour * HOUR


def report(hour: float, condition: str = "ok", cause: str = "") -> SourceReport:
    known = at(hour)
    return SourceReport(
        id=report_id("s", condition, known), source_id="s", condition=condition, cause=cause, since=known, known_at=known
    )  # fmt: skip


def spans(*reports: SourceReport, until: float = 10) -> list[tuple[float, float, str]]:
    found = dark_spans(reports, NOW, at(until), silent_after=SILENT_AFTER)
    return [((s.since - NOW) / HOUR, (s.until - NOW) / HOUR, s.condition) for s in found]


def stretches(*each: list[tuple[float, float]], sources: str = "ab") -> list[list[tuple[float, float]]]:
    dark = {
        name: [DarkSpan(since=at(a), until=at(b), condition="failing") for a, b in spans]
        for name, spans in zip(sources, each, strict=True)
    }
    cell = Cell(material="gallium", country="CN", kind="news", state="quiet", sources=tuple(sources))
    return [
        [((a - NOW) / HOUR, (b - NOW) / HOUR) for a, b in one.spans] for one in blind_stretches([cell], dark)
    ]


def test_a_source_is_dark_from_the_report_that_says_so_until_the_next_that_does_not():
    assert spans(report(-3), report(2, "failing"), report(5)) == [(2, 5, "failing")]
    assert spans(report(-3, "frozen"), report(5)) == [(0, 5, "frozen")]
    assert spans(report(-3), report(2, "blocked"), report(4, "failing")) == [
        (2, 4, "blocked"),
        (4, 10, "failing"),
    ]


def test_a_source_that_left_no_sign_of_life_was_not_read():
    assert spans(report(-3), report(30), until=40) == [(10, 30, "not read")]
    assert spans(report(-3), report(9), report(20), until=30) == []


def test_before_its_first_report_nobody_looked():
    assert spans(report(4)) == [(0, 4, "never read")]
    assert spans() == [(0, 10, "never read")]


def test_a_place_is_blind_where_all_its_sources_are_dark_at_once_for_an_hour_in_all():
    assert stretches([(0, 5)], [(3, 8)]) == [[(3, 5)]]
    assert stretches([(0, 1), (1, 4)], [(0.5, 3)]) == [[(0.5, 3)]]
    assert stretches([(0, 5)], [(5, 8)]) == []
    assert stretches([(0, 0.5)], [(0, 0.5)]) == []


EDGES = st.lists(st.integers(0, 30), min_size=2, max_size=8).filter(lambda e: len(e) % 2 == 0).map(sorted)


@given(EDGES, EDGES)
def test_every_hour_is_blind_exactly_where_both_sources_are_dark(one, other):
    each = [[(a, b) for a, b in zip(e[::2], e[1::2], strict=True) if a < b] for e in (one, other)]
    blind = {hour for found in stretches(*each) for a, b in found for hour in range(int(a), int(b))}
    dark = [{hour for a, b in spans for hour in range(a, b)} for spans in each]
    assert blind == dark[0] & dark[1]


def blind_cell(since: float | None, material: str = "gallium") -> Cell:
    return Cell(
        material=material, country="CN", kind="news", state="quiet" if since is None else "blind",
        sources=("a",), since=None if since is None else at(since),
    )  # fmt: skip


def past(
    cells: list[Cell], *spans: tuple[float, float]
) -> list[tuple[tuple[str, ...], list[tuple[float, float]]]]:
    dark = {"a": [DarkSpan(since=at(a), until=at(b), condition="failing") for a, b in spans]}
    return [
        (one.materials, [((a - NOW) / HOUR, (b - NOW) / HOUR) for a, b in one.spans])
        for one in past_stretches(blind_stretches(cells, dark), cells)
    ]


def test_hours_that_are_over_stay_told_when_a_place_is_blind_again():
    assert past([blind_cell(167)], (2, 22), (167, 168)) == [(("gallium",), [(2, 22)])]
    assert past([blind_cell(None)], (2, 22), (167, 168)) == [(("gallium",), [(2, 22), (167, 168)])]
    assert past([blind_cell(160)], (150, 168)) == [(("gallium",), [(150, 160)])]


def test_a_place_that_is_blind_since_its_only_dark_hours_is_told_as_blind_alone():
    assert past([blind_cell(20)], (20, 168)) == []
    assert past([blind_cell(20)], (2, 2.5), (20, 168)) == [], "less than an hour is no news"


def test_stretches_are_told_of_the_cells_that_are_asked_for_alone():
    cells = [blind_cell(None), blind_cell(None, "tungsten")]
    found = blind_stretches(cells, {"a": [DarkSpan(since=at(2), until=at(22), condition="failing")]})
    assert [one.materials for one in stretches_of(found, cells[:1])] == [("gallium",)]
    assert stretches_of(found, []) == ()
