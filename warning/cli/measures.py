"""`warning measures`: the register of legal acts behind the alerts."""

from datetime import date
from pathlib import Path
from typing import Any, get_args

import click

from warning.app.measure_register import lapsed_clauses, measures_in, suspended_clauses, turns_ahead
from warning.catalog.complaints import did_you_mean
from warning.catalog.load import load_measures
from warning.cli.output import print_json, print_table
from warning.cli.rules_options import DIRECTORY, chosen_trees, today
from warning.cli.rules_replay import day
from warning.core.measures import Measure, Standing
from warning.core.phrases import counted

SCHEMA = "measures/1"
STANDINGS = get_args(Standing)
NOT_CONFIRMED = "suspension lapsed, not confirmed"


@click.group(
    "measures", epilog="Exit codes: 0 ok, 2 no such measure, usage or configuration, 130 interrupted."
)
def command() -> None:
    """Read the register of legal acts: what is in force, suspended, ending, or a draft.

    It holds what the files under rules/measures say; `verified` tells whether number and dates were read in the
    sources named. Conduct without an act (a customs hold, a boycott) counts as in force for 180 days after a source last
    confirmed it.

    \b
    Examples:
      warning measures list --standing suspended
      warning measures list --standing suspension_lapsed      whether it was extended is to be checked
      warning measures list --standing not_confirmed          whether it goes on is to be checked
      warning measures calendar --days 90
    """


def _choice(function: Any) -> Any:
    function = click.option("--rules", type=DIRECTORY, help="Directory of rules.")(function)
    function = click.option("--json", "as_json", is_flag=True, help=f"Print {SCHEMA} on stdout.")(function)
    return click.option("--as-of", type=day, help="As of this day. Default: today in UTC.")(function)


@command.command("list")
@click.option("--standing", type=click.Choice(STANDINGS), help="Only those that stand so on the day.")
@click.option("--actor", help="Only this state's (ISO 3166 code).")
@click.option("--material", help="Only those on this material (its id).")
@_choice
def list_command(
    *, standing: Standing | None, actor: str | None, material: str | None, as_of: date | None, as_json: bool,
    rules: Path | None,
) -> None:  # fmt: skip
    """List the measures with where each stands, the latest announced first.

    \b
    Examples:
      warning measures list --standing in_force --actor CN
      warning measures list --material gallium --as-of 2025-01-01 --json
    """
    at = as_of or today()
    found = [
        m
        for m in measures_in(_register(rules), standing, at)
        if (actor is None or m.actor == actor) and (material is None or material in m.materials)
    ]
    if as_json:
        print_json(SCHEMA, {"as_of": at, "measures": [_document(m, at) for m in found]})
        return
    header = ("ID", "ANNOUNCED", "STANDS", "EFFECTIVE", "ENDS", "INSTRUMENT", "TITLE")
    print_table(header, [_row(m, at) for m in found])
    click.echo(f"{counted(len(found), 'measure')} as of {at}", err=True)


@command.command("show")
@click.argument("measure_id", metavar="MEASURE")
@_choice
def show_command(*, measure_id: str, as_of: date | None, as_json: bool, rules: Path | None) -> None:
    """Show one measure, by its id or its instrument, with its clauses and sources.

    \b
    Examples:
      warning measures show "MOFCOM-GACC 2023/23"
      warning measures show jp-2019-korea --json
    """
    register, at = _register(rules), as_of or today()
    found = next((m for m in register if measure_id in {m.id, m.instrument, *m.aliases}), None)
    if found is None:
        hint = did_you_mean(measure_id, [name for m in register for name in (m.id, m.instrument) if name])
        raise click.BadParameter(f"there is no measure {measure_id!r}. {hint}", param_hint="MEASURE")
    document = _document(found, at)
    if as_json:
        print_json(SCHEMA, {"as_of": at, "measure": document})
        return
    for key, value in document.items():
        for line in value if isinstance(value, list) else [value]:
            text = ", ".join(f"{k} {v}" for k, v in line.items() if v) if isinstance(line, dict) else line
            if text not in {None, ""}:
                click.echo(f"{key.replace('_', ' '):<16} {text}")


@command.command("calendar")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="How far ahead.")
@_choice
def calendar_command(*, days: int, as_of: date | None, as_json: bool, rules: Path | None) -> None:
    """List the days ahead on which a measure takes effect, ends, or its suspension does.

    \b
    Examples:
      warning measures calendar
      warning measures calendar --as-of 2026-08-25 --days 90 --json
    """
    at = as_of or today()
    turns = turns_ahead(_register(rules), at, days)
    if as_json:
        listed = [
            {"day": t.day, "what": t.what, "clause": t.clause or None, **_document(t.measure, at)}
            for t in turns
        ]
        print_json(SCHEMA, {"as_of": at, "days": days, "calendar": listed})
        return
    rows = [
        (t.day, t.what + (f" (clause {t.clause})" if t.clause else ""), t.measure.instrument, t.measure.title)
        for t in turns
    ]
    print_table(("DAY", "WHAT", "INSTRUMENT", "TITLE"), rows)
    click.echo(f"{counted(len(rows), 'date')} within {counted(days, 'day')} of {at}", err=True)


def _register(rules: Path | None) -> tuple[Measure, ...]:
    where = chosen_trees(rules, None, None)
    return load_measures(where.rules, where.overlay)


def _row(measure: Measure, at: date) -> tuple[object, ...]:
    return (
        measure.id,
        measure.announced or "?",
        _standing(measure, at),
        measure.effective or "?",
        measure.suspended_until or measure.expires or measure.comments_until or "",
        measure.instrument,
        measure.title + ("" if measure.verified else " (not verified)"),
    )


def _standing(measure: Measure, at: date) -> str:
    clauses = ((suspended_clauses(measure, at), "suspended"), (lapsed_clauses(measure, at), NOT_CONFIRMED))
    parts = [f"clause {', '.join(names)} {said}" for names, said in clauses if names]
    standing = measure.standing(at)
    seen = measure.confirmed(at)
    said = {"suspension_lapsed": NOT_CONFIRMED, "not_confirmed": f"informal, last confirmed {seen}"}
    return ", ".join([said.get(standing, standing), *parts])


def _document(measure: Measure, at: date) -> dict[str, Any]:
    seen = measure.confirmed(at)
    document = {"standing": measure.standing(at), **measure.model_dump(mode="json")}
    return document | {"last_confirmed": seen.isoformat() if seen else None}
