"""`warning rules`: list, check, test, explain, eval, backtest, schema, stats."""

import click

from warning.cli.rules_check import check, schema
from warning.cli.rules_fmt import fmt
from warning.cli.rules_list import list_rules
from warning.cli.rules_preview import preview_rule
from warning.cli.rules_replay import backtest, evaluate
from warning.cli.rules_test import test
from warning.cli.rules_watches import watches
from warning.cli.rules_why import explain, stats


@click.group("rules", epilog="Exit codes: 0 ok, 1 findings or failure, 2 usage or configuration.")
def command() -> None:
    """Write rules, and know what they do before they do it.

    \b
    Examples:
      warning rules check                               every mistake with file, line and column
      warning rules test                                every rule's own examples
      warning rules eval --evidence items.jsonl         what fires on each record
      warning rules backtest --evidence history.jsonl.zst --from 2023-01-01
    """


for subcommand in (
    list_rules,
    check,
    test,
    explain,
    evaluate,
    backtest,
    preview_rule,
    fmt,
    schema,
    stats,
    watches,
):
    command.add_command(subcommand)
