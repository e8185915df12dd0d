"""On what it depends what is read of a source's documents: where that changes, the same document is read anew.

A document that has not changed is not sent again. Without this, a mended selector would take effect only when the
publisher changes the page, and what came in between would never be read.
"""

from dataclasses import replace
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from sys import intern
from typing import Any

from pydantic import BaseModel

from warning.catalog.sources import SourceSpec
from warning.core.formats_documents import MailFormat
from warning.core.health import SourceState, is_well

_READING = ("parse", "encoding", "country", "method", "headers", "body", "through", "pages", "window")
_LABELS = ("kind", "language")
"""What is said of each item beside its words; `country` is among those that words are read by."""

_ASKING = ("url", "timeout", "idle_timeout", "max_size", "needs_key")
_PARTS = 4
_PART_BYTES = 6
_known: dict[str, tuple[SourceSpec, str]] = {}
_known_asking: dict[str, tuple[SourceSpec, str]] = {}


def basis_of(spec: SourceSpec) -> str:
    """Return four short names with a dot between: how it is asked and read, what is expected, the readers, and the labels.

    Worked out once for each entry of the catalogue that was loaded: every poll asks for it.
    """
    known = _known.get(spec.id)
    if known is None or known[0] is not spec:
        known = _known[spec.id] = (spec, intern(_basis(spec)))  # thousands of sources are read alike
    return known[1]


def asking_of(spec: SourceSpec) -> str:
    """Return a short name for how a source is asked and read and what is expected of it, whatever program reads."""
    known = _known_asking.get(spec.id)
    if known is None or known[0] is not spec:
        told = [_written(getattr(spec, name)) for name in (*_ASKING, *_READING, "expect")]
        known = _known_asking[spec.id] = (spec, intern(_name(*told)))
    return known[1]


def read_as(spec: SourceSpec, state: SourceState, *, is_fresh: bool) -> str:
    """Return what to remember after an answer: the basis now where a document was read on it, else that of the last one."""
    return basis_of(spec) if is_fresh or not state.read_as else _with_labels(state.read_as, spec)


def _with_labels(then: str, spec: SourceSpec) -> str:
    """A basis of an earlier release, which had no labels, with those of now."""
    return then if then.count(".") == _PARTS - 1 else f"{then}.{_labels(spec)}"


def is_mended(spec: SourceSpec, state: SourceState) -> bool:
    """Whether a source that was not well is to be asked, read or expected otherwise than when that was found."""
    return bool(state.asked_as) and state.asked_as != asking_of(spec)


def as_now_read(spec: SourceSpec, state: SourceState) -> SourceState:
    """Return the state without what no longer holds, so that the poll asks for the whole document and reads it.

    With another way of reading all is void: pages behind entries, and where a mailbox or a row of windows stands. Another
    kind or language is given to what stands in the last document, and to the first days of a mailbox. Other
    expectations, or other readers of a source that is not well, judge the last document anew. A source stored
    before any of this was remembered is taken as read as it is now while it is well, and under the labels it has now.
    """
    now, then = basis_of(spec), state.read_as
    if now == then:
        return state
    keeps_place = isinstance(spec.parse, MailFormat) or spec.window is not None
    if not then:
        return state if is_well(state.condition) else _void(state, keeps_place=keeps_place)
    reading, expected, _, labels = now.split(".")
    read, expectation, _, labelled = _with_labels(then, spec).split(".")
    if reading != read:
        return replace(_void(state), etag="", read_pages=())
    if labels != labelled:
        return _void(state, keeps_place=spec.window is not None)
    if expected == expectation and is_well(state.condition):
        return state
    return _void(state, keeps_place=keeps_place)


def _void(state: SourceState, *, keeps_place: bool = False) -> SourceState:
    """Without validators; the ETag's place tells how far a mailbox or a row of windows was read."""
    return replace(state, etag=state.etag if keeps_place else "", last_modified="", body_hash="")


def _basis(spec: SourceSpec) -> str:
    told = [_written(getattr(spec, name)) for name in _READING]
    if spec.window is not None:  # other questions about the past; any other address has its own validators
        told.append(spec.url)
    return ".".join((_name(*told), _name(_written(spec.expect)), _readers(), _labels(spec)))


def _labels(spec: SourceSpec) -> str:
    return _name(*(_written(getattr(spec, name)) for name in _LABELS))


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
