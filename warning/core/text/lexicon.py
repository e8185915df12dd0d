"""Every phrase that any rule may ask for, once, and which concepts each phrase stands for.

A concept is written `kind:id` (`act:export_ban`, `material:gallium`, `actor:CN`, `issuer:CN`, `cue:impose`) or
is a rule's own list of phrases (`phrases:<n>`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from warning.core.terms import Names, Terms
from warning.core.text.phrases import Phrase, learn, parse_phrase
from warning.core.text_rules import Group


class Entry(NamedTuple):
    """One phrase; a hit of it is a hit of `concept`, or hides the hits of `concept` that lie inside it.

    Where only `perhaps`, the phrase is no hit: where it stands the concept may be meant.
    """

    phrase: Phrase
    concept: str
    shadow: bool = False
    perhaps: bool = False


_new = tuple.__new__  # makes an entry in half the time of the class's own way


@dataclass(slots=True)
class Lexicon:
    """The entries of a vocabulary, and the concepts that a rule's group stands for."""

    terms: Terms
    entries: list[Entry] = field(default_factory=list)
    _own: dict[tuple[tuple[str, tuple[str, ...]], ...], str] = field(default_factory=dict)

    _saying: dict[str, list[Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        learn(
            (text, language) for names in _names(self.terms) for language in names for text in names[language]
        )
        for material_id, material in self.terms.materials.items():
            self._add(f"material:{material_id}", material.names, material.compounds)
            self._add_shadows(f"material:{material_id}", material.shadows)
        for act_id, act in self.terms.acts.items():
            self._add(f"act:{act_id}", act.phrases)
            self._add_shadows(f"act:{act_id}", act.shadows)
        for code, actor in self.terms.actors.items():
            self._add(f"actor:{code}", actor.names)
            self._add(f"issuer:{code}", actor.issuers)
            self._add_shadows(f"actor:{code}", actor.shadows)
            self._add_shadows(f"issuer:{code}", actor.shadows)
        for cue_id, cue in self.terms.cues.items():
            self._add(f"cue:{cue_id}", cue.phrases)
            self._add_shadows(f"cue:{cue_id}", cue.shadows)

    def concepts_of(self, group: Group) -> frozenset[str]:
        """The concepts of which one must occur. Unknown ids give concepts that never occur."""
        if group.phrases:
            return frozenset({self._own_concept(group.phrases)})
        if group.material:
            return frozenset(f"material:{m}" for m in self._materials(group.material))
        if group.actor:
            codes = _named(group.actor, self.terms.actors)
            return frozenset(f"{kind}:{code}" for code in codes for kind in ("actor", "issuer"))
        if group.issuer:
            return frozenset(f"issuer:{code}" for code in _named(group.issuer, self.terms.actors))
        if group.cue:
            return frozenset(f"cue:{cue}" for cue in _named(group.cue, self.terms.cues))
        return frozenset(f"act:{act}" for act in _named(group.act, self.terms.acts))

    def typical_length(self, concepts: Iterable[str]) -> float:
        """The mean length of the concepts' phrases in bytes: the longer they are, the rarer in ordinary text."""
        entries = (entry for concept in concepts for entry in self._saying.get(concept, ()))
        lengths = [len(entry.phrase.needles[0].encode()) for entry in entries]
        return sum(lengths) / len(lengths) if lengths else 0.0

    def parents(self, material_id: str) -> Iterator[str]:
        """Yield the material's parent, its parent's parent and so on; a loop in the vocabulary ends."""
        seen = {material_id}
        current = self.terms.materials.get(material_id)
        while current and current.parent and current.parent not in seen:
            yield current.parent
            seen.add(current.parent)
            current = self.terms.materials.get(current.parent)

    def members(self, class_id: str) -> frozenset[str] | None:
        """The materials a class stands for; None when the material is no class.

        Those under it, else the others under its own parent, else all.
        """
        every = self.terms.materials
        given = every.get(class_id)
        under = frozenset(m for m in every if class_id in self.parents(m))
        if under or given is None or not given.is_class:
            return under or None
        kin = frozenset(
            m for m, material in every.items() if given.parent and material.parent == given.parent
        )
        return kin or frozenset(every)

    def _materials(self, wanted: Iterable[str]) -> set[str]:
        names = set(wanted)
        every = self.terms.materials
        if "any" in names:
            return set(every)
        return names | {m for m in every if names & set(self.parents(m))}

    def _own_concept(self, names: Names) -> str:
        key = tuple(sorted((language, tuple(phrases)) for language, phrases in names.items()))
        if key not in self._own:
            self._own[key] = f"phrases:{len(self._own)}"
            self._add(self._own[key], names)
        return self._own[key]

    def _add(self, concept: str, *names: Names) -> None:
        found = [_new(Entry, (phrase, concept, False, False)) for phrase in _phrases(names)]
        self.entries += found
        self._saying.setdefault(concept, []).extend(found)

    def _add_shadows(self, concept: str, names: Names) -> None:
        self.entries += [Entry(phrase, concept, shadow=True) for phrase in _phrases((names,))]


def _names(terms: Terms) -> Iterator[Names]:
    """Everything that is written of a vocabulary's terms."""
    for material in terms.materials.values():
        yield from (material.names, material.compounds, material.shadows)
    for act in terms.acts.values():
        yield from (act.phrases, act.shadows)
    for cue in terms.cues.values():
        yield from (cue.phrases, cue.shadows)
    for actor in terms.actors.values():
        yield from (actor.names, actor.issuers, actor.shadows)


def _phrases(names: Iterable[Names]) -> Iterator[Phrase]:
    for mapping in names:
        for language, written in mapping.items():
            for text in written:
                yield parse_phrase(text, language)


def _named(wanted: Iterable[str], known: Mapping[str, object]) -> set[str]:
    names = set(wanted)
    return set(known) if "any" in names else names
