"""`warning rules`: list, check, test, explain, eval, backtest, schema, stats."""

import click

from warning.cli.main import EXIT_CODES, imported

# The module of each command and its name there: one is imported when it is asked for, as nouns are.
COMMANDS = {
    "list": ("rules_list", "list_rules"),
    "check": ("rules_check", "check"),
    "test": ("rules_test", "test"),
    "explain": ("rules_why", "explain"),
    "eval": ("rules_replay", "evaluate"),
    "backtest": ("rules_replay", "backtest"),
    "preview": ("rules_preview", "preview_rule"),
    "fmt": ("rules_fmt", "fmt"),
    "schema": ("rules_check", "schema"),
    "stats": ("rules_why", "stats"),
    "watches": ("rules_watches", "watches"),
}


class RulesGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        found = getattr(imported(f"warning.cli.{module}"), name)
        assert isinstance(found, click.Command)
        found.epilog = found.epilog or EXIT_CODES
        return found


@click.group(
    "rules", cls=RulesGroup, epilog="Exit codes: 0 ok, 1 findings or failure, 2 usage or configuration."
)
def command() -> None:
    """Write rules, and know what they do before they do it.

    \b
    Examples:
      warning rules check                               every mistake with file, line and column
      warning rules test                                every rule's own examples
      warning rules eval --evidence items.jsonl         what fires on each record
      warning rules backtest --evidence history.jsonl.zst --from 2023-01-01
    """
