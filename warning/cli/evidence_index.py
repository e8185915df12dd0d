"""`warning evidence index`: the history of this installation, kept so that an edited rule is previewed over it."""

from contextlib import closing

import click

from warning.app.compose import open_repository, system_clock, trees
from warning.app.keeping_history import keep_history
from warning.app.kept_history import history_directory, kept_history
from warning.catalog.load import load_rulebook
from warning.cli.output import print_json
from warning.settings import load_settings


@click.command("index")
@click.option("--json", "as_json", is_flag=True, help="Print evidence/1 on stdout.")
def index_command(*, as_json: bool) -> None:
    """Keep the items of the store as indexed files, so that `warning rules preview` answers over them at once.

    The first time every month is written and indexed, which takes a while; after that only months in which something
    came or changed. A running service does the same once a day from then on. The files stand under `history` in the
    home, hold what the store holds, and may be deleted.

    \b
    Examples:
      warning evidence index
      warning evidence index --json
    """
    settings, now = load_settings(), system_clock()
    where = trees(settings)
    book = load_rulebook(where.rules, where.feeds, where.overlay, today=now.date())
    directory = history_directory(settings.home)
    with closing(open_repository(settings)) as repository:
        written = keep_history(repository, directory, book, now)
    kept = kept_history(directory)
    assert kept is not None
    if as_json:
        print_json(
            "evidence/1",
            {"files": [str(path) for path in kept.paths], "items": kept.items, "written": written},
        )
        return
    click.echo(f"{kept.sentence}; {len(written)} written anew")
