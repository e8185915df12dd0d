"""A rule's condition on text, compiled against a lexicon, and its verdict on a reading."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from warning.core.linear_patterns import found_in
from warning.core.terms import Act
from warning.core.text.acting import ActingClause
from warning.core.text.clauses import speaks_later
from warning.core.text.duty_steps import is_other_duty
from warning.core.text.ended_probes import is_ended_probe, is_running_probe
from warning.core.text.kept_bans import is_kept_ban
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Hit
from warning.core.text.no_news import is_no_news
from warning.core.text.no_relief import is_no_relief
from warning.core.text.occasions import is_of_occasion
from warning.core.text.other_police import is_other_police
from warning.core.text.own_reasons import is_own_stop
from warning.core.text.publications import only_published_sentences, set_out_sentences
from warning.core.text.reading import Reading
from warning.core.text.relieved_wait import is_relieved_wait, lets_other_goods_go
from warning.core.text.remarks import is_only_remarked_on
from warning.core.text.stance import (
    RETURN,
    consented_sentences,
    denied_sentences,
    eased_sentences,
    returning_sentences,
)
from warning.core.text.subject import clause_behind, clause_of_another, others_sentences
from warning.core.text.unenforced import is_ban_in_force, is_unenforced
from warning.core.text.unsaid import takes_target_for_actor
from warning.core.text_rules import Field_, Group, Match, Near, Score, TextPattern, TextRule

# What people say about an act. After the clause of the act, in a headline, such words take nothing from it.
REACTIONS = frozenset({"cue:talk", "cue:retro", "cue:meeting", "cue:no_act"})
_QUESTION = "cue:question"
# In a sentence that tells the end of relief these stand upon what ends.
_RELIEF = frozenset({"cue:relief", "cue:ease", "cue:suspend", "cue:end"})
# How telling a kind of term is: the rarer in ordinary text, the better it picks the items a rule must look at.
# A run of letters or digits; where words are not set apart (Han, kana), every sign.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_RARITY = {"material": 1, "act": 2, "phrases": 3, "issuer": 4, "cue": 5, "actor": 8}


@dataclass(frozen=True, slots=True)
class CompiledGroup:
    group: Group
    concepts: frozenset[str]
    fields: tuple[Field_, ...]

    def hits(self, reading: Reading) -> list[Hit]:
        """In order of place: which of several terms comes first must not depend on the order of a set."""
        return reading.of(self.concepts, self.fields)


@dataclass(frozen=True, slots=True)
class CompiledNear:
    """`asked` are the concepts of each group of `of`, and the fields in which both it and the near look.

    `window` is how long a stretch may be, in characters or `in_words`; None means a sentence.
    """

    of: tuple[CompiledGroup, ...]
    none: tuple[CompiledGroup, ...]
    window: int | None
    fields: tuple[Field_, ...]
    asked: tuple[tuple[frozenset[str], tuple[Field_, ...]], ...]
    in_words: bool = False

    def matches(self, reading: Reading, clause: ActingClause | None = None) -> list[tuple[Hit, ...]]:
        """Return one tuple of hits, a hit of every group, for each sentence or stretch that meets it.

        Where a `clause` tells the act, reactions outside it bar nothing.
        """
        found = []
        for concepts, fields in self.asked:
            hits = reading.of(concepts, fields)
            if not hits:
                return []
            found.append(hits)
        if self.window is None:
            firsts = [reading.first_in_sentences(*one) for one in self.asked]
            return self._in_sentences(reading, firsts, clause)
        return self._in_stretches(reading, found, self.window)

    def _in_sentences(
        self, reading: Reading, by_sentence: list[Mapping[int, Hit]], clause: ActingClause | None
    ) -> list[tuple[Hit, ...]]:
        shared = set(by_sentence[0]).intersection(*by_sentence[1:])
        events = {number: tuple(hits[number] for hits in by_sentence) for number in shared}
        barred = {number for group in self.none for number in _barred(group, events, reading, clause)}
        return [events[number] for number in sorted(shared - barred)]

    def _in_stretches(self, reading: Reading, found: list[list[Hit]], window: int) -> list[tuple[Hit, ...]]:
        barred = [hit for group in self.none for hit in group.hits(reading)]
        matches: list[tuple[Hit, ...]] = []
        for anchor in min(found, key=len):
            chosen = tuple(min(hits, key=lambda h: abs(h.start - anchor.start)) for hits in found)
            start, end = min(h.start for h in chosen), max(h.end for h in chosen)
            if self._length(reading, start, end) <= window and not any(
                start <= h.start < end for h in barred
            ):
                matches.append(chosen)
        return matches

    def _length(self, reading: Reading, start: int, end: int) -> int:
        return len(_WORD.findall(reading.folded.text, start, end)) if self.in_words else end - start


@dataclass(frozen=True, slots=True)
class CompiledScore:
    """Each group with what it adds by field."""

    at_least: int
    of: tuple[tuple[CompiledGroup, Mapping[Field_, int]], ...]

    def added(self, reading: Reading) -> list[tuple[int, Hit | None]]:
        """For each group what it adds, and the hit that adds it: of several the first in the field that counts most."""
        return [_most_telling(group, weights, reading) for group, weights in self.of]

    def needed(self) -> Iterator[frozenset[str]]:
        """Sets of concepts of which one must occur: of each group that the others cannot make up for, and of all."""
        total = sum(max(weights.values()) for _, weights in self.of)
        for group, weights in self.of:
            if total - max(weights.values()) < self.at_least:
                yield group.concepts
        yield frozenset().union(*(group.concepts for group, _ in self.of))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`met` says whether the condition holds; `events` are the hits of each near that held, `hits` the rest.

    `told_in` is the clause that tells the act, read as a headline, where that clause is another state's than the headline.
    """

    met: bool
    events: tuple[tuple[Hit, ...], ...] = ()
    hits: tuple[Hit, ...] = ()
    told_in: Reading | None = None

    def reading_of(self, reading: Reading, direction: str | None) -> Reading:
        """Return what the events and hits stand in, of what was judged by a rule of a direction."""
        return self.told_in or reading.told_to(direction)


_UNMET = Verdict(met=False)


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """`clauses` are sets of concepts: of each at least one must occur for the rule to have a chance.

    `anchors` is the one of them that ordinary text has least of.
    """

    rule: TextRule
    version: str
    all: tuple[CompiledGroup, ...]
    any: tuple[CompiledGroup, ...]
    none: tuple[CompiledGroup, ...]
    at_least: tuple[int, tuple[CompiledGroup, ...]] | None
    score: CompiledScore | None
    near: tuple[CompiledNear, ...]
    near_any: tuple[CompiledNear, ...]
    patterns: tuple[TextPattern, ...]
    beside_relief: bool
    clauses: tuple[frozenset[str], ...]
    anchors: frozenset[str]
    acts: Mapping[str, Act]

    def verdict(self, reading: Reading) -> Verdict:
        """Judge the reading, cheapest conditions first; where states act in clauses of their own, each clause is its state's."""
        plain = self._plain(reading)
        if plain is None:
            return _UNMET
        if not self.near and not self.near_any:
            return Verdict(met=True, hits=tuple(plain))
        verdict = self._with_events(reading, plain)
        return self._by_state(reading, verdict) if reading.acting and self.rule.interrupts else verdict

    def _plain(self, reading: Reading) -> list[Hit] | None:
        """The hits that are told of all conditions but those on what stands together; None where one does not hold."""
        if self.beside_relief and not reading.halves:
            return None
        of = reading.of
        for group in self.none:
            if of(group.concepts, group.fields):
                return None
        plain: list[Hit] = []
        for group in self.all:
            hits = of(group.concepts, group.fields)
            if not hits:
                return None
            plain.append(hits[0])
        if self.any:
            optional = [hits[0] for group in self.any if (hits := of(group.concepts, group.fields))]
            if not optional:
                return None
            plain += optional
        counted = self._counted(reading)
        return None if counted is None else [*plain, *counted]

    def _by_state(self, reading: Reading, verdict: Verdict) -> Verdict:
        """The verdict on a headline in which states act in clauses of their own.

        A rule about one state is told of its clause behind another state's, and never of a clause that is another's.
        """
        if verdict.met:
            clause = clause_of_another(reading, self.rule.actors, verdict.events)
            is_told = clause is None or self.verdict(clause.alone).met
        else:
            clause = clause_behind(reading, self.rule.actors)
            is_told = clause is None or self._stands(reading, clause)
        if clause is None:
            return verdict
        told = self.verdict(clause.reading) if is_told else _UNMET
        return replace(told, told_in=clause.reading) if told.met else _UNMET

    def _stands(self, reading: Reading, clause: ActingClause) -> bool:
        """Whether what must stand together does, whoever's act it is."""
        return all(near.matches(reading, clause) for near in self.near) and (
            not self.near_any or any(near.matches(reading, clause) for near in self.near_any)
        )

    def _counted(self, reading: Reading) -> list[Hit] | None:
        """The hits that are told of what is counted; None where they are too few, or a pattern does not hold."""
        enough, scored = self._enough(reading), self._scored(reading)
        if enough is None or scored is None:
            return None
        return [*enough, *scored] if all(holds(pattern, reading) for pattern in self.patterns) else None

    def _enough(self, reading: Reading) -> list[Hit] | None:
        """The first hit of each counted group that occurs; None where they are too few."""
        if self.at_least is None:
            return []
        n, groups = self.at_least
        found = [hits[0] for group in groups if (hits := group.hits(reading))]
        return found if len(found) >= n else None

    def _scored(self, reading: Reading) -> list[Hit] | None:
        """The hits that make up the score; None where it is too low."""
        if self.score is None:
            return []
        added = self.score.added(reading)
        reached = sum(points for points, _ in added) >= self.score.at_least
        return [hit for _, hit in added if hit is not None] if reached else None

    def _with_events(self, reading: Reading, hits: list[Hit]) -> Verdict:
        events: list[tuple[Hit, ...]] = []
        for near in self.near:
            matches = self.events_of(near, reading)
            if not matches:
                return _UNMET
            events += matches
        alternatives = [match for near in self.near_any for match in self.events_of(near, reading)]
        if self.near_any and not alternatives:
            return _UNMET
        is_whole = reading.told_to(self.rule.direction) is reading
        return Verdict(met=True, events=(*events, *alternatives), hits=tuple(hits) if is_whole else ())

    def events_of(self, near: CompiledNear, reading: Reading) -> list[tuple[Hit, ...]]:
        """The events of a near that are told, in the half of the headline that is the rule's; they stand in the whole too."""
        matches, told = near.matches(reading), reading.told_to(self.rule.direction)
        if matches and told is not reading:
            matches = near.matches(told)
        return self.told(told, matches)

    def told(self, reading: Reading, matches: list[tuple[Hit, ...]]) -> list[tuple[Hit, ...]]:
        """Leave out what the sentence denies or tells of another state; for a rule of tightening, what is eased.

        What is only remarked on is left out for the wide fallback rules alone: a missed event is worse than a remark told.
        """
        if not matches or not self.rule.interrupts:
            return matches
        untold = denied_sentences(reading) | others_sentences(
            reading, self.rule.actors, self.rule.except_actors
        )
        returning = returning_sentences(reading)
        if self.rule.direction == "tightening":
            untold |= eased_sentences(reading, self.acts) - returning
            untold |= only_published_sentences(reading)
        elif self.rule.direction == "easing":
            untold |= returning | consented_sentences(reading, self.acts) | set_out_sentences(reading)
        return [
            match
            for match in matches
            if not any(reading.sentence_of(hit) in untold for hit in match)
            and not is_no_news(reading, match)
            and not is_own_stop(self.rule, reading, match)
            and not is_other_police(self.rule, reading, match)
            and not (self.rule.fallback and is_only_remarked_on(reading, match))
            and not (
                self.rule.direction == "easing"
                and (
                    is_no_relief(reading, match)
                    or is_running_probe(reading, match)
                    or is_other_duty(reading, match)
                    or is_ban_in_force(reading, match)
                    or lets_other_goods_go(reading, match)
                    or is_kept_ban(reading, match)
                )
            )
            and not (self.rule.direction == "tightening" and is_ended_probe(reading, match))
            and not (
                self.rule.direction == "tightening"
                and not any(
                    reading.sentence_of(hit) in returning or hit.entry.concept in RETURN for hit in match
                )
                and (is_unenforced(reading, match) or is_relieved_wait(reading, match))
            )
            and not takes_target_for_actor(reading, match, self.rule.actors)
            and all(reading.sentence_of(hit) in returning for hit in match if hit.entry.concept in RETURN)
        ]


def compile_rule(rule: TextRule, lexicon: Lexicon) -> CompiledRule:
    """Compile a rule's match; the lexicon learns the rule's own phrases on the way."""
    match = rule.match
    at_least = match.at_least
    score = _score(match.score, lexicon) if match.score else None
    clauses = (*_clauses(match, lexicon), *(score.needed() if score else ()))
    return CompiledRule(
        rule=rule,
        version=rule.version,
        all=_groups(match.all, lexicon),
        any=_groups(match.any, lexicon),
        none=_groups(match.none, lexicon),
        at_least=(at_least.n, _groups(at_least.of, lexicon)) if at_least else None,
        score=score,
        near=_nears(match.near, lexicon),
        near_any=_nears(match.near_any, lexicon),
        patterns=match.patterns,
        beside_relief=match.beside_relief,
        clauses=clauses,
        anchors=_rarest(clauses, lexicon),
        acts=lexicon.terms.acts,
    )


def _groups(groups: Iterable[Group], lexicon: Lexicon) -> tuple[CompiledGroup, ...]:
    return tuple(CompiledGroup(g, lexicon.concepts_of(g), g.within) for g in groups)


def _score(score: Score, lexicon: Lexicon) -> CompiledScore:
    groups = ((CompiledGroup(g, lexicon.concepts_of(g), tuple(g.by_field)), g.by_field) for g in score.of)
    return CompiledScore(score.at_least, tuple(groups))


def _most_telling(
    group: CompiledGroup, weights: Mapping[Field_, int], reading: Reading
) -> tuple[int, Hit | None]:
    hits = group.hits(reading)
    best = max(hits, key=lambda hit: weights[reading.field_of(hit)], default=None)
    return (weights[reading.field_of(best)] if best else 0), best


def holds(pattern: TextPattern, reading: Reading) -> bool:
    """Whether the pattern is found in one of its fields, or in none of them where it must be absent."""
    return pattern.absent != any(
        found_in(pattern.pattern, reading.field(f)) is not None for f in pattern.fields
    )


def _nears(nears: Iterable[Near], lexicon: Lexicon) -> tuple[CompiledNear, ...]:
    return tuple(_near(near, lexicon) for near in nears)


def _near(near: Near, lexicon: Lexicon) -> CompiledNear:
    of, fields = _groups(near.of, lexicon), near.fields
    length, _, words = str(near.within).partition(" ")
    return CompiledNear(
        of=of,
        none=_groups(near.none, lexicon),
        window=None if near.within == "sentence" else int(length),
        in_words=bool(words),
        fields=fields,
        asked=tuple((group.concepts, tuple(f for f in group.fields if f in fields)) for group in of),
    )


def _clauses(match: Match, lexicon: Lexicon) -> list[frozenset[str]]:
    choices = [lexicon.concepts_of(group) for group in match.all]
    choices += [lexicon.concepts_of(group) for near in match.near for group in near.of]
    for alternatives in (match.any, match.at_least.of if match.at_least else ()):
        if alternatives:
            choices.append(frozenset().union(*(lexicon.concepts_of(g) for g in alternatives)))
    if match.near_any:
        rarest = (_rarest((lexicon.concepts_of(g) for g in near.of), lexicon) for near in match.near_any)
        choices.append(frozenset().union(*rarest))
    return choices


def _rarest(choices: Iterable[frozenset[str]], lexicon: Lexicon) -> frozenset[str]:
    def commonness(concepts: frozenset[str]) -> tuple[int, float]:
        worst = max((_RARITY[c.partition(":")[0]] for c in concepts), default=0)
        return worst, -lexicon.typical_length(concepts)

    return min(choices, key=commonness)


def _barred(
    group: CompiledGroup,
    events: Mapping[int, tuple[Hit, ...]],
    reading: Reading,
    clause: ActingClause | None,
) -> Iterator[int]:
    """The sentences of events that a word of the group bars; reactions after a headline's act, or outside its `clause`, bar nothing."""
    for hit in group.hits(reading):
        number = reading.sentence_of(hit)
        event = events.get(number)
        aside = (
            clause is not None
            and (hit.entry.concept in REACTIONS or not clause.is_joined)
            and not clause.holds(hit)
        )
        if event is not None and not aside and not _stands_aside(hit, number, event, reading):
            yield number


def _stands_aside(hit: Hit, number: int, event: tuple[Hit, ...], reading: Reading) -> bool:
    """Whether a word that would bar an event says nothing of it: a reaction behind it, the talks after which it comes, the relief that ends."""
    return (
        _reacts(hit, event, reading)
        or is_of_occasion(reading, hit)
        or (hit.entry.concept in _RELIEF and number in returning_sentences(reading))
    )


def _reacts(hit: Hit, event: tuple[Hit, ...], reading: Reading) -> bool:
    if hit.entry.concept not in REACTIONS or reading.field_of(hit) != "title":
        return False
    number = reading.sentence_of(hit)
    if any(reading.sentence_of(asked) == number for asked in reading.hits.get(_QUESTION, ())):
        return False
    return speaks_later(reading.folded.text, max(part.end for part in event), hit.start)
