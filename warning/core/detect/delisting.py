"""The act behind entries that went from a list: one of the register, or a notice that was read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from warning.core.evidence import Entry, KnownWindow
from warning.core.measures import Measure
from warning.core.recall import SignalNeed
from warning.core.rulebook import Rulebook
from warning.core.rules import ListingRule, TextRule
from warning.core.signals import Signal

# A page is brought up to date some days after the act, and seldom later than this.
LOOK_BACK = timedelta(days=30)
LIST_ACTS = frozenset({"entity_listing", "entity_delisting"})
# A shorter name (an abbreviation) stands in other words.
NAME_LETTERS_MIN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingAct:
    """`where` is "the register" or "a notice read"; `names_them` whether it names one of the entries."""

    title: str
    day: date
    where: str
    names_them: bool


def notices_remembered(book: Rulebook) -> tuple[SignalNeed, ...]:
    """Return the signals that may tell of a removal: of rules about listings, where a rule asks for removals."""
    asks = any(isinstance(r, ListingRule) and "removed" in r.changes for r in book.active("listing"))
    ids = frozenset(rule.id for rule in book.rules if isinstance(rule, TextRule) and _is_about_lists(rule))
    return (SignalNeed(rule_ids=ids, days=LOOK_BACK.days),) if asks and ids else ()


def _is_about_lists(rule: TextRule) -> bool:
    groups = (*rule.match.all, *rule.match.any)
    return any(LIST_ACTS.intersection(group.act) for group in groups)


def lifting_act(
    entries: Sequence[Entry], issuers: Sequence[str], known_at: datetime, book: Rulebook, known: KnownWindow
) -> LiftingAct | None:
    """Return the act that took the entries off, as far as it is known; one that names an entry before any other."""
    names = [name for entry in entries if len(name := _letters(entry.name)) >= NAME_LETTERS_MIN]
    found = [*_of_register(names, issuers, known_at, book), *_of_notices(names, issuers, known_at, known)]
    return max(found, key=lambda act: (act.names_them, act.where, act.day, act.title), default=None)


def _of_register(
    names: Sequence[str], issuers: Sequence[str], known_at: datetime, book: Rulebook
) -> Iterable[LiftingAct]:
    for act in book.measures:
        day = _day_of(act, known_at)
        if day is None or act.direction != "easing" or act.actor not in issuers:
            continue
        named = _mentions(" ".join((act.title, *(clause.what for clause in act.clauses))), names)
        if named or act.act in LIST_ACTS:
            yield LiftingAct(
                title=act.instrument or act.title, day=day, where="the register", names_them=named
            )


def _day_of(act: Measure, known_at: datetime) -> date | None:
    until = known_at.date()
    days = (act.announced, act.effective)
    return next((day for day in days if day and until - LOOK_BACK <= day <= until), None)


def _of_notices(
    names: Sequence[str], issuers: Sequence[str], known_at: datetime, known: KnownWindow
) -> Iterable[LiftingAct]:
    for signal in known.recalled.signals:
        if not known_at - LOOK_BACK <= signal.known_at <= known_at or signal.facts.direction != "easing":
            continue
        if signal.facts.act in LIST_ACTS and set(signal.facts.actors) & set(issuers):
            named = _mentions(" ".join((signal.exhibit.title, *signal.facts.names)), names)
            yield _notice(signal, named=named)


def _notice(signal: Signal, *, named: bool) -> LiftingAct:
    title = signal.facts.instrument or signal.exhibit.title
    return LiftingAct(title=title, day=signal.occurred_at.date(), where="a notice read", names_them=named)


def _mentions(text: str, names: Sequence[str]) -> bool:
    letters = _letters(text)
    return any(name in letters for name in names)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
