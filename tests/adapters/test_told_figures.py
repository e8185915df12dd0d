"""What was told of series of which a figure came anew: each is asked for from its own time on, and found by its name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import event, insert

from tests.core.build import signal
from tests.flows.test_late_revisions import PUBLISHED
from warning.core.evidence import observation_id
from warning.core.signals import Signal
from warning.store import schema
from warning.store.engine import open_engine, writing
from warning.store.repository import Repository
from warning.store.rows import to_json
from warning.store.told_figures import SPANS, told_figures

SERIES = [f"ga-{number:02d}" for number in range(2 * SPANS)]
FIGURES = [
    replace(one, series_id=name, id=observation_id("gacc", name, one.period, one.value))
    for name in SERIES
    for one in PUBLISHED[:3]
]


def stored(url: str) -> Repository:
    """A store in which something was told of each figure."""
    repository = Repository(open_engine(url))
    repository.add_observations(FIGURES)
    rows = [
        {
            "id": f"s-{one.id}", "rule_id": "fall", "evidence_id": one.id, "source_id": "gacc",
            "known_at": one.known_at, "content": to_json(Signal, replace(signal("x"), id=f"s-{one.id}")),
        }
        for one in FIGURES
    ]  # fmt: skip
    with writing(repository.engine) as connection:
        connection.execute(insert(schema.signals), rows)
    return repository


def ids(found: Mapping[str, Sequence[Signal]]) -> dict[str, set[str]]:
    return {name: {one.id for one in told} for name, told in found.items()}


def test_each_series_is_read_from_its_own_time_on_whatever_the_others_are_asked_for(database_url: str):
    repository = stored(database_url)
    # Every one from a time of its own: more spans than one statement asks for.
    begins = {
        name: PUBLISHED[number % 3].occurred_at - timedelta(minutes=number)
        for number, name in enumerate(SERIES)
    }
    with repository.engine.connect() as connection:
        found = ids(told_figures(connection, begins))
    repository.engine.dispose()
    assert found == {
        name: {f"s-{one.id}" for one in FIGURES if one.series_id == name and one.occurred_at >= begins[name]}
        for name in SERIES
    }


def test_no_table_is_read_from_end_to_end(sqlite_url: str):
    repository = stored(sqlite_url)
    asked: list[tuple[str, Sequence[object]]] = []

    def note(_connection, _cursor, statement, parameters, *_others) -> None:
        asked.append((statement, parameters))

    event.listen(repository.engine, "before_cursor_execute", note)
    old: datetime = PUBLISHED[0].occurred_at
    with repository.engine.connect() as connection:
        told_figures(connection, {**dict.fromkeys(SERIES[:5], PUBLISHED[2].occurred_at), SERIES[6]: old})
        plans = [
            row.detail
            for statement, parameters in [one for one in asked if one[0].startswith("SELECT")]
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    repository.engine.dispose()
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN")]
