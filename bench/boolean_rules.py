"""Boolean rules over terms of the real vocabulary, the same on every machine: as a rulebook, and as YARA-X source.

A term group is one topic in four languages, about five terms. A rule asks for two or three groups, some also for
one of several, for two of four, or for the absence of one.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mixed_corpus import SHARES, documents

from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.terms import Cue, Terms
from warning.core.text.folding import fold
from warning.core.text_rules import ContextRule, Group

SAMPLE = 4_000
FREQUENCIES = {"dense": (0.002, 0.03), "sparse": (0.0003, 0.004)}
_WORDS = re.compile(r"[a-z]{4,}(?: [a-z]{4,})?")
_HAN = re.compile("[一-鿿]+")
_KANA = re.compile("[ァ-ヺー]{3,}|[ぁ-ん一-鿿]+")
_HANGUL = re.compile("[가-힣]+")
_EXAMPLES = [{"fires": False, "title": "bench"}, {"fires": False, "title": "bench", "language": "ko"}]
Terms_ = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Rules:
    groups: dict[str, Terms_]
    wanted: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]

    def book(self, policy: Policy) -> Rulebook:
        cues = {name: Cue(phrases=phrases) for name, phrases in self.groups.items()}
        rules = tuple(_rule(*wanted) for wanted in self.wanted)
        return Rulebook(rules=rules, terms=Terms(cues=cues), policy=policy)


def boolean_rules(
    count: int, *, mix: str = "dense", terms: int = 2_000, a_group: int = 20, seed: int = 7
) -> Rules:
    rng = random.Random(seed)
    pools = _vocabulary(*FREQUENCIES[mix])
    groups: dict[str, Terms_] = {}
    chosen = {
        language: rng.sample(pool, round(terms * SHARES[language] / 100)) for language, pool in pools.items()
    }
    for number in range(terms // a_group):
        group: Terms_ = {}
        for language, pool in chosen.items():
            taken = tuple(pool[number :: terms // a_group])
            if taken:
                group[language] = taken
        # A Chinese word may stand in any press: it is listed for each, as an operator lists it.
        han = tuple(t for ts in group.values() for t in ts if _HAN.fullmatch(t))
        for language in ("zh", "ja", "ko") if han else ():
            group[language] = tuple(dict.fromkeys((*group.get(language, ()), *han)))
        groups[f"g{number}"] = group
    names = list(groups)
    wanted = []
    for number in range(count):
        pick = iter(rng.sample(names, 10))
        every = tuple(next(pick) for _ in range(rng.choice((1, 2, 2, 3))))
        some = tuple(next(pick) for _ in range(2)) if rng.random() < 0.3 or len(every) == 1 else ()
        none = (next(pick),) if rng.random() < 0.4 else ()
        two_of = tuple(next(pick) for _ in range(3)) if rng.random() < 0.1 else ()
        wanted.append((f"r{number:04}", every, some, none, two_of))
    return Rules(groups, tuple(wanted))


def _vocabulary(least: float, most: float) -> dict[str, list[str]]:
    """Terms of each language by their share of documents, in a sample; sorted, so that draws repeat."""
    counts: dict[str, Counter[str]] = {language: Counter() for language in SHARES}
    for item in documents(SAMPLE, seed=1):
        counts[item.language].update(set(_terms(fold(item.title + "\n" + item.body).text, item.language)))
    low, high = least * SAMPLE, most * SAMPLE
    return {
        language: sorted(t for t, n in found.items() if max(low, 2) <= n <= high)
        for language, found in counts.items()
    }


def _terms(text: str, language: str) -> Iterator[str]:
    if language == "en":
        for match in _WORDS.finditer(text):
            yield from (match.group(), match.group().split()[0])
        return
    for run in {"zh": _HAN, "ja": _KANA, "ko": _HANGUL}[language].findall(text):
        for size in (2, 3, 4):
            yield from (run[i : i + size] for i in range(0, len(run) - size + 1, size))


def _rule(
    name: str, every: tuple[str, ...], some: tuple[str, ...], none: tuple[str, ...], two_of: tuple[str, ...]
) -> ContextRule:
    def groups(names: tuple[str, ...]) -> tuple[Group, ...]:
        return tuple(Group(cue=(name,)) for name in names)

    match = {"all": groups(every), "any": groups(some), "none": groups(none)}
    if two_of:
        match["at_least"] = {"n": 2, "of": groups(two_of)}
    return ContextRule.model_validate(
        {
            "kind": "context", "id": name, "title": name, "owner": "bench", "rationale": "bench",
            "false_positives": ["bench"], "severity": "minor", "match": match, "examples": _EXAMPLES,
        }
    )  # fmt: skip


def _strings(name: str, terms: Terms_) -> Iterator[str]:
    distinct = dict.fromkeys(term for listed in terms.values() for term in listed)
    for number, term in enumerate(distinct):
        if term.isascii():
            yield f"    ${name}_{number} = /{term}(es|s)?/ fullword"
        else:
            yield f'    ${name}_{number} = "{term}"'


def yara_as_written(rules: Rules) -> str:
    """Each rule brings its own strings, as rules are written by hand."""
    out = []
    for name, every, some, none, two_of in rules.wanted:
        strings = [s for g in (*every, *some, *none, *two_of) for s in _strings(g, rules.groups[g])]
        parts = [f"any of (${g}_*)" for g in every]
        if some:
            parts.append("(" + " or ".join(f"any of (${g}_*)" for g in some) + ")")
        parts += [f"not any of (${g}_*)" for g in none]
        if two_of:
            parts.append(_two_of([f"any of (${g}_*)" for g in two_of]))
        out.append(
            f"rule {name} {{\n  strings:\n"
            + "\n".join(strings)
            + "\n  condition:\n    "
            + " and ".join(parts)
            + "\n}"
        )
    return "\n".join(out)


def yara_shared(rules: Rules) -> str:
    """Each group is one private rule: faster, and nothing an operator writes."""
    out = [
        f"private rule {g} {{\n  strings:\n"
        + "\n".join(_strings("t", terms))
        + "\n  condition:\n    any of them\n}"
        for g, terms in rules.groups.items()
    ]
    for name, every, some, none, two_of in rules.wanted:
        parts = [*every, *(f"not {g}" for g in none)]
        if some:
            parts.append("(" + " or ".join(some) + ")")
        if two_of:
            parts.append(_two_of(list(two_of)))
        out.append(f"rule {name} {{\n  condition:\n    " + " and ".join(parts) + "\n}")
    return "\n".join(out)


def _two_of(conditions: list[str]) -> str:
    pairs = [f"({a} and {b})" for i, a in enumerate(conditions) for b in conditions[i + 1 :]]
    return "(" + " or ".join(pairs) + ")"
