"""`warning alerts queue|approve|reject|archive`: the look a person takes before desks are told."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from warning.app.publishing import decide, review_queue
from warning.cli.alert_lookup import composed_system, versions_named
from warning.cli.output import print_json, print_table
from warning.core.approval import Decision
from warning.core.phrases import counted

F = TypeVar("F", bound=Callable[..., Any])
SCHEMA = "alerts/1"
EXIT_CODES = "Exit codes: 0 ok, 1 no such alert or refused, 2 usage or configuration, 130 interrupted."


@click.command("queue", epilog="Exit codes: 0 ok, 1 a review is overdue, 2 configuration, 130 interrupted.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def queue(*, as_json: bool) -> None:
    """List what waits for a review before desks are told, the longest wait first.

    \b
    Examples:
      warning alerts queue
      warning alerts queue --json
    """
    with composed_system(only_reads=True) as system:
        waiting = review_queue(system)
        severities = {queued.alert.key: queued.severity(system.book()) for queued in waiting}
    if as_json:
        print_json(
            SCHEMA,
            {
                "queue": [
                    {
                        "key": queued.alert.key,
                        "version": queued.alert.version,
                        "title": queued.alert.title,
                        "rule": queued.alert.rule_id,
                        "severity": severities[queued.alert.key].value,
                        "since": queued.since.isoformat(),
                        "overdue": queued.is_overdue,
                    }
                    for queued in waiting
                ]
            },
        )
    else:
        print_table(
            ("key", "v", "severity", "waits since", "", "rule", "title"),
            [
                (
                    queued.alert.key,
                    queued.alert.version,
                    severities[queued.alert.key].value,
                    f"{queued.since:%Y-%m-%d %H:%M}Z",
                    "OVERDUE" if queued.is_overdue else "",
                    queued.alert.rule_id,
                    queued.alert.title,
                )
                for queued in waiting
            ],
        )
    if any(queued.is_overdue for queued in waiting):
        raise click.exceptions.Exit(1)


def _who(function: F) -> F:
    for option in (
        click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document."),
        click.option(
            "--version",
            "seen_version",
            type=click.IntRange(min=1),
            help="The version you looked at; refused when a newer one stands.",
        ),
        click.option("--reason", default="", help="Why; kept in the audit log."),
        click.option("--by", "actor", required=True, help="Who decides."),
        click.argument("key"),
    ):
        function = option(function)
    return function


@click.command("approve", epilog=EXIT_CODES)
@_who
def approve(**said: Any) -> None:
    """Let the desks be told, now and of what follows.

    \b
    Examples:
      warning alerts approve a-0123456789abcdef --by "J. Kim"
      warning alerts approve a-0123 --by "J. Kim" --version 2 --reason "checked against the notice"
    """
    _decide("approved", **said)


@click.command("reject", epilog=EXIT_CODES)
@_who
def reject(**said: Any) -> None:
    """Keep it from the desks: it is wrong. A later rise in severity asks again.

    \b
    Examples:
      warning alerts reject a-0123456789abcdef --by "J. Kim" --reason "a retrospective, no act"
      warning alerts reject a-0123 --by "J. Kim" --reason "another company of that name" --json
    """
    _decide("rejected", **said)


@click.command("archive", epilog=EXIT_CODES)
@_who
def archive(**said: Any) -> None:
    """Keep it from the desks: it is right, but no reason to interrupt anybody.

    \b
    Examples:
      warning alerts archive a-0123456789abcdef --by "J. Kim" --reason "known since May"
      warning alerts archive a-0123 --by "J. Kim" --reason "for the digest" --json
    """
    _decide("archived", **said)


PUBLISH_COMMANDS = (queue, approve, reject, archive)


def _decide(
    decision: Decision, *, key: str, actor: str, reason: str, seen_version: int | None, as_json: bool
) -> None:
    with composed_system(only_reads=True) as system:
        found = versions_named(system, key)[-1]
        done = decide(system, found.key, decision, actor=actor, reason=reason, seen_version=seen_version)
    if as_json:
        owed = [{"desk": d.desk_id, "channel": d.channel, "address": d.address} for d in done.owed]
        print_json(
            SCHEMA,
            {"alert": found.key, "decision": decision, "version": done.approval.alert_version, "owed": owed},
        )
    else:
        click.echo(
            f"{found.key} is {decision}; {counted(len(done.owed), 'delivery is', 'deliveries are')} owed"
        )
