"""Filing a mission report, and its author's second thoughts: stored with an audit entry, or not at all."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from warning.app.system import System
from warning.app.triage import desk_called
from warning.catalog.complaints import did_you_mean
from warning.core.alerts import Alert
from warning.core.audit import Plain, Record
from warning.core.evidence import Item
from warning.core.mission_reports import (
    CORRECTED,
    FILED,
    TAKEN_BACK,
    WITHDRAWN,
    Attached,
    MissionReport,
    as_item,
    report_id,
    withdrawn_item,
)
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Marking
from warning.errors import ConfigError, EvidenceMissing

CHUNK = 1024 * 1024
FILED_TWICE = timedelta(minutes=30)
"""A report with the same words by the same author within this time is a command that was given twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A report as it is stored now. `notes` are what its author should know."""

    name: str
    item: Item
    is_new: bool = True
    notes: tuple[str, ...] = ()


def attach(paths: Sequence[Path]) -> tuple[Attached, ...]:
    """Return names, sizes and hashes of files. The files themselves stay where they are. Raises ConfigError."""
    return tuple(_attached(path) for path in paths)


def _attached(path: Path) -> Attached:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as wrong:
        raise ConfigError(f"{path} cannot be read ({wrong.strerror})") from wrong
    return Attached(name=path.name, size=size, sha256=digest.hexdigest())


def file_report(system: System, report: MissionReport, actor: str, *, again: bool = False) -> Filed:
    """Store a report, but not a second time within minutes unless `again`: the first is returned then, as not new.

    Raises ConfigError for a desk or material nobody knows, for a report its own desk may not read, and for one filed a
    moment ago for other readers.
    """
    book, now = system.book(), system.clock()
    _check(book, report)
    _not_ahead(report, now)
    actor = _named(actor)
    name = report_id(report, actor, now)
    item = as_item(report, name, now, desk_called(book, report.desk).country)
    filed, before = _stored(
        system, book, report, item, FILED, actor, twice_within=None if again else FILED_TWICE
    )
    if before is None:
        return filed
    if (before.marking, before.release_to) != (item.marking, item.release_to):
        raise ConfigError(
            f"these words are filed already as {before.external_id}, with another marking or for other countries: "
            f"`warning report correct {before.external_id}` changes that, --again files a second report"
        )
    ago = max(1, round((now - before.occurred_at).total_seconds() / 60))
    note = f"these words were filed {ago} min ago: nothing was stored; --again files a second report"
    return Filed(name=before.external_id, item=before, is_new=False, notes=(note,))


def correct_report(system: System, name: str, report: MissionReport, actor: str) -> Filed:
    """Store a report anew under its name. Only its author may, and not with another source's grade."""
    book, now = system.book(), system.clock()
    _check(book, report)
    _not_ahead(report, now)
    before = own_report(system, name, actor)
    if before.title.startswith(WITHDRAWN):
        raise ConfigError(f"{name} was withdrawn: a correction would bring it back unseen; file it anew")
    if before.source_id != report.source_id:
        raise ConfigError(
            f"{name} is of {before.source_id} and would be of {report.source_id}: desk and reliability cannot be "
            "corrected; withdraw the report and file it anew"
        )
    item = as_item(report, name, before.published_at or now, desk_called(book, report.desk).country)
    return _stored(system, book, report, replace(item, known_at=now), CORRECTED, _named(actor))[0]


def withdraw_report(system: System, name: str, actor: str, reason: str) -> tuple[Filed, tuple[Alert, ...]]:
    """Take a report's content back. Returns with it the open alerts that rest on it: desks decide about those."""
    before = own_report(system, name, actor)
    if not reason.strip():
        raise ConfigError("--reason says why: readers see it")
    if before.title.startswith(WITHDRAWN):
        raise ConfigError(f"{name} was withdrawn before")
    item = withdrawn_item(before, reason.strip(), system.clock())
    record = _record(system, TAKEN_BACK, _named(actor), item, {"reason": reason.strip()})
    system.repository.file_report(item, record)
    resting = tuple(
        alert
        for alert in system.repository.state().open_alerts
        if any(exhibit.evidence_id == item.id for exhibit in alert.exhibits)
    )
    return Filed(name=name, item=item), resting


def own_report(system: System, name: str, actor: str) -> Item:
    """Return a report as it stands. Raises EvidenceMissing, or ConfigError when somebody else filed it."""
    actor = _named(actor)
    if not _filings(system, name):
        raise EvidenceMissing(f"there is no report {name!r}; `warning report list` shows those of a desk")
    if not _is_author(system, name, actor):
        raise ConfigError(
            f"{name} was filed by somebody else: only who filed a report may correct or withdraw it"
        )
    found = find_report(system, name)
    if found is None:
        raise EvidenceMissing(f"the report {name} is no longer in the store")
    return found


def find_report(system: System, name: str) -> Item | None:
    """Return a report by its name, None where nothing by that name was filed as a report or it is gone."""
    filings = _filings(system, name)
    return system.repository.find_item(str(filings[0]["item"])) if filings else None


def _is_author(system: System, name: str, actor: str) -> bool:
    filings = _filings(system, name)
    return bool(filings) and str(filings[-1]["actor"]).casefold() == actor.casefold()


def _filings(system: System, name: str) -> list[dict[str, Plain]]:
    """What the audit log holds of a report, newest first; acts on alerts and other evidence stand there too."""
    entries = system.repository.audit(subject=name, limit=1_000)
    told = [{**json.loads(e.content), "actor": e.actor} for e in entries if e.kind == "operator"]
    return [one for one in told if one.get("act") in {FILED, CORRECTED, TAKEN_BACK}]


def _stored(
    system: System,
    book: Rulebook,
    report: MissionReport,
    item: Item,
    act: str,
    actor: str,
    *,
    twice_within: timedelta | None = None,
) -> tuple[Filed, Item | None]:
    """Return the report as stored, or with what its author filed in the same words so lately: nothing is stored then."""
    content: dict[str, Plain] = {"admiralty": report.admiralty}
    record = _record(system, act, actor, item, content)
    is_new, before = system.repository.file_report(item, record, twice_within=twice_within)
    notes = []
    if item.source_id not in book.sources:
        notes.append(
            f"the catalogue has no source {item.source_id}: the report counts as source F. Add the desk to "
            "feeds/missions/mission-reports.yaml"
        )
    return Filed(name=item.external_id, item=item, is_new=is_new, notes=tuple(notes)), before


def _record(system: System, act: str, actor: str, item: Item, more: dict[str, Plain]) -> Record:
    """What the audit log keeps: who, which report, in what handling; never what it says."""
    handling = item.marking.value if item.marking else ""
    content: dict[str, Plain] = {
        "act": act, "item": item.id, "source": item.source_id, "marking": handling,
        "release_to": " ".join(sorted(item.release_to or ())), "text_sha256": item.content_hash, **more,
    }  # fmt: skip
    return Record(at=system.clock(), kind="operator", actor=actor, subject=item.external_id, content=content)


def _named(actor: str) -> str:
    if not actor.strip():
        raise ConfigError("--by names who reports")
    if any("\ud800" <= letter <= "\udfff" for letter in actor):
        raise ConfigError("--by is not UTF-8: write the name in this terminal's letters")
    return " ".join(actor.split())


def _not_ahead(report: MissionReport, now: datetime) -> None:
    """A day that no clock on earth shows yet is a slip of the pen."""
    if report.observed is not None and report.observed > (now + timedelta(hours=14)).date():
        raise ConfigError(f"--observed: {report.observed} is still to come")


def _check(book: Rulebook, report: MissionReport) -> None:
    desk = desk_called(book, report.desk)
    for material in report.materials:
        if material not in book.terms.materials:
            hint = did_you_mean(material, list(book.terms.materials))
            raise ConfigError(
                f"no material is called {material!r}; {hint or 'rules/terms/materials.yaml lists them'}"
            )
    if report.marking > desk.clearance:
        raise ConfigError(
            f"TLP:{report.marking.value} is above the clearance of desk {desk.id} (TLP:{desk.clearance.value}): it could "
            "not read its own report"
        )
    known = {each.country for each in book.desks}
    unknown = sorted(set(report.release_to) - known)
    if unknown:
        raise ConfigError(f"no desk is of {', '.join(unknown)}; releasable to {', '.join(sorted(known))}")
    if report.marking is Marking.RED and report.release_to not in {(), (desk.country,)}:
        raise ConfigError(
            "TLP:RED is for those it was told to: a report marked so is released to nobody else"
        )
