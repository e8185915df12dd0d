"""Reports of one act whose markings differ."""

from tests.core.build import at, press, signal
from warning.core.signals import Reason, Signal
from warning.core.vocabulary import Marking, Severity

NUMBER = "MOFCOM 2025/18"


def said(
    name, days=0.0, *, marking=Marking.CLEAR, release_to=None, severity=Severity.MODERATE, **facts
) -> Signal:
    shown = press(name, publisher=name, marking=marking, release_to=release_to, known_at=at(days), title=name)
    return signal(
        name,
        days=days,
        exhibit=shown,
        severity=severity,
        facts={"instrument": NUMBER, **facts},
        why=(Reason(code="text.matched", text=name, params=(("words", name),)),),
    )
