"""`warning silence`: what a desk asks not to be interrupted by, for a while."""

from datetime import datetime
from typing import Any

import click

from warning.app.silencing import Wish, make_silence
from warning.cli.alert_lookup import composed_system
from warning.cli.instants import Instant
from warning.cli.output import print_json, print_table
from warning.core.silences import Silence
from warning.core.vocabulary import Severity

SCHEMA = "silences/1"
LEVELS = [level.value for level in Severity if level != Severity.UNKNOWN]


@click.group(
    "silence", epilog="Exit codes: 0 ok, 1 no such silence, 2 usage or configuration, 130 interrupted."
)
def command() -> None:
    """Ask for silence, for one desk and a while. A rise in severity breaks it.

    \b
    Examples:
      warning silence add --match rule=context-materials --desk kr --by "J. Kim" --reason "fair" --until 3d
      warning silence list --desk kr
    """


@command.command("add")
@click.option(
    "--match",
    "matches",
    multiple=True,
    required=True,
    help="rule=, material=, act=, country= or key=. Different fields must all match; of one field any value.",
)
@click.option("--desk", "desk_id", required=True, help="The desk that asks; no other is silenced.")
@click.option("--by", "actor", required=True, help="Who asks.")
@click.option("--reason", required=True, help="Why; every alert withheld names it.")
@click.option("--until", type=Instant(), required=True, help="At most 90 days ahead.")
@click.option(
    "--severity",
    type=click.Choice(LEVELS),
    help="The highest level to withhold. Default: the highest that matching open alerts have for the desk.",
)
@click.option("--mute", is_flag=True, help="Withhold even what rises above that. Asked for on purpose only.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def add_command(*, as_json: bool, severity: str | None, **said: Any) -> None:
    """Withhold what matches from one desk; the alerts are kept and shown, nobody is interrupted.

    \b
    Examples:
      warning silence add --match rule=price-tungsten --desk kr --by "J. Kim" --reason "fair" --until 3d
      warning silence add --match material=urea --match country=KR --desk kr --by "J. Kim" --reason "known" --until 2026-12-01
    """
    with composed_system(only_reads=True) as system:
        wish = Wish(severity=None if severity is None else Severity(severity), **said)
        silence = make_silence(system.repository, system.book(), wish, system.clock)
    if as_json:
        print_json(SCHEMA, {"silence": _document(silence, system.clock())})
        return
    click.echo(f"{silence.id}: {_withholds(silence)} for {silence.desk_id} until {_minute(silence.until)}")


@command.command("list")
@click.option("--desk", "desk_id", help="Only this desk's.")
@click.option("--all", "also_over", is_flag=True, help="Those that are over too.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def list_command(*, desk_id: str | None, also_over: bool, as_json: bool) -> None:
    """List silences in force.

    \b
    Examples:
      warning silence list --desk kr
      warning silence list --all --json
    """
    with composed_system(only_reads=True) as system:
        now = system.clock()
        found = [
            silence
            for silence in system.repository.silences()
            if desk_id in {None, silence.desk_id} and (also_over or silence.is_active(now))
        ]
    if as_json:
        print_json(SCHEMA, {"silences": [_document(silence, now) for silence in found]})
        return
    print_table(
        ("id", "desk", "withholds", "until", "by", "reason"),
        [(s.id, s.desk_id, _withholds(s), _minute(s.until), s.actor, s.reason) for s in found],
    )


@command.command("expire")
@click.argument("silence_id", metavar="ID")
@click.option("--by", "actor", required=True, help="Who ends it.")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def expire_command(*, silence_id: str, actor: str, as_json: bool) -> None:
    """End a silence now.

    \b
    Examples:
      warning silence expire s-0123456789abcdef --by "J. Kim"
      warning silence expire s-0123456789abcdef --by "J. Kim" --json
    """
    with composed_system(only_reads=True) as system:
        now = system.clock()
        ended = system.repository.expire_silence(silence_id, at=now, actor=actor)
    if as_json:
        print_json(SCHEMA, {"silence": _document(ended, now)})
    else:
        click.echo(f"{ended.id} ended")


def _document(silence: Silence, now: datetime) -> dict[str, Any]:
    return {
        "id": silence.id,
        "desk": silence.desk_id,
        "match": [str(matcher) for matcher in silence.matchers],
        "severity": silence.severity.value,
        "mute": silence.mute,
        "by": silence.actor,
        "reason": silence.reason,
        "created_at": silence.created_at.isoformat(),
        "until": silence.until.isoformat(),
        "expired_at": silence.expired_at.isoformat() if silence.expired_at else None,
        "expired_by": silence.expired_by,
        "active": silence.is_active(now),
    }


def _withholds(silence: Silence) -> str:
    level = "everything" if silence.mute else f"up to {silence.severity.value}"
    return f"{level} with {', '.join(map(str, silence.matchers))}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
