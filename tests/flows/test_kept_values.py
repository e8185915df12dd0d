"""Signals put by come back as they were, whichever are asked for and in whatever pieces they were put by."""

from tests.core.build import press, signal
from warning.app.kept_values import TOGETHER, KeptValues


def test_signals_put_by_come_back_as_they_were_in_any_order():
    signals = [
        signal(f"i{n}", exhibit=press(f"i{n}"), facts={"counts": (("items", str(n)),)})
        for n in range(2 * TOGETHER + 5)
    ]
    kept = KeptValues()
    numbers = [*kept.put(signals[:3]), *kept.put(signals[3:]), *kept.put([])]
    assert numbers == sorted(set(numbers))
    for number, one in reversed(list(zip(numbers, signals, strict=True))):
        assert kept.get(number) == one
