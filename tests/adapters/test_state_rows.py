"""The states of many sources go to the store in few statements and come back as they were."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from tests.adapters.collected_specs import NOW
from warning.core.health import SourceState
from warning.store.engine import reading, writing
from warning.store.state_rows import save_states, states_of

MANY = [
    SourceState(
        source_id=f"source {n} \"'%",
        condition="ok",
        cause="原因 {$x:1}",
        next_due_at=None if n % 7 == 0 else NOW + timedelta(seconds=n),
        read_pages=("a", "b"),
    )
    for n in range(147)
]


def by_id(states):
    return sorted(states, key=lambda state: state.source_id)


def test_states_written_together_are_read_as_they_were(engine):
    later = [replace(state, failures=3, next_due_at=NOW) for state in MANY[::2]]
    with writing(engine) as connection:
        save_states(connection, MANY)
        save_states(connection, later)
        save_states(connection, [])
    with reading(engine) as connection:
        found = states_of(connection, [state.source_id for state in MANY] + ["never tried"])
        none = states_of(connection, [])
    assert by_id(found) == by_id([*later, *MANY[1::2]])
    assert none == []


def test_the_states_of_many_sources_take_few_statements(engine):
    said = []
    event.listen(engine, "before_cursor_execute", lambda *said_now: said.append(said_now))
    with writing(engine) as connection:
        said.clear()
        save_states(connection, MANY)
        written = len(said)
    assert written == {"sqlite": 2 + 2 + 3, "postgresql": 1}[engine.dialect.name]
