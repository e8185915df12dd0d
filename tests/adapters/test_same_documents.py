"""The store keeps one item, with versions, for one document under changed ids; on SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.core.build import at
from tests.core.test_identity import TEXT, TITLE, entry
from warning.app.chronology import Judged, settled
from warning.core.evidence import Item
from warning.store.item_statements import BY_ADDRESS, BY_TEXT, KNOWN

EXAMPLES = count()


def stored(repository):
    return {item.id: item for item in repository.items_between(at(-1), at(400))}


def test_store_keeps_one_item_with_versions_under_changed_ids(repository):
    first = repository.add_items([entry()])
    again = repository.add_items([entry("b", days=1)])
    edited = repository.add_items(
        [entry("c", days=2, url="http://m.press.example/gallium/?utm_source=x", text=TEXT + "More.")]
    )
    assert (len(first.new), again.unchanged, len(edited.revised)) == (1, 1, 1)
    (item,) = stored(repository).values()
    assert (item.id, item.published_at, item.body) == (entry().id, at(0), TEXT + "More.")
    assert [one.body for one in repository.item_history(item)] == [TEXT]


def test_store_finds_two_ids_of_one_document_in_one_batch(repository):
    batch = [entry(), entry("b", url="https://press.example/another-place")]
    report = repository.add_items(batch)
    assert (len(report.new), report.unchanged, len(stored(repository))) == (1, 1, 1)


def test_store_keeps_notices_apart_that_one_document_shows_side_by_side(repository):
    notices = [
        entry(str(n), kind="regulatory", title=f"Notice {n}", text="", url="https://gov.example/all")
        for n in range(9)
    ]
    assert len(repository.add_items(notices).new) == 9
    assert repository.add_items(notices).unchanged == 9


def test_a_document_that_stays_in_the_feed_under_two_ids_is_not_edited_to_and_fro(repository):
    old, new = entry(), entry("b", days=1, text=TEXT + "More.")
    repository.add_items([old])
    repository.add_items([new])
    revised = [
        len(
            repository.add_items(
                [replace(one, known_at=at(day), published_at=at(day)) for one in (old, new)]
            ).revised
        )
        for day in (2, 3, 4, 5)
    ]
    assert sum(revised[1:]) <= 3


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([TITLE, f"{TITLE} today", f"{TITLE} (2)"]), st.integers(0, 40)),
        max_size=12, unique_by=lambda one: one[2],
    )
)  # fmt: skip
@example(told=[(0, TITLE, 33), (2, TITLE, 1), (2, f"{TITLE} today", 0), (2, f"{TITLE} today", 3)])
@example(
    told=[
        (1, title, day)
        for title, day in [(TITLE, 0), (TITLE, 2), (TITLE, 8), (f"{TITLE} today", 1), (f"{TITLE} (2)", 3)]
    ]
)
def test_store_and_replay_give_the_same_identities(repository, told):
    source = f"wire-{next(EXAMPLES)}"
    batch = [
        replace(
            entry(f"n{day}", title=title, url=f"https://press.example/p{page}", days=day), source_id=source
        )
        for page, title, day in sorted(told, key=lambda one: one[2])
    ]
    for item in batch:
        repository.add_items([item])
    kept = {item.id for item in repository.items_between(at(-1), at(400), source_id=source)}
    assert kept == {item.id for item in settled(batch) if isinstance(item, Item)}


def test_replay_takes_an_item_whole_that_comes_judged_too():
    item = entry()
    judged = Judged(known_at=item.known_at, id=item.id)
    other = Judged(known_at=item.known_at + timedelta(hours=1), id="i-other")
    assert list(settled([judged, item, other])) == [item, other]
    assert list(settled([item, judged, other])) == [item, other]


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (KNOWN, "sqlite_autoindex_items_1"),
        (BY_ADDRESS, "ix_items_source_id_address_key"),
        (BY_TEXT, "ix_items_source_id_content_hash"),
    ],
)
def test_versions_are_found_by_index(engine, statement, index):
    if engine.dialect.name != "sqlite":
        pytest.skip("an empty PostgreSQL table is read whole whatever its indexes; SQLite shows the plan")
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement['sqlite']}", ('{"s": [1]}',))
        steps = [row[3] for row in plan]
    assert any(step.startswith("SEARCH i ") and index in step for step in steps)
    assert not any(step.startswith("SCAN i") for step in steps)
