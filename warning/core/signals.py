"""A signal: one rule fired on one piece of evidence. A trace: why a rule fired or did not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from warning.core.handling import Handling, narrowest
from warning.core.ids import content_id, ids_paired, pair_id
from warning.core.vocabulary import Direction, Marking, Reliability, Severity, SourceKind

Outcome = Literal[
    "fired",
    "no_match",
    "below_threshold",
    "too_little_data",
    "blind",
    "suppressed",
    "disabled",
    "no_evidence",
]

UNRELIABLE, CANNOT_BE_JUDGED = "E", ("F", 6)
IMPROBABLE = 5


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reason:
    """One step of the answer to "why?".

    `code` names a sentence of the message catalogues (`reason.<code>`), `params` fills it; `text` is the same
    sentence in English, for the command line and the trace.
    """

    code: str
    text: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A piece of evidence as an alert shows it: enough to read it, cite it and find its raw bytes.

    `story` names the near-duplicate texts it stands among, `first_seen_at` says when an article was published that the
    press tells again here; `text_print` is what a later copy is known by (core/text_prints.py). `credibility` is what its
    author gave a mission report, 1 (confirmed) to 6 (cannot be judged); None for what has none.
    """

    evidence_id: str
    source_id: str
    source_title: str
    publisher: str
    kind: SourceKind
    country: str
    language: str
    official: bool
    reliability: Reliability
    marking: Marking
    release_to: frozenset[str] | None
    title: str
    url: str
    published_at: datetime | None
    known_at: datetime
    archive_hash: str = ""
    text_print: str = ""
    story: str = ""
    first_seen_at: datetime | None = None
    credibility: int | None = None

    @property
    def admiralty(self) -> str:
        """Source and information in one code (B2); the letter alone where nobody judged the information."""
        return self.reliability if self.credibility is None else f"{self.reliability}{self.credibility}"

    @property
    def is_doubtful(self) -> bool:
        """Whether it is a mission report that nobody should be woken for: of an unreliable source, improbable, or judged by nobody.

        A new source whose information is not called improbable (F, F3) is news: who hears first has no record yet.
        """
        return self.kind == "mission" and (
            self.reliability == UNRELIABLE
            or self.credibility == IMPROBABLE
            or (self.reliability, self.credibility) == CANNOT_BE_JUDGED
        )


def no_wider(shown: Exhibit, bounds: Iterable[Handling]) -> Exhibit:
    """Return the exhibit under the narrowest of its own marking and release list and these: what rests on all of them."""
    marking, release_to = narrowest(shown.marking, shown.release_to, bounds)
    return replace(shown, marking=marking, release_to=release_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an event is about. Empty tuples mean "not said", never "all".

    `instrument` is the legal act in the field's short form (MOFCOM-GACC 2023/23, 89 FR 96790).
    `actors` and `targets` are ISO 3166 alpha-2 codes (EU for the Union). `counts` are numbers the text gives, by what
    is counted: ("entities", "28"), ("items", "7").
    """

    act: str
    direction: Direction
    materials: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    instrument: str | None = None
    announced: date | None = None
    effective: date | None = None
    expires: date | None = None
    hs_codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    counts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The cell of a series that a rule judged, whatever its vintage. `published` is the series of the figure that shows it:
    another one where the judged series is made of several, none ("") where an absent row was read as zero.

    `series_id` is empty in what was told before signals named their figure, where it cannot be known.
    """

    series_id: str
    period: str
    published: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One rule fired. `severity` is the rule's own level, before any country's exposure.

    `joins` is the id of a signal in whose alert this one is told, and nowhere else; `brings` that of a signal
    which goes into the same alert. Both are set by sequences. `rests_on` are the other pieces of evidence it names:
    who may not see one of them may not see it. `beside` are the exhibits of the other events of a pattern, shown with it;
    `steps` say of which step of the pattern each piece of evidence is: (step, evidence id). `figure` is what a rule over
    figures judged, None for any other.
    """

    id: str
    rule_id: str
    rule_version: str
    rule_title: str
    interrupts: bool
    severity: Severity
    facts: Facts
    occurred_at: datetime
    known_at: datetime
    exhibit: Exhibit
    why: tuple[Reason, ...]
    story: str = ""
    joins: str = ""
    brings: str = ""
    rests_on: tuple[str, ...] = ()
    beside: tuple[Exhibit, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    figure: Figure | None = None

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """All that it shows, its own first."""
        return (self.exhibit, *self.beside)


WITHDRAWN = "series.withdrawn"
REVISED = "series.revised"
UNJUDGED = "series.unjudged"


def is_withdrawal(signal: Signal) -> bool:
    """Whether a signal takes another back (the one it joins) instead of telling of an event."""
    return WITHDRAWN in [
        reason.code for reason in signal.why
    ]  # of three times the speed of `any`: asked of each signal, often


def is_unjudged(signal: Signal) -> bool:
    """Whether it tells of a revised figure that the rule which told it judges no more."""
    return bool(signal.joins and signal.why) and signal.why[0].code == UNJUDGED


def standing(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Return the signals without those taken back, and without what took them back."""
    known = tuple(signals)
    backs = {signal.id for signal in known if is_withdrawal(signal)}
    if not backs:
        return known
    # What was taken back and told again stands: of what its own rule says of a signal the last word counts.
    rules = {signal.id: signal.rule_id for signal in known}
    words = (s for s in known if s.id in backs or (s.figure and s.joins and rules.get(s.joins) == s.rule_id))
    last = {s.joins: s.id in backs for s in sorted(words, key=lambda s: (s.known_at, s.id in backs, s.id))}
    return tuple(s for s in known if s.id not in backs and not last.get(s.id))


def ground_of(reason: Reason) -> str:
    """Return the name by which an alert's grounds know a reason."""
    return content_id("r", reason.code, reason.text)


def signal_id(rule_id: str, evidence_id: str) -> str:
    """Return the identity of a signal: one rule fires at most once on one piece of evidence."""
    return pair_id("s", rule_id, evidence_id)


@lru_cache(maxsize=64)
def signal_ids_of(rule_ids: tuple[str, ...], evidence_id: str) -> frozenset[str]:
    """The identities that signals of these rules on one piece of evidence would have.

    Kept, because the same evidence is asked about for alert after alert.
    """
    return frozenset(ids_paired("s", rule_ids, evidence_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What one rule did in one assessment: how much it considered, how often it fired, and why not."""

    rule_id: str
    rule_version: str
    outcome: Outcome
    considered: int
    fired: int
    detail: str = ""


Found = tuple[tuple[Signal, ...], tuple[Trace, ...]]
"""What detectors say of one assessment."""
