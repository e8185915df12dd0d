"""The states of many sources go to the store in few statements and come back as they were."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.adapters.collected_specs import NOW
from warning.core.health import SourceState
from warning.store.engine import open_engine, reading, writing
from warning.store.evidence_repository import EvidenceRepository
from warning.store.known_states import LONGEST, KnownStates
from warning.store.rows import to_json
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


WAYS = [
    lambda repository: repository.source_states(),
    lambda repository: repository.source_states_of(["s"]),
    lambda repository: repository.due_source_states(NOW + timedelta(days=1)),
]


@pytest.fixture
def other(database_url):
    """The repository of another process."""
    opened = EvidenceRepository(open_engine(database_url))
    yield opened
    opened.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_state_is_read_once_while_its_text_stands(repository, other, way):
    state = SourceState(source_id="s", condition="ok", next_due_at=NOW)
    repository.save_source_state(state)
    assert way(repository)["s"] is way(repository)["s"]
    assert way(repository) == way(other)
    assert way(other)["s"] is way(other)["s"]


@pytest.mark.parametrize("way", WAYS)
def test_what_another_process_wrote_is_read_anew(repository, other, way):
    repository.save_source_state(SourceState(source_id="s", failures=1, next_due_at=NOW))
    other.save_source_state(SourceState(source_id="s", failures=2, next_due_at=NOW))
    assert way(repository)["s"].failures == 2


def test_a_state_comes_as_it_was_written_whoever_reads_it(repository, other):
    state = SourceState(
        source_id="s", cause='\0 原因 "\\', since=NOW, news_days="2026-02-01:1", unread=((NOW, NOW),)
    )
    repository.save_source_state(state)
    told = [one.source_states_of(["s"])["s"] for one in (repository, other)]
    assert told == [state, state]
    assert to_json(SourceState, told[0]) == to_json(SourceState, told[1])


def test_states_with_long_texts_and_those_beyond_the_most_take_no_room():
    known = KnownStates(most=2)
    states = {name: SourceState(source_id=name) for name in "abc"}
    texts = {name: to_json(SourceState, state) for name, state in states.items()}
    read = {name: known.read(name, texts[name]) for name in "abc"}
    assert read == states
    assert [known.read(name, texts[name]) is read[name] for name in "abc"] == [True, True, False]
    long = SourceState(source_id="a", read_pages=("x" * LONGEST,))
    text = to_json(SourceState, long)
    assert known.read("a", text) == long
    assert known.read("a", text) is not known.read("a", text)
    assert known.read("c", texts["c"]) is known.read("c", texts["c"]), "the place of the long one is free"
