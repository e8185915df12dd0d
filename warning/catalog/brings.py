"""What the sources of the catalogue can bring, as far as their entries say: items, figures of materials, a list."""

import re
from collections.abc import Iterable, Mapping

from warning.catalog.sources import SourceSpec
from warning.core.formats import ListingFormat, TableFormat
from warning.core.source_needs import WatchedSource, Yields
from warning.core.terms import Terms

_NUMBERS = re.compile(r"(?<!\d)\d{4,10}(?!\d)")


def brought_by(specs: Iterable[SourceSpec], terms: Terms) -> Mapping[str, WatchedSource]:
    """Return what every source brings, by id, those that are switched off too; of items not of which materials."""
    return {
        spec.id: WatchedSource(
            profile=spec.profile,
            yields=yields_of(spec),
            materials=of_table(spec.table, terms) if spec.table is not None else None,
            hs_codes=codes_of(spec, terms),
            frequency=spec.table.frequency if spec.table is not None else None,
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


def codes_of(spec: SourceSpec, terms: Terms) -> frozenset[str] | None:
    """Return the beginnings of the HS codes that a table's figures may have, none for a table without codes.

    None where its rows say. Where they say the codes of one material these are its own in rules/terms, and whatever number the source names.
    """
    table = spec.table
    if table is None:
        return None
    if table.hs_code is None:
        return frozenset()
    if not table.hs_code.startswith("column:"):
        return frozenset({table.hs_code})
    if table.materials_by_hs and not any(column.material for column in table.values.values()):
        return frozenset(table.materials_by_hs)
    material = terms.materials.get(table.material)
    if material is None or not material.hs_codes:
        return None
    return frozenset(material.hs_codes) | frozenset(_NUMBERS.findall(spec.model_dump_json()))
