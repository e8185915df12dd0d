"""`warning alerts share`: give an alert to another desk, as far as it may see it."""

import click

from warning.app.sharing import Shared, confirm_share, share_alert, waiting_shares
from warning.cli.alert_lookup import composed_system, versions_named
from warning.cli.output import print_json, print_table
from warning.core.phrases import counted
from warning.core.shares import Share

SCHEMA = "alerts/1"


@click.command(
    "share", epilog="Exit codes: 0 ok, 1 no such alert or refused, 2 usage or configuration, 130 interrupted."
)
@click.argument("key", required=False)
@click.option("--from", "giver", help="The desk that shares.")
@click.option("--to", "taker", help="The desk it is shared with.")
@click.option("--by", "actor", help="Who asks for it, or confirms it.")
@click.option("--reason", default="", help="Why; kept in the audit log.")
@click.option("--confirm", is_flag=True, help="Confirm what somebody else asked for (above TLP:GREEN).")
@click.option("--json", "as_json", is_flag=True, help=f"One {SCHEMA} document.")
def share(
    *,
    key: str | None,
    giver: str | None,
    taker: str | None,
    actor: str | None,
    reason: str,
    confirm: bool,
    as_json: bool,
) -> None:
    """Give an alert to another desk; without KEY, list what waits for a second person.

    The other desk gets what it may see, and nothing else; above TLP:GREEN a second person confirms within a day.

    \b
    Examples:
      warning alerts share a-0123456789abcdef --from kr --to jp --by "J. Kim" --reason "they hold stocks"
      warning alerts share a-0123456789abcdef --to jp --by "S. Park" --confirm
    """
    if key is None:
        _list(as_json=as_json)
        return
    if taker is None or actor is None or (giver is None and not confirm):
        raise click.UsageError(
            "say with which desk (--to), by whom (--by) and, unless --confirm, from which (--from)"
        )
    with composed_system(only_reads=True) as system:
        found = versions_named(system, key)[-1].key
        if confirm:
            done = confirm_share(system, found, taker=taker, person=actor)
        else:
            done = share_alert(system, found, giver=str(giver), taker=taker, actor=actor, reason=reason)
    if as_json:
        print_json(SCHEMA, {"share": _document(done.share), "owed": done.owed})
    else:
        click.echo(_sentence(done))


def _list(*, as_json: bool) -> None:
    with composed_system(only_reads=True) as system:
        waiting = waiting_shares(system)
    if as_json:
        print_json(SCHEMA, {"waiting": [_document(one) for one in waiting]})
        return
    rows = [
        (s.alert_key, s.alert_version, s.from_desk, s.to_desk, f"TLP:{s.marking.value}", s.actor, s.reason)
        for s in waiting
    ]
    print_table(("key", "v", "from", "to", "marking", "asked by", "reason"), rows)


def _sentence(done: Shared) -> str:
    asked = done.share
    what = f"version {asked.alert_version} of {asked.alert_key} (TLP:{asked.marking.value})"
    if asked.shared_at is None:
        return f"{what} waits for a second person: `warning alerts share {asked.alert_key} --to {asked.to_desk} --confirm`"
    return (
        f"{what} is shared with {asked.to_desk}; {counted(done.owed, 'delivery is', 'deliveries are')} owed"
    )


def _document(asked: Share) -> dict[str, object]:
    return {
        "alert": asked.alert_key,
        "version": asked.alert_version,
        "from": asked.from_desk,
        "to": asked.to_desk,
        "marking": asked.marking.value,
        "asked_by": asked.actor,
        "asked_at": asked.asked_at.isoformat(),
        "reason": asked.reason,
        "confirmed_by": asked.confirmed_by,
        "shared_at": asked.shared_at.isoformat() if asked.shared_at else None,
    }
