"""Which reports of a source the store keeps: each change and a sign of life, whatever the state itself remembers of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from warning.core.health import SourceState, is_well
from warning.store.engine import open_engine
from warning.store.repository import Repository
from warning.store.schema import metadata, source_reports

NOW = datetime(2026, 11, 22, tzinfo=UTC)
POLLS = st.lists(
    st.tuples(st.sampled_from(("ok", "not_modified", "failing", "empty")), st.sampled_from((1, 6, 11, 13))),
    min_size=1,
    max_size=12,
)


def opened() -> Repository:
    engine = open_engine("sqlite://")
    metadata.create_all(engine)
    return Repository(engine)


def polled(repository: Repository, polls: Sequence[tuple[str, int]], *, remembers: bool) -> list[tuple]:
    """Save what each poll found, so many hours after the one before; return the reports that were kept."""
    state, now = SourceState(source_id="s"), NOW
    for condition, hours in polls:
        now += timedelta(hours=hours)
        same = state.condition == condition or (is_well(state.condition) and is_well(condition))
        since = state.since if same and state.since else now
        found = replace(
            state, condition=condition, since=since, last_attempt_at=now, next_due_at=now + timedelta(hours=1)
        )
        repository.save_source_state(found if remembers else replace(found, reported=None))
        state = repository.source_states()["s"]
    with repository.engine.connect() as connection:
        kept = connection.execute(select(source_reports).order_by(source_reports.c.seq)).all()
    repository.engine.dispose()
    return [(row.id, row.condition, row.since, row.known_at) for row in kept]


@settings(max_examples=60, deadline=None)
@given(POLLS)
def test_the_same_reports_are_kept_whether_or_not_the_state_knows_its_last_one(polls) -> None:
    assert polled(opened(), polls, remembers=True) == polled(opened(), polls, remembers=False)


def test_a_source_that_stands_is_saved_without_a_look_at_its_reports() -> None:
    repository = opened()
    state = SourceState(source_id="s", condition="ok", since=NOW, last_attempt_at=NOW)
    repository.save_source_state(state)
    known = repository.source_states()["s"]
    statements: list[str] = []
    event.listen(repository.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    repository.save_source_state(replace(known, last_attempt_at=NOW + timedelta(hours=1)))
    assert [words for words in statements if "source_reports" in words] == []
    repository.save_source_state(replace(known, last_attempt_at=NOW + timedelta(hours=12)))
    assert [words for words in statements if "INSERT INTO source_reports" in words]
    repository.engine.dispose()
