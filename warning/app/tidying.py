"""Raw documents take less room after a day, and leave after years: in small steps beside everything else."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from warning.store.engine import reading, writing
from warning.store.forgetting import Forgotten, forget_documents
from warning.store.packing import Packed, pack_documents
from warning.store.repository import Repository

PACKED_AFTER = timedelta(days=1)
MOST_AT_ONCE = 200
"""A step holds the store's one writer for some tenths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    packed: Packed = field(default_factory=Packed)
    forgotten: Forgotten = field(default_factory=Forgotten)

    @property
    def is_done(self) -> bool:
        """Whether nothing was left to look at."""
        return not (self.packed.documents or self.forgotten.looked_at)


class Tidying:
    """Walks over the stored documents, a step at a time. `keep_days` 0 keeps every raw document for ever."""

    def __init__(self, repository: Repository, keep_days: int, *, dry_run: bool = False) -> None:
        self._repository = repository
        self._keep_days = keep_days
        self._dry_run = dry_run
        self._reached = ""

    def step(self, now: datetime) -> Tidied:
        """Pack and forget a few documents more; at the end of the walk the next step begins anew."""
        packed = Packed() if self._dry_run else self._pack(now)
        forgotten = self._forget(now) if self._keep_days else Forgotten()
        self._reached = forgotten.last if forgotten.looked_at else ""
        return Tidied(packed=packed, forgotten=forgotten)

    def all(self, now: datetime) -> Tidied:
        """Walk to the end once."""
        packed, forgotten = Packed(), Forgotten()
        while not (step := self.step(now)).is_done:
            packed, forgotten = packed + step.packed, forgotten + step.forgotten
        return Tidied(packed=packed, forgotten=forgotten)

    def _pack(self, now: datetime) -> Packed:
        with writing(self._repository.engine) as connection:
            return pack_documents(connection, before=now - PACKED_AFTER, now=now, most=MOST_AT_ONCE)

    def _forget(self, now: datetime) -> Forgotten:
        before = now - timedelta(days=self._keep_days)
        opened = reading if self._dry_run else writing
        with opened(self._repository.engine) as connection:
            return forget_documents(
                connection, before=before, most=MOST_AT_ONCE, after=self._reached, dry_run=self._dry_run
            )
