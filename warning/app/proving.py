"""`desks prove`: every rule, marking and release list, through the real routing, rendering and digest, to every desk.

What may pass is worked out here a second time, from the desk files alone, and compared with what the system would
do. Every restricted piece of evidence carries a canary: a word that stands nowhere else and must not come out.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

from warning.app.delivered_message import payload_refusal
from warning.app.feed_messages import cap_documents, feed_sender
from warning.app.proof import Breach, Proof, Release, Tried, listed, may_pass
from warning.app.proving_figures import prove_figures
from warning.app.rolling_up import roll_up
from warning.channels.atom import atom_feed
from warning.channels.block_kit import note_payload, slack_payload
from warning.channels.bulletin import bulletin_text
from warning.channels.mail_html import html_form
from warning.channels.message import Message
from warning.channels.render import render
from warning.channels.text_form import text_form
from warning.channels.webhook_form import webhook_body
from warning.core.alerts import Alert, AlertChange
from warning.core.correlate import correlate
from warning.core.deliveries import OutboxRow
from warning.core.desks import Desk, Destination
from warning.core.grading import grade
from warning.core.ids import content_id
from warning.core.routing import route
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule
from warning.core.signals import Exhibit, Facts, Reason, Signal, signal_id
from warning.core.tearlines import as_seen_by
from warning.core.vocabulary import Marking
from warning.report.build import WeekInput, build_digest
from warning.report.render import as_html, as_json, as_text
from warning.report.week import last_full_week, week_bounds

# A Wednesday: the digest of its week is read, so the alerts must lie in a full week.
PROVED_AT = datetime(2025, 1, 8, 12, 0, tzinfo=UTC)
FEED_SENDER = feed_sender("Proof <proof@localhost>")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case(Tried):
    alert: Alert


def prove(book: Rulebook) -> Proof:
    """Try every path of the rulebook's desks. Nothing is stored or sent."""
    proof = Proof()
    cases = list(_cases(book))
    for case in cases:
        _prove_routing(case, book, proof)
        _prove_operators(case, book, proof)
    for case, desk in product(_one_rule_a_kind(cases), book.desks):
        _prove_feed(case, desk, book, proof)
    for desk in book.desks:
        _prove_digest(cases, desk, book, proof)
    _prove_figures(cases, book, proof)
    return proof


def _prove_figures(cases: Sequence[_Case], book: Rulebook, proof: Proof) -> None:
    """Figures of rules/exposure with a marking of their own, on an alert that everybody may see."""
    open_case = next((c for c in cases if c.marking is Marking.CLEAR and c.release_to is None), None)
    if open_case is None:
        return
    found = prove_figures(book, open_case.alert)
    proof.figures, proof.payloads = found.figures, proof.payloads + found.readings
    proof.canaries_read += found.seen
    proof.breaches += [
        Breach(
            rule_id="rules/exposure",
            marking=case.marking,
            release_to=frozenset({case.owner, *case.release_to}),
            desk_id=case.owner.lower(),
            path=path,
            detail=f"{detail}: {case.sentence}",
        )
        for case, path, detail in found.breaches
    ]


def _cases(book: Rulebook) -> Iterator[_Case]:
    """One alert for each rule, marking and release list: an open report and a restricted one about one event."""
    countries = sorted({desk.country for desk in book.desks})
    releases: list[Release] = [None, frozenset(), frozenset(countries), *(frozenset({c}) for c in countries)]
    rules = [rule for rule in book.rules if rule.enabled]
    for rule, marking, release_to in product(rules, Marking, releases):
        canary = content_id("canary", rule.id, marking.value, listed(release_to))
        alert = _alert(book, rule, marking, release_to, canary)
        yield _Case(rule=rule, marking=marking, release_to=release_to, alert=alert, canary=canary)


def _one_rule_a_kind(cases: Sequence[_Case]) -> Iterator[_Case]:
    """The feed asks the same check whatever the rule is; what a message looks like depends on the rule's kind."""
    firsts: dict[str, str] = {}
    for case in cases:
        if firsts.setdefault(case.rule.kind, case.rule.id) == case.rule.id:
            yield case


def _alert(book: Rulebook, rule: AnyRule, marking: Marking, release_to: Release, canary: str) -> Alert:
    plain = signal_of_rule(book, rule, Marking.CLEAR, None, f"open report {canary[-6:]}", canary[-6:])
    restricted = signal_of_rule(book, rule, marking, release_to, f"report {canary}", canary)
    changes, _ = correlate([plain, restricted], (), book, PROVED_AT)
    # An alert's key tells the event; here every case is an event of its own.
    return replace(grade(changes[0], book).alert, key=content_id("a", canary))


def signal_of_rule(
    book: Rulebook, rule: AnyRule, marking: Marking, release_to: Release, title: str, canary: str
) -> Signal:
    evidence_id = content_id("i", title, marking.value, canary)
    exhibit = Exhibit(
        evidence_id=evidence_id,
        source_id="proof",
        source_title="Proof",
        publisher=f"publisher of {title}",
        kind="mission",
        country="ZZ",
        language="en",
        official=True,
        reliability="A",
        marking=marking,
        release_to=release_to,
        title=title,
        url="",
        published_at=PROVED_AT,
        known_at=PROVED_AT,
    )
    facts = Facts(
        act=rule.act or next(iter(sorted(book.terms.acts)), ""),
        direction=rule.direction or "tightening",
        materials=tuple(sorted(book.terms.materials))[:1],
        actors=("CN",),
        instrument=canary if title.startswith("report") else None,
    )
    return Signal(
        id=signal_id(rule.id, evidence_id),
        rule_id=rule.id,
        rule_version=rule.version,
        rule_title=rule.title,
        interrupts=rule.interrupts,
        severity=rule.severity,
        facts=facts,
        occurred_at=PROVED_AT,
        known_at=PROVED_AT,
        exhibit=exhibit,
        why=(Reason(code="text.matched", text=title, params=(("words", title),)),),
    )


def _prove_routing(case: _Case, book: Rulebook, proof: Proof) -> None:
    change = AlertChange(kind="opened", alert=case.alert)
    for desk in book.desks:
        every = [each for several in (*desk.destinations, *desk.deputies) for each in several.each()]
        as_told = desk.model_copy(update={"destinations": tuple(every)})
        owed, _ = route([change], (as_told,), {})
        passing = {(d.channel, d.address) for d in owed}
        # Rendering is most of the work, and the same for every way out of a desk.
        message = render(as_seen_by(case.alert, desk), desk, book) if passing else None
        for destination in every:
            proof.paths += 1
            if message is not None and (destination.channel, destination.address) in passing:
                proof.passed += 1
                _prove_payload(case, desk, destination, message, book, proof)


def _prove_payload(
    case: _Case, desk: Desk, destination: Destination, message: Message, book: Rulebook, proof: Proof
) -> None:
    """A delivery that routing owes: its words may hold the canary only where it may pass, and say their marking."""
    path = f"{destination.channel} {destination.address}"
    allowed = may_pass(case.marking, case.release_to, desk, destination.ceiling)
    seen = message.alert
    if payload_refusal(message, desk, destination) is not None:
        proof.breaches.append(case.breach(desk, path, "routing and the look at the payload disagree"))
    for name, said in payloads_of(message, seen, desk, destination, book):
        _read(said, case, desk, f"{path} ({name})", allowed, seen, proof)


def _read(said: str, case: _Case, desk: Desk, path: str, allowed: bool, seen: Alert, proof: Proof) -> None:
    proof.payloads += 1
    if case.canary in said and not allowed:
        proof.breaches.append(case.breach(desk, path, "the canary stands in it"))
    proof.canaries_read += case.canary in said
    if f"TLP:{seen.marking.value}" not in said:
        proof.breaches.append(case.breach(desk, path, "the marking is not shown"))


def _prove_feed(case: _Case, desk: Desk, book: Rulebook, proof: Proof) -> None:
    """The desk's own feed, which lies where others fetch it: each message, in the desk's language, and its entry."""
    proof.paths += 1
    desk = desk.model_copy(update={"out_feed": desk.out_feed.model_copy(update={"languages": ()})})
    seen = as_seen_by(case.alert, desk)
    allowed = may_pass(case.marking, case.release_to, desk, desk.out_feed.ceiling)
    for document in cap_documents([case.alert], desk, book, FEED_SENDER):
        proof.passed += 1
        _read(document.body.decode(), case, desk, "feed (CAP)", allowed, seen, proof)
        atom = atom_feed(
            [document.entry],
            feed_id="urn:proof",
            title=desk.title,
            author="proof",
            base_url="",
            empty_at=PROVED_AT,
        )
        _read(atom.decode(), case, desk, "feed (Atom)", allowed, seen, proof)


def payloads_of(
    message: Message, alert: Alert, desk: Desk, destination: Destination, book: Rulebook
) -> Iterator[tuple[str, str]]:
    row = OutboxRow(
        id="proof",
        alert_key=alert.key,
        alert_version=alert.version,
        desk_id=desk.id,
        channel=destination.channel,
        address=destination.address,
        reason="first",
        state="pending",
        attempts=1,
        next_attempt_at=PROVED_AT,
        created_at=PROVED_AT,
    )
    if destination.channel == "slack":
        yield "message", json.dumps(slack_payload(message, row), ensure_ascii=False)
        yield (
            "note",
            json.dumps([slack_payload(message, row), note_payload(message, row)], ensure_ascii=False),
        )
    elif destination.channel == "mail":
        yield "text", text_form(message)
        yield "html", html_form(message)
    elif destination.channel == "webhook":
        yield "body", webhook_body(message, row).decode()
    else:
        yield "text", text_form(message)
    if desk.weekly_budget is not None and destination.channel != "webhook":
        yield "roll-up", bulletin_text(roll_up([(message, PROVED_AT)], (), desk, book, PROVED_AT))


def _prove_digest(cases: Sequence[_Case], desk: Desk, book: Rulebook, proof: Proof) -> None:
    """All alerts of the proof in one week: no canary that may not leave by every digest address comes out."""
    week = last_full_week(PROVED_AT + timedelta(days=7), desk.timezone)
    since, until = week_bounds(week, desk.timezone)
    assert since <= PROVED_AT < until
    alerts = [case.alert for case in cases]
    found = WeekInput(
        versions=alerts,
        standing=alerts,
        observations=(),
        sources={},
        enabled=frozenset(),
        items=len(alerts),
        figures=0,
    )
    document = build_digest(week, desk, book, found, until)
    forms = {"html": as_html(document), "text": as_text(document), "json": json.dumps(as_json(document))}
    ceilings = [destination.ceiling for destination in desk.digest_to] or [desk.clearance]
    for case in cases:
        proof.digests += 1
        allowed = all(may_pass(case.marking, case.release_to, desk, ceiling) for ceiling in ceilings)
        leaks = [name for name, said in forms.items() if case.canary in said]
        proof.canaries_read += bool(leaks) and allowed
        if leaks and not allowed:
            proof.breaches.append(
                case.breach(desk, f"digest ({', '.join(leaks)})", "the canary stands in it")
            )


def _prove_operators(case: _Case, book: Rulebook, proof: Proof) -> None:
    """A desk of the kind operator is owed no alert, whatever its clearance."""
    owed, _ = route([AlertChange(kind="opened", alert=case.alert)], book.desks, {})
    told = {delivery.desk_id for delivery in owed}
    for desk in book.operators:
        proof.paths += 1
        if desk.id in told:
            proof.breaches.append(case.breach(desk, "operator", "it is told an alert"))


def highest_markings(book: Rulebook) -> Iterable[tuple[Desk, str, Marking]]:
    """Return what may leave at most by each of the desks' ways, by the desk files."""
    for desk in book.desks:
        ways = [("", d) for d in desk.destinations] + [("deputy ", d) for d in desk.deputies]
        ways += [("digest ", d) for d in desk.digest_to]
        yield desk, "feed", min(desk.clearance, desk.out_feed.ceiling)
        for kind, destination in ways:
            yield (
                desk,
                f"{kind}{destination.channel} {destination.address}",
                min(desk.clearance, destination.ceiling),
            )
    for desk in book.operators:
        for destination in desk.destinations:
            way = f"operator {destination.channel} {destination.address}"
            yield desk, way, min(desk.clearance, destination.ceiling)
