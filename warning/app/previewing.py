"""`rules preview`: what one edited rule would fire on in an indexed history, beside the rule that runs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule

if TYPE_CHECKING:  # a quick preview asks for nothing of what judging a whole history takes to load
    from warning.app.indexed_history import IndexedHistory
    from warning.core.rulebook import Rulebook
    from warning.core.signals import Exhibit, Signal

    Fired = Mapping[str, Exhibit]
EXAMPLES = 10


class Shown(Protocol):
    """What an answer shows of an item."""

    @property
    def evidence_id(self) -> str: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def source_id(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`fired` by item id; `new` and `lost` are ids against the running rule, which may be `absent`."""

    rule_id: str
    fired: "Fired"
    before: "Fired"
    absent: bool

    @property
    def new(self) -> "list[Exhibit]":
        return _in_order(item for key, item in self.fired.items() if key not in self.before)

    @property
    def lost(self) -> "list[Exhibit]":
        return _in_order(item for key, item in self.before.items() if key not in self.fired)

    def document(self) -> dict[str, object]:
        """Return the content of `preview/1`."""
        return {
            "rule": self.rule_id,
            "running": not self.absent,
            "exact": True,
            "fires_on": len(self.fired),
            "per_week": dict(sorted(Counter(_week(item) for item in self.fired.values()).items())),
            "new": len(self.new),
            "lost": len(self.lost),
            "examples": [example_of(item, "new") for item in self.new[-EXAMPLES:]]
            or [example_of(item, "both") for item in _in_order(iter(self.fired.values()))[-EXAMPLES:]],
            "lost_examples": [example_of(item, "lost") for item in self.lost[-EXAMPLES:]],
        }


def alone(book: "Rulebook", rule: TextRule) -> "Rulebook":
    """The book with this one rule: its words and sources, and nothing else that fires."""
    return replace(book, rules=(rule,))


def running_rule(book: TextBook, edited: TextRule) -> TextRule | None:
    """The rule that runs under the id of an edited one."""
    return next((r for r in book.rules if r.id == edited.id and isinstance(r, TextRule)), None)


def both(book: TextBook, edited: TextRule) -> TextBook:
    """An edited rule and the one that runs under its id, whose words an index must know, with all by which they are judged."""
    running = running_rule(book, edited)
    rules = (running, edited) if running else (edited,)
    return TextBook(rules=rules, terms=book.terms, sources=book.sources)


def preview(history: "IndexedHistory", book: "Rulebook", edited: TextRule) -> Preview:
    """Judge the items that the edited rule, or the running one of the same id, may fire on, as `rules eval` does."""
    running = running_rule(book, edited)
    told = history.edit(book, running, edited) if running in book.active("text", "context") else None
    if told is not None:
        old, new = map(_by_evidence, told)
        return Preview(rule_id=edited.id, fired=new, before=old, absent=False)
    fired = _fired(history, book, edited)
    if running is not None and running.version == edited.version:
        return Preview(rule_id=edited.id, fired=fired, before=fired, absent=False)
    before = _fired(history, book, running) if running and running.enabled else {}
    return Preview(rule_id=edited.id, fired=fired, before=before, absent=running is None)


def _fired(history: "IndexedHistory", book: "Rulebook", rule: TextRule) -> "Fired":
    return _by_evidence(history.signals(book, rule))


def _by_evidence(signals: "Iterable[Signal]") -> "Fired":
    return {signal.exhibit.evidence_id: signal.exhibit for signal in signals}


def _in_order(items: "Iterator[Exhibit]") -> "list[Exhibit]":
    return sorted(items, key=lambda item: (item.known_at, item.evidence_id))


def _week(item: "Exhibit") -> str:
    year, week, _ = item.known_at.isocalendar()
    return f"{year}-W{week:02}"


def example_of(item: Shown, change: str) -> dict[str, str]:
    """An item as an answer shows it."""
    return {
        "id": item.evidence_id,
        "known_at": item.known_at.isoformat(),
        "source": item.source_id,
        "title": item.title,
        "change": change,
    }
