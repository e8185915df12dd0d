"""Two writers at once on PostgreSQL: each of them holds what the other is about to take, and nobody's work is lost."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import count
from threading import Barrier
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select, text

from tests.core.build import START, at, book
from warning.app.assessing import assess_new
from warning.app.calendar_day import CalendarDay
from warning.app.set_aside import SetAside
from warning.core.evidence import Item
from warning.store.engine import open_engine
from warning.store.evidence_tables import items
from warning.store.repository import Repository
from warning.store.resident import Resident

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]
MEND = ("news", "US", "en"), ("news", "US", "fr")


@pytest.fixture
def store(postgres_url):
    """A store whose server finds a deadlock at once."""
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {engine.url.database} SET deadlock_timeout = '100ms'"))
    engine.dispose()
    yield Repository(engine)
    engine.dispose()


def item(name: str, source: str, *, title: str = "New export control on gallium") -> Item:
    return Item(
        id=name,
        source_id=source,
        kind="news",
        country="US",
        language="en",
        title=f"{title} {name}",
        known_at=START,
    )


def edited(one: Item) -> Item:
    return replace(one, title=f"{one.title}, edited", known_at=one.known_at + timedelta(minutes=1))


def until_waiting(store: Repository, other: Future) -> None:
    """Return when another transaction waits for a lock, or that work is over."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while not other.done():
        with store.engine.connect() as connection:
            if connection.execute(asked).scalar_one():
                return


TICKS = count()


def system_of(store: Repository) -> SimpleNamespace:
    """Its clock moves on with each look: an assessment of the same evidence at the same instant is one."""
    return SimpleNamespace(
        live_book=book, repository=store, clock=lambda: at(1) + timedelta(seconds=next(TICKS)), set_aside=SetAside(), calendar=CalendarDay(),
        resident=Resident(),
    )  # fmt: skip


def waiting(store: Repository) -> set[str]:
    with store.engine.connect() as connection:
        return set(connection.execute(select(items.c.id).where(items.c.assessed_at.is_(None))).scalars())


def test_an_assessment_and_a_group_of_polls_that_edits_its_items_the_other_way_round_end_both(store):
    first, last = item("a", "wire-a"), item("b", "wire-b")
    store.add_items([first])
    store.add_items([last])
    judging: list[Future] = []
    with ThreadPoolExecutor(1) as pool:

        def edit_last(writer) -> int:
            return len(writer.add_items([edited(last)]).revised)

        def edit_first(writer) -> int:
            if not judging:
                judging.append(pool.submit(assess_new, system_of(store)))
                until_waiting(store, judging[0])
            return len(writer.add_items([edited(first)]).revised)

        assert store.together([edit_last, edit_first]) == [1, 1]
        assert judging[0].result().evidence
    assess_new(system_of(store))
    assert waiting(store) == set()


def test_an_item_edited_while_the_queue_is_read_is_on_it_as_what_it_was_or_is(store):
    """A day old before its edit and recent after it, it is told by one look at the queue."""
    one = item("a", "wire-a")
    store.add_items([one])
    writer = Repository(open_engine(str(store.engine.url.render_as_string(hide_password=False))))
    edits = iter([edited(one)])

    def edit_once(_connection, _cursor, statement, *_) -> None:
        if "FROM items" in statement:
            writer.add_items(list(edits))

    event.listen(store.engine, "after_cursor_execute", edit_once)
    found = store.unassessed((), at(1), 100).items
    writer.engine.dispose()
    assert next(edits, None) is None
    assert [each.title for each in found] == [edited(one).title]


def test_relabelling_and_an_assessment_take_the_rows_of_two_sources_at_once(store):
    sources = ("wire-b", "wire-a")
    for number in range(40):
        store.add_items([item(f"{source}-{number:02}", source) for source in sources])

    def relabel(source: str) -> int:
        return sum(store.relabel_items(source, MEND, at(-1), []))

    with ThreadPoolExecutor(3) as pool:
        judging = pool.submit(assess_new, system_of(store))
        assert list(pool.map(relabel, sources)) == [40, 40]
        judging.result()
    assess_new(system_of(store))
    assert waiting(store) == set()
    with store.engine.connect() as connection:
        assert set(connection.execute(select(items.c.language)).scalars()) == {"fr"}


def test_two_groups_that_write_two_sources_the_other_way_round_store_all(store):
    both_hold = Barrier(2)
    met: set[str] = set()

    def adding(one: Item, who: str) -> Callable:
        def add(writer) -> int:
            stored = len(writer.add_items([one]).new)
            if who not in met:
                met.add(who)
                both_hold.wait()
            return stored

        return add

    with ThreadPoolExecutor(2) as pool:
        ways = {"one": ("wire-a", "wire-b"), "other": ("wire-b", "wire-a")}
        groups = [
            pool.submit(store.together, [adding(item(f"{who}-{source}", source), who) for source in way])
            for who, way in ways.items()
        ]
        assert [group.result() for group in groups] == [[1, 1], [1, 1]]
    assert len(waiting(store)) == 4


GIVES_UP_TWICE = """
    CREATE SEQUENCE tries;
    CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('tries') < 3 THEN
            RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER give_up BEFORE INSERT ON traces FOR EACH ROW EXECUTE FUNCTION give_up()"""


def test_an_assessment_that_the_database_gives_up_is_made_again(store):
    store.add_items([item("a", "wire-a")])
    with store.engine.begin() as connection:
        connection.execute(text(GIVES_UP_TWICE))
    assert assess_new(system_of(store)).evidence == 1
    assert waiting(store) == set()
