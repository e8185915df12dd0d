"""`warning alerts ack|assign|note|close|snooze|reopen|escalate`: what a person did about an alert, for a desk."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from warning.app.standing import show_standing
from warning.app.triage import Act, act
from warning.cli.alert_lookup import composed_system, versions_named
from warning.cli.instants import Instant
from warning.cli.output import print_json
from warning.cli.review_document import event_document, review_document, review_line
from warning.core.review import VERDICTS, Action, Verdict

F = TypeVar("F", bound=Callable[..., Any])
SCHEMA = "alerts/1"


def _who(function: F) -> F:
    """Add what every act says: which alert, for which desk, by whom, why, and what was looked at."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document."),
        click.option(
            "--version",
            "seen_version",
            type=click.IntRange(min=1),
            help="The version you looked at; refused when a newer one stands.",
        ),
        click.option("--reason", default="", help="Why; kept in the history."),
        click.option("--by", "actor", required=True, help="Who acts."),
        click.option("--desk", "desk_id", required=True, help="The desk this is done for; no other changes."),
        click.argument("key"),
    ):
        function = option(function)
    return function


@click.command("ack")
@_who
def ack(**said: Any) -> None:
    """Say that the desk has seen it. A rise in severity asks again.

    \b
    Examples:
      warning alerts ack a-0123456789abcdef --desk kr --by "J. Kim"
      warning alerts ack a-0123456789abcdef --desk kr --by "J. Kim" --reason "known from the embassy" --json
    """
    _act("ack", **said)


@click.command("assign")
@click.option("--to", "assignee", required=True, help="Who looks into it.")
@_who
def assign(**said: Any) -> None:
    """Give it to somebody to look into.

    \b
    Examples:
      warning alerts assign a-0123456789abcdef --desk kr --by "J. Kim" --to "S. Park"
      warning alerts assign a-0123456789abcdef --desk kr --by "J. Kim" --to "S. Park" --reason "knows the importers"
    """
    _act("assign", **said)


@click.command("note")
@_who
def note(**said: Any) -> None:
    """Keep a remark (--reason) without changing where the alert stands.

    \b
    Examples:
      warning alerts note a-0123456789abcdef --desk kr --by "S. Park" --reason "asked two importers"
      warning alerts note a-0123456789abcdef --desk kr --by "S. Park" --reason "no stock left" --json
    """
    _act("note", **said)


@click.command("snooze")
@click.option("--until", type=Instant(), help="At most 30 days ahead. Default: 30 days.")
@_who
def snooze(**said: Any) -> None:
    """Set it aside until a time, or until its severity rises for the desk's country.

    \b
    Examples:
      warning alerts snooze a-0123456789abcdef --desk kr --by "S. Park" --until 7d
      warning alerts snooze a-0123456789abcdef --desk kr --by "S. Park" --until 2026-12-01 --reason "waits for the gazette"
    """
    _act("snooze", **said)


@click.command("close")
@click.option("--verdict", type=click.Choice(VERDICTS), required=True, help="Feeds `warning rules stats`.")
@_who
def close(**said: Any) -> None:
    """Close it for this desk with a verdict.

    \b
    Examples:
      warning alerts close a-0123456789abcdef --desk kr --by "S. Park" --verdict confirmed
      warning alerts close a-0123456789abcdef --desk kr --by "S. Park" --verdict false_positive --reason "a fair"
    """
    _act("close", **said)


@click.command("reopen")
@_who
def reopen(**said: Any) -> None:
    """Take back what was acknowledged, snoozed or closed.

    \b
    Examples:
      warning alerts reopen a-0123456789abcdef --desk kr --by "J. Kim"
      warning alerts reopen a-0123456789abcdef --desk kr --by "J. Kim" --reason "the notice was corrected"
    """
    _act("reopen", **said)


@click.command("escalate")
@click.option("--to", "assignee", required=True, help="Who has to look now.")
@_who
def escalate(**said: Any) -> None:
    """Hand it up: it is open again, and theirs.

    \b
    Examples:
      warning alerts escalate a-0123456789abcdef --desk kr --by "J. Kim" --to deputy
      warning alerts escalate a-0123456789abcdef --desk kr --by "J. Kim" --to deputy --reason "stock for two weeks"
    """
    _act("escalate", **said)


REVIEW_COMMANDS = (ack, assign, note, snooze, close, reopen, escalate)


def _act(
    action: Action,
    *,
    key: str,
    desk_id: str,
    actor: str,
    reason: str,
    seen_version: int | None,
    as_json: bool,
    verdict: Verdict | None = None,
    assignee: str = "",
    until: datetime | None = None,
) -> None:
    with composed_system(only_acts=True) as system:
        wanted = Act(
            alert_key=versions_named(system, key)[-1].key,
            desk_id=desk_id,
            actor=actor,
            action=action,
            reason=reason,
            verdict=verdict,
            assignee=assignee,
            until=until,
            seen_version=seen_version,
        )
        acted = act(system.repository, system.book(), wanted, system.clock)
        if action != "note":
            asyncio.run(show_standing(system, acted.event.alert_key, desk_id))
    if as_json:
        done = {"event": event_document(acted.event), "review": review_document(acted.review)}
        print_json(SCHEMA, {"alert": acted.event.alert_key, **done})
    else:
        click.echo(f"{acted.event.alert_key} {review_line(desk_id, acted.review)}")
