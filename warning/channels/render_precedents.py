"""What followed similar measures, in at most three lines: when in force and what trade did, prices, licences and end."""

from collections.abc import Iterable

from warning.channels.message import Labelled
from warning.channels.naming import Naming
from warning.core.alerts import Alert
from warning.core.precedents import Outcome, OutcomeKind, precedents

LINES: tuple[tuple[OutcomeKind, ...], ...] = (
    ("effect_days", "flow_share", "month_of_nought"),
    ("price_inside", "price_outside"),
    ("licence_days", "suspension_days"),
)
SHARES = frozenset({"flow_share"})
DAYS = frozenset({"effect_days", "licence_days", "suspension_days"})
MOVES = frozenset({"price_inside", "price_outside"})


def precedent_fields(alert: Alert, naming: Naming) -> tuple[Labelled, ...]:
    """Return one row, none where the register tells of nothing similar; only what was known when the alert changed."""
    if not alert.interrupts or (alert.story and not alert.claims):
        return ()
    book = naming.book
    found = precedents(alert.facts, book.measures, book.terms, alert.updated_at.date())
    if found is None:
        return ()
    by_kind = {outcome.kind: outcome for outcome in found.outcomes}
    lines = (_line((by_kind[kind] for kind in kinds if kind in by_kind), naming) for kinds in LINES)
    key = "precedent.label_same" if found.same_goods else "precedent.label"
    label = naming.say(key, count=found.considered)
    return (Labelled(label=label, value=" / ".join(line for line in lines if line)),)


def _line(outcomes: Iterable[Outcome], naming: Naming) -> str:
    return naming.say("precedent.join").join(_said(outcome, naming) for outcome in outcomes)


def _said(outcome: Outcome, naming: Naming) -> str:
    values = (outcome.middle, outcome.low, outcome.high)
    one, low, high = (_value(outcome.kind, value, naming) for value in values)
    value = one if low == high else naming.say("precedent.range", middle=one, low=low, high=high)
    of = naming.say(
        "precedent.of_unverified" if outcome.unverified else "precedent.of",
        count=outcome.count,
        unverified=outcome.unverified,
    )
    return naming.say(f"precedent.{outcome.kind}", value=value, of=of)


def _value(kind: str, value: float, naming: Naming) -> str:
    if kind in SHARES:
        return f"{value:.1%}" if 0 < value < 0.01 else f"{value:.0%}"
    if kind in MOVES:
        return f"{value:+.0%}"
    return naming.say("precedent.days", value=f"{value:.0f}") if kind in DAYS else f"{value:.0f}"
