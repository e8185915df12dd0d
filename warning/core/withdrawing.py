"""What is left of an alert when evidence is taken back: other evidence carries it, or nothing does. Values in, values out.

An alert with withdrawn evidence keeps itself as it was, in `whole`; what desks read is made from `whole` without that
evidence. So a further report joins `whole`, and evidence that is restored brings back the alert as it was.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime

from warning.core.alert_news import differences_of, disputes_of
from warning.core.alerts import Alert, AlertChange, Difference
from warning.core.claims import Claim, first_said
from warning.core.evidence import Item
from warning.core.figure_grounds import left_besides, left_figures
from warning.core.joining import alert_title, certainty_of, join_signals
from warning.core.pattern_steps import left_of, rests_on_event
from warning.core.rulebook import Rulebook
from warning.core.signals import Facts, Reason, Signal, ground_of, signal_ids_of
from warning.core.vocabulary import Certainty, Severity
from warning.core.withdrawals import (
    PUBLISHER,
    Withdrawal,
    headline,
    is_retraction,
    standing_withdrawals,
    withdrawal_id,
)

ABOUT_WITHDRAWAL = frozenset({"withdrawn", "cancelled", "restored"})
# What changed of these is read from what stands; what is withdrawn has no part in it.
_OF_WHAT_STANDS = frozenset(
    {"instrument", "effective", "expires", "materials", "targets", "certainty", "disputed", "settled"}
)


def withdrawn_from(
    changes: Sequence[AlertChange],
    alerts: Iterable[Alert],
    signals: Iterable[Signal],
    withdrawals: Sequence[Withdrawal],
    book: Rulebook,
) -> tuple[AlertChange, ...]:
    """Return the changes after what was taken back or restored, sorted by alert key.

    `alerts` hold at least those that carry the evidence meant. A publisher's retraction among `signals` takes back
    what it names by its headline, and is itself no evidence of the event.
    """
    changed = {change.alert.key: change for change in changes}
    current = {alert.key: alert for alert in alerts} | {key: c.alert for key, c in changed.items()}
    reread = {s.exhibit.evidence_id: s for s in signals if not s.story and not s.joins}
    notices = {key: signal for key, signal in reread.items() if is_retraction(signal.exhibit.title)}
    for key, alert in sorted(current.items()):
        acts = [*(w for w in withdrawals if holds(alert, w.evidence_id, book))]
        acts += _by_publisher(alert, notices, book) if key in changed else ()
        acts += _published_again(alert, reread) if key in changed else ()
        now = _after(alert, acts, book, is_changed=key in changed)
        if now is not None:
            before = changed[key].previous if key in changed else alert
            changed[key] = AlertChange(
                kind="opened" if before is None else "updated", alert=now, previous=before
            )
    return tuple(changed[key] for key in sorted(changed))


def retractions(items: Iterable[Item]) -> tuple[Withdrawal, ...]:
    """Return what publishers take back by editing their own page: these items say so."""
    return tuple(
        _publishers_word(item.id, item.source_id, "withdrawn", item.title, item.known_at)
        for item in items
        if is_retraction(item.title, item.summary or item.body)
    )


def rejoined(alert: Alert, signals: Sequence[Signal], book: Rulebook) -> Alert:
    """Return the alert with further signals, what was withdrawn from it left out again."""
    if alert.whole is None:
        return join_signals(alert, signals, book)
    whole = join_signals(alert.whole, signals, book)
    now = without(whole, alert.withdrawn, book)
    kept = tuple(d for d in whole.differences if d.code not in _OF_WHAT_STANDS)
    back = (Difference(code="restored"),) if alert.is_cancelled and not now.is_cancelled else ()
    told = (*differences_of(alert, now, book), *kept, *disputes_of(alert, now, book))
    return replace(now, differences=(*told, *back))


def holds(alert: Alert, evidence_id: str, book: Rulebook) -> bool:
    """Whether the alert rests on this piece of evidence, shown or not."""
    whole = alert.whole or alert
    if rests_on_event(whole, evidence_id) or any(e.evidence_id == evidence_id for e in whole.exhibits):
        return True
    return not signal_ids_of(book.rule_ids, evidence_id).isdisjoint(whole.signal_ids)


def without(whole: Alert, withdrawn: Sequence[Withdrawal], book: Rulebook) -> Alert:
    """Return the alert as if the withdrawn evidence had never come; its marking and release never widen.

    Where nothing stands, it says what it last said, without any evidence. So does a pattern of which a whole step is gone.
    """
    if not withdrawn:
        return whole
    gone = {act.evidence_id for act in withdrawn}
    exhibits = tuple(shown for shown in whole.exhibits if shown.evidence_id not in gone)
    total = left_of(whole, gone)
    held = replace(whole, tearlines=())
    if not total:
        return replace(
            whole,
            certainty=Certainty.UNLIKELY,
            exhibits=(),
            evidence_total=0,
            publishers=(),
            figures=left_figures(whole.figures, gone),
            besides=left_besides(whole.besides, whole.figures, gone),
            withdrawn=tuple(withdrawn),
            whole=held,
        )
    claims = tuple(claim for claim in whole.claims if claim.evidence_id not in gone)
    facts = _facts(whole.facts, whole.claims, claims)
    silent = {e.publisher for e in whole.exhibits} - {e.publisher for e in exhibits}
    all_shown = whole.evidence_total <= len(whole.exhibits)
    publishers = tuple(p for p in whole.publishers if not all_shown or p not in silent)
    return replace(
        whole,
        facts=facts,
        title=alert_title(facts, book),
        severity=_severity(whole, claims),
        certainty=certainty_of(exhibits, publishers),
        publishers=publishers,
        exhibits=exhibits,
        evidence_total=total,
        claims=claims,
        why=_why(whole, gone),
        grounds=tuple(pair for pair in whole.grounds if pair[1] not in gone),
        figures=left_figures(whole.figures, gone),
        besides=left_besides(whole.besides, whole.figures, gone),
        withdrawn=tuple(withdrawn),
        whole=held,
    )


def _after(alert: Alert, acts: Sequence[Withdrawal], book: Rulebook, *, is_changed: bool) -> Alert | None:
    """Return the alert after these acts with what to tell of them, None when they change nothing.

    What an alert that `is_changed` in the same assessment tells already is kept.
    """
    if not acts:
        return None
    standing = standing_withdrawals(alert.withdrawn, acts)
    if {w.evidence_id for w in standing} == {w.evidence_id for w in alert.withdrawn}:
        return None
    tearlines = tuple(
        (desk, _after(own, _held(own, acts, book), book, is_changed=is_changed) or own)
        for desk, own in alert.tearlines
    )
    now = without(alert.whole or alert, standing, book)
    changed = () if now.is_cancelled else differences_of(alert, now, book)
    told = (*_told(alert, now), *changed)
    at = max(alert.updated_at, *(act.known_at for act in acts))
    every = dict.fromkeys((*(alert.differences if is_changed else ()), *told))
    return replace(now, updated_at=at, tearlines=tearlines, differences=tuple(every))


def _held(own: Alert, acts: Iterable[Withdrawal], book: Rulebook) -> list[Withdrawal]:
    """A desk is told of the end of what it was told, and of nothing else."""
    return [act for act in acts if holds(own, act.evidence_id, book)]


def _told(before: Alert, after: Alert) -> Iterator[Difference]:
    old = {w.evidence_id: w for w in before.withdrawn}
    new = {w.evidence_id: w for w in after.withdrawn}
    titles = {e.evidence_id: e.title for e in (after.whole or before.whole or before).exhibits}
    for evidence_id, act in sorted(new.items()):
        if evidence_id not in old:
            yield Difference(code="withdrawn", before=titles.get(evidence_id, evidence_id), after=act.reason)
    for evidence_id in sorted(old.keys() - new.keys()):
        yield Difference(code="restored", before=titles.get(evidence_id, evidence_id))
    if after.is_cancelled and not before.is_cancelled:
        yield Difference(code="cancelled", before=str(len(new)))
    elif after.certainty < before.certainty:
        yield Difference(code="certainty", before=before.certainty.value, after=after.certainty.value)


def _by_publisher(alert: Alert, notices: Mapping[str, Signal], book: Rulebook) -> Iterator[Withdrawal]:
    """What retractions among the new reports take back: their own page, and the report of the same headline."""
    shown = (alert.whole or alert).exhibits
    for evidence_id, signal in notices.items():
        notice = signal.exhibit
        if not holds(alert, evidence_id, book):
            continue
        named = headline(notice.title)
        meant = {evidence_id} | {
            e.evidence_id for e in shown if e.publisher == notice.publisher and headline(e.title) == named
        }
        for one in sorted(meant):
            yield _publishers_word(one, notice.source_id, "withdrawn", notice.title, signal.known_at)


def _published_again(alert: Alert, reread: Mapping[str, Signal]) -> Iterator[Withdrawal]:
    """A page that is there again, without the mark, stands again."""
    for act in alert.withdrawn:
        signal = reread.get(act.evidence_id)
        if signal is not None and signal.known_at > act.known_at and not is_retraction(signal.exhibit.title):
            yield _publishers_word(act.evidence_id, act.source_id, "restored", "", signal.known_at)


def _publishers_word(
    evidence_id: str, source_id: str, action: str, reason: str, known_at: datetime
) -> Withdrawal:
    return Withdrawal(
        id=withdrawal_id(evidence_id, action, known_at),
        evidence_id=evidence_id,
        source_id=source_id,
        action="restored" if action == "restored" else "withdrawn",
        reason=reason,
        actor=PUBLISHER,
        known_at=known_at,
    )


def _why(whole: Alert, gone: AbstractSet[str]) -> tuple[Reason, ...]:
    """What only withdrawn evidence said is no reason any more: a sentence of its text, or its headline."""
    titles = {shown.title for shown in whole.exhibits if shown.evidence_id in gone}
    standing = {ground for ground, evidence_id in whole.grounds if evidence_id not in gone}
    lost = {ground for ground, _ in whole.grounds} - standing
    return tuple(
        reason
        for reason in whole.why
        if ground_of(reason) not in lost
        and (ground_of(reason) in standing or dict(reason.params).get("sentence") not in titles)
    )


def _facts(facts: Facts, every: Sequence[Claim], standing: Sequence[Claim]) -> Facts:
    """Keep what standing evidence says, or what nobody's claim was; else take the best word left, or none."""
    act = first_said("act", standing)
    instrument = facts.instrument
    if instrument and _lost("instrument", instrument, every, standing):
        instrument = first_said("instrument", standing) or None
    return replace(
        facts,
        act=act if act and _lost("act", facts.act, every, standing) else facts.act,
        instrument=instrument,
        announced=_day("announced", facts.announced, every, standing),
        effective=_day("effective", facts.effective, every, standing),
        expires=_day("expires", facts.expires, every, standing),
        materials=_list("materials", facts.materials, every, standing),
        targets=_list("targets", facts.targets, every, standing),
    )


def _day(fact: str, own: date | None, every: Sequence[Claim], standing: Sequence[Claim]) -> date | None:
    if own is None or not _lost(fact, own.isoformat(), every, standing):
        return own
    said = first_said(fact, standing)
    return date.fromisoformat(said) if said else None


def _list(
    fact: str, own: tuple[str, ...], every: Sequence[Claim], standing: Sequence[Claim]
) -> tuple[str, ...]:
    still = {one for c in standing if c.fact == fact for one in c.value.split(",")}
    ever = {one for c in every if c.fact == fact for one in c.value.split(",")}
    return tuple(one for one in own if one in still or one not in ever)


def _lost(fact: str, value: str, every: Sequence[Claim], standing: Sequence[Claim]) -> bool:
    """Whether somebody said it and nobody does any more."""
    return any(c.fact == fact and c.value == value for c in every) and not any(
        c.fact == fact and c.value == value for c in standing
    )


def _severity(whole: Alert, standing: Sequence[Claim]) -> Severity:
    """The gravest level that a rule gave to what still stands."""
    levels = [Severity(claim.value) for claim in standing if claim.fact == "severity"]
    return max(levels, default=whole.severity)
