"""The arithmetic of one alert: what its signals make of it, and how sure we are. Values in, values out."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from warning.core.alert_news import linked_by, news_of, tells_late
from warning.core.alerts import SHOWN_EXHIBITS, Alert, Difference
from warning.core.chain_codes import LATE, SUSPENDED
from warning.core.claims import joined_claims
from warning.core.corrections import with_last_word
from warning.core.deadline_rules import is_deadline
from warning.core.figure_grounds import further_evidence, is_taken_back, still_said, with_figures
from warning.core.handling import Handling, narrowest
from warning.core.joined_facts import merged_facts
from warning.core.old_news import corrects_late
from warning.core.pattern_steps import rests_on_event, step_grounds
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.signals import WITHDRAWN, Exhibit, Facts, Reason, Signal, ground_of, signal_ids_of
from warning.core.vocabulary import Certainty, Marking

SHOWN_REASONS = 8
# Of four hundred articles with one sentence no more are kept as its grounds.
MOST_GROUNDS = 8
TEXT = "text."
CORROBORATING_PUBLISHERS = 2


def open_alert(key: str, signals: Sequence[Signal], book: Rulebook) -> Alert:
    """Return version 1 of an alert from the signals that open it (at least one)."""
    heard = heard_of(signals) or signals
    lead = _lead(heard)
    claims = joined_claims((), heard)
    facts = with_last_word(merged_facts(None, heard, book), claims)
    exhibits = _distinct(e for s in _telling(signals) for e in s.exhibits)
    marking, release_to = narrowest(Marking.CLEAR, None, _handlings(s.exhibit for s in signals))
    publishers = tuple(sorted({e.publisher for e in exhibits}))
    why = _reasons(lead.why, signals)
    figures = with_figures((), signals)
    return Alert(
        key=key,
        version=1,
        rule_id=lead.rule_id,
        rule_version=lead.rule_version,
        rule_title=lead.rule_title,
        title=alert_title(facts, book),
        facts=facts,
        severity=max(s.severity for s in heard),
        certainty=certainty_of(exhibits, publishers),
        interrupts=lead.interrupts,
        marking=marking,
        release_to=release_to,
        opened_at=min(s.known_at for s in signals),
        updated_at=max(s.known_at for s in signals),
        last_evidence_at=max(s.known_at for s in signals),
        publishers=publishers,
        exhibits=_shown(exhibits),
        evidence_total=len(exhibits),
        signal_ids=tuple(sorted({s.id for s in signals})),
        why=why,
        story=_figures_story(_telling(signals)),
        told_stories=_stories((), signals),
        rests_on=_named_beside((), signals),
        differences=(Difference(code="opened", after=facts.act),),
        claims=claims,
        grounds=_grounds((), why, signals),
        figures=figures,
        besides=None if _hides_figures(signals, book) else further_evidence(0, figures, exhibits),
    )


def join_signals(alert: Alert, signals: Sequence[Signal], book: Rulebook) -> Alert:
    """Return the alert with the signals' evidence; `differences` says what desks should be told."""
    shown = {e.evidence_id for e in alert.exhibits}
    joined_before = {s.id for s in signals}.intersection(alert.signal_ids)
    # A sequence may bind a document that is shown already: its reason names others.
    rested_on = [s.exhibit for s in signals if s.id not in joined_before]
    news = _distinct(
        e for s in signals if s.id not in joined_before and not is_deadline(s.story) for e in s.exhibits
    )
    told = set(alert.told_stories)
    fresh = [e for e in news if e.evidence_id not in shown and not _is_counted(e, alert, told, book)]
    judged = _judged_anew(alert.exhibits, signals)
    exhibits = (*judged, *fresh)
    publishers = tuple(sorted({*alert.publishers, *(e.publisher for e in fresh)}))
    marking, release_to = narrowest(alert.marking, alert.release_to, _handlings(rested_on))
    heard = heard_of(signals)
    is_first_heard = bool(heard) and _is_doubtful(alert.exhibits)
    if not heard and _is_doubtful(alert.exhibits):
        heard = signals
    base = None if is_first_heard else alert
    claims = joined_claims(base.claims if base else (), heard)
    facts = with_last_word(merged_facts(base, heard, book), claims) if heard else alert.facts
    figures = with_figures(alert.figures, signals)
    why = _reasons(still_said(alert.why, alert.figures, figures), signals)
    certainty = certainty_of(exhibits, publishers)
    certainty = max(alert.certainty, certainty) if judged is alert.exhibits else certainty
    severity = max([*([base.severity] if base else []), *(s.severity for s in heard)])
    lead = _lead(signals)
    joined = replace(
        alert,
        facts=facts,
        title=alert_title(facts, book),
        severity=severity,
        certainty=certainty,
        interrupts=alert.interrupts or (is_first_heard and any(s.interrupts for s in heard)),
        marking=marking,
        release_to=release_to,
        updated_at=max([alert.updated_at, *(s.known_at for s in signals)]),
        last_evidence_at=max(
            [alert.last_evidence_at, *(s.known_at for s in signals if _tells(s, alert, book))]
        ),
        publishers=publishers,
        exhibits=_shown(exhibits),
        evidence_total=alert.evidence_total + len(fresh),
        signal_ids=_with(alert.signal_ids, {s.id for s in signals} - joined_before),
        why=why,
        story=alert.story or _figures_story(s for s in signals if not is_deadline(s.story)),
        told_stories=_stories(alert.told_stories, signals),
        rests_on=_named_beside(alert.rests_on, signals),
        differences=(),
        claims=claims,
        grounds=_grounds(alert.grounds, why, signals),
        figures=figures,
        besides=None if _hides_figures(signals, book) else further_evidence(alert.besides, figures, fresh),
    )
    new = [s for s in heard if s.id not in joined_before]
    changed = (*news_of(alert, joined, heard, new, book), *_belief(alert, joined))
    if not changed and is_taken_back(alert) and not is_taken_back(joined):
        changed = (Difference(code="restored", before=lead.exhibit.title),)
    joined = replace(joined, differences=changed)
    speaks_first = lead.exhibit.official and not is_deadline(lead.story)
    if speaks_first and not any(e.official for e in alert.exhibits):
        joined = replace(
            joined, rule_id=lead.rule_id, rule_version=lead.rule_version, rule_title=lead.rule_title
        )
    return joined


def _hides_figures(signals: Iterable[Signal], book: Rulebook) -> bool:
    """Whether one was told of a figure before signals named theirs: nobody can say what stands of it."""
    return any(
        not s.figure.series_id if s.figure else isinstance(book.rules_by_id.get(s.rule_id), SeriesRule)
        for s in signals
    )


def _with(known: tuple[str, ...], more: AbstractSet[str]) -> tuple[str, ...]:
    """Return sorted names with more of them in their places: what is in order already costs sorting little."""
    return tuple(sorted((*known, *sorted(more)))) if more else known


def _telling(signals: Sequence[Signal]) -> Sequence[Signal]:
    """The signals that tell of an event; a countdown only where nothing else does: it repeats what the act said."""
    return [s for s in signals if not is_deadline(s.story)] or signals


def _tells(signal: Signal, alert: Alert, book: Rulebook) -> bool:
    """Whether it keeps the alert alive: not that a step is late, not a countdown in the alert of its act, and no late revision."""
    is_countdown = is_deadline(signal.story) and not is_deadline(alert.story)
    return (
        not tells_late(signal)
        and not is_countdown
        and not corrects_late(signal, book.rules_by_id.get(signal.rule_id))
    )


def _figures_story(signals: Iterable[Signal]) -> str:
    return next((s.story for s in signals if s.story), "")


def _stories(known: tuple[str, ...], signals: Iterable[Signal]) -> tuple[str, ...]:
    return _with(known, {s.exhibit.story for s in signals if s.exhibit.story}.difference(known))


def _named_beside(known: tuple[str, ...], signals: Iterable[Signal]) -> tuple[str, ...]:
    return _with(known, {name for s in signals for name in s.rests_on}.difference(known))


def _is_counted(exhibit: Exhibit, alert: Alert, told: AbstractSet[str], book: Rulebook) -> bool:
    """Whether it came before, beyond those that are shown: by another rule, edited, or as an event of a pattern.

    `told` are the alert's stories. Evidence stays with the story it told first: one the alert has not brings it anew.
    """
    if alert.evidence_total <= len(alert.exhibits):
        return False
    if rests_on_event(alert, exhibit.evidence_id):
        return True
    if told and exhibit.story and exhibit.story not in told:
        return False
    return not signal_ids_of(book.rule_ids, exhibit.evidence_id).isdisjoint(alert.signal_ids)


def alert_title(facts: Facts, book: Rulebook) -> str:
    """Return the plain English title: "China · gallium, germanium: export control"."""
    terms = book.terms
    actors = ", ".join(terms.actors[a].label["en"] if a in terms.actors else a for a in facts.actors)
    names = [terms.materials[m].label["en"] if m in terms.materials else m for m in facts.materials]
    materials = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    act = terms.acts[facts.act].label["en"] if facts.act in terms.acts else facts.act.replace("_", " ")
    subject = " · ".join(part for part in (actors, materials) if part)
    return f"{subject}: {act}" if subject else act


def _lead(signals: Sequence[Signal]) -> Signal:
    """The signal that speaks for the alert: official first, then the most severe, then the oldest."""
    return min(
        _telling(signals),
        key=lambda s: (bool(s.joins), not s.exhibit.official, -s.severity.rank, s.known_at, s.id),
    )


def certainty_of(exhibits: Iterable[Exhibit], publishers: Sequence[str]) -> Certainty:
    """How sure the evidence makes of an event: a doubtful report corroborates nothing, and alone makes it unlikely."""
    shown = tuple(exhibits)
    if any(e.official for e in shown):
        return Certainty.OBSERVED
    if _is_doubtful(shown):
        return Certainty.UNLIKELY
    if doubtful := {e.publisher for e in shown if e.is_doubtful}:
        doubtful -= {e.publisher for e in shown if not e.is_doubtful}
    if len(publishers) - len(doubtful.intersection(publishers)) >= CORROBORATING_PUBLISHERS:
        return Certainty.LIKELY
    return Certainty.POSSIBLE


def heard_of(signals: Sequence[Signal]) -> Sequence[Signal]:
    """The signals whose word counts: of facts, severity and news a doubtful report decides nothing beside others."""
    return [s for s in signals if not s.exhibit.is_doubtful]


def _is_doubtful(exhibits: Sequence[Exhibit]) -> bool:
    return bool(exhibits) and all(e.is_doubtful for e in exhibits)


def _judged_anew(shown: tuple[Exhibit, ...], signals: Iterable[Signal]) -> tuple[Exhibit, ...]:
    """What is shown, a report that its author graded anew as it is graded now; the same value where none was."""
    now = {s.exhibit.evidence_id: s.exhibit.credibility for s in signals if s.exhibit.kind == "mission"}
    if all(now.get(one.evidence_id, one.credibility) == one.credibility for one in shown if now):
        return shown
    return tuple(replace(one, credibility=now.get(one.evidence_id, one.credibility)) for one in shown)


def _belief(before: Alert, after: Alert) -> tuple[Difference, ...]:
    """That a doubtful report was borne out, or its author thinks less of it by now, is news."""
    was, now = _is_doubtful(before.exhibits), _is_doubtful(after.exhibits)
    if was is now or before.certainty is after.certainty or after.certainty is Certainty.OBSERVED:
        return ()
    return (Difference(code="certainty", before=before.certainty.value, after=after.certainty.value),)


def _handlings(exhibits: Iterable[Exhibit]) -> Iterable[Handling]:
    return ((shown.marking, shown.release_to) for shown in exhibits)


def _distinct(exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    return tuple({e.evidence_id: e for e in exhibits}.values())


def _shown(exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    ranked = sorted(exhibits, key=lambda e: (not e.official, e.is_doubtful, e.known_at, e.evidence_id))
    return tuple(ranked[:SHOWN_EXHIBITS])


def _reasons(first: tuple[Reason, ...], signals: Sequence[Signal]) -> tuple[Reason, ...]:
    """What was taken back first; then sequences, each rule of them once: what an event follows a reader lacks most."""
    every = {reason: None for reasons in (first, *(s.why for s in signals)) for reason in reasons}
    linked: dict[str, Reason] = {}
    back: list[Reason] = []
    steps: list[Reason] = []
    rest: list[Reason] = []
    for reason in every:
        if rule := linked_by(reason):
            linked.setdefault(rule, reason)
        else:
            place = back if reason.code == WITHDRAWN else steps if reason.code in {LATE, SUSPENDED} else rest
            place.append(reason)
    return (*back, *steps, *linked.values(), *rest)[:SHOWN_REASONS]


def _grounds(
    known: Sequence[tuple[str, str]], why: Sequence[Reason], signals: Sequence[Signal]
) -> tuple[tuple[str, str], ...]:
    """Which evidence gave each reason that is shown (of a text, or that the act was set aside), or a pattern's step."""
    named = {(r.code, r.text): ground_of(r) for r in why if r.code == SUSPENDED or r.code.startswith(TEXT)}
    if not named:
        return step_grounds(known, signals)
    said = ((named.get((r.code, r.text)), s.exhibit.evidence_id) for s in signals for r in s.why)
    shown = frozenset(named.values())
    told = {(ground, one) for ground, one in (*known, *said) if ground in shown}
    by_reason: dict[str, list[str]] = {}
    for ground, evidence_id in sorted(told):
        by_reason.setdefault(ground, []).append(evidence_id)
    given = ((ground, one) for ground, every in by_reason.items() for one in every[:MOST_GROUNDS])
    return (*given, *step_grounds(known, signals))
