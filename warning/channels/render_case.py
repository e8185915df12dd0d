"""Where the act of an alert stands: the steps it took, with day and source, and what is expected next."""

from warning.channels.message import Labelled
from warning.channels.naming import Naming
from warning.channels.plain import plain
from warning.channels.when import day
from warning.core.alerts import Alert
from warning.core.chain_codes import LATE
from warning.core.chains import ENDS, Case, Stage, case_of


def case_fields(alert: Alert, naming: Naming) -> tuple[Labelled, ...]:
    """Return the case as it stood when this version was made; nothing for an alert that follows no chain."""
    book = naming.book
    case = case_of(alert, book.chains, book.measures, alert.updated_at.date())
    if case is None:
        return ()
    stages = naming.say("case.join").join(_stage(stage, naming) for stage in case.stages)
    return (
        Labelled(label=naming.say("case.label"), value=stages),
        Labelled(label=naming.say("case.label_next"), value=_next(alert, case, naming)),
    )


def step_said(step: str, naming: Naming) -> str:
    return naming.say(f"step.{step}")


def _stage(stage: Stage, naming: Naming) -> str:
    """A day that was reached needs no source."""
    said = {"step": step_said(stage.step, naming), "day": day(stage.day, naming.language)}
    if not stage.shown_by:
        return naming.say("case.stage", **said)
    return naming.say("case.stage_by", source=plain(stage.shown_by, 50), **said)


def _next(alert: Alert, case: Case, naming: Naming) -> str:
    """What was told as late is called overdue; that a day has passed while sources are blind is not."""
    if case.expected is None:
        over = next((stage for stage in case.stages if stage.step in ENDS), None)
        return naming.say("case.over", step=step_said(over.step, naming)) if over else naming.say("case.none")
    step = step_said(case.expected.step, naming)
    if case.due is None:
        return naming.say("case.expected_open", step=step)
    due = case.due.isoformat()
    told = any(
        reason.code == LATE
        and dict(reason.params).items() >= {"step": case.expected.step, "day": due}.items()
        for reason in alert.why
    )
    return naming.say(
        "case.overdue" if told else "case.expected", step=step, day=day(case.due, naming.language)
    )
