"""What the sources of the catalogue can bring, as far as their entries say: items, figures of materials, a list."""

from collections.abc import Iterable, Mapping

from warning.catalog.sources import SourceSpec
from warning.core.formats import ListingFormat, TableFormat
from warning.core.source_needs import WatchedSource, Yields
from warning.core.terms import Terms


def brought_by(specs: Iterable[SourceSpec], terms: Terms) -> Mapping[str, WatchedSource]:
    """Return what every source brings, by id, those that are switched off too; of items not of which materials."""
    return {
        spec.id: WatchedSource(
            profile=spec.profile,
            yields=yields_of(spec),
            materials=of_table(spec.table, terms) if spec.table is not None else None,
        )
        for spec in specs
    }


def yields_of(spec: SourceSpec) -> Yields:
    """Return what a document of the source becomes."""
    if spec.table is not None:
        return "figures"
    return "list" if isinstance(spec.parse, ListingFormat) else "items"


def of_table(table: TableFormat, terms: Terms) -> frozenset[str] | None:
    """Return the materials of a table, None where its rows may name any."""
    named = {table.material, *table.materials.values(), *table.materials_by_hs.values()}
    named |= {column.material or "" for column in table.values.values()}
    known = frozenset(named & set(terms.materials))
    rows_say = table.material.startswith("column:") or table.hs_code is not None
    return None if rows_say and not known else known
