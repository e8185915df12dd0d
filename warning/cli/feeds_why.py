"""`warning feeds why`: why did we not get this?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click

from warning.app.compose import open_repository, system_clock, trees
from warning.app.why_missed import Answer, Carrier, why_missed
from warning.catalog.load import load_rulebook
from warning.catalog.source_overlays import load_catalogue
from warning.cli.output import clipped, print_json, wrapped
from warning.cli.rules_replay import day
from warning.settings import load_settings

SCHEMA = "feeds/1"
WIDTH = 100
SHOWN = 12


@click.command("why", epilog="Exit codes: 0 answered, 2 usage or configuration.")
@click.argument("wanted", metavar="URL|TEXT")
@click.option("--on", type=day, help="The day it was published (default: the last seven days).")
@click.option("--json", "as_json", is_flag=True, help="Print feeds/1 on stdout.")
def why_command(*, wanted: str, on: date | None, as_json: bool) -> None:
    """Say whether a document is stored and what came of it, else which sources should have carried it, and how they were.

    \b
    Examples:
      warning feeds why https://www.mofcom.gov.cn/zwgk/zcfb/art/2026/art_1.html --on 2026-11-18
      warning feeds why "商务部公告2026年第70号" --json
    """
    settings = load_settings()
    where = trees(settings)
    now = system_clock()
    book = load_rulebook(where.rules, where.feeds, where.overlay, today=now.date())
    repository = open_repository(settings)
    try:
        answer = why_missed(wanted, repository, load_catalogue(where.feeds, where.overlay), book, now, on=on)
    finally:
        repository.engine.dispose()
    if as_json:
        print_json(SCHEMA, {"why": _document(answer)})
    else:
        _print(answer)


def _print(answer: Answer) -> None:
    for line in wrapped(f"{answer.because[0].upper()}{answer.because[1:]}.", WIDTH):
        click.echo(line)
    for found in answer.stored:
        click.echo(
            f"  {found.source_id}  {found.known_at:%Y-%m-%d %H:%M}  {clipped(found.title, 56, pad=False)}"
        )
        for key in found.alerts:
            click.echo(f"      warning alerts show {key}")
        if not found.rules:
            click.echo(f"      warning rules explain RULE --id {found.id}")
    if answer.stored:
        return
    click.echo(
        f"\nSources that should carry it, {answer.since:%Y-%m-%d %H:%M} to {answer.until:%Y-%m-%d %H:%M} UTC:"
    )
    ordered = sorted(answer.carriers, key=_rank)
    _print_carriers(ordered)
    _print_rules(answer)
    blind = next((c for c in ordered if c.verdict == "was blind"), None)
    if blind is not None:
        click.echo(f"Try the mend: warning feeds check {blind.source_id}")


def _print_carriers(ordered: Sequence[Carrier]) -> None:
    for carrier in ordered[:SHOWN]:
        read = f"last read {carrier.last_read_at:%m-%d %H:%M}" if carrier.last_read_at else "never read"
        click.echo(
            f"  {clipped(carrier.source_id, 40)}  {carrier.relation:<12}  {carrier.verdict:<14}  {read}"
        )
        for spell in carrier.spells:
            until = f"{spell.until:%m-%d %H:%M}" if spell.until else "now"
            told = f"{spell.since:%m-%d %H:%M} to {until}: {spell.condition}: {spell.cause}"
            for line in wrapped(told, WIDTH - 6)[:2]:
                click.echo(f"      {line}")
    if len(ordered) > SHOWN:
        click.echo(f"  and {len(ordered) - SHOWN} more: --json names all")
    if not ordered:
        click.echo("  none")


def _print_rules(answer: Answer) -> None:
    if answer.rules:
        for line in wrapped(f"Rules that fire on such a text: {', '.join(answer.rules)}", WIDTH):
            click.echo(line)
    elif answer.language:
        click.echo("No rule fires on such a text: it would have reached nobody (warning rules explain).")


def _rank(carrier: Carrier) -> tuple[int, int, str]:
    relations = ("same site", "query for it", "same place")
    verdicts = ("was blind", "was not polled", "has no key", "was read")
    return relations.index(carrier.relation), verdicts.index(carrier.verdict), carrier.source_id


def _document(answer: Answer) -> dict[str, Any]:
    return {
        "wanted": answer.wanted,
        "because": answer.because,
        "since": _iso(answer.since),
        "until": _iso(answer.until),
        "stored": [
            {
                "id": f.id, "source": f.source_id, "title": f.title, "url": f.url, "known_at": _iso(f.known_at),
                "published_at": _iso(f.published_at), "rules": list(f.rules), "alerts": list(f.alerts),
            }
            for f in answer.stored
        ],
        "carriers": [
            {
                "source": c.source_id, "relation": c.relation, "verdict": c.verdict, "last_read_at": _iso(c.last_read_at),
                "spells": [
                    {"condition": s.condition, "cause": s.cause, "since": _iso(s.since), "until": _iso(s.until)}
                    for s in c.spells
                ],
            }
            for c in answer.carriers
        ],
        "rules": list(answer.rules),
        "language": answer.language,
        "materials": list(answer.materials),
        "set_aside": [{"source": name, "line": line} for name, line in answer.set_aside],
    }  # fmt: skip


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
