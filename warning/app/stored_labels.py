"""A mended kind, country or language is given to what stands stored, also where no document shows it again.

A mailbox is asked behind what was read, and a page or an alert behind an entry is read once: neither comes again because
its source has another label.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from warning.app.poll_findings import Findings, Settled
from warning.app.reading_basis import labels_of
from warning.catalog.sources import SourceSpec
from warning.core.evidence import Item
from warning.core.formats_documents import CapFormat, MailFormat
from warning.core.relabelling import Labels
from warning.store.evidence_writer import EvidenceWriter

LAST_DAYS = 30


def with_labels(
    findings: Findings, spec: SourceSpec, was: Labels, now: datetime, shown: tuple[Item, ...] = ()
) -> Findings:
    """Return the findings of a poll after which the source's stored items stand under what was mended of its labels.

    Those are what became known in the last 30 days (the first days of a mailbox, where these are more), and what the
    entries `shown` stand for: by their ids, and of alerts behind a feed all since the oldest of these entries.
    """
    since = _since(spec, now, shown)

    def store(writer: EvidenceWriter) -> Settled:
        mend = was, labels_of(spec)
        relabelled = writer.relabel_items(spec.id, mend, since, [item.id for item in shown])
        state, outcome = findings.store(writer)
        return state, replace(outcome, items_revised=outcome.items_revised + relabelled)

    return replace(findings, store=store, is_news=True)


def _since(spec: SourceSpec, now: datetime, shown: tuple[Item, ...]) -> datetime:
    days = spec.parse.first_days if isinstance(spec.parse, MailFormat) else 0
    since = now - timedelta(days=max(days, LAST_DAYS))
    entries = shown if isinstance(spec.parse, CapFormat) else ()
    return min((since, *(entry.occurred_at for entry in entries)))
