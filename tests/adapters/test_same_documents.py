"""The store keeps one item, with versions, for one document under changed ids; on SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain, count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.core.build import at
from tests.core.test_identity import TEXT, TITLE, entry
from warning.app.chronology import Judged, in_order, settled
from warning.core.evidence import Item
from warning.core.identity import marks_of
from warning.core.ids import key64
from warning.core.vocabulary import Marking
from warning.store import item_marks, mark_moves
from warning.store.engine import open_engine, reading
from warning.store.item_marks import RECENT, holders, number_of_id, numbers_of
from warning.store.item_statements import KNOWN
from warning.store.mark_pages import BY_MARK
from warning.store.repository import Repository

EXAMPLES = count()


@pytest.fixture
def sqlite_engine(sqlite_url):
    opened = open_engine(sqlite_url)
    yield opened
    opened.dispose()


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


def test_store_keeps_one_item_of_an_article_revived_with_a_new_address_and_date(repository):
    repository.add_items([entry()])
    revived = [
        entry(f"r{days}", days=days, url=f"https://press.example/revived/{days}") for days in (3, 18, 45)
    ]
    assert [repository.add_items([one]).unchanged for one in revived] == [1, 1, 1]
    notes = [replace(one, kind="price", source_id="prices") for one in revived[:2]]
    assert [len(repository.add_items([note]).new) for note in notes] == [1, 1]
    assert [item.published_at for item in stored(repository).values() if item.kind == "news"] == [at(0)]


def test_store_keeps_each_issue_of_a_weekly_bulletin_with_one_title_and_blurb(repository):
    weeks = [
        entry(
            f"w{days}", title="Export controls weekly", days=days, url=f"https://press.example/{days}/issue"
        )
        for days in (0, 7, 14, 21, 56)
    ]
    assert [len(repository.add_items([one]).new) for one in weeks] == [1] * len(weeks)


def test_store_keeps_one_item_of_a_mail_known_by_its_bare_id_that_is_read_again(repository):
    """However long ago; another mail under that id is another item."""
    old = entry("<a@b>", kind="mission", url="", text="Two cargoes are held.", marking=Marking.AMBER)
    repository.add_items([old])
    named = replace(
        old, id="i-again", external_id=f"<a@b> {'0f' * 16}", known_at=old.known_at + timedelta(days=300)
    )
    other = replace(named, id="i-other", external_id=f"<a@b> {'0e' * 16}", body="All is released.")
    report = repository.add_items([named, other])
    assert (report.unchanged, [item.id for item in report.new]) == (1, ["i-other"])


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


TITLES = (TITLE, f"{TITLE} today", f"{TITLE} (2)")
TEXTS = ("", TEXT, TEXT + "More.", TEXT + "It takes effect on 1 May.")
ENTRIES = st.builds(
    dict,
    name=st.sampled_from("abcd"),
    title=st.sampled_from(TITLES),
    summary=st.sampled_from(("", "Licences are needed.")),
    text=st.sampled_from(TEXTS),
    page=st.integers(0, 2),
    published=st.booleans(),
    time_assumed=st.booleans(),
    kind=st.sampled_from(("news", "news", "regulatory")),
    language=st.sampled_from(("en", "en", "fr")),
    marking=st.sampled_from((None, None, None, Marking.AMBER)),
)
POLLS = st.lists(
    st.tuples(st.sampled_from((1, 2, 3, 9, 31, 45)), st.lists(ENTRIES, min_size=1, max_size=4)), max_size=7
)


def polls_of(source, told):
    """The entries of each poll, all known at its moment, in the order of the page."""
    days = 0
    for apart, shown in told:
        days += apart
        yield [
            replace(
                entry(one["name"], title=one["title"], text=one["text"], url=f"https://press.example/p{one['page']}"),
                id=f"i-{source}-{one['name']}", source_id=source, kind=one["kind"], summary=one["summary"],
                published_at=at(days) if one["published"] else None, known_at=at(days) + timedelta(minutes=5),
                time_assumed=one["time_assumed"], marking=one["marking"], language=one["language"],
            )
            for one in shown
        ]  # fmt: skip


def shows(name, text, *, title=TITLE, summary="", page=0, **more):
    said = {"published": True, "time_assumed": False, "kind": "news", "language": "en", "marking": None}
    return {"name": name, "title": title, "text": text, "summary": summary, "page": page, **said, **more}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=POLLS)
@example(
    told=[
        (1, [shows("a", TEXT)]),
        (1, [shows("a", "", summary="Licences are needed.")]),
        (1, [shows("b", TEXT)]),
    ]
)
@example(
    told=[(1, [shows("a", TEXT)]), (9, [shows("a", TEXTS[2])]), (1, [shows("a", TEXT, time_assumed=True)])]
)
@example(
    told=[(1, [shows("b", TEXT, page=1)]), (1, [shows("b", "", title=TITLES[1], page=1), shows("a", TEXT)])]
)
@example(told=[(1, [shows("a", TEXT)]), (1, [shows("a", "", marking=Marking.AMBER)])])
@example(told=[(1, [shows("a", TEXT)]), (1, [shows("a", TEXT, language="fr"), shows("a", TEXT)])])
@example(
    told=[(1, [shows("a", "")]), (1, [shows("a", "", kind="regulatory")]), (1, [shows("b", "", page=1)])]
)
def test_store_and_replay_hold_the_same_texts_whatever_was_not_read(repository, told):
    source = f"wire-{next(EXAMPLES)}"
    polls = list(polls_of(source, told))
    for poll in polls:
        repository.add_items(poll)
    kept = {item.id: item for item in repository.items_between(at(-1), at(400), source_id=source)}
    replayed = settled_items(polls)
    assert {name: said(item) for name, item in kept.items()} == {
        name: said(item) for name, item in replayed.items()
    }


def settled_items(polls):
    """The items that a replay holds after these polls, by id."""
    return {
        item.id: item
        for record in settled(in_order(chain(*polls)))
        if (item := record if isinstance(record, Item) else getattr(record, "item", None)) is not None
    }  # what is narrowed comes with the item it narrows


def said(item):
    """What an item says and under which labels, who may see it, and its two dates."""
    return (
        item.title,
        item.summary,
        item.body,
        item.kind,
        item.language,
        item.marking,
        item.release_to,
        item.published_at,
        item.known_at,
    )


def test_replay_takes_an_item_whole_that_comes_judged_too():
    item = entry()
    judged = Judged(known_at=item.known_at, id=item.id)
    other = Judged(known_at=item.known_at + timedelta(hours=1), id="i-other")
    assert list(settled([judged, item, other])) == [item, other]
    assert list(settled([item, judged, other])) == [item, other]


@pytest.mark.parametrize(
    ("statement", "steps"),
    [
        (KNOWN["sqlite"], ["SEARCH i USING INTEGER PRIMARY KEY (rowid=?)"]),
        (RECENT, ["SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"]),
        (
            BY_MARK,
            ["SEARCH p USING INTEGER PRIMARY KEY (rowid=?)", "SEARCH q USING INTEGER PRIMARY KEY (rowid<?)"],
        ),
    ],
)  # fmt: skip
def test_versions_are_found_by_index(sqlite_engine, statement, steps):
    """An empty PostgreSQL table is read whole whatever its indexes; SQLite shows the plan."""
    with sqlite_engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("[1]",))]
    assert set(steps) <= set(plan)
    assert not any(step.startswith(("SCAN i", "SCAN r", "SCAN p", "SCAN q")) for step in plan)


def test_marks_of_a_source_move_together_and_are_found_in_both_places(sqlite_engine, monkeypatch):
    monkeypatch.setattr(item_marks, "MOST_RECENT", 8)
    monkeypatch.setattr(mark_moves, "PAGE", 5)
    repository = Repository(sqlite_engine)
    told = [
        entry(str(n), title=f"{TITLE} {n}", text=f"{n} {TEXT}", url=f"https://press.example/{n}")
        for n in range(43)
    ]
    for one in told:
        repository.add_items([one])
    with reading(sqlite_engine) as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT sum(length(entries)) / 8 FROM {table}").scalar_one()
            for table in ("item_marks_recent", "item_mark_pages")
        ]
    assert sum(counts) == 129
    assert min(counts) > 0
    assert repository.known_items("wire", [one.id for one in told]) == {one.id for one in told}
    again = [replace(one, id=f"{one.id}-again", known_at=at(1), external_id="x") for one in told]
    stored = repository.add_items(again)
    assert (stored.new, stored.unchanged) == ((), 43)


def test_marks_follow_the_text_and_the_address_of_an_item(sqlite_engine):
    repository = Repository(sqlite_engine)
    repository.add_items([entry()])
    repository.add_items(
        [replace(entry(), body=TEXT + "More.", url="https://press.example/moved", known_at=at(1))]
    )
    here, gone = (
        [number_of_id("wire", key64(entry().id)), *numbers_of("wire", marks_of(one))]
        for one in (entry(text=TEXT + "More.", url="https://press.example/moved"), entry())
    )
    with reading(sqlite_engine) as connection:
        assert [holders(connection, [number]) for number in here] == [{1}] * 3
        assert [holders(connection, [number]) for number in gone] == [{1}, set(), set()]


def test_an_id_is_one_item_however_many_of_its_source_were_moved(sqlite_engine, monkeypatch):
    """No index of the database holds ids apart any more: those that moved are found as those that wait."""
    monkeypatch.setattr(item_marks, "MOST_RECENT", 8)
    monkeypatch.setattr(mark_moves, "PAGE", 5)
    repository = Repository(sqlite_engine)
    told = [
        entry(str(n), title=f"{TITLE} {n}", text=f"{n} {TEXT}", url=f"https://press.example/{n}")
        for n in range(60)
    ]
    for one in (*told, *told):
        repository.add_items([one])
    edits = [replace(one, body=f"{one.body} More.", known_at=at(1)) for one in told]
    stored = repository.add_items([*edits, *told])
    assert (len(stored.new), len(stored.revised)) == (0, 60)
    with reading(sqlite_engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM items").scalar_one() == 60
    assert [repository.find_item(one.id) for one in told] == edits
    assert [len(repository.item_history(one)) for one in told] == [1] * 60
