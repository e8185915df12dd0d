"""On what it depends what is read of a source's documents: where that changes, the same document is read anew.

A document that has not changed is not sent again. Without this, a mended selector would take effect only when the
publisher changes the page, and what came in between would never be read.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from sys import intern
from typing import Any, NamedTuple, cast

from pydantic import BaseModel

from warning.catalog.sources import SourceSpec
from warning.core.formats_documents import MailFormat
from warning.core.health import SourceState, is_well
from warning.core.iso_codes import COUNTRIES, UNION, WORLD
from warning.core.relabelling import Labels

_READING = ("parse", "encoding", "country", "method", "headers", "body", "through", "pages", "window")
_ASKING = ("url", "timeout", "idle_timeout", "max_size", "needs_key")
_PART_BYTES = 6
_BETWEEN = "/"
_BESIDE = "+"
_known: dict[str, tuple[SourceSpec, str]] = {}
_known_asking: dict[str, tuple[SourceSpec, str]] = {}


class Basis(NamedTuple):
    """Short names for how a source is asked and read, what is expected, and the readers; and the labels in clear.

    Several labels are those under which stored items may stand while they are relabelled.
    """

    reading: str
    expected: str
    readers: str
    labels: str


def basis_of(spec: SourceSpec) -> str:
    """Return the four parts of a basis with a dot between; thousands of sources are read alike.

    Worked out once for each entry of the catalogue that was loaded: every poll asks for it.
    """
    known = _known.get(spec.id)
    if known is None or known[0] is not spec:
        known = _known[spec.id] = (spec, intern(_basis(spec)))
    return known[1]


def asking_of(spec: SourceSpec) -> str:
    """Return a short name for how a source is asked and read and what is expected of it, whatever program reads."""
    known = _known_asking.get(spec.id)
    if known is None or known[0] is not spec:
        told = [_written(getattr(spec, name)) for name in (*_ASKING, *_READING, "expect")]
        known = _known_asking[spec.id] = (spec, intern(_name(*told)))
    return known[1]


def read_as(spec: SourceSpec, state: SourceState, *, is_fresh: bool) -> str:
    """Return what to remember after an answer: the basis now where a document was read on it, else that of the last one.

    The labels are those of now; where what stands stored has others, these are put beside them (`stored_labels.py`).
    """
    told = basis_of(spec)
    if is_fresh or not state.read_as or state.read_as == told:
        return told
    now, then = _known_as(told, spec), _known_as(state.read_as, spec)
    reading = now.reading if _is_read_alike(spec, now, then) else then.reading
    return ".".join(then._replace(reading=reading, labels=now.labels))


def mended_labels(spec: SourceSpec, state: SourceState) -> tuple[Labels, ...]:
    """Return the kinds, countries and languages that a source's stored items may have from it beside those of now.

    Those it had when it was asked last, and those of relabellings that were begun and have not ended.
    """
    then = state.read_as
    if not then or then == basis_of(spec):
        return ()
    return tuple(one for one in _labels_in(_known_as(then, spec).labels) if one != labels_of(spec))


def labels_of(spec: SourceSpec) -> Labels:
    return spec.kind, spec.country, spec.language


def under_labels(basis: str, *labels: Labels) -> str:
    """Return a basis with other labels: all those under which a source's stored items may stand."""
    return f"{basis.rpartition('.')[0]}.{_BESIDE.join(map(_BETWEEN.join, labels))}"


def standing_too(basis: str, labels: Labels) -> str:
    """Return a basis with these among the labels under which items may stand; one of an earlier release stays as it is."""
    known = _labels_in(basis.rpartition(".")[2]) if _BETWEEN in basis else []
    return under_labels(basis, *known, labels) if known and labels not in known else basis


def standing_labels(state: SourceState) -> frozenset[Labels]:
    """Return all labels under which a source's items may stand; none where an earlier release remembered none."""
    told = state.read_as.rpartition(".")[2]
    return frozenset(_labels_in(told)) if _BETWEEN in told else frozenset()


def labels_after(state: SourceState) -> dict[Labels, int]:
    """Return, of labels that a mend gave, the number of the item stored last before that."""
    return {cast("Labels", tuple(told.split(_BETWEEN))): number for told, number in state.labels_after}


def told_after(numbers: Mapping[Labels, int]) -> tuple[tuple[str, int], ...]:
    """Return it as the state remembers it."""
    return tuple(sorted((_BETWEEN.join(labels), number) for labels, number in numbers.items()))


def _labels_in(told: str) -> list[Labels]:
    return [cast("Labels", tuple(one.split(_BETWEEN))) for one in told.split(_BESIDE)]


def _known_as(then: str, spec: SourceSpec) -> Basis:
    """A basis of an earlier release, which had no labels, has those of now, and a mailbox the country it was read by."""
    reading, expected, readers, labels = (then.split(".", 3) + [""] * 3)[:4]
    if _BETWEEN not in labels:
        country = _former_country(spec, reading) if isinstance(spec.parse, MailFormat) else spec.country
        labels = _BETWEEN.join((spec.kind, country, spec.language))
    return Basis(reading, expected, readers, labels)


def _former_country(spec: SourceSpec, reading: str) -> str:
    """The country by which a source was read, as far as the short name of its reading tells; else that of now."""
    candidates = (spec.country, WORLD, UNION, *sorted(COUNTRIES))
    return next((one for one in candidates if _reading(spec, one) == reading), spec.country)


def _is_read_alike(spec: SourceSpec, now: Basis, then: Basis) -> bool:
    """Whether it is read as then but for another country, by which an hour without a zone is read."""
    countries = (country for _, country, _ in _labels_in(then.labels))
    return then.reading == now.reading or any(then.reading == _reading(spec, one) for one in countries)


def is_mended(spec: SourceSpec, state: SourceState) -> bool:
    """Whether a source that was not well is to be asked, read or expected otherwise than when that was found."""
    return bool(state.asked_as) and state.asked_as != asking_of(spec)


def is_read_anew(spec: SourceSpec, state: SourceState) -> bool:
    """Whether a list is read in another way, or from another address, than when it was read last.

    An address that is looked up or filled in for each poll tells nothing.
    """
    if not state.read_as or (state.read_as == basis_of(spec) and spec.url == state.fetched_url):
        return False
    reads_otherwise = _known_as(basis_of(spec), spec).reading != _known_as(state.read_as, spec).reading
    is_fixed = spec.through is None and "{" not in spec.url
    return reads_otherwise or (is_fixed and state.fetched_url not in {"", spec.url})


def as_now_read(spec: SourceSpec, state: SourceState) -> SourceState:
    """Return the state without what no longer holds, so that the poll asks for the whole document and reads it.

    With another way of reading all is void: pages behind entries, and where a mailbox or a row of windows stands. With
    another kind or language the document is read anew, and the pages and the place stay, that of a mailbox with another
    country too: what is stored is relabelled where it stands (`stored_labels.py`). Other expectations, or other readers
    of a source that is not well, judge the last document anew. A source stored before any of this was remembered is
    taken as read as it is now while it is well, and under the labels it has now.
    """
    told = basis_of(spec)
    if state.read_as == told:
        return state
    is_mailbox = isinstance(spec.parse, MailFormat)
    keeps_place = is_mailbox or spec.window is not None
    if not state.read_as:
        return state if is_well(state.condition) else _void(state, keeps_place=keeps_place)
    now, then = _known_as(told, spec), _known_as(state.read_as, spec)
    if now.reading != then.reading and not (is_mailbox and _is_read_alike(spec, now, then)):
        return replace(_void(state), etag="", read_pages=())
    if (now.expected, now.labels) == (then.expected, then.labels) and is_well(state.condition):
        return state
    return _void(state, keeps_place=keeps_place)


def _void(state: SourceState, *, keeps_place: bool = False) -> SourceState:
    """Without validators; the ETag's place tells how far a mailbox or a row of windows was read."""
    return replace(state, etag=state.etag if keeps_place else "", last_modified="", body_hash="")


def _basis(spec: SourceSpec) -> str:
    return ".".join((_reading(spec, spec.country), _name(_written(spec.expect)), _readers(), _labels(spec)))


def _reading(spec: SourceSpec, country: str) -> str:
    """How it is asked and read, were its country this one."""
    told = [_written(country if name == "country" else getattr(spec, name)) for name in _READING]
    if spec.window is not None:  # other questions about the past; any other address has its own validators
        told.append(spec.url)
    return _name(*told)


def _labels(spec: SourceSpec) -> str:
    return _BETWEEN.join(labels_of(spec))


def _written(value: Any) -> str:
    """As text that is the same while the value is. What is left to its default does not count."""
    if isinstance(value, BaseModel):
        return value.model_dump_json(exclude_defaults=True)
    return repr(sorted(value.items()) if isinstance(value, dict) else value)


@cache
def _readers() -> str:
    """The program that reads: an upgrade may find what was not found."""
    sources = (one for one in files("warning.collect").iterdir() if one.name.endswith(".py"))
    return _name(*(one.read_bytes() for one in sorted(sources, key=lambda one: one.name)))


def _name(*parts: str | bytes) -> str:
    digest = blake2b(digest_size=_PART_BYTES)
    for part in parts:
        told = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(told).to_bytes(8, "big"))
        digest.update(told)
    return digest.hexdigest()
