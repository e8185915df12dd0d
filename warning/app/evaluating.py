"""`rules eval`: which rules fire on each record, in the order of the input and with bounded memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from warning.app.history import History
from warning.core.detect.registry import evaluate
from warning.core.evidence import Evidence, Observation
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal, is_withdrawal

BATCH = 4_000
_Row = tuple[str, str | None, datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What fired on one record: nothing, or signals sorted by rule."""

    record: Evidence
    signals: tuple[Signal, ...]

    def document(self) -> dict[str, object]:
        """Return the line `rules eval` prints."""
        return {"id": self.record.id, "fired": [_fired(signal) for signal in self.signals]}


def evaluate_records(
    book: Rulebook, records: Iterable[Evidence], as_of: datetime | None = None
) -> Iterator[Evaluated]:
    """Yield one answer a record, in input order.

    Figures are judged against those that came before them in the input, a list against its source's list
    before, at once: a removal is told later, if it lasts. An absent row that counts as zero is answered with the last row
    of its table's period. A record that was not yet known at `as_of` fires nothing and is not remembered.
    """
    history = History(book, waits=False)
    now: datetime | None = as_of
    for batch in _batches(records):
        known = [record for record in batch if as_of is None or record.known_at <= as_of]
        if as_of is None:
            now = max([*([now] if now else []), *(record.known_at for record in known)])
        fired = _signals(book, history, known, now) if known and now else {}
        for record in batch:
            yield Evaluated(record=record, signals=tuple(fired.get(record.id, ())))


def _signals(
    book: Rulebook, history: History, records: Sequence[Evidence], as_of: datetime
) -> dict[str, Sequence[Signal]]:
    """The signals by the id of the record they fired on; a sequence fires on the record of its last event."""
    known = history.admit(records).as_known(as_of)
    signals, _ = evaluate(book, known, as_of)
    history.keep(signals)
    told_with = {change.id: change.listing_id for change in known.listing_changes}
    told_with |= {record.id: record.id for record in records}
    rows = {_row_of(record): record.id for record in records if isinstance(record, Observation)}
    found: dict[str, list[Signal]] = defaultdict(list)
    for signal in sorted((s for s in signals if not is_withdrawal(s)), key=lambda s: s.rule_id):
        evidence_id = signal.exhibit.evidence_id
        found[told_with.get(evidence_id) or rows.get(_table_of(signal), evidence_id)].append(signal)
    return dict(found)


def _row_of(figure: Observation) -> _Row:
    return figure.source_id, figure.hs_code, figure.occurred_at, figure.known_at


def _table_of(signal: Signal) -> _Row:
    """What the rows share with an absent one that was read as zero, as it became known with the last of them."""
    codes = signal.facts.hs_codes
    return signal.exhibit.source_id, codes[0] if codes else None, signal.occurred_at, signal.known_at


def _batches(records: Iterable[Evidence]) -> Iterator[list[Evidence]]:
    """Cut the input where two records could be confused: one id twice, or two vintages of one figure."""
    batch: list[Evidence] = []
    seen: set[str] = set()
    for record in records:
        figure = f"{record.series_id}\x1f{record.period}" if isinstance(record, Observation) else record.id
        if len(batch) == BATCH or record.id in seen or figure in seen:
            yield batch
            batch, seen = [], set()
        batch.append(record)
        seen |= {record.id, figure}
    if batch:
        yield batch


def _fired(signal: Signal) -> dict[str, object]:
    facts = signal.facts
    return {
        "rule": signal.rule_id,
        "act": facts.act,
        "direction": facts.direction,
        "materials": list(facts.materials),
        "actors": list(facts.actors),
        "targets": list(facts.targets),
        "instrument": facts.instrument,
        "announced": facts.announced.isoformat() if facts.announced else None,
        "effective": facts.effective.isoformat() if facts.effective else None,
        "severity": signal.severity.value,
        "interrupts": signal.interrupts and not signal.exhibit.is_doubtful,
        "why": [reason.text for reason in signal.why],
    }
