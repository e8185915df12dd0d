"""`warning evidence withdraw|restore`: a page was forged, retracted or taken for another; or it stands after all."""

import click

from warning.app.taking_back import TakenBack, take_back
from warning.cli.alert_lookup import composed_system
from warning.cli.output import print_json
from warning.core.withdrawals import WithdrawalAction

EXIT_CODES = "Exit codes: 0 ok, 1 no such evidence, 2 usage or configuration, 130 interrupted."


@click.command("withdraw", epilog=EXIT_CODES)
@click.argument("evidence_id")
@click.option("--by", "actor", required=True, help="Who takes it back.")
@click.option("--reason", required=True, help="Why; the desks that were told read it.")
@click.option("--json", "as_json", is_flag=True, help="Print evidence/1 on stdout.")
def withdraw(*, evidence_id: str, actor: str, reason: str, as_json: bool) -> None:
    """Take a piece of evidence back, in every alert that rests on it.

    EVIDENCE_ID is what `warning alerts show KEY --json` calls evidence_id. The next round tells exactly the
    desks and addresses that got the alert: a correction where other evidence still carries it, else a cancel.

    \b
    Examples:
      warning evidence withdraw i-0123456789abcdef --by "J. Kim" --reason "the page was forged"
      warning evidence withdraw i-0123456789abcdef --by "J. Kim" --reason "taken down by the ministry" --json
    """
    _done(_take_back("withdrawn", evidence_id, actor, reason), as_json=as_json)


@click.command("restore", epilog=EXIT_CODES)
@click.argument("evidence_id")
@click.option("--by", "actor", required=True, help="Who lets it stand again.")
@click.option("--reason", required=True, help="Why; kept in the audit log.")
@click.option("--json", "as_json", is_flag=True, help="Print evidence/1 on stdout.")
def restore(*, evidence_id: str, actor: str, reason: str, as_json: bool) -> None:
    """Let a piece of evidence stand again that was taken back.

    \b
    Examples:
      warning evidence restore i-0123456789abcdef --by "J. Kim" --reason "the ministry confirmed it"
      warning evidence restore i-0123456789abcdef --by "J. Kim" --reason "it was another page" --json
    """
    _done(_take_back("restored", evidence_id, actor, reason), as_json=as_json)


def _take_back(action: WithdrawalAction, evidence_id: str, actor: str, reason: str) -> TakenBack:
    with composed_system() as system:
        return take_back(system, evidence_id, action, actor=actor, reason=reason)


def _done(done: TakenBack, *, as_json: bool) -> None:
    act = done.act
    if as_json:
        concerned = [{"alert": one.alert.key, "evidence_left": one.left} for one in done.affected]
        print_json("evidence/1", {"action": act.action, "evidence": act.evidence_id, "alerts": concerned})
        return
    click.echo(f"{act.evidence_id} is {act.action}; the next round (`warning run`) tells who was told")
    for one in done.affected:
        left = f"evidence that still stands: {one.left}" if one.left else "nothing stands: it is cancelled"
        click.echo(f"  {one.alert.key} {one.alert.title}: {left}")
    if not done.affected:
        click.echo("  no alert rests on it")
