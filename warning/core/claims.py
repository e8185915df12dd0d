"""Who says what about an event, and where independent sources contradict each other. Values in, values out.

A claim is one fact as one piece of evidence states it. A publisher speaks with its latest word: an edited page, or a
second article, takes the place of the first. Publishers contradict each other where their words cannot both be true.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from warning.core.ids import instrument_key
from warning.core.signals import Facts, Signal, is_withdrawal
from warning.core.terms import Material
from warning.core.vocabulary import Reliability, Severity
from warning.core.withdrawals import is_correction

Disputable = Literal[
    "effective", "expires", "announced", "instrument", "materials", "targets", "entities", "items"
]
Stated = Disputable | Literal["severity", "act"]
"""What is not disputed is kept too: what is left when evidence is taken back follows from it."""
SHOWN_SAYERS = 4
MOST_VALUES = 8
# A day is another one by the clock of another capital.
ANNOUNCED_TOLERANCE_DAYS = 1
DISPUTABLE: tuple[Disputable, ...] = get_args(Disputable)
_ORDER = {name: place for place, name in enumerate((*DISPUTABLE, "severity", "act"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One fact as one piece of evidence states it.

    `value` is an ISO day, an instrument's short form, codes joined by commas (materials, targets), a count, a level or
    an act. `corrects` when the acting state itself marks the document as a correction.
    """

    fact: Stated
    value: str
    evidence_id: str
    publisher: str
    source_title: str
    official: bool
    reliability: Reliability
    known_at: datetime
    corrects: bool = False
    credibility: int | None = None

    @property
    def admiralty(self) -> str:
        """The grade of who says it, with that of what is said where a report has one: B2."""
        return self.reliability if self.credibility is None else f"{self.reliability}{self.credibility}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One side of a contradiction. `sayers` are official ones first, then by grade, at most `SHOWN_SAYERS`."""

    value: str
    is_followed: bool
    publishers: int
    sayers: tuple[Claim, ...]

    @property
    def is_official(self) -> bool:
        return self.sayers[0].official

    @property
    def grade(self) -> Reliability:
        return self.sayers[0].reliability


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One fact on which publishers contradict each other; the side that the alert follows comes first."""

    fact: Disputable
    positions: tuple[Position, ...]

    @property
    def followed(self) -> Position:
        return self.positions[0]

    @property
    def is_open(self) -> bool:
        """Whether the sources alone do not settle it: the two first sides are of one grade, both official or both told by two publishers.

        The day of an announcement changes nothing that a desk does.
        """
        one, other = self.positions[:2]
        same_rank = (one.is_official, one.grade) == (other.is_official, other.grade)
        weighty = one.is_official or min(one.publishers, other.publishers) > 1
        return self.fact != "announced" and same_rank and weighty


def joined_claims(known: Sequence[Claim], signals: Iterable[Signal]) -> tuple[Claim, ...]:
    """Return the claims with those of further signals, sorted: the same whatever comes first.

    What a document says now takes the place of what it said in an earlier wording.
    """
    told = [signal for signal in signals if _is_report(signal)]
    reread: dict[str, datetime] = {}
    for signal in told:
        evidence_id = signal.exhibit.evidence_id
        reread[evidence_id] = max(signal.known_at, reread.get(evidence_id, signal.known_at))
    standing = {
        (claim.fact, claim.evidence_id): claim
        for claim in known
        if claim.evidence_id not in reread or claim.known_at >= reread[claim.evidence_id]
    }
    for signal in sorted(told, key=lambda s: (s.known_at, s.id)):
        if signal.known_at < reread[signal.exhibit.evidence_id]:
            continue
        for claim in _claims(signal):
            before = standing.get((claim.fact, claim.evidence_id))
            standing[claim.fact, claim.evidence_id] = _fuller(before, claim)
    return _kept(standing.values())


def conflicts_of(
    claims: Sequence[Claim], facts: Facts, materials: Mapping[str, Material]
) -> tuple[Conflict, ...]:
    """Return where publishers contradict each other, dates first. `facts` are those that the alert follows."""
    found = (_conflict(fact, claims, facts, materials) for fact in DISPUTABLE)
    return tuple(conflict for conflict in found if conflict is not None)


def _conflict(
    fact: Disputable, claims: Sequence[Claim], facts: Facts, materials: Mapping[str, Material]
) -> Conflict | None:
    by_value: dict[str, list[Claim]] = {}
    for claim in sorted(_last_words(fact, claims, _said(facts, fact), materials), key=_rank):
        same = next((v for v in by_value if _agree(fact, v, claim.value, materials)), claim.value)
        by_value.setdefault(same, []).append(claim)
    if len(by_value) < 2:
        return None
    ranked = sorted(by_value.values(), key=lambda each: (not each[0].official, -len(each), _rank(each[0])))
    own = _said(facts, fact)
    ranked.sort(key=lambda each: not any(own and _agree(fact, own, c.value, materials) for c in each))
    positions = tuple(
        Position(
            value=each[0].value,
            is_followed=place == 0,
            publishers=len(each),
            sayers=tuple(each[:SHOWN_SAYERS]),
        )
        for place, each in enumerate(ranked)
    )
    return Conflict(fact=fact, positions=positions)


def _last_words(
    fact: Disputable, claims: Sequence[Claim], own: str, materials: Mapping[str, Material]
) -> list[Claim]:
    """Each publisher's last word, and who told what the alert follows although a later word of theirs differs."""
    about = [claim for claim in claims if claim.fact == fact]
    last = {claim.publisher: claim for claim in sorted(about, key=lambda c: (c.known_at, c.evidence_id))}
    found = list(last.values())
    if not any(_agree(fact, own, claim.value, materials) for claim in found):
        found += [claim for claim in about if own and _agree(fact, own, claim.value, materials)][:1]
    return found


def _is_report(signal: Signal) -> bool:
    """Background, figures, countdowns and what sequences add state no facts of an act."""
    return signal.interrupts and not signal.story and not signal.joins and not is_withdrawal(signal)


def _claims(signal: Signal) -> Iterable[Claim]:
    shown = signal.exhibit
    said: dict[Stated, str] = {fact: _said(signal.facts, fact) for fact in DISPUTABLE}
    said |= {"severity": signal.severity.value, "act": signal.facts.act}
    is_own = not shown.country or not signal.facts.actors or shown.country in signal.facts.actors
    corrects = shown.official and is_own and is_correction(shown.title)
    for fact, value in said.items():
        if value and (fact != "announced" or _is_stated(signal)):
            yield Claim(
                fact=fact,
                value=value,
                evidence_id=shown.evidence_id,
                publisher=shown.publisher,
                source_title=shown.source_title,
                official=shown.official,
                reliability=shown.reliability,
                known_at=signal.known_at,
                corrects=corrects,
                credibility=shown.credibility,
            )


def _is_stated(signal: Signal) -> bool:
    """A report's own day stands in for an announcement it does not date: only the issuer's own day is its word."""
    announced, shown = signal.facts.announced, signal.exhibit
    if announced is None or shown.published_at is None:
        return False
    is_issuer = shown.official and shown.country in signal.facts.actors
    return is_issuer or abs((shown.published_at.date() - announced).days) > ANNOUNCED_TOLERANCE_DAYS


def _said(facts: Facts, fact: Disputable) -> str:
    if fact in {"entities", "items"}:
        return dict(facts.counts).get(fact, "")
    value = getattr(facts, fact)
    if isinstance(value, date):
        return value.isoformat()
    return ",".join(sorted(value)) if isinstance(value, tuple) else value or ""


def first_said(fact: str, claims: Sequence[Claim]) -> str:
    """Return the word of the best source on a fact, the later where it changed its word; empty when none has any."""
    about = [claim for claim in claims if claim.fact == fact]
    best = min(
        about, key=lambda c: (not c.official, c.reliability, -c.known_at.timestamp(), c.value), default=None
    )
    return best.value if best else ""


def _fuller(before: Claim | None, claim: Claim) -> Claim:
    """Two rules on one wording read the same facts; where one reads more, that is kept."""
    if before is None or before.known_at < claim.known_at:
        return claim
    if claim.fact == "severity":
        return max(before, claim, key=lambda c: Severity(c.value).rank)
    return max(before, claim, key=lambda c: (len(c.value), c.value))


def _agree(fact: Disputable, one: str, other: str, materials: Mapping[str, Material]) -> bool:
    if one == other:
        return True
    judge = _JUDGES.get(fact)
    return judge(one, other, materials) if judge else False


def _same_day(one: str, other: str, _materials: Mapping[str, Material]) -> bool:
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days) <= ANNOUNCED_TOLERANCE_DAYS


def _same_number(one: str, other: str, _materials: Mapping[str, Material]) -> bool:
    return instrument_key(one) == instrument_key(other)


def _same_states(one: str, other: str, _materials: Mapping[str, Material]) -> bool:
    """To name fewer is no contradiction."""
    first, second = set(one.split(",")), set(other.split(","))
    return first <= second or second <= first


def _same_goods(one: str, other: str, materials: Mapping[str, Material]) -> bool:
    """Fewer of the same, the group for its members, or a word for any mineral at all is no contradiction."""
    first, second = _roots(one.split(","), materials), _roots(other.split(","), materials)
    return not first or not second or bool(first & second)


def _roots(names: Iterable[str], materials: Mapping[str, Material]) -> set[str]:
    parents = {material.parent for material in materials.values()}
    known = {n: materials[n] for n in names if n in materials}
    vague = {n for n, m in known.items() if m.is_class and not m.parent and n not in parents}
    return {known[n].parent or n if n in known else n for n in names if n not in vague}


_JUDGES: Mapping[str, Callable[[str, str, Mapping[str, Material]], bool]] = {
    "announced": _same_day,
    "instrument": _same_number,
    "materials": _same_goods,
    "targets": _same_states,
}


def _rank(claim: Claim) -> tuple[bool, str, str, str]:
    """By what does not change when the publisher speaks again: so nothing depends on the order of arrival."""
    return not claim.official, claim.reliability, claim.publisher, claim.value


def _kept(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The best sayers of each value: four hundred articles that agree are no more than four."""
    by_value: dict[tuple[str, str], list[Claim]] = {}
    for claim in sorted(claims, key=_rank):
        by_value.setdefault((claim.fact, claim.value), []).append(claim)
    values: dict[str, int] = {}
    kept: list[Claim] = []
    for (fact, _), sayers in sorted(by_value.items(), key=lambda each: _rank(each[1][0])):
        values[fact] = values.get(fact, 0) + 1
        if values[fact] <= MOST_VALUES:
            kept += _one_each(sayers)[:SHOWN_SAYERS]
    return tuple(sorted(kept, key=lambda c: (_ORDER[c.fact], *_rank(c))))


def _one_each(sayers: Sequence[Claim]) -> list[Claim]:
    """The last claim of each publisher, in order of rank."""
    last = {claim.publisher: claim for claim in sorted(sayers, key=lambda c: (c.known_at, c.evidence_id))}
    return sorted(last.values(), key=_rank)
