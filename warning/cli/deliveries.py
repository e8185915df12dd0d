"""`warning deliveries`: what is owed, what was sent, what is dead, and a second chance for it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click

from warning.app.auditing import audit_deliveries
from warning.app.compose import compose
from warning.app.reconciling import reconcile_unknown, retry
from warning.app.system import System
from warning.cli.output import print_json, print_table
from warning.core.deliveries import OutboxRow
from warning.core.phrases import counted
from warning.settings import load_settings

SCHEMA = "deliveries/1"
STATES = ("pending", "sending", "sent", "unknown", "dead")


@click.group(
    "deliveries",
    epilog="Exit codes: 0 ok, 1 a channel could not be asked or an id is unknown, 2 usage, 130 interrupted.",
)
def command() -> None:
    """Show and mend the outbox.

    \b
    Examples:
      warning deliveries list --state dead     what no destination would take, and why
      warning deliveries retry --dead          once it is mended, send it after all
    """


@command.command(
    "audit", epilog="Exit codes: 0 all accounted for, 1 faults, 2 configuration, 130 interrupted."
)
@click.option(
    "--days", type=click.IntRange(1, 400), default=2, show_default=True, help="How far back to look."
)
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def audit_command(*, days: int, as_json: bool) -> None:
    """Check that every alert version was sent, withheld for a reason, or is on its way, at every destination.

    \b
    Examples:
      warning deliveries audit
      warning deliveries audit --days 30 --json
    """
    with _system() as system:
        audit = audit_deliveries(system, span=timedelta(days=days))
    found = audit.accounts
    if as_json:
        told = {
            "versions": found.versions,
            "states": dict(found.states),
            "withheld": found.withheld,
            "held": found.held,
            "overdue": found.overdue,
            "gaps": [asdict(gap) for gap in found.gaps],
            "faults": list(audit.faults),
        }
        print_json(SCHEMA, {"audit": told})
    else:
        states = ", ".join(f"{count} {state}" for state, count in sorted(found.states.items())) or "none"
        click.echo(
            f"{counted(found.versions, 'alert version')} in {counted(days, 'day')}; deliveries: {states}; withheld: {found.withheld}"
        )
        for fault in audit.faults:
            click.echo(f"FAULT {fault}")
    if audit.faults:
        raise click.exceptions.Exit(1)


@command.command("list")
@click.option("--state", "state", type=click.Choice(STATES), help="Only deliveries in this state.")
@click.option("--desk", "desk_id", help="Only this desk's.")
@click.option("--alert", "alert_key", help="Only this alert's.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def list_command(*, state: str | None, desk_id: str | None, alert_key: str | None, as_json: bool) -> None:
    """List deliveries in the order they came to be owed.

    \b
    Examples:
      warning deliveries list --state dead
      warning deliveries list --desk kr --json
    """
    with _system() as system:
        rows = [
            row
            for row in system.outbox.rows()
            if state in {None, row.state}
            and desk_id in {None, row.desk_id}
            and alert_key in {None, row.alert_key}
        ]
    counts = Counter(row.state for row in rows)
    if as_json:
        print_json(SCHEMA, {"counts": dict(counts), "deliveries": [delivery_document(row) for row in rows]})
        return
    print_table(
        ("id", "state", "desk", "channel", "address", "alert", "v", "tries", "when", "error"),
        [(*_cells(row), _when(row), row.error[:80]) for row in rows],
    )
    click.echo(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing", err=True)


@command.command("retry")
@click.argument("row_ids", nargs=-1)
@click.option("--dead", is_flag=True, help="Every dead letter.")
@click.option("--by", "actor", default="operator", help="Who asks; kept in the audit log.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def retry_command(*, actor: str, row_ids: tuple[str, ...], dead: bool, as_json: bool) -> None:
    """Make deliveries due now; the service sends them in its next round.

    \b
    Examples:
      warning deliveries retry d-0123456789abcdef
      warning deliveries retry --dead --by "J. Kim"
    """
    if not row_ids and not dead:
        raise click.UsageError("name deliveries by id, or ask for --dead")
    with _system() as system:
        wanted = [*row_ids, *(row.id for row in system.outbox.rows("dead") if dead)]
        again = retry(system.outbox, wanted, system.clock, actor=actor)
    if as_json:
        print_json(SCHEMA, {"retried": list(again), "left": sorted(set(wanted) - set(again))})
        return
    click.echo(f"{len(again)} due now, {len(wanted) - len(again)} left as they are (sent, or being sent)")


@command.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def reconcile_command(*, as_json: bool) -> None:
    """Look for every delivery whose fate is unknown; what did not arrive becomes due.

    \b
    Examples:
      warning deliveries reconcile
      warning deliveries reconcile --json
    """
    with _system() as system:
        found = asyncio.run(reconcile_unknown(system.outbox, system.channels, system.clock))
    if as_json:
        looked = [{"id": f.row.id, "outcome": f.outcome, "detail": f.detail} for f in found]
        print_json(SCHEMA, {"counts": dict(Counter(f.outcome for f in found)), "reconciled": looked})
    else:
        print_table(
            ("id", "desk", "channel", "address", "outcome", "detail"),
            [(f.row.id, f.row.desk_id, f.row.channel, f.row.address, f.outcome, f.detail) for f in found],
        )
    if any(f.outcome == "failed" for f in found):
        raise click.exceptions.Exit(1)


@contextmanager
def _system() -> Iterator[System]:
    system = compose(load_settings())
    try:
        yield system
    finally:
        system.close()


def delivery_document(row: OutboxRow) -> dict[str, Any]:
    """Return one delivery as deliveries/1 and alerts/1 show it."""
    return {
        "id": row.id,
        "state": row.state,
        "alert": row.alert_key,
        "version": row.alert_version,
        "desk": row.desk_id,
        "channel": row.channel,
        "address": row.address,
        "reason": row.reason,
        "attempts": row.attempts,
        "created_at": row.created_at.isoformat(),
        "next_attempt_at": row.next_attempt_at.isoformat() if row.state in {"pending", "unknown"} else None,
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "provider_ref": row.provider_ref,
        "error": row.error,
    }


def _cells(row: OutboxRow) -> tuple[object, ...]:
    what = (row.id, row.state, row.desk_id, row.channel, row.address)
    return *what, row.alert_key, row.alert_version, row.attempts


def _when(row: OutboxRow) -> str:
    """When it was sent, or when it will be tried next."""
    at = row.sent_at or row.next_attempt_at
    return "" if row.state == "dead" else f"{at:%Y-%m-%d %H:%M:%S}Z"
