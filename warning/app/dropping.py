"""A drop folder: what lies in it becomes evidence once, and the file moves to `done/` or, with the reason, to `failed/`, also where a part was not read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from warning.app.collected import SourceOutcome
from warning.app.drop_files import FAILED, Taken, claim
from warning.app.drop_reading import read_taken
from warning.app.drop_speaking import EntryOf, as_labelled, note_labels, others_kind, others_series
from warning.app.source_judgement import Verdict, judge_silence
from warning.app.source_states import answered
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched, Validators
from warning.core.evidence import Evidence, Item, Listing, Observation
from warning.core.health import SourceState
from warning.errors import ParseError, ReadingSpent
from warning.store.evidence_writer import EvidenceWriter
from warning.store.rows import storable_observation

log = logging.getLogger(__name__)


async def read_folder(
    spec: SourceSpec, home: Path, now: datetime, elsewhere: Callable[..., Awaitable[Taken]]
) -> tuple[tuple[Taken, ...], str]:
    """Claim what lies in a folder and read it, one file after the other; `elsewhere` calls what reads a file.

    A file that hangs its reader or ends it fails alone. Second is why files that were claimed are left for the next poll.
    """
    taken = []
    claimed = await asyncio.to_thread(claim, spec, home, now)
    for path in claimed:
        try:
            taken.append(await elsewhere(read_taken, path, spec, now))
        except ReadingSpent as spent:
            return tuple(taken), f"files unread: {len(claimed) - len(taken)} of {len(claimed)}: {spent}"
        except ParseError as wrong:
            taken.append(Taken(path=path, failure=str(wrong)))
        except Exception as surprise:  # a fault of ours over one file must not hold up the folder
            log.exception("reading %s failed", path)
            taken.append(Taken(path=path, failure=f"a fault of this program: {surprise}"))
    return tuple(taken), ""


def as_its_sources(
    taken: Sequence[Taken],
    own: str,
    owners_of: Callable[[Collection[str]], Mapping[str, str]],
    entry_of: EntryOf,
) -> tuple[Taken, ...]:
    """Return the files, as failed those with a figure in another source's series or an item of another kind than its source's.

    Items of other sources come under the country and language of these. `own` is the folder's source; `owners_of` asks
    the store, `entry_of` the catalogue, which says nothing of a source that it does not have.
    """
    figures = [[storable_observation(e) for e in one.evidence if isinstance(e, Observation)] for one in taken]
    names = {figure.series_id for some in figures for figure in some}
    owners = dict(owners_of(names)) if names else {}
    checked = []
    for one, some in zip(taken, figures, strict=True):
        items = (e for e in one.evidence if isinstance(e, Item))
        why = others_kind(items, entry_of)
        why = why or others_series(some, owners, lambda name: entry_of(name) is not None)
        labelled = tuple(as_labelled(evidence, own, entry_of) for evidence in one.evidence)
        checked.append(Taken(path=one.path, failure=why) if why else replace(one, evidence=labelled))
    return tuple(checked)


def _newest(evidence: Iterable[Evidence], state: SourceState) -> datetime | None:
    """The end of the latest period that a folder of figures has brought."""
    ends = [e.occurred_at for e in evidence if isinstance(e, Observation)]
    return max((when for when in (*ends, state.newest_at) if when is not None), default=None)


def _verdict(
    spec: SourceSpec,
    state: SourceState,
    faults: Sequence[str],
    lying: Sequence[str],
    now: datetime,
    *,
    took: bool,
) -> Verdict:
    """A file that could not be read makes a folder `partial` for as long as it lies in `failed/`: one poll would be told to nobody.

    A folder of figures that nobody fills is told as well.
    """
    if faults or lying:
        left = f"{FAILED}/ holds {lying[0]}" if lying else ""
        left += f" and {len(lying) - 1} more" if len(lying) > 1 else ""
        left += ", the reason beside it: mend and put back, or take away" if lying else ""
        return Verdict(condition="partial", cause="; ".join(filter(None, (*faults[:3], left))))
    if spec.table is not None:
        if state.newest_at is None:
            return Verdict(condition="empty", cause=f"no file of figures was ever put into {spec.url}")
        late = judge_silence(spec, state, now)
        if late.condition == "frozen":
            return late
    return Verdict(condition="ok" if took else "not_modified")


def store_taken(
    writer: EvidenceWriter,
    *,
    spec: SourceSpec,
    state: SourceState,
    taken: Sequence[Taken],
    lying: Sequence[str],
    unread: str,
    entry_of: EntryOf,
    now: datetime,
) -> tuple[SourceState, SourceOutcome]:
    """Store what was read and say how the folder did. `lying` are the files that failed before, `unread` says what waits."""
    evidence = [piece for one in taken for piece in one.evidence]
    items = writer.add_items([e for e in evidence if isinstance(e, Item)])
    note_labels(writer, (*items.new, *items.revised), spec.id, entry_of)
    writer.keep_own_labels(spec.id, _said_themselves(taken, spec))
    figures = writer.add_observations([e for e in evidence if isinstance(e, Observation)])
    changes = sum(len(writer.add_listing(e)) for e in evidence if isinstance(e, Listing))
    published = len(items.revised) - items.relabelled
    new = len(items.new) + published + len(figures.new) + len(figures.revised) + changes
    faults = [f"{one.path.name}: {fault}" for one in taken for fault in (one.failure, *one.problems) if fault]
    faults = [unread, *faults] if unread else faults
    state = replace(state, newest_at=_newest(evidence, state)) if spec.table is not None else state
    verdict = _verdict(spec, state, faults, lying, now, took=bool(taken))
    fetched = Fetched(
        status="fresh" if taken else "not_modified", document=None, validators=Validators(url=spec.url)
    )
    known = replace(
        state, last_attempt_at=now, items_seen=len(evidence), last_new_at=now if new else state.last_new_at
    )
    outcome = SourceOutcome(
        source_id=spec.id, answer=fetched.status, condition=verdict.condition, cause=verdict.cause, seen=len(evidence),
        items_new=len(items.new), items_revised=len(items.revised), items_relabelled=items.relabelled,
        observations_new=len(figures.new) + len(figures.revised), listing_changes=changes,
    )  # fmt: skip
    return answered(spec, known, fetched, verdict, now), outcome


def _said_themselves(taken: Iterable[Taken], spec: SourceSpec) -> list[Item]:
    """The folder's own items that came with labels of their own; those of other sources come under these sources' labels."""
    records = (e for one in taken if one.is_records for e in one.evidence)
    return [e for e in records if isinstance(e, Item) and e.source_id == spec.id]
