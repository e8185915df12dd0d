"""Items by the month in which they became known, as the kept history asks for them, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from warning.core.evidence import Item
from warning.core.vocabulary import Marking
from warning.store.export import export_items, item_months, month_mark
from warning.store.repository import Repository

MONTHS = (
    datetime(2025, 12, 1, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 2, 1, tzinfo=UTC),
)


def item(name: str, known_at: datetime) -> Item:
    return Item(
        id=name, source_id="mofcom", kind="regulatory", country="CN", language="zh", title=f"镓 {name}",
        external_id=name, published_at=known_at, known_at=known_at,
    )  # fmt: skip


def test_items_are_told_by_the_month_that_begins_at_its_midnight(repository: Repository):
    assert item_months(repository.engine) == ()
    last_second = MONTHS[1].replace(year=2025, month=12, day=31, hour=23, minute=59)
    repository.add_items(
        [item("a", last_second), item("b", MONTHS[1]), item("c", datetime(2026, 3, 31, 9, tzinfo=UTC))]
    )
    found = item_months(repository.engine)
    assert [(month.since, month.items) for month in found] == [
        (MONTHS[0], 1), (MONTHS[1], 1), (datetime(2026, 3, 1, tzinfo=UTC), 1),
    ]  # fmt: skip
    for month in found:
        assert len(list(export_items(repository.engine, month.since, month.until))) == month.items


def test_what_comes_to_a_month_or_leaves_it_shows_in_what_is_told_of_it(repository: Repository):
    first = item("a", MONTHS[0])
    repository.add_items([first, item("b", MONTHS[0])])
    (before,) = item_months(repository.engine)
    repository.add_items([item("c", MONTHS[0])])
    (after,) = item_months(repository.engine)
    assert (after.items, after.newest > before.newest) == (3, True)
    repository.add_items([replace(first, title="镓 别的", known_at=MONTHS[1])])
    assert [month.items for month in item_months(repository.engine)] == [2, 1]


def test_mark_of_a_month_moves_with_text_labels_and_marking_and_not_with_what_comes(repository: Repository):
    def mark() -> str:
        (month,) = item_months(repository.engine)
        return month_mark(repository.engine, month, first.newest)

    one = item("a", MONTHS[0])
    repository.add_items([one])
    (first,) = item_months(repository.engine)
    seen = [mark()]
    repository.add_items([item("b", MONTHS[0])])
    assert mark() == seen[0]
    changes = (
        {"body": "正文"}, {"kind": "customs"}, {"country": "JP"}, {"language": "ja"},
        {"marking": Marking.AMBER}, {"release_to": frozenset({"US"})},
    )  # fmt: skip
    for change in changes:
        one = replace(one, **change, known_at=one.known_at + timedelta(hours=1))  # type: ignore[arg-type]  # fields of an item
        repository.add_items([one])
        seen.append(mark())
    assert len(set(seen)) == 1 + len(changes)
