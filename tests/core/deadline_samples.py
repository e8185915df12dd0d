"""Acts of a register and a rule that counts the days to their dates."""

from tests.core.build import TABLE, TERMS, exposure
from warning.core.deadline_rules import DeadlineRule
from warning.core.measures import Measure
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook

DAYS = {60: "minor", 30: "moderate", 7: "severe", 1: "severe"}
SUSPENSION = {
    "id": "cn-72",
    "title": "Suspends the ban",
    "issuer": "Ministry of Commerce",
    "actor": "CN",
    "act": "suspension",
    "direction": "easing",
    "instrument": "MOFCOM 2025/72",
    "announced": "2025-11-09",
    "expires": "2026-11-27",
    "materials": ["gallium"],
    "targets": ["US"],
    "sources": ["https://www.mofcom.gov.cn/a"],
    "verified": True,
}
CONTROL = {
    **SUSPENSION,
    "id": "cn-39",
    "act": "export_control",
    "direction": "tightening",
    "instrument": "MOFCOM-GACC 2023/39",
    "announced": "2023-10-20",
    "effective": "2023-12-01",
}
del CONTROL["expires"]


def measure(fields: dict, **changes) -> Measure:
    return Measure.model_validate({**fields, **changes})


def rule(**changes) -> DeadlineRule:
    example = {"fires": True, "on": "2026-11-20", "measure": SUSPENSION}
    fields = {
        "id": "dates",
        "title": "A date comes near",
        "kind": "deadline",
        "severity": "severe",
        "owner": "o",
        "rationale": "r",
        "dates": ["suspension_end", "entry_into_force", "expiry"],
        "before_days": DAYS,
        "examples": [example, {**example, "fires": False, "on": "2026-12-20"}],
    }
    return DeadlineRule.model_validate({**fields, **changes})


def book(*measures: Measure, **changes) -> Rulebook:
    return Rulebook(
        rules=(rule(**changes),),
        terms=TERMS,
        policy=Policy(severity=TABLE),
        exposure={"US": exposure("US", gallium="B")},
        measures=measures,
    )
