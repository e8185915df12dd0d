"""Where an alert's sources contradict each other: every side, who says it with what grade, and which one is followed."""

from datetime import date

from warning.channels.message import Labelled
from warning.channels.naming import Naming
from warning.channels.plain import plain
from warning.channels.when import day
from warning.core.alert_news import alert_conflicts
from warning.core.alerts import Alert
from warning.core.claims import Claim, Conflict, Position
from warning.core.corrections import Replacement, replacements

SHOWN_DISPUTES = 3
SHOWN_SIDES = 3
SHOWN_SAYERS = 2
DATES = frozenset({"announced", "effective", "expires"})


def dispute_fields(alert: Alert, naming: Naming) -> tuple[Labelled, ...]:
    """Return one row for each fact on which sources contradict each other, dates first, at most three.

    What a later official word replaced stands in a row of its own below them.
    """
    found = alert_conflicts(alert, naming.book)[:SHOWN_DISPUTES]
    disputed = tuple(
        Labelled(
            label=naming.say("conflict.label", fact=naming.say(f"conflict_fact.{conflict.fact}")),
            value=" / ".join(_side(conflict, side, naming) for side in conflict.positions[:SHOWN_SIDES]),
        )
        for conflict in found
    )
    replaced = replacements(alert.claims)[-SHOWN_DISPUTES:]
    return (*disputed, *(_replaced(one, naming) for one in replaced))


def _replaced(one: Replacement, naming: Naming) -> Labelled:
    said = naming.say(
        "conflict.replaced",
        old=value_said(one.fact, one.old.value, naming),
        old_by=_sayer(one.old, naming),
        new=value_said(one.fact, one.by.value, naming),
        new_by=_sayer(one.by, naming),
    )
    label = naming.say("conflict.replaced_label", fact=naming.say(f"conflict_fact.{one.fact}"))
    return Labelled(label=label, value=said)


def _side(conflict: Conflict, side: Position, naming: Naming) -> str:
    sayers = naming.say("join.list").join(_sayer(claim, naming) for claim in side.sayers[:SHOWN_SAYERS])
    if side.publishers > SHOWN_SAYERS:
        sayers = naming.say("value.more_names", names=sayers, count=side.publishers - SHOWN_SAYERS)
    key = "conflict.followed" if side.is_followed else "conflict.other"
    return naming.say(key, value=value_said(conflict.fact, side.value, naming), sayers=sayers)


def _sayer(claim: Claim, naming: Naming) -> str:
    key = "conflict.official" if claim.official else "conflict.sayer"
    source = plain(claim.source_title or claim.publisher, 60)
    return naming.say(key, source=source, grade=claim.admiralty)


def value_said(fact: str, value: str, naming: Naming) -> str:
    """Return a claim's value in the desk's language."""
    if fact in DATES:
        return day(date.fromisoformat(value), naming.language)
    if fact == "materials":
        return naming.materials(tuple(value.split(",")))
    if fact == "targets":
        return naming.states(tuple(value.split(",")))
    return plain(value, 60)
