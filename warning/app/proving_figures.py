"""`desks prove`, the figures of rules/exposure: each with a value that stands nowhere else, looked for on every way out.

For each country, marking and release list the figures of every material are replaced by canaries: a number of days
and the name of a firm. Then messages, feeds and digests are rendered for every desk as the service renders them. What
may come out where is worked out here a second time, from the figure and the desk file alone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from warning.app.feed_messages import cap_documents, feed_sender
from warning.channels.block_kit import note_payload, slack_payload
from warning.channels.figure_check import figure_refusal
from warning.channels.mail_html import html_form
from warning.channels.message import Message
from warning.channels.render import render
from warning.channels.text_form import text_form
from warning.channels.webhook_form import webhook_body
from warning.core.alerts import Alert, AlertChange
from warning.core.deliveries import OutboxRow
from warning.core.desks import Desk, Destination
from warning.core.exposure import CountryExposure, Cover, Dependence, Firm, KeyUsers
from warning.core.exposure_release import PUBLIC, Audience
from warning.core.grading import grade
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Marking

FIRST_CANARY = 70_001
YEAR = 2025
ORDER = (Marking.CLEAR, Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT, Marking.RED)
FEED_SENDER = feed_sender("Proof <proof@localhost>")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCase:
    """Canaries in one country's file: on which material, with which marking and release."""

    owner: str
    material: str
    marking: Marking
    release_to: tuple[str, ...]
    days: int
    firm: str

    @property
    def sentence(self) -> str:
        to = ", ".join(self.release_to) or "nobody else"
        return f"figures of {self.owner} on {self.material}, TLP:{self.marking.value}, released to {to}"


@dataclass(slots=True, kw_only=True)
class FigureProof:
    """`figures` counts what was planted, `readings` the renderings read, `seen` those a canary rightly stood in."""

    figures: int = 0
    readings: int = 0
    seen: int = 0
    breaches: list[tuple[FigureCase, str, str]] = field(default_factory=list)


def prove_figures(book: Rulebook, alert: Alert) -> FigureProof:
    """Try every restricted figure on `alert`, whose materials are set in turn. Nothing is stored or sent."""
    proof = FigureProof()
    for case in figure_cases(book):
        proof.figures += 2
        planted = with_canaries(book, case)
        facts = replace(alert.facts, materials=(case.material,), actors=("CN",), direction="tightening")
        change = AlertChange(kind="opened", alert=replace(alert, facts=facts, gradings=(), tearlines=()))
        graded = grade(change, planted).alert
        for desk in planted.desks:
            _prove_desk(case, graded, desk, planted, proof)
    return proof


def figure_cases(book: Rulebook) -> Iterator[FigureCase]:
    """Every material of every country takes its turn; markings and release lists go round with them."""
    countries = sorted(book.exposure)
    number = FIRST_CANARY
    for owner in countries:
        others = [c for c in countries if c != owner]
        releases = [(), *((other,) for other in others), tuple(others)]
        kinds = list(product(Marking, releases))
        materials = sorted(book.exposure[owner].materials)
        for place in range(max(len(kinds), len(materials)) if materials else 0):
            marking, release_to = kinds[place % len(kinds)]
            material = materials[place % len(materials)]
            yield FigureCase(
                owner=owner, material=material, marking=marking, release_to=release_to,
                days=number, firm=f"Canary Works {number}",
            )  # fmt: skip
            number += 1


def with_canaries(book: Rulebook, case: FigureCase) -> Rulebook:
    """The book with the canaries of one case, and no other restricted figure."""
    exposure = {country: _bare(known) for country, known in book.exposure.items()}
    owned = exposure[case.owner]
    limits = {"marking": case.marking, "release_to": case.release_to, "source": "proof", "verified": True}
    entry = owned.materials[case.material].model_copy(
        update={
            "days_of_cover": Cover(days=case.days, year=YEAR, **limits),
            "users": KeyUsers(firms=(Firm(name=case.firm, **limits),)),
        }
    )
    materials = {**owned.materials, case.material: entry}
    exposure[case.owner] = owned.model_copy(update={"materials": materials})
    return replace(book, exposure=exposure)


def _bare(known: CountryExposure) -> CountryExposure:
    def without(on: Dependence) -> Dependence:
        return on.model_copy(update={"days_of_cover": None, "users": KeyUsers(sectors=on.users.sectors)})

    return known.model_copy(update={"materials": {m: without(on) for m, on in known.materials.items()}})


def may_stand(case: FigureCase, desk: Desk, ceiling: Marking) -> bool:
    """The second opinion: from the case and the desk's file, not from the check the messages ask."""
    is_named = desk.country == case.owner or desk.country in case.release_to
    return is_named and ORDER.index(case.marking) <= min(ORDER.index(desk.clearance), ORDER.index(ceiling))


def _prove_desk(case: FigureCase, alert: Alert, desk: Desk, book: Rulebook, proof: FigureProof) -> None:
    every = [each for several in (*desk.destinations, *desk.deputies) for each in several.each()]
    for destination in every:
        allowed = may_stand(case, desk, destination.ceiling)
        audience = Audience(country=desk.country, ceiling=min(desk.clearance, destination.ceiling))
        message = render(alert, desk, book, audience=audience)
        path = f"{desk.id} by {destination.channel} {destination.address}"
        if figure_refusal(message, book, audience) is not None:
            proof.breaches.append(
                (case, path, "the check of the rendered message and the rendering disagree")
            )
        if allowed and f"TLP:{case.marking.value}" not in message.title and message.marking < case.marking:
            proof.breaches.append((case, path, "the figure has not raised the marking of the message"))
        row = _row(alert, desk, destination)
        for name, said in _forms(message, row):
            _read(case, f"{path} ({name})", said, allowed, proof)
    unnamed = text_form(render(alert, desk, book, audience=PUBLIC))
    _read(case, f"a reader who names no desk, {desk.language}", unnamed, False, proof)
    feed = desk.model_copy(update={"out_feed": desk.out_feed.model_copy(update={"languages": ()})})
    for document in cap_documents([alert], feed, book, FEED_SENDER):
        _read(case, f"{desk.id} by feed", document.body.decode(), False, proof)


def _forms(message: Message, row: OutboxRow) -> Iterator[tuple[str, str]]:
    """What the channel of a delivery makes of the message."""
    if row.channel == "slack":
        yield (
            "slack",
            json.dumps([slack_payload(message, row), note_payload(message, row)], ensure_ascii=False),
        )
    elif row.channel == "webhook":
        yield "webhook", webhook_body(message, row).decode()
    else:
        yield "text", text_form(message)
        if row.channel == "mail":
            yield "html", html_form(message)


def _read(case: FigureCase, path: str, said: str, allowed: bool, proof: FigureProof) -> None:
    proof.readings += 1
    stands = str(case.days) in said or case.firm in said
    proof.seen += stands and allowed
    if stands and not allowed:
        proof.breaches.append((case, path, "the canary stands in it"))


def _row(alert: Alert, desk: Desk, destination: Destination) -> OutboxRow:
    return OutboxRow(
        id="proof", alert_key=alert.key, alert_version=alert.version, desk_id=desk.id,
        channel=destination.channel, address=destination.address, reason="first", state="pending",
        attempts=1, next_attempt_at=alert.updated_at, created_at=alert.updated_at,
    )  # fmt: skip
