"""Keep, tune or retire a rule: what its record says, with the figures it rests on."""

from dataclasses import dataclass
from typing import Literal

from warning.core.precision import LEAST_N, wilson

Word = Literal["keep", "tune", "retire"]
RIGHT_ENOUGH = 0.8
HALF = 0.5
LEAST_ALERTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """What became of one rule's alerts over `weeks`.

    `confirmed` and `false_positive` are the verdicts of all desks. `noisy` of the `alerts` were silenced, turned
    down before publication or closed as false. `considered` is how much evidence the rule looked at, `assessments`
    how often it was asked, `names_sources` whether it says which sources it reads, `is_background` whether it interrupts nobody.
    """

    weeks: float
    alerts: int = 0
    noisy: int = 0
    confirmed: int = 0
    false_positive: int = 0
    assessments: int = 0
    considered: int = 0
    names_sources: bool = False
    is_background: bool = False

    @property
    def noise(self) -> float | None:
        """The share of alerts that were noise; None without alerts."""
        return self.noisy / self.alerts if self.alerts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One word and the sentence behind it."""

    word: Word
    because: str


def advise(record: RuleRecord) -> Advice:
    """Judge by verdicts where there are enough, else by what desks silenced, else by whether it sees anything."""
    n = record.confirmed + record.false_positive
    if n >= LEAST_N:
        return _by_verdicts(record.confirmed, n)
    if record.alerts >= LEAST_ALERTS and record.noisy >= HALF * record.alerts:
        because = f"{record.noisy} of {record.alerts} alerts were silenced, turned down or closed as false"
        return Advice(word="tune", because=because)
    if record.assessments and not record.considered:
        return _by_silence(names_sources=record.names_sources)
    if not record.alerts and record.is_background:
        return Advice(word="keep", because="background: opens none, it feeds the digest")
    if not record.alerts:
        return Advice(word="keep", because="no alerts to judge: rare acts are rare")
    return Advice(word="keep", because=f"too few verdicts to say otherwise (n={n}, {LEAST_N} are needed)")


def _by_silence(*, names_sources: bool) -> Advice:
    """Silence is a reason to look at the sources a rule names; one that names none waits for what may be rare."""
    if names_sources:
        return Advice(word="tune", because="nothing came in from the sources it names: check them")
    because = "nothing to judge: no figure, list change, date or event that it looks at came in"
    return Advice(word="keep", because=because)


def _by_verdicts(confirmed: int, n: int) -> Advice:
    low, high = wilson(confirmed, n)
    figures = f"{confirmed} of {n} verdicts confirm it, {low:.2f} to {high:.2f} with 95 % certainty"
    if high < HALF:
        return Advice(word="retire", because=f"wrong more often than right: {figures}")
    if confirmed / n < RIGHT_ENOUGH:
        return Advice(word="tune", because=f"right less than {RIGHT_ENOUGH:.0%} of the time: {figures}")
    return Advice(word="keep", because=figures)
