"""A store as years of assessments leave it: alerts with versions, signals, deliveries, refusals and what desks did.

The alerts of the last 400 days are written one by one; older ones are copies of them that the database makes, each set
some weeks further back. Indexes are built at the end: a million alerts take some minutes.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Column, Connection, Engine, Table, create_engine, event
from sqlalchemy.pool import NullPool

from tests.adapters.alert_samples import control, graded
from tests.core.build import signal
from warning.core.alerts import Alert
from warning.core.ids import instrument_key
from warning.core.lifecycle import Lifecycle
from warning.core.signals import Signal
from warning.store.columns import Instant
from warning.store.rows import batches, to_json
from warning.store.schema import (
    alert_versions,
    alerts,
    assessments,
    audit,
    outbox,
    reviews,
    signals,
    withheld,
)

RECENT_DAYS = 400
DAYS_BEFORE = 3_200
PART = 5_000
FILLED = (assessments, audit, alerts, alert_versions, signals, outbox, withheld, reviews)
IN_EFFECT_AFTER = timedelta(days=28)
CLOSED_AFTER = timedelta(days=4)
# One of seven is never closed and ends by itself, without news for so long.
LEFT_OPEN = 7
PLACES = tuple(
    (country.lower(), channel, address.format(country=country))
    for country in ("JP", "KR", "US")
    for channel, address in (("slack", "C0{country}EARLYWARNING"), ("mail", "desk-{country}@example.org"))
)
# Where the key of the alert is part of what a row says, and by what the rows written first are known.
NAMED = ("key", "alert_key", "id", "evidence_id", "subject", "content", "digest", "hash")
# Of the shipped rules, with the act each tells of and whose it is: what sequences remember is among them as in life.
TOLD = (
    ("prc-export-control-notice", "export_control", "CN"),
    ("price-any-material", "price_spike", "CN"),
    ("flow-any-export", "export_fall", "CN"),
    ("prc-trade-remedy", "anti_dumping", "CN"),
    ("list-us-entity", "entity_listing", "US"),
    ("other-states-export-control", "export_control", "ID"),
    ("supply-stop-press", "supply_stop", "CN"),
    ("prc-countermeasures", "countermeasure", "CN"),
    ("prc-export-control-press", "export_control", "CN"),
    ("price-any-material", "price_spike", "CN"),
    ("flow-any-export", "export_fall", "CN"),
    ("prc-entity-control-list", "entity_listing", "CN"),
    ("prc-control-by-words", "export_control", "CN"),
    ("own-side-tariff-press", "tariff", "US"),
    ("producer-export-restriction", "export_ban", "CD"),
    ("prc-countermeasures", "countermeasure", "CN"),
)
MATERIALS = (
    "gallium", "germanium", "graphite", "tungsten", "antimony", "dysprosium", "helium", "urea", "terbium", "lithium",
    "cobalt", "nickel", "indium", "bismuth", "tellurium", "titanium", "magnesium", "uranium", "tantalum", "vanadium",
    "silicon", "yttrium", "photoresist",
)  # fmt: skip
SAMPLE = graded(control())
# An official text and one report: as long as the alerts of the history pack are on the average.
SAMPLE = replace(
    SAMPLE,
    exhibits=SAMPLE.exhibits[:2],
    publishers=SAMPLE.publishers[:2],
    evidence_total=2,
    claims=tuple(c for c in SAMPLE.claims if c.evidence_id == SAMPLE.exhibits[0].evidence_id),
)
SAMPLE_NUMBER = SAMPLE.facts.instrument or ""
CONTENT = to_json(Alert, SAMPLE)
UNNUMBERED = to_json(Alert, replace(SAMPLE, facts=replace(SAMPLE.facts, instrument=None)))
SIGNALS = json.dumps(list(SAMPLE.signal_ids)).replace(" ", "")
TIMES = sorted({SAMPLE.opened_at, SAMPLE.updated_at, SAMPLE.last_evidence_at})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """How many alerts there are in all, and how many of them came in on each of the last 400 days."""

    alerts: int
    a_day: int
    now: datetime

    @property
    def recent(self) -> int:
        return min(self.alerts, self.a_day * RECENT_DAYS)

    def opened(self) -> Iterator[tuple[int, datetime]]:
        """The number of each recent alert and when it was opened, the oldest first."""
        since = self.now - timedelta(days=RECENT_DAYS)
        for number in range(self.recent):
            yield number, since + timedelta(days=RECENT_DAYS) * (number / self.recent)

    @property
    def copies(self) -> int:
        """How often the recent ones are repeated before: the number asked for, rounded."""
        return round(self.alerts / self.recent) - 1


def fill(engine: Engine, stored: Stored) -> dict[str, int]:
    """Store it all; return how many rows each table has got, and how many alerts are open."""
    counted = {"alerts": 0, "open": 0}
    with loosened(engine) as loose:
        for part in batches(stored.opened(), PART):
            _add(loose, part, stored.now, counted)
        _repeat_all(loose, stored)
    if engine.dialect.name == "postgresql":  # as its own vacuum does; nobody does it for a file
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("ANALYZE")
    return {name: count * (1 if name == "open" else stored.copies + 1) for name, count in counted.items()}


def _repeat_all(engine: Engine, stored: Stored) -> None:
    """Copy what was written first from a table beside, so that a copy costs the same however many there are."""
    with engine.connect() as connection:
        for table in FILLED:
            connection.exec_driver_sql(
                f"CREATE TEMPORARY TABLE first_{table.name} AS SELECT * FROM {table.name}"
            )
        connection.commit()
        for copy in range(1, stored.copies + 1):
            _repeat(connection, copy, RECENT_DAYS + DAYS_BEFORE * (copy - 1) // stored.copies, stored.recent)
            connection.commit()


def _repeat(connection: Connection, copy: int, days_back: int, alerts_each: int) -> None:
    """Copy what was written first, under keys of its own, so many days earlier; what was open then has ended."""
    is_file = connection.dialect.name == "sqlite"
    back = "strftime('%Y-%m-%d %H:%M:%f000', {0}, '-{1} days')" if is_file else "{0} - interval '{1} days'"
    for table in FILLED:
        taken = {c.name: _repeated(c, copy, days_back, back) for c in table.c if c.name != "seq"}
        if table is alerts:
            taken["state"] = "CASE state WHEN 'open' THEN 'expired' ELSE state END"
            taken["ended_at"] = back.format("coalesce(ended_at, updated_at)", days_back)
            taken["instrument"] = f"instrument || '{copy}'"
            taken["instrument_key"] = f"instrument_key || '{copy}'"
        if table is audit:
            taken["seq"] = f"seq + {copy * alerts_each * 4}"
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(taken)}) SELECT {', '.join(taken.values())} "
            f"FROM first_{table.name}"
        )


def _repeated(column: Column[Any], copy: int, days_back: int, back: str) -> str:
    if isinstance(column.type, Instant):
        return back.format(column.name, days_back)
    if column.name == "day":
        return f"date(day, '-{days_back} days')" if "strftime" in back else f"(day::date - {days_back})::text"
    if column.name == "effective":
        shifted = f"date(effective, '-{days_back} days')"
        return shifted if "strftime" in back else f"(effective::date - {days_back})::text"
    if column.name in NAMED:
        return f"replace({column.name}, 'a-0', 'a-{copy}-')"
    return column.name


@contextmanager
def loosened(engine: Engine) -> Iterator[Engine]:
    """Let go of what makes a file safe, and of the indexes, while it is filled."""
    loose = create_engine(engine.url, poolclass=NullPool)
    is_file = engine.dialect.name == "sqlite"
    if is_file:
        engine.dispose()

        @event.listens_for(loose, "connect")
        def _hurry(raw: Any, _: Any) -> None:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-300000"):
                raw.execute(f"PRAGMA {pragma}")

    indexes = [index for table in FILLED for index in table.indexes]
    with loose.begin() as connection:
        for index in indexes:
            index.drop(connection)
    yield loose
    with loose.begin() as connection:
        for index in indexes:
            index.create(connection)
        if is_file:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    loose.dispose()


def _add(
    engine: Engine, part: Sequence[tuple[int, datetime]], now: datetime, counted: dict[str, int]
) -> None:
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in FILLED}
    for number, at in part:
        _life(rows, number, at, now)
    _insert(engine, rows)
    for table, added in rows.items():
        counted[table.name] = counted.get(table.name, 0) + len(added)
    counted["open"] += sum(row["state"] == "open" for row in rows[alerts])


def _life(rows: dict[Table, list[dict[str, Any]]], number: int, at: datetime, now: datetime) -> None:
    """One alert from its first assessment to its end."""
    key = f"a-{number:08d}"
    versions = 1 + (number % 4 == 0) + (number % 12 == 0)
    moves = [at + timedelta(hours=20) * version for version in range(versions)]
    moves = [move for move in moves if move <= now]
    row = _row(key, number, moves, now)
    rows[alerts].append(row)
    for version, move in enumerate(moves, 1):
        rows[alert_versions].append(_version(key, row, version, move))
        rows[outbox].extend(_sent(key, number, version, move))
        rows[withheld].extend(_refused(key, number, version, move))
        identity = f"{key}-{version}"
        rows[assessments].append(
            {"id": identity, "as_of": move, "book_version": "1", "evidence": 3, "signals": 3, "changes": 1}
        )
        rows[audit].append(_entry(version, identity, move, number))
    for n, identity in enumerate(_fired(key, number)):
        rows[signals].append(_signal(key, number, n, identity, at + timedelta(hours=2 * n)))
    rows[reviews].extend(_reviewed(key, number, row, now))


def _number(number: int) -> str:
    return f"MOFCOM {1990 + number // 900 % 30}/{number}"


def _row(key: str, number: int, moves: list[datetime], now: datetime) -> dict[str, Any]:
    rule, act, _ = TOLD[number % len(TOLD)]
    quiet = timedelta(days=Lifecycle().expire_after_days)
    ended: datetime | None = moves[-1] + (quiet if number % LEFT_OPEN == 0 else CLOSED_AFTER)
    state = "expired" if number % LEFT_OPEN == 0 else "closed"
    if ended is not None and ended > now:
        ended, state = None, "open"
    named, at = _number(number) if number % 2 == 0 else None, moves[0]
    return {
        "key": key, "version": len(moves), "state": state, "rule_id": rule, "act": act,
        "direction": "tightening", "instrument": named, "severity": SAMPLE.severity.value,
        "interrupts": True, "opened_at": moves[0], "updated_at": moves[-1], "last_evidence_at": moves[-1],
        "instrument_key": instrument_key(named) if named else None, "story": "",
        "effective": (at + IN_EFFECT_AFTER).date().isoformat() if named else None, "expires": None, "digest": key, "ended_at": ended, "ended_because": "" if ended is None else "over",
    }  # fmt: skip


def _version(key: str, row: dict[str, Any], version: int, at: datetime) -> dict[str, Any]:
    number = int(key[2:])
    material = MATERIALS[number % len(MATERIALS)]
    content = (CONTENT if row["instrument"] else UNNUMBERED).replace(SAMPLE.key, key)
    content = content.replace(SIGNALS, json.dumps(list(_fired(key, number))).replace(" ", ""))
    content = content.replace('"gallium"', f'"{material}"')
    content = content.replace(f'"act":"{SAMPLE.facts.act}"', f'"act":"{row["act"]}"')
    content = content.replace(f'"{SAMPLE.rule_id}"', f'"{row["rule_id"]}"')
    content = content.replace('"version":1', f'"version":{version}')
    content = content.replace(SAMPLE_NUMBER, row["instrument"] or "")
    if row["effective"]:
        content = content.replace(f"{SAMPLE.facts.effective}", row["effective"])
    for known in TIMES:
        content = content.replace(f'"{known:%Y-%m-%dT%H:%M:%S}Z"', f'"{at:%Y-%m-%dT%H:%M:%S}Z"')
    return {"alert_key": key, "version": version, "created_at": at, "content": content}


FIRED = signal(
    "EVIDENCE", rule_id="RULE", facts={"act": "WHAT", "actors": ("WHO",), "materials": ("MATERIAL",)}
)
FIRED = replace(FIRED, id="SIGNAL")
FIRED_CONTENT = to_json(Signal, FIRED)
FIRED_AT = f"{FIRED.known_at:%Y-%m-%dT%H:%M:%S}Z"


def _fired(key: str, number: int) -> Iterator[str]:
    """The signals of an alert, by id."""
    return (f"s-{key}-{place}" for place in range(2 + number % 4))


def _signal(key: str, number: int, place: int, identity: str, at: datetime) -> dict[str, Any]:
    rule, act, actor = TOLD[number % len(TOLD)]
    content = FIRED_CONTENT.replace("SIGNAL", identity).replace("EVIDENCE", f"i-{key}-{place}")
    content = content.replace("RULE", rule).replace("WHAT", act).replace("WHO", actor)
    content = content.replace("MATERIAL", MATERIALS[number % len(MATERIALS)])
    return {
        "id": identity, "rule_id": rule, "evidence_id": f"i-{key}-{place}", "source_id": "x",
        "alert_key": key, "known_at": at, "content": content.replace(FIRED_AT, f"{at:%Y-%m-%dT%H:%M:%S}Z"),
        "day": at.date().isoformat(), "materials": f'["{MATERIALS[number % len(MATERIALS)]}"]',
        "act": act, "actors": f'["{actor}"]',
    }  # fmt: skip


def _places_told(number: int) -> int:
    return 2 if number % 5 == 0 else 4


def _sent(key: str, number: int, version: int, at: datetime) -> Iterator[dict[str, Any]]:
    """To both places of two desks; every fifth is of no weight for one of them."""
    for desk, channel, address in PLACES[: _places_told(number)]:
        yield {
            "id": f"{key}-{version}-{desk}-{channel}", "alert_key": key, "alert_version": version,
            "desk_id": desk, "channel": channel, "address": address,
            "reason": "first" if version == 1 else "updated", "severity": "severe",
            "state": "dead" if number % 5000 == 1 else "sent", "attempts": 1, "next_attempt_at": at,
            "created_at": at, "updated_at": at, "lease_until": None, "sent_at": at, "provider_ref": "C:1.1",
            "error": "", "step": 0, "hold_until": None, "hold_reason": "", "notice_id": None,
        }  # fmt: skip


def _refused(key: str, number: int, version: int, at: datetime) -> Iterator[dict[str, Any]]:
    """Where a version was not sent the reason stands: the auditor finds nobody left out."""
    reason = "over_budget" if number % 10 == 5 else "below_threshold"
    reason = "awaiting_review" if number % 50 == 7 else reason
    for desk, channel, address in PLACES[_places_told(number) :]:
        yield {
            "alert_key": key, "alert_version": version, "desk_id": desk, "channel": channel,
            "address": address, "reason": reason, "detail": "", "at": at,
        }  # fmt: skip


def _reviewed(key: str, number: int, row: dict[str, Any], now: datetime) -> Iterator[dict[str, Any]]:
    """One desk takes it on, and closes what is closed."""
    acts = [("ack", row["updated_at"] + timedelta(hours=1), None)] if number % LEFT_OPEN else []
    if row["state"] == "closed":
        acts.append(("close", row["ended_at"], "confirmed"))
    for action, at, verdict in acts:
        if at <= now:
            yield {
                "alert_key": key, "alert_version": row["version"], "severity": "severe", "desk_id": "kr",
                "actor": "a.kim", "at": at, "action": action, "reason": "", "verdict": verdict,
                "assignee": "", "until": None,
            }  # fmt: skip


def _entry(seq: int, subject: str, at: datetime, number: int) -> dict[str, Any]:
    return {
        "seq": 4 * number + seq, "at": at, "kind": "assessment", "actor": "system", "subject": subject,
        "content": "{}", "previous": "", "hash": subject,
    }  # fmt: skip


def _insert(engine: Engine, rows: dict[Table, list[dict[str, Any]]]) -> None:
    raw = engine.raw_connection()
    try:
        is_file = engine.dialect.name == "sqlite"
        for table, added in rows.items():
            if not added:
                continue
            names = list(added[0])
            values = (tuple(_plain(value, as_text=is_file) for value in row.values()) for row in added)
            if is_file:
                into = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
                cast("sqlite3.Connection", raw.driver_connection).executemany(into, values)
                continue
            cursor: Any = raw.cursor()
            with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        raw.commit()
    finally:
        raw.close()


def _plain(value: object, *, as_text: bool) -> object:
    if as_text and isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return value
