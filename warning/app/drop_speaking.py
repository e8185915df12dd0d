"""In whose name a drop folder speaks: its own source's, and that of the sources which `speaks_for` names.

Whoever may write into a folder may write any record. What would put words into another source's mouth, or do what the
folder is not for, is refused aloud: the whole file goes to `failed/`, with the line and the reason.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from warning.app import reading_basis
from warning.catalog.sources import SourceSpec
from warning.core.evidence import Evidence, Item, Listing, Observation, item_id
from warning.core.formats_documents import FileFormat
from warning.core.handling import narrowest
from warning.core.health import SourceState
from warning.core.ids import is_report_name
from warning.core.relabelling import labels_of
from warning.core.vocabulary import Marking
from warning.core.withdrawals import Withdrawal
from warning.errors import EvidenceError
from warning.store.evidence_writer import EvidenceWriter

MOST_RECORDS = 200_000
BY_HAND = "`warning evidence import` takes it by hand"
EntryOf = Callable[[str], SourceSpec | None]
"""A source's entry in the catalogue, None where it has none."""


def spoken_records(path: Path, spec: SourceSpec, now: datetime) -> Iterator[Evidence]:
    """Yield the records of an interchange file, each as the folder may say it.

    Raises EvidenceError that begins with file:line for one that it may not say, and for a file without end: a packed
    one of a few kilobytes may hold millions of records.
    """
    from warning.collect.interchange import own_identity, read_line, read_lines  # noqa: PLC0415 - loaded by who reads

    for count, (number, line) in enumerate(read_lines(path)):
        if count == MOST_RECORDS:
            raise EvidenceError(
                f"{path}: more than {MOST_RECORDS} records; `warning evidence import` reads large files"
            )
        evidence = read_line(path, number, line, now)
        if refusal := _refusal(evidence, spec):
            raise EvidenceError(f"{path}:{number}: {refusal}")
        yield bound(_own(evidence, spec), spec) if isinstance(evidence, Item) else own_identity(evidence)


def _refusal(evidence: Evidence, spec: SourceSpec) -> str:
    """Why the folder may not say this; empty where it may."""
    if not isinstance(evidence, Item | Observation | Listing):
        what = (
            "a withdrawal of evidence"
            if isinstance(evidence, Withdrawal)
            else "a report on how a source does"
        )
        return f"{what} is nothing that a drop folder takes; {BY_HAND}"
    if evidence.source_id in spec.speaks_for:
        return ""
    if evidence.source_id != spec.id:
        return (
            f"'source_id' is '{evidence.source_id}', and this folder speaks as '{spec.id}'; "
            f"`speaks_for: [{evidence.source_id}]` in its source lets it speak for that one, and {BY_HAND}"
        )
    if not isinstance(evidence, Item):
        what = "a figure" if isinstance(evidence, Observation) else "a list"
        return f"{what} is taken from a source that `speaks_for` names, and '{spec.id}' is none; {BY_HAND}"
    return others_kind([evidence], lambda _: spec)


def others_kind(items: Iterable[Item], entry_of: EntryOf) -> str:
    """Return why an item may not be stored because its source brings another kind; empty where all may."""
    for item in items:
        entry = entry_of(item.source_id)
        if entry is not None and item.kind != entry.kind:
            return f"'kind' is '{item.kind}', and what '{item.source_id}' brings is '{entry.kind}'"
    return ""


def as_labelled(evidence: Evidence, own: str, entry_of: EntryOf) -> Evidence:
    """Return the record, of another source under the country and language that the catalogue gives that one.

    The same words under others would relabel what that source said. What a folder brings, this one or another, may be
    of any.
    """
    if not isinstance(evidence, Item) or evidence.source_id == own:
        return evidence
    entry = entry_of(evidence.source_id)
    if entry is None or isinstance(entry.parse, FileFormat):
        return evidence
    if (evidence.country, evidence.language) == (entry.country, entry.language):
        return evidence
    return replace(evidence, country=entry.country, language=entry.language)


def note_labels(writer: EvidenceWriter, brought: Iterable[Item], own: str, entry_of: EntryOf) -> None:
    """Have the states of other sources remember under which of their labels items stand now.

    A source may be mended and not asked yet. Where its entry is mended back before that, nobody else would know that these
    items are to be relabelled.
    """
    for source_id, labels in sorted({(item.source_id, labels_of(item)) for item in brought}):
        entry = entry_of(source_id)
        if source_id == own or entry is None or labels != reading_basis.labels_of(entry):
            continue
        state = writer.source_state(source_id)
        if state is None and not entry.enabled:  # no poll of its own remembers it
            state = SourceState(source_id=source_id)
        if state is None:
            continue
        told = reading_basis.standing_too(state.read_as, labels)
        if not told and not entry.enabled:
            told = reading_basis.basis_of(entry)
        if told != state.read_as:
            writer.save_source_state(replace(state, read_as=told))


def others_series(
    figures: Iterable[Observation], owners: dict[str, str], is_source: Callable[[str], bool]
) -> str:
    """Return why a figure may not be stored because its series is another source's; empty where all may.

    Figures are compared by `series_id` alone. A series is that of the source before its colon, where the catalogue has
    one (`is_source`), else of who brought it first: `owners`, which takes what these figures bring.
    """
    for figure in figures:
        named = figure.series_id.partition(":")[0]
        owner = named if is_source(named) else owners.setdefault(figure.series_id, figure.source_id)
        if owner != figure.source_id:
            return (
                f"'series_id' is '{figure.series_id}', a series of '{owner}', and the figure says that it is of "
                f"'{figure.source_id}'; {BY_HAND}"
            )
    return ""


def _own(item: Item, spec: SourceSpec) -> Item:
    """The item under an id that no other source's can equal, and without another's document as its proof."""
    from warning.collect.interchange_records import imported_item_id  # noqa: PLC0415 - loaded by who reads

    names = item.external_id, item.url, item.title
    made = item_id(item.source_id, *names)
    identity = made if item.id == made else imported_item_id(item.source_id, *names, item.published_at)
    archived = item.archive_hash if item.source_id in spec.speaks_for else ""
    return replace(item, id=identity, archive_hash=archived)


def bound(item: Item, spec: SourceSpec) -> Item:
    """Return the item under the folder's marking at least: whoever may write into it may not widen it.

    Raises EvidenceError for one that calls itself as a report that was filed: it would take that one's place.
    """
    if is_report_name(item.external_id or item.url or item.title):
        raise EvidenceError(
            f"{item.external_id or item.title} is a report's name: `warning report correct` changes a report, "
            "`warning evidence import` brings reports from another installation"
        )
    own = Marking.CLEAR if item.marking is None else item.marking
    names = None if spec.release_to is None else frozenset(spec.release_to)
    marking, release_to = narrowest(own, item.release_to, [(spec.marking, names)])
    return replace(item, marking=marking, release_to=release_to)
