"""Evidence is stored once, edits keep their history, and nothing that arrives is left unassessed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warning.core.evidence import (
    Entry,
    Item,
    Listing,
    Observation,
    Window,
    item_id,
    listing_id,
    observation_id,
)
from warning.core.health import SourceState
from warning.core.rulebook import Need
from warning.core.rules import Select
from warning.core.vocabulary import Marking
from warning.errors import EvidenceMissing, StoreError
from warning.store.digests import ArchivedDigest
from warning.store.engine import open_engine, writing
from warning.store.repository import Repository
from warning.store.schema import items as item_table

T0 = datetime(2023, 7, 3, 10, 40, tzinfo=UTC)
LATER = T0 + timedelta(days=400)


def at(days: float) -> datetime:
    return T0 + timedelta(days=days)


def item(name: str = "a", *, source_id: str = "mofcom", title: str = "镓", **changes) -> Item:
    values = {
        "id": item_id(source_id, name, "", ""),
        "source_id": source_id,
        "kind": "regulatory",
        "country": "CN",
        "language": "zh",
        "title": title,
        "summary": "summary",
        "body": "body",
        "url": f"https://example.org/{name}",
        "external_id": name,
        "known_at": T0,
        **changes,
    }
    return Item(**values)


def figure(
    period: str, value: float | None, *, days: float = 0.0, series_id: str = "ga-jp", **changes
) -> Observation:
    values = {
        "id": observation_id("customs", series_id, period, value),
        "source_id": "customs",
        "series_id": series_id,
        "material": "gallium",
        "measure": "export_quantity",
        "reporter": "CN",
        "partner": "JP",
        "hs_code": "811292",
        "unit": "kg",
        "frequency": "M",
        "period": period,
        "value": value,
        "known_at": at(days),
        **changes,
    }
    return Observation(**values)


def listing(*names: str, days: float = 0.0) -> Listing:
    entries = tuple(
        Entry(key=name, name=f"{name} Ltd", country="CN", fields=(("fr", "1"),)) for name in names
    )
    return Listing(
        id=listing_id("entity-list", entries), source_id="entity-list", known_at=at(days), entries=entries
    )


def everything(repository: Repository, as_of: datetime = LATER, needs: tuple[Need, ...] = ()) -> Window:
    return repository.unassessed(needs, as_of, 1_000)


# Items


def test_an_item_comes_back_as_it_went_in(repository: Repository):
    full = item(
        published_at=datetime(2023, 7, 3, 18, 30, tzinfo=timezone(timedelta(hours=8))),
        archive_hash="ab" * 32,
        time_assumed=True,
        marking=Marking.AMBER_STRICT,
        release_to=frozenset({"JP", "KR"}),
    )
    nobody = item("b", release_to=frozenset())
    repository.add_items([full, nobody])
    assert set(everything(repository).items) == {full, nobody}
    assert repository.find_item(full.id) == repository.find_item(full.id, "mofcom") == full


def test_an_item_is_stored_once_when_it_is_polled_again(repository: Repository):
    first = repository.add_items([item(), item("b")])
    again = repository.add_items([item(known_at=at(1)), item("b", known_at=at(1))])
    assert (len(first.new), again.new, again.revised, again.unchanged) == (2, (), (), 2)
    assert repository.counts()["items"] == 2
    assert everything(repository).items[0].known_at == T0


def test_two_sources_keep_their_own_copy_of_one_article(repository: Repository):
    repository.add_items([item(source_id="ft"), item(source_id="wsj")])
    assert repository.counts()["items"] == 2


def test_an_edited_title_keeps_one_item_and_its_old_text(repository: Repository):
    repository.add_items([item(title="China mulls controls")])
    edited = item(title="China announces controls", known_at=at(1))
    assert repository.add_items([edited]).revised == (edited,)
    assert everything(repository).items == (edited,)
    assert [old.title for old in repository.item_history(edited)] == ["China mulls controls"]
    assert repository.counts()["items"] == 1


def test_two_texts_of_one_item_in_one_batch_are_an_edit(repository: Repository):
    stored = repository.add_items([item(title="one"), item(title="two", known_at=at(1)), item(title="two")])
    assert (len(stored.new), len(stored.revised), stored.unchanged) == (1, 1, 1)
    assert everything(repository).items[0].title == "two"


def test_a_list_page_does_not_erase_the_text_of_the_detail_page(repository: Repository):
    repository.add_items([item(body="the whole announcement")])
    stored = repository.add_items([item(body="", summary="", known_at=at(1))])
    assert stored.unchanged == 1
    assert everything(repository).items[0].body == "the whole announcement"


def test_an_older_text_becomes_a_revision_and_leaves_the_item(repository: Repository):
    newest = item(title="new", known_at=at(5))
    repository.add_items([newest])
    for _ in range(2):
        assert repository.add_items([item(title="old", known_at=at(1))]).unchanged == 1
    assert everything(repository).items == (newest,)
    assert [(old.title, old.known_at) for old in repository.item_history(newest)] == [("old", at(1))]


def test_texts_without_a_time_of_their_own_are_imported_twice_with_one_effect(repository: Repository):
    for day in (0, 1):
        texts = [item(title=title, known_at=at(day), time_assumed=True) for title in ("one", "two")]
        repository.add_items(texts)
    assert everything(repository).items[0].title == "two"
    assert repository.counts()["item_revisions"] == 1


def test_two_texts_of_one_instant_are_imported_twice_with_one_effect(repository: Repository):
    texts = [item(title="one"), item(title="two", summary=""), item(title="three", summary="longer")]
    assert len(repository.add_items(texts).revised) == 2
    assert repository.add_items(texts).unchanged == 3
    assert everything(repository).items[0].title == "three"


def test_text_that_no_database_takes_is_stored_without_it(repository: Repository):
    hostile = item(title="a\0b", summary="\ud800 half")
    for expected in ((1, 0), (0, 1)):
        stored = repository.add_items([hostile])
        assert (len(stored.new), stored.unchanged) == expected
    found = everything(repository).items[0]
    assert (found.title, found.summary) == ("ab", "? half")


def test_a_naive_time_is_refused(repository: Repository):
    with pytest.raises(Exception, match="no time zone"):
        repository.add_items([item(known_at=datetime(2023, 1, 1))])
    assert repository.counts()["items"] == 0


def test_items_between_takes_the_start_and_leaves_the_end(repository: Repository):
    repository.add_items([item(str(day), known_at=at(day)) for day in range(4)])
    assert [i.external_id for i in repository.items_between(at(1), at(3))] == ["1", "2"]
    assert repository.items_between(at(0), at(9), kinds=("news",)) == ()
    assert len(repository.items_between(at(0), at(9), source_id="mofcom", limit=1)) == 1


def test_known_items_names_the_ids_of_one_source(repository: Repository):
    repository.add_items([item("a"), item("b", source_id="other")])
    a, b = item("a").id, item("b", source_id="other").id
    assert repository.known_items("mofcom", [a, b, "i-0"]) == {a}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", "z"])), max_size=12))
def test_the_last_text_wins_however_polls_are_cut_into_batches(polls):
    repository = _in_memory()
    expected = dict(polls)
    texts = [item(name, title=title, known_at=at(n)) for n, (name, title) in enumerate(polls)]
    for start in range(0, len(texts), 4):
        repository.add_items(texts[start : start + 4])
    found = everything(repository).items
    assert {i.external_id: i.title for i in found} == expected
    assert len(found) == len(expected)
    repository.close()


def _in_memory() -> Repository:
    from warning.store import migrate  # noqa: PLC0415 - beside its only use

    engine = open_engine("sqlite://")
    migrate.upgrade_engine(engine)
    return Repository(engine)


# Figures


def test_a_revised_figure_is_a_vintage_and_the_same_figure_is_not(repository: Repository):
    assert len(repository.add_observations([figure("2023-08", 10.0)]).new) == 1
    assert repository.add_observations([figure("2023-08", 10.0, days=30)]).unchanged == 1
    assert len(repository.add_observations([figure("2023-08", 12.0, days=60)]).revised) == 1
    assert len(repository.add_observations([figure("2023-08", 10.0, days=90)]).revised) == 1
    vintages = repository.observations_between(T0, at(90))
    assert [(v.value, v.known_at) for v in vintages] == [(10.0, T0), (12.0, at(60)), (10.0, at(90))]


def test_each_vintage_is_what_was_known_then(repository: Repository):
    repository.add_observations([figure("2023-08", 10.0), figure("2023-08", 12.0, days=60)])
    window = Window(observations=repository.observations_between(T0, LATER))
    assert [window.as_known(at(day)).series[0].values for day in (0, 59, 60)] == [(10.0,), (10.0,), (12.0,)]


def test_importing_history_again_adds_no_vintage(repository: Repository):
    history = [figure("2023-08", 10.0), figure("2023-08", 12.0, days=60), figure("2023-08", None, days=90)]
    repository.add_observations(history)
    assert repository.add_observations(history).unchanged == 3
    assert repository.add_observations(reversed(history)).unchanged == 3


def test_a_missing_cell_and_an_impossible_figure_are_stored_as_missing(repository: Repository):
    repository.add_observations([figure("2023-08", None), figure("2023-09", float("nan"))])
    assert [o.value for o in everything(repository).observations] == [None, None]


def test_a_series_that_changes_its_unit_keeps_both(repository: Repository):
    repository.add_observations([figure("2023-08", 10.0), figure("2023-08", 10.0, days=1, unit="t")])
    assert [o.unit for o in repository.observations_between(T0, LATER)] == ["kg", "t"]
    assert repository.latest_observations(material="gallium")[0].unit == "t"


def test_a_figure_described_anew_and_as_before_again_is_three_vintages(repository: Repository):
    told = [figure("2023-08", 10.0, days=day, unit=unit) for day, unit in enumerate(("kg", "t", "kg", "kg"))]
    assert [len(repository.add_observations([one]).revised) for one in told] == [0, 1, 1, 0]
    assert repository.add_observations(told).unchanged == 4


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_descriptions_at_one_instant_the_same_one_stands_whichever_came_first(
    repository: Repository, turned: bool
):
    told = [figure("2023-08", 10.0, unit="kg"), figure("2023-08", 10.0, unit="t")]
    for one in reversed(told) if turned else told:
        repository.add_observations([one])
    known = Window(observations=repository.observations_between(T0, LATER)).as_known(LATER)
    assert known.series[0].meta.unit == "t"
    assert repository.add_observations(told).unchanged == 2


def test_latest_observations_are_the_newest_period_as_known(repository: Repository):
    repository.add_observations(
        [figure("2023-08", 1.0), figure("2023-09", 2.0, days=30), figure("2023-09", 3.0, days=60)]
    )
    assert [o.value for o in repository.latest_observations(material="gallium", as_of=at(31))] == [2.0]
    assert [o.value for o in repository.latest_observations()] == [3.0]
    assert repository.latest_observations(material="graphite") == ()


# Listings


def test_a_listing_is_compared_with_the_one_before(repository: Repository):
    assert repository.add_listing(listing("a", "b")) == ()
    changes = repository.add_listing(listing("b", "c", days=1))
    assert [(c.change, c.entry.key, c.entries_before, c.entries_after) for c in changes] == [
        ("removed", "a", 2, 2),
        ("added", "c", 2, 2),
    ]
    assert repository.add_listing(listing("b", "c", days=2)) == ()
    assert repository.latest_listing("entity-list") == listing("b", "c", days=1)
    assert set(everything(repository).listing_changes) == set(changes)
    assert repository.latest_listing("nothing") is None


def test_a_listing_older_than_the_latest_changes_nothing(repository: Repository):
    repository.add_listing(listing("a", days=5))
    assert repository.add_listing(listing("a", "b", days=1)) == ()
    assert repository.latest_listing("entity-list") == listing("a", days=5)


# The window of an assessment


def test_the_window_holds_nothing_from_the_future(repository: Repository):
    repository.add_items([item("now"), item("future", known_at=at(1))])
    assert [i.external_id for i in everything(repository, as_of=T0).items] == ["now"]


def test_the_window_is_cut_to_the_oldest_and_the_rest_stays(repository: Repository):
    repository.add_items([item(str(day), known_at=at(day)) for day in (3, 1, 2)])
    assert [i.external_id for i in repository.unassessed((), LATER, 2).items] == ["1", "2"]


def test_the_window_loads_as_much_history_as_the_rules_want(repository: Repository):
    repository.add_observations([figure(f"2022-{month:02d}", float(month)) for month in range(1, 13)])
    with writing(repository.engine) as connection:
        connection.exec_driver_sql("UPDATE observations SET assessed_at = known_at")
    repository.add_observations([figure("2023-01", 13.0, days=20), figure("2023-01", 1.0, series_id="quiet")])
    needs = (
        Need(select=Select(measures=("price",)), days=400),
        Need(select=Select(hs_codes=("8112",)), days=100),
    )
    window = everything(repository, needs=needs)
    loaded = [o.period for o in window.observations if o.series_id == "ga-jp"]
    assert sorted(loaded) == ["2022-10", "2022-11", "2022-12", "2023-01"]
    assert len(window.fresh) == 2


# Documents, source states, digests, export


def test_archived_bytes_come_back_and_are_kept_once(repository: Repository):
    raw = "稀土".encode("gbk") * 500
    fetched = {"source_id": "mofcom", "url": "https://example.org/", "content_type": "text/html"}
    digest = repository.archive(raw, fetched_at=T0, **fetched)
    assert repository.archive(raw, fetched_at=at(1), **fetched) == digest
    assert repository.archived(digest) == raw
    assert repository.counts()["documents"] == 1
    assert [f.fetched_at for f in repository.fetch_log(digest=digest)] == [at(1), T0]
    assert repository.fetch_log(source_id="mofcom", limit=1)[0].size_bytes == len(raw)


def test_a_document_that_was_never_archived_is_named(repository: Repository):
    with pytest.raises(EvidenceMissing, match="abc"):
        repository.archived("abc")


def test_a_damaged_archive_does_not_pass_for_evidence(repository: Repository):
    address = {"source_id": "s", "url": "u", "content_type": "", "fetched_at": T0}
    digest, other = repository.archive(b"one", **address), repository.archive(b"two", **address)
    with writing(repository.engine) as connection:
        connection.exec_driver_sql(
            f"UPDATE documents SET content = (SELECT d.content FROM documents d WHERE d.digest = '{other}') "
            f"WHERE digest = '{digest}'"
        )
    with pytest.raises(EvidenceMissing, match="damaged"):
        repository.archived(digest)


def test_a_source_state_replaces_the_one_before(repository: Repository):
    state = SourceState(source_id="mofcom", condition="failing", cause="HTTP 503", since=T0, failures=2)
    for saved in (state, replace(state, condition="ok", cause="", failures=0, etag='"x"')):
        repository.save_source_state(saved)
        assert repository.source_states() == {"mofcom": saved}


def test_every_edition_of_a_digest_is_kept(repository: Repository):
    editions = [
        ArchivedDigest(desk_id="kr", week="2026-W47", format="html", content=text, created_at=at(n))
        for n, text in enumerate((b"first", b"second"))
    ]
    for edition in editions:
        repository.save_digest(edition)
    assert repository.digests(desk_id="kr", week="2026-W47") == tuple(reversed(editions))
    assert repository.digests(desk_id="jp") == ()


def test_export_gives_everything_back_in_pages(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("warning.store.export.BATCH", 2)
    stored = [item(str(n), known_at=at(n)) for n in range(5)]
    figures = [figure("2023-08", 1.0), figure("2023-08", 2.0, days=9)]
    lists = [listing("a"), listing("b", days=9)]
    repository.add_items(stored)
    repository.add_observations(figures)
    for version in lists:
        repository.add_listing(version)
    assert list(repository.export()) == [*stored, *figures, *lists]
    assert list(repository.export(since=at(4))) == [stored[4], figures[1], lists[1]]
    whole = list(repository.export())
    parts = [*repository.export(until=at(4)), *repository.export(since=at(4))]
    assert sorted(parts, key=lambda one: one.id) == sorted(whole, key=lambda one: one.id)
    assert list(repository.export(since=at(4), until=at(4))) == []


# Failures


def test_a_database_that_is_away_is_a_named_failure(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'no-such-directory' / 'x'}")
    with pytest.raises(StoreError, match="did not answer") as caught:
        Repository(engine).counts()
    assert caught.value.retryable
    engine.dispose()


def test_a_writing_block_that_raises_stores_nothing(repository: Repository):
    repository.add_items([item()])

    def half_done() -> None:
        with writing(repository.engine) as connection:
            connection.execute(item_table.delete())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert repository.counts()["items"] == 1
