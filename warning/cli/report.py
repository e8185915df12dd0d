"""`warning report`: what a desk was told informally, filed in two minutes, corrected or withdrawn by who filed it."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from warning.app.reporting import (
    Filed,
    attach,
    correct_report,
    file_report,
    find_report,
    withdraw_report,
)
from warning.app.system import System
from warning.app.triage import desk_called
from warning.catalog.typed import read_model
from warning.cli.alert_lookup import composed_system
from warning.cli.output import print_json, print_table
from warning.cli.report_questions import asked
from warning.core.ids import is_report_name
from warning.core.mission_reports import MissionReport
from warning.core.vocabulary import Marking
from warning.errors import CatalogError, ConfigError, EvidenceMissing

SCHEMA = "reports/1"
MARKINGS = [marking.value for marking in Marking]


def _fields(command: Any) -> Any:
    """The options that say what a report says."""
    options = (
        click.option("--title", help="What was seen, on one line: who did what to which material."),
        click.option("--text", help="What was told, in your own words."),
        click.option("--reliability", type=click.Choice(list("ABCDEF")), help="Of the source: A reliable ... F cannot be judged."),
        click.option("--credibility", type=click.IntRange(1, 6), help="Of what it told: 1 confirmed ... 6 cannot be judged."),
        click.option("--marking", type=click.Choice(MARKINGS), help="TLP 2.0; AMBER where nothing is said."),
        click.option("--release", "release_to", multiple=True, help="Countries whose desks may read it too. None: only your own."),
        click.option("--material", "materials", multiple=True, help="As rules/terms/materials.yaml names them."),
        click.option("--country", help="Whose act it is: the authority that holds, the seller that refuses; ISO 3166."),
        click.option("--place", help="Where."),
        click.option("--observed", help="The day it happened, 2026-11-20."),
        click.option("--language", type=click.Choice(["en", "zh", "ja", "ko"]), help="Of the text; en where nothing is said."),
        click.option("--attach", "files", multiple=True, type=click.Path(path_type=Path), help="A file: its name and hash are kept."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.group(
    "report",
    invoke_without_command=True,
    epilog="Exit codes: 0 ok, 1 no such report, 2 usage or configuration, 130 interrupted.",
)
@click.option("--desk", "desk", help="The desk that reports.")
@click.option("--by", "actor", help="Who reports; kept in the audit log only.")
@click.option("--from-file", type=click.Path(path_type=Path), help="A YAML file with the same fields.")
@_fields
@click.option(
    "--again", is_flag=True, help="File it although you filed the same words within the last half hour."
)
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    actor: str | None,
    from_file: Path | None,
    again: bool,
    as_json: bool,
    **said: Any,
) -> None:
    """File an informal observation as evidence: rules fire on it, and nobody learns of it beyond its release.

    On a terminal, what the options leave open is asked.

    \b
    Examples:
      warning report --desk jp --by "A. Sato"
      warning report --desk kr --by "J. Kim" --reliability B --credibility 2 --country CN --material urea --title "Customs at Tianjin hold urea for Korea"
      warning report --by "J. Kim" --from-file note.yaml
    """
    if ctx.invoked_subcommand is not None:
        return
    with composed_system() as system:
        report = _report(system, said, from_file, may_ask=_is_terminal())
        if actor is None and _is_terminal():
            actor = click.prompt("Who reports (kept in the audit log only)")
        filed = file_report(system, report, actor or "", again=again)
    _print(filed, "filed" if filed.is_new else "filed already", as_json=as_json)


@command.command("correct")
@click.argument("name")
@click.option("--desk", help="Only when the catalogue's desk has been renamed.")
@click.option("--by", "actor", required=True, help="Who filed it.")
@click.option("--from-file", type=click.Path(path_type=Path), help="A YAML file with the whole report.")
@_fields
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def correct_command(name: str, *, actor: str, from_file: Path | None, as_json: bool, **said: Any) -> None:
    """Say a report anew, whole. Its earlier text stays in the history; rules look at it again.

    \b
    Examples:
      warning report correct r-0123456789abcdef --by "J. Kim" --from-file note.yaml
      warning report correct r-0123456789abcdef --by "J. Kim" --from-file note.yaml --place Qingdao
    """
    with composed_system() as system:
        said["desk"] = said["desk"] or _desk_of(system, name)
        report = _report(system, said, from_file, may_ask=False)
        filed = correct_report(system, name, report, actor)
    _print(filed, "corrected" if filed.is_new else "unchanged", as_json=as_json)


@command.command("withdraw")
@click.argument("name")
@click.option("--by", "actor", required=True, help="Who filed it.")
@click.option("--reason", required=True, help="Why; readers see it.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def withdraw_command(name: str, *, actor: str, reason: str, as_json: bool) -> None:
    """Take back what a report says. Alerts that rest on it are named; closing them is the desks' decision.

    \b
    Examples:
      warning report withdraw r-0123456789abcdef --by "J. Kim" --reason "the source mixed up two firms"
      warning report withdraw r-0123456789abcdef --by "J. Kim" --reason "denied by the port" --json
    """
    with composed_system() as system:
        filed, resting = withdraw_report(system, name, actor, reason)
    _print(filed, "withdrawn", as_json=as_json, alerts=[alert.key for alert in resting])


@command.command("list")
@click.option("--desk", help="Only this desk's.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def list_command(*, desk: str | None, as_json: bool) -> None:
    """List the reports of the last year, the newest first.

    \b
    Examples:
      warning report list --desk jp
      warning report list --json
    """
    with composed_system() as system:
        if desk is not None:
            desk_called(system.book(), desk)
        found = [
            item for item in _recent(system) if desk is None or item.source_id.startswith(f"mission-{desk}-")
        ]
    if as_json:
        print_json(SCHEMA, {"reports": [_document(item) for item in found]})
        return
    rows = (
        (i.external_id, f"{i.occurred_at:%Y-%m-%d}", i.source_id, i.marking or "", i.title) for i in found
    )
    print_table(("report", "filed", "source", "marking", "title"), rows)


def _recent(system: System) -> list[Any]:
    now = system.clock()
    found = system.repository.items_between(
        now - timedelta(days=365), now + timedelta(days=1), kinds=("mission",)
    )
    return [item for item in reversed(found) if is_report_name(item.external_id)]


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _report(system: System, said: dict[str, Any], from_file: Path | None, *, may_ask: bool) -> MissionReport:
    files = said.pop("files")
    given = {name: value for name, value in said.items() if value not in (None, ())}
    if files:
        given["attachments"] = tuple(a.model_dump() for a in attach(files))
    if from_file is not None:
        return _with(_read(from_file), given)
    if may_ask:
        given = asked(system.book(), given)
    try:
        return MissionReport.model_validate(given)
    except ValueError as wrong:
        raise ConfigError(_complaint(wrong)) from wrong


def _read(path: Path) -> MissionReport:
    report, problems = read_model(path, MissionReport)
    if report is None:
        raise CatalogError(problems)
    return report


def _with(report: MissionReport, given: dict[str, Any]) -> MissionReport:
    """The file's report with what the options say besides."""
    try:
        return MissionReport.model_validate({**report.model_dump(), **given})
    except ValueError as wrong:
        raise ConfigError(_complaint(wrong)) from wrong


def _complaint(wrong: ValueError) -> str:
    """What is missing or wrong, by the names of the options."""
    errors: list[Any] = getattr(wrong, "errors", list)()
    options = {"release_to": "--release", "materials": "--material", "attachments": "--attach"}
    lines = []
    for error in errors:
        name = str(error["loc"][0]) if error["loc"] else ""
        option = options.get(name, f"--{name}") if name else "the report"
        lines.append(f"{option}: {_in_words(error)}")
    return "; ".join(lines) or str(wrong)


def _in_words(error: Any) -> str:
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "missing":
        return "is needed"
    if kind.startswith("date"):
        return f"{str(error['input'])!r} is no day such as 2026-11-20"
    if kind in {"string_too_short", "string_too_long"}:
        bound = context.get("min_length", context.get("max_length"))
        return f"at {'least' if kind.endswith('short') else 'most'} {bound} characters, it has {len(error['input'])}"
    if kind == "string_pattern_mismatch":
        if error["loc"][0] == "materials":
            return f"{str(error['input'])!r} is no name of a material, such as gallium or rare_earths"
        return f"{str(error['input'])!r} is no country of ISO 3166 alpha-2, such as CN"
    if kind == "string_unicode":
        return "it is not UTF-8: write it in this terminal's letters, or into a file for --from-file"
    return str(error["msg"]).removeprefix("Value error, ")


def _desk_of(system: System, name: str) -> str:
    found = find_report(system, name)
    if found is None:
        raise EvidenceMissing(f"there is no report {name!r}")
    return found.source_id.removeprefix("mission-").rpartition("-")[0]


def _document(item: Any) -> dict[str, Any]:
    return {
        "id": item.external_id,
        "item": item.id,
        "source_id": item.source_id,
        "title": item.title,
        "country": item.country,
        "filed_at": item.occurred_at.isoformat(),
        "marking": item.marking.value if item.marking else None,
        "release_to": sorted(item.release_to or ()),
    }


def _print(filed: Filed, act: str, *, as_json: bool, alerts: list[str] | None = None) -> None:
    if as_json:
        print_json(
            SCHEMA,
            {"act": act, "report": _document(filed.item), "alerts": alerts or [], "notes": list(filed.notes)},
        )
        return
    marking = filed.item.marking.value if filed.item.marking else ""
    click.echo(
        f"{filed.name} {act}: TLP:{marking}, releasable to {', '.join(sorted(filed.item.release_to or ()))}"
    )
    click.echo(f"  {filed.item.title}")
    for note in filed.notes:
        click.echo(f"note: {note}", err=True)
    for key in alerts or ():
        click.echo(f"  the alert {key} rests on it: `warning alerts show {key}`")
