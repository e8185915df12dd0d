"""Lists over a rehearsal: the same memory of each that the store keeps, and what of it is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from warning.core.evidence import Listing, ListingChange
from warning.core.list_memory import ListMemory, follow
from warning.core.list_patience import PATIENCE
from warning.core.sources import SourceProfile


class ReplayedLists:
    """Fed with versions in the order in which they became known; an older one than the one held says nothing."""

    def __init__(self, sources: Mapping[str, SourceProfile] | None = None) -> None:
        self._sources = sources or {}
        self._memories: dict[str, ListMemory] = {}
        self._known_at: dict[str, datetime] = {}
        self._ahead: dict[tuple[str, str, datetime], ListingChange] = {}

    def learn(self, listing: Listing) -> Sequence[ListingChange]:
        """Return what differs from what was told, whenever it is due."""
        known_at = self._known_at.get(listing.source_id)
        if known_at is not None and known_at > listing.known_at:
            return ()
        self._known_at[listing.source_id] = listing.known_at
        source = self._sources.get(listing.source_id)
        patience = source.patience if source else PATIENCE
        followed = follow(self._memories.get(listing.source_id), listing, patience)
        self._memories[listing.source_id] = followed.memory
        for change in followed.withdrawn:
            self._ahead.pop(_place(change), None)
        self._ahead |= {_place(change): change for change in followed.differences}
        return followed.differences

    def due(self, now: datetime) -> Sequence[ListingChange]:
        """Return what the lists have said for long enough at `now`, once."""
        due = {place: change for place, change in self._ahead.items() if change.known_at <= now}
        for place in due:
            del self._ahead[place]
        return tuple(due.values())

    def memory(self, source_id: str) -> ListMemory | None:
        return self._memories.get(source_id)


def _place(change: ListingChange) -> tuple[str, str, datetime]:
    return change.source_id, change.id, change.known_at
