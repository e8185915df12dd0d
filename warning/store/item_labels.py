"""Under which labels items were read: what tells a label that the catalogue gave from an item's own.

A label that was changed once by a mend of the source was given, and goes wherever the source's goes; one that a record
said of itself stays.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, func

from warning.core.evidence import Item
from warning.core.relabelling import labels_of
from warning.store.rows import insert_or
from warning.store.schema import item_labels

NAMES = ("kind", "country", "language")


def keep_labels_read(connection: Connection, changed: Iterable[tuple[int, Item, Item]]) -> None:
    """Keep under what each item, by its number, was read: those of its labels that differ now. What is kept already stays."""
    rows = [
        {"item_seq": seq, "source_id": before.source_id, "is_own": False} | _differing(before, now)
        for seq, before, now in changed
        if labels_of(before) != labels_of(now)
    ]
    if not rows:
        return
    insert = insert_or(connection, item_labels)
    kept = {name: func.coalesce(item_labels.c[name], insert.excluded[name]) for name in NAMES}
    connection.execute(insert.on_conflict_do_update(index_elements=["item_seq"], set_=kept), rows)


def keep_own_labels(connection: Connection, source_id: str, numbers: Iterable[int]) -> None:
    """Keep that these items said their labels themselves."""
    rows = [{"item_seq": seq, "source_id": source_id, "is_own": True} for seq in numbers]
    if rows:
        insert = insert_or(connection, item_labels)
        own = insert.on_conflict_do_update(index_elements=["item_seq"], set_={"is_own": True})
        connection.execute(own, rows)


def _differing(before: Item, now: Item) -> dict[str, str | None]:
    told = zip(NAMES, labels_of(before), labels_of(now), strict=True)
    return {name: was if was != is_now else None for name, was, is_now in told}
