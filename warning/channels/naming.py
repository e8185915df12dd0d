"""Codes to words: materials, acts, states and levels as a desk's language says them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from warning.channels.plain import plain
from warning.channels.words import Words, words_for
from warning.core.phrases import state_said
from warning.core.rulebook import Rulebook
from warning.core.terms import Language
from warning.core.vocabulary import Severity

SHOWN_NAMES = 4
NUMBER_LIMIT = 120
_YEARLY = re.compile(r"(?P<who>[A-Z]+(?:-[A-Z]+)*)(?P<order> Order)? (?P<year>\d{4})/(?P<number>\d+)")
_STATE_COUNCIL = re.compile(r"State Council (?P<number>\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The words of one language together with the operator's own vocabulary."""

    words: Words
    book: Rulebook

    @property
    def language(self) -> str:
        return self.words.language

    def say(self, key: str, /, **values: object) -> str:
        return self.words.say(key, **values)

    def material(self, term: str) -> str:
        known = self.book.terms.materials.get(term)
        return self._label(known.label if known else {}, term.replace("_", " "))

    def act(self, term: str) -> str:
        known = self.book.terms.acts.get(term)
        return self._label(known.label if known else {}, term.replace("_", " "))

    def state(self, code: str) -> str:
        actor, exposure = self.book.terms.actors.get(code), self.book.exposure.get(code)
        names: dict[str, str] = {}
        if f"state.{code}" in self.words:  # suppliers that no rule speaks of
            names[self.language] = self.say(f"state.{code}")
        for known in (exposure, actor):
            names |= {str(language): name for language, name in known.label.items()} if known else {}
        return self._label(names, code)

    def materials(self, terms: tuple[str, ...], shown: int = SHOWN_NAMES) -> str:
        """Name materials inside a sentence."""
        names = [within_sentence(self.material(term)) for term in terms]
        return self.listed(names, shown, of="materials")

    def state_said(self, code: str) -> str:
        """Name a state inside a sentence: "the United States"."""
        return state_said(self.state(code), code, self.language)

    def states_said(self, codes: tuple[str, ...]) -> str:
        return self.listed([self.state_said(code) for code in codes], SHOWN_NAMES, of="states")

    def states(self, codes: tuple[str, ...], shown: int = SHOWN_NAMES) -> str:
        return self.listed([self.state(code) for code in codes], shown, of="states")

    def event(self, coded: str) -> str:
        """Name an event that a sequence refers to: `actors|act|materials|instrument` in codes."""
        actors, act, materials, instrument = (*coded.split("|"), "", "", "", "")[:4]
        who = self.states(tuple(filter(None, actors.split(","))))
        what = self.materials(tuple(filter(None, materials.split(","))))
        named = " · ".join(part for part in (who, what) if part)
        said = f"{named}: {self.act(act)}" if named else self.act(act)
        return f"{said} [{plain(self.number(instrument), 60)}]" if instrument else said

    def number(self, instrument: str) -> str:
        """Return the number of an act as this language writes one of its kind; one of another kind stays as it is."""
        if found := _STATE_COUNCIL.fullmatch(instrument):
            return self.say("instrument_form.state_council", number=found["number"])
        found = _YEARLY.fullmatch(instrument)
        keys = [f"instrument_issuer.{who}" for who in found["who"].split("-")] if found else []
        if found is None or not all(key in self.words for key in keys):
            return plain(instrument, NUMBER_LIMIT)
        who = self.say("instrument_form.between").join(self.say(key) for key in keys)
        form = "instrument_form.order" if found["order"] else "instrument_form.announcement"
        return self.say(form, who=who, year=found["year"], number=found["number"])

    def level(self, severity: Severity) -> str:
        return self.say(f"level.{severity.value}")

    def aside(self, said: str) -> str:
        """Return what is said beside a name, in brackets as this language sets them."""
        return self.say("join.aside", said=said)

    def rule(self, rule_id: str, title: str) -> str:
        """Return a rule's title in this language; the one it fired under where it has no other or is gone."""
        known = next((rule for rule in self.book.rules if rule.id == rule_id), None)
        names = {str(language): name for language, name in known.titles.items()} if known else {}
        return plain(names.get(self.language) or title, 160)

    def listed(self, names: list[str], shown: int, of: str = "names") -> str:
        """Return "a, b and c", or the first ones and how many more `names`, `materials` or `states` there are."""
        if len(names) <= shown:
            return self.words.join(names)
        first = self.say("join.list").join(names[:shown])
        return self.say(f"value.more_{of}", names=first, count=len(names) - shown)

    def _label(self, label: Mapping[Language, str] | Mapping[str, str], code: str) -> str:
        names = {str(language): name for language, name in label.items()}
        return plain(names.get(self.language) or names.get("en") or code, 60)


def naming(language: str, book: Rulebook) -> Naming:
    return Naming(words=words_for(language), book=book)


def within_sentence(name: str) -> str:
    """Return a label as it stands inside a sentence: "gallium", but still "NdFeB magnets" and "HBM"."""
    first, _, rest = name.partition(" ")
    return f"{first.lower()} {rest}".rstrip() if first == first.capitalize() else name


def at_start(name: str) -> str:
    return name[:1].upper() + name[1:]
