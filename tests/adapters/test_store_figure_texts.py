"""What no database takes is dropped from a figure's texts, and the other figures are stored."""

from dataclasses import replace

import pytest

from tests.core.build import at
from warning.core.evidence import Observation, observation_id

FIGURE = Observation(
    id=observation_id("customs", "customs:tin", "2025-01", 1.0), source_id="customs", series_id="customs:tin",
    material="tin", measure="exports", reporter="CN", unit="kg", frequency="M", period="2025-01", value=1.0,
    known_at=at(1),
)  # fmt: skip


@pytest.mark.parametrize(
    "name", ["series_id", "material", "reporter", "partner", "hs_code", "unit", "currency"]
)
def test_a_figure_with_a_nul_in_a_text_is_stored_without_it_and_the_others_with_it(repository, name):
    whole = replace(FIGURE, hs_code="800110", currency="USD")
    broken = replace(whole, **{name: f"{getattr(whole, name)}\0"}, id="o-broken")
    other = replace(FIGURE, series_id="customs:zinc", id="o-other")
    assert len(repository.add_observations([broken, other]).new) == 2
    assert repository.latest_observations() == (whole, other)
    assert repository.add_observations([broken, other]).unchanged == 2
