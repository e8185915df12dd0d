"""One line that says what a figure shows, and what it is about."""

from warning.core.evidence import Observation
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.combined import HS6_DIGITS, route
from warning.core.series.figures import amount, move
from warning.core.series.judge import Finding
from warning.core.series.select import WORLD, material_id
from warning.core.series_combine import Combine, Concentration, MirrorGap, Share, Spread
from warning.core.vocabulary import Measure

FLOWS: dict[Measure, str] = {
    "export_quantity": "exports",
    "export_value": "exports by value",
    "import_quantity": "imports",
    "import_value": "imports by value",
    "unit_value": "unit value",
    "price": "price",
    "index": "index",
}

USUAL, RANGE, SEASON = "the usual level", "the range before", "the same season before"
REFERENCE = "the reference"
BASES = {
    "drop": USUAL, "zero": USUAL, "surge": USUAL, "cliff": USUAL, "shift_up": USUAL, "shift_down": USUAL,
    "high": RANGE, "low": RANGE, "year_up": SEASON, "year_down": SEASON,
    "drift_up": "where the trend began", "drift_down": "where the trend began",
    "cross_up": "the nearest before", "cross_down": "the nearest before",
}  # fmt: skip


def materials_of(meta: Observation, book: Rulebook) -> tuple[str, ...]:
    """The series' own material when rules/terms knows it, else what its HS code stands for, else its name."""
    known = book.terms.materials
    own = material_id(meta.material)
    for name in (meta.material, own, own.replace("_", "-")):
        if name in known:
            return (name,)
    code = meta.hs_code or ""
    by_code = [n for n, m in known.items() if code and any(code.startswith(c) for c in m.hs_codes)]
    return tuple(sorted(by_code)) or ((own,) if own else ())


def headline(rule: SeriesRule, finding: Finding, point: Observation, book: Rulebook) -> str:
    """Return one line such as "Natural graphite (HS 250410) exports China → Japan, 2023-12: 20 t, ..."."""
    if rule.combine is not None and finding.track.method:
        return _made_headline(rule.combine, finding, point, book)
    subject = _subject(point, book)
    code = f" (HS {point.hs_code})" if point.hs_code else ""
    found = amount(finding.observed, point, beside=finding.baseline)
    base = amount(finding.baseline, point, beside=finding.baseline)
    route = f"{_place(point.reporter, book)} → {_place(point.partner, book)}"
    if point.measure in {"import_quantity", "import_value"}:
        route = f"{_place(point.partner, book)} → {_place(point.reporter, book)}"
    if point.measure in {"price", "index"}:
        route = _place(point.reporter, book)
    return (
        f"{subject}{code} {FLOWS[point.measure]} {route}, {point.period}: "
        f"{found}, {move(finding.ratio)} {_base_name(finding)} ({base})"
    )


def _made_headline(combine: Combine, finding: Finding, point: Observation, book: Rulebook) -> str:
    code = f" (HS {point.hs_code[:HS6_DIGITS]})" if point.hs_code else ""
    found = amount(finding.observed, point, beside=finding.baseline)
    base = amount(finding.baseline, point, beside=finding.baseline)
    what = _made_name(combine, point, book)
    return f"{_subject(point, book)}{code}: {what}, {point.period}: {found}, {_base_name(finding)} {base}"


def _made_name(combine: Combine, point: Observation, book: Rulebook) -> str:
    exporter, importer = (_place(code, book) for code in route(point))
    by = "by value" if point.measure in {"import_value", "export_value"} else "by weight"
    match combine:
        case Spread():
            return f"price in {_place(point.reporter, book)} over {_place(point.partner, book)}"
        case Share(of="imports"):
            return f"share of {exporter} in the imports of {importer} {by}"
        case Share():
            return f"share of {importer} in the exports of {exporter} {by}"
        case Concentration(of="imports"):
            return f"concentration of the suppliers of {importer} {by}"
        case Concentration():
            return f"concentration of the buyers from {exporter} {by}"
        case MirrorGap():
            return f"arrivals in {importer} over what {exporter} shipped {by}"


def _subject(point: Observation, book: Rulebook) -> str:
    """The material's label; the publisher's own word when the series is of several materials or none of ours."""
    known = book.terms.materials
    names = [known[m].label["en"] for m in materials_of(point, book) if m in known]
    subject = names[0] if len(names) == 1 else point.material.replace("_", " ").replace("-", " ").strip()
    return subject[:1].upper() + subject[1:]


def _base_name(finding: Finding) -> str:
    return BASES.get(finding.condition.code, REFERENCE)


def _place(code: str, book: Rulebook) -> str:
    if code == WORLD:
        return "world"
    actor = book.terms.actors.get(code)
    return actor.label["en"] if actor else code
