"""One interchange record <-> one piece of evidence. ValueError says what is wrong and what would be right."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from warning.collect.interchange_fields import (
    Record,
    check_period,
    figure,
    kind_of,
    marking,
    optional_texts,
    optional_time,
    refuse_half_characters,
    refuse_unknown,
    refuse_word,
    release,
    texts,
    time,
)
from warning.core.evidence import (
    Entry,
    Evidence,
    Item,
    Listing,
    Observation,
    item_id,
    listing_id,
    observation_id,
)
from warning.core.health import SourceCondition, SourceReport, report_id
from warning.core.vocabulary import Frequency, Measure, SourceKind
from warning.core.withdrawals import Withdrawal, WithdrawalAction, withdrawal_id

KINDS = frozenset(get_args(SourceKind))
MEASURES = frozenset(get_args(Measure))
FREQUENCIES = frozenset(get_args(Frequency))
CONDITIONS = frozenset(get_args(SourceCondition))

ITEM_TEXTS = ("source_id", "kind", "country", "language", "title")
ITEM_OPTIONAL = ("id", "summary", "body", "url", "external_id", "archive_hash")
ITEM_KEYS = frozenset(
    (*ITEM_TEXTS, *ITEM_OPTIONAL, "type", "published_at", "known_at", "time_assumed", "marking", "release_to")
)
OBSERVATION_TEXTS = (
    "source_id", "series_id", "material", "measure", "reporter", "unit", "frequency", "period",
)  # fmt: skip
OBSERVATION_OPTIONAL = ("id", "partner", "hs_code", "currency")
OBSERVATION_KEYS = frozenset((*OBSERVATION_TEXTS, *OBSERVATION_OPTIONAL, "type", "value", "known_at"))
LISTING_TEXTS = ("source_id",)
LISTING_OPTIONAL = ("id", "url", "archive_hash")
LISTING_KEYS = frozenset((*LISTING_TEXTS, *LISTING_OPTIONAL, "type", "known_at", "entries", "read_anew"))
WITHDRAWAL_TEXTS = ("evidence", "reason", "actor")
WITHDRAWAL_OPTIONAL = ("id", "source_id", "action")
WITHDRAWAL_KEYS = frozenset((*WITHDRAWAL_TEXTS, *WITHDRAWAL_OPTIONAL, "type", "known_at"))
ACTIONS = frozenset(get_args(WithdrawalAction))
REPORT_TEXTS = ("source_id", "condition")
REPORT_OPTIONAL = ("id", "cause")
REPORT_KEYS = frozenset((*REPORT_TEXTS, *REPORT_OPTIONAL, "type", "since", "known_at"))
ENTRY_TEXTS = ("key", "name")
ENTRY_OPTIONAL = ("country",)
ENTRY_KEYS = frozenset((*ENTRY_TEXTS, *ENTRY_OPTIONAL, "fields"))


def evidence_of(record: object, text: str, assumed_at: datetime) -> Evidence:
    """Build the evidence a record describes. `text` is its line, `assumed_at` stands in for missing times."""
    if type(record) is not dict:
        raise ValueError(f"a record is a JSON object, this is {kind_of(record)}")
    named = record.get("type")
    build = BUILDERS.get(named) if isinstance(named, str) else None
    if build is None:
        raise ValueError(f"'type' is {named!r}; item, observation, listing, report or withdrawal is right")
    if "\\ud" in text or "\\uD" in text:
        refuse_half_characters(record)
    return build(record, assumed_at)


def _item(record: Record, assumed_at: datetime) -> Item:
    if not record.keys() <= ITEM_KEYS:
        refuse_unknown(record, ITEM_KEYS)
    source_id, kind, country, language, title = texts(record, ITEM_TEXTS)
    identity, summary, body, url, external_id, archive_hash = optional_texts(record, ITEM_OPTIONAL)
    if kind not in KINDS:
        refuse_word("kind", kind, KINDS)
    published_at = optional_time(record, "published_at")
    known_at = optional_time(record, "known_at")
    assumed = record.get("time_assumed")
    if assumed is None:
        assumed = published_at is None or known_at is None
    elif type(assumed) is not bool:
        raise ValueError(f"'time_assumed' is {kind_of(assumed)}; true or false is right")
    return Item(
        id=identity or imported_item_id(source_id, external_id, url, title, published_at),
        source_id=source_id,
        kind=kind,  # type: ignore[arg-type]  # one of KINDS, checked above
        country=country,
        language=language,
        title=title,
        summary=summary,
        body=body,
        url=url,
        published_at=published_at,
        known_at=known_at or assumed_at,
        external_id=external_id,
        archive_hash=archive_hash,
        time_assumed=assumed,
        marking=marking(record.get("marking")),
        release_to=release(record.get("release_to")),
    )


def imported_item_id(
    source_id: str, external_id: str, url: str, title: str, published_at: datetime | None
) -> str:
    """Return the identity of an item from a file.

    Where only the title tells items apart, its time of publication does too: "Announcement" on two days is
    two items.
    """
    if not external_id and not url and published_at is not None:
        title = f"{title} {published_at.isoformat()}"
    return item_id(source_id, external_id, url, title)


def _observation(record: Record, _assumed_at: datetime) -> Observation:
    if not record.keys() <= OBSERVATION_KEYS:
        refuse_unknown(record, OBSERVATION_KEYS)
    source_id, series_id, material, measure, reporter, unit, frequency, period = texts(
        record, OBSERVATION_TEXTS
    )
    identity, partner, hs_code, currency = optional_texts(record, OBSERVATION_OPTIONAL)
    if measure not in MEASURES:
        refuse_word("measure", measure, MEASURES)
    if frequency not in FREQUENCIES:
        refuse_word("frequency", frequency, FREQUENCIES)
    check_period(period, frequency)
    value = figure(record)
    return Observation(
        id=identity or observation_id(source_id, series_id, period, value),
        source_id=source_id,
        series_id=series_id,
        material=material,
        measure=measure,  # type: ignore[arg-type]  # one of MEASURES, checked above
        reporter=reporter,
        partner=partner or "WLD",
        hs_code=hs_code or None,
        unit=unit,
        currency=currency or None,
        frequency=frequency,  # type: ignore[arg-type]  # one of FREQUENCIES, checked above
        period=period,
        value=value,
        known_at=time(record, "known_at"),
    )


def _listing(record: Record, _assumed_at: datetime) -> Listing:
    if not record.keys() <= LISTING_KEYS:
        refuse_unknown(record, LISTING_KEYS)
    (source_id,) = texts(record, LISTING_TEXTS)
    identity, url, archive_hash = optional_texts(record, LISTING_OPTIONAL)
    anew = record.get("read_anew", False)
    if type(anew) is not bool:
        raise ValueError(f"'read_anew' is {kind_of(anew)}; true or false is right")
    listed = record.get("entries")
    if type(listed) is not list:
        raise ValueError(f"'entries' is {kind_of(listed)}; a list of entries is right")
    entries = tuple(_entry(number, entry) for number, entry in enumerate(listed, 1))
    return Listing(
        id=identity or listing_id(source_id, entries),
        source_id=source_id,
        known_at=time(record, "known_at"),
        entries=entries,
        url=url,
        archive_hash=archive_hash,
        read_anew=anew,
    )


def _report(record: Record, _assumed_at: datetime) -> SourceReport:
    if not record.keys() <= REPORT_KEYS:
        refuse_unknown(record, REPORT_KEYS)
    source_id, condition = texts(record, REPORT_TEXTS)
    identity, cause = optional_texts(record, REPORT_OPTIONAL)
    if condition not in CONDITIONS:
        refuse_word("condition", condition, CONDITIONS)
    known_at = time(record, "known_at")
    return SourceReport(
        id=identity or report_id(source_id, condition, known_at),
        source_id=source_id,
        condition=condition,  # type: ignore[arg-type]  # one of CONDITIONS, checked above
        cause=cause,
        since=optional_time(record, "since") or known_at,
        known_at=known_at,
    )


def _withdrawal(record: Record, _assumed_at: datetime) -> Withdrawal:
    if not record.keys() <= WITHDRAWAL_KEYS:
        refuse_unknown(record, WITHDRAWAL_KEYS)
    evidence, reason, actor = texts(record, WITHDRAWAL_TEXTS)
    identity, source_id, named = optional_texts(record, WITHDRAWAL_OPTIONAL)
    action = named or "withdrawn"
    if action not in ACTIONS:
        refuse_word("action", action, ACTIONS)
    known_at = time(record, "known_at")
    return Withdrawal(
        id=identity or withdrawal_id(evidence, action, known_at),
        evidence_id=evidence,
        source_id=source_id,
        action=action,  # type: ignore[arg-type]  # one of ACTIONS, checked above
        reason=reason,
        actor=actor,
        known_at=known_at,
    )


BUILDERS: Mapping[str, Callable[[Record, datetime], Evidence]] = {
    "item": _item,
    "observation": _observation,
    "listing": _listing,
    "report": _report,
    "withdrawal": _withdrawal,
}


def _entry(number: int, entry: object) -> Entry:
    if type(entry) is not dict:
        raise ValueError(f"entry {number} is {kind_of(entry)}; an object with key and name is right")
    try:
        if not entry.keys() <= ENTRY_KEYS:
            refuse_unknown(entry, ENTRY_KEYS)
        key, name = texts(entry, ENTRY_TEXTS)
        (country,) = optional_texts(entry, ENTRY_OPTIONAL)
        fields = entry.get("fields") or {}
        if type(fields) is not dict or not all(type(value) is str for value in fields.values()):
            raise ValueError("'fields' takes an object of texts")  # noqa: TRY301 - same handling as the rest
    except ValueError as wrong:
        raise ValueError(f"entry {number}: {wrong}") from None
    return Entry(key=key, name=name, country=country, fields=tuple(fields.items()))


def record_of(evidence: Evidence) -> dict[str, Any]:
    """Return the record of one piece of evidence, keys in the order of the documentation."""
    if isinstance(evidence, Item):
        return _item_record(evidence)
    if isinstance(evidence, Observation):
        return _observation_record(evidence)
    if isinstance(evidence, SourceReport):
        return _report_record(evidence)
    if isinstance(evidence, Withdrawal):
        return _withdrawal_record(evidence)
    return _listing_record(evidence)


def _item_record(item: Item) -> dict[str, Any]:
    record: dict[str, Any] = {"type": "item", "id": item.id}
    record |= {name: getattr(item, name) for name in (*ITEM_TEXTS, "summary", "body", "url")}
    if item.published_at is not None:
        record["published_at"] = _written(item.published_at)
    record["known_at"] = _written(item.known_at)
    record |= {name: getattr(item, name) for name in ("external_id", "archive_hash") if getattr(item, name)}
    if item.time_assumed != (item.published_at is None):
        record["time_assumed"] = item.time_assumed
    if item.marking is not None:
        record["marking"] = item.marking.value
    if item.release_to is not None:
        record["release_to"] = sorted(item.release_to)
    return record


def _observation_record(observation: Observation) -> dict[str, Any]:
    names = (
        "id", "source_id", "series_id", "material", "measure", "reporter", "partner", "hs_code", "unit",
        "currency", "frequency", "period", "value",
    )  # fmt: skip
    described = {name: getattr(observation, name) for name in names}
    return {"type": "observation", **described, "known_at": _written(observation.known_at)}


def _listing_record(listing: Listing) -> dict[str, Any]:
    record: dict[str, Any] = {"type": "listing", "id": listing.id, "source_id": listing.source_id}
    record["known_at"] = _written(listing.known_at)
    record |= {name: getattr(listing, name) for name in ("url", "archive_hash") if getattr(listing, name)}
    record |= {"read_anew": True} if listing.read_anew else {}
    record["entries"] = [
        {"key": e.key, "name": e.name, "country": e.country, "fields": dict(e.fields)}
        for e in listing.entries
    ]
    return record


def _report_record(report: SourceReport) -> dict[str, Any]:
    record: dict[str, Any] = {"type": "report", "id": report.id, "source_id": report.source_id}
    record |= {"condition": report.condition, "since": _written(report.since)}
    return record | {"cause": report.cause, "known_at": _written(report.known_at)}


def _withdrawal_record(act: Withdrawal) -> dict[str, Any]:
    record: dict[str, Any] = {"type": "withdrawal", "id": act.id, "evidence": act.evidence_id}
    record |= {"source_id": act.source_id, "action": act.action, "reason": act.reason}
    return record | {"actor": act.actor, "known_at": _written(act.known_at)}


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
