"""The arithmetic of one alert: which facts win, how sure we are, what changed. Values in, values out."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime

from warning.core.alerts import LINK_CODES, SHOWN_EXHIBITS, Alert, ChangeCode, Difference, ground_of
from warning.core.chain_codes import LATE, SUSPENDED
from warning.core.claims import Conflict, conflicts_of, joined_claims
from warning.core.corrections import standing_claims, with_last_word
from warning.core.deadline_rules import is_deadline
from warning.core.handling import Handling, narrowest
from warning.core.rulebook import Rulebook
from warning.core.signals import WITHDRAWN, Exhibit, Facts, Reason, Signal, signal_ids_of
from warning.core.vocabulary import Certainty, Marking

SHOWN_REASONS = 8
# Of four hundred articles with one sentence no more are kept as its grounds.
MOST_GROUNDS = 8
LINK, TEXT = "sequence.", "text."
CORROBORATING_PUBLISHERS = 2


def open_alert(key: str, signals: Sequence[Signal], book: Rulebook) -> Alert:
    """Return version 1 of an alert from the signals that open it (at least one)."""
    lead = _lead(signals)
    claims = joined_claims((), signals)
    facts = with_last_word(_merge_facts(None, signals, book), claims)
    exhibits = _distinct(s.exhibit for s in _telling(signals))
    marking, release_to = narrowest(Marking.CLEAR, None, _handlings(s.exhibit for s in signals))
    publishers = tuple(sorted({e.publisher for e in exhibits}))
    why = _reasons(lead.why, signals)
    return Alert(
        key=key,
        version=1,
        rule_id=lead.rule_id,
        rule_version=lead.rule_version,
        rule_title=lead.rule_title,
        title=alert_title(facts, book),
        facts=facts,
        severity=max(s.severity for s in signals),
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
    )


def join_signals(alert: Alert, signals: Sequence[Signal], book: Rulebook) -> Alert:
    """Return the alert with the signals' evidence; `differences` says what desks should be told."""
    shown = {e.evidence_id for e in alert.exhibits}
    joined_before = set(alert.signal_ids)
    # A sequence may bind a document that is shown already: its reason names others.
    rested_on = [s.exhibit for s in signals if s.id not in joined_before]
    news = _distinct(s.exhibit for s in signals if s.id not in joined_before and not is_deadline(s.story))
    fresh = [e for e in news if e.evidence_id not in shown and not _is_counted(e, alert, joined_before, book)]
    exhibits = (*alert.exhibits, *fresh)
    publishers = tuple(sorted({*alert.publishers, *(e.publisher for e in fresh)}))
    marking, release_to = narrowest(alert.marking, alert.release_to, _handlings(rested_on))
    claims = joined_claims(alert.claims, signals)
    facts = with_last_word(_merge_facts(alert, signals, book), claims)
    why = _reasons(alert.why, signals)
    certainty = max(alert.certainty, certainty_of(exhibits, publishers))
    severity = max([alert.severity, *(s.severity for s in signals)])
    lead = _lead(signals)
    joined = replace(
        alert,
        facts=facts,
        title=alert_title(facts, book),
        severity=severity,
        certainty=certainty,
        marking=marking,
        release_to=release_to,
        updated_at=max([alert.updated_at, *(s.known_at for s in signals)]),
        last_evidence_at=max([alert.last_evidence_at, *(s.known_at for s in signals if not _tells_late(s))]),
        publishers=publishers,
        exhibits=_shown(exhibits),
        evidence_total=alert.evidence_total + len(fresh),
        signal_ids=tuple(sorted({*alert.signal_ids, *(s.id for s in signals)})),
        why=why,
        story=alert.story or _figures_story(s for s in signals if not is_deadline(s.story)),
        told_stories=_stories(alert.told_stories, signals),
        rests_on=_named_beside(alert.rests_on, signals),
        differences=(),
        claims=claims,
        grounds=_grounds(alert.grounds, why, signals),
    )
    nearer = _deadlines(s for s in signals if s.id not in joined_before)
    new = [s for s in signals if s.id not in joined_before]
    linked = (
        *_links(alert, signals),
        *_steps(new),
        *_arrivals(new),
        *_corrections(new),
        *disputes_of(alert, joined, book),
    )
    joined = replace(joined, differences=(*differences_of(alert, joined, book), *nearer, *linked))
    if lead.exhibit.official and not any(e.official for e in alert.exhibits):
        joined = replace(
            joined, rule_id=lead.rule_id, rule_version=lead.rule_version, rule_title=lead.rule_title
        )
    return joined


def _telling(signals: Sequence[Signal]) -> Sequence[Signal]:
    """The signals that tell of an event; a countdown only where nothing else does: it repeats what the act said."""
    return [s for s in signals if not is_deadline(s.story)] or signals


def _figures_story(signals: Iterable[Signal]) -> str:
    return next((s.story for s in signals if s.story), "")


def _stories(known: Iterable[str], signals: Iterable[Signal]) -> tuple[str, ...]:
    return tuple(sorted({*known, *(s.exhibit.story for s in signals if s.exhibit.story)}))


def _named_beside(known: Iterable[str], signals: Iterable[Signal]) -> tuple[str, ...]:
    return tuple(sorted({*known, *(name for s in signals for name in s.rests_on)}))


def _is_counted(exhibit: Exhibit, alert: Alert, joined: AbstractSet[str], book: Rulebook) -> bool:
    """Whether another rule brought this document before: one that was edited, beyond those that are shown."""
    if alert.evidence_total <= len(alert.exhibits):
        return False
    return not signal_ids_of(book.rule_ids, exhibit.evidence_id).isdisjoint(joined)


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


def _merge_facts(alert: Alert | None, signals: Sequence[Signal], book: Rulebook) -> Facts:
    """The acting state's own statements win over reports; among equals the older one stays and gaps are filled."""
    actors = alert.facts.actors if alert else ()
    has_official = alert is not None and any(_is_own(e, actors) for e in alert.exhibits)
    ranked = sorted(signals, key=_word_order)
    own = _says_it_itself(ranked[0])
    if alert is None or (own and not has_official):
        base = ranked[0].facts
        rest = [_to_fill(s) for s in ranked[1:]] + ([alert.facts] if alert else [])
        closed = own
    else:
        base, rest, closed = alert.facts, [_to_fill(s, alert) for s in ranked], has_official
    story = bool(ranked[0].story) and not is_deadline(ranked[0].story)
    for facts in rest:
        base = replace(
            _fill(base, facts),
            materials=_materials(base.materials, facts.materials, book, closed=closed and not story),
            targets=base.targets if closed and not story else _union(base.targets, facts.targets),
        )
    return _corrected(base, alert, ranked, has_official=has_official) if alert else base


def _word_order(signal: Signal) -> tuple[bool, bool, datetime, str]:
    return is_deadline(signal.story), not _says_it_itself(signal), signal.known_at, signal.id


def _says_it_itself(signal: Signal) -> bool:
    """Whether this is the acting state's own statement. The register only repeats one."""
    return not is_deadline(signal.story) and _is_own(signal.exhibit, signal.facts.actors)


def _is_own(exhibit: Exhibit, actors: Sequence[str]) -> bool:
    """Whether the state that acts says it; an agency that tells of another state's act only reports it."""
    return exhibit.official and (not actors or not exhibit.country or exhibit.country in actors)


def _to_fill(signal: Signal, alert: Alert | None = None) -> Facts:
    """What a further report may fill: commentary names what it fears, and "at once" counts on the first day only."""
    facts = signal.facts
    if not signal.interrupts and (alert is None or alert.interrupts):
        facts = replace(facts, materials=(), targets=())
    published = signal.exhibit.published_at
    if alert is None or published is None or signal.exhibit.official or signal.story:
        return facts
    its_day = facts.effective is not None and abs((facts.effective - published.date()).days) <= 1
    if its_day and facts.announced is None and published.date() > alert.opened_at.date():
        facts = replace(facts, effective=None)
    return facts


def _corrected(base: Facts, alert: Alert, signals: Sequence[Signal], *, has_official: bool) -> Facts:
    """Take over the dates of a document that was edited: its publisher corrected it. Press corrects no official text."""
    for signal in sorted(signals, key=lambda s: (s.known_at, s.id)):
        if signal.id in alert.signal_ids and (signal.exhibit.official or not has_official):
            said = signal.facts
            base = replace(
                base, effective=said.effective or base.effective, expires=said.expires or base.expires
            )
    return base


def _fill(base: Facts, other: Facts) -> Facts:
    """Fill what `base` leaves open; materials and targets have rules of their own."""
    return replace(
        base,
        actors=base.actors or other.actors,
        instrument=base.instrument or other.instrument,
        announced=base.announced or other.announced,
        effective=base.effective or other.effective,
        expires=base.expires or other.expires,
        hs_codes=_union(base.hs_codes, other.hs_codes),
        names=base.names or other.names,
        counts=base.counts or other.counts,
    )


def _materials(
    said: tuple[str, ...], other: tuple[str, ...], book: Rulebook, *, closed: bool
) -> tuple[str, ...]:
    """What further reports add: to a notice only what spells out a class it names; never "minerals" beside a name."""
    known = book.terms.materials
    if closed and said:
        spelt = {known[m].parent for m in said if m in known and not known[m].is_class}
        return _union(said, tuple(m for m in other if m in known and known[m].parent in set(said) - spelt))
    every = _union(said, other)
    named = [m for m in every if m not in known or not known[m].is_class]
    return tuple(
        m
        for m in every
        if not named or m not in known or not known[m].is_class or m in said or known[m].parent
    )


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return one + tuple(x for x in other if x not in one)


def certainty_of(exhibits: Iterable[Exhibit], publishers: Sequence[str]) -> Certainty:
    if any(e.official for e in exhibits):
        return Certainty.OBSERVED
    if len(publishers) >= CORROBORATING_PUBLISHERS:
        return Certainty.LIKELY
    return Certainty.POSSIBLE


def _handlings(exhibits: Iterable[Exhibit]) -> Iterable[Handling]:
    return ((shown.marking, shown.release_to) for shown in exhibits)


def _distinct(exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    return tuple({e.evidence_id: e for e in exhibits}.values())


def _shown(exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    ranked = sorted(exhibits, key=lambda e: (not e.official, e.known_at, e.evidence_id))
    return tuple(ranked[:SHOWN_EXHIBITS])


def _reasons(first: tuple[Reason, ...], signals: Sequence[Signal]) -> tuple[Reason, ...]:
    """What was taken back first; then sequences, each rule of them once: what an event follows a reader lacks most."""
    every = {reason: None for reasons in (first, *(s.why for s in signals)) for reason in reasons}
    linked: dict[str, Reason] = {}
    for reason in every:
        if rule := linked_by(reason):
            linked.setdefault(rule, reason)
    back = tuple(reason for reason in every if reason.code == WITHDRAWN)
    steps = tuple(reason for reason in every if reason.code in {LATE, SUSPENDED})
    rest = (r for r in every if not linked_by(r) and r not in {*back, *steps})
    return (*back, *steps, *linked.values(), *rest)[:SHOWN_REASONS]


def _grounds(
    known: Sequence[tuple[str, str]], why: Sequence[Reason], signals: Iterable[Signal]
) -> tuple[tuple[str, str], ...]:
    """Which evidence gave each reason that is shown: what it says of a text, or that the act was set aside."""
    shown = {ground_of(r) for r in why if r.code == SUSPENDED or r.code.startswith(TEXT)}
    told = ((ground_of(reason), s.exhibit.evidence_id) for s in signals for reason in s.why)
    by_reason: dict[str, list[str]] = {}
    for ground, evidence_id in sorted({*known, *told}):
        if ground in shown:
            by_reason.setdefault(ground, []).append(evidence_id)
    return tuple((ground, one) for ground, every in by_reason.items() for one in every[:MOST_GROUNDS])


def linked_by(reason: Reason) -> str:
    """Return the sequence rule that a reason comes from, empty for any other reason."""
    return dict(reason.params).get("rule", "") if reason.code.startswith(LINK) else ""


def _links(alert: Alert, signals: Iterable[Signal]) -> Iterable[Difference]:
    """That an event answers or confirms another is news once: which event, and how many days lie between."""
    told = {linked_by(reason) for reason in alert.why}
    found = {rule: r for s in signals for r in s.why if (rule := linked_by(r)) and rule not in told}
    for _, reason in sorted(found.items()):
        said = dict(reason.params)
        code = LINK_CODES.get(reason.code.removeprefix(LINK))
        if code is not None:
            event = "last" if code == "confirmation" else "first"
            yield Difference(code=code, before=said["days"], after=said[f"{event}_event"])


def differences_of(before: Alert, after: Alert, book: Rulebook) -> tuple[Difference, ...]:
    """What a desk that knows `before` should be told. More of the same evidence is not a difference."""
    old, new = before.facts, after.facts
    pairs: list[tuple[ChangeCode, str, str]] = [
        ("instrument", old.instrument or "", new.instrument or ""),
        ("effective", _iso(old.effective), _iso(new.effective)),
        ("expires", _iso(old.expires), _iso(new.expires)),
        ("materials", *_new_roots(old.materials, new.materials, book)),
        ("targets", ",".join(old.targets), ",".join(new.targets)),
    ]
    if after.certainty > before.certainty and after.certainty is Certainty.OBSERVED:
        pairs.append(("certainty", before.certainty.value, after.certainty.value))
    return tuple(Difference(code=c, before=b, after=a) for c, b, a in pairs if a != b)


def alert_conflicts(alert: Alert, book: Rulebook) -> tuple[Conflict, ...]:
    """Return where the alert's sources contradict each other, the side it follows first."""
    return conflicts_of(standing_claims(alert.claims), alert.facts, book.terms.materials)


def disputes_of(before: Alert, after: Alert, book: Rulebook) -> Iterable[Difference]:
    """A contradiction that the sources alone do not settle is news, and so is its end."""
    if before.claims == after.claims:
        return
    old = {c.fact: c for c in alert_conflicts(before, book) if c.is_open}
    new = {c.fact: c for c in alert_conflicts(after, book) if c.is_open}
    for fact, conflict in new.items():
        if fact not in old:
            yield Difference(code="disputed", before=fact, after=_sides(conflict))
    for fact, conflict in old.items():
        if fact not in new:
            yield Difference(code="settled", before=f"{fact}: {_sides(conflict)}", after=fact)


def _sides(conflict: Conflict) -> str:
    return " / ".join(position.value for position in conflict.positions)


def _deadlines(signals: Iterable[Signal]) -> tuple[Difference, ...]:
    """A threshold passed is news of its own: the days left, and to when."""
    left = {dict(s.why[0].params)["days"]: s for s in signals if is_deadline(s.story) and s.why}
    return tuple(
        Difference(code="deadline", before=days, after=_iso(s.facts.effective or s.facts.expires))
        for days, s in sorted(left.items())
    )


def _tells_late(signal: Signal) -> bool:
    """That a step did not come is no evidence: it keeps no alert alive."""
    return signal.why[0].code == LATE if signal.why else False


def _steps(signals: Iterable[Signal]) -> Iterable[Difference]:
    """A step that did not come in time, or that the act was set aside."""
    for reason in (reason for s in signals for reason in s.why[:1]):
        said = dict(reason.params)
        if reason.code == LATE:
            yield Difference(code="late", before=said["step"], after=said["day"])
        elif reason.code == SUSPENDED:
            yield Difference(code="suspended", before=said["instrument"], after=said["day"])


def _arrivals(signals: Iterable[Signal]) -> Iterable[Difference]:
    """What was missing came: how many days late, and on which day."""
    for reason in (reason for s in signals for reason in s.why if reason.code == "absence.arrived"):
        said = dict(reason.params)
        yield Difference(code="arrived", before=said["days"], after=said["day"])


def _corrections(signals: Iterable[Signal]) -> Iterable[Difference]:
    """A figure that was published anew, and so took a signal back or changed it: both figures, with the period."""
    told = {
        (said["period"], said["before"], said["after"])
        for signal in signals
        for reason in signal.why
        if reason.code in {WITHDRAWN, "series.revised"}
        for said in [dict(reason.params)]
    }
    return tuple(
        Difference(code="corrected", before=f"{period}: {before}", after=f"{period}: {after}")
        for period, before, after in sorted(told)
    )


def _new_roots(old: tuple[str, ...], new: tuple[str, ...], book: Rulebook) -> tuple[str, str]:
    """A further member of a group already named (one more rare earth) is not news; another material is."""
    known = book.terms.materials

    def roots(materials: tuple[str, ...]) -> set[str]:
        return {(known[m].parent or m) if m in known else m for m in materials}

    if roots(new) == roots(old):
        return "", ""
    return ",".join(old), ",".join(new)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
