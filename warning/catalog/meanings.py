"""What a group of a text rule looks for: its entries of rules/terms written out, and whether they have words."""

from collections.abc import Iterable, Iterator, Mapping

from warning.core.terms import Names, Terms
from warning.core.text_rules import Group

ANY = "any"


class Vocabulary:
    """What the groups of one set of terms stand for; each is written out once."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._held: dict[int, tuple[Group, frozenset[str]]] = {}

    def expanded(self, group: Group) -> frozenset[str]:
        """Return what `expand` says. The group is kept, so that no other takes its identity."""
        held = self._held.get(id(group))
        if held is None:
            held = self._held[id(group)] = (group, expand(group, self._terms))
        return held[1]

    def covers(self, forbidding: Group, wanted: Group) -> bool:
        """Say whether wherever `wanted` occurs, `forbidding` occurs too."""
        if not set(wanted.within) <= set(forbidding.within):
            return False
        looked_for = self.expanded(wanted)
        return bool(looked_for) and looked_for <= self.expanded(forbidding)


def expand(group: Group, terms: Terms) -> frozenset[str]:
    """Return the entries of which one must occur: `act:quota`, `material:gallium`, or a phrase of the rule's own.

    `any` is every entry of its sort, and a material its descendants too. An actor occurs where one of its
    ministries does.
    """
    if group.phrases:
        return frozenset(f"{language}:{word}" for language, words in group.phrases.items() for word in words)
    found = {f"act:{name}" for name in _named(group.act, terms.acts)}
    found |= {f"material:{name}" for name in _with_descendants(group.material, terms)}
    found |= {f"cue:{name}" for name in _named(group.cue, terms.cues)}
    for code in _named(group.actor, terms.actors):
        found |= {f"actor:{code}", f"issuer:{code}"}
    found |= {f"issuer:{code}" for code in _named(group.issuer, terms.actors)}
    return frozenset(found)


def has_words(group: Group, terms: Terms) -> bool:
    """Say whether any entry of the group has a word in any language; an unknown entry counts as having some."""
    if group.phrases:
        return any(group.phrases.values())
    return any(table is None or any(table.values()) for table in _tables(group, terms))


def covers(forbidding: Group, wanted: Group, terms: Terms) -> bool:
    """Say whether wherever `wanted` occurs, `forbidding` occurs too."""
    return Vocabulary(terms).covers(forbidding, wanted)


def _tables(group: Group, terms: Terms) -> Iterator[Names | None]:
    for name in _with_descendants(group.material, terms):
        material = terms.materials.get(name)
        yield None if material is None else {**material.compounds, **material.names}
    for name in _named(group.act, terms.acts):
        yield terms.acts[name].phrases if name in terms.acts else None
    for name in _named(group.cue, terms.cues):
        yield terms.cues[name].phrases if name in terms.cues else None
    for code in _named(group.actor, terms.actors):
        yield terms.actors[code].names if code in terms.actors else None
    for code in _named(group.issuer, terms.actors):
        issuers = terms.actors[code].issuers if code in terms.actors else None
        yield issuers or None  # an actor without ministries is told for itself


def _named(names: Iterable[str], known: Mapping[str, object]) -> set[str]:
    wanted = set(names)
    return set(known) if ANY in wanted else wanted


def _with_descendants(names: Iterable[str], terms: Terms) -> set[str]:
    found = _named(names, terms.materials)
    while more := {n for n, m in terms.materials.items() if m.parent in found} - found:
        found |= more
    return found
