"""rules/policy.yaml: how signals become alerts, and how severe they are."""

from pydantic import Field

from warning.core.escalation import Escalation
from warning.core.inhibition import Inhibition
from warning.core.lifecycle import Lifecycle
from warning.core.model import OperatorModel
from warning.core.page_checks import PageChecks
from warning.core.severity_table import SeverityTable
from warning.core.vocabulary import Severity


class Correlation(OperatorModel):
    """When two signals speak of one event. Windows are in days.

    Without an instrument number, signals of one act family on shared materials and actor join while the last
    one is at most `gap_days` old and the alert at most `span_days`. Which acts describe one event in different
    words is said by `family` in rules/terms/acts.yaml.
    `related_families` are told together in the press ("curbs" for a list): a report without a number joins an
    alert of another of them that shares an actor, and a material or target, and is at most `related_days` old.
    `same_goods_families` are pairs that are one event only when both name the same goods (a control and a customs
    hold of urea).
    A report that counts the firms an act names is of an act of `counted_families` that counts as many, or that
    nobody has counted yet, before it is of any other of the related ones. A report of `counting_families` is of it where
    both count as many ("sanctions Boeing and two other firms").
    A report that names no material joins by act and actor alone, within `vague_days`. One about the day of effect
    of a known act ("in force today") joins it within `effective_days` of that day, however old the alert.
    The alert of a pattern takes further events for `pattern_span_days` after it was opened.
    """

    gap_days: int = Field(default=10, ge=1)
    span_days: int = Field(default=45, ge=1)
    series_gap_days: int = Field(default=40, ge=1)
    instrument_days: int = Field(default=400, ge=1)
    related_families: tuple[str, ...] = ()
    same_goods_families: tuple[tuple[str, str], ...] = ()
    counted_families: tuple[str, ...] = ()
    counting_families: tuple[str, ...] = ()
    related_days: int = Field(default=3, ge=1)
    vague_days: int = Field(default=3, ge=1)
    effective_days: int = Field(default=2, ge=1)
    pattern_span_days: int = Field(default=120, ge=1)


class ReviewGate(OperatorModel):
    """How long an alert may wait for its review before it counts as overdue, and what is published then all the same.

    What is as grave as `publish_overdue` for some desk's country goes out unreviewed rather than not at all.
    """

    overdue_minutes: int = Field(default=60, ge=1, le=10_080)
    publish_overdue: Severity = Severity.SEVERE


class Policy(OperatorModel):
    """A desk that was told waits `cooldown_minutes` for more of the same; `inhibit` names what says nothing new."""

    correlation: Correlation = Correlation()
    severity: SeverityTable
    cooldown_minutes: int = Field(default=60, ge=0, le=10_080)
    inhibit: tuple[Inhibition, ...] = ()
    review: ReviewGate = ReviewGate()
    escalation: Escalation = Escalation()
    lifecycle: Lifecycle = Lifecycle()
    page_checks: PageChecks = PageChecks()
