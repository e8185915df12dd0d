"""A finding in a series as a signal: its facts, its reasons in words, its evidence."""

from collections.abc import Sequence
from datetime import datetime

from warning.core.evidence import Observation, period_end
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.effective import effective_reasons
from warning.core.series.headlines import headline, materials_of
from warning.core.series.judge import Finding
from warning.core.series.reasons import reason
from warning.core.series.select import WORLD
from warning.core.series.signal_point import evidence
from warning.core.signals import Exhibit, Facts, Figure, Reason, Signal, signal_id
from warning.core.vocabulary import SourceKind


def signal(rule: SeriesRule, findings: Sequence[Finding], book: Rulebook) -> Signal:
    """Return the signal of one rule on one figure, whatever number of its conditions hold there."""
    first = findings[0]
    point = evidence(first)
    meta = first.track.meta
    known_at = first.track.implied_at.get(first.place, point.known_at)
    facts = _facts(rule, meta, book)
    reasons = [reason(rule, finding, point) for finding in findings]
    reasons += [act for finding in findings for act in effective_reasons(finding, book)]
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
        exhibit=_exhibit(rule, first, point, known_at, book),
        why=tuple(reasons),
        story=":".join((rule.act, "+".join(facts.materials), "+".join(facts.actors), rule.direction)),
        figure=Figure(
            series_id=point.series_id,
            period=point.period,
            published=_published(first, point),
        ),
    )


def _published(finding: Finding, point: Observation) -> str:
    track, place = finding.track, finding.place
    if place in track.implied_at and place not in track.sources:
        return ""
    return track.sources.get(place, point).series_id


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
        materials=rule.materials or materials_of(meta, book),
        actors=() if is_price or exporter == WORLD else (exporter,),
        targets=() if is_price or importer == WORLD else (importer,),
        hs_codes=(meta.hs_code,) if meta.hs_code else (),
    )


def _exhibit(
    rule: SeriesRule, finding: Finding, point: Observation, known_at: datetime, book: Rulebook
) -> Exhibit:
    """A figure made of several is shown by the published one that completed it."""
    shown = finding.track.sources.get(finding.place, point)
    kind: SourceKind = "price" if shown.measure in {"price", "index"} else "customs"
    source = book.source(shown.source_id, kind, shown.reporter, "en")
    return Exhibit(
        evidence_id=shown.id,
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
        title=headline(rule, finding, point, book),
        url="",
        published_at=None,
        known_at=known_at,
    )
