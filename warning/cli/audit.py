"""`warning audit`: what was decided, delivered and done, in a log that shows tampering."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from warning.app.compose import open_repository
from warning.cli.instants import Instant
from warning.cli.output import print_json, print_table
from warning.core.audit import Entry
from warning.core.phrases import counted
from warning.settings import load_settings
from warning.store.repository import Repository

SCHEMA = "audit/1"


@click.group(
    "audit",
    epilog="Exit codes: 0 ok, 1 the log was tampered with, 2 usage or configuration, 130 interrupted.",
)
def command() -> None:
    """Read the audit log and prove that nobody changed it.

    \b
    Examples:
      warning audit list --subject a-0123456789abcdef
      warning audit verify
    """


@command.command("list")
@click.option("--subject", help="Only entries about this alert, delivery, assessment or silence.")
@click.option("--since", type=Instant(), help="Only entries at or after this time.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="The newest so many."
)
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def list_command(*, subject: str | None, since: datetime | None, limit: int, as_json: bool) -> None:
    """List entries, the newest first.

    \b
    Examples:
      warning audit list --limit 20
      warning audit list --subject a-0123456789abcdef --since 2026-11-01 --json
    """
    with _repository() as repository:
        found = repository.audit(subject=subject, since=since, limit=limit)
    if as_json:
        print_json(SCHEMA, {"entries": [_document(entry) for entry in found]})
        return
    print_table(("seq", "at", "kind", "actor", "subject", "what"), [_cells(entry) for entry in found])


@command.command("verify")
@click.option("--expect", help="A head noted earlier: it must still be in the log.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def verify_command(*, expect: str | None, as_json: bool) -> None:
    """Follow the chain of hashes from the first entry to the last; name the first that does not hold.

    Note the head it prints somewhere else: given back by --expect it shows that no entries were cut off.

    \b
    Examples:
      warning audit verify
      warning audit verify --expect 0f3c... --json
    """
    with _repository() as repository:
        found = repository.verify_audit(expect)
    if as_json:
        answer = {"holds": found.holds, "entries": found.entries, "head": found.head}
        print_json(SCHEMA, {**answer, "broken_at": found.broken_at, "fault": found.fault})
    elif found.holds:
        click.echo(f"{counted(found.entries, 'entry holds', 'entries hold')}; head {found.head}")
    else:
        click.echo(
            f"broken: {found.fault}; the {counted(found.entries, 'entry before it holds', 'entries before it hold')}"
        )
    if not found.holds:
        raise click.exceptions.Exit(1)


@contextmanager
def _repository() -> Iterator[Repository]:
    repository = open_repository(load_settings())
    try:
        yield repository
    finally:
        repository.close()


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": entry.subject,
        "content": json.loads(entry.content),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _cells(entry: Entry) -> tuple[object, ...]:
    said = {name: value for name, value in json.loads(entry.content).items() if value not in {None, ""}}
    what = ", ".join(f"{name} {value}" for name, value in said.items())
    return entry.seq, f"{entry.at:%Y-%m-%d %H:%M:%S}Z", entry.kind, entry.actor, entry.subject, what[:120]
