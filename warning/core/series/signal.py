"""A finding in a series as a signal: its facts, its reasons in words, its evidence."""

from collections.abc import Sequence
from datetime import datetime

from warning.core.evidence import Observation, observation_id, period_end
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.figures import amount, move
from warning.core.series.judge import Finding
from warning.core.series.reasons import reason
from warning.core.series.select import WORLD, material_id
from warning.core.series.track import period_at
from warning.core.signals import Exhibit, Facts, Reason, Signal, signal_id
from warning.core.vocabulary import Measure, SourceKind

FLOWS: dict[Measure, str] = {
    "export_quantity": "exports",
    "export_value": "exports by value",
    "import_quantity": "imports",
    "import_value": "imports by value",
    "unit_value": "unit value",
    "price": "price",
    "index": "index",
}


def signal(rule: SeriesRule, findings: Sequence[Finding], book: Rulebook) -> Signal:
    """Return the signal of one rule on one figure, whatever number of its conditions hold there."""
    first = findings[0]
    point = evidence(first)
    meta = first.track.meta
    known_at = first.track.implied_at.get(first.place, point.known_at)
    facts = _facts(rule, meta, book)
    reasons = [reason(rule, finding, point) for finding in findings]
    if first.place in first.track.implied_at:
        reasons.append(_absent_row(point))
    if rule.caveat:
        reasons.append(Reason(code="series.caveat", text=rule.caveat, params=(("text", rule.caveat),)))
    return Signal(
        id=signal_id(rule.id, point.id),
        rule_id=rule.id,
        rule_version=rule.version,
        rule_title=rule.title,
        interrupts=rule.interrupts,
        severity=rule.severity,
        facts=facts,
        occurred_at=period_end(point.period),
        known_at=known_at,
        exhibit=_exhibit(first, point, known_at, book),
        why=tuple(reasons),
        story=":".join((rule.act, "+".join(facts.materials), "+".join(facts.actors), rule.direction)),
    )


def evidence(finding: Finding) -> Observation:
    """Return the figure itself; for an absent row read as zero, the row as it would have stood."""
    point = finding.track.points[finding.place]
    if point is not None:
        return point
    track = finding.track
    first = next(i for i, p in enumerate(track.points) if p is not None)
    meta, start = track.meta, track.points[first]
    assert start is not None
    period = period_at(start, finding.place - first)
    return Observation(
        id=observation_id(meta.source_id, meta.series_id, period, 0.0),
        source_id=meta.source_id,
        series_id=meta.series_id,
        material=meta.material,
        measure=meta.measure,
        reporter=meta.reporter,
        partner=meta.partner,
        hs_code=meta.hs_code,
        unit=meta.unit,
        currency=meta.currency,
        frequency=meta.frequency,
        period=period,
        value=0.0,
        known_at=track.implied_at[finding.place],
    )


def _absent_row(point: Observation) -> Reason:
    text = f"No row was published for {point.period} while the rest of the table was: counted as zero"
    return Reason(code="series.absent_row", text=text, params=(("period", point.period),))


def _facts(rule: SeriesRule, meta: Observation, book: Rulebook) -> Facts:
    """The exporter acts and the importer is hit, whoever of the two reports; a price has no actor."""
    exporter, importer = meta.reporter, meta.partner
    if meta.measure in {"import_quantity", "import_value"}:
        exporter, importer = importer, exporter
    is_price = meta.measure in {"price", "index"}
    return Facts(
        act=rule.act,
        direction=rule.direction,
        materials=rule.materials or _materials(meta, book),
        actors=() if is_price or exporter == WORLD else (exporter,),
        targets=() if is_price or importer == WORLD else (importer,),
        hs_codes=(meta.hs_code,) if meta.hs_code else (),
    )


def _materials(meta: Observation, book: Rulebook) -> tuple[str, ...]:
    """The series' own material when rules/terms knows it, else what its HS code stands for, else its name."""
    known = book.terms.materials
    own = material_id(meta.material)
    for name in (meta.material, own, own.replace("_", "-")):
        if name in known:
            return (name,)
    code = meta.hs_code or ""
    by_code = [n for n, m in known.items() if code and any(code.startswith(c) for c in m.hs_codes)]
    return tuple(sorted(by_code)) or ((own,) if own else ())


def _exhibit(finding: Finding, point: Observation, known_at: datetime, book: Rulebook) -> Exhibit:
    kind: SourceKind = "price" if point.measure in {"price", "index"} else "customs"
    source = book.source(point.source_id, kind, point.reporter, "en")
    return Exhibit(
        evidence_id=point.id,
        source_id=source.id,
        source_title=source.title,
        publisher=source.publisher,
        kind=source.kind,
        country=source.country,
        language=source.language,
        official=source.official,
        reliability=source.reliability,
        marking=source.marking,
        release_to=source.release_to,
        title=headline(finding, point, book),
        url="",
        published_at=None,
        known_at=known_at,
    )


def headline(finding: Finding, point: Observation, book: Rulebook) -> str:
    """Return one line such as "Natural graphite (HS 250410) exports China → Japan, 2023-12: 20 t, ..."."""
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


def _subject(point: Observation, book: Rulebook) -> str:
    """The material's label; the publisher's own word when the series is of several materials or none of ours."""
    known = book.terms.materials
    names = [known[m].label["en"] for m in _materials(point, book) if m in known]
    subject = names[0] if len(names) == 1 else point.material.replace("_", " ").replace("-", " ").strip()
    return subject[:1].upper() + subject[1:]


def _base_name(finding: Finding) -> str:
    if finding.condition.code in {"drop", "zero", "surge"}:
        return "the usual level"
    return "the range before" if finding.condition.code in {"high", "low"} else "the reference"


def _place(code: str, book: Rulebook) -> str:
    if code == WORLD:
        return "world"
    actor = book.terms.actors.get(code)
    return actor.label["en"] if actor else code
