"""`desks prove`, the way of a marking that is narrowed: told wide, then narrowed, to every way out and in the digest.

A sample: each rule is tried with one narrower handling, in turn each country's own and nobody's, so that every handling is
tried with many rules; once where open evidence stands beside what is narrowed, once where nothing does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle

from warning.app.proof import Breach, Proof, Release, Tried, may_pass
from warning.app.proving import PROVED_AT, payloads_of, signal_of_rule
from warning.channels.render import render
from warning.core.alerts import Alert, AlertChange
from warning.core.correlate import correlate
from warning.core.deliveries import Delivery
from warning.core.desks import Desk, Destination
from warning.core.grading import grade
from warning.core.ids import content_id
from warning.core.narrowing import Bound, narrowed_in
from warning.core.pace import Past
from warning.core.recalls import recalled
from warning.core.routing import route
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal, signal_ids_of
from warning.core.tearlines import as_seen_by
from warning.core.vocabulary import Marking
from warning.report.build import WeekInput, build_digest
from warning.report.render import as_text
from warning.report.week import last_full_week, week_bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told(Tried):
    """An alert that everybody had, and the change that narrows the evidence with the canary in it."""

    change: AlertChange

    def breach(self, desk: Desk, path: str, detail: str) -> Breach:
        return Tried.breach(self, desk, f"{path}, narrowed after it was told", detail)


def prove_narrowed(book: Rulebook, proof: Proof) -> None:
    """Add to the proof what comes out of every desk once a marking was narrowed. Nothing is stored or sent."""
    cases = list(_cases(book))
    for case in cases:
        for desk in book.desks:
            _prove_desk(case, desk, book, proof)
    for desk in book.desks:
        _prove_digest(cases, desk, book, proof)


def _cases(book: Rulebook) -> Iterator[_Told]:
    countries = sorted({desk.country for desk in book.desks})
    handlings = [(Marking.AMBER, frozenset({country})) for country in countries]
    turns = cycle([*handlings, (Marking.RED, None), (Marking.AMBER, frozenset[str]())])
    for rule, (marking, release_to) in zip((r for r in book.rules if r.enabled), turns, strict=False):
        for beside in (True, False):
            canary = content_id("canary", "narrowed", rule.id, str(beside))
            wide = signal_of_rule(book, rule, Marking.CLEAR, None, f"report {canary}", canary)
            name = f"open report {canary[-6:]}"
            plain = [signal_of_rule(book, rule, Marking.CLEAR, None, name, canary[-6:])] if beside else []
            change = _narrowed([*plain, wide], wide, marking, release_to, book)
            if change is not None:
                yield _Told(rule=rule, marking=marking, release_to=release_to, canary=canary, change=change)


def _narrowed(
    signals: list[Signal], wide: Signal, marking: Marking, release_to: Release, book: Rulebook
) -> AlertChange | None:
    (opened, *_), _ = correlate(signals, (), book, PROVED_AT)
    before = grade(opened, book).alert
    before = replace(before, key=content_id("a", wide.id))
    name = wide.exhibit.evidence_id
    bound = Bound(
        evidence_id=name,
        marking=marking,
        release_to=release_to,
        signal_ids=signal_ids_of(book.rule_ids, name),
    )
    changes = narrowed_in((), (before,), (bound,), signals, book, PROVED_AT)
    return grade(changes[0], book) if changes else None


def _prove_desk(case: _Told, desk: Desk, book: Rulebook, proof: Proof) -> None:
    every = tuple(each for several in desk.destinations for each in several.each())
    key = case.change.alert.key
    reached = frozenset((key, desk.id, each.channel, each.address) for each in every)
    owed, _ = route([case.change], (desk,), {}, past=Past(reached=reached))
    found = {(delivery.channel, delivery.address): delivery for delivery in owed}
    for destination in every:
        proof.paths += 1
        delivery = found.get((destination.channel, destination.address))
        if delivery is None:
            proof.breaches.append(
                case.breach(
                    desk, f"{destination.channel} {destination.address}", "who had it is told nothing"
                )
            )
            continue
        proof.passed += 1
        _prove_payload(case, delivery, desk, destination, book, proof)


def _prove_payload(
    case: _Told, delivery: Delivery, desk: Desk, destination: Destination, book: Rulebook, proof: Proof
) -> None:
    allowed = may_pass(case.marking, case.release_to, desk, destination.ceiling)
    seen = _as_told(case.change.alert, delivery, desk, destination)
    message = render(seen, desk, book)
    for name, said in payloads_of(message, seen, desk, destination, book):
        proof.payloads += 1
        path = f"{destination.channel} {destination.address} ({name})"
        proof.canaries_read += case.canary in said
        if case.canary in said and not allowed:
            proof.breaches.append(case.breach(desk, path, "the canary stands in it"))
        if f"TLP:{seen.marking.value}" not in said:
            proof.breaches.append(case.breach(desk, path, "the marking is not shown"))


def _as_told(alert: Alert, delivery: Delivery, desk: Desk, destination: Destination) -> Alert:
    seen = as_seen_by(alert, desk)
    if delivery.reason != "recall" or seen.is_recalled:
        return seen
    return recalled(alert, marking=min(desk.clearance, destination.ceiling), release_to=None)


def _prove_digest(cases: list[_Told], desk: Desk, book: Rulebook, proof: Proof) -> None:
    week = last_full_week(PROVED_AT + timedelta(days=7), desk.timezone)
    alerts = [case.change.alert for case in cases]
    found = WeekInput(
        versions=alerts, standing=alerts, observations=(), sources={}, enabled=frozenset(),
        items=len(alerts), figures=0,
    )  # fmt: skip
    said = as_text(build_digest(week, desk, book, found, week_bounds(week, desk.timezone)[1]))
    ceilings = [destination.ceiling for destination in desk.digest_to] or [desk.clearance]
    for case in cases:
        proof.digests += 1
        allowed = all(may_pass(case.marking, case.release_to, desk, ceiling) for ceiling in ceilings)
        if case.canary in said and not allowed:
            proof.breaches.append(case.breach(desk, "digest", "the canary stands in it"))
