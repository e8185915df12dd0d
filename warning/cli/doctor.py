"""`warning doctor`: every fault with its mend."""

from dataclasses import asdict

import click

from warning.app.doctor import examine
from warning.cli.output import print_json
from warning.settings import load_settings

MARKS = {"ok": "ok   ", "note": "note ", "fault": "FAULT"}


@click.command("doctor", epilog="Exit codes: 0 no fault, 1 a fault was found, 2 settings cannot be read.")
@click.option("--json", "as_json", is_flag=True, help="Print doctor/1 on stdout.")
def command(*, as_json: bool) -> None:
    """Look at home, rules, desks, channels, database, sources and deliveries; say the mend for each fault.

    \b
    Examples:
      warning doctor
      warning doctor --json
    """
    findings = examine(load_settings())
    if as_json:
        print_json("doctor/1", {"findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.state]} {finding.subject:<12} {finding.detail}")
            if finding.mend:
                click.echo(f"{'':19}mend: {finding.mend}")
    raise click.exceptions.Exit(int(any(finding.state == "fault" for finding in findings)))
