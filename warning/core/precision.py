"""How often a rule was right, as far as its desks' verdicts allow one to say."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from warning.core.review import Verdict

LEAST_N = 10
WINDOW_DAYS = 90
Z_95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Precision:
    """Verdicts on one rule's alerts by one desk; expected, duplicate, superseded and expired count as neither."""

    rule_id: str
    desk_id: str
    confirmed: int
    false_positive: int

    @property
    def n(self) -> int:
        return self.confirmed + self.false_positive

    @property
    def ratio(self) -> float | None:
        """The share confirmed / (confirmed + false positive); None below ten verdicts, which are too few to say."""
        return self.confirmed / self.n if self.n >= LEAST_N else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the ratio; None where the ratio is."""
        return wilson(self.confirmed, self.n) if self.n >= LEAST_N else None

    def __str__(self) -> str:
        if self.ratio is None or self.interval is None:
            return f"too few to say (n={self.n})"
        low, high = self.interval
        return f"{self.ratio:.2f} ({low:.2f} to {high:.2f}, n={self.n})"


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % score interval of Wilson (1927) for `successes` out of `trials` > 0."""
    share, z2 = successes / trials, Z_95**2
    centre = share + z2 / (2 * trials)
    spread = Z_95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    scale = 1 + z2 / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def precisions(verdicts: Iterable[tuple[str, str, Verdict]]) -> tuple[Precision, ...]:
    """Count verdicts given as (rule id, desk id, verdict); sorted by rule, then desk."""
    counted = Counter(verdicts)
    pairs = sorted({(rule_id, desk_id) for rule_id, desk_id, _ in counted})
    return tuple(
        Precision(
            rule_id=rule_id,
            desk_id=desk_id,
            confirmed=counted[rule_id, desk_id, "confirmed"],
            false_positive=counted[rule_id, desk_id, "false_positive"],
        )
        for rule_id, desk_id in pairs
    )
