"""Why a condition held, in words and as parameters for the message catalogues (`reason.series.<code>`)."""

from warning.core.evidence import Observation
from warning.core.rules import Change, Drop, Extreme, SeriesRule, Spike, Surge
from warning.core.series.figures import amount, move, number, window_words
from warning.core.series.judge import Finding
from warning.core.signals import Reason


def reason(rule: SeriesRule, finding: Finding, point: Observation) -> Reason:
    """Say what was observed, against which baseline over which window, and where the threshold lies."""
    base = finding.baseline
    found = amount(finding.observed, point, beside=base)
    against = amount(base, point, beside=base)
    limit = threshold(finding)
    span = _span(finding, point)
    params = (
        ("observed", found),
        ("baseline", against),
        ("move", move(finding.ratio)),
        ("window", span),
        ("threshold", limit),
        ("period", point.period),
    )
    text = _sentence(finding, found=found, against=against, span=span, limit=limit)
    confirm = rule.confirm(finding.condition.test)
    if confirm > 1:
        text = f"{text}, held for {window_words(confirm, point)}"
    return Reason(code=f"series.{finding.condition.code}", text=text, params=params)


def threshold(finding: Finding) -> str:
    """Write the limit of the test that held."""
    match finding.condition.test:
        case Change() as test:
            ratio = test.rise_ratio if finding.condition.code == "change_up" else test.fall_ratio
            assert ratio is not None
            return f"{ratio * 100:.0f} %"
        case Spike() as test:
            return f"{number(test.threshold)} scales"
        case Drop() as test if finding.condition.code == "zero":
            return f"a chance of {number(test.zero_chance)}"
        case Drop() as test:
            return f"{test.fall_ratio * 100:.0f} % under"
        case Surge() as test:
            return f"{number(1 + test.rise_ratio)} times"
        case Extreme() as test:
            return f"{test.margin_ratio * 100:.0f} % of the range outside it"


def _span(finding: Finding, point: Observation) -> str:
    match finding.condition.test:
        case Change() as test:
            return window_words(test.steps, point)
        case Spike() | Drop() | Surge() | Extreme() as test:
            return window_words(test.baseline_points, point)


def _sentence(finding: Finding, *, found: str, against: str, span: str, limit: str) -> str:
    moved = move(finding.ratio)
    match finding.condition.code:
        case "change_up" | "change_down":
            return f"{found} is {moved} the reference of {against}, {span} before (threshold {limit})"
        case "spike_up" | "spike_down":
            scales = f"{number(finding.score)} robust scales of the returns of {span}"
            return f"{found} is {moved} the reference of {against}: {scales} (threshold {limit})"
        case "drop" | "surge":
            return f"{found} is {moved} the median of the {span} before, {against} (threshold {limit})"
        case "zero":
            chance = f"a chance of {number(finding.score)}"
            return f"Nothing at all, after a median of {against}: {chance} under the share of zeros before (threshold {limit})"
        case "high" | "low":
            return f"{found} lies outside the range of the {span} before, which ended at {against} (threshold {limit})"
