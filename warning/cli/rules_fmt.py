"""`warning rules fmt`: one layout for the operators' files."""

import os
import sys
from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path

import click

from warning.catalog.files import yaml_files
from warning.catalog.layout import laid_out
from warning.cli.output import print_json
from warning.cli.rules_options import DIRECTORY, PLACE, chosen_trees
from warning.core.phrases import counted
from warning.errors import ConfigError, Problem


@click.command(
    "fmt", epilog="Exit codes: 0 ok, 1 a file differs (--check) or cannot be read, 2 usage or configuration."
)
@click.argument("places", metavar="[FILE|DIR]...", nargs=-1, type=PLACE)
@click.option("--check", is_flag=True, help="Change nothing; name the files that differ and end with 1.")
@click.option("--diff", "show", is_flag=True, help="Change nothing; print what would change.")
@click.option("--rules", type=DIRECTORY, help="Directory of rules.")
@click.option("--overlays", type=DIRECTORY, help="Your own directory on top of the rules.")
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def fmt(
    *,
    places: tuple[Path, ...],
    check: bool,
    show: bool,
    rules: Path | None,
    overlays: Path | None,
    as_json: bool,
) -> None:
    """Lay out YAML files alike: those named and those below directories named, else all of the rules and of your own directory.

    Words, comments and quotation marks stay as written, and so do the rules and their versions; only spaces and
    line breaks change.

    \b
    Examples:
      warning rules fmt --check
      warning rules fmt ews/overlay/tuning.yaml
      warning rules fmt ews/overlay/signals
    """
    files, problems = _files_of(places or _all_places(rules, overlays))
    changed: list[Path] = []
    for path in files:
        before = path.read_bytes()
        after, wrong = laid_out(before, str(path))
        problems += wrong
        if after is None or after.encode() == before:
            continue
        changed.append(path)
        if show:
            _print_difference(path, before.decode("utf-8-sig"), after, err=as_json)
        elif not check:
            _replace(path, after)
    _report(len(files), changed, problems, kept=check or show, as_json=as_json)
    sys.exit(1 if problems or (check and changed) else 0)


def _all_places(rules: Path | None, overlays: Path | None) -> tuple[Path, ...]:
    where = chosen_trees(rules, None, overlays)
    return tuple(directory for directory in (where.rules, where.overlay) if directory is not None)


def _files_of(places: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """The files named, and the YAML files below directories named, each once; with those passed over for their names."""
    files: dict[Path, None] = {}
    problems: list[Problem] = []
    for place in places:
        found, passed_over = yaml_files(place) if place.is_dir() else ((place,), ())
        files |= dict.fromkeys(found)
        problems += passed_over
    return list(files), problems


def _replace(path: Path, text: str) -> None:
    """Put the new text in the file's place at once: a running service never reads half a rule."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(text.encode())
        beside.chmod(path.stat().st_mode)
        os.replace(beside, path)  # noqa: PTH105 - the words of the operation that is atomic
    except OSError as wrong:
        beside.unlink(missing_ok=True)
        raise ConfigError(
            f"{path} cannot be written: {wrong.strerror}; copy it to a directory of yours"
        ) from wrong


def _print_difference(path: Path, before: str, after: str, *, err: bool) -> None:
    lines = unified_diff(
        before.splitlines(), after.splitlines(), str(path), f"{path} (formatted)", lineterm="", n=1
    )
    for line in lines:
        click.echo(line, err=err)


def _report(
    looked_at: int, changed: list[Path], problems: list[Problem], *, kept: bool, as_json: bool
) -> None:
    if as_json:
        names = [str(path) for path in changed]
        told = [str(problem) for problem in problems]
        print_json(
            "rules/1",
            {"command": "fmt", "files": looked_at, "changed": names, "written": not kept, "problems": told},
        )
        return
    for path in changed:
        click.echo(f"{path} {'differs' if kept else 'formatted'}", err=not kept)
    for problem in problems:
        click.echo(str(problem))
    if changed:
        done = "would be changed" if kept else "changed"
        click.echo(f"{len(changed)} of {counted(looked_at, 'file')} {done}", err=True)
    elif not looked_at:
        click.echo("there is no YAML file", err=True)
    elif not problems:
        click.echo(f"{counted(looked_at, 'file')}: every file is laid out already", err=True)
