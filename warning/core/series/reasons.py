"""Why a condition held, in words and as parameters for the message catalogues (`reason.series.<code>`)."""

from warning.core.evidence import Observation
from warning.core.rules import SeriesRule
from warning.core.series.figures import amount, move, number, window_words
from warning.core.series.judge import Finding
from warning.core.series_tests import (
    AFTER_ZEROS,
    Change,
    Cliff,
    Crossing,
    Drift,
    Drop,
    Extreme,
    Shift,
    Spike,
    Surge,
    YearOnYear,
)
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


def threshold(finding: Finding) -> str:  # noqa: C901 - one case for each test
    """Write the limit of the test that held."""
    code = finding.condition.code
    match finding.condition.test:
        case Change() | YearOnYear() as test:
            ratio = test.rise_ratio if code in {"change_up", "year_up"} else test.fall_ratio
            assert ratio is not None
            return f"{ratio * 100:.0f} %"
        case Spike() as test:
            return f"{number(test.threshold)} scales"
        case Drop() as test if code == "zero":
            later = test.zero_chance * AFTER_ZEROS
            return f"a chance of {number(test.zero_chance)}, of {number(later)} after earlier zeros"
        case Drop() as test:
            return f"{test.fall_ratio * 100:.0f} % under"
        case Surge() as test:
            return f"{number(1 + test.rise_ratio)} times"
        case Extreme() as test:
            return f"{test.margin_ratio * 100:.0f} % of the range outside it"
        case Shift() as test:
            return f"a sum of {number(test.threshold)} scales"
        case Cliff() as test:
            return f"{test.rise_ratio * 100:.0f} % over, then {test.fall_ratio * 100:.0f} % under"
        case Crossing() as test:
            return number(test.level)
        case Drift() as test:
            return number(test.min_move)


def _span(finding: Finding, point: Observation) -> str:
    match finding.condition.test:
        case Change() as test:
            return window_words(test.steps, point)
        case Extreme() as test if test.skip_points:
            return (
                f"{window_words(test.baseline_points, point)} up to {window_words(test.skip_points, point)}"
            )
        case Spike() | Drop() | Surge() | Extreme() | Cliff() | Shift() as test:
            return window_words(test.baseline_points, point)
        case YearOnYear() as test:
            return window_words(test.total_points, point)
        case Crossing() as test:
            return window_words(test.quiet_points, point)
        case Drift() as test:
            return window_words(test.points, point)


def _sentence(finding: Finding, *, found: str, against: str, span: str, limit: str) -> str:
    moved, score = move(finding.ratio), number(finding.score)
    sentences = {
        "change": f"{found} is {moved} the reference of {against}, {span} before (threshold {limit})",
        "spike": f"{found} is {moved} the reference of {against}: {score} robust scales of the returns of {span} "
        f"(threshold {limit})",
        "drop": f"{found} is {moved} the median of the {span} before, {against} (threshold {limit})",
        "surge": f"{found} is {moved} the median of the {span} before, {against} (threshold {limit})",
        "zero": f"Nothing at all, after a median of {against}: a chance of {score} under the share of zeros before "
        f"(threshold {limit})",
        "high": f"{found} lies outside the range of the {span} before, which ended at {against} (threshold {limit})",
        "low": f"{found} lies outside the range of the {span} before, which ended at {against} (threshold {limit})",
        "year": f"{found} in {span} is {moved} the same season before, {against} (threshold {limit})",
        "shift": f"The level has moved to {found}, {moved} that of the {span} before, {against}: a sum of {score} "
        f"scales (threshold {limit})",
        "cliff": f"After a rush, {move(finding.score)} the level before it, {found}: {moved} that level, {against} "
        f"(threshold {limit})",
        "cross": f"{found} has crossed {limit}; the {span} before stood at {against} at most as near",
        "drift": f"The trend over {span} leads from {against} to {found} (threshold {limit})",
    }
    code = finding.condition.code
    return sentences.get(code) or sentences[code.removesuffix("_up").removesuffix("_down")]
