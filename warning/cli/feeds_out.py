"""`warning feeds out`: a desk's own Atom feed with CAP 1.2 messages, as files."""

from pathlib import Path

import click

from warning.app.out_feed import whole_feed, write_feed
from warning.cli.alert_lookup import composed_system
from warning.cli.output import print_json
from warning.core.phrases import counted

SCHEMA = "feeds/1"


@click.command("out", epilog="Exit codes: 0 ok, 1 failure, 2 usage or configuration, 130 interrupted.")
@click.option("--desk", "desk_id", required=True, help="Whose feed.")
@click.option(
    "--out",
    "directory",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write.",
)
@click.option("--base-url", default="", help="Where the files will be served, ending in a slash.")
@click.option("--drill", is_flag=True, help="One message more, marked as an exercise.")
@click.option("--json", "as_json", is_flag=True, help=f"Print {SCHEMA} on stdout.")
def out_command(*, desk_id: str, directory: Path, base_url: str, drill: bool, as_json: bool) -> None:
    """Write what a desk was told in 90 days as an Atom feed of CAP 1.2 messages, as far as its feed may carry it.

    alerts.atom holds the newest; alerts-DAY.atom, one for each day gone by, what came before.

    \b
    Examples:
      warning feeds out --desk kr --out /srv/feeds/kr
      warning feeds out --desk jp --out out --drill --json
    """
    with composed_system(only_reads=True) as system:
        documents = whole_feed(system, desk_id, base_url=base_url, drill=drill)
    files = write_feed(documents, directory)
    if as_json:
        names = [str(path) for path in files]
        print_json(SCHEMA, {"desk": desk_id, "messages": len(documents.messages), "files": names})
    else:
        click.echo(f"{counted(len(documents.messages), 'message')} and alerts.atom in {directory}")
