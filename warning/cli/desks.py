"""`warning desks`: who is told what by which channel, and why or why not."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from warning.app.compose import open_repository, system_clock
from warning.app.desk_exercise import send_exercise
from warning.app.desk_routing import Routed, route_alert, route_item
from warning.app.proof import proof_document
from warning.app.proving import highest_markings, prove
from warning.app.proving_narrowed import prove_narrowed
from warning.app.proving_sources import prove_sources
from warning.app.system import channels_of
from warning.catalog.complaints import did_you_mean
from warning.catalog.load import read_rulebook
from warning.cli.output import print_json, print_table
from warning.cli.rules_options import catalogue_options, chosen_book, chosen_trees, today
from warning.cli.rules_why import KINDS, LANGUAGES, typed_item
from warning.core.desks import Desk
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.settings import Settings, load_settings


@click.group("desks", epilog="Exit codes: 0 ok, 1 findings or nothing to route, 2 usage or configuration.")
def command() -> None:
    """See who is told what, before it happens.

    \b
    Examples:
      warning desks list
      warning desks route --title "China bans gallium exports to Japan" --kind regulatory --country CN
      warning desks route --alert a-0123456789abcdef
    """


@command.command("list")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print desks/1 on stdout.")
def list_desks(*, rules: Path | None, feeds: Path | None, overlays: Path | None, as_json: bool) -> None:
    """List every desk with what it asks for and where it is told.

    \b
    Examples:
      warning desks list
      warning desks list --overlays ews/overlay --json
    """
    book = chosen_book(rules, feeds, overlays)
    if as_json:
        every = [desk.model_dump(mode="json") for desk in (*book.desks, *book.operators)]
        print_json("desks/1", {"desks": every})
        return
    rows = [
        (
            desk.id,
            desk.country,
            desk.language,
            desk.threshold.value if desk.kind == "desk" else "no alerts",
            desk.clearance.value,
            f"{destination.channel} {destination.address}",
        )
        for desk in (*book.desks, *book.operators)
        for destination in desk.destinations
    ]
    print_table(("DESK", "COUNTRY", "LANGUAGE", "THRESHOLD", "CLEARANCE", "TOLD BY"), rows)


@command.command("check")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print desks/1 on stdout.")
def check(*, rules: Path | None, feeds: Path | None, overlays: Path | None, as_json: bool) -> None:
    """Say what is wrong with the desks, and which channels this machine cannot serve.

    \b
    Examples:
      warning desks check
      WARNING_HOME=/srv/ews warning desks check --json
    """
    where = chosen_trees(rules, feeds, overlays)
    book, problems = read_rulebook(where.rules, where.feeds, where.overlay, today=today())
    problems = tuple(p for p in problems if "desks" in Path(p.file).parts or p.fatal)
    notes = _channel_notes(book, load_settings()) if book else []
    findings = [problem for problem in problems if problem.fatal]
    if as_json:
        content = {"ok": not findings, "problems": [asdict(p) for p in problems], "notes": notes}
        print_json("desks/1", content)
    else:
        for line in (*map(str, problems), *notes):
            click.echo(line)
        count = len(book.desks) if book else 0
        click.echo(
            f"{counted(count, 'desk')}, {counted(len(findings), 'mistake')}, {counted(len(notes), 'note')}",
            err=True,
        )
    sys.exit(1 if findings else 0)


def _channel_notes(book: Rulebook, settings: Settings) -> list[str]:
    """What a desk would not get on this machine, desk by desk."""
    missing = {}
    if settings.slack_bot_token is None:
        missing["slack"] = "WARNING_SLACK_BOT_TOKEN is not set: Slack messages go to the console"
    if settings.smtp_url is None:
        missing["mail"] = "WARNING_SMTP_URL is not set: mail goes to .eml files in the home's outbox/"
    notes = [
        f"{desk.id}: {missing[channel]}"
        for desk in (*book.desks, *book.operators)
        for channel in sorted({d.channel for d in desk.destinations})
        if channel in missing
    ]
    notes += [
        f"{desk.id}: WARNING_KEY_WEBHOOK_{desk.id.upper().replace('-', '_')} is not set: its webhooks are not signed or sent"
        for desk in book.desks
        if any(d.channel == "webhook" for d in desk.destinations)
        and desk.id not in settings.desk_keys("webhook")
    ]
    if not book.operators:
        notes.append("no desk of the kind operator: nobody is told of dead letters, gaps and noisy rules")
    return notes + [note for desk in book.desks for note in _shadowed(desk)]


def _shadowed(desk: Desk) -> list[str]:
    """A destination whose ceiling lies below the desk's clearance will not see all the desk may."""
    return [
        f"{desk.id}: {d.channel} {d.address} carries at most TLP:{d.ceiling.value}, "
        f"the desk may see TLP:{desk.clearance.value}"
        for d in desk.destinations
        if d.ceiling < desk.clearance
    ]


@command.command("route")
@click.option("--alert", "alert_key", help="An alert of the store, by key.")
@click.option("--title", help="A text typed here: assessed as if it were new evidence.")
@click.option("--summary", default="", help="With --title.")
@click.option("--body", default="", help="With --title.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--kind", type=click.Choice(KINDS), default="news", show_default=True)
@click.option("--country", default="US", show_default=True, help="Where the source is.")
@click.option("--source", default="typed", show_default=True, help="Id of the source it came from.")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print desks/1 on stdout.")
def route(
    *,
    alert_key: str | None,
    title: str | None,
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    as_json: bool,
    **typed: str,
) -> None:
    """Say who would get an alert or a text by which channel, and for every "no" the reason.

    \b
    Examples:
      warning desks route --title "China bans gallium exports to Japan" --kind regulatory --country CN
      warning desks route --alert a-0123456789abcdef
    """
    if (alert_key is None) == (title is None):
        raise click.UsageError("give either --alert KEY or --title TEXT")
    book = chosen_book(rules, feeds, overlays)
    if title is not None:
        routed: Sequence[Routed] = route_item(book, typed_item(title, **typed))
    else:
        routed = [_stored(book, str(alert_key))]
    if as_json:
        untold = [{"desk": desk.id, "told": False, "reason": "operator_desk"} for desk in book.operators]
        print_json("desks/1", {"routed": [one.document() for one in routed], "operators": untold})
    else:
        for one in routed:
            _print_routed(one)
            for desk in book.operators:
                click.echo(f"  NO  {desk.id}: a desk of the kind operator is told no alerts")
        if not routed:
            click.echo(
                "no rule fires on this text; `warning rules explain RULE --title ...` says why", err=True
            )
    sys.exit(0 if routed else 1)


@command.command("prove")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print desks/1 on stdout.")
def prove_command(*, rules: Path | None, feeds: Path | None, overlays: Path | None, as_json: bool) -> None:
    """Try every rule, marking and release list on every way out, and say what leaves that may not.

    Exit code 1 when a path lets out more than the desk files allow. Nothing is stored or sent.

    \b
    Examples:
      warning desks prove
      warning desks prove --rules my/rules --json
    """
    book = chosen_book(rules, feeds, overlays)
    proof = prove(book)
    prove_narrowed(book, proof)
    prove_sources(book, proof)
    if as_json:
        print_json("desks/1", {"proof": proof_document(proof)})
    else:
        rows = [(desk.id, way, f"TLP:{marking.value}") for desk, way, marking in highest_markings(book)]
        print_table(("desk", "way out", "at most"), rows)
        for breach in proof.breaches:
            click.echo(breach.sentence)
        click.echo(
            f"{counted(proof.paths, 'path')} tried, {proof.passed} pass; {counted(proof.payloads, 'message')} and "
            f"{counted(proof.digests, 'digest entry', 'digest entries')} read, {counted(proof.figures, 'exposure figure')} and {counted(proof.sources, 'source')} planted: "
            f"{counted(len(proof.breaches), 'breach', 'breaches')}"
        )
    sys.exit(1 if proof.breaches else 0)


@command.command("send-test")
@click.argument("desk_id", metavar="DESK")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print desks/1 on stdout.")
def send_test(
    *, desk_id: str, rules: Path | None, feeds: Path | None, overlays: Path | None, as_json: bool
) -> None:
    """Send one message, marked as an exercise, to every destination of a desk. Nothing is stored.

    \b
    Examples:
      warning desks send-test kr
      WARNING_HOME=/srv/ews warning desks send-test us --json
    """
    book = chosen_book(rules, feeds, overlays)
    desk = next((desk for desk in book.desks if desk.id == desk_id), None)
    if desk is None:
        hint = did_you_mean(desk_id, [desk.id for desk in book.desks])
        raise click.BadParameter(f"there is no desk {desk_id!r}. {hint}", param_hint="DESK")
    settings = load_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    answers = asyncio.run(send_exercise(book, desk, channels_of(settings), system_clock()))
    if as_json:
        print_json("desks/1", {"sent": [asdict(answer) for answer in answers]})
    else:
        for answer in answers:
            outcome = f"FAILED: {answer.error}" if answer.error else "taken"
            click.echo(f"{answer.desk_id}: {answer.channel} {answer.address}: {outcome}")
    sys.exit(1 if any(answer.error for answer in answers) else 0)


def _stored(book: Rulebook, key: str) -> Routed:
    repository = open_repository(load_settings())
    try:
        versions = repository.alert_versions(key)
    finally:
        repository.engine.dispose()
    if not versions:
        raise click.BadParameter(f"the store holds no alert {key!r}", param_hint="--alert")
    return route_alert(book, versions)


def _print_routed(one: Routed) -> None:
    alert = one.alert
    click.echo(f"{alert.title} ({alert.key}, rule {alert.rule_id}, TLP:{alert.marking.value})")
    for grading in alert.gradings:
        click.echo(f"  {grading.country}: {grading.severity.value} ({grading.because})")
    for owed in one.deliveries:
        click.echo(f"  YES {owed.desk_id}: {owed.channel} {owed.address} as {owed.severity.value}")
    for no in one.withheld:
        detail = f": {no.detail}" if no.detail else ""
        click.echo(f"  NO  {no.desk_id}: {no.channel} {no.address}, {no.reason}{detail}")
