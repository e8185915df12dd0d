"""The case of an alert as a tree: each step of its chain, what shows it, what comes next and why it is late or not."""

from datetime import date

from warning.core.alerts import Alert
from warning.core.case_steps import lateness
from warning.core.chains import BESIDES, Case, ChainStep, case_of, chain_of
from warning.core.explain import ExplainNode
from warning.core.recall import Recalled
from warning.core.rulebook import Rulebook


def explain_case(alert: Alert, book: Rulebook, recalled: Recalled, today: date) -> ExplainNode:
    """Say where the act of an alert stands on a day. A step that no act has to take has no verdict while it is not."""
    label = f"case of {alert.key}"
    chain = chain_of(alert, book.chains)
    if chain is None:
        why = (
            "figures, gaps, countdowns and background follow none" if alert.story else "none is for its acts"
        )
        return ExplainNode(label=label, passed=None, detail=f"it follows no chain: {why}")
    case = case_of(alert, book.chains, book.measures, today)
    if case is None:
        return ExplainNode(label=label, passed=None, detail=f"{chain.id}: no step is shown by what stands")
    children = tuple(_step(step, alert, case, recalled, today) for step in chain.steps)
    at = case.stands_at
    detail = f"{chain.id}, {chain.title}; it stands at {at.step} since {at.day}"
    return ExplainNode(label=label, passed=None, detail=detail, children=children)


def _step(step: ChainStep, alert: Alert, case: Case, recalled: Recalled, today: date) -> ExplainNode:
    stage = next((stage for stage in case.stages if stage.step == step.step), None)
    if stage is not None:
        shown = next((e for e in alert.exhibits if e.evidence_id == stage.evidence_id), None)
        by = stage.shown_by or ("the register" if _only_register(step) else "its day was reached")
        named = f" ({stage.evidence_id}: {shown.title})" if shown else ""
        return ExplainNode(label=step.step, passed=True, detail=f"{stage.day}, by {by}{named}")
    wanted = " or ".join(_asked(step))
    if case.expected is None or case.expected.step != step.step:
        detail = f"not taken; it would be shown by {wanted}"
        return ExplainNode(label=step.step, passed=None, detail=detail)
    is_told, why = lateness(case, recalled, today)
    due = f"next, due {case.due}" if case.due else "next, due by no day"
    told = "late, told" if is_told else "late, not told" if case.is_late else "not late"
    return ExplainNode(
        label=step.step,
        passed=False if case.is_late else None,
        detail=f"{due}; it would be shown by {wanted}",
        children=(ExplainNode(label=told, passed=None, detail=why),),
    )


def _only_register(step: ChainStep) -> bool:
    return step.step in BESIDES and any(by.by == "register" for by in step.shown_by)


def _asked(step: ChainStep) -> list[str]:
    return [f"{by.by} of {', '.join(by.sources)}" if by.sources else by.by for by in step.shown_by]
