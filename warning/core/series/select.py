"""Which series a rule looks at."""

from collections.abc import Iterable

from warning.core.evidence import Observation
from warning.core.rules import Select
from warning.core.terms import Terms

WORLD = "WLD"


def selects(select: Select, meta: Observation, terms: Terms) -> bool:
    """Say whether `select` describes the series whose latest figure is `meta`."""
    return not any(fault for fault in faults(select, meta, terms))


def faults(select: Select, meta: Observation, terms: Terms) -> Iterable[str]:
    """Yield, for each part of `select` that the series does not meet, what was found; nothing when all hold."""
    for name, wanted, found in (
        ("frequency", select.frequencies, meta.frequency),
        ("measure", select.measures, meta.measure),
        ("reporter", select.reporters, meta.reporter),
        ("partner", select.partners, meta.partner),
        ("source", select.sources, meta.source_id),
    ):
        if wanted and found not in wanted:
            yield f"{name} {found}"
    if select.bilateral is not None and select.bilateral is (meta.partner == WORLD):
        yield f"partner {meta.partner}"
    if meta.partner in select.except_partners:
        yield f"partner {meta.partner} is excepted"
    yield from _hs_faults(select, meta.hs_code or "")
    yield from _material_faults(select, meta.material, terms)


def _hs_faults(select: Select, code: str) -> Iterable[str]:
    if select.hs_codes and not code.startswith(select.hs_codes):
        yield f"HS code {code or 'not given'}"
    if select.except_hs_codes and code.startswith(select.except_hs_codes):
        yield f"HS code {code} is excepted"


def _material_faults(select: Select, material: str, terms: Terms) -> Iterable[str]:
    if not (select.materials or select.except_materials):
        return
    lineage = with_ancestors(material, terms)
    if select.materials and not lineage & set(select.materials):
        yield f"material {material}"
    if lineage & set(select.except_materials):
        yield f"material {material} is excepted"


def with_ancestors(material: str, terms: Terms) -> set[str]:
    """Return the material and every group it belongs to."""
    lineage: set[str] = set()
    name: str | None = material_id(material)
    while name and name not in lineage:
        lineage.add(name)
        known = terms.materials.get(name)
        name = known.parent if known else None
    return lineage


def material_id(name: str) -> str:
    """Return a publisher's name of a material in the spelling of rules/terms: lower case, underscores."""
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())
