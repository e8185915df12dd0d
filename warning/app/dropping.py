"""A drop folder: what lies in it becomes evidence once, and the file moves to `done/` or, with the reason, to `failed/`, also where a part was not read.

A file is claimed by being moved, so that nobody reads it while another does. It leaves `taking/` only after its evidence
is stored: a process that dies in between takes it again, and the same content is the same evidence.
"""

import asyncio
import logging
import os
import stat
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

from warning.app.collected import SourceOutcome
from warning.app.drop_speaking import (
    EntryOf,
    as_labelled,
    bound,
    note_labels,
    others_kind,
    others_series,
    spoken_records,
)
from warning.app.source_judgement import Verdict, judge_silence
from warning.app.source_states import NO_ROOM, answered
from warning.catalog.sources import SourceSpec
from warning.collect.decode import decode
from warning.collect.feed_items import RawEntry, items_from
from warning.collect.fetch_values import Fetched, Validators
from warning.collect.parse import MAX_DOCUMENT_BYTES, parse
from warning.core.documents import Document
from warning.core.evidence import Evidence, Item, Listing, Observation
from warning.core.formats import Format, RssFormat
from warning.core.formats_documents import CapFormat, FileFormat, MailFormat, PdfFormat
from warning.core.health import SourceState
from warning.errors import EvidenceError, FetchError, ParseError, ReadingSpent
from warning.store.evidence_writer import EvidenceWriter
from warning.store.rows import storable_observation

log = logging.getLogger(__name__)
TAKING, DONE, FAILED = "taking", "done", "failed"
WHY = ".why.txt"
MOST_COUNTED = 1_000
TABLES = (".csv", ".tsv", ".xls", ".xlsx")
FILES = (".pdf", ".docx", ".ofd")
INTERCHANGE = (".jsonl", ".jsonl.gz", ".jsonl.zst")
LITTER = ("Thumbs.db", "desktop.ini")
"""What a system leaves in any folder that is looked at."""
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", "~")
TITLE_CHARACTERS = 300
LONGEST_STEM_BYTES = 180
LONGEST_ENDING = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One file that was read: its evidence to be stored, or what is wrong with it. `problems` tell what of it was not read."""

    path: Path
    evidence: tuple[Evidence, ...] = ()
    problems: tuple[str, ...] = ()
    failure: str = ""

    @property
    def why(self) -> str:
        """Why somebody has to look at the file; empty where nobody has."""
        if self.failure or not self.problems:
            return self.failure
        return "\n".join(("read in part, and that part is stored; what is not:", *self.problems))


def folder_of(spec: SourceSpec, home: Path) -> Path:
    return home / spec.url.removeprefix("file:")


def claim(spec: SourceSpec, home: Path, now: datetime) -> tuple[Path, ...]:
    """Move the files that are ready into `taking/` and return them, with those left there before, the oldest first.

    Ready is a plain file that has lain unchanged for `settle_seconds`; hidden and half-written names are left alone.
    Raises FetchError when the folder cannot be used, and OSError where the disk is full: that is no fault of the folder's.
    """
    layout = spec.parse
    assert isinstance(layout, FileFormat)
    folder = folder_of(spec, home)
    try:
        (folder / TAKING).mkdir(parents=True, exist_ok=True)
        for name in (DONE, FAILED):
            (folder / name).mkdir(exist_ok=True)
        if linked := [name for name in (TAKING, DONE, FAILED) if (folder / name).is_symlink()]:
            raise FetchError(f"{folder / linked[0]} is a link: make it a folder of its own")
        settled = (now - timedelta(seconds=layout.settle_seconds)).timestamp()
        for path in _first(folder, layout.most, settled):
            path.rename(_free(folder / TAKING / _fitting(path.name)))
        return tuple(_first(folder / TAKING, layout.most))
    except OSError as wrong:
        if wrong.errno in NO_ROOM:
            raise
        raise FetchError(f"the folder {folder} cannot be used: {wrong.strerror or wrong}") from wrong


def _first(folder: Path, most: int, settled: float | None = None) -> list[Path]:
    """The first plain files of a folder by name; with `settled` only those that are ready to be taken."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if _is_plain(path) if settled is None else _is_ready(path, settled):
            found.append(path)
        if len(found) == most:
            break
    return found


def _is_ready(path: Path, settled: float) -> bool:
    name = path.name
    if name.startswith(".") or name.lower().endswith(UNFINISHED) or not _is_plain(path):
        return False
    return path.lstat().st_mtime <= settled


def _is_plain(path: Path) -> bool:
    """Whether it is a file itself: no link to one elsewhere, no pipe that would keep its reader waiting."""
    return stat.S_ISREG(path.lstat().st_mode)


def _fitting(name: str) -> str:
    """A name that any text can hold, short enough to be numbered and to stand before `.why.txt`."""
    sound = "".join(c if c.isprintable() else "_" for c in name.encode("utf-8", "replace").decode())
    stem, ending = _parted(sound)
    return stem.encode()[:LONGEST_STEM_BYTES].decode("utf-8", "ignore") + ending


def _parted(name: str) -> tuple[str, str]:
    """A name and its ending, which says how the file is read: `.jsonl.gz` is one."""
    packed = next((ending for ending in INTERCHANGE if name.lower().endswith(ending)), "")
    ending = packed or Path(name).suffix
    cut = len(name) - len(ending)
    return (name[:cut], name[cut:]) if len(ending) <= LONGEST_ENDING else (name, "")


def read_taken(path: Path, spec: SourceSpec, now: datetime) -> Taken:
    """Read one file by its name. Whatever is wrong with it is its `failure`."""
    try:
        if path.name.lower().endswith(INTERCHANGE):
            return Taken(path=path, evidence=tuple(spoken_records(path, spec, now)))
        return _document(path, spec, now)
    except (EvidenceError, ParseError, OSError) as wrong:
        return Taken(path=path, failure=str(wrong).replace(str(path), path.name))


def _document(path: Path, spec: SourceSpec, now: datetime) -> Taken:
    if path.stat().st_size > min(MAX_DOCUMENT_BYTES, int(spec.max_size)):
        raise ParseError(f"{path.stat().st_size} bytes; the source's max_size is {int(spec.max_size)}")
    body = path.read_bytes()
    digest = sha256(body).hexdigest()
    document = Document(source_id=spec.id, url=f"urn:sha256:{digest}", body=body, fetched_at=now)
    layout = _format_of(path.name.lower(), spec)
    if layout is not None:
        parsed = parse(document, layout, spec.profile)
        items = tuple(
            replace(item, url="" if item.url.startswith("urn:") else item.url) for item in parsed.items
        )
        if not items and not parsed.observations:
            raise ParseError("; ".join(parsed.problems) or "the file holds no evidence")
        if isinstance(layout, RssFormat):
            from warning.collect.cap_alerts import feed_restriction  # noqa: PLC0415 - loaded by who reads

            marking, released = feed_restriction(document)
            items = tuple(replace(item, marking=marking, release_to=released) for item in items)
        evidence: tuple[Evidence, ...] = (*(bound(i, spec) for i in items), *parsed.observations)
        return Taken(path=path, evidence=evidence, problems=parsed.unread)
    if path.suffix.lower() in {".txt", ".md"}:
        return Taken(path=path, evidence=(bound(_note(document, spec), spec),))
    raise ParseError(
        f"no way to read {path.suffix or 'a file without an ending'}: .jsonl, .eml, .mbox, .pdf, .docx, .ofd, .cap, .xml, .txt"
        + ("" if path.suffix.lower() not in TABLES else "; a table needs parse.table in the folder's source")
    )


def _format_of(name: str, spec: SourceSpec) -> Format | None:
    if isinstance(spec.parse, FileFormat) and spec.parse.table is not None and name.endswith(TABLES):
        return spec.parse.table
    if name.endswith((".eml", ".mbox")):
        return MailFormat(format="mail")
    if name.endswith(FILES):
        return PdfFormat(format="pdf")
    if name.endswith(".cap"):
        return CapFormat(format="cap")
    return RssFormat(format="rss") if name.endswith((".xml", ".rss", ".atom")) else None


def _note(document: Document, spec: SourceSpec) -> Item:
    """A text: its first line is the title, the rest what it says. Raises ParseError where it says nothing."""
    text = decode(document.body).text
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise ParseError("the file holds no text: its first line is the title, the rest what it says")
    lines = text.replace("&", "&amp;").replace("<", "&lt;").strip().split("\n")
    entry = RawEntry(
        external_id=document.url, title=lines[0][:TITLE_CHARACTERS], summary="<br>".join(lines[1:]),
        dates=(document.fetched_at,),
    )  # fmt: skip
    items, problems = items_from([entry], document, spec.profile)
    if not items:
        raise ParseError("; ".join(problems) or "the text is empty")
    return items[0]


def settle(taken: Taken, spec: SourceSpec, home: Path) -> None:
    """Move a file where it belongs: called when its evidence is stored, or when there is none.

    One of which a part was not read waits beside those that failed, until somebody has looked at it. Its reason
    overwrites nothing either: not that of a file taken away, nor a dropped file of such a name.
    """
    folder = folder_of(spec, home)
    if not taken.why:
        taken.path.rename(_free(folder / DONE / taken.path.name))
        return
    target = _free(folder / FAILED / taken.path.name, beside=WHY)
    taken.path.rename(target)
    target.with_name(f"{target.name}{WHY}").write_text(f"{taken.why}\n", encoding="utf-8")


def still_failed(spec: SourceSpec, home: Path) -> tuple[str, ...]:
    """The names of the files that nobody has taken out of `failed/` yet: what they say is not known."""
    try:
        lying = islice((folder_of(spec, home) / FAILED).iterdir(), MOST_COUNTED)
        names = {
            path.name for path in lying if path.name[0] != "." and path.name not in LITTER and _is_plain(path)
        }
    except OSError:
        return ()
    return tuple(sorted(name for name in names if not _is_reason(name, names)))


def _is_reason(name: str, names: Collection[str]) -> bool:
    """Whether it tells why a file failed, there or taken away; a dropped file of such a name has its own reason beside it."""
    return name.endswith(WHY) and name + WHY not in names


def _free(path: Path, beside: str = "") -> Path:
    """A name nobody has, and that with `beside` behind it too: the second file of a name does not overwrite the first."""
    number, free = 1, path
    stem, ending = _parted(path.name)
    while os.path.lexists(free) or os.path.lexists(f"{free}{beside}"):
        number += 1
        free = path.with_name(f"{stem} ({number}){ending}")
    return free


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


def settle_all(taken: Iterable[Taken], spec: SourceSpec, home: Path) -> None:
    """Move all files on; one that cannot be moved is read again, and its evidence is the same."""
    for one in taken:
        try:
            settle(one, spec, home)
        except OSError:
            log.exception("%s could not be moved on", one.path)


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
