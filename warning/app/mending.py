"""Try a source, find out why it is not well, and propose the mend: a new address, new selectors, other bounds.

A proposal is only made when it was tried: the document was fetched and read with it, and gave entries.
"""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import SecretStr, ValidationError

from warning.app.mend_ideas import (
    Candidate,
    Trial,
    candidates,
    is_elsewhere,
    odd_encoding,
    other_expectations,
    right_encoding,
    rows_around,
)
from warning.app.polling import Asker
from warning.app.source_judgement import Verdict
from warning.app.source_preview import Preview
from warning.catalog.source_overlays import changed
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched

MOST_TRIES = 12
GOOD = frozenset({"ok", "partial"})
STILL_READ = GOOD | {"moved"}
READ = GOOD | {"frozen", "drifted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """What trying a source showed. `proposal` is None when nothing is to be changed, or nothing helped.

    `before` is how it did as declared, `after` how it did with the proposal; `tried` says what was tried.
    """

    source_id: str
    before: Preview
    proposal: Candidate | None = None
    after: Preview | None = None
    tried: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


async def mend(
    spec: SourceSpec,
    fetcher: Asker,
    clock: Callable[[], datetime],
    keys: Mapping[str, SecretStr],
    *,
    known: Mapping[str, str],
) -> Mend:
    """Try one source and propose what would make it well. `known` are entries it had: title by address."""
    trial = Trial(spec, fetcher, clock, keys, known)
    before = await trial.seen(spec)
    if before.verdict.condition == "unconfigured":
        return Mend(source_id=spec.id, before=before)
    fetched = await trial.raw(spec)
    notes = _notes(spec, before, fetched)
    moved = bool(fetched and fetched.moved_to and is_elsewhere(spec.url, fetched.moved_to))
    if before.verdict.condition == "ok" and not moved:
        return await _declared(trial, before, fetched, notes)
    if before.verdict.condition == "ok" and fetched is not None:
        where = Verdict(
            condition="moved", cause=f"redirected for good to {fetched.moved_to}, where it is read"
        )
        before = replace(before, verdict=where)
    best = await _best(trial, before, fetched, moved=moved)
    if best is None:
        return Mend(source_id=spec.id, before=before, tried=tuple(trial.tried), notes=notes)
    candidate, after = best
    return Mend(
        source_id=spec.id,
        before=before,
        proposal=candidate,
        after=after,
        tried=tuple(trial.tried),
        notes=notes,
    )


async def _declared(trial: Trial, before: Preview, fetched: Fetched | None, notes: tuple[str, ...]) -> Mend:
    """A source that is well: where a wrong declaration was seen through, the right one is proposed."""
    well = Mend(source_id=trial.spec.id, before=before, notes=notes)
    document = fetched.document if fetched is not None and before.parsed.remarks else None
    candidate = right_encoding(trial.spec, document) if document is not None else None
    after = await _tried(trial, candidate) if candidate is not None else None
    if (
        after is None
        or after.verdict.condition != "ok"
        or len(after.parsed.remarks) >= len(before.parsed.remarks)
    ):
        return well
    return replace(well, proposal=candidate, after=after, tried=tuple(trial.tried))


async def _best(
    trial: Trial, before: Preview, fetched: Fetched | None, *, moved: bool
) -> tuple[Candidate, Preview] | None:
    """Try the candidates in their order; the first that makes the source well wins, else the one that reads most."""
    found: list[tuple[Candidate, Preview]] = []
    least = _standing(before) + (not moved)  # what is read where it has moved to need not be read better
    queue = [c async for c in candidates(trial, fetched, before)]
    for candidate in (*queue[:MOST_TRIES], *other_expectations(trial.spec, before)):
        trial.tried.append(candidate.because)
        after = await _tried(trial, candidate)
        if after is None:
            continue
        one = (candidate, after)
        if after.verdict.condition == "drifted" and after.parsed.records > before.parsed.records:
            one = await _with_bounds(trial, candidate, after)
        if one[1].verdict.condition in GOOD and _standing(one[1]) >= least:
            return one
        found.append(one)
    better = [one for one in found if _is_better(one[1], before)]
    return max(better, key=lambda one: _worth(one[1]), default=None)


async def _tried(trial: Trial, candidate: Candidate) -> Preview | None:
    try:
        spec = changed(trial.spec, candidate.changes)
    except (ValidationError, ValueError):
        return None
    after = await trial.seen(spec)
    return after if after.verdict.condition in READ and after.parsed.records else None


async def _with_bounds(trial: Trial, candidate: Candidate, after: Preview) -> tuple[Candidate, Preview]:
    """Where a document is read and only its number of entries is another than expected, propose that too."""
    bounds = rows_around(trial.spec, max(after.parsed.seen, after.parsed.records))
    if "expect.rows" not in after.verdict.cause or not bounds:
        return candidate, after
    wider = Candidate(
        changes={**candidate.changes, **bounds}, because=f"{candidate.because}; {after.verdict.cause}"
    )
    again = await _tried(trial, wider)
    return (wider, again) if again is not None else (candidate, after)


def _standing(seen: Preview) -> int:
    order = {"ok": 4, "moved": 4, "partial": 3, "frozen": 2, "drifted": 1}
    return order.get(seen.verdict.condition, 0) if seen.parsed.records else 0


def _worth(seen: Preview) -> tuple[int, float]:
    return _standing(seen), math.log1p(seen.parsed.records)


def _is_better(after: Preview, before: Preview) -> bool:
    """More entries mend a source that reads none of its own, not one of which some entries cannot be read."""
    if before.verdict.condition in STILL_READ:
        return _standing(after) > _standing(before)
    return _worth(after) > _worth(before)


def _notes(spec: SourceSpec, before: Preview, fetched: Fetched | None) -> tuple[str, ...]:
    """What no change of the catalogue mends."""
    notes = list(before.notes)
    if before.verdict.condition == "blocked":
        notes.append(
            "the publisher does not let this program in: ask for access, use its API or feed, or import by hand"
        )
    if fetched is not None and fetched.document is not None and (odd := odd_encoding(spec, fetched.document)):
        notes.append(f"encoding: {odd.problem}")
    return tuple(dict.fromkeys(notes))


async def mend_all(
    specs: tuple[SourceSpec, ...],
    fetcher: Asker,
    clock: Callable[[], datetime],
    keys: Mapping[str, SecretStr],
    known: Mapping[str, Mapping[str, str]],
) -> tuple[Mend, ...]:
    """Try several sources, as politeness allows, in the order given."""
    tries = (mend(spec, fetcher, clock, keys, known=known.get(spec.id, {})) for spec in specs)
    return tuple(await asyncio.gather(*tries))
