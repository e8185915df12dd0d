"""On which figures an alert rests, and whether what rules said of each still stands: apart from any vintage.

A figure is a cell of a series: revised any number of times, in any order, it stays the same ground. An alert is taken back
when something in it was, nothing else in it stands any more, and it rests on nothing but figures.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from warning.core.signals import WITHDRAWN, Exhibit, Reason, Signal, ground_of, is_withdrawal

# Of an alert of which it is not known what it rests on: the figure that was told, and the one that took it back.
FIGURE_AND_REVISION = 2
GONE = "evidence"
"""What `back` of a ground holds whose figures were taken back as evidence, not revised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureGround:
    """What one rule told of one figure. `evidence` are its vintages that were told, oldest first.

    `back` is empty while that stands, else it names the reason of the alert that takes it back (`ground_of`).
    """

    rule_id: str
    series_id: str
    period: str
    evidence: tuple[str, ...]
    known_at: datetime
    back: str = ""


class Grounded(Protocol):
    """What an alert says of its grounds. `besides` counts the evidence that is no figure: None where nobody counted."""

    @property
    def figures(self) -> tuple[FigureGround, ...]: ...
    @property
    def besides(self) -> int | None: ...
    @property
    def evidence_total(self) -> int: ...
    @property
    def why(self) -> tuple[Reason, ...]: ...


def is_taken_back(alert: Grounded) -> bool:
    """Whether figures were all it rested on, some were revised, and of none what was told stands any more.

    Of an alert stored before grounds were kept the evidence is counted: one figure and the revision that took it back.
    """
    if alert.besides is None:
        was = any(reason.code == WITHDRAWN for reason in alert.why)
        return was and alert.evidence_total <= FIGURE_AND_REVISION
    return not alert.besides and bool(alert.figures) and all(ground.back for ground in alert.figures)


def with_figures(known: Sequence[FigureGround], signals: Iterable[Signal]) -> tuple[FigureGround, ...]:
    """Return the grounds after these signals, sorted: of each figure and rule the last word counts."""
    told = [signal for signal in signals if signal.figure is not None]
    if not told:
        return tuple(known)
    found = {(one.series_id, one.period, one.rule_id): one for one in known}
    for signal in sorted(told, key=lambda s: (s.known_at, is_withdrawal(s), s.id)):
        assert signal.figure is not None
        key = (signal.figure.series_id, signal.figure.period, signal.rule_id)
        before, shown = found.get(key), signal.exhibit.evidence_id
        vintages = before.evidence if before else ()
        now = FigureGround(
            rule_id=signal.rule_id,
            series_id=signal.figure.series_id,
            period=signal.figure.period,
            evidence=(*(one for one in vintages if one != shown), shown),
            known_at=signal.known_at,
            back=ground_of(signal.why[0]) if is_withdrawal(signal) else "",
        )
        if before is not None and before.known_at > signal.known_at:
            now = replace(before, evidence=tuple(dict.fromkeys((shown, *before.evidence))))
        found[key] = now
    return tuple(found[key] for key in sorted(found))


def further_evidence(
    known: int | None,
    figures: Sequence[FigureGround],
    exhibits: Iterable[Exhibit],
) -> int | None:
    """Return how much evidence is no figure after these exhibits came; None where that was not known."""
    if known is None:
        return None
    of_figures = _evidence(figures)
    return known + sum(1 for one in exhibits if one.evidence_id not in of_figures)


def left_besides(known: int | None, figures: Sequence[FigureGround], gone: AbstractSet[str]) -> int | None:
    """Return how much evidence that is no figure is left without what is gone."""
    return None if known is None else max(known - len(gone - _evidence(figures)), 0)


def left_figures(figures: Iterable[FigureGround], gone: AbstractSet[str]) -> tuple[FigureGround, ...]:
    """Return the grounds without what is gone: none stands whose every vintage is."""
    return tuple(replace(one, back=GONE) if gone >= frozenset(one.evidence) else one for one in figures)


def still_said(
    why: Iterable[Reason], before: Sequence[FigureGround], after: Sequence[FigureGround]
) -> tuple[Reason, ...]:
    """Return the reasons without those that took back what stands again."""
    gone = {one.back for one in before} - {one.back for one in after} - {""}
    return tuple(reason for reason in why if reason.code != WITHDRAWN or ground_of(reason) not in gone)


def _evidence(figures: Iterable[FigureGround]) -> frozenset[str]:
    return frozenset(name for one in figures for name in one.evidence)
