"""`warning feeds status`: a board of all sources, the worst first, or the history of one."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from itertools import groupby
from typing import Any

import click

from warning.app.compose import Trees, open_repository, system_clock, trees
from warning.app.elevating import bursts
from warning.app.source_board import TROUBLED, BoardRow, board, book_of, rules_without
from warning.app.watching import watches_now
from warning.catalog.source_fields import show_duration
from warning.catalog.source_overlays import load_catalogue
from warning.catalog.sources import SourceSpec
from warning.cli.output import clipped, print_json, print_table, wrapped
from warning.core.blindness import Sight, place_of_profile
from warning.core.list_memory import waits
from warning.core.page_checks import PageCheck
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.spans import roughly
from warning.core.spells import Spell, spells_of
from warning.errors import CatalogError
from warning.settings import load_settings
from warning.store.source_notices import SourceHistory

SCHEMA = "feeds/1"
WIDTH = 100
NAME_WIDTH = 36
MEANINGS = {
    "failing": "no document: no connection, an error, too slow or too large",
    "blocked": "a challenge, a captcha or a sign-in stands in the document's place",
    "drifted": "not what the catalogue declares: another format, or rows or fields out of bounds",
    "empty": "read, and holds no entries",
    "frozen": "answers, and has had nothing new for longer than its own rhythm",
    "moved": "the address has changed: `warning feeds check ID` proposes the new one",
    "partial": "some entries or pages could not be read; the rest is stored",
    "unconfigured": "the key is not set",
    "new": "in the catalogue, not polled yet",
    "ok": "read, and as expected",
    "disabled": "switched off in the catalogue",
}


@click.command("status", epilog="Exit codes: 0 all well, 1 a source is in trouble, 2 usage or configuration.")
@click.argument("source_id", required=False, metavar="[ID]")
@click.option(
    "--history", "days", is_flag=False, flag_value=90, type=int, help="With ID: so many days back [90]."
)
@click.option("--troubled", is_flag=True, help="Only sources that are in trouble.")
@click.option("--json", "as_json", is_flag=True, help="Print feeds/1 on stdout.")
def status_command(*, source_id: str | None, days: int | None, troubled: bool, as_json: bool) -> None:
    """Show how every source is doing, the worst first. Exit 1 when one is in trouble.

    With an ID: that source alone, and what it went through.

    \b
    Examples:
      warning feeds status
      warning feeds status --troubled --json
      warning feeds status cn-mofcom-policy --history 30
    """
    settings = load_settings()
    where = trees(settings)
    specs = load_catalogue(where.feeds, where.overlay)
    if source_id is not None and source_id not in {s.id for s in specs}:
        raise click.BadParameter(
            f"no source {source_id!r} in the catalogue{_near(source_id, specs)}", param_hint="ID"
        )
    book = _book(where)
    repository = open_repository(settings)
    try:
        now = system_clock()
        hurried = bursts(specs, watches_now(repository, book, now, answers=False)) if book else {}
        rows = [
            replace(row, burst=hurried.get(row.spec.id))
            for row in board(specs, repository.source_states(), settings.source_keys)
        ]
        held = {memory.source_id: waits(memory, now) for memory in repository.lists_waiting()}
        kept = SourceHistory(repository.engine)
        reports = kept.reports(source_id, now - timedelta(days=days or 90)) if source_id else ()
        pages = [check for check in repository.page_checks() if check.source_id == source_id]
    finally:
        repository.engine.dispose()
    sights = rules_without(book, rows, now) if book else None
    spells = spells_of(reports)
    shown = [r for r in rows if (r.is_troubled or not troubled) and source_id in {None, r.spec.id}]
    if as_json:
        sources = [_status(row, held.get(row.spec.id, ""), sights) for row in shown]
        history = (
            {"history": [_spell(spell) for spell in spells], "pages": _pages(pages)} if source_id else {}
        )
        print_json(SCHEMA, {"sources": sources, "rules": _rules(sights), **history})
    elif source_id:
        _print_one(shown[0], held.get(source_id, ""), sights, spells, now)
        _print_pages(pages)
    else:
        _print_board(shown, held, sights, now)
    judged = shown if source_id else rows
    sys.exit(int(any(row.is_troubled for row in judged)))


def _near(source_id: str, specs: Sequence[SourceSpec]) -> str:
    near = get_close_matches(source_id, [s.id for s in specs], n=3)
    return f"; near: {', '.join(near)}" if near else ""


def _book(where: Trees) -> Rulebook | None:
    """The rules, None while they cannot be read: the board is needed then as well."""
    try:
        return book_of(where, system_clock().date())
    except CatalogError:
        click.echo(
            "note: which rules are blind is not known: `warning rules check` says what is wrong", err=True
        )
        return None


def _group(row: BoardRow) -> str:
    if not row.spec.enabled:
        return "disabled"
    return "ok" if row.state.condition == "not_modified" else row.state.condition


def _print_board(
    rows: Sequence[BoardRow], held: Mapping[str, str], sights: Sequence[Sight] | None, now: datetime
) -> None:
    click.echo(_headline(rows, sights, now))
    ordered = sorted(rows, key=lambda r: (_group(r) == "disabled", rows.index(r)))
    for name, group in groupby(ordered, key=_group):
        members = list(group)
        click.echo(f"\n{name.upper()}  {len(members)} · {MEANINGS[name]}")
        for row in members:
            click.echo(_row(row, sights, now))
            note = "; ".join(filter(None, (row.state.cause, held.get(row.spec.id))))
            if note and (name in TROUBLED or held.get(row.spec.id)):
                for line in wrapped(note, WIDTH - 6)[:3]:
                    click.echo(f"      {line}")


def _headline(rows: Sequence[BoardRow], sights: Sequence[Sight] | None, now: datetime) -> str:
    counts = Counter(_group(row) for row in rows)
    told = f"{counted(len(rows), 'source')} at {now:%Y-%m-%d %H:%M} UTC: " + ", ".join(
        f"{n} {name}" for name, n in counts.items()
    )
    if sights is None:
        return told
    levels = Counter(s.level for s in sights)
    return "\n".join(
        wrapped(
            f"{told}. Of {counted(len(sights), 'rule')} {counted(levels['blind'], 'is', 'are')} blind, {levels['partly blind']} in part.",
            WIDTH,
        )
    )


def _row(row: BoardRow, sights: Sequence[Sight] | None, now: datetime) -> str:
    state = row.state
    # A document is new at its first reading also where it holds nothing.
    newest = state.newest_at or (state.last_new_at if state.items_seen else None)
    cells = [
        clipped(row.spec.id, NAME_WIDTH),
        f"for {_ago(state.since, now):>3}",
        f"newest {_ago(newest, now):>3}",
        f"next {_ahead(row.next_at, now):>3}" if row.spec.enabled else "",
    ]
    if state.condition == "unconfigured" and row.spec.enabled:
        cells.append(f"set {row.spec.key_setting}")
    if state.failures:
        cells.append(f"{state.failures} failed")
    if row.burst is not None and row.spec.burst is not None:
        paces = f"{show_duration(row.spec.burst)}, usually {show_duration(row.spec.every)}"
        cells.append(f"burst every {paces}, until {row.burst.until:%m-%d}")
    if state.left_out:
        cells.append(f"{len(state.left_out)} set aside")
    blind = _affected(row.spec.id, sights)
    if blind and row.is_troubled:
        cells.append(counted(blind, "rule sees", "rules see") + " less")
    return "  " + "  ".join(cells).rstrip()


def _affected(source_id: str, sights: Sequence[Sight] | None) -> int:
    return sum(any(d.source_id == source_id for d in s.dark) for s in sights or ())


def _print_one(
    row: BoardRow, held: str, sights: Sequence[Sight] | None, spells: Sequence[Spell], now: datetime
) -> None:
    state = row.state
    group = _group(row)
    click.echo(f"{row.spec.id}: {group} since {_moment(state.since)} · {MEANINGS[group]}")
    for line in wrapped("; ".join(filter(None, (state.cause, held))), WIDTH - 2):
        click.echo(f"  {line}")
    click.echo(f"  {row.spec.title}  {row.spec.url}")
    facts = (
        ("last read", _moment(state.last_success_at)),
        ("newest item", _moment(state.newest_at)),
        ("next attempt", _moment(row.next_at)),
        ("failures in a row", str(state.failures)),
        ("asked more often", _burst(row)),
        ("moved to", state.moved_to),
        ("came late last time", str(state.late_items or "")),
    )
    for name, value in facts:
        if value:
            click.echo(f"  {name:<20} {value}")
    for n, line in enumerate(state.left_out):
        for m, part in enumerate(wrapped(line, WIDTH - 23)):
            click.echo(f"  {'set aside, unread' if n == m == 0 else '':<20} {part}")
    rules = [s.rule_id for s in sights or () if _misses(s, row)]
    if rules:
        for line in wrapped(f"nobody else sees it for: {', '.join(rules)}", WIDTH - 2):
            click.echo(f"  {line}")
    if spells:
        click.echo("")
        print_table(
            ("since", "until", "lasted", "state", "cause"),
            (
                (_moment(s.since), _moment(s.until) or "lasts", roughly(s.lasted(now)), s.condition, clipped(s.cause, 44, pad=False))
                for s in reversed(spells)
            ),
        )  # fmt: skip


def _print_pages(pages: Sequence[PageCheck]) -> None:
    """The pages behind alerts on this source's documents: how many were looked at again, and which are not there."""
    if not pages:
        return
    last = max(check.checked_at for check in pages)
    click.echo(f"\n  {counted(len(pages), 'page')} behind alerts looked at again, last {_moment(last)}")
    for check in pages:
        if check.missing_since is not None:
            told = "taken back" if check.taken_back else "looked at again tomorrow"
            click.echo(f"    {check.answer} since {_moment(check.missing_since)}, {told}: {check.url}")


def _pages(pages: Sequence[PageCheck]) -> list[dict[str, Any]]:
    return [
        {
            "url": check.url,
            "answer": check.answer,
            "checked_at": check.checked_at.isoformat(),
            "missing_since": check.missing_since.isoformat() if check.missing_since else None,
            "taken_back": check.taken_back,
        }
        for check in pages
    ]


def _burst(row: BoardRow) -> str:
    if row.burst is None or row.spec.burst is None:
        return ""
    return (
        f"every {show_duration(row.spec.burst)} instead of {show_duration(row.spec.every)} until {row.burst.until},"
        f" for the watch of {row.burst.rule_id}"
    )


def _misses(one: Sight, row: BoardRow) -> bool:
    """Whether the rule is without any source where this one stands."""
    if not any(d.source_id == row.spec.id for d in one.dark):
        return False
    return one.is_blind or any(place == place_of_profile(row.spec.profile) for place, _ in one.dark_places)


def _status(row: BoardRow, held: str, sights: Sequence[Sight] | None) -> dict[str, Any]:
    state = row.state
    return {
        "id": row.spec.id,
        "enabled": row.spec.enabled,
        "condition": state.condition,
        "is_blind": state.is_blind,
        "cause": state.cause,
        "held_back": held,
        "since": _iso(state.since),
        "dark_since": _iso(state.dark_since),
        "last_attempt_at": _iso(state.last_attempt_at),
        "last_success_at": _iso(state.last_success_at),
        "last_new_at": _iso(state.last_new_at),
        "newest_at": _iso(state.newest_at),
        "next_due_at": _iso(row.next_at),
        "failures": state.failures,
        "entries_seen": state.items_seen,
        "burst": {"until": row.burst.until.isoformat(), "rule": row.burst.rule_id} if row.burst else None,
        "moved_to": state.moved_to,
        "late_items": state.late_items,
        "set_aside": list(state.left_out),
        "rules_affected": None if sights is None else _affected(row.spec.id, sights),
    }


def _rules(sights: Sequence[Sight] | None) -> dict[str, Any] | None:
    if sights is None:
        return None
    return dict(Counter(s.level for s in sights))


def _spell(spell: Spell) -> dict[str, Any]:
    return {
        "condition": spell.condition,
        "cause": spell.cause,
        "since": _iso(spell.since),
        "until": _iso(spell.until),
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _moment(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else ""


def _ago(when: datetime | None, now: datetime) -> str:
    return "-" if when is None else roughly(now - when)


def _ahead(when: datetime | None, now: datetime) -> str:
    return "due" if when is None or when <= now else roughly(when - now)
