"""`warning init`: make an operator's own directory."""

from pathlib import Path

import click

from warning.app.starting import start_directory
from warning.cli.output import program


@click.command("init", epilog="Exit codes: 0 made, 2 something is there already.")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def command(*, directory: Path) -> None:
    """Make DIR with settings, desks and tuning of your own, all commented; nothing is overwritten.

    \b
    Examples:
      warning init ews            the directory that `warning run` looks for
      warning init /srv/ews       for a service; then set WARNING_HOME=/srv/ews
    """
    for path in start_directory(directory):
        click.echo(path)
    click.echo(
        f"Now: write your own addresses into {directory / 'overlay' / 'desks'}, "
        f"then WARNING_HOME={directory} {program()} desks check",
        err=True,
    )
