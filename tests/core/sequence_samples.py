"""Rules of the kind sequence and the signals they read, with defaults that say nothing special."""

from datetime import UTC, date, datetime, time, timedelta

from tests.core.build import book, exhibit, signal, text_rule
from warning.core.evidence import KnownWindow, Window
from warning.core.recall import Recalled
from warning.core.rulebook import Rulebook
from warning.core.sequence_rules import SequenceRule
from warning.core.signals import Signal
from warning.core.vocabulary import Severity

DAY_0 = date(2024, 12, 1)
FAR = datetime(2026, 1, 1, tzinfo=UTC)


def rule(*steps: str, rule_id: str = "answer", **changes) -> SequenceRule:
    """A sequence of one step for each named rule; `changes` go to the rule."""
    event = {"rule": steps[0] if steps else "a", "day": "2024-12-02"}
    fields = {
        "id": rule_id,
        "title": "One after the other",
        "kind": "sequence",
        "severity": "minor",
        "owner": "o",
        "rationale": "r",
        "steps": [{"name": name, "rules": [name]} for name in steps or ("a", "b")],
        "within_days": 10,
        "relation": "response",
        "max_age_days": 400,
        "examples": [{"fires": True, "events": [event]}, {"fires": False, "events": [event]}],
    }
    return SequenceRule.model_validate({**fields, **changes})


def rules_book(*rules: SequenceRule, first: tuple[str, ...] = ("a", "b", "c"), **changes) -> Rulebook:
    texts = tuple(text_rule(name, max_age_days=400) for name in first)
    return book(rules=tuple(sorted((*texts, *rules), key=lambda r: r.id)), desks=(), **changes)


def event(rule_id: str, day: int, name: str = "", *, known: int | None = None, **changes) -> Signal:
    """A signal that occurred at noon of the n-th day, known then or at noon of another day."""
    occurred = datetime.combine(DAY_0, time(12), tzinfo=UTC) + timedelta(days=day)
    known_at = occurred if known is None else occurred + timedelta(days=known - day)
    evidence = name or f"{rule_id}{day}"
    shown = exhibit(evidence, known_at=known_at, official=changes.pop("official", True))
    return signal(
        evidence, rule_id=rule_id, exhibit=shown, occurred_at=occurred, known_at=known_at,
        severity=changes.pop("severity", Severity.SEVERE), **changes,
    )  # fmt: skip


def seen(*earlier: Signal) -> KnownWindow:
    """A window without evidence that remembers these signals."""
    return Window(recalled=Recalled(signals=earlier)).as_known(FAR)
