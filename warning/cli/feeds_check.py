"""`warning feeds check`: is the catalogue right, and with an ID: is the source well, and what would make it so?"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import get_close_matches, unified_diff
from pathlib import Path
from typing import Any, get_args

import click

from warning.app.compose import Trees, open_repository, system_clock, trees
from warning.app.mend_advice import doubts, next_step
from warning.app.mend_ideas import Candidate
from warning.app.mending import Mend, mend_all
from warning.app.source_preview import Preview
from warning.catalog.crosscheck import merged_terms
from warning.catalog.files import files_below
from warning.catalog.source_names import unknown_in_overlays, unknown_materials, unknown_speakers
from warning.catalog.source_overlays import (
    FOLDER,
    SourceOverlay,
    load_catalogue,
    read_source_catalogue,
)
from warning.catalog.sources import SourceSpec
from warning.catalog.trees import read_on_top, read_rules_tree
from warning.catalog.typed import read_model
from warning.catalog.yaml_edit import scalar, set_in_block, set_keys
from warning.cli.output import clipped, print_json, wrapped
from warning.collect.fetch import Fetcher
from warning.core.phrases import counted
from warning.core.terms import Language
from warning.settings import Settings, load_settings
from warning.store.coverage import known_entries

SCHEMA = "feeds/1"
WIDTH = 100
HEAD = (
    "# Written by `warning feeds check --apply`. Delete the file to go back to the catalogue's own entry.",
)
EXIT_CODES = "Exit codes: 0 all well, 1 mistakes or a source that is not well, 2 usage or configuration."
TAKEN_UP = "a running service takes it up within seconds, and then asks the source at once"


@click.command("check", epilog=EXIT_CODES)
@click.argument("names", nargs=-1, metavar="[ID]... | [DIRECTORY]")
@click.option(
    "--apply",
    "apply_",
    is_flag=True,
    help="Write the proposal as an overlay; shipped files stay as they are.",
)
@click.option("--json", "as_json", is_flag=True, help="Print feeds/1 on stdout.")
def check_command(names: tuple[str, ...], *, apply_: bool, as_json: bool) -> None:
    """Read every source and show every mistake with its file, line and column. Nothing is fetched.

    With IDs: ask those sources now, say what is wrong with each, and propose the mend as a difference of its file.
    A proposal was tried: with it the source is read. --apply writes it to your overlay directory; a running service takes
    it up within seconds.

    \b
    Examples:
      warning feeds check
      warning feeds check my-feeds --json
      warning feeds check kr-motir-board
      warning feeds check kr-motir-board --apply
    """
    settings = load_settings()
    if not names or (len(names) == 1 and Path(names[0]).is_dir()):
        if apply_:
            raise click.UsageError("--apply needs the ID of a source")
        _check_catalogue(Path(names[0]) if names else None, settings, as_json=as_json)
    specs = _chosen(load_catalogue(trees(settings).feeds, trees(settings).overlay), names)
    found = asyncio.run(_tried(specs, settings))
    written = [
        _applied(spec, one, settings) if apply_ else None for spec, one in zip(specs, found, strict=True)
    ]
    if as_json:
        print_json(
            SCHEMA,
            {"checked": [_told(s, m, w, settings) for s, m, w in zip(specs, found, written, strict=True)]},
        )
    else:
        for spec, one, path in zip(specs, found, written, strict=True):
            _print(spec, one, path, settings)
    sys.exit(int(any(not one.before.is_healthy or one.proposal for one in found) and not all(written)))


def _check_catalogue(directory: Path | None, settings: Settings, *, as_json: bool) -> None:
    where = trees(settings)
    catalogue = read_source_catalogue(directory or where.feeds, None if directory else where.overlay)
    placed, problems = catalogue.written, catalogue.problems
    specs = tuple(one.spec for one in placed)
    materials = _materials(where)
    if not any(problem.fatal for problem in problems):
        problems += unknown_speakers(placed)
    if materials is not None:
        problems += unknown_materials(placed, materials)
        by_id = {spec.id: spec for spec in catalogue.specs}
        problems += unknown_in_overlays(catalogue.overlays, by_id, materials)
    if as_json:
        names = ("file", "line", "column", "code", "message", "hint")
        told = [{name: getattr(p, name) for name in names} for p in problems]
        print_json(SCHEMA, {"ok": not problems, "sources": len(specs), "problems": told})
    else:
        for problem in problems:
            click.echo(str(problem))
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(s.kind for s in specs).items()))
        of = f" ({kinds})" if kinds else ""
        click.echo(f"{counted(len(specs), 'source')}{of}, {counted(len(problems), 'problem')}")
        if others := _other_languages(specs):
            click.echo(others)
    sys.exit(1 if problems else 0)


def _materials(where: Trees) -> tuple[str, ...] | None:
    """The materials that rules know; None while their words cannot be read: `rules check` says why."""
    tree, _ = read_rules_tree(where.rules)
    if where.overlay is not None:
        tree, _ = read_on_top(tree, where.overlay)
    return tuple(merged_terms(tree.terms).materials) if tree.terms and tree.has_all_terms else None


def _other_languages(specs: Iterable[SourceSpec]) -> str:
    """The languages rules have no words in, and how many sources are in them."""
    counts = Counter(s.language for s in specs if s.language not in get_args(Language))
    told = ", ".join(f"{language} {count}" for language, count in sorted(counts.items()))
    return (
        f"rules have no words in: {told}; such text is collected, and English words found in it"
        if told
        else ""
    )


def _chosen(specs: tuple[SourceSpec, ...], names: tuple[str, ...]) -> tuple[SourceSpec, ...]:
    by_id = {spec.id: spec for spec in specs}
    for name in names:
        if name not in by_id:
            near = get_close_matches(name, by_id, n=3)
            hint = f"; near: {', '.join(near)}" if near else ""
            raise click.BadParameter(
                f"no source {name!r} in the catalogue, and no directory{hint}", param_hint="ID"
            )
    return tuple(by_id[name] for name in dict.fromkeys(names))


async def _tried(specs: tuple[SourceSpec, ...], settings: Settings) -> tuple[Mend, ...]:
    repository = open_repository(settings)
    try:
        known = {spec.id: known_entries(repository.engine, spec.id) for spec in specs}
    finally:
        repository.engine.dispose()
    async with Fetcher(
        system_clock,
        contact=settings.user_agent_contact,
        allow_private_hosts=settings.allow_private_hosts,
        concurrency=settings.fetch_concurrency,
    ) as fetcher:
        return await mend_all(specs, fetcher, system_clock, settings.source_keys, known)


def _applied(spec: SourceSpec, found: Mend, settings: Settings) -> Path | None:
    """Write the proposal beside the operator's other changes; return the file, None when there is none to write."""
    if found.proposal is None:
        return None
    path = _overlay_path(spec, trees(settings), settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    existing = read_model(path, SourceOverlay)[0] if before else None
    now = system_clock()
    if existing:
        path.write_text(_amended(found.proposal, before, existing, now), encoding="utf-8")
        after = read_model(path, SourceOverlay)[0]
        if after is not None and dict(after.set) == {**existing.set, **found.proposal.changes}:
            return path
    # A new one, or one written in a way in which a key cannot be set in its place.
    path.write_text(_overlay(spec, found, before, existing, now), encoding="utf-8")
    return path


def _amended(proposal: Candidate, before: str, existing: SourceOverlay, now: datetime) -> str:
    """The operator's own overlay with the proposal in its places: comments, order and author stay."""
    because = [existing.reason] if existing.reason != proposal.because else []
    text = set_in_block(before, "set", proposal.changes)
    reason = "; ".join((*because, proposal.because))
    return set_keys(text, {"reason": reason, "made": now.astimezone(UTC).date().isoformat()})


def _overlay_path(spec: SourceSpec, where: Trees, settings: Settings) -> Path:
    if where.overlay is None:
        raise click.UsageError(
            f"WARNING_OVERLAY_DIR is not set: name your own directory there, such as {settings.home / 'overlay'}"
        )
    return where.overlay / FOLDER / f"{spec.id}.yaml"


def _overlay(
    spec: SourceSpec, found: Mend, before: str, existing: SourceOverlay | None, now: datetime
) -> str:
    """The overlay with the proposal in it. What an operator has set there before stays set, however it was written."""
    assert found.proposal is not None, "only a proposal is written"
    changes = {**(existing.set if existing else {}), **found.proposal.changes}
    own = [line for line in before.split("\n") if line.startswith("#") and line not in HEAD]
    reasons = [existing.reason] if existing and existing.reason != found.proposal.because else []
    lines = [
        *HEAD,
        *own,
        f"source: {spec.id}",
        f"reason: {scalar('; '.join((*reasons, found.proposal.because)))}",
        f"author: {scalar(existing.author if existing else 'warning feeds check')}",
        f"made: {now.astimezone(UTC).date()}",
        "set:",
        *(f"  {key}: {scalar(value)}" for key, value in changes.items()),
    ]
    return "\n".join(lines) + "\n"


def _diff(spec: SourceSpec, found: Mend, where: Trees) -> str:
    """The proposal as a difference of the source's own file; of an empty one where a file makes many sources."""
    if found.proposal is None:
        return ""
    path = next((file for file in files_below(where.feeds) if file.name == f"{spec.id}.yaml"), None)
    if path is None:
        text, name, new = (
            "",
            f"{FOLDER}/{spec.id}.yaml",
            "".join(f"{key}: {scalar(value)}\n" for key, value in found.proposal.changes.items()),
        )
    else:
        text, name = path.read_text(encoding="utf-8"), path.relative_to(where.feeds.parent).as_posix()
        new = set_keys(text, found.proposal.changes)
    lines = unified_diff(text.splitlines(), new.splitlines(), f"a/{name}", f"b/{name}", lineterm="", n=1)
    return "\n".join(lines)


def _print(spec: SourceSpec, found: Mend, written: Path | None, settings: Settings) -> None:
    before = found.before
    click.echo(f"{spec.id}: {before.verdict.condition}" + _counts(before))
    for line in wrapped(before.verdict.cause, WIDTH - 2):
        click.echo(f"  {line}")
    click.echo(f"  {clipped(before.url, WIDTH - 2, pad=False)}")
    for note in (*found.notes, *doubts(spec, found)):
        for n, line in enumerate(wrapped(note, WIDTH - 4)):
            click.echo(("  ! " if n == 0 else "    ") + line)
    if found.proposal is not None:
        _print_proposal(spec, found, written, settings)
    elif not before.is_healthy:
        tried = f"tried without success: {'; '.join(found.tried)}" if found.tried else "nothing to try"
        for line in (*wrapped(f"no mend found ({tried})", WIDTH - 2), *wrapped(next_step(before), WIDTH - 2)):
            click.echo(f"  {line}")


def _print_proposal(spec: SourceSpec, found: Mend, written: Path | None, settings: Settings) -> None:
    assert found.proposal is not None, "only a proposal is printed"
    assert found.after is not None, "a proposal was tried"
    for line in wrapped(f"proposed: {found.proposal.because}", WIDTH - 2):
        click.echo(f"  {line}")
    click.echo(f"  with it: {found.after.verdict.condition}{_counts(found.after)}")
    for line in wrapped(found.after.verdict.cause, WIDTH - 6):
        click.echo(f"      {line}")
    for line in _diff(spec, found, trees(settings)).splitlines():
        click.echo(f"    {line}")
    if written:
        click.echo(f"  written to {written}")
        click.echo(f"  {TAKEN_UP}")
    else:
        click.echo(f"  warning feeds check {spec.id} --apply writes it to your overlay directory")


def _counts(seen: Preview) -> str:
    records = seen.parsed.records
    newest = max((i.published_at for i in seen.parsed.items if i.published_at), default=None)
    return (
        f" · {counted(records, 'entry', 'entries')}"
        + (f", the newest of {newest:%Y-%m-%d}" if newest else "")
        if records
        else ""
    )


def _told(spec: SourceSpec, found: Mend, written: Path | None, settings: Settings) -> dict[str, Any]:
    return {
        "id": spec.id,
        "condition": found.before.verdict.condition,
        "cause": found.before.verdict.cause,
        "url": found.before.url,
        "entries": found.before.parsed.records,
        "notes": [*found.notes, *doubts(spec, found)],
        "tried": list(found.tried),
        "next_step": next_step(found.before)
        if found.proposal is None and not found.before.is_healthy
        else "",
        "proposal": None
        if found.proposal is None or found.after is None
        else {
            "set": dict(found.proposal.changes),
            "because": found.proposal.because,
            "condition": found.after.verdict.condition,
            "entries": found.after.parsed.records,
            "diff": _diff(spec, found, trees(settings)),
        },
        "written_to": str(written) if written else None,
    }
