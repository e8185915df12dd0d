"""Of which step each event of a pattern is, kept among the grounds of its alert: what is left of it follows from that."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from warning.core.alerts import Alert
from warning.core.sequence_rules import is_pattern
from warning.core.signals import Signal

STEP = "step:"
LEAST_OF_PATTERN = 2
Ground = tuple[str, str]


def step_grounds(known: Iterable[Ground], signals: Iterable[Signal]) -> tuple[Ground, ...]:
    """Return the grounds that name the step of a piece of evidence, all of them: (step, evidence id), sorted."""
    kept = [pair for pair in known if pair[0].startswith(STEP)]
    told = {(f"{STEP}{name}", one) for s in signals for name, one in s.steps}
    return tuple(sorted(told.union(kept))) if told else tuple(kept)


def rests_on_event(alert: Alert, evidence_id: str) -> bool:
    """Whether a pattern names this evidence, shown or not: its other events have no signal in the alert."""
    return is_pattern(alert.story) and evidence_id in alert.rests_on


def left_of(whole: Alert, gone: AbstractSet[str]) -> int:
    """Return how many pieces of evidence are left without these; none where a pattern misses all of one step.

    An alert that was opened before steps were kept does not know them all: its pieces are counted.
    """
    if not is_pattern(whole.story):
        return max(whole.evidence_total - len(gone), 0)
    steps = _steps(whole.grounds)
    every: AbstractSet[str] = frozenset().union(*steps.values())
    if len(every) < whole.evidence_total:
        left = whole.evidence_total - len(gone)
        return left if left >= LEAST_OF_PATTERN else 0
    if any(events <= gone for events in steps.values()):
        return 0
    return max(whole.evidence_total - len(gone & every), 0)


def _steps(grounds: Sequence[Ground]) -> Mapping[str, AbstractSet[str]]:
    found: dict[str, set[str]] = {}
    for ground, evidence_id in grounds:
        if ground.startswith(STEP):
            found.setdefault(ground, set()).add(evidence_id)
    return found
