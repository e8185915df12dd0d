"""The later official word: a correction, or a further document on the same act, takes the place of a date given before.

What was replaced is shown as replaced, with what replaced it; it contradicts nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from warning.core.claims import Claim
from warning.core.signals import Facts

ReplacedFact = Literal["effective", "expires"]
REPLACEABLE: tuple[ReplacedFact, ...] = ("effective", "expires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A date that an official document gave, and the later official word on it."""

    fact: ReplacedFact
    old: Claim
    by: Claim


def replacements(claims: Sequence[Claim]) -> tuple[Replacement, ...]:
    """Return every official date that a later official word replaced, with the last word, oldest first."""
    return tuple(found for fact in REPLACEABLE for found in _replaced(fact, claims))


def standing_claims(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return the claims without what was replaced, and without who repeated that before the later word came."""
    gone = replacements(claims)
    return tuple(c for c in claims if not any(_falls_with(c, one) for one in gone)) if gone else tuple(claims)


def with_last_word(facts: Facts, claims: Sequence[Claim]) -> Facts:
    """Return the facts with the last official word on each date that they take from a replaced one."""
    for one in replacements(claims):
        own = getattr(facts, one.fact)
        if own is not None and own.isoformat() == one.old.value:
            said = date.fromisoformat(one.by.value)
            facts = (
                replace(facts, effective=said) if one.fact == "effective" else replace(facts, expires=said)
            )
    return facts


def _replaced(fact: ReplacedFact, claims: Iterable[Claim]) -> Iterator[Replacement]:
    claims = tuple(claims)
    numbered = {claim.evidence_id for claim in claims if claim.fact == "instrument"}
    official = sorted(
        (claim for claim in claims if claim.fact == fact and claim.official),
        key=lambda c: (c.known_at, c.corrects, c.publisher, c.evidence_id),
    )
    for place, old in enumerate(official):
        later = (new for new in official[place + 1 :] if _replaces(new, old, new.evidence_id in numbered))
        last = max(later, key=lambda c: (c.known_at, c.corrects, c.value), default=None)
        if last is not None and last.value != old.value:
            yield Replacement(fact=fact, old=old, by=last)


def _replaces(new: Claim, old: Claim, is_numbered: bool) -> bool:
    """A correction replaces whoever's word; a further document that names the act only its own publisher's."""
    if new.known_at <= old.known_at or new.evidence_id == old.evidence_id:
        return False
    return new.corrects or (is_numbered and new.publisher == old.publisher)


def _falls_with(claim: Claim, one: Replacement) -> bool:
    same = claim.fact == one.fact and claim.value == one.old.value
    return same and claim.known_at < one.by.known_at
