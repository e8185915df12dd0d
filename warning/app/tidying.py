"""Raw documents take less room after a day, and leave after years, as what rules did; looks at pages leave too: in small steps."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from warning.store.engine import reading, writing
from warning.store.forgetting import (
    Forgotten,
    find_leaving,
    forget_documents,
    forget_traces,
    last_leaving_trace,
    told,
)
from warning.store.packing import Packed, pack_documents, plan_packing
from warning.store.page_checks import forget_checks
from warning.store.repository import Repository
from warning.store.statistics import learn_tables

PACKED_AFTER = timedelta(days=1)
# Longer than a page whose alert was cancelled is looked for, and than an alert stands without news.
CHECKS_KEPT = timedelta(days=120)
MOST_AT_ONCE = 200
MOST_TRACES = 2_000
REST_SECONDS = 0.15
"""Between two steps, for others to write: who waits for SQLite's one writer looks again every tenth of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    packed: Packed = field(default_factory=Packed)
    forgotten: Forgotten = field(default_factory=Forgotten)
    traces: int = 0
    """How many records of what a rule did were forgotten."""

    @property
    def is_done(self) -> bool:
        """Whether nothing was left to look at."""
        return not (self.packed.documents or self.forgotten.looked_at or self.traces)


class Tidying:
    """Walks over the stored documents, a step at a time. `keep_days` 0 keeps every raw document and every trace for ever."""

    def __init__(self, repository: Repository, keep_days: int, *, dry_run: bool = False) -> None:
        self._repository = repository
        self._keep_days = keep_days
        self._dry_run = dry_run
        self._reached = ""

    def step(self, now: datetime) -> Tidied:
        """Pack and forget a few documents more; at the end of the walk the next step begins anew."""
        packed = Packed() if self._dry_run else self._pack(now)
        forgotten = self._forget(now) if self._keep_days else Forgotten()
        traces = 0 if self._dry_run or not self._keep_days else self._forget_traces(now)
        if not self._dry_run:
            self._forget_checks(now)
            learn_tables(self._repository.engine)
        self._reached = forgotten.last if forgotten.looked_at else ""
        return Tidied(packed=packed, forgotten=forgotten, traces=traces)

    def all(self, now: datetime, rest: Callable[[float], object] = time.sleep) -> Tidied:
        """Walk to the end once, resting between the steps so that no collector waits for all of them."""
        packed, forgotten, traces = Packed(), Forgotten(), 0
        while not (step := self.step(now)).is_done:
            packed, forgotten = packed + step.packed, forgotten + step.forgotten
            traces += step.traces
            if step.packed.documents or step.forgotten.documents or step.traces:
                rest(REST_SECONDS)
        return Tidied(packed=packed, forgotten=forgotten, traces=traces)

    def _forget_traces(self, now: datetime) -> int:
        engine, before = self._repository.engine, now - timedelta(days=self._keep_days)
        with reading(engine) as connection:
            last = last_leaving_trace(connection, before=before, most=MOST_TRACES)
        if last is None:
            return 0
        with writing(engine) as connection:
            return forget_traces(connection, last)

    def _forget_checks(self, now: datetime) -> None:
        with writing(self._repository.engine) as connection:
            forget_checks(connection, now - CHECKS_KEPT)

    def _pack(self, now: datetime) -> Packed:
        engine = self._repository.engine
        with reading(engine) as connection:
            plans = plan_packing(connection, before=now - PACKED_AFTER, most=MOST_AT_ONCE)
        if not plans:
            return Packed()
        with writing(engine) as connection:
            return pack_documents(connection, plans, now)

    def _forget(self, now: datetime) -> Forgotten:
        engine, before = self._repository.engine, now - timedelta(days=self._keep_days)
        with reading(engine) as connection:
            leaving = find_leaving(connection, before=before, most=MOST_AT_ONCE, after=self._reached)
        if self._dry_run or not leaving.sizes:
            return told(leaving, leaving.sizes if self._dry_run else ())
        with writing(engine) as connection:
            return forget_documents(connection, leaving, before)
