"""`warning coverage`: where we would hear, where it is quiet, where we are blind, and where nobody looks."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import click

from warning.app.compose import open_repository, system_clock, trees
from warning.app.covering import Covered, covered_now
from warning.catalog.complaints import did_you_mean
from warning.cli.coverage_document import coverage_document
from warning.cli.output import clipped, print_json, wrapped
from warning.core.blind_stretches import past_stretches
from warning.core.blindness import Level, Sight, place_name, told_together
from warning.core.coverage import KINDS, Cell, material_words, materials_called, top_of
from warning.core.phrases import counted
from warning.core.series.select import material_id
from warning.core.spans import roughly
from warning.settings import load_settings

SCHEMA = "coverage/1"
WIDTH = 100
LABEL_WIDTH = 34
MOST_COUNTRIES = (WIDTH - LABEL_WIDTH - 2) // 4
MARKS = {"covered": "#", "quiet": ".", "blind": "X", "uncovered": " "}
UNREAD = "not read yet"
SHOWN_BLIND = 12
LEVELS: dict[Level, str] = {
    "blind": "blind",
    "partly blind": "partly blind",
    "never read": "never read",
    "has no source": "without any source",
    "sees": "see",
    "needs no source": "need none",
}


@click.command(
    "coverage", epilog="Exit codes: 0 nothing is blind, 1 a cell or a rule is, 2 usage or configuration."
)
@click.option(
    "--material",
    help="Only this material, with the sources of each cell: its id, or a name of it in any of the four languages.",
)
@click.option("--country", help="Only this country: ISO 3166 code, EU or WLD.")
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind of source.")
@click.option(
    "--days",
    default=7,
    show_default=True,
    type=click.IntRange(1, 400),
    help="Evidence this young covers a cell.",
)
@click.option(
    "--rules", "show_rules", is_flag=True, help="What every blind or partly blind rule does not see."
)
@click.option("--json", "as_json", is_flag=True, help=f"Print {SCHEMA} on stdout.")
def command(
    *, material: str | None, country: str | None, kind: str | None, days: int, show_rules: bool, as_json: bool
) -> None:
    """Show the coverage by material, country and kind of source. Blind is not quiet.

    A cell is covered when evidence about the material came within --days, quiet when its sources are read and
    brought none, blind when every source that looks there is dark, not read yet while none of them has answered (new, or
    without its key), and uncovered when none looks there.

    \b
    Examples:
      warning coverage
      warning coverage --material gallium
      warning coverage --rules
    """
    settings = load_settings()
    repository = open_repository(settings)
    try:
        found = covered_now(repository, trees(settings), system_clock(), window=timedelta(days=days))
    finally:
        repository.engine.dispose()
    asked, material = material, _counted_as(found, material)
    cells = _chosen(found, material, country, kind)
    if asked is not None and material is not None and material_id(asked) != material:
        click.echo(f"{asked} is counted under {material}", err=as_json)
    if as_json:
        print_json(SCHEMA, coverage_document(found, cells))
    elif show_rules:
        _print_rules(found)
    elif material:
        _print_material(cells)
        _print_seen_again(found, cells)
    else:
        _print_matrix(found, cells)
    blind = any(c.state == "blind" for c in cells) or any(s.is_blind for s in found.sights)
    sys.exit(int(blind))


def _counted_as(found: Covered, written: str | None) -> str | None:
    """Return the material of the matrix that is meant by an id or a name. Raises BadParameter with the nearest."""
    if written is None:
        return None
    terms = found.book.terms
    called = materials_called(written, terms)
    tops = sorted({top_of(name, terms) for name in called})
    known = {cell.material for cell in found.cells}
    if len(tops) == 1 and tops[0] in known:
        return tops[0]
    if called:
        parts = ", ".join(name for name in tops if name in known)
        said = f"{written!r} is a name for several materials; ask for one" + (f": {parts}" if parts else "")
    else:
        hint = did_you_mean(written, material_words(terms))
        said = f"no material is called {written!r}; {hint or 'rules/terms/materials.yaml lists them'}"
    raise click.BadParameter(said, param_hint="--material")


def _chosen(found: Covered, material: str | None, country: str | None, kind: str | None) -> list[Cell]:
    countries = {cell.country for cell in found.cells}
    if country is not None and country.upper() not in countries:
        raise click.BadParameter(
            f"no source of the catalogue is of {country.upper()!r}; countries: {', '.join(sorted(countries))}",
            param_hint="--country",
        )
    chosen = [
        c
        for c in found.cells
        if material in {None, c.material}
        and (country is None or c.country == country.upper())
        and kind in {None, c.kind}
    ]
    if kind is not None and not chosen:
        of = f" of {country.upper()}" if country else ""
        kinds = sorted({c.kind for c in found.cells if country is None or c.country == country.upper()})
        raise click.BadParameter(
            f"no source of the catalogue is of the kind {kind}{of}; kinds{of}: {', '.join(kinds)}",
            param_hint="--kind",
        )
    return chosen


def _print_matrix(found: Covered, cells: Sequence[Cell]) -> None:
    counts = Counter(map(_state, cells))
    told = ", ".join(
        f"{counted(counts[state], 'cell')} {state}" for state in (*MARKS, UNREAD) if counts[state]
    )
    days = counted(found.window.days, "day")
    headline = f"Coverage at {found.at:%Y-%m-%d %H:%M} UTC, evidence of {days}: {told}"
    for line in wrapped(headline, WIDTH):
        click.echo(line)
    click.echo(
        "# covered  . quiet: read, nothing on it  X blind: cannot see  ? not read yet  (blank) nobody looks"
    )
    for kind in KINDS:
        of_kind = [c for c in cells if c.kind == kind]
        if of_kind:
            _print_kind(kind, of_kind)
    _print_blind(cells, found.at)
    _print_seen_again(found, cells)
    levels = Counter(s.level for s in found.sights)
    told = ", ".join(f"{levels[level]} {words}" for level, words in LEVELS.items())
    click.echo()
    for line in wrapped(
        f"{counted(len(found.sights), 'rule')}: {told}; warning coverage --rules names them", WIDTH
    ):
        click.echo(line)


def _print_kind(kind: str, cells: Sequence[Cell]) -> None:
    """One line for all materials that look alike, so that what differs is seen; as many countries as fit a line."""
    countries = sorted({c.country for c in cells})
    for start in range(0, len(countries), MOST_COUNTRIES):
        shown = countries[start : start + MOST_COUNTRIES]
        _print_block(kind, shown, [c for c in cells if c.country in shown])


def _print_block(kind: str, countries: Sequence[str], cells: Sequence[Cell]) -> None:
    rows: dict[str, dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        rows[cell.material][cell.country] = cell
    alike: dict[str, list[str]] = defaultdict(list)
    for name, row in rows.items():
        alike[" ".join(f"{_mark(row[c]):<3}" for c in countries)].append(name)
    click.echo(f"\n{kind.upper():<{LABEL_WIDTH}}  " + " ".join(f"{c:<3}" for c in countries).rstrip())
    for marks, names in sorted(alike.items(), key=lambda one: (-one[0].count("#"), -len(one[1]))):
        label = ", ".join(names)
        if len(names) == len(rows):
            label = "the one material" if len(names) == 1 else f"all {len(names)} materials"
        elif len(names) > 3:
            label = f"{counted(len(names), 'other')}: {label}"
        click.echo(f"{clipped(label, LABEL_WIDTH)}  {marks}".rstrip())


def _mark(cell: Cell) -> str:
    return "?" if _state(cell) == UNREAD else MARKS[cell.state]


def _state(cell: Cell) -> str:
    """A place that sources look at and none has read yet is not one at which nobody looks."""
    return UNREAD if cell.state == "uncovered" and cell.sources else cell.state


def _print_blind(cells: Iterable[Cell], now: datetime) -> None:
    """Each blind place once, however many materials it is blind for."""
    places: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.state == "blind":
            places[cell.country, cell.kind].append(cell)
    if not places:
        return
    click.echo("\nBLIND")
    for (country, kind), blind in sorted(places.items())[:SHOWN_BLIND]:
        since = max(c.since for c in blind if c.since is not None)
        what = "every material" if len(blind) > 8 else ", ".join(c.material for c in blind)
        for n, line in enumerate(
            wrapped(f"{kind} of {country} for {roughly(now - since)}: {what}", WIDTH - 4)
        ):
            click.echo(("  " if n == 0 else "    ") + line)
        for line in wrapped(max((c.because for c in blind), key=len), WIDTH - 6)[:4]:
            click.echo(f"      {line}")


def _print_seen_again(found: Covered, cells: Sequence[Cell]) -> None:
    """Places that were blind within the window, until they were seen again: what is quiet there was not quiet all the time."""
    stretches = sorted(past_stretches(found.stretches, cells), key=lambda one: -one.lasted)
    if not stretches:
        return
    click.echo(f"\nNOT SEEN FOR A PART OF THE {found.window.days} DAYS")
    for one in stretches[:SHOWN_BLIND]:
        first, last = one.spans[0][0], one.spans[-1][1]
        parts = f" in {len(one.spans)} parts" if len(one.spans) > 1 else ""
        what = "every material" if len(one.materials) > 8 else ", ".join(one.materials)
        line = (
            f"{one.kind} of {one.country} for {roughly(one.lasted)}{parts}, {first:%m-%d %H:%M} to "
            f"{last:%m-%d %H:%M}: {what}"
        )
        for n, part in enumerate(wrapped(line, WIDTH - 4)):
            click.echo(("  " if n == 0 else "    ") + part)
        for part in wrapped(one.because, WIDTH - 6)[:4]:
            click.echo(f"      {part}")
    more = len(stretches) - SHOWN_BLIND
    if more > 0:
        click.echo(f"  and {more} more: warning coverage --json")


def _print_material(cells: Sequence[Cell]) -> None:
    for cell in sorted(cells, key=lambda c: (KINDS.index(c.kind), c.country)):
        if cell.state == "uncovered" and not cell.sources:
            continue
        dark = {d.source_id for d in cell.dark}
        seeing = [name for name in cell.sources if name not in dark]
        click.echo(
            f"{cell.kind:<11} {cell.country:<4} {_state(cell):<12} {cell.evidence or '':>5}  {_read_by(cell, seeing)}"
        )
        for one in told_together(cell.dark):
            for n, line in enumerate(wrapped(one, WIDTH - 8)):
                click.echo(("      ! " if n == 0 else "        ") + line)
    holes = sorted({f"{c.kind} of {c.country}" for c in cells if not c.sources})
    if holes:
        for line in wrapped(f"nobody looks at: {', '.join(holes)}", WIDTH):
            click.echo(line)


def _read_by(cell: Cell, seeing: Sequence[str]) -> str:
    if _state(cell) == UNREAD:
        return clipped(
            f"waits for a first answer of {counted(len(cell.sources), 'source')}", WIDTH - 38, pad=False
        )
    more = f" and {len(seeing) - 2} more" if len(seeing) > 2 else ""
    return clipped(", ".join(seeing[:2]) + more, WIDTH - 38, pad=False) if seeing else "no source that sees"


def _print_rules(found: Covered) -> None:
    """Rules that miss the same are named together: they will see again together."""
    for level in ("blind", "partly blind", "never read", "has no source"):
        members = [s for s in found.sights if s.level == level]
        if not members:
            continue
        click.echo(f"{level.upper()}  {len(members)}")
        alike: dict[tuple[datetime | None, str], list[str]] = defaultdict(list)
        for one in members:
            alike[one.since, _what(one)].append(one.rule_id)
        for (since, what), names in sorted(alike.items(), key=lambda a: (-len(a[1]), a[1])):
            began = f"since {since:%Y-%m-%d %H:%M}" if since else "from the start"
            for n, line in enumerate(wrapped(f"{began}: {what}", WIDTH - 4)[:6]):
                click.echo(("  " if n == 0 else "    ") + line)
            for line in wrapped(", ".join(names), WIDTH - 6):
                click.echo(f"      {line}")


def _what(one: Sight) -> str:
    if one.dark_places and one.level == "partly blind":
        return "nobody sees " + ", ".join(place_name(place) for place, since in one.dark_places if since)
    return "; ".join(told_together(one.dark)) or "no source of the catalogue brings what it asks for"
