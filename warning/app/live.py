"""The live use cases: one round of collecting, assessing and delivering. Rehearsals call the same core."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from warning.app.collected import CollectReport
from warning.app.collecting import collect_due
from warning.app.compose import System
from warning.app.delivering import DeliveryCounts, deliver_due
from warning.collect.fetch import Fetcher
from warning.core.assess import Assessment, assess
from warning.errors import AssessmentRaced

log = logging.getLogger(__name__)
ASSESS_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessReport:
    """What the assessments of one round did, added up."""

    evidence: int = 0
    signals: int = 0
    opened: int = 0
    updated: int = 0
    joined: int = 0
    owed: int = 0
    withheld: int = 0


@dataclass(slots=True, kw_only=True)
class RoundReport:
    """One full round, for `warning run --once`."""

    collected: CollectReport | None = None
    assessed: AssessReport = field(default_factory=AssessReport)
    delivered: DeliveryCounts | None = None


def open_fetcher(system: System) -> Fetcher:
    """Return the network reader the settings describe; use it as an async context."""
    return Fetcher(
        system.clock,
        contact=system.settings.user_agent_contact,
        allow_private_hosts=system.settings.allow_private_hosts,
        concurrency=system.settings.fetch_concurrency,
    )


async def collect_round(
    system: System, fetcher: Fetcher, *, patience_seconds: float | None = None
) -> CollectReport:
    """Poll every source that is due and store what it yields.

    Returns after `patience_seconds` at the latest: a source that hangs goes on alone and delays nobody.
    """
    return await collect_due(
        system.sources,
        system.repository,
        fetcher,
        system.clock,
        settings=system.settings,
        memory=system.memory,
        patience_seconds=patience_seconds,
    )


def assess_new(system: System) -> AssessReport:
    """Assess all evidence not yet assessed, in batches; each batch is one transaction."""
    report = AssessReport()
    book = system.book()
    while True:
        as_of = system.clock()
        window = system.repository.unassessed(book.needs(), as_of, ASSESS_BATCH)
        if not window.fresh:
            return report
        since = as_of - timedelta(days=book.policy.correlation.instrument_days)
        assessment = assess(book, window, system.repository.state(since=since), as_of)
        try:
            system.repository.commit_assessment(assessment, window, book_version=book.version)
        except AssessmentRaced as raced:
            log.info("%s", raced)
            continue
        report = _add(report, len(window.fresh), assessment)


async def deliver_round(system: System) -> DeliveryCounts:
    """Send what is owed and due."""
    return await deliver_due(system.outbox, system.repository, system.channels, system.book(), system.clock)


async def full_round(system: System, fetcher: Fetcher) -> RoundReport:
    """Collect, assess, deliver: one after the other."""
    report = RoundReport()
    report.collected = await collect_round(system, fetcher)
    report.assessed = assess_new(system)
    report.delivered = await deliver_round(system)
    return report


def _add(report: AssessReport, evidence: int, assessment: Assessment) -> AssessReport:
    kinds = [change.kind for change in assessment.changes]
    return AssessReport(
        evidence=report.evidence + evidence,
        signals=report.signals + len(assessment.signals),
        opened=report.opened + kinds.count("opened"),
        updated=report.updated + kinds.count("updated"),
        joined=report.joined + kinds.count("joined"),
        owed=report.owed + len(assessment.deliveries),
        withheld=report.withheld + len(assessment.withheld),
    )
