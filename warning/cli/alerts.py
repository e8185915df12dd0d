"""`warning alerts`: what the desks were told, why, on what evidence, and why somebody was not told."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

import click

from warning.app.compose import System, compose
from warning.channels.render import render
from warning.channels.text_form import text_form
from warning.cli.alert_document import case_document, summary_document, told_line
from warning.cli.deliveries import delivery_document
from warning.cli.output import print_json, print_table
from warning.core.alerts import Alert
from warning.core.desks import Desk, Destination
from warning.errors import ConfigError, EvidenceMissing
from warning.settings import load_settings

SCHEMA = "alerts/1"
LEVELS = {"unknown": "?", "minor": "LOW", "moderate": "MEDIUM", "severe": "HIGH", "extreme": "CRITICAL"}


@click.group("alerts", epilog="Exit codes: 0 ok, 1 no such alert, 2 usage or configuration, 130 interrupted.")
def command() -> None:
    """Read alerts.

    \b
    Examples:
      warning alerts list --since 2026-11-01
      warning alerts show a-0123456789abcdef --desk kr
    """


@command.command("list")
@click.option("--state", type=click.Choice(["open", "closed"]), help="Only alerts in this state.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Updated on or after this day (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="As they stood before this day (UTC).")
@click.option(
    "--context/--no-context", default=False, help="Background coverage too, which interrupts nobody."
)
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def list_command(
    *,
    state: Literal["open", "closed"] | None,
    since: datetime | None,
    until: datetime | None,
    context: bool,
    as_json: bool,
) -> None:
    """List alerts, last updated first."""
    with _system() as system:
        found = system.repository.alerts(state=state, since=_utc(since), until=_utc(until))
    shown = [alert for alert in found if alert.interrupts or context]
    if as_json:
        print_json(SCHEMA, {"alerts": [summary_document(alert) for alert in shown]})
        return
    countries = sorted({grading.country for alert in shown for grading in alert.gradings})
    print_table(
        ("key", "v", "updated", *countries, "evidence", "publishers", "title"),
        [_cells(alert, countries) for alert in shown],
    )
    click.echo(f"{len(shown)} alerts, {len(found) - len(shown)} of background coverage not shown", err=True)


@command.command("show")
@click.argument("key")
@click.option("--desk", "desk_id", help="As this desk reads it, in its language.")
@click.option(
    "--evidence", type=click.IntRange(min=1), help="Print this piece of evidence as it was fetched."
)
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def show_command(*, key: str, desk_id: str | None, evidence: int | None, as_json: bool) -> None:
    """Show one alert: facts, reasons, evidence, versions, and who was told or not, and why.

    KEY may be shortened as long as it names one alert.
    """
    with _system() as system:
        versions = _versions(system, key)
        if evidence is not None:
            sys.stdout.buffer.write(_as_fetched(system, versions[-1], evidence))
        elif as_json:
            told = [delivery_document(row) for row in system.repository.deliveries_of(versions[-1].key)]
            withheld = system.repository.withheld_of(versions[-1].key)
            print_json(SCHEMA, {"alert": case_document(versions, told, withheld)})
        else:
            _print_case(system, versions, desk_id)


@contextmanager
def _system() -> Iterator[System]:
    system = compose(load_settings())
    try:
        yield system
    finally:
        system.close()


def _versions(system: System, key: str) -> tuple[Alert, ...]:
    """Return the alert's versions. Raises EvidenceMissing unless `key` names exactly one alert."""
    versions = system.repository.alert_versions(key)
    if versions:
        return versions
    near = sorted({alert.key for alert in system.repository.alerts() if alert.key.startswith(key)})
    if len(near) == 1:
        return system.repository.alert_versions(near[0])
    hint = f": it is short for {', '.join(near[:5])}" if near else ""
    raise EvidenceMissing(f"no alert has the key {key!r}{hint}")


def _as_fetched(system: System, alert: Alert, number: int) -> bytes:
    if number > len(alert.exhibits):
        raise EvidenceMissing(f"the alert shows {len(alert.exhibits)} pieces of evidence, not {number}")
    digest = alert.exhibits[number - 1].archive_hash
    if not digest:
        raise EvidenceMissing(f"evidence {number} was brought in without its raw document")
    return system.repository.archived(digest)


def _print_case(system: System, versions: tuple[Alert, ...], desk_id: str | None) -> None:
    alert = versions[-1]
    click.echo(text_form(render(alert, _reader(system, desk_id), system.book(), root=versions[0])))
    click.echo("Severity by country")
    for grading in alert.gradings:
        click.echo(f"  {grading.country}: {LEVELS[grading.severity.value]} ({grading.because})")
    click.echo("\nVersions")
    for version in versions:
        changed = ", ".join(f"{d.code}: {d.before or 'nothing'} -> {d.after}" for d in version.differences)
        click.echo(f"  {version.version}: {version.updated_at:%Y-%m-%d %H:%M:%S}Z {changed}")
    click.echo("\nTold")
    for row in system.repository.deliveries_of(alert.key):
        click.echo(f"  {told_line(row)}")
    click.echo("\nNot told")
    for one in system.repository.withheld_of(alert.key):
        to = f"v{one.alert_version} to {one.desk_id} by {one.channel} {one.address}"
        click.echo(f"  {to}: {one.reason}, {one.detail}")


def _reader(system: System, desk_id: str | None) -> Desk:
    """Return the desk asked for; without one, a reader of English in UTC for the first desk's country."""
    desks = system.book().desks
    if desk_id is not None:
        named = next((desk for desk in desks if desk.id == desk_id), None)
        if named is None:
            raise ConfigError(
                f"no desk is called {desk_id!r}; there are {', '.join(d.id for d in desks) or 'none'}"
            )
        return named
    return Desk(
        id="reader",
        title="reader of this terminal",
        country="US",
        language="en",
        timezone="UTC",
        destinations=(Destination(channel="console", to=("terminal",)),),
    )


def _cells(alert: Alert, countries: list[str]) -> tuple[object, ...]:
    levels = [LEVELS[alert.severity_for(country).value] for country in countries]
    updated = f"{alert.updated_at:%Y-%m-%d %H:%M}Z"
    return (
        alert.key,
        alert.version,
        updated,
        *levels,
        alert.evidence_total,
        len(alert.publishers),
        alert.title,
    )


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)
