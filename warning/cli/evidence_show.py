"""`warning evidence show`: one stored item, the story it tells, and whether the press told it before."""

import click

from warning.app.compose import open_repository
from warning.app.showing_stories import explain_story, stories_shown
from warning.cli.output import print_json
from warning.core.evidence import Item
from warning.settings import load_settings
from warning.store.repository import Repository


@click.command("show")
@click.argument("evidence_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print evidence/1 on stdout.")
def show_command(*, evidence_id: str, as_json: bool) -> None:
    """Show one stored item and the story it tells: who else told it, and whether it is an old one told again.

    Stories are found among texts that a rule fired on.

    \b
    Examples:
      warning evidence show i-0123456789abcdef
      warning evidence show i-0123456789abcdef --json
    """
    repository = open_repository(load_settings())
    try:
        item = repository.find_item(evidence_id)
        if item is None:
            raise click.ClickException(
                f"no item {evidence_id} is stored; `warning alerts show` names the ids"
            )
        if as_json:
            print_json("evidence/1", _document(item, repository))
            return
        click.echo(
            f"{item.title}\n{item.source_id}, {item.kind}, {item.language}, known {item.known_at:%Y-%m-%d %H:%M}Z"
        )
        if item.url:
            click.echo(item.url)
        for line in (line for node in explain_story(evidence_id, repository) for line in node.lines()):
            click.echo(line)
    finally:
        repository.close()


def _document(item: Item, repository: Repository) -> dict[str, object]:
    found = repository.story_of(item.id)
    shown = (
        stories_shown(
            {s.exhibit.evidence_id: s.exhibit for s in repository.signals_of_story(found[0])}.values()
        )
        if found
        else []
    )
    return {
        "id": item.id,
        "source_id": item.source_id,
        "kind": item.kind,
        "language": item.language,
        "title": item.title,
        "url": item.url,
        "published_at": item.published_at.isoformat() if item.published_at else None,
        "known_at": item.known_at.isoformat(),
        "story": shown[0].document() if shown else None,
        "first_seen_at": found[1].isoformat() if found and found[1] else None,
    }
