"""Every command says by example how it is called, and how it ends."""

from collections.abc import Iterator

import click
import pytest

from warning.cli.main import cli


def commands(
    command: click.Command, name: str, above: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """The full name and the help of a command and of all below it."""
    context = click.Context(command, info_name=name, parent=above, max_content_width=200)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from commands(found, below, context)


HELP = dict(commands(cli, "warning"))


@pytest.mark.parametrize("name", sorted(HELP))
def test_help_gives_two_examples_of_the_command(name: str):
    _, _, after = HELP[name].partition("Examples:\n")
    examples = [line for line in after.partition("\n\n")[0].splitlines() if name in line]
    assert len(examples) >= 2


@pytest.mark.parametrize("name", sorted(HELP))
def test_help_says_how_the_command_ends(name: str):
    assert "Exit codes: 0 " in HELP[name]


def test_every_noun_is_among_the_commands():
    assert {"warning rules check", "warning alerts close", "warning db backup"} <= set(HELP)
    assert len(HELP) > 50
