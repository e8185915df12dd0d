"""A figure near the largest number there is disturbs neither its round nor the other series of it."""

import pytest

from tests.core.series_samples import DROP, LATER, POLICY, judged, months, rule
from warning.core.evidence import Series
from warning.core.rulebook import Rulebook
from warning.core.series.explaining import explain_series


@pytest.mark.parametrize("places", [(0, 1), (12, 13), (12, 13, 24, 25), (24,), tuple(range(26))], ids=str)
def test_huge_figures_about_a_new_year_leave_the_round_and_other_series_as_they_are(places: tuple[int, ...]):
    made = rule(DROP, lunar_new_year=True)
    quiet = months([100.0] * 26, series_id="hostile", partner="KR")
    hostile = months([1e308 if i in places else 100.0 for i in range(26)], series_id="hostile", partner="KR")
    fallen = months([*([100.0] * 24), 1.0, 1.0], series_id="fallen")
    fresh = {point.id for point in (*quiet[-2:], *fallen[-2:])}

    def told(others):
        signals, _ = judged(made, [*others, *fallen], fresh)
        return [signal for signal in signals if "fallen" in signal.exhibit.evidence_id]

    assert told(hostile) == told(quiet) != []


def test_two_huge_figures_about_a_new_year_are_explained_by_their_mean():
    made = rule(DROP, lunar_new_year=True)
    points = months([*([100.0] * 24), 1e308, 1e308])
    tree = explain_series(made, Series(points=tuple(points)), Rulebook(rules=(made,), policy=POLICY), LATER)
    assert not tree.passed
