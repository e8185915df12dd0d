"""A document of any size is stored whole, in one transaction: no statement grows with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from tests.core.build import at
from tests.core.test_identity import entry
from warning.core.evidence import Observation, observation_id
from warning.store.engine import reading
from warning.store.item_statements import Arriving
from warning.store.repository import Repository
from warning.store.same_documents import entangled

FIGURES = 9_000  # PostgreSQL's stack held a condition on each of some 7,000 places
MOST_VALUES = 600  # far below what a statement may hold: 65,535 on PostgreSQL, 32,766 on SQLite
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def most_values(engine: Engine):
    """The number of values that each statement took."""
    counts: list[int] = []

    def count(_connection, _cursor, _statement, values, _context, executemany):
        counts.append(0 if executemany else len(values))

    event.listen(engine, "before_cursor_execute", count)
    return lambda: max(counts)


def document(unit: str, value: float, days: int) -> list[Observation]:
    return [_figure(number, unit, value, FIRST + timedelta(days=days)) for number in range(FIGURES)]


def _figure(number: int, unit: str, value: float, known_at: datetime) -> Observation:
    code, month = divmod(number, 10)
    series_id, period = f"hs-{code}", f"2025-{month + 1:02}"
    return Observation(
        id=observation_id("customs", series_id, period, value), source_id="customs", series_id=series_id,
        material="gallium", measure="export_quantity", reporter="CN", partner="JP", hs_code=None, unit=unit,
        currency=None, frequency="M", period=period, value=value, known_at=known_at,
    )  # fmt: skip


def test_a_large_document_is_stored_under_one_description_and_then_under_another(
    repository: Repository, most_values
):
    told = [document("kg", 1.0, 0), document("kg", 1.0, 1), document("t", 2.0, 2), document("t", 2.0, 3)]
    counts = []
    for day, figures in enumerate(told):
        seen_at = FIRST + timedelta(days=day)
        (stored,) = repository.together([lambda w: w.add_observations(figures, seen_at=seen_at)])  # noqa: B023
        assert not isinstance(stored, Exception), stored
        counts.append((len(stored.new), len(stored.revised), stored.unchanged))
    assert counts == [(FIGURES, 0, 0), (0, 0, FIGURES), (0, FIGURES, 0), (0, 0, FIGURES)]
    assert most_values() <= MOST_VALUES


def test_many_items_alike_to_stored_ones_are_found_in_statements_of_few_values(
    repository: Repository, engine: Engine, most_values
):
    stored = [
        replace(entry(f"a{n}", url=f"https://press.example/{n}"), title=f"Title {n}") for n in range(1_100)
    ]
    repository.add_items(stored)
    again = [Arriving(replace(one, id=f"again {one.id}", known_at=at(1))) for one in stored]
    with reading(engine) as connection:
        touched = entangled(connection, again, {})
    assert touched == {one.identity for one in again}
    assert most_values() <= MOST_VALUES
