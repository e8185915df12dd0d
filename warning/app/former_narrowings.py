"""What versions in store were narrowed by before stores kept a note of it on them: the version that did so tells of it.

Out-feeds go on taking back what they gave out then, on the day the desk was told of that version.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from warning.core.alerts import Alert
from warning.core.desks import Desk
from warning.core.handling import Handling, Narrowing
from warning.core.narrowing import handling_said
from warning.core.recalls import RECALLED
from warning.core.tearlines import as_seen_by

Entered = tuple[Alert, datetime]
"""A version a desk was told of, and since when it stands in the feed."""


def with_former_narrowings(told: Sequence[Entered], desk: Desk) -> list[Alert]:
    """Return the versions, of any alerts in the order given, with the notes that are missing on what the desk reads."""
    of_alert: dict[str, list[Entered]] = {}
    for one in told:
        of_alert.setdefault(one[0].key, []).append(one)
    notes = {key: tuple(_former(versions, desk)) for key, versions in of_alert.items()}
    return [_noted(version, notes[version.key], desk) for version, _ in told]


def _former(told: Sequence[Entered], desk: Desk) -> Iterator[Narrowing]:
    """Where any version has a note, notes were kept from then on: only what came before that is former."""
    kept = [note.version for version, _ in told for note in as_seen_by(version, desk).narrowings]
    for version, at in sorted(told, key=lambda one: one[0].version):
        before = None if kept and version.version >= min(kept) else _before(version, desk)
        if before is not None:
            yield Narrowing(version=version.version, at=at, marking=before[0], release_to=before[1])


def _before(version: Alert, desk: Desk) -> Handling | None:
    """Return the handling until this version where it is one that narrows, as far as the desk was concerned."""
    own = as_seen_by(version, desk)
    was_recalled = RECALLED in own.differences
    if was_recalled and own.is_recalled:
        return own.marking, own.release_to
    differences = (*own.differences, *(version.differences if was_recalled else ()))
    said = next((d.before for d in differences if d.code == "marking"), "")
    return handling_said(said) if said else None


def _noted(version: Alert, notes: Sequence[Narrowing], desk: Desk) -> Alert:
    later = tuple(note for note in notes if note.version > version.version)
    if not later:
        return version
    own = as_seen_by(version, desk)
    noted = replace(own, narrowings=(*later, *own.narrowings))
    if own is version:
        return noted
    others = ((name, noted if name == desk.id else one) for name, one in version.tearlines)
    return replace(version, tearlines=tuple(others))
